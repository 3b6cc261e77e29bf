"""``warmup bench``: how fast the judge is, compared in the same run with plain subprocesses."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.output import emit_json

bench = typer.Typer(help="Measure.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    app.add_typer(bench, name="bench")


@bench.callback()
def _group() -> None:
    """Measure."""


@bench.command()
def grading(
    rounds: Annotated[int, typer.Option(min=1, help="Gradings of each kind, interleaved.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Time the judge against unprotected subprocesses; ratios below 1 are faster, for throughput above 1."""
    from bot.bootstrap.measuring import measure
    from bot.cli.running import run

    result = run(lambda settings: measure(settings, rounds))
    if as_json:
        emit_json(result)
        return
    for work, ratio in result["latency_ratio"].items():
        print(
            f"{work}: {result['latency_ms'][work]:.1f} ms, plain {result['baseline_ms'][work]:.1f} ms: "
            f"latency {ratio:.2f}, throughput {result['throughput_ratio'][work]:.1f} times plain"
        )
