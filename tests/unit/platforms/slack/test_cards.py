"""Cards: inside every limit at their worst, complete at their best, and never a mention."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.content import Difficulty, Kind, SourceFile
from bot.domain.grading import Judgement, TestLine, TestOutcome, Verdict
from bot.platforms.slack import cards as shown
from bot.platforms.slack import cards_results as results
from bot.platforms.slack import dialogs, home
from bot.platforms.slack.blocks import Card, illustrated
from bot.services import cards
from bot.services.records import Bank, Channel
from bot.services.today import Overview
from tests.e2e.slack.limits import message_faults, view_faults
from tests.unit.platforms.slack import worst


def show(card: Any) -> Card:
    """Any card of the services as a message."""
    match card:
        case cards.QuestionCard():
            return shown.question(card)
        case cards.ChallengeCard():
            return shown.challenge(card)
        case cards.AnswerCard():
            return shown.answer(card)
        case cards.HintCard():
            return shown.hint(card)
        case cards.Receipt():
            return shown.receipt(card)
        case cards.Notice():
            return shown.notice(card)
        case cards.VerdictCard():
            return results.verdict(card)
        case cards.LeaderboardPage():
            return results.leaderboard(card)
        case cards.StreakCard():
            return results.streak(card)
        case cards.RecapCard():
            return results.recap(card)
    raise AssertionError(card)


def everything(card: Any) -> str:
    """All the words of a message."""
    return json.dumps(show(card).blocks, ensure_ascii=False)


QUESTION = replace(
    worst.QUESTION,
    kind=Kind.MULTIPLE_CHOICE,
    posting=7,
    title="Lists",
    prompt="What does `f()` print?",
    program="",
    choices=(cards.Choice("A", "**one**"), cards.Choice("B", "two")),
    several=False,
    topic="python",
    difficulty=Difficulty.EASY,
    points=5,
    answered=3,
)


@pytest.mark.parametrize("card", worst.EVERY, ids=lambda card: type(card).__name__)
def test_at_its_worst_a_card_is_inside_every_limit_of_a_message(card: Any) -> None:
    made = show(card)
    assert message_faults(made.blocks, made.text) == []


@pytest.mark.parametrize("card", worst.EVERY, ids=lambda card: type(card).__name__)
def test_at_its_worst_a_card_fits_into_a_dialog(card: Any) -> None:
    assert view_faults(dialogs.view("Warmup", show(card).blocks)) == []


@pytest.mark.parametrize("card", worst.EVERY, ids=lambda card: type(card).__name__)
def test_controls_survive_however_long_the_text_is(card: Any) -> None:
    wanted = {"QuestionCard": "confirm|", "ChallengeCard": "submit|", "VerdictCard": "submit|"}
    assert wanted.get(type(card).__name__, "") in everything(card)


@pytest.mark.parametrize("name", ["<!channel>", "<@U0ADA>", "*x*", "@here"])
def test_a_members_name_is_shown_as_it_is(name: str) -> None:
    row = replace(worst.STANDING, name=name)
    page = replace(worst.LEADERBOARD, rows=(row,), own=None, tie_break="")
    made = show(page)
    assert message_faults(made.blocks, made.text) == []
    codes = [block["elements"][0] for block in made.blocks if block["type"] == "rich_text"]
    [table] = [code for code in codes if code["type"] == "rich_text_preformatted"]
    assert name in table["elements"][0]["text"]


def test_a_question_has_its_facts_its_options_and_a_button_for_each() -> None:
    text = everything(QUESTION)
    for part in (
        "Question of the day",
        "python",
        "easy",
        "5 points",
        "Fri 20 Nov",
        "3 answers",
        "one",
        "two",
    ):
        assert part in text
    buttons = next(block for block in show(QUESTION).blocks if block["type"] == "actions")["elements"]
    assert [(b["text"]["text"], b["action_id"]) for b in buttons] == [
        ("A", "answer|7|A"),
        ("B", "answer|7|B"),
    ]


def test_several_right_options_are_ticked_and_confirmed() -> None:
    controls = next(
        block for block in show(replace(QUESTION, several=True)).blocks if block["type"] == "actions"
    )
    assert [element["type"] for element in controls["elements"]] == ["checkboxes", "button"]
    assert controls["block_id"] == "ticks|7"


def test_a_closed_question_has_no_controls() -> None:
    closed = show(replace(QUESTION, closed=True))
    assert "Closed" in everything(replace(QUESTION, closed=True))
    assert not [block for block in closed.blocks if block["type"] == "actions"]


def test_output_is_typed_in_a_dialog() -> None:
    text = everything(replace(QUESTION, kind=Kind.PREDICT_OUTPUT, choices=(), program="print(1)"))
    assert "type|7" in text
    assert "print(1)" in text


def test_a_result_marks_what_was_right_what_was_chosen_and_why() -> None:
    reviews = (
        cards.ChoiceReview("A", "one", True, False, "because"),
        cards.ChoiceReview("B", "two", False, True, "no"),
    )
    card = replace(
        worst.ANSWER, choices=reviews, explanation="All of it.", note="A note.", typed="", expected_output=""
    )
    text = everything(replace(card, title="Lists"))
    for part in ("❌ Not right", "✅ A", "❌ B", "your choice", "because", "All of it.", "A note.", "Streak"):
        assert part in text


def test_a_verdict_tells_what_happened_with_ones_own_code() -> None:
    judged = Judgement(
        verdict=Verdict.WRONG_ANSWER,
        ranked=True,
        headline="add(1, 2) gave 4.",
        tests=(
            TestLine(name="test_add", outcome=TestOutcome.FAILED, message="3 expected"),
            TestLine(name="test_zero", outcome=TestOutcome.PASSED),
        ),
        call="add(1, 2)",
        expected="3",
        got="4",
        passed=1,
        total=2,
    )
    card = replace(
        worst.VERDICT,
        judgement=judged,
        challenge="add",
        title="Add",
        files=(SourceFile("a.py", "x = 1"),),
        note="",
    )
    text = everything(card)
    for part in (
        "❌ Wrong answer",
        "add(1, 2) gave 4.",
        "test_add",
        "1 of 2 tests passed",
        "x = 1",
        "submit|add",
    ):
        assert part in text


def test_an_internal_error_is_ours_and_offers_no_hint() -> None:
    judged = Judgement(
        verdict=Verdict.INTERNAL_ERROR, ranked=True, headline="Our grader failed.", note="no cgroups"
    )
    text = everything(
        replace(worst.VERDICT, judgement=judged, challenge="add", files=(), note="", title="Add")
    )
    assert "Our fault" in text
    assert "hint|" not in text
    assert "no cgroups" not in text


def test_the_readers_line_follows_the_page_it_is_not_on() -> None:
    own = cards.Standing(rank=40, member=9, name="Ada", points=1, solved=1, streak=1, is_reader=True)
    rows = (cards.Standing(rank=1, member=1, name="Grace", points=9, solved=1, streak=1),)
    text = everything(replace(worst.LEADERBOARD, rows=rows, own=own, tie_break="By time."))
    assert text.index("Grace") < text.index("⋯") < text.index("Ada")
    assert "board|all|1" in text
    assert "board|all|3" in text


def test_home_at_its_worst_is_inside_every_limit() -> None:
    opened = cards.OpenRound(
        channel="C1",
        channel_name=worst.LONG,
        question=worst.QUESTION,
        challenge=worst.CHALLENGE,
        answered=False,
    )
    rows = [("/x", worst.LONG)] * 20
    channel = Channel(id=1, community=1, external="C1", name=worst.LONG, paused=worst.LONG)
    bank = Bank(id=1, name=worst.LONG, community=1, enabled=False, questions=10**6)
    overview = Overview(
        rounds=[opened] * 20, due=10**6, cards=10**6, channels=[channel] * 99, banks=[bank] * 99
    )
    streak = illustrated(results.streak(worst.STREAK), "F00000001", worst.LONG)
    doors = {("review", ""), *((name, word) for name, word, _ in home.DOORS)}
    view = home.home(overview, streak, worst.LEADERBOARD, rows, doors=doors, is_admin=True)
    assert view_faults(view) == []


def test_the_dialog_for_code_is_inside_every_limit() -> None:
    origin = dialogs.Origin("C1", worst.LONG[:200], "https://hooks.slack.com/" + "x" * 900, "k")
    view = dialogs.code(worst.CHALLENGE, origin, typed=worst.CODE[:3_000], refused=worst.LONG)
    assert view_faults(view) == []
    assert view_faults(dialogs.code(replace(worst.CHALLENGE, starter=()), origin, typed="")) == []


def test_a_dialog_remembers_where_it_was_opened() -> None:
    origin = dialogs.Origin("C1", "daily", "https://hooks.slack.com/1", "two-sum")
    assert dialogs.read_origin(origin.written()) == origin
    assert dialogs.read_origin("not JSON") == dialogs.Origin("")
    assert dialogs.read_origin("7") == dialogs.Origin("")
