"""Picks: shuffled, repeatable, and nothing twice before the pool is used up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.content import Difficulty
from bot.domain.picking import DAILY_QUESTIONS, KEYS, Candidate, Pool, mixed, pick, point, shuffle_key

POINT = 1_163_639_356
"""What ``point("round", 1, 2)`` has to stay: a release that changed it would change picks."""


def test_a_point_depends_on_its_parts_alone() -> None:
    assert 0 <= point("round", 1, 2) == POINT < KEYS
    assert point("a", "bc") != point("ab", "c")


def test_nothing_can_be_picked_from_nothing() -> None:
    assert pick([], 5) is None


def test_the_order_goes_round_at_the_end() -> None:
    pool = [Candidate(1, 10, 0), Candidate(2, 20, 0)]
    assert [pick(pool, start).question for start in (0, 10, 11, 20, 21)] == [1, 1, 2, 2, 1]


@given(st.integers(1, 12), st.lists(st.integers(0, KEYS - 1), min_size=30, max_size=30))
def test_every_item_comes_once_before_any_comes_twice(size: int, starts: list[int]) -> None:
    uses = dict.fromkeys(range(size), 0)
    for start in starts:
        pool = [Candidate(n, shuffle_key("bank", f"q{n}"), uses[n]) for n in uses]
        uses[pick(pool, start).question] += 1
        assert max(uses.values()) - min(uses.values()) <= 1


def test_starts_spread_over_the_pool() -> None:
    pool = [Candidate(n, shuffle_key("bank", f"q{n}"), 0) for n in range(20)]
    picked = {pick(pool, point("round", channel)).question for channel in range(400)}
    assert len(picked) > 15


EASY, HARD = Difficulty.EASY, Difficulty.HARD


def test_a_difficulty_that_is_named_several_times_has_a_larger_share_of_the_days() -> None:
    pool = Pool(kinds=DAILY_QUESTIONS, difficulties=(EASY, EASY, EASY, HARD))
    chosen = [mixed(pool, point("day", day))[0].difficulties for day in range(400)]
    assert 250 < chosen.count((EASY,)) < 350
    assert chosen.count((EASY,)) + chosen.count((HARD,)) == 400


def test_when_there_is_none_of_the_days_difficulty_another_does() -> None:
    pool = Pool(kinds=DAILY_QUESTIONS, topics=("sql",), difficulties=(EASY, EASY, HARD))
    first, second = mixed(pool, 2)
    assert first == Pool(kinds=DAILY_QUESTIONS, topics=("sql",), difficulties=(HARD,))
    assert second == Pool(kinds=DAILY_QUESTIONS, topics=("sql",), difficulties=(EASY, HARD))


def test_difficulties_that_are_named_once_are_one_pool() -> None:
    for difficulties in ((), (EASY,), (EASY, HARD)):
        pool = Pool(kinds=DAILY_QUESTIONS, difficulties=difficulties)
        assert mixed(pool, 5) == (pool,)
