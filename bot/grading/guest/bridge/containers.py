"""Mutable containers that exist on both sides and are kept the same for as long as both hold them.

Only one side runs at a time, so it is enough to send what changed along with every message. A container
counts as unchanged while it holds the very same items; finding that out costs one pass in C. A container
that nobody but the table holds any more is dropped on both sides.
"""

from __future__ import annotations

import collections
import sys
from collections.abc import Callable
from operator import is_
from typing import Any

from .attributes import lineage
from .wire import Violation

KINDS: dict[type, str] = {
    list: "list",
    dict: "dict",
    set: "set",
    bytearray: "bytearray",
    collections.deque: "deque",
    collections.OrderedDict: "odict",
    collections.defaultdict: "ddict",
    collections.Counter: "counter",
}
TYPES = {kind: cls for cls, kind in KINDS.items()}
_MAPPINGS = frozenset({"dict", "odict", "ddict", "counter"})


def kind_of(cls: type) -> str | None:
    """The kind of container that ``cls`` is or derives from, most special first."""
    for base in lineage(cls):
        kind = KINDS.get(base)
        if kind:
            return kind
    return None


def items_of(kind: str, value: Any) -> list[Any]:
    """The items as a flat list (keys and values in turn), read past any method of a subclass."""
    if kind == "list":
        return list.copy(value)
    if kind == "odict":
        pairs: Any = collections.OrderedDict.items(value)
    elif kind in _MAPPINGS:
        pairs = dict.items(value)
    elif kind == "set":
        return [*set.__iter__(value)]
    elif kind == "deque":
        return [*collections.deque.__iter__(value)]
    else:
        return [bytes(memoryview(value)).decode("latin-1")]
    flat: list[Any] = []
    for pair in pairs:
        flat += pair
    return flat


def extra_of(kind: str, value: Any) -> Any:
    """What a container has besides its items: a deque's bound, a defaultdict's factory."""
    if kind == "deque":
        return collections.deque.maxlen.__get__(value)
    if kind == "ddict":
        factory: Any = vars(collections.defaultdict)["default_factory"]
        return factory.__get__(value)
    return None


def new(kind: str, cls: type, extra: Any) -> Any:
    """An empty container of class ``cls``."""
    base = TYPES[kind]
    value = base.__new__(cls)  # type: ignore[call-overload]
    if kind == "deque":
        collections.deque.__init__(value, (), extra)
    elif kind == "ddict":
        collections.defaultdict.__init__(value, extra)
    elif kind == "odict":
        collections.OrderedDict.__init__(value)
    return value


def refill(kind: str, value: Any, items: list[Any]) -> None:
    """Make ``items`` the contents, in place."""
    if kind == "list":
        list.__setitem__(value, slice(None), items)
    elif kind == "set":
        set.clear(value)
        set.update(value, items)
    elif kind == "deque":
        collections.deque.clear(value)
        collections.deque.extend(value, items)
    elif kind == "bytearray":
        bytearray.__setitem__(value, slice(None), items[0].encode("latin-1"))
    elif kind in _MAPPINGS:
        base = collections.OrderedDict if kind == "odict" else dict
        base.clear(value)
        keys = iter(items)
        for key in keys:
            base.__setitem__(value, key, next(keys))
    else:
        raise Violation("an unknown kind of container")


class Tracker:
    """The containers both sides have, by object id, each with the items last agreed on."""

    def __init__(self, forget: Callable[[int], None]) -> None:
        self.entries: dict[int, list[Any]] = {}
        self.keep = False
        """Set while both sides run at the same time: then nothing is dropped."""
        self._forget = forget

    def add(self, oid: int, kind: str, value: Any, items: list[Any], whole: bool) -> None:
        """Follow ``value``; ``whole`` containers are plain ones, which may be dropped."""
        self.entries[oid] = [value, kind, items, whole]

    def changed(self) -> tuple[list[tuple[int, str, list[Any]]], list[int]]:
        """What to tell the other side: (oid, kind, items) of the changed, and the ids to drop once told."""
        changes: list[tuple[int, str, list[Any]]] = []
        drops: list[int] = []
        for oid, entry in list(self.entries.items()):
            items = items_of(entry[1], entry[0])
            before = entry[2]
            if len(items) != len(before) or not all(map(is_, items, before)):
                if entry[1] != "bytearray" or items != before:
                    entry[2] = items
                    changes.append((oid, entry[1], items))
            elif entry[3] and not self.keep and sys.getrefcount(entry[0]) <= 3:
                drops.append(oid)
            items = before = []
        return changes, drops

    def drop(self, oid: int) -> None:
        """Stop following a container, if it is followed."""
        if self.entries.pop(oid, None) is not None:
            self._forget(oid)

    def apply(self, oid: Any, items: list[Any]) -> None:
        """Take over the other side's contents of one container."""
        entry = self.entries.get(oid)
        if entry is None:
            raise Violation("a change to an unknown container")
        refill(entry[1], entry[0], items)
        entry[2] = items_of(entry[1], entry[0])
