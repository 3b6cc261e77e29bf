"""A feature made of panels, through every door: command, buttons, form, files, outbox; over a restart too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.services.cards import Notice
from bot.services.commands import Actor, Platform
from bot.services.errors import NotAllowed
from bot.services.panels import (
    Attachment,
    Code,
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
)
from bot.services.queues import DeliveryKind, NewDelivery
from tests.e2e.discord import limits
from tests.e2e.discord.server import ADA, CHANNEL, GRACE, GUILD
from tests.e2e.discord.world import Guild, close_guild, open_guild

PNG = b"\x89PNG\r\n\x1a\n"
TURN = Press(label="Turn", name="cards.turn", arguments=("7",))
NOTE = Press(label="Note", name="cards.note", arguments=("7",), asks=True)
SHARE = Press(label="Share", name="cards.share")


class Door:
    """Presses are answered as long as it is open; each test has its own."""

    open: asyncio.Event


async def cards(request: OpenPanel) -> Panel:
    topic = request.values.get("topic", "everything")
    return Panel(title=f"Front of {topic}", presses=((TURN, NOTE, SHARE),))


async def admit(request: OpenPanel) -> Panel:
    values = ", ".join(f"{name}={value}" for name, value in sorted(request.values.items()))
    content = request.files[0].content.decode() if request.files else "no file"
    return Panel(title="Admitted", blocks=(Prose(values), Code(content)))


async def forbid(request: OpenPanel) -> Panel:
    raise NotAllowed("admins_only", "Only admins may do that.")


async def turn(request: PressPanel) -> Panel:
    await Door.open.wait()
    return Panel(
        title=f"Back of {request.arguments[0]}",
        blocks=(Picture("back.png", PNG, "The back"), Attachment("all.json", b"{}", "application/json")),
        presses=((TURN,),),
    )


async def ask(request: PressPanel) -> Form:
    one = Input(name="mood", label="Mood", choices=(("good", "Good"), ("bad", "Bad")), value="good")
    return Form(f"Note on {request.arguments[0]}", (Input(name="note", label="Your note"), one))


async def note(request: PressPanel) -> Panel:
    await Door.open.wait()
    values = request.values
    return Panel(title="Noted", blocks=(Prose(f"{request.arguments[0]}: {values['note']} {values['mood']}"),))


async def share(request: PressPanel) -> Panel:
    await Door.open.wait()
    return Panel(title=f"{request.actor.name} shares", public=True, presses=((TURN, THANK),))


async def thank(request: PressPanel) -> Notice:
    return Notice("You are welcome.")


async def topics(actor: Actor) -> list[tuple[str, str]]:
    return [("sql", "SQL"), ("http", "HTTP")]


async def remind(request: PostPanel) -> Panel:
    return Panel(
        title=f"{request.subject} are due", blocks=(Picture("due.png", PNG, "Due"),), presses=((TURN,),)
    )


THANK = Press(label="Thank", name="cards.thank")
FEATURE = Feature(
    commands=(
        (
            PanelCommand(
                name="cards",
                summary="Flashcards",
                options=(Option(name="topic", summary="About", completes="subjects"),),
            ),
            cards,
        ),
        (
            PanelCommand(
                name="club",
                word="admit",
                summary="Let somebody in",
                options=(
                    Option(name="level", summary="Which", choices=("low", "high")),
                    Option(name="who", summary="Whom", kind=OptionKind.MEMBER, required=True),
                    Option(name="days", summary="How long", kind=OptionKind.NUMBER),
                    Option(name="proof", summary="A file", kind=OptionKind.FILE),
                ),
            ),
            admit,
        ),
        (PanelCommand(name="bank", word="burn", summary="Burn a bank", admin=True), forbid),
    ),
    presses={
        "cards.turn": turn,
        "cards.note": note,
        "cards.share": share,
        "cards.thank": thank,
    },
    forms={"cards.note": ask},
    posts={"cards.due": remind},
    suggestions={"subjects": topics},
)


@pytest.fixture
async def guild() -> AsyncIterator[Guild]:
    Door.open = asyncio.Event()
    Door.open.set()
    opened = await open_guild(FEATURE)
    yield opened
    await close_guild(opened)
    assert opened.server.refused == []


async def test_a_command_opens_a_panel_for_its_reader_alone(guild: Guild) -> None:
    opened = await guild.server.slash("cards", {"topic": "sql"})
    await guild.server.until(lambda: opened.message)
    assert "Front of sql" in opened.text
    assert opened.message["flags"] & limits.EPHEMERAL


async def test_an_option_suggests_what_its_feature_knows(guild: Guild) -> None:
    assert await guild.server.complete("cards", "topic", "ht") == [{"name": "HTTP", "value": "http"}]


async def test_a_group_takes_members_numbers_choices_and_files(guild: Guild) -> None:
    server = guild.server
    files = server.attach({"proof.txt": b"it is me"})
    resolved = {"attachments": files, "users": {GRACE["id"]: GRACE}}
    options = {"who": GRACE["id"], "days": 3, "level": "low", "proof": next(iter(files))}
    admitted = await server.slash("club admit", options, data_more={"resolved": resolved})
    await server.until(lambda: admitted.message)
    assert f"days=3, level=low, proof=proof.txt, who={GRACE['id']}" in admitted.text
    assert "it is me" in admitted.text


async def test_words_join_a_group_that_is_there_and_are_offered_to_admins(
    guild: Guild,
) -> None:
    server = guild.server
    bank = next(each for each in server.commands if each["name"] == "bank")
    assert {"list", "burn"} <= {each["name"] for each in bank["options"]}
    assert int(bank["default_member_permissions"]) == 0x20
    burnt = await server.slash("bank burn")
    await server.until(lambda: burnt.message)
    assert "Only admins may do that." in burnt.text


@pytest.mark.parametrize("quick", [True, False])
async def test_a_press_turns_the_panel_in_its_place(guild: Guild, quick: bool) -> None:
    server = guild.server
    opened = await server.slash("cards")
    await server.until(lambda: opened.message)
    if not quick:
        await guild.restart(after_s=0.0)
        Door.open.clear()
    turned = await server.press(opened.buttons["Turn"], opened.message)
    await server.until(lambda: turned.acknowledged)
    Door.open.set()
    await server.until(lambda: "Back of 7" in turned.text)
    assert turned.responses[0]["type"] == (7 if quick else 6)
    assert set(turned.files) == {"back.png", "all.json"}
    assert turned.followups == []


@pytest.mark.parametrize("quick", [True, False])
async def test_a_form_opens_first_and_its_values_come_with_the_press_after_a_restart_too(
    guild: Guild, quick: bool
) -> None:
    server = guild.server
    opened = await server.slash("cards")
    await server.until(lambda: opened.message)
    await guild.restart()
    asked = await server.press(opened.buttons["Note"], opened.message)
    await server.until(lambda: asked.acknowledged)
    if not quick:
        await guild.restart(after_s=0.0)
        Door.open.clear()
    noted = await server.fill(asked.modal, message=opened.message, note="remember")
    await server.until(lambda: noted.acknowledged)
    Door.open.set()
    await server.until(lambda: "Noted" in noted.text)
    assert "7: remember good" in noted.text


async def test_a_public_panel_is_for_everybody_and_what_it_answers_stays_private(guild: Guild) -> None:
    server = guild.server
    opened = await server.slash("cards")
    await server.until(lambda: opened.message)
    shared = await server.press(opened.buttons["Share"], opened.message)
    await server.until(lambda: shared.message)
    assert shared.responses[0]["type"] == 4
    assert not shared.message["flags"] & limits.EPHEMERAL
    for label, said in (("Turn", "Back of 7"), ("Thank", "You are welcome.")):
        answer = await server.press(shared.buttons[label], shared.message, by=GRACE)
        await server.until(lambda answer=answer: answer.message)
        assert answer.responses[0]["type"] == 4, "the shared message stays as it is"
        assert answer.message["flags"] & limits.EPHEMERAL
        assert said in answer.text


async def test_what_was_slow_goes_where_it_belongs_all_the_same(guild: Guild) -> None:
    server = guild.server
    opened = await server.slash("cards")
    await server.until(lambda: opened.message)
    await guild.restart(after_s=0.0)
    Door.open.clear()
    shared = await server.press(opened.buttons["Share"], opened.message)
    await server.until(lambda: shared.acknowledged)
    Door.open.set()
    await server.until(lambda: shared.followups)
    Door.open.clear()
    assert not shared.followups[0]["flags"] & limits.EPHEMERAL
    shown = {"components": shared.followups[0]["components"]}
    press = next(
        each["custom_id"] for each in limits.walk(shown["components"]) if each.get("label") == "Turn"
    )
    turned = await server.press(press, shared.followups[0], by=GRACE)
    await server.until(lambda: turned.acknowledged)
    Door.open.set()
    await server.until(lambda: turned.followups)
    assert turned.followups[0]["flags"] & limits.EPHEMERAL
    assert "Back of 7" in "\n".join(limits.texts(turned.followups[0]["components"]))


async def test_a_button_that_no_feature_knows_any_more_says_so(guild: Guild) -> None:
    server = guild.server
    opened = await server.slash("cards")
    await server.until(lambda: opened.message)
    (button,) = [each for each in limits.walk(opened.message["components"]) if each.get("label") == "Turn"]
    for gone in ("1:p:cards.burn:7", "1:f:cards.burn:7"):
        button["custom_id"] = gone
        pressed = await server.press(gone, opened.message)
        await server.until(lambda pressed=pressed: pressed.message)
        assert "earlier version" in pressed.text


@pytest.mark.parametrize("private", [True, False])
async def test_a_panel_from_the_outbox_is_sent_once(guild: Guild, private: bool) -> None:
    server, world = guild.server, guild.world
    actor = Actor(platform=Platform.DISCORD, community=GUILD, channel=CHANNEL, member=ADA["id"], name="Ada")
    async with world.store.begin() as work:
        place = await work.directory.enter(actor)
        await work.deliveries.add(
            NewDelivery(
                key="due:1",
                platform=Platform.DISCORD,
                community=place.community.id,
                channel=place.channel.id,
                kind=DeliveryKind.PANEL,
                subject=12,
                text="cards.due",
                member=place.member.id if private else None,
                due_at=world.clock.now(),
            )
        )
    channel = await server.direct_channel(ADA["id"]) if private else CHANNEL
    server.fail("POST", f"/channels/{channel}/messages", 502, after=True, times=5)
    await guild.deliver()
    guild.pass_time(600)
    await guild.deliver()
    (post,) = server.posts(channel)
    assert "12 are due" in "\n".join(limits.texts(post["components"]))
