"""Every way to hand in code: a command's text, the dialog, a message, a message's menu, files."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.content import SourceFile
from bot.platforms.slack import cards, dialogs
from bot.platforms.slack.arguments import FENCE
from bot.platforms.slack.client import FAILURES, LONGEST_FILE, BadAddress, Clients
from bot.platforms.slack.events import Event
from bot.platforms.slack.replies import Replies, error_name
from bot.platforms.slack.typed import has_code, message_text
from bot.services.app import Services
from bot.services.cards import Receipt
from bot.services.commands import Actor, ShowChallenge, SubmitCode
from bot.services.errors import BadCode, NotAllowed, Refusal, TooMuch
from bot.services.panels import Attachment

log = logging.getLogger(__name__)

TITLE = "Submit code"
MOST_FILES = 40
"""Files of one message that are looked at."""


@dataclass(frozen=True, slots=True)
class HandingIn:
    """Takes code in and shows the receipt; the verdict comes from the outbox. Refusals are raised."""

    services: Services
    replies: Replies
    clients: Clients

    async def message(self, event: Event, actor: Actor, text: str, challenge: str | None) -> None:
        """Code in a text."""
        receipt = await self._submit(event, actor, challenge, text=text)
        await self._receive(event, receipt)

    async def written(
        self, event: Event, who: Callable[[Event], Awaitable[Actor]], message: Mapping[str, Any]
    ) -> bool:
        """A message with a code block or files; False when it has neither."""
        text = message_text(message, event.bot_user)
        uploads = [file for file in message.get("files") or () if isinstance(file, dict)]
        if not uploads and not has_code(text):
            return False
        actor = await who(event)
        challenge = await self._meant(actor, text)
        if uploads:
            receipt = await self._submit(event, actor, challenge, files=await self._read(event, uploads))
        else:
            receipt = await self._submit(event, actor, challenge, text=text)
        await self._receive(event, receipt)
        return True

    async def shortcut(
        self, event: Event, who: Callable[[Event], Awaitable[Actor]], message: Mapping[str, Any]
    ) -> None:
        """ "Submit for grading" in the menu of a message: one's own, with code in it."""
        if message.get("user") != event.user:
            raise NotAllowed("not_your_message", "Only the author of a message can hand in its code.")
        edited = (message.get("edited") or {}).get("ts", "")
        event = replace(event, id=f"message:{event.channel}:{message.get('ts', '')}:{edited}")
        if not await self.written(event, who, message):
            raise BadCode("no_code", "There is no code block and no file in that message.")

    async def dialog(
        self, event: Event, who: Callable[[Event], Awaitable[Actor]], challenge: str | None
    ) -> None:
        """Open the dialog at once, then put the challenge's starter into it."""
        view_id = await self.replies.open_view(event, dialogs.loading(TITLE))
        if not view_id:
            raise Refusal("dialog", "The dialog could not be opened. Please try once more.")
        try:
            card = await self.services.challenges.show(ShowChallenge(actor=await who(event), name=challenge))
        except Refusal as refusal:
            await self.replies.update_view(event, view_id, dialogs.told(TITLE, refusal.text, ok=False))
            return
        origin = dialogs.origin_of(event, card.key)
        await self.replies.update_view(event, view_id, dialogs.code(card, origin))

    async def submitted(
        self, event: Event, who: Callable[[Event], Awaitable[Actor]], view: Mapping[str, Any]
    ) -> None:
        """The dialog came back. The same dialog with the same code is the same submission."""
        origin = dialogs.read_origin(view.get("private_metadata"))
        code = str(dialogs.field(view, dialogs.CODE).get("value") or "")
        uploads = dialogs.field(view, dialogs.FILES).get("files") or []
        said = hashlib.sha256(f"{code}\n{[file.get('id') for file in uploads]}".encode()).hexdigest()[:16]
        event = replace(origin.place(event), id=f"view:{view.get('id', '')}:{said}")
        view_id = str(view.get("id", ""))
        actor = await who(event)
        try:
            files = await self._read(event, uploads) if uploads else (SourceFile("", code),)
            receipt = await self._submit(event, actor, origin.about or None, files=files)
        except Refusal as refusal:
            await self._again(event, actor, view_id, origin, code, refusal)
            return
        shown = cards.receipt(receipt)
        if not await self.replies.update_view(event, view_id, dialogs.view(TITLE, shown.blocks)):
            await self._receive(event, receipt)

    async def _again(
        self, event: Event, actor: Actor, view_id: str, origin: dialogs.Origin, code: str, refusal: Refusal
    ) -> None:
        """The dialog once more, with what was typed and the reason; as a message when it was closed."""
        try:
            show = ShowChallenge(actor=actor, name=origin.about or None)
            card = await self.services.challenges.show(show)
            view = dialogs.code(card, origin, typed=code, refused=refusal.text)
        except Refusal:
            view = dialogs.told(TITLE, refusal.text, ok=False)
        if not await self.replies.update_view(event, view_id, view):
            raise refusal

    async def _submit(
        self,
        event: Event,
        actor: Actor,
        challenge: str | None,
        *,
        text: str = "",
        files: Sequence[SourceFile] = (),
    ) -> Receipt:
        return await self.services.submissions.submit(
            SubmitCode(
                actor=actor,
                event_id=event.id,
                challenge=challenge,
                text=text,
                files=tuple(files),
                at=event.at,
                reply=event.reply(),
            )
        )

    async def _receive(self, event: Event, receipt: Receipt) -> None:
        """Say that the code is here, once for each event."""
        if not receipt.repeated:
            await self.replies.private(event, cards.receipt(receipt))

    async def _meant(self, actor: Actor, text: str) -> str | None:
        """The challenge that a message names outside its code, by key or title; None for the open one."""
        prose = " ".join(FENCE.split(text)[0].split()).casefold()
        if not prose:
            return None
        for key, title in await self.services.challenges.names(actor):
            for name in (key, title):
                if re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", prose):
                    return key
        return None

    async def _read(self, event: Event, uploads: Sequence[Mapping[str, Any]]) -> tuple[SourceFile, ...]:
        """The texts of uploads. Raises ``Refusal`` when Slack does not give them or they are no text."""
        if len(uploads) > MOST_FILES:
            raise TooMuch("too_many_files", f"That is {len(uploads)} files; {MOST_FILES} are the most.")
        return tuple(await asyncio.gather(*(self._read_one(event, upload) for upload in uploads)))

    async def _read_one(self, event: Event, upload: Mapping[str, Any]) -> SourceFile:
        file = await self.download(event, upload)
        try:
            return SourceFile(file.name, file.content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            shown = _shown(file.name)
            raise BadCode(
                "binary", f"The file `{shown}` is no text in UTF-8. Please hand in the source code."
            ) from None

    async def download(self, event: Event, upload: Mapping[str, Any], most: int = LONGEST_FILE) -> Attachment:
        """A file that a member uploaded. Raises ``Refusal``: not given by Slack, or above ``most`` bytes."""
        name = str(upload.get("name") or upload.get("title") or "")
        shown = _shown(name)
        too_large = TooMuch(
            "too_large", f"The file `{shown}` is too large: {most // 1024:,} KB are the most."
        )
        if int(upload.get("size") or 0) > most:
            raise too_large
        try:
            if not upload.get("url_private_download") and not upload.get("url_private"):
                upload = await self._look_up(event, str(upload.get("id", "")))
            url = str(upload.get("url_private_download") or upload.get("url_private") or "")
            data = await self.clients.download(url, event.token, most)
        except (*FAILURES, BadAddress) as error:
            log.warning("a file could not be read: %s", error_name(error))
            raise Refusal(
                "file_unreadable",
                f"Slack did not give me the file `{shown}`. Please try again, or paste the text.",
            ) from error
        if len(data) > most:
            raise too_large
        name = name or str(upload.get("name") or upload.get("title") or "")
        return Attachment(name, data, str(upload.get("mimetype") or ""))

    async def _look_up(self, event: Event, file: str) -> Mapping[str, Any]:
        """A file's address, where an event does not tell it."""
        response = await self.replies.web(event).files_info(file=file)
        found = response.get("file")
        return found if isinstance(found, dict) else {}


def _shown(name: str) -> str:
    """A file's name to be shown as code."""
    return name.replace("`", "'")[:60]
