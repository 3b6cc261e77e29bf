"""Anki: notes exported as text (TSV with ``#`` headers), and decks as ``.apkg``; they become flashcards."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote

from bot.domain.content import Item, Kind, Question
from bot.question_bank import limits
from bot.question_bank.formats.base import Format, Reading, ReadOptions, Sample
from bot.question_bank.formats.collector import Collector, from_html
from bot.question_bank.formats.native.convert import heading
from bot.question_bank.formats.zips import open_zip, read_member
from bot.question_bank.problems import Place, Unreadable, problem
from bot.question_bank.text_files import read_text

NAME_TSV = "anki"
NAME_APKG = "apkg"
_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "space": " ", "pipe": "|", "colon": ":"}
_HEADER = re.compile(
    r"^#(separator|html|tags column|columns|notetype column|notetype|deck column|deck|guid column|tags):(.*)$"
)
_INSIDE = r"((?:(?!\{\{c\d|\}\}|::).)*)"
_CLOZE = re.compile(r"\{\{c(\d{1,3})::" + _INSIDE + "(?:::" + _INSIDE + r")?\}\}", re.DOTALL)
_SOUND = re.compile(r"\[sound:")
_PICTURE = re.compile(r"<img\b|!\[[^\]\n]{0,300}\]\(", re.IGNORECASE)
_GUID = "warmup:"
"""Begins the note ids of our own exports; the key follows."""
_AUTHOR, _LICENCE = "warmup-author::", "warmup-licence::"
"""Begin the tags of our exports that say these; the value follows percent-encoded: tags have no spaces."""
_COLLECTIONS = ("collection.anki21", "collection.anki2")
"""Newest first: beside an ``anki21`` the ``anki2`` is only a placeholder."""
_COMPRESSED = "collection.anki21b"
_DATABASE_STEPS = 50_000_000
"""Steps of SQLite's virtual machine after which a hostile database is given up."""


@dataclass(frozen=True, slots=True)
class _Note:
    line: int
    fields: Sequence[str]
    names: Sequence[str]
    tags: Sequence[str]
    guid: str
    is_html: bool


def _add(note: _Note, found: Collector) -> None:
    """The card or cards of one note: two fields are front and back, further ones go into the explanation."""
    raw = list(note.fields)
    name = heading(re.sub(r"<[^>]*>", " ", raw[0])) if raw else ""
    if any(_PICTURE.search(text) for text in raw[:2]):
        found.reject(
            note.line,
            "picture",
            "It shows a picture, which is not imported. Say in words what it shows.",
            name,
        )
        return
    if _SOUND.search(" ".join(raw[:2])):
        found.reject(
            note.line, "sound", "It plays a sound, which is not imported. Write down what is heard.", name
        )
        return
    texts = [from_html(text) if note.is_html else text.strip() for text in raw]
    clozes = sorted({int(match[1]) for match in _CLOZE.finditer(texts[0])}) if texts else []
    rest = texts[1:] if clozes else texts[2:]
    names = [*note.names, *(f"Field {number}" for number in range(len(note.names) + 1, len(texts) + 1))]
    labels = names[1:] if clozes else names[2:]
    explanation = "\n\n".join(f"{label}: {text}" for label, text in zip(labels, rest, strict=False) if text)
    if clozes:
        for number in clozes:
            _card(note, _hidden(texts[0], number), _shown(texts[0]), explanation, found)
    elif len(texts) < 2 or not texts[0] or not texts[1]:
        found.reject(note.line, "missing_answer", "Its front or back is empty. Fill it in.", name)
    else:
        note_explanation = (
            texts[2] if list(note.names[2:3]) == ["Explanation"] and len(texts) == 3 else explanation
        )
        _card(note, texts[0], texts[1], note_explanation, found)


def _hidden(text: str, number: int) -> str:
    """The cloze text with one gap, the others filled in."""

    def gap(match: re.Match[str]) -> str:
        return f"[{match[3] or '...'}]" if int(match[1]) == number else match[2]

    return _CLOZE.sub(gap, text)


def _shown(text: str) -> str:
    return _CLOZE.sub(lambda match: match[2], text)


def _said(tags: Sequence[str], start: str) -> str:
    return next((unquote(tag.removeprefix(start)) for tag in tags if tag.startswith(start)), "")


def _card(note: _Note, front: str, back: str, explanation: str, found: Collector) -> None:
    key = note.guid.removeprefix(_GUID) if note.guid.startswith(_GUID) else ""
    tags = [tag for tag in note.tags if not tag.startswith((_AUTHOR, _LICENCE))]
    meta = found.meta(front, more=back, key=key, tags=tags, author=_said(note.tags, _AUTHOR))
    meta = replace(meta, licence=_said(note.tags, _LICENCE) or meta.licence)
    card = Question(meta=meta, kind=Kind.FLASHCARD, prompt=front, answer=back, explanation=explanation)
    found.add(note.line, card)


