"""What admins set up: a channel's daily rounds in a dialog, pauses, help for a streak."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.domain.content import Difficulty
from bot.platforms.slack import dialogs
from bot.platforms.slack.arguments import read_day, read_time, shown
from bot.platforms.slack.blocks import Block, Element, context, plain
from bot.platforms.slack.cards import notice
from bot.platforms.slack.events import Event
from bot.platforms.slack.people import People
from bot.platforms.slack.replies import Replies
from bot.platforms.slack.typed import MEMBER, as_typed, mentioned_member
from bot.services.app import Services
from bot.services.commands import Actor, HelpStreak, PauseChannel, SetUpChannel
from bot.services.communities import admins_only
from bot.services.errors import BadSetting, Refusal

Who = Callable[[Event], Awaitable[Actor]]
TITLE = "Daily rounds"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CONTENT = {"question": "A question", "challenge": "A code challenge"}


@dataclass(frozen=True, slots=True)
class Admins:
    """The commands of those who manage a workspace; the services check the right once more."""

    services: Services
    replies: Replies
    people: People

    async def command(self, event: Event, who: Who, word: str, rest: str) -> None:
        """``/warmup WORD REST``. Raises ``Refusal``."""
        match word:
            case "setup" if rest:
                await self._set_up_by_text(event, await who(event), as_typed(rest).split())
            case "setup":
                await self.dialog(event, who)
            case "pause" | "resume":
                pause = PauseChannel(actor=await who(event), paused=word == "pause")
                await self.replies.private(event, notice(await self.services.communities.pause(pause)))
            case "freeze" | "repair":
                await self._help(event, await who(event), word, rest)
            case _:
                raise Refusal(
                    "unknown_command", f"I do not know `{shown(word)}`. Type the command with `help`."
                )

    async def _set_up_by_text(self, event: Event, actor: Actor, given: list[str]) -> None:
        """``/warmup setup 09:00 Europe/Berlin``."""
        zone = given[1] if len(given) > 1 else await self._zone(event)
        set_up = SetUpChannel(actor=actor, post_at=read_time(given[0]), zone=zone)
        await self.replies.private(event, notice(await self.services.communities.set_up(set_up)))

    async def _help(self, event: Event, actor: Actor, word: str, rest: str) -> None:
        member = mentioned_member(rest)
        if member is None:
            raise Refusal("no_member", f"Mention the member, as in `{word} @ada`.")
        words = MEMBER.sub("", rest).split()
        if word == "repair" and not words:
            raise Refusal("no_day", "Say which day, as in `repair @ada 2026-11-20`.")
        day = read_day(words.pop(0)) if word == "repair" else None
        why = as_typed(" ".join(words)) or "by an admin"
        helped = HelpStreak(actor=actor, event_id=event.id, member=member, day=day, why=why)
        await self.replies.private(event, notice(await self.services.streaks.help(helped)))

    async def _zone(self, event: Event) -> str:
        """The zone of whoever asks, as Slack knows it."""
        person = await self.people.get(self.replies.web(event), event.team, event.user, event.user_name)
        return person.zone or "UTC"

    async def dialog(self, event: Event, who: Who, *, choose: bool = False) -> None:
        """Open the dialog at once, then fill it for those who may use it; with ``choose`` for any channel."""
        view_id = await self.replies.open_view(event, dialogs.loading(TITLE))
        try:
            actor = await who(event)
            admins_only(actor)
            topics = list(await self.services.banks.topics(actor))
            view = setup_view(dialogs.origin_of(event, ""), await self._zone(event), topics, choose=choose)
        except Refusal as refusal:
            view = dialogs.told(TITLE, refusal.text, ok=False)
        if not view_id or not await self.replies.update_view(event, view_id, view):
            raise Refusal("dialog", "The dialog could not be opened. Please try once more.")

    async def submitted(self, event: Event, who: Who, view: Mapping[str, Any]) -> None:
        """The dialog came back."""
        event = dialogs.read_origin(view.get("private_metadata")).place(event)
        chosen = str(dialogs.field(view, "channel").get("selected_conversation") or "")
        if chosen:
            event = replace(event, channel=chosen, channel_name="")
        try:
            told = await self.services.communities.set_up(read_setup(await who(event), view))
        except Refusal as refusal:
            shown_ = dialogs.told(TITLE, f"**Not saved.** {refusal.text}", ok=False)
            if not await self.replies.update_view(event, str(view.get("id", "")), shown_):
                raise
            return
        if not await self.replies.update_view(event, str(view.get("id", "")), dialogs.told(TITLE, told.text)):
            await self.replies.private(event, notice(told))


def setup_view(origin: dialogs.Origin, zone: str, topics: list[str], *, choose: bool = False) -> dialogs.View:
    """The dialog for a channel's daily rounds; with ``choose`` the channel is a field of it."""
    days = [_option(name, str(number)) for number, name in enumerate(DAYS, 1)]
    content = [_option(text, value) for value, text in CONTENT.items()]
    now = _option("Post today's round now", "now")
    channel: list[Block] = []
    if choose:
        places = {"include": ["public", "private"], "exclude_bot_users": True}
        channel = [_input("channel", "Channel", {"type": "conversations_select", "filter": places})]
    blocks: list[Block] = [
        *channel,
        _input("time", "Time of day", {"type": "timepicker", "initial_time": "09:00"}),
        _input(
            "zone", "Time zone, such as Europe/Berlin", {"type": "plain_text_input", "initial_value": zone}
        ),
        _input("days", "Days", {"type": "checkboxes", "options": days, "initial_options": days[:5]}),
        _input("content", "Each day", {"type": "checkboxes", "options": content, "initial_options": content}),
        _input(
            "difficulties",
            "Difficulties (none chosen: all)",
            {"type": "checkboxes", "options": [_option(str(each), str(each)) for each in Difficulty]},
            optional=True,
        ),
    ]
    if topics:
        options = [_option(topic, topic) for topic in topics[:100] if len(topic) <= 75]
        element = {"type": "multi_static_select", "options": options}
        blocks.append(_input("topics", "Topics (none chosen: all)", element, optional=True))
    blocks.append(_input("now", "Start", {"type": "checkboxes", "options": [now]}, optional=True))
    if not choose:
        blocks.append(context("The rounds come to the channel where you typed the command."))
    return dialogs.view(TITLE, blocks, callback="setup", submit="Save", private_metadata=origin.written())


