"""Serves one version of a program to a member's own tests, and lets them see its behaviour only.

The member's tests run in another process and know nothing of this one but what they get over the bridge: no
source, no code object, no traceback, no docstring, no private name, no module that the version imports.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import linecache
import logging
import os
import socket
import sys
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..guest import job
from ..guest.bridge.serve import Guest, redirect, write_files
from ..guest.bridge.values import Node
from ..guest.bridge.wire import Channel, Closed, Violation
from .policy import OPEN_MODULES, Policy, harmless

_TARGETS = {"call": 0, "get": 0, "set": 0, "del": 0, "slot": 2, "bind": 0, "copy": 0, "item": 0, "spawn": 0}
"""By operation: which of its arguments is the object that does it."""
_OPEN_IN_PACKAGES = frozenset(
    """
    sqlalchemy.orm.session sqlalchemy.orm.scoping sqlalchemy.orm.collections sqlalchemy.engine.result
    sqlalchemy.engine.row sqlalchemy.engine.cursor sqlalchemy.ext.asyncio.session
    sqlalchemy.ext.asyncio.result
    """.split()  # noqa: SIM905 - read as words
)
"""Modules of packages whose instances a test needs to put data in and to take results out. What shows how a
version asks (its queries, its engine, the connection) is not among them.
"""
_TELLING = frozenset(
    """
    bind get_bind connection connect bulk_insert_mappings query dispatch info sync_session registry context
    set_trace_callback set_authorizer set_progress_handler
    """.split()  # noqa: SIM905 - read as words
)
"""Names under which a session, a result or a connection of sqlite3 leads to the queries of a version."""
_PATCHED = frozenset({"builtins:input", "builtins:print", "builtins:open", "sys:stdin"})
_PATCHED_MODULES = frozenset({"time", "random", "datetime", "uuid", "secrets"})


class _Sealed(Policy):
    """As for tests' objects, but a version's modules may be read too: their public names."""

    def __init__(self, handed_over: Callable[[Any], bool]) -> None:
        super().__init__()
        self.handed_over = handed_over
        self.open_modules = OPEN_MODULES | _OPEN_IN_PACKAGES

    def check(self, op: str, args: list[Any]) -> None:
        if op == "import":
            if args[0] not in self.suite:
                raise ModuleNotFoundError(
                    f"{args[0]!r} cannot be imported by a test of your own: "
                    "import the modules under test, which hand over what is needed",
                    name=str(args[0]),
                )
        elif op == "exports":
            if getattr(args[0], "__name__", None) not in self.suite:
                raise TypeError("this cannot be done here")
        elif op == "reload":
            raise TypeError("modules under test cannot be reloaded")
        elif op == "make":
            meta, name, bases, _ = args
            classes = (*bases, *([] if meta is None else [meta]))
            if not all(isinstance(cls, type) for cls in classes) or type(name) is not str:
                raise TypeError("this is not a class statement")
        elif op in _TARGETS and not self.handed_over(args[_TARGETS[op]]):
            raise TypeError("this is not part of what is tested")
        else:
            super().check(op, args)

    def readable(self, target: Any, name: str, change: bool) -> bool:
        if type(target) is types.ModuleType:
            public = not name.startswith("_") or name == "__all__"
            value = target.__dict__.get(name)
            return target.__name__ in self.suite and public and type(value) is not types.ModuleType
        if name in ("__doc__", "__annotations__") or (name in _TELLING and not self.own(type(target))):
            return False
        return super().readable(target, name, change)

    def usable(self, target: Any) -> bool:
        """As for tests' objects, but of a package's objects only those that hold data."""
        cls = type(target)
        standard = cls.__module__.partition(".")[0] in sys.stdlib_module_names
        known = standard or self.own(cls) or cls.__module__ in self.open_modules
        return (known or isinstance(target, type | BaseException)) and super().usable(target)

    def _check_slot(self, owner: Any, name: Any, target: Any) -> None:
        if name == "__dir__":
            raise TypeError("this cannot be done here")
        super()._check_slot(owner, name, target)


class Version(Guest):
    """A guest that holds our own code, for visitors that are not to be trusted."""

    def __init__(self, channel: Channel, root: str, modules: list[str]) -> None:
        super().__init__(channel, root)
        self.policy = _Sealed(lambda value: id(value) in self.ids)
        self.policy.suite = set(modules)

    def perform(self, op: str, function: Callable[..., Any], args: list[Any], kw: dict[str, Any]) -> Any:
        """Do what the tests ask if it shows behaviour."""
        self.policy.check(op, args)
        return function(*args, **kw)

    def take_extra(self, extra: Node) -> None:
        """Folders of the tests, and patches of what programs take from the world outside; nothing else."""
        told = []
        for what, *rest in extra:
            if what == "patch":
                rest = [[patch for patch in rest[0] if _may_patch(*patch[:2])]]
            elif what == "roots":
                rest = [[root for root in rest[0] if not os.path.lexists(root)]]
            told.append([what, *rest])
        super().take_extra(told)

    def named(self, module: str, qualname: str) -> Any:
        """A thing of the standard library that the tests hand over, if it is harmless."""
        if not harmless(f"{module}:{qualname}"):
            raise Violation("a name that is closed to the tests")
        return super().named(module, qualname)

    def describe(self, cls: type) -> dict[str, Node]:
        """A class without its docstring and its private names."""
        facts = super().describe(cls)
        facts["d"] = None
        facts["a"] = sorted(name for name in facts["a"] if not name.startswith("_"))
        facts["s"] = sorted(facts["s"])
        return facts

    def _pack_function(self, value: types.FunctionType) -> Node:
        node = super()._pack_function(value)
        node[5] = None
        return node

    def _pack_exception(self, error: BaseException, depth: int = 0) -> Node:
        if getattr(error, "statement", None) is not None:  # an error of a database names the query
            error.statement = None  # type: ignore[attr-defined]
        return super()._pack_exception(error, depth)

    def place_of(self, warning: warnings.WarningMessage) -> tuple[str, int]:
        """Nowhere: lines tell versions apart."""
        return "", 0

    def origin(self, record: logging.LogRecord) -> tuple[str, int]:
        """Nowhere, for the same reason."""
        return "", 0

    def trace(self, error: BaseException) -> Node:
        """Nothing: lines tell versions apart."""
        return None


def _may_patch(module: str, name: str) -> bool:
    return f"{module}:{name}" in _PATCHED or (module in _PATCHED_MODULES and "_" not in name[:1])


def run(payload: bytes, descriptors: list[int], report: int) -> None:
    """Entry point. ``payload`` is JSON: ``files``, ``modules``; the bridge is the first descriptor."""
    order = json.loads(payload)
    root = os.getcwd()
    write_files(root, order["files"])
    sys.path.insert(0, root)
    version = Version(Channel(socket.socket(fileno=descriptors[0])), root, order["modules"])
    redirect(version)
    for name in order["modules"]:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    for name, _ in order["files"]:
        if name.endswith(".py"):  # imported; from here on there is nothing to read
            Path(root, name).unlink()
    linecache.clearcache()
    with contextlib.suppress(Closed, Violation):
        version._wait(None)
    job.leave(job.ENDED, 0)
