"""Reads a bank in any format, and sorts what is sound from what is not."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

from bot.domain.content import Bank, Item
from bot.domain.digests import item_digest
from bot.question_bank import limits
from bot.question_bank.checks.wellformed import malformed
from bot.question_bank.formats import FORMATS
from bot.question_bank.formats.base import SAMPLE_BYTES, Format, Reading, ReadOptions, Sample
from bot.question_bank.formats.native.reading import NAME as NATIVE
from bot.question_bank.formats.native.reading import is_foreign, passed_over, slug
from bot.question_bank.problems import Found, Place, Problem, Severity, Unreadable, problem
from bot.question_bank.text_files import read_head

AUTO = "auto"
_SAMPLE_NAMES = limits.BANK_FILES
"""How many names of a folder a format may look at."""


def format_names() -> tuple[str, ...]:
    """The names ``read_bank`` takes besides ``auto``."""
    return tuple(known.name for known in FORMATS)


def sample_of(path: Path) -> Sample:
    """What formats look at to recognise ``path``."""
    if path.is_dir():
        names: list[str] = []
        for folder, subfolders, files in os.walk(path):
            subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
            names += [(Path(folder) / name).relative_to(path).as_posix() for name in sorted(files)]
            if len(names) >= _SAMPLE_NAMES:
                break
        return Sample(path=path, names=tuple(names), is_folder=True)
    head = read_head(path, path.name, SAMPLE_BYTES)
    return Sample(path=path, head=head, text=head.decode("utf-8-sig", errors="replace"))


def find_format(path: Path, name: str = AUTO) -> Format:
    """The format called ``name``, or the one ``path`` is recognised as.

    Raises:
        Unreadable: no such format, or nothing recognises the file.
    """
    if name != AUTO:
        for known in FORMATS:
            if known.name == name:
                return known
        message = f"There is no format `{name[:60]}`. Formats: {', '.join(format_names())}."
        raise Unreadable(problem(Place(file=path.name), "unknown_format", message))
    found = _recognised(path)
    if found is None:
        message = "The folder has no layout that is known. Import its files one by one."
        raise Unreadable(problem(Place(file=path.name), "unknown_format", message))
    return found


def _recognised(path: Path) -> Format | None:
    sample = sample_of(path)
    found = next((known for known in FORMATS if known.detect(sample)), None)
    if found is None and not sample.is_folder:
        message = f"No format recognises it. Name it with --format: {', '.join(format_names())}."
        raise Unreadable(problem(Place(file=path.name), "unknown_format", message))
    return found


def _read_mixed(folder: Path, options: ReadOptions) -> Reading:
    """A folder without a layout of its own: each file in whatever format it is, the others reported."""
    items: list[Found] = []
    problems: list[Problem] = []
    names: list[str] = []
    taken: dict[str, str] = {}
    for name in sample_of(folder).names:
        if any(part.startswith(".") for part in Path(name).parts):
            continue
        try:
            known = find_format(folder / name)
            if known.name == NATIVE and is_foreign(folder / name):
                problems.append(passed_over(name))
                continue
            reading = known.read(folder / name, options)
        except Unreadable as error:
            unknown = error.problem.code == "bank.unknown_format"
            severity = Severity.WARNING if unknown else Severity.ERROR
            problems.append(dataclasses.replace(error.problem, file=name, severity=severity))
            continue
        names.append(known.name)
        for found in reading.items:
            item = found.item if known.name == NATIVE else _told_apart(found.item, taken)
            items.append(Found(item, Place(file=name, line=found.place.line)))
        problems += [dataclasses.replace(each, file=name) for each in reading.problems]
    if not names and not any(each.is_error for each in problems):
        message = "No file in it is of a known format. Check the path."
        problems.append(problem(Place(file=folder.name), "no_questions", message))
    bank = Bank(name=options.name or slug(folder.resolve().name))
    return Reading(
        format=", ".join(dict.fromkeys(names)), bank=bank, items=tuple(items), problems=tuple(problems)
    )


def _told_apart(item: Item, taken: dict[str, str]) -> Item:
    """The item under a key that no other content has: files without keys of their own may share words."""
    content = item_digest(item)
    if taken.setdefault(item.meta.key, content) == content:
        return item
    key = f"{item.meta.key[:90]}-{content[:8]}"
    return dataclasses.replace(item, meta=dataclasses.replace(item.meta, key=key))


def read_bank(path: Path, format: str = AUTO, options: ReadOptions | None = None) -> Reading:  # noqa: A002
    """The questions at ``path``, each with its place, and the problems of everything that is not sound.

    A question is in ``items`` or has an error in ``problems``, never both and never neither. Nothing
    is raised for what a file holds: an unreadable file is a reading with one problem.
    """
    options = options or ReadOptions()
    try:
        if not path.exists():
            message = "There is no such file or folder. Check the path."
            raise Unreadable(problem(Place(file=str(path)), "not_found", message))
        known = _recognised(path) if format == AUTO else find_format(path, format)
        reading = known.read(path, options) if known else _read_mixed(path, options)
    except Unreadable as error:
        return Reading(format="", bank=Bank(name=options.name or "bank"), problems=(error.problem,))
    return _sorted_out(reading, options)


def _sorted_out(reading: Reading, options: ReadOptions) -> Reading:
    """The reading with malformed questions turned into problems, unsaid licence and author filled in."""
    sound: list[Found] = []
    problems: list[Problem] = list(reading.problems)
    firsts: dict[str, Found] = {}
    for found in reading.items:
        key = found.item.meta.key
        wrong = malformed(found)
        if key in firsts:
            wrong = [_repeated(found, firsts[key]), *wrong]
        firsts.setdefault(key, found)
        problems += wrong
        if not any(each.is_error for each in wrong):
            sound.append(Found(_with_defaults(found.item, options), found.place))
    return dataclasses.replace(reading, items=tuple(sound), problems=tuple(problems))


def _repeated(found: Found, first: Found) -> Problem:
    """Why a key that was there before is refused: the same question again, or another one under its name."""
    at = f"{first.place.file}:{first.place.line}"
    key = found.item.meta.key
    if found.item == first.item:
        message = f"The same question, word for word, as at {at}. Remove one of the two."
        return problem(found.place, "duplicate_question", message, question=key)
    message = f"The key `{key}` is already used at {at}. Keys are unique in a bank: rename one."
    return problem(found.place, "duplicate_key", message, question=key)


def _with_defaults(item: Item, options: ReadOptions) -> Item:
    meta = item.meta
    if (meta.licence or not options.licence) and (meta.author or not options.author):
        return item
    filled = dataclasses.replace(
        meta, licence=meta.licence or options.licence, author=meta.author or options.author
    )
    return dataclasses.replace(item, meta=filled)
