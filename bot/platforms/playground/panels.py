"""Panels in the channel: opened by commands, pressed by buttons, asked by forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.platforms.playground.messages import Draft, History, Message
from bot.platforms.playground.panel_lines import Line
from bot.platforms.playground.people import CHANNEL
from bot.platforms.playground.replies import Event, Reaction, Replies, Upload
from bot.services.app import Services
from bot.services.cards import Notice
from bot.services.errors import Refusal
from bot.services.panels import Attachment, OpenPanel, OptionKind, Panel, PressPanel


class PanelConversation:
    """Hands commands and presses to the services' panels, and shows what they answer."""

    def __init__(self, services: Services, history: History, replies: Replies) -> None:
        self._panels = services.panels
        self._history = history
        self._replies = replies

    async def open(self, event: Event, line: Line, files: tuple[Upload, ...], invoked: str) -> Reaction:
        """A panel's command was typed. Raises ``Refusal``."""
        wants_file = any(option.kind is OptionKind.FILE for option in line.command.options)
        if files and not wants_file:
            raise Refusal("no_file", f"`/{line.command.name}` takes no file.")
        request = OpenPanel(
            actor=event.me.actor,
            event_id=event.id,
            at=event.at,
            values=line.values,
            files=tuple(Attachment(file.name, file.content, "application/octet-stream") for file in files),
        )
        answer = await self._panels.open(line.command.name, line.command.word, request)
        return await self._replies.add(event, self._draft(event, answer, invoked))

    async def press(self, event: Event, message: int, key: str, values: Mapping[str, str] | None) -> Reaction:
        """A button of the panel in ``message`` was pressed; ``values`` are its form's, if it asked."""
        shown = await self._history.get(message)
        try:
            if shown is None or not shown.visible_to(event.me.id):
                raise Refusal("gone", "That message is gone. Type the command again.")
            name, request = _request(event, key, values or {})
            answer = await self._panels.press(name, request)
        except Refusal as refusal:
            if values is not None:
                return Reaction(problem=refusal.text)
            return await self._replies.refuse(event, refusal)
        if self._takes_its_place(answer, shown):
            assert isinstance(answer, Panel)
            edited = await self._history.edit(shown, answer, even_if_changed=True)
            return Reaction((edited,) if edited else ())
        reaction = await self._replies.add(event, self._draft(event, answer, ""))
        gone = await self._history.get(message) is None
        return replace(reaction, stale=True) if gone else reaction

    async def form(self, event: Event, key: str) -> Reaction:
        """The form that a button opens before it is pressed."""
        try:
            name, request = _request(event, key, {})
            return Reaction(form=await self._panels.form(name, request))
        except Refusal as refusal:
            return await self._replies.refuse(event, refusal)

    @staticmethod
    def _takes_its_place(answer: Panel | Notice, shown: Message) -> bool:
        """Whether the answer replaces the panel that was pressed: never a public one by a private one."""
        if not isinstance(answer, Panel) or not isinstance(shown.body, Panel):
            return False
        return answer.replaces and (shown.private_to is not None or answer.public)

    def _draft(self, event: Event, answer: Panel | Notice, invoked: str) -> Draft:
        if isinstance(answer, Panel) and answer.public:
            return Draft(channel=CHANNEL, body=answer, invoked=invoked, invoked_by=event.me.name)
        return self._replies.private(event, answer, invoked)


def _request(event: Event, key: str, values: Mapping[str, str]) -> tuple[str, PressPanel]:
    name, *arguments = key.split(":")
    return name, PressPanel(
        actor=event.me.actor, event_id=event.id, at=event.at, arguments=tuple(arguments), values=values
    )
