"""Stand-in classes are laid out in memory like every class, whatever they stand for."""

from __future__ import annotations

import abc
import collections.abc
import enum
import io
import os
import subprocess
import sys
import types
from typing import Any

import pytest

from bot.grading.guest.bridge.unpacking import Unpacker


class _Plain:
    """A class as anybody writes it."""


class _PlainInteger(int):
    """One on top of a built-in value."""


_MANAGED_DICT = 1 << 4
"""``Py_TPFLAGS_MANAGED_DICT``: the dictionary lies before the object (the interpreter's ``object.h``)."""
STANDARD = [
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    types.SimpleNamespace,
    abc.ABC,
    abc.ABCMeta,
    collections.abc.Mapping,
    collections.UserDict,
    enum.Enum,
    enum.IntFlag,
    enum.EnumMeta,
    io.StringIO,
    io.TextIOWrapper,
]


def has_room(cls: Any) -> bool:
    """Whether the interpreter makes room for the dictionary that it will write into ``cls``'s instances."""
    ordinary: Any = _PlainInteger if cls.__base__.__itemsize__ else _Plain
    in_front = cls.__flags__ & _MANAGED_DICT == ordinary.__flags__ & _MANAGED_DICT
    return bool(in_front and cls.__dictoffset__ < 0)


@pytest.mark.parametrize("cls", STANDARD, ids=lambda cls: cls.__name__)
def test_a_stand_in_for_a_standard_class_has_room_for_its_dictionary(cls: type) -> None:
    assert has_room(Unpacker(1).mirrors.real(cls))


@pytest.mark.parametrize("base", [object, int, str, tuple, list, dict])
@pytest.mark.parametrize("standard", ["collections:UserDict", "enum:Enum", "collections.abc:Mapping", None])
def test_a_stand_in_for_any_class_has_room_for_its_dictionary(base: type, standard: str | None) -> None:
    described = Unpacker(-1).describe(types.new_class("C", (base,)))
    cls = Unpacker(1).mirrors.build({**described, "w": standard})
    assert issubclass(cls, base)
    assert has_room(cls)
    assert cls.__dict__.get("__dict__", cls.__mro__[1].__dict__.get("__dict__")).__class__ is property


_MANY = """
import collections, enum, gc, types
from bot.grading.guest.bridge.unpacking import Unpacker
mirrors = Unpacker(1).mirrors
classes = [mirrors.real(cls) for cls in (collections.UserDict, enum.Enum, types.FunctionType)]
for _ in range(200):
    kept = [[object.__new__(cls), (cls,), {}] for cls in classes]
    gc.collect(0)
"""


def test_stand_ins_leave_the_memory_around_them_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MANY],
        env={**os.environ, "PYTHONMALLOC": "debug"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
