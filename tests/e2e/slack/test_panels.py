"""Panels on Slack: typed, pressed, filled in, with pictures and files, and from the outbox."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from bot.services.cards import Notice
from bot.services.errors import Refusal
from bot.services.panels import (
    Attachment,
    Feature,
    Form,
    Input,
    OpenPanel,
    Option,
    OptionKind,
    Panel,
    PanelCommand,
    Picture,
    PostPanel,
    Press,
    PressPanel,
    Prose,
    Spoiler,
)
from bot.services.queues import DeliveryKind, NewDelivery
from tests.e2e.slack.conftest import ADA, GRACE, Slack
from tests.e2e.slack.server import CHANNEL
from tests.e2e.slack.test_commands import told

PNG = b"\x89PNG fake"


def card(number: int, *, public: bool = False) -> Panel:
    turn = Press(label="Turn", name="deck.turn", arguments=(str(number),))
    note = Press(label="Note", name="deck.note", arguments=(str(number),), asks=True)
    return Panel(
        title=f"Card {number}",
        blocks=(Spoiler("Back", "It is **42**"),),
        presses=((turn, note),),
        public=public,
    )


async def deck(request: OpenPanel) -> Panel:
    return card(1, public=request.values.get("where") == "everybody")


async def turn(request: PressPanel) -> Panel | Notice:
    number = int(request.arguments[0])
    return Notice("That was the last one.") if number > 1 else card(number + 1)


async def note_form(request: PressPanel) -> Form:
    return Form("A note", (Input(name="note", label=f"On card {request.arguments[0]}", long=True),))


async def note(request: PressPanel) -> Panel:
    if len(request.values["note"]) < 3:
        raise Refusal("too_short", "A note has three letters or more.")
    return Panel(title="Noted", blocks=(Prose(request.values["note"]),))


async def report(request: OpenPanel) -> Panel:
    blocks = (Picture("a.png", PNG, "a curve that rises"), Attachment("a.csv", b"a,b\n", "text/csv"))
    return Panel(title="Report", blocks=blocks, public=request.values.get("where") == "everybody")


async def load(request: OpenPanel) -> Panel:
    (file,) = request.files
    if not file.content.startswith(b"ok"):
        raise Refusal("bad_file", f"Line 1 of {file.name} is not ok.")
    return Panel(title=f"{file.name} as {request.values['name']}: {len(file.content)} bytes")


async def daily(request: PostPanel) -> Panel:
    return Panel(title=f"Due today: {request.subject}", blocks=(Picture("b.png", PNG, "two bars"),))


WHERE = Option(name="where", summary="Who sees it", choices=("me", "everybody"))
DECK = Feature(
    commands=(
        (PanelCommand(name="deck", summary="Cards.", options=(WHERE,)), deck),
        (PanelCommand(name="bank", word="report", summary="A report.", options=(WHERE,)), report),
        (
            PanelCommand(
                name="bank",
                word="load",
                summary="Load a file.",
                options=(
                    Option(name="file", summary="The bank", kind=OptionKind.FILE, required=True),
                    Option(name="name", summary="Its name", required=True),
                ),
                admin=True,
            ),
            load,
        ),
    ),
    presses={"deck.turn": turn, "deck.note": note},
    forms={"deck.note": note_form},
    posts={"deck.daily": daily},
)


@pytest.fixture
def features() -> Sequence[Feature]:
    return [DECK]


def values(message: dict[str, Any], block: str = "row0") -> list[str]:
    return [e["value"] for b in message["blocks"] if b.get("block_id") == block for e in b["elements"]]


def as_words(message: dict[str, Any]) -> str:
    """What a message tells in notifications."""
    return str(message["text"])


def pictured(slack: Slack) -> list[dict[str, Any]]:
    """The messages with a picture in them."""
    return [m.values for m in slack.server.messages if '"image"' in json.dumps(m.values)]


async def press(slack: Slack, value: str, *, action: str = "panel", hidden: bool = True, **more: Any) -> Any:
    """Press a panel's button in a message of the channel."""
    body = slack.press_body(
        {"type": "button", "action_id": f"{action}|0.0", "block_id": "row0", "value": value}, **more
    )
    container = {"type": "message", "channel_id": CHANNEL, "is_ephemeral": hidden}
    await slack.server.send("interactive", {**body, "container": container})
    return body


async def the_view(slack: Slack, callback: str) -> dict[str, Any]:
    found: dict[str, Any] = await slack.server.until(
        lambda: next((v for v in slack.server.views.values() if v.get("callback_id") == callback), None)
    )
    return found


