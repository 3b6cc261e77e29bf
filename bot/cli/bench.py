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


@bench.command()
def leaderboard(
    communities: Annotated[int, typer.Option(min=1, help="Communities, of very different sizes.")] = 50,
    members: Annotated[int, typer.Option(min=100, help="Members in all of them.")] = 2_000,
    answers: Annotated[int, typer.Option(min=1, help="Answers in all, spread over days.")] = 40_000,
    rounds: Annotated[int, typer.Option(min=10, help="Turns of each measurement.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Time leaderboards, answers, due rounds and picks on a throw-away database, against SQL by hand."""
    from bot.bootstrap.measuring_boards import measure_boards
    from bot.cli.running import run

    result = run(
        lambda settings: measure_boards(
            settings, communities=communities, members=members, answers=answers, rounds=rounds
        )
    )
    if as_json:
        emit_json(result)
        return
    ratios, times = result["leaderboard_ratio"], result["latency_ms"]
    print(f"a page with one's own rank: {times['page']:.2f} ms, {ratios['page']:.2f} times by hand")
    print(f"the whole command: {times['leaderboard_command']:.2f} ms, {ratios['whole_command']:.2f} times")
    print(
        f"an answer: {times['answer_command']:.2f} ms, {result['record_rate_ratio']:.2f} of the rate by hand"
    )
    print(f"due: {result['due']}")
    print(f"an unseen question: {result['pick']}")
