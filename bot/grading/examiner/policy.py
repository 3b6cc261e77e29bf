"""What the guest may do with objects of the tests: call what it was given, and use them as fakes are used.

The guest can name any object that was handed to it. Through attributes of functions, frames, modules or
pytest's own objects it could reach the tests' expected values, so those are closed; instances of classes that
the tests define, mocks, streams, queues and the like are open, by their public names.
"""

from __future__ import annotations

import types
from typing import Any
from unittest import mock

from ..guest.bridge.attributes import FORWARDED, lineage

OPEN_MODULES = frozenset(
    """
    _io io sqlite3 collections _collections _queue queue threading _thread datetime decimal
    contextlib itertools random _random enum csv _csv array dataclasses asyncio.queues asyncio.locks
    asyncio.futures asyncio.tasks _asyncio asyncio.taskgroups asyncio.timeouts functools operator
    tempfile builtins fractions uuid weakref numbers abc typing _contextvars contextvars _struct
    zlib hashlib _hashlib
    """.split()  # noqa: SIM905 - read as words
)
"""Standard modules whose instances may be used by their public names."""
_CLOSED_TYPES = (types.ModuleType, types.FrameType, types.CodeType, types.TracebackType, types.CellType)
_FUNCTIONS = (
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
    types.GetSetDescriptorType,
)
_CALLABLE = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.MethodWrapperType)
_ALWAYS = frozenset({"__name__", "__qualname__", "__doc__", "__module__", "__class__", "__signature__"})
_ON_CLASSES = FORWARDED | {"__init_subclass__", "__annotations__", "__match_args__", "__dataclass_fields__"}
_ON_INSTANCES = FORWARDED | {"__dict__", "__annotations__", "__dataclass_fields__", "__notes__"}
_MOCK_CONTROLS = frozenset(
    """
    reset_mock configure_mock attach_mock mock_add_spec side_effect return_value called call_count
    call_args call_args_list mock_calls method_calls await_count await_args await_args_list
    """.split()  # noqa: SIM905 - read as words
)
_CLOSED_NAMES = frozenset(
    """
    get_loop gi_frame cr_frame ag_frame gi_code cr_code ag_code gi_yieldfrom cr_await ag_await cr_origin
    get_coro get_stack print_stack get_context enable_load_extension load_extension
    """.split()  # noqa: SIM905 - read as words
)
_ARGUMENTS = frozenset({"func", "args", "keywords", "kwds", "gen"})
"""Of partial objects and context managers made by a decorator: what they were made with."""

_HARMLESS = frozenset({"math", "operator", "string", "decimal", "fractions", "datetime", "statistics"})
_CLOSED_BUILTINS = frozenset(
    """
    eval exec compile open __import__ globals locals vars dir getattr setattr delattr type breakpoint help
    """.split()  # noqa: SIM905 - read as words
)


def harmless(name: str) -> bool:
    """Whether a written test may have a version use ``module:name`` of the standard library itself: nothing
    that reads a file, runs a text or looks into objects. Everything else it can only be called back with.
    """
    module, _, qualname = name.partition(":")
    if not qualname or "__" in qualname:
        return False
    if module == "builtins":
        return qualname.partition(".")[0] not in _CLOSED_BUILTINS and qualname not in (
            "str.format",
            "str.format_map",
        )
    return module in _HARMLESS and qualname not in ("attrgetter", "methodcaller")


