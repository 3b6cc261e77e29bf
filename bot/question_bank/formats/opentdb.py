"""Open Trivia DB's JSON: ``{"results": [{"question": ..., "correct_answer": ...}]}``."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

from bot.domain.content import Difficulty, Option
from bot.question_bank import limits
from bot.question_bank.formats.base import Format, Reading, ReadOptions, Sample
from bot.question_bank.formats.collector import Collector
from bot.question_bank.problems import Place, Unreadable, problem
from bot.question_bank.text_files import read_text

NAME = "opentdb"
_FIELDS = ("question", "correct_answer", "incorrect_answers")


def load_json(text: str, file: str) -> Any:
    """The JSON value in ``text``.

    Raises:
        Unreadable: a syntax error, with its line; nested too deep; a number too long.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = Place(file=file, line=error.lineno)
        raise Unreadable(
            problem(place, "json_syntax", f"Not valid JSON here: {error.msg}. Mend it.")
        ) from error
    except (RecursionError, ValueError) as error:
        message = "It nests too deep or holds a number too long. Export it again."
        raise Unreadable(problem(Place(file=file), "json_syntax", message)) from error


def _lines(text: str, count: int) -> list[int]:
    """The line of each question, where the file tells them apart; else 1 for all."""
    marks = [text.count("\n", 0, match.start()) + 1 for match in re.finditer(r'"question"\s*:', text)]
    return marks if len(marks) == count else [1] * count


def _said(value: Any) -> str:
    """A text with its HTML entities undone, once, and stray spaces removed."""
    return html.unescape(str(value)).strip()


def read(path: Path, options: ReadOptions) -> Reading:
    """Read a dump; entities are undone once, true-or-false questions keep that order."""
    text = read_text(path, path.name, at_most=limits.FOREIGN_BYTES)
    data = load_json(text, path.name)
    found = Collector(path.name, options)
    results = data.get("results") if isinstance(data, dict) else data
    results = results if isinstance(results, list) else []
    for line, raw in zip(_lines(text, len(results)), results, strict=True):
        _question(raw, line, found)
    return found.reading(NAME)


def _question(raw: Any, line: int, found: Collector) -> None:
    if not isinstance(raw, dict) or not all(raw.get(name) for name in _FIELDS):
        message = f"It lacks one of {', '.join(_FIELDS)}. Add it."
        found.reject(
            line, "missing_field", message, _said(raw.get("question", "")) if isinstance(raw, dict) else ""
        )
        return
    prompt, right = _said(raw["question"]), _said(raw["correct_answer"])
    wrong = raw["incorrect_answers"]
    difficulty = str(raw.get("difficulty", "")).lower()
    if not isinstance(wrong, list) or (difficulty and difficulty not in set(Difficulty)):
        found.reject(
            line, "wrong_value", "Its `incorrect_answers` or `difficulty` is not as expected.", prompt
        )
        return
    texts = sorted([right, *map(_said, wrong)], key=_order)
    meta = found.meta(
        prompt,
        more="\n".join(texts),
        topic=_said(raw.get("category", "")),
        difficulty=Difficulty(difficulty) if difficulty else None,
    )
    boolean = raw.get("type") == "boolean"
    found.choice(
        line, prompt, [Option(text, text == right) for text in texts], shuffle=not boolean, meta=meta
    )


def _order(text: str) -> tuple[int, str]:
    """The dump always names the right answer first, so options are ordered by themselves."""
    return (
        ["true", "false"].index(text.lower()) if text.lower() in ("true", "false") else 2,
        text.casefold(),
    )


def detect(sample: Sample) -> bool:
    """Whether it is JSON with Open Trivia DB's field names."""
    return (
        sample.suffix == ".json"
        and '"correct_answer"' in sample.text
        and '"incorrect_answers"' in sample.text
    )


FORMAT = Format(name=NAME, title="Open Trivia DB", detect=detect, read=read)
