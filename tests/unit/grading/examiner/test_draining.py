"""Iterators that a test uses up at once are known by the source, and come in few messages."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest

from bot.grading.examiner.draining import drained, using_up
from bot.grading.examiner.methods import Instructions
from bot.grading.guest.bridge.serve import _drain
from bot.grading.guest.bridge.wire import Violation

PATH = "/suite/test_it.py"
USED_UP = ["list(x)", "sum(x)", "assert sorted(x) == []", "set(x)", "max([*x] or [1]) if not tuple(x) else 0"]
ONE_BY_ONE = [
    "import itertools; list(itertools.islice(x, 2))",
    "list(n for n in x)",
    "for _ in x: pass",
    "[*x]",
    "sum(x, 0)",
    "sorted(x, key=str)",
    "list(map(str, x))",
    "any(x)",
    "list = tuple; list(x)",
]


class Source:
    """Takes down whether whoever iterates uses it up."""

    def __init__(self, known: Instructions) -> None:
        self.known = known
        self.seen: list[bool] = []

    def __iter__(self) -> Any:
        self.seen.append(self.known.at(sys._getframe(1)))
        return iter(())


def seen(line: str) -> list[bool]:
    source = f"def test_it(x):\n    {line}\n"
    module = types.ModuleType("test_it")
    exec(compile(source, PATH, "exec"), module.__dict__)
    made = Source(Instructions({PATH: source}, using_up))
    module.test_it(made)
    return made.seen


@pytest.mark.parametrize("line", USED_UP)
def test_used_up(line: str) -> None:
    assert seen(line)[0] is True


@pytest.mark.parametrize("line", ONE_BY_ONE)
def test_one_by_one(line: str) -> None:
    assert seen(line) == [False]


class Side:
    """Stands for an examiner whose guest answers with ``answer``."""

    def __init__(self, answer: Any = _drain) -> None:
        self.answer = answer
        self.messages = 0

    def ask(self, op: str, iterator: Any, most: int) -> Any:
        self.messages += 1
        return self.answer(iterator, most)

    def fail(self, reason: str) -> Violation:
        return Violation(reason)


def test_many_items_come_in_few_messages() -> None:
    side: Any = Side()
    assert sum(drained(side, iter(range(60_000)))) == sum(range(60_000))
    assert side.messages < 30


def test_pairs_of_plain_values_as_well() -> None:
    side: Any = Side()
    assert len([*drained(side, zip(range(1_000), "ab" * 500, strict=True))]) == 1_000
    assert side.messages < 10


def test_the_guest_stops_at_anything_that_could_act() -> None:
    items: list[Any] = [1, [2], 3, object(), 5]
    assert [_drain(iter(items[start:]), 9) for start in (0, 2, 4)] == [
        ((1, items[1]), False),
        ((3, items[3]), False),
        ((5,), True),
    ]


def test_large_items_do_not_come_all_at_once() -> None:
    found, ended = _drain(("x" * 300_000 for _ in range(100)), 100)
    assert len(found) < 10
    assert not ended


def test_an_exception_comes_out() -> None:
    def source() -> Any:
        yield 1
        raise OSError("cut")

    side: Any = Side()
    with pytest.raises(OSError, match="cut"):
        list(drained(side, source()))


@pytest.mark.parametrize("answer", [None, (), ([1], True), ((1,), True, 3), "ab"])
def test_an_answer_that_is_none_ends_the_run(answer: Any) -> None:
    side: Any = Side(lambda *_: answer)
    with pytest.raises(Violation):
        list(drained(side, iter(())))
