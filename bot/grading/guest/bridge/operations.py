"""What one end of the bridge can ask the other to do with an object."""

from __future__ import annotations

import copy
import inspect
import pickle
import types
from collections.abc import Callable
from typing import Any

from .attributes import lineage

_UNBOUND = frozenset({types.FunctionType, types.WrapperDescriptorType, types.MethodDescriptorType})
"""What a class gives for a method that still lacks its object; anything else binds in its own way."""


def read_attribute(value: Any, name: str) -> Any:
    """``getattr``, with the signature worked out on the side that has the function."""
    if name == "__signature__":
        if not callable(value):
            raise AttributeError(name)
        try:
            return inspect.signature(value)
        except (TypeError, ValueError):
            raise AttributeError(name) from None
    return getattr(value, name)


def make_class(meta: Any, name: str, bases: tuple[type, ...], items: list[Any], /, **kw: Any) -> Any:
    """A class from the parts of a class statement on the other side."""
    body = {key: unwrap(value) for key, value in items}
    if meta is not None:
        kw["metaclass"] = meta
    found, namespace, rest = types.prepare_class(name, types.resolve_bases(bases), kw)
    for key, value in body.items():
        namespace[key] = value
    return found(name, bases, namespace, **rest)


def wrap(value: Any) -> Any:
    """Descriptors of a class body, taken apart so that the other side gets real ones."""
    if type(value) is property:
        return ("property", value.fget, value.fset, value.fdel, value.__doc__)
    if type(value) in (classmethod, staticmethod):
        return (type(value).__name__, value.__func__)
    return ("", value)


def unwrap(value: Any) -> Any:
    """What ``wrap`` took apart, put together."""
    kind, *parts = value
    makers: dict[str, Any] = {"property": property, "classmethod": classmethod, "staticmethod": staticmethod}
    return makers[kind](*parts) if kind else parts[0]


def slot(owner: type | None, name: str, value: Any, /, *args: Any, **kw: Any) -> Any:
    """A special method of ``value``, as ``owner`` (None: its own class) defines it."""
    found = getattr(type(value) if owner is None else owner, name)
    if type(found) in _UNBOUND:
        return found(value, *args, **kw)
    return bind(type(value) if owner is None else owner, name, value)(*args, **kw)


def bind(owner: type, name: str, value: Any) -> Any:
    """The attribute that ``owner`` defines, bound to ``value``. Raises ``AttributeError``."""
    for cls in lineage(owner):
        if name in cls.__dict__:
            found = cls.__dict__[name]
            getter = getattr(type(found), "__get__", None)
            return getattr(value, name) if getter is None else getter(found, value, type(value))
    raise AttributeError(name)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": lambda target, /, *args, **kw: target(*args, **kw),
    "invoke": lambda target, name, /, *args, **kw: getattr(target, name)(*args, **kw),
    "get": read_attribute,
    "set": setattr,
    "del": delattr,
    "slot": slot,
    "bind": bind,
    "item": lambda cls, item: cls[item],
    "copy": lambda value, deep: copy.deepcopy(value) if deep else copy.copy(value),
    "make": make_class,
    "pickle": lambda value, protocol: pickle.loads(pickle.dumps(value, protocol)),  # noqa: S301 - its own
    "names": lambda value: [n for n in dir(value) if type(n) is str],
}
"""By the name that a request gives."""
