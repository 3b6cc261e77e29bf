"""How any object is written for the other side.

Plain data crosses by value, mutable containers by value and under a number that both sides know, everything
else as a numbered object.
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import AsyncIterator
from typing import Any

from . import containers
from .attributes import Remote, lineage, own_names
from .containers import KINDS
from .handles import BASE_VALUE, Handles, is_standard, resolve
from .values import BIG, LEAVES, SHARED_NAMES, SINGLETON_NAMES, Node

_EMPTY: dict[Any, Any] = {}
_KEYS, _VALUES, _ITEMS = type(_EMPTY.keys()), type(_EMPTY.values()), type(_EMPTY.items())
_ERROR_FIELDS = {
    AttributeError: ("name",),
    NameError: ("name",),
    ImportError: ("name", "path"),
    OSError: ("filename", "filename2"),
}
_DEEPEST_CAUSE = 6


def _steps_of_async_generators() -> frozenset[type]:
    async def empty() -> AsyncIterator[None]:
        yield

    generator: Any = empty()
    steps = [generator.__anext__(), generator.aclose(), anext(generator, None)]
    for step in steps:
        step.close()
    return frozenset(map(type, steps))


_STEPS = _steps_of_async_generators()
"""What ``anext`` and ``aclose`` give: an event loop takes them for coroutines, so they cross as such."""


class Packer(Handles):
    """Writes values for the other side."""

    def pack(self, value: Any) -> Node:
        """Write any value as JSON."""
        cls = type(value)
        if cls is str or cls is bool or value is None or cls is float:
            return value
        if cls is int:
            return value if -BIG < value < BIG else ["i", hex(value)]
        if cls is tuple:
            return ["t", *map(self.pack, value)]
        oid = self.ids.get(id(value))
        if oid is not None:
            return ["r", oid]
        leaf = LEAVES.get(cls)
        if leaf is not None:
            try:
                return leaf(value)
            except LookupError:
                return self._pack_object(value, cls)
        kind = KINDS.get(cls)
        if kind is not None:
            return self._pack_container(kind, value)
        if id(value) in SINGLETON_NAMES:
            return ["1", SINGLETON_NAMES[id(value)]]
        if cls is frozenset:
            return ["f", *map(self.pack, value)]
        if cls is slice:
            return ["sl", self.pack(value.start), self.pack(value.stop), self.pack(value.step)]
        if cls is _KEYS or cls is _VALUES:
            return ["dk" if cls is _KEYS else "dv", *map(self.pack, value)]
        if cls is _ITEMS:
            return ["di", *(self.pack(part) for pair in value for part in pair)]
        return self._pack_object(value, cls)

    def _pack_container(self, kind: str, value: Any) -> Node:
        items = containers.items_of(kind, value)
        extra = containers.extra_of(kind, value)
        if self.by_value:
            return ["u", kind, self.pack(extra), self.pack_items(kind, items)]
        oid = self.number(value)
        self.tracker.add(oid, kind, value, items, whole=True)
        return ["L", oid, kind, self.pack(extra), self.pack_items(kind, items)]

    def pack_items(self, kind: str, items: list[Any]) -> Node:
        """Write a container's items."""
        return items if kind == "bytearray" else [*map(self.pack, items)]

    def _pack_object(self, value: Any, cls: type) -> Node:
        if issubclass(cls, type):
            return self.pack_class(value)
        if issubclass(cls, BaseException):
            return self._pack_exception(value)
        name = self.name_of(value)
        if name is not None:
            return ["N", name]
        if cls is types.FunctionType:
            return self._pack_function(value)
        if cls is types.CoroutineType:
            return ["K", self.number(value), value.__name__, value.__qualname__]
        if cls in _STEPS:
            return ["K", self.number(value), cls.__name__, cls.__qualname__]
        if cls is types.TracebackType:  # frames stay where they are
            return None
        if cls is Remote:  # what a patch took out of a stand-in class and puts back
            return ["raw", self.pack_class(value.owner), value.name]
        if cls is inspect.Signature:
            return ["sig", self._parameters(value), self.pack(value.return_annotation)]
        node = ["o", 0, self.pack_class(cls), None]
        node[1] = self.number(value)
        for base in lineage(cls):
            if base in BASE_VALUE:
                node[3] = self.pack(BASE_VALUE[base](value))
                break
            if base in KINDS:
                kind = KINDS[base]
                items = containers.items_of(kind, value)
                self.tracker.add(node[1], kind, value, items, whole=False)
                extra = self.pack(containers.extra_of(kind, value))
                node[3] = [kind, extra, self.pack_items(kind, items)]
                break
        return node

    def name_of(self, value: Any) -> str | None:
        """The name under which the other side has the very same thing, if it may be told so."""
        if not self.trusted:
            return None
        if type(value) is types.ModuleType:
            name = value.__name__
            known = name.partition(".")[0] in sys.stdlib_module_names
            return f"{name}:" if known and sys.modules.get(name) is value else None
        owner = getattr(value, "__objclass__", value)
        module, qualname = getattr(owner, "__module__", None), getattr(value, "__qualname__", None)
        if type(module) is not str or type(qualname) is not str:
            return None
        if module.partition(".")[0] not in sys.stdlib_module_names or module == "unittest.mock":
            return None
        return f"{module}:{qualname}" if resolve(module, qualname) is value else None

    def pack_class(self, cls: type) -> Node:
        """Write a class: by name if both sides have it, else with its description."""
        name = SHARED_NAMES.get(cls)
        if name is not None:
            return ["T", name]
        oid = self.ids.get(id(cls))
        if oid is not None:
            return ["r", oid]
        if issubclass(cls, BaseException) and is_standard(cls):
            return ["T", f"{cls.__module__}:{cls.__qualname__}"]
        name = self.name_of(cls)
        if name is not None:
            return ["N", name]
        oid = self.number(cls)
        return ["C", oid, self.describe(cls)]

    def describe(self, cls: type) -> dict[str, Node]:
        """What the other side needs to build a stand-in for ``cls``."""
        special, others = own_names(cls)
        self.raw[id(cls)] = {name: cls.__dict__.get(name) for name in others}
        meta = type(cls)
        return {
            "n": cls.__name__,
            "q": cls.__qualname__,
            "m": str(cls.__module__),
            "d": cls.__doc__ if type(cls.__doc__) is str else None,
            "M": None if meta is type else self.pack_class(meta),
            "b": [self.pack_class(base) for base in cls.__bases__],
            "s": special,
            "a": others,
            "A": sorted(getattr(cls, "__abstractmethods__", ())),
            "w": f"{cls.__module__}:{cls.__qualname__}" if is_standard(cls) else None,
        }

    def _pack_function(self, value: types.FunctionType) -> Node:
        try:
            signature = self.pack(inspect.signature(value, follow_wrapped=False))
        except (ValueError, TypeError):
            signature = None
        return [
            "F",
            self.number(value),
            value.__name__,
            value.__qualname__,
            str(value.__module__),
            value.__doc__ if type(value.__doc__) is str else None,
            signature,
            inspect.iscoroutinefunction(value),
        ]

    def _parameters(self, signature: inspect.Signature) -> Node:
        return [
            [p.name, int(p.kind), self.pack(p.default), self.pack(p.annotation)]
            for p in signature.parameters.values()
        ]

    def _pack_exception(self, error: BaseException, depth: int = 0) -> Node:
        oid = self.ids.get(id(error))
        if oid is not None:
            return ["r", oid]
        cls = type(error)
        class_node = self.pack_class(cls)
        oid = self.number(error)
        fields = {}
        if class_node[0] == "T":
            for base, names in _ERROR_FIELDS.items():
                if issubclass(cls, base):
                    fields.update({n: self.pack(getattr(error, n, None)) for n in names})
            fields.update({k: self.pack(v) for k, v in vars(error).items() if not k.startswith("__")})
        chain = [
            self._pack_exception(e, depth + 1) if e is not None and depth < _DEEPEST_CAUSE else None
            for e in (error.__cause__, error.__context__)
        ]
        notes = [n for n in getattr(error, "__notes__", ()) if type(n) is str]
        args = [*map(self.pack, BaseException.args.__get__(error))]  # type: ignore[attr-defined]
        return [
            "X",
            oid,
            class_node,
            args,
            fields,
            *chain,
            error.__suppress_context__,
            notes,
            self.trace(error),
        ]

    def trace(self, error: BaseException) -> Node:
        """What to say about where an exception came up; None for nothing."""
        return None
