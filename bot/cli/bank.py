"""``warmup bank``: question banks, checked, imported, exported and listed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.output import emit_json, refuse

if TYPE_CHECKING:
    from bot.question_bank.formats.base import Reading, ReadOptions

_SHOWN_WARNINGS = 20

bank = typer.Typer(help="Check, import, export and list question banks.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Format = Annotated[str, typer.Option("--format", help="The format of the file; auto recognises it.")]

Licence = Annotated[str, typer.Option("--licence", help="The licence of questions that name none.")]
Author = Annotated[str, typer.Option("--author", help="The author of questions that name none.")]
Topic = Annotated[str, typer.Option("--topic", help="The topic of questions in files that have none.")]
Column = Annotated[
    list[str] | None,
    typer.Option("--column", help="For tables: FIELD=HEADING, e.g. correct=Solution. Repeatable."),
]


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    app.add_typer(bank, name="bank")


@bank.command()
def check(
    path: Annotated[Path, typer.Argument(help="A bank: a file or a folder.")],
    format: Format = "auto",  # noqa: A002
    static: Annotated[bool, typer.Option("--static", help="Only read it; run nothing.")] = False,
    licence: Licence = "",
    author: Author = "",
    topic: Topic = "",
    column: Column = None,
    as_json: AsJson = False,
) -> None:
    """Run the publish gate: status 0 when the bank may be posted, 1 when something has to be mended."""
    from bot.bootstrap import banks, judging
    from bot.cli.progress import Progress
    from bot.cli.running import run
    from bot.domain.wording import count

    with Progress() as progress:
        progress.stage("reading")
        reading = banks.read(path, format, _options(column, licence, author, topic))
        progress.stage("checking", len(reading.items))
        found = run(lambda settings: judging.gate(settings, reading, run=not static, progress=progress))
    problems = [each.as_json() for each in (*reading.problems, *found)]
    errors = sum(each["severity"] == "error" for each in problems)
    if as_json:
        emit_json({"ok": not errors, "questions": len(reading.items), "problems": problems})
    else:
        for each in problems:
            print(_line(each))
        warnings = f"; {len(problems) - errors} to look at" if len(problems) > errors else ""
        print(f"{count(len(reading.items), 'question')} read, {count(errors, 'thing')} to mend{warnings}")
    raise typer.Exit(_status(reading, refused=bool(errors)))


@bank.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="A bank: a file or a folder.")],
    format: Format = "auto",  # noqa: A002
    name: Annotated[str, typer.Option("--bank", help="What to call it, instead of its own name.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    keep_good: Annotated[bool, typer.Option("--keep-good", help="Leave out what has to be mended.")] = False,
    no_gate: Annotated[bool, typer.Option("--no-gate", help="Only read it; run nothing.")] = False,
    licence: Licence = "",
    author: Author = "",
    topic: Topic = "",
    column: Column = None,
    as_json: AsJson = False,
) -> None:
    """Put a bank into the database: all of it, or (without --keep-good) nothing."""
    from bot.bootstrap import banks
    from bot.bootstrap.judging import gate
    from bot.cli.progress import Progress
    from bot.cli.running import run, without_cycle_collection

    options = _options(column, licence, author, topic, name)
    with Progress() as progress, without_cycle_collection():
        progress.stage("reading")
        reading = banks.read(path, format, options)
        progress.stage("checking", len(reading.items))
        problems = run(lambda settings: gate(settings, reading, run=not no_gate, progress=progress))
        progress.stage("loading")
        result = run(
            lambda settings: banks.import_bank(
                settings, reading, problems, name=name, dry_run=dry_run, keep_good=keep_good
            )
        )
    if as_json:
        emit_json(result)
    else:
        for each in result["rejected"]:
            print(f"{each['file']}:{each['line'] or 0}: {each['reason']}")
        for each in result["warnings"][:_SHOWN_WARNINGS]:
            print(_line(each))
        if len(result["warnings"]) > _SHOWN_WARNINGS:
            print(f"and {len(result['warnings']) - _SHOWN_WARNINGS} more to look at; --json has all of them")
        done = "would be" if dry_run else "were"
        if result["rejected"] and not keep_good:
            print("nothing was imported; mend these, or add --keep-good to import the others")
        else:
            print(
                f"{result['bank']}: {result['added']} {done} added, {result['updated']} updated, "
                f"{result['unchanged']} unchanged, {len(result['rejected'])} left out"
            )
    raise typer.Exit(_status(reading, refused=bool(result["rejected"]) and not keep_good))


@bank.command()
def export(
    name: Annotated[str, typer.Argument(help="The bank; may be left out when there is one.")] = "",
    output: Annotated[
        Path | None, typer.Option("--output", help="The file; default: standard output.")
    ] = None,
    format: Annotated[  # noqa: A002
        str, typer.Option("--format", help="native, gift, moodle, csv or anki.")
    ] = "native",
) -> None:
    """Write a bank as a file; what the format cannot hold is named and left out."""
    from bot.bootstrap import banks
    from bot.cli.running import run
    from bot.question_bank.exporting import EXPORT_FORMATS

    if format not in EXPORT_FORMATS:
        raise typer.BadParameter(f"there is no export format {format}; formats: {', '.join(EXPORT_FORMATS)}")
    exported = run(lambda settings: banks.export_bank(settings, name, format))
    for item in exported.left_out:
        print(f"warmup: {item.meta.key} ({item.kind.value}) cannot be held by {format}", file=sys.stderr)
    if output is None:
        sys.stdout.write(exported.text)
    else:
        try:
            output.write_text(exported.text, encoding="utf-8")
        except OSError as error:
            refuse(f"cannot write {output}: {error.strerror}; choose another file")


@bank.command("list")
def list_(as_json: AsJson = False) -> None:
    """Show the banks in the database."""
    from bot.bootstrap import banks
    from bot.cli.running import run

    found = run(banks.list_banks)
    if as_json:
        emit_json(found)
    else:
        for each in found:
            print(f"{each['name']}: {each['questions']} questions{'' if each['enabled'] else ' (disabled)'}")


@bank.command()
def void(
    key: Annotated[str, typer.Argument(help="The key of a question or challenge.")],
    reason: Annotated[str, typer.Option("--reason", help="What members are told.")] = "it was wrong",
    name: Annotated[str, typer.Option("--bank", help="Its bank, when several hold the key.")] = "",
    as_json: AsJson = False,
) -> None:
    """Withdraw a question: take back what was paid for it; nobody's streak suffers. Again changes nothing."""
    from bot.bootstrap import banks
    from bot.cli.running import run

    result = run(lambda settings: banks.void(settings, key, reason, name or None))
    if as_json:
        emit_json(result)
    else:
        print(
            f"{result['key']} ({result['bank']}) is withdrawn: {result['rounds']} rounds, "
            f"{result['payments']} payments of {result['points']} points taken back"
        )


