"""The objects that can be named on the bridge: each has a number, whose sign says whose object it is."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from typing import Any

from .containers import Tracker
from .mirrors import Mirrors
from .wire import Violation

BASE_VALUE: dict[type, Callable[[Any], Any]] = {
    int: int.__pos__,
    float: float.__pos__,
    complex: complex.__pos__,
    str: str.__str__,
    bytes: lambda v: bytes(memoryview(v)),
    tuple: lambda v: tuple(tuple.__iter__(v)),
    frozenset: lambda v: frozenset(frozenset.__iter__(v)),
}
"""The built-in value of an instance of a class derived from one, by that class."""


class Handles:
    """The numbered objects of one end of the bridge."""

    trusted = False
    """Whether this end is the one whose judgement counts."""

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.objects: dict[int, Any] = {}
        self.ids: dict[int, int] = {}
        self._numbers = itertools.count(1)
        self._new: list[int] = []
        self._theirs = 0
        self.by_value = False
        """Set while containers are to cross as copies (comparisons)."""
        self.tracker = Tracker(self.forget)
        self.mirrors = Mirrors(self)  # type: ignore[arg-type]
        self.raw: dict[int, Any] = {}
        self.traces: dict[int, Any] = {}
        """What the other side said about where an exception came up, by ``id`` of the exception."""

    def number(self, value: Any) -> int:
        """Give one of our own objects its number."""
        oid = next(self._numbers) * self.sign
        self.objects[oid] = value
        self.ids[id(value)] = oid
        self._new.append(oid)
        return oid

    def adopt(self, oid: Any, value: Any) -> Any:
        """Take down an object of the other side under the number it came with."""
        if type(oid) is not int or oid * self.sign >= 0 or oid in self.objects:
            raise Violation("an object has a wrong number")
        self.objects[oid] = value
        self.ids[id(value)] = oid
        return value

    def forget(self, oid: int) -> None:
        """Let go of an object."""
        value = self.objects.pop(oid, None)
        self.ids.pop(id(value), None)

    def undo_new(self) -> None:
        """Forget the objects numbered since the last message: it could not be sent."""
        for oid in self._new:
            self.tracker.drop(oid)
            self.forget(oid)
        self._new.clear()

    def known(self, oid: Any) -> Any:
        """The object of that number; raises ``Violation`` if there is none."""
        try:
            return self.objects[oid]
        except (KeyError, TypeError):
            raise Violation("a reference to an unknown object") from None


def resolve(module: str, qualname: str) -> Any:
    """What a dotted name in a loaded module stands for now, or None."""
    found: Any = sys.modules.get(module)
    for part in qualname.split("."):
        found = getattr(found, part, None)
    return found


def is_standard(cls: type) -> bool:
    """Whether a class is the standard library's own, found there by its name."""
    module = cls.__module__
    if type(module) is not str or module == "__main__":
        return False
    known = module.partition(".")[0] in sys.stdlib_module_names
    return known and resolve(module, cls.__qualname__) is cls