async def test_a_command_shows_a_panel_to_its_reader_and_a_press_puts_the_next_in_its_place(
    slack: Slack,
) -> None:
    await slack.command("deck")
    shown = await slack.server.private(ADA)
    assert "Card 1" in told(shown)
    await press(slack, values(shown)[0])
    following = await slack.server.private(ADA, 2)
    assert "Card 2" in told(following)
    assert following["replace_original"] is True
    await press(slack, values(following)[0])
    notice = await slack.server.private(ADA, 3)
    assert "last one" in told(notice)
    assert notice["replace_original"] is False


async def test_a_public_panel_is_for_everybody_and_a_private_answer_never_replaces_it(slack: Slack) -> None:
    await slack.command("deck", "everybody")
    await slack.server.until(slack.server.in_channel)
    shown = slack.server.in_channel()[0].values
    await press(slack, values(shown)[0], hidden=False)
    answer = await slack.server.private(ADA)
    assert answer["replace_original"] is False


async def test_a_spoiler_opens_in_a_dialog_of_ones_own(slack: Slack) -> None:
    await slack.command("deck")
    shown = await slack.server.private(ADA)
    (value,) = values(shown, "spoilers0")
    await press(slack, value, action="spoiler")
    await slack.server.until(lambda: slack.server.called("views.open"))
    assert "42" in json.dumps(slack.server.views)


async def test_a_form_opens_at_once_and_its_answer_takes_the_place_of_the_panel(slack: Slack) -> None:
    await slack.command("deck")
    await press(slack, values(await slack.server.private(ADA))[1], action="ask")
    view = await the_view(slack, "panel")
    assert "On card 1" in json.dumps(view)
    acknowledged = await slack.submit_view(view, {"note": {"value": "off <by> one"}})
    assert not acknowledged.get("payload")
    answer = await slack.server.private(ADA, 2)
    assert "off <by> one" in told(answer)
    assert answer["replace_original"] is True


async def test_a_form_that_is_refused_stays_open_with_what_was_typed(slack: Slack) -> None:
    await slack.command("deck")
    await press(slack, "deck.note:1", action="ask")
    view = await the_view(slack, "panel")
    acknowledged = await slack.submit_view(view, {"note": {"value": "no"}})
    again = acknowledged["payload"]["view"]
    assert acknowledged["payload"]["response_action"] == "update"
    assert "three letters or more" in json.dumps(again)
    assert again["blocks"][-1]["element"]["initial_value"] == "no"


async def test_a_redelivered_form_is_taken_once(slack: Slack) -> None:
    await slack.command("deck")
    await press(slack, "deck.note:1", action="ask")
    view = await the_view(slack, "panel")
    for _ in range(2):
        await slack.submit_view(view, {"note": {"value": "just once"}})
    await slack.server.private(ADA, 2)
    await slack.app.drain(5)
    assert len([m for m in slack.server.messages if "just once" in json.dumps(m.values)]) == 1


async def test_in_app_home_a_panel_is_a_dialog_and_its_form_lies_on_top(slack: Slack) -> None:
    home = {"id": "VHOME", "type": "home"}
    body = {"type": "button", "action_id": "panel|0.0", "block_id": "b", "value": "deck.turn:1"}
    payload = {**slack.press_body(body), "view": home, "container": {"type": "view", "view_id": "VHOME"}}
    for name in ("channel", "response_url"):
        del payload[name]
    await slack.server.send("interactive", payload)
    view = await slack.server.until(
        lambda: next((v for v in slack.server.views.values() if "Card 2" in json.dumps(v)), None)
    )
    ask = {**slack.press_body({**body, "action_id": "ask|0.1", "value": "deck.note:2"})}
    for name in ("channel", "response_url"):
        del ask[name]
    await slack.server.send("interactive", {**ask, "view": view, "container": {"type": "view"}})
    form = await the_view(slack, "panel")
    assert slack.server.called("views.push")
    await slack.submit_view({**form, "root_view_id": view["id"]}, {"note": {"value": "from home"}})
    await slack.server.until(lambda: "from home" in json.dumps(slack.server.views[view["id"]]))
    assert not slack.server.messages


async def test_pictures_are_uploaded_once_and_files_come_directly(slack: Slack) -> None:
    for _ in range(2):
        await slack.command("bank", "report")
    await slack.server.until(lambda: len(pictured(slack)) == 2)
    assert pictured(slack)[1]["blocks"][1]["alt_text"] == "a curve that rises"
    await slack.app.drain(5)
    pictures = [upload for upload in slack.server.uploads.values() if upload.name == "a.png"]
    files = [upload for upload in slack.server.uploads.values() if upload.name == "a.csv"]
    assert [(one.content, one.channel, one.alt) for one in pictures] == [(PNG, "", "a curve that rises")]
    assert [one.channel for one in files] == [f"D-{ADA}"] * 2


