"""What every language has to offer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, Protocol

from bot.domain.content import Challenge, Limits, SourceFile
from bot.domain.grading import CodeError, Execution
from bot.grading.sandbox.task import Task

_LONGEST = 8_000
"""Characters kept of any text in a report: it comes from where the member's code ran."""


class UnknownLanguage(Exception):
    """A challenge names a language that nobody taught the worker."""


class BadFileName(Exception):
    """A file name that would leave the job's folder, or cannot be written; the message names it."""


class Language(Protocol):
    """One language a program can be written in."""

    entry: str
    """The file that a program without file names becomes."""

    def task(self, challenge: Challenge, files: Iterable[SourceFile], stdin: str) -> Task:
        """The run of ``challenge.entry`` among ``files`` (the given ones added), reading ``stdin``.

        Raises:
            BadFileName: before anything runs.
        """

    def program(self, text: str, limits: Limits, packages: tuple[str, ...] = ()) -> Task:
        """The run of a single text."""


def checked(files: Iterable[SourceFile]) -> dict[str, str]:
    """File names to texts, later ones winning.

    Raises:
        BadFileName: an absolute name, one with ``..``, or one with a character that has no place in it.
    """
    found: dict[str, str] = {}
    for file in files:
        path = PurePosixPath(file.name)
        plain = file.name.isprintable() and "\\" not in file.name and len(file.name) <= 200
        if not plain or path.is_absolute() or not path.parts or ".." in path.parts or str(path) != file.name:
            raise BadFileName(f"{file.name!r} is no file name for a submission")
        found[file.name] = file.text
    return found


def with_report(execution: Execution, report: bytes) -> Execution:
    """``execution`` with what the program's own process says of its exception.

    The report is text from a stranger: anything that is not as expected is left out.
    """
    try:
        told = json.loads(report)
    except ValueError:
        return execution
    if not isinstance(told, dict) or not isinstance(told.get("error"), dict):
        return execution
    error = _error(told["error"])
    return replace(execution, error=error, while_loading=told.get("while_loading") is True)


def _error(told: dict[str, Any]) -> CodeError:
    def text(key: str) -> str:
        value = told.get(key)
        return value[:_LONGEST] if isinstance(value, str) else ""

    line = told.get("line")
    return CodeError(
        type=text("type")[:200] or "Exception",
        message=text("message"),
        file=text("file")[:200],
        line=line if type(line) is int and 0 < line < 10_000_000 else None,
        caret=text("caret"),
        trace=text("trace"),
    )
