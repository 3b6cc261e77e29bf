"""Glicko-2 as published, and what Warmup does with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.content import Difficulty
from bot.domain.ratings import AIM, WIDEST, Game, Rating, chance, idle, level_for, question_start, rate

RATINGS = st.builds(
    Rating, st.floats(500, 2500), st.floats(30, 350), st.floats(0.03, 0.12), st.integers(1, 100)
)


def test_the_published_example() -> None:
    """Glickman's own: three games against 1400 (30), 1550 (100) and 1700 (300); the first is won."""
    player = Rating(1500, 200, 0.06)
    games = [
        Game(Rating(1400, 30), 1),
        Game(Rating(1550, 100), 0),
        Game(Rating(1700, 300), 0),
    ]
    after = rate(player, games)
    assert after.value == pytest.approx(1464.06, abs=0.01)
    assert after.deviation == pytest.approx(151.52, abs=0.01)
    assert after.volatility == pytest.approx(0.05999, abs=0.00001)


@given(RATINGS, RATINGS)
def test_whoever_wins_gains_and_whoever_loses_drops(one: Rating, other: Rating) -> None:
    won, lost = rate(one, [Game(other, 1)]), rate(one, [Game(other, 0)])
    assert won.value > one.value > lost.value
    assert won.deviation <= WIDEST


@given(RATINGS, RATINGS)
def test_chances_lie_between_never_and_always_and_mirror_each_other(one: Rating, other: Rating) -> None:
    assert 0 < chance(one, other) < 1
    assert chance(one, other) + chance(other, one) == pytest.approx(1)


@given(RATINGS)
def test_the_level_looked_for_is_the_one_got_right_that_often(member: Rating) -> None:
    sure = Rating(member.value, 0, member.volatility)
    assert chance(sure, Rating(level_for(sure), 0)) == pytest.approx(AIM)


def test_somebody_away_for_long_is_less_sure_but_no_worse() -> None:
    member = Rating(1700, 60, 0.06, 40)
    later = idle(member, 24)
    assert later.value == member.value
    assert member.deviation < later.deviation <= WIDEST
    assert idle(member, 10**6).deviation == WIDEST


def test_a_question_starts_where_its_author_puts_it() -> None:
    easy, medium, hard = (question_start(word).value for word in Difficulty)
    assert easy < medium < hard
