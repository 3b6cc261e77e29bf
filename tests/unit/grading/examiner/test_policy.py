"""What a guest may do with the tests' objects."""

from __future__ import annotations

import io
import os
import types
from typing import Any
from unittest.mock import Mock

import pytest

from bot.grading.examiner.policy import Policy


class Fake:
    """An object that a test defines."""

    secret = 1

    def area(self) -> int:
        return 5


class Text(str):
    """A test's own kind of text."""


@pytest.fixture
def policy() -> Policy:
    made = Policy()
    made.suite = {__name__}
    return made


def function() -> None:
    """A function of the tests."""


ALLOWED: list[tuple[str, tuple[Any, ...]]] = [
    ("call", (function,)),
    ("call", ([].append, 1)),
    ("call", (Mock(), 1)),
    ("call", (Fake,)),
    ("get", (Fake(), "area")),
    ("set", (Fake(), "total", 3)),
    ("get", (io.StringIO(), "write")),
    ("get", (function, "__name__")),
    ("get", (Mock(), "anything")),
    ("slot", (None, "__eq__", Fake(), Fake())),
    ("slot", (None, "__init__", Fake())),
]
REFUSED: list[tuple[str, tuple[Any, ...]]] = [
    ("call", (type, "X", (), {})),
    ("call", (types.FunctionType, None, {})),
    ("call", (str.format, "{0.__init__.__globals__}", Fake())),
    ("slot", (type, "__call__", type, "X", (), {})),
    ("slot", (None, "__call__", types.CodeType)),
    ("slot", (None, "__reduce_ex__", Fake(), 2)),
    ("slot", (None, "__init__", io.StringIO())),
    ("get", (function, "__globals__")),
    ("get", (function, "__code__")),
    ("get", (function, "__closure__")),
    ("get", (Fake().area, "__self__")),
    ("get", (os, "system")),
    ("get", (Fake(), "__reduce__")),
    ("get", (str, "format")),
    ("get", (Text("x"), "format")),
    ("get", (Mock(), "reset_mock")),
    ("set", (Mock(), "call_count", 0)),
    ("set", (function, "__code__", None)),
    ("import", ("os",)),
    ("make", (None, "X", (), [])),
    ("bind", (str, "format", "x")),
]


@pytest.mark.parametrize(("op", "args"), ALLOWED)
def test_uses_that_tests_mean(policy: Policy, op: str, args: tuple[Any, ...]) -> None:
    policy.check(op, list(args))


@pytest.mark.parametrize(("op", "args"), REFUSED)
def test_ways_to_what_tests_know(policy: Policy, op: str, args: tuple[Any, ...]) -> None:
    with pytest.raises((AttributeError, TypeError)):
        policy.check(op, list(args))


def test_a_stand_in_cannot_pass_for_a_class_of_the_tests(policy: Policy) -> None:
    stand_in = type("Fake", (), {"__module__": __name__, "__real__": None})
    assert policy.own(Fake)
    assert not policy.own(stand_in)
    assert policy.own(type("Derived", (stand_in,), {"__module__": __name__}))
