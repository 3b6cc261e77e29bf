"""Long rows of calls in one message: what a test calls is known from the reference's run.

A test that calls the member's function thousands of times would wait for an answer each time. The
reference's run leaves the row of calls, so the next ones can be sent ahead and their answers taken as the
test comes to them. The guest gets the same calls in the same order as without this. Only tests whose calls
hang on no answer (see ``independence``) are treated so: what comes next never tells what is wanted now.
Should the test call anything else, or stop before the answers are used up, the whole run is thrown away and
done again without sending ahead.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable
from typing import Any

from .standin import StandIn

SHORTEST = 64
"""Calls in a row that are worth sending ahead."""
_MOST_BYTES = 6_000_000
_CHUNKS = (32, 128, 512, 2_048)

Rows = dict[str, list[list[Any]]]
"""By test: rows as [how many calls came before, [[module, name, arguments as marshal, hexadecimal], ...]]."""


class Pipeline:
    """One run's calls: recorded when the guest is the reference, sent ahead when it is not."""

    def __init__(self, ask: Callable[..., Any], rows: Rows | None, recording: bool) -> None:
        self._ask = ask
        self._rows = rows or {}
        self._recording = recording
        self.recorded: Rows = {}
        self._depths: dict[str, int] = {}
        """By test: how deep mutable arguments went (0: none, 1: containers of plain values, 2: deeper)."""
        self.aborted = False
        self._bytes = 0
        self._paths: dict[int, tuple[str, str]] = {}
        self._functions: dict[tuple[str, str], Any] = {}
        self._plan: list[list[Any]] = []
        self._answers: list[Any] = []
        self._keys: list[tuple[int, bytes]] = []
        self._at = self._taken = self._count = self._chunk = 0
        self._row: list[Any] | None = None
        self.waiting = False

    def begin(self, test: str) -> None:
        """A test is about to run."""
        self.end()
        self._plan = list(self._rows.get(test, ()))
        self._count = 0
        self._row = None
        if self._recording:
            self.recorded[test] = []

    def end(self) -> None:
        """A test has ended: what was sent ahead has to have been used."""
        if self._at < len(self._answers):
            self.aborted = True
        self._answers, self._keys, self._at = [], [], 0

    def ask(self, op: str, args: tuple[Any, ...], kw: dict[str, Any]) -> Any:
        """As ``Peer.ask``."""
        if op == "get" and type(args[0]) is StandIn:
            path = (args[0].__name__, args[1])
            if self._at < len(self._answers) and path in self._functions:
                return self._functions[path]
            value = self._ask(op, *args)
            self._paths[id(value)], self._functions[path] = path, value
            return value
        if op == "call" and not kw:
            if self._at < len(self._answers) or (self._plan and not self._recording):
                answer = self._next(args)
                if answer is not self:
                    return answer
        elif self._at < len(self._answers):
            self.aborted = True
        self._count += 1
        if not self._recording:
            return self._ask(op, *args, **kw)
        self._record(op, args, kw)
        return self._ask(op, *args, **kw)

    def _record(self, op: str, args: tuple[Any, ...], kw: dict[str, Any]) -> None:
        rows = next(reversed(self.recorded.values()), None)
        path = self._paths.get(id(args[0])) if op == "call" and not kw else None
        if rows is None:
            return
        try:
            data = marshal.dumps(args[1:], 2).hex() if path else ""
        except ValueError:
            path = None
        if path is None or self._bytes > _MOST_BYTES:
            self._row = None
            return
        if self._row is None:
            self._row = []
            rows.append([self._count - 1, self._row])
        self._row.append([*path, data])
        test = next(reversed(self.recorded))
        self._depths[test] = max(self._depths.get(test, 0), *map(_depth, args[1:]), 0)
        self._bytes += len(data)

    def _next(self, args: tuple[Any, ...]) -> Any:
        """The answer to a call that was sent ahead, sending more if need be; ``self`` if it was not."""
        if self._at >= len(self._answers) and not self._send_ahead():
            return self
        target, data = self._keys[self._at]
        try:
            same = target == id(args[0]) and marshal.dumps(args[1:], 2) == data
        except ValueError:
            same = False
        if not same:
            self.aborted = True
            self._answers, self._keys, self._at = [], [], 0
            return self
        ok, answer = self._answers[self._at]
        self._at += 1
        self._count += 1
        if not ok:
            raise answer
        return answer

    def _send_ahead(self) -> bool:
        row = next((row for row in self._plan if row[0] <= self._count < row[0] + len(row[1])), None)
        if row is None:
            return False
        if row is not self._row:
            self._row, self._chunk = row, 0
        start = self._count - row[0]
        size = _CHUNKS[min(self._chunk, len(_CHUNKS) - 1)]
        self._chunk += 1
        calls, keys = [], []
        for module, name, data in row[1][start : start + size]:
            function = self._functions.get((module, name))
            if function is None:
                break
            raw = bytes.fromhex(data)
            calls.append((function, marshal.loads(raw)))  # noqa: S302 - our own, from the reference's run
            keys.append((id(function), raw))
        if len(calls) < 2:
            return False
        self.waiting = True
        try:
            answers, error = self._ask("batch", tuple(calls))
        finally:
            self.waiting = False
        if error == "changed" or type(answers) is not tuple or len(answers) > len(calls):
            self.aborted = True
            return False
        self._answers = [(True, answer) for answer in answers]
        if isinstance(error, BaseException):
            self._answers.append((False, error))
        self._keys, self._at = keys, 0
        return bool(self._answers) and len(self._answers) <= len(keys)

    def rows(self, independent: Callable[[str], bool | None]) -> Rows:
        """What was recorded of independent tests, without the rows that are too short.

        ``independent`` answers None for a dependent test, else whether its arguments are new objects.
        """
        kept: Rows = {}
        for test, rows in self.recorded.items():
            long = [row for row in rows if len(row[1]) >= SHORTEST]
            fresh = independent(test) if long else None
            if fresh is not None and self._depths.get(test, 0) <= fresh:
                kept[test] = long
        return kept


def _depth(value: Any) -> int:
    if isinstance(value, list | set | bytearray):
        return 1 + max(map(_depth, value), default=0)
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, tuple | frozenset):
        return max(map(_depth, value), default=0)
    return 0
