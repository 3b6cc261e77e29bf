"""Who wins a duel, and which duels count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.duels import Outcome, Race, Side, counts, decide, decide_race

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
RIGHT, SLOW, WRONG, AWAY = Side(True, True, 10), Side(True, True, 11), Side(True, False, 1), Side()


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        (RIGHT, WRONG, Outcome.FIRST),
        (WRONG, RIGHT, Outcome.SECOND),
        (RIGHT, SLOW, Outcome.FIRST),
        (SLOW, RIGHT, Outcome.SECOND),
        (RIGHT, RIGHT, Outcome.DRAW),
        (WRONG, WRONG, Outcome.DRAW),
        (WRONG, AWAY, Outcome.DRAW),
        (AWAY, SLOW, Outcome.SECOND),
    ],
)
def test_right_beats_wrong_and_of_two_right_ones_the_quicker_wins(
    first: Side, second: Side, outcome: Outcome
) -> None:
    assert decide(first, second) is outcome


def solved(minutes: float, waiting: float | None = None) -> Race:
    return Race(AT + timedelta(minutes=minutes), None if waiting is None else AT + timedelta(minutes=waiting))


def waiting(minutes: float) -> Race:
    return Race(None, AT + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("first", "second", "over", "outcome"),
    [
        (solved(5), Race(), False, Outcome.FIRST),
        (solved(5), solved(4), False, Outcome.SECOND),
        (solved(5), solved(5), False, Outcome.DRAW),
        (solved(5), waiting(4), False, None),
        (solved(5), waiting(4), True, None),
        (solved(5), waiting(6), False, Outcome.FIRST),
        (Race(), Race(), False, None),
        (Race(), Race(), True, Outcome.DRAW),
        (waiting(1), Race(), True, None),
    ],
)
def test_the_first_accepted_submission_wins_and_earlier_ones_are_waited_for(
    first: Race, second: Race, over: bool, outcome: Outcome | None
) -> None:
    assert decide_race(first, second, over=over) is outcome
    mirrored = {Outcome.FIRST: Outcome.SECOND, Outcome.SECOND: Outcome.FIRST}
    assert decide_race(second, first, over=over) is mirrored.get(outcome, outcome)


def test_one_duel_of_the_same_two_counts_a_day_and_three_a_week() -> None:
    assert counts([], AT)
    assert not counts([AT - timedelta(hours=23)], AT)
    assert counts([AT - timedelta(hours=25)], AT)
    assert not counts([AT - timedelta(days=n) for n in (1, 2, 3)], AT)
    assert counts([AT - timedelta(days=n) for n in (1, 2, 8)], AT)
