"""What can be wrong with a bank, said so that its author can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.content import Item


class Severity(StrEnum):
    """Whether a problem keeps a question from being posted."""

    ERROR = "error"
    """The question is rejected."""
    WARNING = "warning"
    """Worth the author's look; the bank is still ``ok``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands: a file (relative to the bank) and a line from 1 (0: the whole file)."""

    file: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend. ``code`` is stable (``bank.unknown_field``); ``message`` says what and how.

    ``question`` is the key of the question concerned, or empty for the file or bank as a whole.
    """

    file: str
    line: int
    question: str
    code: str
    message: str
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        """Whether it keeps a question from being posted."""
        return self.severity is Severity.ERROR

    def as_json(self) -> dict[str, str | int]:
        """The problem as the command line's JSON shows it."""
        return {
            "file": self.file,
            "line": self.line,
            "question": self.question,
            "code": self.code,
            "message": self.message,
            "severity": self.severity.value,
        }


def problem(
    place: Place, code: str, message: str, *, question: str = "", severity: Severity = Severity.ERROR
) -> Problem:
    """A problem at ``place``; ``code`` is given without its ``bank.`` prefix."""
    return Problem(
        file=place.file,
        line=place.line,
        question=question,
        code=f"bank.{code}",
        message=message,
        severity=severity,
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A question or challenge together with the place it was read from."""

    item: Item
    place: Place


class Unreadable(Exception):
    """A file that cannot be read at all; carries the one problem that says why."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.message)
        self.problem = found
