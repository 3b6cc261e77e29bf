"""How a line that begins with a slash is read, and what is said when it cannot be."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.content import Difficulty
from bot.platforms.playground.commands import (
    COMMANDS,
    Choices,
    Help,
    Hint,
    Leaderboard,
    Quiz,
    ShowOne,
    Streak,
    Submit,
    has_code_block,
    mentioned,
    read,
)
from bot.services.cards import Period, Scope
from bot.services.errors import Refusal
from bot.services.help import COMMANDS as TOLD

CHOICES = Choices(
    topics=("python", "sql", "Data structures"),
    challenges=(("two-sum", "Two numbers, one target"), ("word-count", "Count the words")),
    people=(("ada", "Ada"), ("mei lin", "Mei Lin")),
)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("/quiz", Quiz()),
        ("  /QUIZ  ", Quiz()),
        ("/quiz sql hard", Quiz("sql", Difficulty.HARD)),
        ("/quiz Hard SQL", Quiz("sql", Difficulty.HARD)),
        ("/quiz data structures easy", Quiz("Data structures", Difficulty.EASY)),
        ("/challenge", ShowOne()),
        ("/challenge two-sum", ShowOne("two-sum")),
        ("/challenge  count the  words ", ShowOne("word-count")),
        ("/hint", Hint()),
        ("/hint Two-Sum", Hint("two-sum")),
        ("/leaderboard", Leaderboard()),
        ("/leaderboard all 3", Leaderboard(Period.ALL, 3)),
        ("/leaderboard page 2 today", Leaderboard(Period.TODAY, 2)),
        ("/leaderboard season league", Leaderboard(Period.SEASON, scope=Scope.LEAGUE)),
        ("/leaderboard channel 2", Leaderboard(page=2, scope=Scope.CHANNEL)),
        (
            "/leaderboard month data structures",
            Leaderboard(Period.MONTH, scope=Scope.TOPIC, topic="Data structures"),
        ),
        ("/leaderboard topic SQL", Leaderboard(scope=Scope.TOPIC, topic="sql")),
        ("/streak", Streak()),
        ("/streak @Mei Lin", Streak("mei lin")),
        ("/streak why", Streak()),
        ("/streak Why @Mei Lin", Streak("mei lin")),
        ("/help", Help()),
        ("/submit", Submit()),
        ("/submit word-count", Submit("word-count")),
        ("/submit ```py\nx = 1\n```", Submit(None, "```py\nx = 1\n```")),
        ("/submit two-sum ```x = 1```", Submit("two-sum", "```x = 1```")),
        ("/submit two-sum\n~~~\nx = 1\n~~~", Submit("two-sum", "~~~\nx = 1\n~~~")),
        ("/submit\n    x = 1\n    y = 2", Submit(None, "    x = 1\n    y = 2")),
    ],
)
def test_a_line_is_read_as_meant(line: str, meant: object) -> None:
    assert read(line, CHOICES) == meant


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("/quiz sqll", "There is no topic `sqll`; did you mean `sql`?"),
        ("/quiz sql hrad", "There is no topic `hrad`; did you mean `hard`?"),
        ("/quiz cooking", "Topics: python, sql, Data structures."),
        ("/challenge two-sun", "did you mean `two-sum`?"),
        ("/submit nothing like it", "There is no challenge `nothing like it`."),
        ("/leaderboard yesterday", "`yesterday` is none"),
        ("/leaderboard 0", "`0` is none"),
        ("/leaderboard ²", "`²` is none"),
        ("/streak Adda", "did you mean `ada`?"),
        ("/quizz", "There is no command `/quizz`; did you mean `/quiz`?"),
        ("/", "There is no command `/`."),
    ],
)
def test_what_cannot_be_read_is_refused_with_advice(line: str, advice: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(line, CHOICES)
    assert advice in refused.value.text


@given(st.text())
def test_any_line_is_read_or_refused(rest: str) -> None:
    with suppress(Refusal):
        assert read("/" + rest, CHOICES) is not None


def test_a_word_of_the_persons_own_cannot_break_out_of_the_advice() -> None:
    with pytest.raises(Refusal) as refused:
        read("/quiz `[x](https://example.org)", CHOICES)
    assert "`'[x](https://example.org)`" in refused.value.text


def test_a_challenge_is_mentioned_by_key_or_title_outside_code() -> None:
    assert mentioned("my two-sum:\n```\nx\n```", CHOICES) == "two-sum"
    assert mentioned("For *Count the words*\n```\nx\n```", CHOICES) == "word-count"
    assert mentioned("look\n```\ntwo-sum\n```", CHOICES) is None
    assert mentioned("my two-summer\n```\nx\n```", CHOICES) is None


@pytest.mark.parametrize("text", ["```\nx\n```", "see ```x = 1```", "  ~~~py\nx\n~~~"])
def test_a_code_block_is_seen(text: str) -> None:
    assert has_code_block(text)


@pytest.mark.parametrize("text", ["plain", "one `x` tick", "wave ~~~ wave"])
def test_prose_is_no_code_block(text: str) -> None:
    assert not has_code_block(text)


def test_every_command_of_the_help_card_can_be_typed() -> None:
    assert {line.usage.split()[0] for line in TOLD} == {f"/{command.name}" for command in COMMANDS}
