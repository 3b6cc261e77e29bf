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
    seconds: Annotated[float, typer.Option(min=1, help="Most time for each of the six measurements.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Time the judge against unprotected subprocesses; ratios below 1 are faster, for throughput above 1."""
    from bot.bootstrap.measuring import measure
    from bot.cli.running import run

    result = run(lambda settings: measure(settings, rounds, seconds, lambda text: typer.echo(text, err=True)))
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
    pages, recorded = result["pages"], result["answers"]
    for name, one in pages["each"].items():
        print(f"{name}: {one['ours_ms']:.2f} ms, {one['ratio']:.2f} times by hand")
    print(f"the worst of these: {pages['worst_ratio']:.2f} times by hand")
    whole = pages["whole_command_with_streaks"]
    print(f"the whole command, streaks included: {whole['ours_ms']:.2f} ms, {whole['ratio']:.2f} times")
    single, many = recorded["one_at_a_time"], recorded["at_once"]
    print(f"an answer: {single['ours_ms']:.2f} ms, {single['rate_ratio']:.2f} of the rate by hand")
    print(
        f"{many['lanes']} answers at once: {many['ours_per_s']} a second, "
        f"{many['rate_ratio']:.2f} of the rate by hand"
    )
    print(f"due: {result['due']}")
    print(f"an unseen question: {result['pick']}")


@bench.command()
def discord(
    interactions: Annotated[int, typer.Option(min=50, help="Presses at 200 a second, for each bot.")] = 1_000,
    rounds: Annotated[int, typer.Option(min=1, help="Turns, this bot and the other.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Time this bot against the leanest one that does the same database work, on a Discord of its own."""
    from bot.bootstrap.measuring_discord import measure_discord
    from bot.cli.running import run

    result = run(lambda settings: measure_discord(settings, interactions=interactions, rounds=rounds))
    if as_json:
        emit_json(result)
        return
    ours, plain, ratio = result["ours"], result["plain"], result["ratio"]
    for name in ours:
        print(f"{name}: {ours[name]:.2f}, plain {plain[name]:.2f}: {ratio[name]:.2f} times")
    print(f"never answered: {result['unanswered']}")
    print(f"commands of new members at once: {result['at_once']}")


@bench.command()
def slack(
    interactions: Annotated[int, typer.Option(min=50, help="Presses at 200 a second, for each bot.")] = 1_000,
    rounds: Annotated[int, typer.Option(min=1, help="Turns, this bot and the other.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Time this bot against the leanest one that does the same database work, on a Slack of this machine."""
    from bot.bootstrap.measuring_slack import measure_slack
    from bot.cli.running import run

    result = run(lambda settings: measure_slack(settings, interactions=interactions, rounds=rounds))
    if as_json:
        emit_json(result)
        return
    ours, plain, ratio = result["ours"], result["plain"], result["ratio"]
    for name in ours:
        print(f"{name}: {ours[name]:.2f}, plain {plain[name]:.2f}: {ratio[name]:.2f} times")
    print(f"never answered: {result['unanswered']}")
    print(f"commands of new members at once: {result['at_once']}")


@bench.command("import")
def import_(
    questions: Annotated[int, typer.Option(min=1_000, help="Questions in the made-up bank.")] = 100_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Time a large bank from its file into a throw-away database, and again, against COPY with an upsert."""
    from bot.bootstrap.measuring_imports import measure_imports
    from bot.cli.progress import Progress
    from bot.cli.running import run, without_cycle_collection

    with Progress() as progress, without_cycle_collection():
        result = run(lambda _: measure_imports(questions=questions, say=progress.stage))
    if as_json:
        emit_json(result)
        return
    for name in ("first", "again"):
        one = result[name]
        print(
            f"{name}: read {one['read_s']:.1f} s, checked {one['check_s']:.1f} s, "
            f"loaded {one['load_s']:.1f} s; by hand {one['by_hand_s']:.1f} s: "
            f"loading {one['load_ratio']:.2f} times, "
            f"everything {one['whole_ratio']:.2f} times by hand"
        )
    print(
        f"{result['questions']} questions, {result['file_mb']} MB as CSV; "
        f"at most {result['memory_mb']} MB of memory"
    )
