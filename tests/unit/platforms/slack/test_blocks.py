"""Fitting: what is inside the limits stays as it is, what is not is cut where it is longest."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.slack.blocks import (
    MOST_CHARACTERS,
    actions,
    button,
    card,
    code_block,
    context,
    fit,
    moment,
    rich,
    section,
    span,
    words,
)
from bot.platforms.slack.fitting import weight
from tests.e2e.slack.limits import message_faults

TEXT = st.text(max_size=5_000)


def test_what_fits_is_left_alone() -> None:
    blocks = [words("short"), actions(button("Go", "go"))]
    assert fit(blocks) == blocks


def test_the_longest_is_cut_and_the_short_stays_whole() -> None:
    fitted = fit([words("short"), rich(code_block("x" * 50_000)), words("also short")])
    texts = [block["elements"][0]["elements"][0]["text"] for block in fitted]
    assert texts[0] == "short"
    assert texts[2] == "also short"
    assert texts[1].endswith("(cut)")
    assert MOST_CHARACTERS - 500 < weight(fitted) <= MOST_CHARACTERS


def test_the_same_blocks_can_be_fitted_twice() -> None:
    block = rich(code_block("x" * 50_000))
    fit([block])
    assert len(block["elements"][0]["elements"][0]["text"]) > MOST_CHARACTERS - 10


def test_too_many_blocks_lose_text_and_keep_controls() -> None:
    fitted = fit([*(words(str(number)) for number in range(80)), actions(button("Go", "go"))])
    assert len(fitted) == 50
    assert fitted[-1]["type"] == "actions"


def test_a_moment_is_shown_in_the_readers_zone_with_a_fallback() -> None:
    element = moment("Open until", datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    assert element["text"] == "Open until <!date^1795165200^{date_short_pretty} {time}|2026-11-20 09:00 UTC>"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(TEXT, min_size=1, max_size=6), min_size=1, max_size=8), TEXT, st.text(max_size=300))
def test_whatever_the_texts_slack_takes_the_message(
    paragraphs: list[list[str]], small: str, label: str
) -> None:
    blocks = [rich(section(*(span(text) for text in texts)), code_block(texts[0])) for texts in paragraphs]
    made = card(small, *blocks, context(small), actions(button(label, "go")))
    assert message_faults(made.blocks, made.text) == []
