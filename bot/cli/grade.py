"""``warmup grade``: one submission against one challenge, with no database; ``rejudge``: all there are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.output import emit_json, refuse

if TYPE_CHECKING:
    from bot.domain.content import Challenge

LONGEST_FILE = 1_000_000
"""Bytes read of one file of a submission: far above what the judge takes, so that it is the one to refuse."""


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command()(grade)
    app.command()(rejudge)


def grade(
    challenge: Annotated[Path, typer.Argument(help="A question file or folder.")],
    submission: Annotated[
        list[Path], typer.Argument(help="A file; several files or one folder make a project.")
    ],
    question: Annotated[str, typer.Option(help="The key of the challenge, when there are several.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Judge a submission as the worker would: status 0 when it is accepted, 1 when it is not."""
    from bot.bootstrap import judging
    from bot.cli.running import run
    from bot.domain.code_blocks import CodeRefused
    from bot.domain.content import SourceFile

    try:
        item = judging.read_challenge(challenge, question)
    except judging.NoChallenge as error:
        refuse(str(error), 2)
    sources = [SourceFile(name, text) for name, text in _read(item, submission)]
    try:
        judgement = run(lambda settings: judging.grade_once(settings, item, sources))
    except CodeRefused as error:
        judgement = judging.refused(error)
    if as_json:
        emit_json(judging.as_json(judgement))
    else:
        _show(judging.as_json(judgement))
    raise typer.Exit(0 if judgement.accepted else 1)


def _read(item: Challenge, submission: list[Path]) -> list[tuple[str, str]]:
    """The name and text of every file handed in: one file, several, or everything in a folder."""
    from bot.bootstrap.judging import names_in_project

    paths: list[Path] = []
    for path in submission:
        if path.is_dir():
            paths += sorted(file for file in path.rglob("*") if file.is_file() and not _aside(file, path))
        elif path.exists():
            paths.append(path)
        else:
            refuse(f"there is no submission {path}; check the path", 2)
    if not paths:
        refuse(f"there is no file in {submission[0]}", 2)
    folder = submission[0] if len(submission) == 1 and submission[0].is_dir() else None
    names = names_in_project(item, paths, folder)
    try:
        return [(name, _text(path)) for name, path in zip(names, paths, strict=True)]
    except OSError as error:
        refuse(f"cannot read {error.filename}: {error.strerror}", 2)


def _aside(file: Path, folder: Path) -> bool:
    """Whether it is what editors and interpreters leave in a folder."""
    return any(part.startswith(".") or part == "__pycache__" for part in file.relative_to(folder).parts)


def _text(path: Path) -> str:
    """The text of a file; what is not UTF-8 becomes a NUL, which the domain refuses as binary."""
    with path.open("rb") as file:
        data = file.read(LONGEST_FILE)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "\0"


def _show(result: dict[str, Any]) -> None:
    """The verdict for a person."""
    print(f"{result['verdict'].replace('_', ' ')}: {result['headline']}")
    for test in result["tests"]:
        print(f"  {test['outcome']:8} {test['name']}")
        if test["message"] and test["message"] != result["headline"]:
            _indented(test["message"], 11)
    for name in ("call", "expected", "got", "diff"):
        if result[name]:
            print(f"{name}:")
            _indented(result[name], 2)
    if result["error"]:
        _indented(result["error"]["caret"] or result["error"]["trace"], 2)
    if result["stdout"]:
        print("printed:")
        _indented(result["stdout"], 2)
    print(f"{result['cpu_ms']:.0f} ms of CPU, {result['wall_ms']:.0f} ms, {result['memory_mb']:.1f} MB")


def _indented(text: str, by: int) -> None:
    print("\n".join(f"{'':{by}}{line}" for line in text.splitlines()))


def rejudge(
    key: Annotated[str, typer.Argument(help="The key of a challenge.")],
    name: Annotated[str, typer.Option("--bank", help="Its bank, when several hold the key.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Have every submission for a challenge graded again by its current tests; points follow."""
    from bot.bootstrap import banks
    from bot.cli.running import run

    result = run(lambda settings: banks.rejudge(settings, key, name or None))
    if as_json:
        emit_json(result)
    else:
        print(
            f"{result['key']} ({result['bank']}): {result['submissions']} submissions wait for a worker, "
            f"{result['jobs']} gradings"
        )