@bank.command()
def stats(
    name: Annotated[str, typer.Argument(help="A bank's name.")] = "warmup",
    every: Annotated[bool, typer.Option("--all", help="Also the questions that look fine.")] = False,
    as_json: AsJson = False,
) -> None:
    """What members' first attempts say: likely wrong keys, ambiguous options, options nobody takes."""
    from bot.bootstrap import banks
    from bot.cli.running import run

    found = run(lambda settings: banks.statistics(settings, name))
    if as_json:
        emit_json({"bank": name, "questions": found})
        return
    for one in found:
        if one["findings"] or every:
            correlated = one["discrimination"]
            discrimination = "unknown" if correlated is None else f"{correlated:+.2f}"
            print(
                f"{one['key']}: {one['attempts']} first attempts, {one['facility']:.0%} right, "
                f"discrimination {discrimination}"
            )
            for finding in one["findings"]:
                print(f"  {finding['finding']}: {finding['said']}")
    wrong = sum(bool(one["findings"]) for one in found)
    print(f"{len(found)} questions were tried; {wrong} to look at")


def _options(column: list[str] | None, licence: str, author: str, topic: str, name: str = "") -> ReadOptions:
    """What was said about a file that does not say it itself."""
    from bot.question_bank.formats.base import ReadOptions

    columns = dict(each.partition("=")[::2] for each in column or [])
    if not all(columns.values()):
        raise typer.BadParameter("write --column FIELD=HEADING, e.g. --column correct=Solution")
    default = ReadOptions()
    return ReadOptions(
        name=name, licence=licence, author=author, topic=topic or default.topic, columns=columns
    )


def _status(reading: Reading, *, refused: bool) -> int:
    """0 for yes, 1 for a bank to mend, 2 for a path that is not there or a format that does not exist."""
    misuse = {"bank.not_found", "bank.unknown_format"}
    return 2 if any(each.code in misuse for each in reading.problems) else int(refused)


def _line(problem: dict[str, Any]) -> str:
    place = f"{problem['file']}:{problem['line']}" if problem["line"] else problem["file"]
    return f"{place}: {problem['severity']}: {problem['message']} [{problem['code']}]"
