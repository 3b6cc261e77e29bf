"""Describes an exception by what concerns the member: their own files, lines and frames."""

from __future__ import annotations

import os
import traceback
from types import TracebackType
from typing import Any

_LONGEST = 4_000


def describe(error: BaseException, home: str) -> dict[str, Any]:
    """The fields of the domain's ``CodeError``, for an exception of code whose files lie in ``home``."""
    told: dict[str, Any] = {
        "type": type(error).__name__,
        "message": _message(error)[:_LONGEST],
        "file": "",
        "line": None,
        "caret": "",
        "trace": "",
    }
    if isinstance(error, SyntaxError) and error.filename and is_own(error.filename, home):
        told.update(file=_shown(error.filename, home), line=error.lineno, caret=_caret(error))
        told["message"] = str(error.msg)[:_LONGEST]
        return told
    frames = [f for f in traceback.extract_tb(outside(error.__traceback__)) if is_own(f.filename, home)]
    if frames:
        told.update(file=_shown(frames[-1].filename, home), line=frames[-1].lineno)
        for frame in frames:
            frame.filename = _shown(frame.filename, home)
        lines = traceback.StackSummary.from_list(frames).format()
        told["trace"] = "".join([*lines, *_last_lines(error)])[-_LONGEST:]
    return told


def outside(trace: TracebackType | None) -> TracebackType | None:
    """The frames from the first that is not ours on."""
    ours = __package__.rpartition(".")[0] + "."
    while trace is not None and str(trace.tb_frame.f_globals.get("__name__")).startswith(ours):
        trace = trace.tb_next
    return trace


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a member's __str__ can do anything
        return "(its message cannot be shown)"


def _last_lines(error: BaseException) -> list[str]:
    try:
        return traceback.format_exception_only(error)
    except Exception:  # noqa: BLE001 - as above
        return [type(error).__name__]


def is_own(filename: str, home: str) -> bool:
    """Whether it is a file of the job's own, below ``home``.

    Code that was loaded before the job's own ``/tmp`` covered the machine's keeps the name it had there.
    """
    path = os.path.abspath(filename)
    return path.startswith(home.rstrip(os.sep) + os.sep) and os.path.exists(path)


def _shown(filename: str, home: str) -> str:
    return os.path.relpath(filename, home)


def _caret(error: SyntaxError) -> str:
    text = (error.text or "").rstrip("\n")
    if not text or not error.offset:
        return text
    width = 1
    if error.end_lineno == error.lineno and error.end_offset and error.end_offset > error.offset:
        width = error.end_offset - error.offset
    stripped = text.lstrip()
    start = max(0, error.offset - 1 - (len(text) - len(stripped)))
    return f"{stripped}\n{' ' * start}{'^' * max(1, min(width, len(stripped) - start))}"
