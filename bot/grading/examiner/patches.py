"""What tests change in the world around the member's code, carried over to the guest.

Patches of the standard library (by ``monkeypatch``, ``mock.patch`` or plain assignment to the usual places),
the environment, ``sys.argv``, the current folder and ``random``'s state. Before each message the known places
are compared with what the guest was told last; that costs a microsecond.
"""

from __future__ import annotations

import builtins
import logging
import os
import random
import sys
import time
import types
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from ..guest.bridge.values import Node
from ..guest.bridge.wire import Violation

if TYPE_CHECKING:
    from .bridge import Examiner

_USUAL: tuple[tuple[Any, str], ...] = (
    (builtins, "input"),
    (builtins, "print"),
    (builtins, "open"),
    (time, "sleep"),
    (time, "time"),
    (random, "random"),
    (random, "randint"),
    (random, "choice"),
)
_installed: list[bool] = []
_PYTEST_VARIABLE = "PYTEST_CURRENT_TEST"
_CLOSED_VARIABLES = ("PYTEST", "PYTHON", "PY_")
"""Beginnings of names that pytest and the interpreter read while tests run."""


class Patches:
    """The places watched, and what the guest has been told about them."""

    def __init__(self) -> None:
        self.queued: list[Node] = []
        self._places: dict[tuple[int, str], list[Any]] = {}
        for owner, name in _USUAL:
            self.add(owner, name)
        self._stdin = sys.stdin
        self._streams = {id(sys.stdin), id(sys.__stdin__)}
        self._environ = self._environment()
        self._taking = False
        self._argv = list(sys.argv)
        self._cwd = ""

    def add(self, owner: Any, name: str) -> None:
        """Watch an attribute of a standard module, or of a class in one."""
        key = (id(owner), name)
        path = _path(owner)
        if key not in self._places and path is not None:
            module, prefix = path
            value = getattr(owner, name, None)
            self._places[key] = [owner, name, value, value, module, f"{prefix}{name}"]

    def settle(self) -> None:
        """Take the state of things now for what the guest has: a run begins."""
        self._stdin = sys.stdin
        self._streams.add(id(sys.stdin))
        self._environ = self._environment()
        self._argv = list(sys.argv)
        self._cwd = os.getcwd()

    def _environment(self) -> dict[str, str]:
        return {k: v for k, v in os.environ.items() if k != _PYTEST_VARIABLE}

    def changes(self, peer: Examiner) -> list[Node]:
        """What to tell the guest."""
        told, self.queued = self.queued, []
        patched: list[list[Any]] = []
        for place in self._places.values():
            owner, name, last, original, module, path = place
            value = (
                owner.__dict__.get(name) if type(owner) is types.ModuleType else getattr(owner, name, None)
            )
            if value is not last:
                place[2] = value
                patched.append([module, path] if value is original else [module, path, peer.pack(value)])
        if sys.stdin is not self._stdin:
            self._stdin = sys.stdin
            own = id(sys.stdin) in self._streams or type(sys.stdin).__module__.startswith("_pytest")
            patched.append(["sys", "stdin"] if own else ["sys", "stdin", peer.pack(sys.stdin)])
        if patched:
            told.append(["patch", patched])
        if sys.argv != self._argv:
            self._argv = list(sys.argv)
            told.append(["argv", [str(a) for a in self._argv]])
        return told

    def set_level(self, logger: logging.Logger) -> None:
        """The test set a logger's level."""
        if not self._taking:
            self.queued.append(["levels", [[logger.name, logger.level]]])

    def set_levels(self, told: Any) -> None:
        """The member's code set levels of loggers. Raises ``Violation`` if they are none."""
        self._taking = True
        for name, level in told:
            if type(name) is not str or type(level) is not int:
                raise Violation("a logger's level is malformed")
            logging.getLogger(name).setLevel(level)
        self._taking = False

    def set_environment(self, told: Any) -> None:
        """The member's code changed the environment. Raises ``Violation`` if that is no environment."""
        if type(told) is not dict or not all(type(text) is str for pair in told.items() for text in pair):
            raise Violation("the environment is malformed")
        self._taking = True
        for name in [name for name in self._environ if name not in told]:
            del os.environ[name]
        for name, value in told.items():
            if self._environ.get(name) != value and not name.startswith(_CLOSED_VARIABLES):
                os.environ[name] = value
        self._taking = False
        self._environ = self._environment()

    def slow_changes(self) -> None:
        """The environment and the folder: looked at when a hook says that they changed."""
        if self._taking:
            return
        environ = self._environment()
        if environ != self._environ:
            self._environ = environ
            self.queued.append(["environ", environ])
        cwd = os.getcwd()
        if cwd != self._cwd:
            self._cwd = cwd
            self.queued.append(["chdir", cwd])

    def seeded(self) -> None:
        """The test set the state of ``random``."""
        version, internal, gauss = random.getstate()
        self.queued.append(["seed", ["t", version, ["t", *internal], gauss]])


