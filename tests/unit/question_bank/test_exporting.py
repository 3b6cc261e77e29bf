"""What is exported and imported again is the same, by property; and what cannot be is said."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.content import Item, Kind
from bot.question_bank.exporting import EXPORT_FORMATS, export
from bot.question_bank.reading import read_bank
from tests.unit.question_bank.values import challenges, flashcards, multiple_choice

RELAXED = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def stripped(item: Item) -> Item:
    """Without space around texts, which the other formats do not keep; and without pictures."""
    options = tuple(
        replace(option, text=option.text.strip(), explanation=option.explanation.strip())
        for option in item.options
    )
    meta = replace(item.meta, hints=tuple(hint.strip() for hint in item.meta.hints), key=item.meta.key)
    return replace(
        item, meta=meta, options=options, prompt=item.prompt.strip(), explanation=item.explanation.strip(),
        answer=item.answer.strip(),
    )  # fmt: skip


def read_back(text: str, suffix: str, name: str):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"bank{suffix}"
        path.write_text(text, encoding="utf-8", newline="")
        return read_bank(path, name)


def unique(values):
    return st.lists(values.map(stripped), min_size=1, max_size=3, unique_by=lambda item: item.meta.key)


@pytest.mark.parametrize("name", ["gift", "moodle", "csv"])
@RELAXED
@given(values=unique(multiple_choice))
def test_multiple_choice_survives(name, values):
    exported = export(values, name)
    assert exported.left_out == ()
    reading = read_back(exported.text, exported.suffix, name)
    assert reading.problems == ()
    assert [found.item for found in reading.items] == values


@RELAXED
@given(values=unique(flashcards))
def test_cards_survive_as_anki_notes(values):
    exported = export(values, "anki")
    reading = read_back(exported.text, exported.suffix, "anki")
    told = {each.code for each in reading.problems}
    assert told <= {"bank.sound"}
    kept = [item for item in values if "[sound:" not in item.prompt + item.answer]
    assert [
        (found.item.meta.key, found.item.prompt, found.item.answer, found.item.explanation)
        for found in reading.items
    ] == [(item.meta.key, item.prompt, item.answer, item.explanation) for item in kept]
    assert [(found.item.meta.author, found.item.meta.licence) for found in reading.items] == [
        (item.meta.author, item.meta.licence) for item in kept
    ]


@pytest.mark.parametrize("name", [name for name in EXPORT_FORMATS if name != "native"])
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(challenge=challenges)
def test_what_a_format_cannot_hold_is_said(name, challenge):
    assert export([challenge], name).left_out == (challenge,)


def test_multiple_choice_can_be_learnt_as_cards(read_text):
    (found,) = read_text("prompt: Which?\noptions: [a, {text: b, right: true, why: Since.}]").items
    exported = export([found.item], "anki")
    (card,) = read_back(exported.text, ".txt", "anki").items
    assert (card.item.kind, card.item.prompt) == (Kind.FLASHCARD, "Which?\n\nA. a\nB. b")
    assert card.item.answer == "B. b Since."


def test_an_unknown_format_is_an_error():
    with pytest.raises(KeyError):
        export([], "docx")
