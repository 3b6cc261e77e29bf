"""How a line that is a panel's command is read, and what is said when it cannot be."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.playground.commands import Choices
from bot.platforms.playground.panel_lines import completed, read_line
from bot.services.errors import Refusal
from bot.services.panels import Option, OptionKind, PanelCommand

GRADE = PanelCommand(
    name="review",
    word="grade",
    summary="Grade it",
    options=(
        Option(name="how", summary="How it went", choices=("again", "good"), required=True),
        Option(name="member", summary="Whose", kind=OptionKind.MEMBER),
        Option(name="count", summary="How many", kind=OptionKind.NUMBER),
        Option(name="note", summary="Anything to add"),
    ),
)
COMMANDS = (
    PanelCommand(name="review", summary="What is due", options=(Option(name="topic", summary="Of what"),)),
    GRADE,
    PanelCommand(
        name="deck",
        word="load",
        summary="Load a deck",
        options=(
            Option(name="file", summary="The deck", kind=OptionKind.FILE, required=True),
            Option(name="title", summary="Its title", required=True),
        ),
    ),
    PanelCommand(name="deck", word="drop", summary="Drop a deck"),
    PanelCommand(name="league", word="join", summary="Join one"),
    PanelCommand(name="league", word="show", summary="Show it"),
)
CHOICES = Choices(people=(("ada", "Ada"), ("mei lin", "Mei Lin")))


@pytest.mark.parametrize(
    ("line", "word", "values"),
    [
        ("/review", "", {}),
        ("  /REVIEW ", "", {}),
        ("/review data structures", "", {"topic": "data structures"}),
        ("/review topic:data structures", "", {"topic": "data structures"}),
        ("/review grade good", "grade", {"how": "good"}),
        ("/review GRADE Good @Mei Lin 3 went well", "grade",
         {"how": "good", "member": "mei lin", "count": "3", "note": "went well"}),
        ("/review grade again went badly", "grade", {"how": "again", "note": "went badly"}),
        ('/review grade note:"was hard" how:again', "grade", {"how": "again", "note": "was hard"}),
        ("/review grade good count:7", "grade", {"how": "good", "count": "7"}),
        ("/deck load My first\ndeck", "load", {"title": "My first\ndeck"}),
        ("/deck drop", "drop", {}),
        ("/league", "show", {}),
        ("/league show", "show", {}),
    ],
)  # fmt: skip
def test_a_line_is_read(line: str, word: str, values: dict[str, str]) -> None:
    found = read_line(line, COMMANDS, CHOICES)
    assert found is not None
    assert (found.command.word, found.values) == (word, values)


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("/review grade", "That needs how: `/review grade again|good [member] [count] [note]`"),
        ("/review grade god", "how is `again` or `good`, not `god`; did you mean `good`?"),
        ("/review grade good member:Mai", "There is nobody called `Mai`"),
        ("/review grade good count:many", "count is a number, not `many`"),
        ("/deck", "`/deck` goes on with `load` or `drop`."),
        ("/deck lod", "did you mean `load`?"),
        ("/deck drop it", "I do not understand `it`: it is typed `/deck drop`."),
        ("/deck load", "That needs title"),
    ],
)
def test_a_line_that_cannot_be_read_is_answered_with_advice(line: str, advice: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_line(line, COMMANDS, CHOICES)
    assert advice in refusal.value.text


def test_other_commands_are_left_to_others() -> None:
    assert read_line("/quiz sql", COMMANDS, CHOICES) is None
    assert read_line("/", COMMANDS, CHOICES) is None


def test_what_the_completion_shows() -> None:
    shown = completed(GRADE)
    assert shown.name == "review grade"
    assert shown.arguments == ("review grade how", "people")
    assert COMMANDS[2].usage == "/deck load + a file title"


@given(st.text(max_size=60))
def test_any_line_is_read_or_refused(rest: str) -> None:
    for name in ("review", "review grade", "deck", "deck load"):
        with suppress(Refusal):
            read_line(f"/{name} {rest}", COMMANDS, CHOICES)