def read_tsv(path: Path, options: ReadOptions) -> Reading:
    """Read notes exported as text."""
    found = Collector(path.name, options)
    said, body, first = _headers(read_text(path, path.name, at_most=limits.FOREIGN_BYTES))
    delimiter = _SEPARATORS.get(said.get("separator", "tab").lower(), said.get("separator", "\t"))
    if len(delimiter) != 1:
        found.reject(1, "csv_syntax", f"The separator `{delimiter[:20]}` is not known. Export with tabs.")
        return found.reading(NAME_TSV)
    special = {
        name: int(said[f"{name} column"]) - 1
        for name in ("tags", "guid", "deck", "notetype")
        if said.get(f"{name} column", "").isdigit() and len(said[f"{name} column"]) < 4
    }
    names = said["columns"].split(delimiter) if "columns" in said else []
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    line = first
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                _add(_note(line, row, names, special, said.get("html", "true").lower() == "true"), found)
            line = first + reader.line_num
    except csv.Error as error:
        found.reject(line, "csv_syntax", f"The table breaks off at this line ({error}). Check the quotes.")
    return found.reading(NAME_TSV)


def _headers(text: str) -> tuple[dict[str, str], str, int]:
    """The ``#name:value`` lines, the rest, and the line at which the rest begins."""
    said: dict[str, str] = {}
    lines = text.split("\n")
    count = 0
    for count, line in enumerate(lines):  # noqa: B007 - the count is wanted after the loop
        match = _HEADER.match(line)
        if not match:
            break
        said[match[1]] = match[2].strip()
    return said, "\n".join(lines[count:]), count + 1


def _note(line: int, row: list[str], names: list[str], special: dict[str, int], is_html: bool) -> _Note:
    def column(name: str) -> str:
        index = special.get(name, -1)
        return row[index] if 0 <= index < len(row) else ""

    own = [index for index in range(len(row)) if index not in special.values()]
    return _Note(
        line=line,
        fields=[row[index] for index in own],
        names=[names[index] for index in own if index < len(names)],
        tags=column("tags").split(),
        guid=column("guid"),
        is_html=is_html,
    )


def read_apkg(path: Path, options: ReadOptions) -> Reading:
    """Read a deck. The database inside is opened read-only and given up when it takes too long."""
    found = Collector(path.name, options)
    with closing(open_zip(path)) as archive:
        names = set(archive.namelist())
        inside = next((name for name in _COLLECTIONS if name in names), None)
        if _COMPRESSED in names or inside is None:
            message = "It is in Anki's newest format. Export it with `Support older Anki versions` ticked."
            raise Unreadable(problem(Place(file=path.name), "archive", message))
        data = read_member(archive, inside, path)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "collection"
        database.write_bytes(data)
        try:
            for note in _notes(database):
                _add(note, found)
        except (sqlite3.Error, ValueError, TypeError, AttributeError, KeyError) as error:
            message = f"Its database cannot be read ({type(error).__name__}). Export it again."
            raise Unreadable(problem(Place(file=path.name), "archive", message)) from error
    return found.reading(NAME_APKG)


def _notes(database: Path) -> Iterator[_Note]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.set_progress_handler(lambda: 1, _DATABASE_STEPS)
        row = connection.execute("SELECT models FROM col").fetchone()
        models = json.loads(row[0]) if row and row[0] else {}
        names = {
            int(key): [str(field["name"]) for field in model.get("flds", [])] for key, model in models.items()
        }
        rows = connection.execute("SELECT mid, flds, tags, guid FROM notes ORDER BY id")
        for number, (mid, fields, tags, guid) in enumerate(rows, start=1):
            yield _Note(
                number, fields.split("\x1f"), names.get(mid, []), tags.split(), str(guid), is_html=True
            )


def write_anki(items: Iterable[Item]) -> tuple[str, list[Item]]:
    """Flashcards, and multiple-choice questions as cards, as a text file for Anki; and what is left out."""
    out = io.StringIO()
    out.write("#separator:tab\n#html:false\n#columns:Front\tBack\tExplanation\tTags\tGuid\n")
    out.write("#tags column:4\n#guid column:5\n")
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    left_out: list[Item] = []
    for item in items:
        if not isinstance(item, Question) or item.kind not in (Kind.FLASHCARD, Kind.MULTIPLE_CHOICE):
            left_out.append(item)
            continue
        front, back = (item.prompt, item.answer) if item.kind is Kind.FLASHCARD else _as_card(item)
        told = [(_AUTHOR, item.meta.author), (_LICENCE, item.meta.licence)]
        tags = " ".join(
            ["_".join(tag.split()) for tag in item.meta.tags]
            + [f"{start}{quote(value, safe='')}" for start, value in told if value]
        )
        guid = f"{_GUID}{item.meta.key}"
        writer.writerow([front.strip(), back.strip(), item.explanation.strip(), tags, guid])
    return out.getvalue(), left_out


def _as_card(item: Question) -> tuple[str, str]:
    """Options on the front, the right ones with their explanations on the back."""
    lettered = [(chr(ord("A") + number), option) for number, option in enumerate(item.options)]
    front = "\n".join([item.prompt, "", *(f"{letter}. {option.text}" for letter, option in lettered)])
    right = [f"{letter}. {option.text} {option.explanation}" for letter, option in lettered if option.correct]
    return front, "\n".join(right)


def _is_tsv(sample: Sample) -> bool:
    first = sample.text.split("\n", 1)[0]
    return not sample.is_folder and sample.suffix in (".txt", ".tsv", ".csv") and bool(_HEADER.match(first))


def _is_apkg(sample: Sample) -> bool:
    return not sample.is_folder and sample.suffix in (".apkg", ".colpkg") and sample.head.startswith(b"PK")


TSV = Format(name=NAME_TSV, title="Anki notes as text", detect=_is_tsv, read=read_tsv)
APKG = Format(name=NAME_APKG, title="Anki deck", detect=_is_apkg, read=read_apkg)
