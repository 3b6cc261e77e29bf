"""Every card, ordinary and at its worst, is inside Discord's limits and says what it has to."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bot.domain.content import SourceFile
from bot.domain.grading import CodeError, Judgement, TestLine, TestOutcome, Verdict
from bot.platforms.discord.render import draw, draw_in_short
from bot.services import cards
from tests.e2e.discord import limits
from tests.unit.platforms.playground import samples

LONG = f"{samples.HOSTILE} {samples.LONG_WORD} {samples.EMOJI} " * 40
CODE = f"```\n{samples.SIXTY_LINES}\n````@everyone`\n" * 5
NONCE = "d" * 25
FILES = tuple(SourceFile("deep/folder/" + "n" * 90 + f"{number}.py", CODE) for number in range(12))
REVIEWS = tuple(
    cards.ChoiceReview(letter, LONG, letter == "B", letter == "A", LONG) for letter in "ABCDEFGHIJ"
)
STANDINGS = tuple(
    cards.Standing(10**6 + n, n, LONG, 10**9, 10**6, 10**4, is_reader=n == 3) for n in range(10)
)

WORST: dict[str, Any] = {
    "question": samples.WORST,
    "question with buttons": dataclasses.replace(samples.WORST, several=False, closed=False),
    "answer": dataclasses.replace(
        samples.ANSWER,
        title=LONG,
        choices=REVIEWS,
        explanation=CODE,
        typed=CODE,
        expected_output=CODE,
        note=LONG,
    ),
    "challenge": dataclasses.replace(
        samples.CHALLENGE,
        key="k" * 100,
        title=LONG,
        prompt=CODE + LONG,
        starter=FILES,
        examples=FILES,
        topic=LONG,
    ),
    "hint": dataclasses.replace(samples.HINT, challenge="k" * 100, title=LONG, text=CODE),
    "receipt": dataclasses.replace(samples.RECEIPT, title=LONG, note=LONG),
    "verdict": dataclasses.replace(
        samples.WRONG,
        title=LONG,
        challenge="k" * 100,
        note=LONG,
        files=FILES,
        judgement=Judgement(
            verdict=Verdict.RUNTIME_ERROR,
            ranked=False,
            headline=LONG,
            tests=tuple(TestLine(name=LONG, outcome=TestOutcome.FAILED, message=LONG) for _ in range(100)),
            call=CODE,
            expected=CODE,
            got=CODE,
            diff=CODE,
            stdout=CODE,
            error=CodeError(type=LONG, message=CODE, file=LONG, line=3, caret=CODE, trace=CODE),
            passed=0,
            total=100,
        ),
    ),
    "leaderboard": dataclasses.replace(samples.LEADERBOARD, rows=STANDINGS, pages=10**6, page=10**5),
    "streak": dataclasses.replace(
        samples.STREAK,
        name=LONG,
        days=tuple(dataclasses.replace(day, why=LONG) for day in samples.STREAK.days),
    ),
    "recap": dataclasses.replace(
        samples.RECAP, title=LONG, choices=REVIEWS, counts=(10**9,) * 10, first=LONG, explanation=CODE
    ),
    "notice": cards.Notice(LONG + CODE, ok=False),
}


def shown(card: Any, **more: str) -> list[dict[str, Any]]:
    """Components as Discord gets them."""
    return draw(card, **more).components


def text_of(card: Any, **more: str) -> str:
    return "\n".join(limits.texts(shown(card, **more)))


@pytest.mark.parametrize("card", samples.ORDINARY, ids=lambda card: type(card).__name__)
async def test_an_ordinary_card_is_inside_the_limits(card):
    limits.check_components(shown(card, mark=NONCE))


@pytest.mark.parametrize("name", WORST)
async def test_the_worst_card_is_inside_the_limits(name):
    limits.check_components(shown(WORST[name], mark=NONCE))


@pytest.mark.parametrize("name", WORST)
async def test_a_cut_leaves_no_code_block_open(name):
    for text in limits.texts(shown(WORST[name], mark=NONCE)):
        assert text.count("```") % 2 == 0, text[-200:]


async def test_a_question_has_its_options_in_the_body_and_letters_on_its_buttons():
    components = shown(samples.QUESTION)
    labels = [each["label"] for each in limits.walk(components) if each["type"] == limits.BUTTON]
    assert labels == ["A", "B", "C", "D"]
    text = text_of(samples.QUESTION)
    for choice in samples.QUESTION.choices:
        assert f"**{choice.letter}.** {choice.text}" in text
    assert f"<t:{int(samples.QUESTION.closes_at.timestamp())}:R>" in text
    assert "3 answers" in text


async def test_a_closed_question_takes_no_press():
    components = shown(dataclasses.replace(samples.QUESTION, closed=True))
    assert all(each["disabled"] for each in limits.walk(components) if each["type"] == limits.BUTTON)


async def test_a_question_tells_nothing_about_what_is_right_in_its_custom_ids():
    ids = [each["custom_id"] for each in limits.walk(shown(samples.QUESTION)) if "custom_id" in each]
    assert ids == [f"1:a:7:{letter}" for letter in "ABCD"]


async def test_an_answer_explains_the_option_chosen_and_the_right_one():
    text = text_of(samples.WRONG_ANSWER)
    assert "stands: not right" in text
    assert "❌ **A.** *(your choice)*" in text
    assert "✅ **B.**" in text
    assert "The default is made once" in text


async def test_a_verdict_shows_what_went_wrong_and_offers_another_try():
    components = shown(samples.WRONG)
    text = "\n".join(limits.texts(components))
    assert "Wrong answer" in text
    assert "two_sum([3, 3], 6)" in text
    assert "1 of 3 tests passed" in text
    labels = {each.get("label"): each["custom_id"] for each in limits.walk(components) if "custom_id" in each}
    assert labels == {"Try again": "1:r:5", "Hint": "1:h:two-sum"}


async def test_a_verdict_for_others_to_read_keeps_code_and_output_to_itself():
    text = "\n".join(limits.texts(draw_in_short(samples.WRONG, "en", "<@501>").components))
    assert "Wrong answer" in text
    assert "<@501>" in text
    assert "two_sum([3, 3]" not in text
    assert "looking at" not in text


async def test_the_readers_own_line_is_there_on_every_page():
    far = dataclasses.replace(
        samples.LEADERBOARD,
        rows=samples.LEADERBOARD.rows[2:],
        own=cards.Standing(17, 1, "Ada", 3, 0, 0, is_reader=True),
    )
    assert "**Ada** (you)" in text_of(far)


async def test_a_name_is_only_a_name():
    row = cards.Standing(1, 9, "**@everyone** <@1> [x](https://x.example) `a` # b\n- c", 5, 0, 0)
    text = text_of(dataclasses.replace(samples.LEADERBOARD, rows=(row,), own=None))
    assert "@everyone" not in text
    assert "<@1>" not in text
    assert "https://x" not in text
    assert "\n- c" not in text


async def test_a_streak_tells_what_broke_or_kept_it():
    text = text_of(samples.STREAK)
    assert "Now **9 days** · longest **11 days** · **1 freeze**" in text
    assert "missed, because of missed" in text


async def test_a_recap_has_the_answer_the_distribution_and_who_was_first():
    choices = tuple(dataclasses.replace(choice, chosen=False) for choice in samples.RECAP.choices)
    text = text_of(dataclasses.replace(samples.RECAP, choices=choices))
    assert "3 of 5 answers right; **Grace** was first." in text
    assert "✅ **B.** *(3)*" in text
    assert "2 of 4 solved the challenge." in text
