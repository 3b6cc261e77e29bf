"""Pages become ranges of addresses."""

from __future__ import annotations

import mmap

from bot.grading.sandbox.footprint import ranges

PAGE = mmap.PAGESIZE


def test_neighbours_make_one_range() -> None:
    assert ranges([]) == []
    assert ranges([3, 4, 5, 20]) == [3 * PAGE, 3 * PAGE, 20 * PAGE, PAGE]


def test_the_largest_ranges_are_kept_when_there_are_too_many() -> None:
    found = ranges([*range(10, 13), *range(100, 20_000, 2)])
    assert found[:2] == [10 * PAGE, 3 * PAGE]
    assert len(found) == 3_000
