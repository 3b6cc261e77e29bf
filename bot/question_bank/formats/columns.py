"""Which column of a table holds what: by the person's mapping, else by the headings people use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_QUESTION = re.compile(r"^(question( text| stem)?( - max \d+ characters)?|prompt|stem|problem)$")
_OPTION = re.compile(
    r"^(?:answer option|option|answer|choice|alternative)\s*(\d{1,2}|[a-j])\b(?! explanation)"
)
_OPTION_WHY = re.compile(
    r"^(?:explanation|feedback|why)\s*(\d{1,2}|[a-j])$|^option\s*(\d{1,2}|[a-j]) explanation$"
)
_FIELDS = {
    "correct": re.compile(
        r"^(correct( answers?| options?| choices?)?(\(s\))?( - .*)?|right( answers?)?|answers?)$"
    ),
    "explanation": re.compile(r"^(overall |answer |general )?(explanation|feedback|rationale)$"),
    "topic": re.compile(r"^(topic|domain|category|subject|chapter|section)$"),
    "difficulty": re.compile(r"^(difficulty|level of difficulty)$"),
    "tags": re.compile(r"^(tags|keywords|labels)$"),
    "hint": re.compile(r"^hints?$"),
    "key": re.compile(r"^(id|key|question id|ref|reference)$"),
    "title": re.compile(r"^title$"),
    "author": re.compile(r"^(author|written by)$"),
    "licence": re.compile(r"^licen[cs]e$"),
    "type": re.compile(r"^(question )?type$"),
    "warmup": re.compile(r"^warmup$"),
    "picture": re.compile(r"^(image|picture)( link| url)?$"),
}
_UDEMY = re.compile(r"^answer option \d")
_KAHOOT = re.compile(r"^answer \d+ - max")


@dataclass(slots=True)
class Columns:
    """The place of each field in a row (from 0)."""

    places: dict[str, int] = field(default_factory=dict)
    """Field -> column, for the fields there is one of."""
    options: dict[int, int] = field(default_factory=dict)
    """Number of the option (from 1) -> column."""
    whys: dict[int, int] = field(default_factory=dict)
    """Number of the option -> column of its explanation."""
    unknown: list[str] = field(default_factory=list)
    """Headings that mean nothing here."""
    numbered: bool = False
    """Whether the program this comes from always gives right answers by number (Udemy, Kahoot, Quizizz)."""

    @property
    def usable(self) -> bool:
        """Whether there is enough to read a question from a row."""
        return "question" in self.places and "correct" in self.places and len(self.options) >= 2


def _number(text: str) -> int:
    return int(text) if text.isdigit() else ord(text) - ord("a") + 1


def _plain(heading: str) -> str:
    return " ".join(heading.replace("_", " ").lower().split())


def find_columns(row: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    """The columns of a header row. ``mapping`` goes first: field (``question``, ``correct``, ``option1``,
    ``why1``, ``explanation``, ``topic``, ``difficulty``, ``tags``, ``hint``, ``key``, ``title``, ``author``,
    ``licence``) to heading.
    """  # fmt: skip
    found = Columns()
    wanted = {_plain(heading): name for name, heading in mapping.items()}
    headings = [_plain(cell) for cell in row]
    for index, heading in enumerate(headings):
        if not heading:
            continue
        name = wanted.get(heading) or _recognise(heading)
        number = re.fullmatch(r"(option|why)(\d+)", name or "")
        if number:
            (found.options if number[1] == "option" else found.whys).setdefault(int(number[2]), index)
        elif name:
            found.places.setdefault(name, index)
        else:
            found.unknown.append(row[index])
    quizizz = "question text" in headings and "time in seconds" in headings
    found.numbered = (
        quizizz
        or "warmup" in found.places
        or any(_UDEMY.match(each) or _KAHOOT.match(each) for each in headings)
    )
    return found


def _recognise(heading: str) -> str | None:
    if _QUESTION.match(heading):
        return "question"
    if match := _OPTION_WHY.match(heading):
        return f"why{_number(match[1] or match[2])}"
    if match := _OPTION.match(heading):
        return f"option{_number(match[1])}"
    return next((name for name, pattern in _FIELDS.items() if pattern.match(heading)), None)
