"""Attributes that the tests call at once are known by where they stand in the source."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest

from bot.grading.examiner.methods import Instructions, called_attributes

PATH = "/suite/test_it.py"
CALLED = {
    "a call": "thing.name()",
    "a call with arguments": "thing.name(1, key=2)",
    "a call within an assertion": "assert thing.name() is None",
    "after an attribute": "thing.name().real if thing.name() else 0",
    "beside wide characters": "'\N{SNOWMAN}', thing.name()",
}
READ = {
    "a read": "x = thing.name",
    "kept and called later": "x = thing.name\nx()",
    "whether it is there": "hasattr(thing, 'name')",
    "by getattr": "getattr(thing, 'name')()",
    "an operand": "thing.name == 3",
    "an argument": "print(thing.name, file=open_nowhere)",
}


class Thing:
    """Takes down whether its reader calls what it reads."""

    def __init__(self, known: Instructions) -> None:
        self.known = known
        self.seen: list[bool] = []

    def __getattr__(self, name: str) -> Any:
        self.seen.append(self.known.at(sys._getframe(1)))
        return lambda *args, **kw: None


def seen(body: str, path: str = PATH) -> list[bool]:
    source = f"def test_it(thing, open_nowhere):\n    {body.replace(chr(10), chr(10) + '    ')}\n"
    module = types.ModuleType("test_it")
    exec(compile(source, path, "exec"), module.__dict__)
    thing = Thing(Instructions({PATH: source}, called_attributes))
    nowhere = types.SimpleNamespace(write=lambda text: None, flush=lambda: None)
    module.test_it(thing, nowhere)
    return thing.seen


@pytest.mark.parametrize("body", CALLED.values(), ids=CALLED)
def test_called_at_once(body: str) -> None:
    assert set(seen(body)) == {True}


@pytest.mark.parametrize("body", READ.values(), ids=READ)
def test_read_only(body: str) -> None:
    assert seen(body) == [False]


def test_code_outside_of_the_tests_reads() -> None:
    assert seen("thing.name()", path="/elsewhere.py") == [False]
