"""Panels in conversation: commands open them, buttons press them, dialogs fill their forms in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.platforms.slack import cards, dialogs
from bot.platforms.slack.commands import Names
from bot.platforms.slack.events import Event
from bot.platforms.slack.handing_in import HandingIn
from bot.platforms.slack.markdown import markdown
from bot.platforms.slack.panels import forms, lines
from bot.platforms.slack.panels.drawing import draw, uncovered
from bot.platforms.slack.replies import Replies
from bot.platforms.slack.uploads import Uploads
from bot.services.cards import Notice
from bot.services.commands import Actor
from bot.services.errors import Refusal
from bot.services.panels import (
    Attachment,
    OpenPanel,
    OptionKind,
    Panel,
    PanelCommand,
    Panels,
    Picture,
    PressPanel,
)

PATIENCE_S = 1.5
"""How long a submitted form waits for its answer before Slack is told to show that it takes longer; Slack
itself waits three seconds."""
LONGEST_FILE = 8 * 1024 * 1024
"""Bytes of a file for a panel's command: a bank, not a submission."""
SENT_TO_YOU = "The file is in your direct messages with Warmup."
NOT_SENT = "Slack did not take the file. Please try once more; the app may have to be installed again."

Who = Callable[[Event], Awaitable[Actor]]
Answer = Panel | Notice
Work = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Submitted:
    """What comes of a submitted form: how the dialog changes (None closes it), and what to do after that."""

    view: dialogs.View | None
    after: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelTalk:
    """Hands commands, presses and forms to the services' panels and shows what they answer."""

    panels: Panels
    replies: Replies
    uploads: Uploads
    code: HandingIn
    names: Names
    who: Who

    def find(self, name: str, text: str) -> tuple[PanelCommand, str] | None:
        """The panel's command that was typed, and what follows it; None when it is none of these."""
        return lines.find(self.panels.commands, name, text)

    def words_of(self, name: str) -> list[str]:
        """The words that ``/name`` takes, for advice."""
        return lines.words_of(self.panels.commands, name)

    def usage(self, command: PanelCommand) -> str:
        """How the command is typed in this workspace."""
        return f"/{self.names.prefix}{command.name} {lines.usage(command)}".strip()

    async def command(self, event: Event, command: PanelCommand, text: str) -> None:
        """A command. One that takes a file asks for it in a dialog. Raises ``Refusal``."""
        values = lines.read(command, text, self.usage(command))
        if any(option.kind is OptionKind.FILE for option in command.options):
            origin = dialogs.origin_of(event, f"{command.name}:{command.word}")
            if not await self.replies.open_view(event, forms.upload_dialog(command, origin, values)):
                raise Refusal("dialog", "The dialog could not be opened. Please try once more.")
            return
        await self.show(event, await self._open(event, command, values))

    async def _open(
        self,
        event: Event,
        command: PanelCommand,
        values: Mapping[str, str],
        files: Sequence[Attachment] = (),
    ) -> Answer:
        actor = await self.who(event)
        request = OpenPanel(actor=actor, event_id=event.id, at=event.at, values=values, files=tuple(files))
        return await self.panels.open(command.name, command.word, request)

    async def pressed(self, event: Event, key: str, *, from_home: bool, only_reader: bool) -> None:
        """A button. ``only_reader``: nobody else sees what was pressed. In App Home a dialog opens for it."""
        if from_home:
            event = replace(event, view=await self.replies.open_view(event, dialogs.loading("Warmup")))
        try:
            answer = await self._press(event, key, {})
        except Refusal as refusal:
            answer = Notice(refusal.text, ok=False)
        await self.show(event, answer, pressed=only_reader)

    async def _press(self, event: Event, key: str, values: Mapping[str, str]) -> Answer:
        name, *arguments = key.split(":")
        return await self.panels.press(name, await self._request(event, arguments, values))

    async def _request(self, event: Event, arguments: Sequence[str], values: Mapping[str, str]) -> PressPanel:
        actor = await self.who(event)
        return PressPanel(
            actor=actor, event_id=event.id, at=event.at, arguments=tuple(arguments), values=values
        )

    async def ask(self, event: Event, key: str, *, only_reader: bool) -> None:
        """Open the form of a button: at once as a loading view, then with its fields."""
        about = ("" if only_reader else "~") + key
        view_id = await self.replies.open_view(event, dialogs.loading("Warmup"), on_top=True)
        if not view_id:
            raise Refusal("dialog", "The dialog could not be opened. Please try once more.")
        await self.replies.update_view(event, view_id, await self._form(event, key, about))

    async def _form(
        self, event: Event, key: str, about: str, typed: Mapping[str, str] | None = None, refused: str = ""
    ) -> dialogs.View:
        """The form as of now, or why there is none any more."""
        name, *arguments = key.split(":")
        try:
            form = await self.panels.form(name, await self._request(event, arguments, {}))
        except Refusal as refusal:
            return dialogs.told("Warmup", refused or refusal.text, ok=False)
        return forms.form_dialog(form, dialogs.origin_of(event, about), typed or {}, refused)

    async def submitted(self, event: Event, view: Mapping[str, Any]) -> Submitted:
        """A form came back: it closes when its press is taken, and stays with the reason when it is not.

        When that takes longer than a moment, the dialog says so and shows the answer later.
        """
        origin = dialogs.read_origin(view.get("private_metadata"))
        event = origin.place(event)
        key, only_reader = origin.about.removeprefix("~"), not origin.about.startswith("~")
        below = str(view.get("root_view_id") or "")
        if below != str(view.get("id", "")):
            event = replace(event, view=below)
        work = asyncio.ensure_future(self._taken(event, key, origin.about, forms.filled(view)))
        done, _ = await asyncio.wait({work}, timeout=PATIENCE_S)
        if done:
            answer = work.result()
            if isinstance(answer, dict):
                return Submitted(answer, _nothing)
            return Submitted(None, lambda: self.show(event, answer, pressed=only_reader))

        async def later() -> None:
            answer = await work
            if not isinstance(answer, dict):
                await self.show(replace(event, view=str(view.get("id", ""))), answer)
            elif not await self.replies.update_view(event, str(view.get("id", "")), answer):
                await self.replies.private(event, cards.notice(Notice("It was not taken.", ok=False)))

        return Submitted(dialogs.loading("Warmup"), later)

    async def _taken(
        self, event: Event, key: str, about: str, values: Mapping[str, str]
    ) -> Answer | dialogs.View:
        try:
            return await self._press(event, key, values)
        except Refusal as refusal:
            return await self._form(event, key, about, values, refusal.text)

    async def files_submitted(self, event: Event, view: Mapping[str, Any]) -> None:
        """The dialog of a command that takes a file came back; what comes of it is shown there."""
        origin = dialogs.read_origin(view.get("private_metadata"))
        event = replace(origin.place(event), view=str(view.get("id", "")))
        name, _, word = origin.about.partition(":")
        found = self.find(name, word)
        if found is None:
            raise Refusal("old_button", "That dialog is from an older version. Type the command again.")
        command, values = found[0], forms.filled(view)
        try:
            await self._progress(event, forms.uploads(view))
            files = [await self.code.download(event, file, LONGEST_FILE) for file in forms.uploads(view)]
            answer = await self._open(event, command, values, files)
        except Refusal as refusal:
            again = forms.upload_dialog(command, origin, values, refusal.text)
            if not await self.replies.update_view(event, event.view, again):
                raise
            return
        await self.show(event, answer)

    async def _progress(self, event: Event, uploads: Sequence[Mapping[str, Any]]) -> None:
        """Say what is being read, because that may take a while."""
        if uploads:
            size = int(uploads[0].get("size") or 0)
            name = str(uploads[0].get("name") or "").replace("`", "'")[:100]
            text = f"Reading `{name or 'the file'}`, {size / 1024:,.1f} KB, and checking what is in it…"
            await self.replies.update_view(event, event.view, dialogs.told("Warmup", text))

    async def uncover(self, event: Event, label: str, value: str) -> None:
        """Show what a spoiler hides, in a dialog."""
        try:
            text = uncovered(value)
        except ValueError:
            raise Refusal("old_button", "This button is from an earlier version.") from None
        blocks = [found] if (found := markdown(text)) else []
        view = dialogs.view(label, blocks or cards.notice(Notice("Nothing.")).blocks)
        if not await self.replies.open_view(event, view, on_top=True):
            raise Refusal("dialog", "The dialog could not be opened. Please try once more.")

    async def show(self, event: Event, answer: Answer, *, pressed: bool | None = None) -> None:
        """Show an answer. ``pressed``: None after a command, else whether only the reader saw the button.

        A panel takes the place of the one pressed when it wants to and has the same readers.
        """
        if isinstance(answer, Notice):
            told = replace(answer, text=self.names.told(answer.text))
            await self.replies.private(event, cards.notice(told))
            return
        pictures = [block for block in answer.blocks if isinstance(block, Picture)]
        web = self.replies.web(event)
        ids = await self.uploads.pictures(web, event.team, pictures) if pictures else {}
        instead = answer.replaces and pressed is not None and pressed is not answer.public
        card = draw(answer, ids, in_view=bool(event.view))
        plain = draw(answer, in_view=bool(event.view)) if ids else None
        await self.replies.private(event, card, replace=instead, public=answer.public, otherwise=plain)
        files = [block for block in answer.blocks if isinstance(block, Attachment)]
        if files:
            await self._share(event, answer, files)

    async def _share(self, event: Event, panel: Panel, files: Sequence[Attachment]) -> None:
        """Send the files of a panel: into its channel when it is public, else to the reader alone."""
        web = self.replies.web(event)
        public = panel.public and not event.is_direct
        channel = event.channel if public else await self.replies.direct_channel(event)
        sent = bool(channel) and await self.uploads.share(web, channel, files, event.thread if public else "")
        if not sent or not public:
            told = Notice(SENT_TO_YOU if sent else NOT_SENT, ok=sent)
            await self.replies.private(replace(event, view=""), cards.notice(told))


async def _nothing() -> None:
    """Nothing is left to do."""
