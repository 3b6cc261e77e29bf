"""Which names of a class a stand-in has, and what stands in for an attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .peer import Peer

BINARY = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or"
"""Operators with two sides."""
COMPARISONS = frozenset(["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__"])
FORWARDED = frozenset(
    """
    __len__ __length_hint__ __getitem__ __setitem__ __delitem__ __missing__ __iter__ __next__
    __reversed__ __call__ __enter__ __exit__ __aenter__ __aexit__ __aiter__ __anext__ __await__
    __neg__ __pos__ __abs__ __invert__ __int__ __float__ __complex__ __index__ __round__ __trunc__
    __floor__ __ceil__ __hash__ __bool__ __str__ __repr__ __format__ __bytes__ __dir__ __fspath__
    __get__ __set__ __delete__ __set_name__ __instancecheck__ __subclasscheck__ __init__
    __post_init__ __sizeof__ __buffer__
    """.split()  # noqa: SIM905 - read as words
) | COMPARISONS.union(f"__{prefix}{name}__" for name in BINARY.split() for prefix in ("", "r", "i"))
"""Special methods that a stand-in class has when its original has them."""


_LINEAGE: Any = type.__dict__["__mro__"]


def lineage(cls: type) -> tuple[type, ...]:
    """A class and all it derives from, stand-ins and their roots included, whatever it says itself."""
    found: tuple[type, ...] = _LINEAGE.__get__(cls)
    return found


def is_hook(name: str) -> bool:
    """Whether the interpreter looks the name up by itself."""
    return name == "mro" or (name.startswith("__") and name.endswith("__"))


def own_names(cls: type) -> tuple[list[str], list[str]]:
    """The special methods, and the other names, that a class defines itself."""
    special, others = [], []
    for name, value in list(type.__dict__["__dict__"].__get__(cls).items()):
        if type(name) is not str:
            continue
        if name in FORWARDED:
            special += [name] if value is not None else ["-__hash__"] if name == "__hash__" else []
        elif not is_hook(name):
            others.append(name)
    return special, others


class Remote:
    """A name in a stand-in class's body: reads and binds the original's attribute."""

    def __init__(self, peer: Peer, owner: type, name: str) -> None:
        self.peer, self.owner, self.name = peer, owner, name

    def __get__(self, instance: Any, cls: type | None = None) -> Any:
        if instance is None:
            return self.peer.read(self.owner if cls is None else cls, self.name)
        if type(instance) in self.peer.mirrors.local:
            return self.peer.ask("bind", self.owner, self.name, instance)
        return self.peer.read(instance, self.name)

    def __set__(self, instance: Any, value: Any) -> None:
        self.peer.ask("set", instance, self.name, value)

    def __delete__(self, instance: Any) -> None:
        self.peer.ask("del", instance, self.name)


class Doc:
    """A docstring: the class's own is known here, an instance's is asked for."""

    def __init__(self, peer: Peer, text: str | None) -> None:
        self.peer, self.text = peer, text

    def __get__(self, instance: Any, cls: type | None = None) -> Any:
        return self.text if instance is None else self.peer.ask("get", instance, "__doc__")

    def __set__(self, instance: Any, value: Any) -> None:
        self.peer.ask("set", instance, "__doc__", value)