def _path(owner: Any) -> tuple[str, str] | None:
    if type(owner) is types.ModuleType:
        name = owner.__name__
        return (name, "") if name.partition(".")[0] in sys.stdlib_module_names else None
    if isinstance(owner, type) and owner.__module__.partition(".")[0] in sys.stdlib_module_names:
        return owner.__module__, f"{owner.__qualname__}."
    return None


def install(current: Any) -> None:
    """Have ``monkeypatch``, ``mock``, ``random.seed`` and ``os.chdir`` say what they change.

    ``current()`` gives the ``Examiner`` of the run, or None.
    """

    if _installed:
        return
    _installed.append(True)

    def say(owner: Any, name: Any) -> None:
        peer = current()
        if peer is not None and isinstance(name, str):
            peer.patches.add(owner, name)

    def later() -> None:
        peer = current()
        if peer is not None:
            peer.patches.slow_changes()

    _wrap_patcher(say, later)
    _wrap_monkeypatch(say, later)
    os.chdir = _after(os.chdir, later)
    for name in ("seed", "setstate"):
        setattr(random, name, _after(getattr(random, name), lambda: _seeded(current())))
    _wrap_logger(current)
    environment: Any = type(os.environ)
    for name in ("__setitem__", "__delitem__"):
        setattr(environment, name, _after(getattr(environment, name), later, unless=_PYTEST_VARIABLE))


def _wrap_logger(current: Any) -> None:
    set_level = logging.Logger.setLevel

    def told(self: logging.Logger, level: int | str) -> None:
        set_level(self, level)
        peer = current()
        if peer is not None:
            peer.patches.set_level(self)

    logging.Logger.setLevel = told  # type: ignore[method-assign]


def _seeded(peer: Examiner | None) -> None:
    if peer is not None:
        peer.patches.seeded()


def _after(function: Any, then: Any, unless: str = "") -> Any:
    """``function``, followed by ``then()``, except when its second argument is ``unless``."""

    def wrapped(*args: Any, **kw: Any) -> Any:
        result = function(*args, **kw)
        if len(args) < 2 or args[1] != unless:
            then()
        return result

    return wrapped


def _wrap_patcher(say: Any, later: Any) -> None:
    patcher: Any = mock._patch
    enter = patcher.__enter__

    def entered(self: Any) -> Any:
        say(self.getter(), self.attribute)
        return enter(self)

    patcher.__enter__ = entered


def _wrap_monkeypatch(say: Any, later: Any) -> None:
    from _pytest.monkeypatch import derive_importpath

    setattr_, delattr_ = pytest.MonkeyPatch.setattr, pytest.MonkeyPatch.delattr

    def wrapped(function: Any) -> Any:
        def method(self: Any, *args: Any, **kw: Any) -> Any:
            target = args[0] if args else kw.get("target")
            if isinstance(target, str):
                attribute, owner = derive_importpath(target, raising=False)
                say(owner, attribute)
            elif len(args) > 1 or "name" in kw:
                say(target, args[1] if len(args) > 1 else kw["name"])
            return function(self, *args, **kw)

        return method

    pytest.MonkeyPatch.setattr = wrapped(setattr_)  # type: ignore[method-assign]
    pytest.MonkeyPatch.delattr = wrapped(delattr_)  # type: ignore[method-assign]
