"""CSV and XLSX: one question in each row, with the columns found by their headings or by a mapping."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from bot.domain.content import Difficulty, Item, Kind, Option, Question
from bot.question_bank import limits
from bot.question_bank.checks.wellformed import MAX_OPTIONS
from bot.question_bank.formats.base import Format, Reading, ReadOptions, Sample
from bot.question_bank.formats.collector import Collector, extra_of, with_extra
from bot.question_bank.formats.columns import Columns, find_columns
from bot.question_bank.formats.native.convert import heading
from bot.question_bank.formats.zips import open_zip
from bot.question_bank.problems import Place, Unreadable, problem
from bot.question_bank.text_files import read_text

NAME_CSV = "csv"
NAME_XLSX = "xlsx"
DELIMITERS = (",", ";", "\t", "|")
_HEADER_ROWS = 20
"""How far down the headings may stand (Kahoot's are in row 8)."""
_MOST_ROWS = 200_000
_MOST_COLUMNS = 100
_CELL_CHARS = 1_000_000
_TYPES = re.compile(
    r"^(multi(ple)?[- ]?(choice|select|response|answer)s?|checkbox(es)?|single([- ](choice|answer))?"
    r"|quiz|mcq?|true[ /-]?false)?$"
)

Row = tuple[int, list[str]]
"""A line or row number (from 1), and its cells."""


def _cell(value: Any) -> str:
    """A cell as it was typed: whole numbers without ``.0``, booleans as a spreadsheet shows them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).replace("\r\n", "\n").replace("\r", "\n")


def _csv_rows(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    for row in reader:
        yield line, row
        line = reader.line_num + 1


def _read_rows(rows: Iterable[Row], found: Collector) -> bool:
    """Read a table; false when none of its first rows holds the headings."""
    columns: Columns | None = None
    for seen, (line, cells) in enumerate(rows):
        if columns is None:
            if seen >= _HEADER_ROWS:
                return False
            candidate = find_columns(cells, found.options.columns)
            if candidate.usable:
                columns = candidate
                for name in candidate.unknown:
                    found.warn(
                        line,
                        "unknown_column",
                        f"The column `{name[:60]}` is not imported. Map it if it should be.",
                    )
            continue
        if seen > _MOST_ROWS:
            found.reject(line, "too_large", f"More than {_MOST_ROWS} rows. Split the table.")
            break
        _row(line, cells, columns, found)
    return columns is not None


def _row(line: int, cells: list[str], columns: Columns, found: Collector) -> None:
    def cell(index: int | None) -> str:
        return cells[index].strip() if index is not None and index < len(cells) else ""

    values = {name: cell(index) for name, index in columns.places.items()}
    texts = {number: cell(index) for number, index in sorted(columns.options.items())}
    prompt = values["question"]
    if not prompt and not any(texts.values()):
        return
    name = values.get("key") or heading(prompt)
    if not _TYPES.match(values.get("type", "").lower()):
        message = (
            f"The type `{values['type'][:40]}` is not multiple choice. Leave it out or write it in "
            "another format."
        )
        found.reject(line, "unknown_type", message, name)
        return
    if values.get("picture"):
        found.reject(
            line, "picture", "It shows a picture, which is not imported. Say in words what it shows.", name
        )
        return
    right = _right(values["correct"], texts, columns.numbered)
    if isinstance(right, str):
        found.reject(line, "unknown_answer", right, name)
        return
    difficulty = values.get("difficulty", "").lower()
    if difficulty and difficulty not in set(Difficulty):
        found.reject(
            line, "wrong_value", f"The difficulty `{difficulty[:40]}` is not easy, medium or hard.", name
        )
        return
    made = [
        Option(text, number in right, cell(columns.whys.get(number)))
        for number, text in texts.items()
        if text
    ]
    meta = found.meta(
        prompt,
        more="\n".join(texts.values()),
        key=values.get("key", ""),
        title=values.get("title", ""),
        topic=values.get("topic", ""),
        difficulty=Difficulty(difficulty) if difficulty else None,
        tags=[tag.strip() for tag in re.split(r"[,;]", values.get("tags", "")) if tag.strip()],
        hints=[values["hint"]] if values.get("hint") else [],
    )
    try:
        extra = json.loads(values.get("warmup") or "{}")
        meta = with_extra(meta, extra)
        meta = replace(
            meta,
            tags=tuple(map(str, extra.get("tags", meta.tags))),
            author=values.get("author") or meta.author,
            licence=values.get("licence") or meta.licence,
        )
    except (ValueError, TypeError, AttributeError):
        found.reject(line, "wrong_value", "Its cell in the column `warmup` was changed. Empty it.", name)
        return
    shuffle = bool(extra.get("shuffle", False))
    found.choice(line, prompt, made, explanation=values.get("explanation", ""), shuffle=shuffle, meta=meta)


def _right(said: str, texts: dict[int, str], numbered: bool) -> set[int] | str:
    """The numbers of the right options, or what is wrong with the cell that names them.

    A cell may hold numbers from 1, letters, or the very text of one option; where two of these are
    possible and differ, nothing is guessed.
    """
    if not said:
        return "No right answer is named. Fill in the column."
    parts = [part for part in re.split(r"[\s,;&/+]+", said) if part]
    readings: list[set[int]] = []
    if all(part.isascii() and part.isdigit() and len(part) < 3 for part in parts):
        readings.append({int(part) for part in parts})
    elif all(re.fullmatch(r"[A-Ja-j]", part) for part in parts):
        readings.append({ord(part.lower()) - ord("a") + 1 for part in parts})
    exact = {number for number, text in texts.items() if text == said}
    if exact and not (numbered and readings):
        readings.append(exact)
    usable = [reading for reading in readings if all(texts.get(number) for number in reading)]
    if not usable:
        return f"The right answer `{said[:60]}` is no option's number, letter or text. Correct it."
    if any(reading != usable[0] for reading in usable):
        return (
            f"The right answer `{said[:60]}` is one option's number and another's text. Write it as a letter."
        )
    return usable[0]


_WANTED = (
    "No row has headings for a question, at least two options and the right answer, such as `question`, "
    "`option 1`, `option 2`, `correct`. Name the columns (field=heading) if they are called otherwise."
)


def read_csv(path: Path, options: ReadOptions) -> Reading:
    """Read a CSV file; the delimiter is the one by which its headings can be recognised."""
    text = read_text(path, path.name, at_most=limits.FOREIGN_BYTES)
    csv.field_size_limit(_CELL_CHARS)
    for delimiter in sorted(DELIMITERS, key=text[:10_000].count, reverse=True):
        found = Collector(path.name, options)
        rows = _csv_rows(text, delimiter)
        try:
            if _read_rows(rows, found):
                return found.reading(NAME_CSV)
        except csv.Error as error:
            if found.items or found.problems:
                line = (
                    max([each.place.line for each in found.items] + [each.line for each in found.problems])
                    + 1
                )
                message = f"The table breaks off at or after this line ({error}). Check the quotes."
                found.reject(line, "csv_syntax", message)
                return found.reading(NAME_CSV)
    found = Collector(path.name, options)
    found.reject(1, "no_header", _WANTED)
    return found.reading(NAME_CSV)


def read_xlsx(path: Path, options: ReadOptions) -> Reading:
    """Read every sheet of a workbook that has the headings; formulas count by their last value."""
    open_zip(path).close()
    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except Exception as error:
        message = f"It is not a readable workbook ({type(error).__name__}). Save it as .xlsx again."
        raise Unreadable(problem(Place(file=path.name), "archive", message)) from error
    found = Collector(path.name, options)
    used = 0
    try:
        for sheet in book.worksheets:
            rows = (
                (number, [_cell(value) for value in row])
                for number, row in enumerate(
                    sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True), start=1
                )
            )
            used += _read_rows(rows, found)
    except Exception as error:
        message = f"The workbook breaks off ({type(error).__name__}). Save it as .xlsx again."
        raise Unreadable(problem(Place(file=path.name), "archive", message)) from error
    finally:
        book.close()
    if not used:
        found.reject(1, "no_header", _WANTED)
    return found.reading(NAME_XLSX)


def _is_csv(sample: Sample) -> bool:
    return not sample.is_folder and sample.suffix in (".csv", ".tsv")


def _is_xlsx(sample: Sample) -> bool:
    return not sample.is_folder and sample.suffix == ".xlsx" and sample.head.startswith(b"PK")


CSV = Format(name=NAME_CSV, title="CSV table", detect=_is_csv, read=read_csv)
XLSX = Format(name=NAME_XLSX, title="Excel workbook", detect=_is_xlsx, read=read_xlsx)


def write_csv(items: Iterable[Item]) -> tuple[str, list[Item]]:
    """The multiple-choice questions as a table, and the items that are left out."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    numbers = range(1, MAX_OPTIONS + 1)
    writer.writerow(
        ["key", "title", "topic", "difficulty", "question"]
        + [f"option {number}" for number in numbers]
        + ["correct", "explanation"]
        + [f"explanation {number}" for number in numbers]
        + ["warmup"]
    )
    left_out: list[Item] = []
    for item in items:
        if not isinstance(item, Question) or item.kind is not Kind.MULTIPLE_CHOICE:
            left_out.append(item)
            continue
        meta = item.meta
        padding = [""] * (MAX_OPTIONS - len(item.options))
        right = ",".join(str(index + 1) for index in sorted(item.right))
        extra = json.dumps({**extra_of(meta), "tags": list(meta.tags), "shuffle": item.shuffle})
        writer.writerow(
            [meta.key, meta.title, meta.topic, meta.difficulty.value, item.prompt.strip()]
            + [option.text.strip() for option in item.options]
            + padding
            + [right, item.explanation.strip()]
            + [option.explanation.strip() for option in item.options]
            + padding
            + [extra]
        )
    return out.getvalue(), left_out
