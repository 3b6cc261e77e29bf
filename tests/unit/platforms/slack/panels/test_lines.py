"""A line of text as options: in their order, by name, and advice for whatever cannot be read."""

from __future__ import annotations

import pytest

from bot.platforms.slack.panels.lines import find, read, usage
from bot.services.errors import Refusal
from bot.services.panels import Option, OptionKind, PanelCommand

EXAM = PanelCommand(
    name="exam",
    summary="An exam.",
    options=(
        Option(name="topics", summary="From which topics"),
        Option(name="number", summary="How many questions", kind=OptionKind.NUMBER),
        Option(name="level", summary="How hard", choices=("easy", "Hard")),
    ),
)
DUEL = PanelCommand(
    name="duel",
    summary="A duel.",
    options=(
        Option(name="member", summary="Whom", kind=OptionKind.MEMBER, required=True),
        Option(name="topic", summary="About what"),
    ),
)
FLAG = PanelCommand(
    name="question",
    word="flag",
    summary="Flag it.",
    options=(
        Option(name="key", summary="Which question", required=True),
        Option(name="why", summary="What is wrong", required=True),
    ),
)
PREVIEW = PanelCommand(name="question", word="preview", summary="Look at it.")


@pytest.mark.parametrize(
    ("command", "text", "values"),
    [
        (EXAM, "", {}),
        (EXAM, "python", {"topics": "python"}),
        (EXAM, "system design", {"topics": "system design"}),
        (EXAM, "system design 10", {"topics": "system design", "number": "10"}),
        (EXAM, "python 10 hard", {"topics": "python", "number": "10", "level": "Hard"}),
        (EXAM, "10", {"number": "10"}),
        (EXAM, "number:10 python", {"topics": "python", "number": "10"}),
        (EXAM, "LEVEL:easy topics:“system design”", {"topics": "system design", "level": "easy"}),
        (EXAM, 'topics:"a &lt;b&gt; c"', {"topics": "a <b> c"}),
        (EXAM, "see http://x.example/ now", {"topics": "see http://x.example/ now"}),
        (DUEL, "<@U0ADA|ada>", {"member": "U0ADA"}),
        (DUEL, "sql joins <@U0ADA>", {"member": "U0ADA", "topic": "sql joins"}),
        (DUEL, "member:<@U0ADA> sql", {"member": "U0ADA", "topic": "sql"}),
        (FLAG, "lists-1 two are right: A &amp; B", {"key": "lists-1", "why": "two are right: A & B"}),
        (FLAG, "why:no lists-1", {"key": "lists-1", "why": "no"}),
    ],
)
def test_options_are_read_in_their_order_or_by_name(
    command: PanelCommand, text: str, values: dict[str, str]
) -> None:
    assert read(command, text, "/x") == values


@pytest.mark.parametrize(
    ("command", "text", "told"),
    [
        (EXAM, "level:harder", "one of `easy`, `Hard`, not `harder`"),
        (EXAM, "number:ten", "is a number, not `ten`"),
        (DUEL, "ada", "`member` is missing: Whom. Type it as `/x`"),
        (DUEL, "member:ada", "Mention the member"),
        (FLAG, "lists-1", "`why` is missing"),
        (PREVIEW, "lists-1", "I do not know what `lists-1` means here"),
    ],
)
def test_what_cannot_be_read_is_answered_with_how_to_type_it(
    command: PanelCommand, text: str, told: str
) -> None:
    with pytest.raises(Refusal, match=told):
        read(command, text, "/x")


def test_a_group_finds_its_command_by_the_first_word() -> None:
    commands = (EXAM, FLAG, PREVIEW)
    assert find(commands, "question", "Flag lists-1 it is wrong") == (FLAG, "lists-1 it is wrong")
    assert find(commands, "question", "burn lists-1") is None
    assert find(commands, "exam", "flag 3") == (EXAM, "flag 3")
    assert find(commands, "question", "") is None
    show = PanelCommand(name="question", word="show", summary="Look.")
    assert find((*commands, show), "question", " ") == (show, "")


def test_usage_says_what_is_needed_and_what_is_not() -> None:
    assert usage(EXAM) == "[topics] [number] [easy|Hard]"
    assert usage(DUEL) == "<@member> [topic]"
    assert usage(FLAG) == "flag <key> <why>"
