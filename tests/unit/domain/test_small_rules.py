"""Periods, windows, digests and letters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.accepting import SHOWN_BEFORE, Window, event_time, window
from bot.domain.content import Challenge, Difficulty, Kind, Limits, Meta, Option, Question, SourceFile
from bot.domain.digests import files_digest, item_digest
from bot.domain.options import LETTERS, chosen_positions, shown_order
from bot.domain.periods import BEGINNING, Period, period_start
from bot.domain.wording import count, cut_middle, seconds

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
META = Meta(key="k", title="K", topic="t", difficulty=Difficulty.EASY)


@pytest.mark.parametrize(
    ("period", "start"),
    [
        (Period.TODAY, date(2026, 3, 1)),
        (Period.WEEK, date(2026, 2, 23)),
        (Period.MONTH, date(2026, 3, 1)),
        (Period.ALL, BEGINNING),
    ],
)
def test_periods_begin_on_monday_and_on_the_first(period: Period, start: date) -> None:
    assert period_start(period, date(2026, 3, 1)) == start


@given(st.dates(date(2000, 1, 1)), st.sampled_from(list(Period)))
def test_a_day_and_the_first_day_of_its_period_are_in_the_same_period(day: date, period: Period) -> None:
    start = period_start(period, day)
    assert start <= day
    assert period_start(period, start) == start


@pytest.mark.parametrize(
    ("minutes", "where"),
    [
        (-2, Window.BEFORE),
        (-0.4, Window.INSIDE),
        (0, Window.INSIDE),
        (60, Window.INSIDE),
        (60.1, Window.AFTER),
    ],
)
def test_both_ends_belong_to_the_window(minutes: float, where: Window) -> None:
    assert window(NOW + timedelta(minutes=minutes), NOW, NOW + timedelta(hours=1)) is where
    assert timedelta() < SHOWN_BEFORE < timedelta(minutes=1)


def test_without_a_round_everything_is_inside() -> None:
    assert window(NOW, None, None) is Window.INSIDE


def test_no_event_comes_from_the_future() -> None:
    assert event_time(NOW + timedelta(hours=1), NOW) == NOW
    assert event_time(NOW - timedelta(hours=1), NOW) == NOW - timedelta(hours=1)


class TestDigests:
    def test_every_change_of_content_changes_the_digest(self) -> None:
        one = Question(meta=META, kind=Kind.MULTIPLE_CHOICE, prompt="?", options=(Option("a", True),))
        others = [
            replace(one, prompt="!"),
            replace(one, options=(Option("a", False),)),
            replace(one, meta=replace(META, tags=("x",))),
            replace(one, kind=Kind.PREDICT_OUTPUT),
            Challenge(meta=META, kind=Kind.CODE_TESTS, prompt="?"),
            Challenge(meta=META, kind=Kind.CODE_TESTS, prompt="?", limits=Limits(cpu_ms=1)),
        ]
        assert len({item_digest(item) for item in (one, *others)}) == 7

    def test_a_default_spelt_out_changes_nothing(self) -> None:
        short = Challenge(meta=META, kind=Kind.CODE_TESTS, prompt="?")
        assert item_digest(short) == item_digest(replace(short, entry="solution.py", limits=Limits()))

    def test_the_digest_of_an_item_is_the_same_in_every_release(self) -> None:
        plain = Question(meta=META, kind=Kind.MULTIPLE_CHOICE, prompt="?", options=(Option("a", True),))
        assert item_digest(plain) == PLAIN

    def test_files_in_any_order_are_the_same_code(self) -> None:
        a, b = SourceFile("a.py", "x"), SourceFile("b.py", "y\ud800")
        assert files_digest([a, b]) == files_digest([b, a])
        assert files_digest([a]) != files_digest([replace(a, name="c.py")])
        assert files_digest([SourceFile("a", "bc")]) != files_digest([SourceFile("ab", "c")])


PLAIN = "98424f537bd721fd78dd15e14451ae0b3902dc8a609b0fb782571bba49592961"


@given(st.integers(2, 10), st.integers(1, 10**9), st.booleans())
def test_letters_and_positions_are_one_to_one(size: int, posting: int, shuffle: bool) -> None:
    options = tuple(Option(str(n), n == 0) for n in range(size))
    asked = Question(meta=META, kind=Kind.MULTIPLE_CHOICE, prompt="?", options=options, shuffle=shuffle)
    order = shown_order(asked, posting)
    assert sorted(order) == list(range(size))
    assert shuffle or order == tuple(range(size))
    for place, position in enumerate(order):
        assert chosen_positions(asked, posting, frozenset({LETTERS[place].lower()})) == {position}
    assert chosen_positions(asked, posting, frozenset({LETTERS[size]} if size < 10 else {"?"})) is None


def test_shuffled_postings_differ() -> None:
    options = tuple(Option(str(n), n == 0) for n in range(6))
    asked = Question(meta=META, kind=Kind.MULTIPLE_CHOICE, prompt="?", options=options, shuffle=True)
    assert len({shown_order(asked, posting) for posting in range(50)}) > 30


def test_amounts_in_words() -> None:
    assert [seconds(ms) for ms in (12.4, 999, 1_000, 5_012.3, 15_000)] == [
        "12 ms",
        "999 ms",
        "1 s",
        "5.01 s",
        "15 s",
    ]
    assert [count(n, "test") for n in (0, 1, 2)] == ["0 tests", "1 test", "2 tests"]


@given(st.text(max_size=400), st.integers(2, 100))
def test_a_cut_text_keeps_its_ends(text: str, limit: int) -> None:
    shown = cut_middle(text, limit)
    if len(text) <= limit:
        assert shown == text
    else:
        assert shown.startswith(text[: limit // 2])
        assert shown.endswith(text[-(limit // 2) :])
        assert f"{len(text) - 2 * (limit // 2)} characters left out" in shown
