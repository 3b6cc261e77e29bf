"""When a card comes back: as py-fsrs says, to the second, and at the member's own hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from fsrs import Card, Rating, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fitting import Reviewed, memory_after
from bot.domain.reviewing import (
    DEFAULTS,
    Memory,
    choices,
    day_start,
    next_reminder,
    review,
    span_words,
)

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HISTORIES = st.lists(
    st.tuples(st.sampled_from(list(Rating)), st.timedeltas(timedelta(), timedelta(days=400))), max_size=30
)


@given(HISTORIES)
def test_every_interval_equals_py_fsrs(history: list[tuple[Rating, timedelta]]) -> None:
    scheduler = Scheduler(enable_fuzzing=False)
    theirs, ours, at = Card(card_id=1, due=START), Memory(due_at=START), START
    for rating, pause in history:
        at += pause
        theirs, _ = scheduler.review_card(theirs, rating, at)
        ours = review(ours, rating, at)
        assert (ours.due_at, ours.stability, ours.difficulty, ours.state, ours.step) == (
            theirs.due,
            theirs.stability,
            theirs.difficulty,
            theirs.state,
            theirs.step,
        )


@given(HISTORIES.filter(bool))
def test_weights_are_fitted_with_the_formulas_that_schedule(history: list[tuple[Rating, timedelta]]) -> None:
    memory, at = Memory(due_at=START), START
    reviewed: list[Reviewed] = []
    for rating, pause in history:
        at += pause
        days = (at - memory.last_review_at).days if memory.last_review_at else 0
        memory = review(memory, rating, at)
        reviewed.append(Reviewed(int(rating), days))
    stability, difficulty = memory_after(DEFAULTS, reviewed)
    assert stability == pytest.approx(memory.stability, rel=1e-9)
    assert difficulty == pytest.approx(memory.difficulty, rel=1e-9)


def test_the_better_it_was_known_the_later_it_comes_back() -> None:
    memory = review(Memory(due_at=START), Rating.Easy, START)
    due = [after.due_at for after in choices(memory, memory.due_at).values()]
    assert all(sooner < later for sooner, later in pairwise(due))


def test_what_the_buttons_promise_is_what_happens() -> None:
    memory = review(Memory(due_at=START), Rating.Good, START)
    at = START + timedelta(minutes=10)
    for rating, promised in choices(memory, at).items():
        assert review(memory, rating, at) == promised


def test_a_clock_set_back_never_makes_a_review_before_the_last_one() -> None:
    memory = review(Memory(due_at=START), Rating.Good, START)
    assert review(memory, Rating.Good, START - timedelta(days=3)).last_review_at == START


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=5), "1 min"),
        (timedelta(minutes=10), "10 min"),
        (timedelta(hours=6), "6 h"),
        (timedelta(days=8), "8 d"),
        (timedelta(days=61), "2 mo"),
        (timedelta(days=550), "1.5 y"),
    ],
)
def test_intervals_fit_a_button(span: timedelta, words: str) -> None:
    assert span_words(span) == words


def test_a_day_begins_at_the_members_own_midnight() -> None:
    assert day_start(datetime(2026, 3, 2, 22, tzinfo=UTC), "Asia/Tokyo") == datetime(
        2026, 3, 2, 15, tzinfo=UTC
    )


def test_the_reminder_keeps_its_hour_over_a_change_of_the_clock() -> None:
    before = datetime(2026, 3, 28, 18, 30, tzinfo=UTC)
    first = next_reminder(before, 19, 30, "Europe/Berlin")
    assert first == datetime(2026, 3, 29, 17, 30, tzinfo=UTC)
    assert next_reminder(first, 19, 30, "Europe/Berlin") == first + timedelta(days=1)
