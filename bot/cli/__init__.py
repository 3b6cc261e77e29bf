"""The command line: one file per command group. Each parses, calls, prints, and decides nothing.

Exit status: 0 for yes, 1 for a clear no (a wrong answer, a bad bank, something that cannot start),
2 for misuse. With ``--json`` standard output holds exactly one JSON document.
"""

from __future__ import annotations

import typer

from bot import __version__
from bot.cli import bank, bench, database, doctor, grade, roles, slack, testing
from bot.cli.output import warn

app = typer.Typer(
    name="warmup",
    help="Daily interview questions and code challenges for Discord and Slack, judged in a sandbox.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (roles, doctor, database, bank, grade, bench, slack, testing):
    group.register(app)


@app.callback(invoke_without_command=True)
def _top(
    version: bool = typer.Option(False, "--version", help="Print the version and leave.", is_eager=True),
) -> None:
    if version:
        print(f"warmup {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line of this process. Raises ``SystemExit`` with the exit status, always."""
    try:
        app(prog_name="warmup")
    except KeyboardInterrupt:
        warn("interrupted")
        raise SystemExit(130) from None