class Policy:
    """Decides single operations; ``suite`` are the names of the modules that hold the tests."""

    def __init__(self) -> None:
        self.suite: set[str] = set()
        self.open_modules = OPEN_MODULES

    def own(self, cls: type) -> bool:
        """Whether the tests define this class, or a base of it.

        A stand-in says so of itself when the guest wants it to; only its real origin, the guest, counts.
        """
        return any(each.__module__ in self.suite and "__real__" not in vars(each) for each in lineage(cls))

    def check(self, op: str, args: list[Any]) -> None:
        """Raise ``AttributeError`` or ``TypeError`` when the guest may not do that."""
        target: Any = args[0] if args else None
        if op == "call":
            if not self.callable(target):
                raise TypeError(f"{type(target).__name__!r} object cannot be called from here")
        elif op in ("get", "set", "del"):
            if type(args[1]) is not str or not self.readable(target, args[1], op != "get"):
                raise AttributeError(f"{type(target).__name__!r} object has no attribute {args[1]!r}")
        elif op == "slot":
            self._check_slot(*args[:3])
        elif op == "bind":
            if not self.own(target) or (args[1].startswith("__") and args[1] not in FORWARDED):
                raise AttributeError(args[1])
        elif op in ("copy", "item"):
            if not self.usable(target):
                raise TypeError("this cannot be done here")
        elif op == "make":
            if (
                args[0] is not None
                or not args[2]
                or not all(isinstance(b, type) and self.own(b) for b in args[2])
            ):
                raise TypeError("such a class cannot be made here")
        elif op == "warn":
            if not (isinstance(args[0], Warning) and isinstance(args[1], type) and len(args) == 4):
                raise TypeError("this is not a warning")
        elif op not in ("spawn", "cancel"):
            raise TypeError(f"{op!r} cannot be done here")

    def _check_slot(self, owner: Any, name: Any, target: Any) -> None:
        allowed = name in FORWARDED and (owner is None or self.own(owner))
        if name == "__init__" and not self.own(type(target)):
            allowed = False  # objects of C are not made to be initialised twice
        if not allowed or not (self.callable(target) if name == "__call__" else self.usable(target)):
            raise TypeError(f"{type(target).__name__!r} object does not support {name!r}")

    def changes_class(self, target: Any, name: str) -> bool:
        """Whether setting that attribute changes how a class of the tests behaves."""
        if isinstance(target, type):
            return name in FORWARDED or name in target.__dict__
        return self.own(type(target)) and callable(getattr(type(target), name, None))

    def callable(self, target: Any) -> bool:
        """Whether an object may be called: what tests define or hand over, never a type of Python's own."""
        cls = type(target)
        if issubclass(cls, type):
            return self.own(target)
        if cls in _CALLABLE or self.own(cls) or issubclass(cls, mock.NonCallableMock):
            return True
        return cls.__module__ in self.open_modules and cls not in _FUNCTIONS

    def usable(self, target: Any) -> bool:
        """Whether operators may be applied to the object."""
        cls = type(target)
        if cls in _CLOSED_TYPES:
            return False
        if issubclass(cls, type):
            return self.own(target)
        module = cls.__module__
        return not (module.startswith(("_pytest", "pytest", "pluggy")) and cls.__name__ != "ApproxScalar")

    def readable(self, target: Any, name: str, change: bool) -> bool:
        """Whether an attribute may be read (or changed)."""
        cls = type(target)
        if cls in _CLOSED_TYPES or name in _CLOSED_NAMES:
            return False
        if name in _ALWAYS and not change:
            return True
        if cls in _FUNCTIONS:
            return (
                cls is types.FunctionType
                and not name.startswith("__")
                and (change or name in target.__dict__)
            )
        if issubclass(cls, type):
            if self.own(target):
                return not name.startswith("__") or name in _ON_CLASSES
            return False
        if issubclass(cls, str) and name in (
            "format",
            "format_map",
        ):  # they follow attributes of their arguments
            return False
        if self.own(cls):
            return not name.startswith("__") or name in _ON_INSTANCES
        if cls.__module__ in ("functools", "contextlib") and name in _ARGUMENTS:
            return False
        if issubclass(cls, mock.NonCallableMock):
            return not (name.startswith(("_", "assert_")) or name in _MOCK_CONTROLS)
        if cls is types.SimpleNamespace:
            return not name.startswith("__") or name == "__dict__"
        return not name.startswith("_") and cls.__module__ in self.open_modules
