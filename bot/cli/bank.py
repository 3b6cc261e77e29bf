"""``warmup bank``: question banks, checked, imported, exported and listed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.output import emit_json

bank = typer.Typer(help="Check, import, export and list question banks.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Format = Annotated[str, typer.Option("--format", help="The format of the file; auto recognises it.")]


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    app.add_typer(bank, name="bank")


@bank.command()
def check(
    path: Annotated[Path, typer.Argument(help="A bank: a file or a folder.")],
    format: Format = "auto",  # noqa: A002
    static: Annotated[bool, typer.Option(help="Only read it; run nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run the publish gate: status 0 when the bank may be posted, 1 when something has to be mended."""
    from bot.bootstrap import judging
    from bot.cli.running import run

    result = run(lambda settings: judging.check(settings, path, format, static=static, progress=_Progress()))
    if as_json:
        emit_json(result)
    else:
        _show_problems(result["problems"])
        errors = sum(each["severity"] == "error" for each in result["problems"])
        print(
            f"{result['questions']} questions: "
            + ("fine" if result["ok"] else f"{errors} things to mend")
            + (f", {len(result['problems']) - errors} to look at" if len(result["problems"]) > errors else "")
        )
    raise typer.Exit(0 if result["ok"] else 1)


def _show_problems(problems: list[dict[str, Any]]) -> None:
    for each in problems:
        place = f"{each['file']}:{each['line']}" if each["line"] else each["file"]
        print(f"{place}: {each['severity']}: {each['message']} [{each['code']}]")


class _Progress:
    """Counts questions on a terminal while they are run; silent elsewhere."""

    def __init__(self) -> None:
        self._done = 0

    def __call__(self) -> None:
        self._done += 1
        if sys.stderr.isatty():
            print(f"\rwarmup: {self._done} questions run", end="", file=sys.stderr, flush=True)
