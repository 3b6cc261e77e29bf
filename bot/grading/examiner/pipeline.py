"""Long rows of calls in one message: what a test calls is known from the reference's run.

A test that calls the member's function, or a method of one of the member's objects, thousands of times would
wait for an answer each time. The reference's run leaves the row of calls, so the next ones can be sent ahead
and their answers taken as the test comes to them. The guest gets the same calls in the same order as without
this. Only rows whose arguments tell nothing are treated so (see ``rows``). Should the test call anything
else, or stop before the answers are used up, the whole run is thrown away and done again without sending
ahead.
"""

from __future__ import annotations

import marshal
import random
from collections.abc import Callable
from typing import Any

from .rows import Call, Row, Rows
from .standin import StandIn

_MOST_BYTES = 6_000_000
_CHUNKS = (32, 128, 512, 2_048)
_FOLLOWED = frozenset({int, str, float, bool, type(None), list, dict, set, tuple})
"""Answers after which the guest goes on to the next call by itself (see ``serve``)."""
_NO_CALL = ("", "", b"")


class Pipeline:
    """One run's calls: recorded when the guest is the reference, sent ahead when it is not.

    ``line`` tells at which line of the tests the run is.
    """

    def __init__(
        self, ask: Callable[..., Any], rows: Rows | None, recording: bool, line: Callable[[], int]
    ) -> None:
        self._ask = ask
        self._rows = rows or {}
        self._recording = recording
        self._line = line
        self.recorded: dict[str, list[Row]] = {}
        self.aborted = False
        self.waiting = False
        self._test = ""
        self._bytes = 0
        self._paths: dict[int, tuple[str, str]] = {}
        self._functions: dict[tuple[str, str], Any] = {}
        self._plan: list[list[Any]] = []
        self._answers: list[Any] = []
        self._keys: list[tuple[int, str, bytes]] = []
        self._at = self._count = self._chunk = 0
        self._row: Any = None
        self._target: Any = None
        """The object whose methods the current row calls."""
        self._chance = random.SystemRandom()

    @property
    def expecting(self) -> bool:
        """Whether calls were sent ahead whose answers are still to be used."""
        return self._at < len(self._answers)

    def begin(self, test: str) -> None:
        """A test is about to run."""
        self.end()
        self._test = test
        self._plan = list(self._rows.get(test, ()))
        self._count = 0
        self._row = self._target = None
        if self._recording:
            self.recorded[test] = []

    def end(self) -> None:
        """A test has ended: what was sent ahead has to have been used."""
        if self._at < len(self._answers):
            self.aborted = True
        self._answers, self._keys, self._at = [], [], 0

    def ask(self, op: str, args: tuple[Any, ...], kw: dict[str, Any]) -> Any:
        """As ``Peer.ask``."""
        ahead = self._at < len(self._answers)
        if op == "get" and type(args[0]) is StandIn:
            path = (args[0].__name__, args[1])
            if ahead and path in self._functions:
                return self._functions[path]
            value = self._ask(op, *args)
            self._paths[id(value)], self._functions[path] = path, value
            return value
        if op in ("call", "invoke") and not kw:
            if ahead or (self._plan and not self._recording):
                answer = self._next(op, args)
                if answer is not self:
                    return answer
        elif ahead:
            self.aborted = True
        self._count += 1
        return self._record(op, args, kw) if self._recording else self._ask(op, *args, **kw)

    # ---- with the reference

    def _record(self, op: str, args: tuple[Any, ...], kw: dict[str, Any]) -> Any:
        count, (module, name, data) = self._count, self._written(op, args, kw)
        line = self._line()
        value: Any = None
        try:
            value = self._ask(op, *args, **kw)
        finally:
            known = name and type(value) in _FOLLOWED and self._bytes < _MOST_BYTES
            if known and self._count == count and self._test in self.recorded:
                given = args[1 if op == "call" else 2 :]
                call = Call.note((module, name), data, line, given, value)
                self._note(call, args[0] if op == "invoke" else None)
            else:
                self._row = None
        return value

    def _written(self, op: str, args: tuple[Any, ...], kw: dict[str, Any]) -> tuple[str, str, bytes]:
        """A call as it can be made again: module and name of a function (or no module and a method's name),
        and its arguments.
        """
        if kw or op not in ("call", "invoke"):
            return _NO_CALL
        path = ("", args[1]) if op == "invoke" else self._paths.get(id(args[0]), ("", ""))
        try:
            return *path, marshal.dumps(args[2 if op == "invoke" else 1 :], 2)
        except ValueError:
            return _NO_CALL

    def _note(self, call: Call, target: Any) -> None:
        if target is not None and self._target is not target:
            self._row, self._target = None, target
        if self._row is None:
            self._row = Row(self._count - 1, [])
            self.recorded[self._test].append(self._row)
        self._row.calls.append(call)
        self._bytes += len(call.data)

    # ---- with a submission

    def _next(self, op: str, args: tuple[Any, ...]) -> Any:
        """The answer to a call that was sent ahead, sending more if need be; ``self`` if it was not."""
        if self._at >= len(self._answers) and not self._send_ahead(args[0] if op == "invoke" else None):
            return self
        name, given = ("", args[1:]) if op == "call" else (args[1], args[2:])
        try:
            same = self._keys[self._at] == (id(args[0]), name, marshal.dumps(given, 2))
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

    def _send_ahead(self, target: Any) -> bool:
        row = next((row for row in self._plan if row[0] <= self._count < row[0] + len(row[1])), None)
        if row is None:
            return False
        if row is not self._row:
            self._row, self._chunk, self._target = row, 0, None
        self._target = self._target if target is None else target
        calls, keys = self._calls(row[1][self._count - row[0] :])
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
        self._chunk = self._chunk + 1 if len(answers) == len(calls) else 0
        self._answers = [(True, answer) for answer in answers]
        if isinstance(error, BaseException):
            self._answers.append((False, error))
        self._keys, self._at = keys, 0
        return bool(self._answers) and len(self._answers) <= len(keys)

    def _calls(self, row: list[list[str]]) -> tuple[list[Any], list[tuple[int, str, bytes]]]:
        """The next calls of a row, as the guest is told them and as the test has to make them.

        Where one message ends nobody can foresee, so a submission that lived on what it sees of the future
        would be without it at any call.
        """
        most = _CHUNKS[min(self._chunk, len(_CHUNKS) - 1)]
        calls: list[Any] = []
        keys = []
        for module, name, data in row[: self._chance.randint(most // 2, most)]:
            owner = self._functions.get((module, name)) if module else self._target
            if owner is None:
                break
            raw = bytes.fromhex(data)
            calls.append((owner, "" if module else name, marshal.loads(raw)))  # noqa: S302 - our own, from the reference's run
            keys.append((id(owner), "" if module else name, raw))
        return calls, keys
