"""Decoys are of the same kind as what they stand beside, and never equal to it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from bot.grading.examiner.decoys import is_plain, literals
from bot.grading.examiner.perturbing import far, near, near_arguments

VALUES = [5, -3, 0, True, 2.5, "text", "", b"ab", (1, 2), [1, [2]], {"a": 1}, {1, 2}, None, 1j]


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("seed", range(5))
def test_near_values_differ(value: Any, seed: int) -> None:
    found = near(value, random.Random(seed))
    assert found
    assert all(decoy != value for decoy in found)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_the_same_place_gives_the_same_decoys(value: Any) -> None:
    assert near(value, random.Random("place")) == near(value, random.Random("place"))
    assert far(value, random.Random("place")) == far(value, random.Random("place"))


def test_plain_is_built_in_all_the_way_down() -> None:
    assert is_plain({"a": [1, (2, {3})]})
    assert not is_plain([object()])
    assert not is_plain(type("Number", (int,), {})(5))


def test_literals_are_read_from_the_source_without_docstrings() -> None:
    source = '"""About."""\n\ndef test_it():\n    """More."""\n    assert f(2) == "two"\n'
    assert set(literals([source, "not python ("])) == {2, "two"}


def test_arguments_change_in_one_place_at_a_time() -> None:
    args, kw = (1, "ann"), {"tags": ["x"]}
    found = near_arguments(args, kw, random.Random(3))
    assert found
    for new_args, new_kw in found:
        old, new = [*args, kw["tags"]], [*new_args, new_kw["tags"]]
        assert [type(each) for each in new] == [type(each) for each in old]
        assert sum(a != b for a, b in zip(old, new, strict=True)) == 1


def test_without_arguments_there_is_nothing_like_it() -> None:
    assert near_arguments((), {}, random.Random(3)) == []
