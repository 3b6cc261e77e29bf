"""Ranks with ties, and the order in which they are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ranks import Score, ranked

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def score(name: str, points: int, minute: int = 0, member: int = 0) -> Score:
    return Score(member, name, points, 1, NOON + timedelta(minutes=minute))


def test_equal_points_share_a_rank_and_leave_the_gap() -> None:
    board = ranked([score("d", 5), score("a", 10, 2), score("b", 10, 1), score("c", 7)])
    assert [(rank, one.name) for rank, one in board] == [(1, "b"), (1, "a"), (3, "c"), (4, "d")]


def test_reached_at_the_same_moment_the_name_decides() -> None:
    assert [one.name for _, one in ranked([score("b", 1), score("a", 1)])] == ["a", "b"]


def test_nobody_with_nothing_is_ranked() -> None:
    assert list(ranked([score("a", 0), score("b", -3)])) == []


SCORES = st.lists(
    st.builds(score, st.sampled_from("abcdef"), st.integers(-1, 4), st.integers(0, 3), st.integers(0, 9)),
    max_size=12,
)


@given(SCORES, st.randoms())
def test_a_rank_is_one_more_than_the_members_ahead_whatever_order_they_come_in(
    scores: list[Score], random: st.DataObject
) -> None:
    board = list(ranked(scores))
    for rank, one in board:
        assert rank == 1 + sum(other.points > one.points for other in scores)
    shuffled = list(scores)
    random.shuffle(shuffled)
    assert list(ranked(shuffled)) == board
