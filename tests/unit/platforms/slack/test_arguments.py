"""What follows a command, and the advice when it makes no sense."""

from __future__ import annotations

from datetime import date, time

import pytest

from bot.domain.boards import Scope
from bot.domain.content import Difficulty
from bot.platforms.slack.arguments import (
    AskedBoard,
    Submitted,
    read_day,
    read_leaderboard,
    read_quiz,
    read_submit,
    read_time,
)
from bot.services.cards import Period
from bot.services.errors import Refusal


@pytest.mark.parametrize(
    ("text", "challenge", "code"),
    [
        ("", None, ""),
        ("two-sum", "two-sum", ""),
        ("```x```", None, "```x```"),
        ("two-sum ```\nx\n```", "two-sum", "```\nx\n```"),
        ("two sum\nprint(1)", "two sum", "print(1)"),
        ("two-sum\n~~~\nx\n~~~", "two-sum", "~~~\nx\n~~~"),
    ],
)
def test_submit_names_a_challenge_on_its_first_line(text: str, challenge: str | None, code: str) -> None:
    assert read_submit(text) == Submitted(challenge, code)


def test_quiz_takes_topic_and_difficulty_in_any_order() -> None:
    topics = ("python", "data structures")
    assert read_quiz("", topics) == (None, None)
    assert read_quiz("hard Python", topics) == ("python", Difficulty.HARD)
    assert read_quiz("data structures easy", topics) == ("data structures", Difficulty.EASY)
    with pytest.raises(Refusal, match="did you mean `python`"):
        read_quiz("pyhton", topics)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", AskedBoard()),
        ("3 all", AskedBoard(Period.ALL, 3)),
        ("today page 2", AskedBoard(Period.TODAY, 2)),
        ("league season", AskedBoard(Period.SEASON, 1, Scope.LEAGUE)),
        ("2 Channel", AskedBoard(Period.WEEK, 2, Scope.CHANNEL)),
        ("all topic Data structures", AskedBoard(Period.ALL, 1, Scope.TOPIC, "Data structures")),
        ("topic:sql", AskedBoard(Period.WEEK, 1, Scope.TOPIC, "sql")),
    ],
)
def test_leaderboard_takes_period_scope_and_page_in_any_order(text: str, asked: AskedBoard) -> None:
    assert read_leaderboard(text) == asked


def test_what_is_no_leaderboard_is_answered_with_those_there_are() -> None:
    for text in ("yesterday", "0", "-1", "²"):
        with pytest.raises(Refusal):
            read_leaderboard(text)


def test_times_and_days_are_read_or_refused() -> None:
    assert read_time("9:30") == time(9, 30)
    assert read_day("2026-11-20") == date(2026, 11, 20)
    for text in ("", "24:00", "9", "09:60", "nine"):
        with pytest.raises(Refusal):
            read_time(text)
    for text in ("", "20.11.2026", "2026-13-01"):
        with pytest.raises(Refusal):
            read_day(text)
