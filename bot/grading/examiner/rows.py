"""Rows of calls that the reference's run left, and which of them may be sent ahead.

A submission that is shown a call before it has answered the one before could take its answer from there. So
a row is kept only if its test is independent (see ``independence``), if it lies in one loop, if its arguments
are counted out by that loop, and if, where several lines or functions take part, no argument of one is what
the reference answered to an earlier call of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .independence import Independence

SHORTEST = 64
"""Calls in a row that are worth sending ahead."""

Rows = dict[str, list[list[Any]]]
"""By test: rows as [how many calls came before, [[module, name, arguments as hexadecimal marshal], ...]]. A
method has no module, and its object is the one of the first such call.
"""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the reference's run: where in the tests it was made, and what was answered.

    ``given`` and ``answered`` are the scalars in it: an object that is kept would never be dropped on the
    bridge.
    """

    module: str
    name: str
    data: bytes
    line: int
    depth: int
    given: frozenset[Any]
    answered: frozenset[Any]

    @classmethod
    def note(cls, path: tuple[str, str], data: bytes, line: int, given: tuple[Any, ...], answer: Any) -> Call:
        """Take down a call to ``path``, with ``data`` as what ``given`` is when marshalled."""
        return cls(*path, data, line, _depth(given), frozenset(_parts(given)), frozenset(_parts(answer)))


@dataclass(frozen=True, slots=True)
class Row:
    """Calls one after the other, with nothing else asked between; ``start`` asks came before in the test."""

    start: int
    calls: list[Call]


def kept(recorded: Mapping[str, list[Row]], independent: Callable[[str], Independence | None]) -> Rows:
    """What may be sent ahead of what was recorded, as it is written into an order."""
    found: Rows = {}
    for test, rows in recorded.items():
        if not any(len(row.calls) >= SHORTEST for row in rows):
            continue
        facts = independent(test)
        if facts is None or not facts.counted:
            continue
        parts = [part for row in rows for part in _by_loop(row, facts)]
        good = [part for part in parts if len(part.calls) >= SHORTEST and _tells_nothing(part.calls)]
        if max((call.depth for part in good for call in part.calls), default=0) <= facts.fresh:
            found[test] = [[p.start, [[c.module, c.name, c.data.hex()] for c in p.calls]] for p in good]
    return found


def _by_loop(row: Row, facts: Independence) -> Iterator[Row]:
    """The parts of a row that lie in one loop each; what lies in none is left out."""
    at = 0
    while at < len(row.calls):
        loop, end = facts.loop(row.calls[at].line), at
        while end < len(row.calls) and facts.loop(row.calls[end].line) == loop:
            end += 1
        if loop is not None:
            yield Row(row.start + at, row.calls[at:end])
        at = end


def _tells_nothing(calls: list[Call]) -> bool:
    """Whether no call's answer is among the arguments of a later one that stands elsewhere in the tests."""
    later: dict[Any, set[tuple[int, str, str]]] = {}
    for call in reversed(calls):
        place = (call.line, call.module, call.name)
        if any(later.get(part, set()) - {place} for part in call.answered):
            return False
        for part in call.given:
            later.setdefault(part, set()).add(place)
    return True


def _parts(value: Any) -> Iterator[Any]:
    """The scalars that a value consists of, without those that tell next to nothing."""
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _parts(item)
    elif value is not None and value is not True and value is not False:
        yield bytes(value) if isinstance(value, bytearray) else value


def _depth(value: Any) -> int:
    """How deep mutable values go (0: none, 1: containers of plain values, 2: deeper)."""
    if isinstance(value, list | set | bytearray):
        return 1 + max(map(_depth, value), default=0)
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, tuple | frozenset):
        return max(map(_depth, value), default=0)
    return 0
