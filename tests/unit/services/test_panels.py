"""Panels: found by name, pressed by name, and never too long for a button."""

from datetime import UTC, datetime

import pytest

from bot.services.cards import Notice
from bot.services.commands import Actor, Platform
from bot.services.errors import NotFound
from bot.services.panels import (
    Feature,
    Form,
    Input,
    OpenPanel,
    Panel,
    PanelCommand,
    Panels,
    Press,
    PressPanel,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADA = Actor(platform=Platform.PLAYGROUND, community="home", channel="general", member="ada", name="Ada")


async def deck(request: OpenPanel) -> Panel:
    return Panel(title=f"Deck {request.values.get('topic', 'of all')}")


async def flip(request: PressPanel) -> Notice:
    return Notice(f"{request.actor.name} flipped {request.arguments[0]}")


async def ask(request: PressPanel) -> Form:
    return Form(f"Card {request.arguments[0]}", (Input(name="answer", label="Your answer"),))


REVIEW = Feature(
    commands=((PanelCommand(name="review", summary="What is due"), deck),),
    presses={"review.flip": flip},
    forms={"review.flip": ask},
)


async def test_a_command_is_found_by_its_name():
    panels = Panels([REVIEW])
    request = OpenPanel(actor=ADA, event_id="1", at=AT, values={"topic": "sql"})
    assert await panels.open("review", "", request) == Panel(title="Deck sql")
    assert [command.name for command in panels.commands] == ["review"]


async def test_a_press_reaches_its_handler_with_its_arguments():
    request = PressPanel(actor=ADA, event_id="1", at=AT, arguments=("7",))
    assert await Panels([REVIEW]).press("review.flip", request) == Notice("Ada flipped 7")


async def test_a_press_that_asks_has_its_form_made_when_it_is_pressed():
    request = PressPanel(actor=ADA, event_id="1", at=AT, arguments=("7",))
    assert (await Panels([REVIEW]).form("review.flip", request)).title == "Card 7"
    with pytest.raises(NotFound, match="earlier version"):
        await Panels([REVIEW]).form("review.burn", request)
    with pytest.raises(ValueError, match="belongs to no press"):
        Panels([Feature(forms={"review.flip": ask})])


async def test_what_no_feature_knows_is_said_so():
    with pytest.raises(NotFound, match="no command `/exam new`"):
        await Panels([REVIEW]).open("exam", "new", OpenPanel(actor=ADA, event_id="1", at=AT))
    with pytest.raises(NotFound, match="earlier version"):
        await Panels([REVIEW]).press("review.burn", PressPanel(actor=ADA, event_id="1", at=AT))


def test_two_features_never_share_a_name():
    with pytest.raises(ValueError, match="/review"):
        Panels([REVIEW, REVIEW])
    with pytest.raises(ValueError, match=r"review\.flip"):
        Panels([REVIEW, Feature(presses={"review.flip": flip})])


def test_a_press_that_fits_no_button_is_refused_when_it_is_made():
    assert Press(label="Flip", name="review.flip", arguments=("7", "a")).key == "review.flip:7:a"
    with pytest.raises(ValueError, match="longer than 80"):
        Press(label="Flip", name="review.flip", arguments=("x" * 80,))
    with pytest.raises(ValueError, match="neither"):
        Press(label="Flip", name="review.flip", arguments=("a:b",))