def read_setup(actor: Actor, view: Mapping[str, Any]) -> SetUpChannel:
    """What the dialog says. Raises ``BadSetting``."""
    chosen = {name: _chosen(view, name) for name in ("days", "content", "difficulties", "topics", "now")}
    picked = str(dialogs.field(view, "time").get("selected_time") or "")
    try:
        post_at = datetime.strptime(picked, "%H:%M").time()  # noqa: DTZ007 - a local time of day
    except ValueError:
        raise BadSetting("bad_time", "Choose a time of day.") from None
    zone = str(dialogs.field(view, "zone").get("value") or "").strip()
    return SetUpChannel(
        actor=actor,
        post_at=post_at,
        zone=zone,
        days=frozenset(int(day) for day in chosen["days"] if day.isdigit()),
        topics=tuple(chosen["topics"]),
        difficulties=tuple(Difficulty(each) for each in chosen["difficulties"] if each in list(Difficulty)),
        question="question" in chosen["content"],
        challenge="challenge" in chosen["content"],
        at_once="now" in chosen["now"],
    )


def _chosen(view: Mapping[str, Any], name: str) -> list[str]:
    options = dialogs.field(view, name).get("selected_options") or ()
    return [str(option.get("value", "")) for option in options]


def _option(text: str, value: str) -> Element:
    return {"text": plain(text, 75), "value": value[:75]}


def _input(name: str, label: str, element: Element, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label, 2_000),
        "element": {**element, "action_id": name},
        "optional": optional,
    }
