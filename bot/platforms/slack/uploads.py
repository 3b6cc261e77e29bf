"""Files to Slack: pictures for blocks, and files for people to keep.

Slack takes a file in three steps and goes on working at it after the last one: a picture can be shown when
``files.info`` tells its type. https://docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable, Sequence

from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.client import FAILURES, BadAddress, Clients
from bot.platforms.slack.panels.drawing import picture_key
from bot.platforms.slack.replies import error_name
from bot.services.panels import Attachment, Picture

log = logging.getLogger(__name__)

PATIENCE_S = 1.0
"""How long an answer waits for its pictures. They go on their way; who asks next finds them there."""
PAUSES_S = (0.1, 0.2, 0.3, 0.4, 0.5, 0.5)
"""Between two looks whether a picture is ready: two seconds at the most, then its words are shown."""
MOST_KEPT = 512
TITLE = 250
"""Characters of a file's name and title."""


class Uploads:
    """Puts files on Slack. Pictures that are there already are not sent again."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._sent: OrderedDict[tuple[str, str], asyncio.Task[str]] = OrderedDict()

    async def pictures(self, web: AsyncWebClient, team: str, pictures: Iterable[Picture]) -> dict[str, str]:
        """The ids of the pictures by ``picture_key``; those that Slack does not take are missing."""
        wanted = {picture_key(picture): picture for picture in pictures}
        tasks = {key: self._sending(web, team, key, each) for key, each in wanted.items()}
        if tasks:
            await asyncio.wait(tasks.values(), timeout=PATIENCE_S)
        found = {key: task.result() if task.done() else "" for key, task in tasks.items()}
        for key, task in tasks.items():
            if task.done() and not found[key]:
                self._sent.pop((team, key), None)
        return {key: file for key, file in found.items() if file}

    def _sending(self, web: AsyncWebClient, team: str, key: str, picture: Picture) -> asyncio.Task[str]:
        """The picture on its way, or there already."""
        task = self._sent.get((team, key))
        if task is None:
            task = self._sent[team, key] = asyncio.ensure_future(self._picture(web, picture))
        self._sent.move_to_end((team, key))
        if len(self._sent) > MOST_KEPT:
            self._sent.popitem(last=False)
        return task

    async def _picture(self, web: AsyncWebClient, picture: Picture) -> str:
        try:
            file = await self._upload(web, picture.name, picture.png, picture.alt)
            await web.files_completeUploadExternal(files=[{"id": file, "title": picture.name[:TITLE]}])
            ready = await self._ready(web, file)
        except (*FAILURES, BadAddress) as error:
            log.warning("a picture is shown in words: %s", error_name(error))
            return ""
        if not ready:
            log.warning("a picture is shown in words: Slack is not done with it")
            return ""
        return file

    async def share(
        self, web: AsyncWebClient, channel: str, files: Sequence[Attachment], thread: str = ""
    ) -> bool:
        """Send files into a channel or a direct message; whether Slack has taken them."""
        try:
            named: list[dict[str, str | None]] = [
                {"id": await self._upload(web, file.name, file.content), "title": file.name[:TITLE]}
                for file in files
            ]
            await web.files_completeUploadExternal(files=named, channel_id=channel, thread_ts=thread or None)
        except (*FAILURES, BadAddress) as error:
            log.warning("a file could not be sent: %s", error_name(error))
            return False
        return True

    async def _upload(self, web: AsyncWebClient, name: str, content: bytes, alt: str = "") -> str:
        """The first two steps; the file's id. Raises as the client does."""
        told = await web.files_getUploadURLExternal(
            filename=name[:TITLE], length=len(content), alt_txt=alt[:1_000] or None
        )
        await self._clients.upload(str(told["upload_url"]), content)
        return str(told["file_id"])

    @staticmethod
    async def _ready(web: AsyncWebClient, file: str) -> bool:
        for pause in (*PAUSES_S, None):
            told = await web.files_info(file=file)
            if (told.get("file") or {}).get("mimetype"):
                return True
            if pause is not None:
                await asyncio.sleep(pause)
        return False