async def test_the_files_of_a_public_panel_are_in_its_channel(slack: Slack) -> None:
    await slack.command("bank", "report where:everybody")
    await slack.server.until(lambda: [u for u in slack.server.uploads.values() if u.channel == CHANNEL])
    assert "image" in json.dumps(slack.server.in_channel()[0].values)


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_a_picture_that_slack_does_not_take_is_told_in_words(slack: Slack, method: str) -> None:
    slack.server.fail(method, "missing_scope", "missing_scope")
    await slack.command("bank", "report")
    assert "a curve that rises" in told(await slack.server.private(ADA))


async def test_a_picture_that_slack_lost_again_is_told_in_words(slack: Slack) -> None:
    await slack.command("bank", "report")
    await slack.server.until(lambda: pictured(slack))
    await slack.app.drain(5)
    slack.server.messages.clear()
    slack.server.uploads.clear()
    await slack.command("bank", "report")
    assert '"image"' not in told(await slack.server.private(ADA))


async def test_a_command_with_a_file_asks_for_it_in_a_dialog(slack: Slack) -> None:
    slack.server.files["b.yaml"] = b"ok " * 200_000
    await slack.command("bank", "load name:mine")
    view = await the_view(slack, "panel-files")
    assert "mine" in json.dumps(view)
    file = {"files": [slack.server.file("b.yaml")]}
    acknowledged = await slack.submit_view(view, {"file": file, "name": {"value": "mine"}})
    assert acknowledged["payload"]["response_action"] == "update"
    await slack.server.until(
        lambda: "b.yaml as mine: 600000 bytes" in json.dumps(slack.server.views[view["id"]])
    )


async def test_a_file_that_is_refused_leaves_the_dialog_with_the_reason(slack: Slack) -> None:
    slack.server.files["b.yaml"] = b"no"
    await slack.command("bank", "load mine")
    view = await the_view(slack, "panel-files")
    file = {"files": [slack.server.file("b.yaml")]}
    await slack.submit_view(view, {"file": file, "name": {"value": "mine"}})
    again = await slack.server.until(
        lambda: (
            "Line 1 of b.yaml is not ok." in json.dumps(slack.server.views[view["id"]])
            and slack.server.views[view["id"]]
        )
    )
    assert again["callback_id"] == "panel-files"
    assert "mine" in json.dumps(again)


async def test_an_unknown_word_of_a_group_is_met_with_those_there_are(slack: Slack) -> None:
    await slack.command("deck", "nonsense")
    assert "I do not know what `nonsense` means here" in as_words(await slack.server.private(ADA))


async def test_help_tells_admins_of_commands_for_admins_alone(slack: Slack) -> None:
    await slack.command("warmup", "help")
    await slack.command("warmup", "help", GRACE)
    assert "/bank load" in told(await slack.server.private(ADA))
    other = told(await slack.server.private(GRACE))
    assert "/bank load" not in other
    assert "/deck [me|everybody]" in other


async def test_a_button_of_an_earlier_version_says_so(slack: Slack) -> None:
    await press(slack, "gone:1")
    assert "earlier version" in told(await slack.server.private(ADA))
    await press(slack, "gone:1", action="ask")
    await slack.server.until(lambda: "earlier version" in json.dumps(slack.server.views))


@pytest.mark.parametrize("member", [True, False])
async def test_a_panel_from_the_outbox_reaches_its_member_or_its_channel(slack: Slack, member: bool) -> None:
    await slack.open_round()
    actor = slack.app._reader.command(slack.command_body("deck")).actor("Ada")
    async with slack.world.store.begin() as work:
        place = await work.directory.enter(actor)
        await work.deliveries.add(
            NewDelivery(
                key="due",
                platform=actor.platform,
                community=place.community.id,
                channel=place.channel.id,
                member=place.member.id if member else None,
                kind=DeliveryKind.PANEL,
                subject=7,
                text="deck.daily",
                due_at=slack.world.clock.now(),
            )
        )
    await slack.deliver()
    sent = slack.server.in_channel(f"D-{ADA}" if member else CHANNEL)[-1].values
    assert "Due today: 7" in told(sent)
    assert sent["blocks"][1]["alt_text"] == "two bars"
