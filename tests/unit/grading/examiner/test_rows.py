"""Which rows of calls may be sent ahead: those whose arguments tell no answer."""

from __future__ import annotations

import marshal
from collections.abc import Callable
from typing import Any

import pytest

from bot.grading.examiner.independence import Independence
from bot.grading.examiner.rows import SHORTEST, Call, Row, kept

N = SHORTEST * 2


def row(*calls: tuple[str, int, tuple[Any, ...], Any]) -> Row:
    """Calls as (function, line, arguments, answer)."""
    noted = [Call.note(("solution", f), marshal.dumps(a, 2), line, a, v) for f, line, a, v in calls]
    return Row(0, noted)


def lengths(calls: Row, *, fresh: bool = True, counted: bool = True) -> list[int]:
    """How long the rows are that are kept of one; lines 10 to 19 and 20 to 29 are loops."""
    facts = Independence(fresh=fresh, counted=counted, loops=((10, 19), (20, 29)))
    return [len(each[1]) for each in kept({"test": [calls]}, lambda _: facts).get("test", [])]


def one_function(n: int = N, line: int = 10) -> list[tuple[str, int, tuple[Any, ...], Any]]:
    return [("f", line, (i,), i + 1) for i in range(n)]


def test_calls_of_one_line_are_kept_even_if_their_arguments_run_through_the_answers() -> None:
    assert lengths(row(*one_function())) == [N]


def test_short_rows_are_not() -> None:
    assert lengths(row(*one_function(SHORTEST - 1))) == []


def test_calls_outside_of_loops_are_left_out() -> None:
    assert lengths(row(("f", 9, (1000,), 0), *one_function(), ("f", 30, (7,), 0))) == [N]


def test_each_loop_has_a_row_of_its_own() -> None:
    assert lengths(row(*one_function(), *one_function(line=20))) == [N, N]


PAIRS: dict[str, tuple[Callable[[int], tuple[Any, ...]], Callable[[int], Any], list[int]]] = {
    "the answer of the line before": (lambda i: (i * i,), lambda i: i * i, []),
    "the answer within a list": (lambda i: ([i * i],), lambda i: i * i, []),
    "a part of the answer": (lambda i: (i * i,), lambda i: (i * i, None), []),
    "nothing of it": (lambda i: (i + 10_000,), lambda i: i * i, [N]),
    "truth alone": (lambda i: (i * i,), lambda i: i % 2 == 0, [N]),
}


@pytest.mark.parametrize(("second", "answer", "wanted"), PAIRS.values(), ids=PAIRS)
def test_two_lines_must_not_tell_each_others_answers(
    second: Callable[[int], tuple[Any, ...]], answer: Callable[[int], Any], wanted: list[int]
) -> None:
    calls = []
    for i in range(2, 2 + N // 2):
        calls += [("encode", 11, (-i,), answer(i)), ("decode", 12, second(i), None)]
    assert lengths(row(*calls)) == wanted


def test_arguments_that_are_written_down_are_never_sent_ahead() -> None:
    assert lengths(row(*one_function()), counted=False) == []


def test_a_list_that_the_test_keeps_is_not_handed_over_ahead() -> None:
    lists = row(*(("f", 10, ([i],), 0) for i in range(N)))
    assert lengths(lists) == [N]
    assert lengths(lists, fresh=False) == []


def test_dependent_tests_keep_nothing() -> None:
    assert kept({"test": [row(*one_function())]}, lambda _: None) == {}
