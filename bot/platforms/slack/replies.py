"""Answers to the person who asked: privately, by the quickest way that is left."""

from __future__ import annotations

import logging
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack import dialogs
from bot.platforms.slack.blocks import Card
from bot.platforms.slack.client import FAILURES, BadAddress, Clients
from bot.platforms.slack.events import Event

log = logging.getLogger(__name__)


class Replies:
    """Sends cards to the person behind an event. What cannot be sent is logged, never raised."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def web(self, event: Event) -> AsyncWebClient:
        """A client of the event's workspace."""
        return self._clients.web(event.token)

    async def private(
        self,
        event: Event,
        card: Card,
        *,
        replace: bool = False,
        public: bool = False,
        otherwise: Card | None = None,
    ) -> None:
        """Show a card to this person alone, unless it is ``public``.

        ``replace`` puts it in the place of the card pressed; ``otherwise`` is shown when Slack refuses it
        (a picture that it does not find any more).
        """
        if event.view and await self.update_view(event, event.view, dialogs.view("Warmup", card.blocks)):
            return
        try:
            if event.response_url and await self._respond(event, card, replace=replace, public=public):
                return
            await self._post(event, card, public=public)
        except FAILURES as error:
            log.warning("an answer could not be shown: %s", error_name(error))
            if otherwise is not None:
                await self.private(event, otherwise, replace=replace, public=public)

    async def _respond(self, event: Event, card: Card, *, replace: bool, public: bool) -> bool:
        try:
            webhook = self._clients.webhook(event.response_url)
        except BadAddress as error:
            log.warning("an answer goes another way: %s", error)
            return False
        response = await webhook.send(
            text=card.text,
            blocks=card.blocks,
            response_type="in_channel" if public else "ephemeral",
            replace_original=replace,
            unfurl_links=False,
            unfurl_media=False,
        )
        if response.status_code != 200:
            log.warning("Slack did not take an answer: %s", response.body[:200])
        return response.status_code == 200

    async def _post(self, event: Event, card: Card, *, public: bool) -> None:
        values: dict[str, Any] = {"text": card.text, "blocks": card.blocks}
        if event.thread:
            values["thread_ts"] = event.thread
        if event.is_direct or public:
            await self.web(event).chat_postMessage(channel=event.channel, unfurl_links=False, **values)
        else:
            await self.web(event).chat_postEphemeral(channel=event.channel, user=event.user, **values)

    async def direct_channel(self, event: Event) -> str:
        """The conversation with this person alone; empty when there is none."""
        if event.channel.startswith("D"):
            return event.channel
        try:
            opened = await self.web(event).conversations_open(users=event.user)
        except FAILURES as error:
            log.warning("there is no direct conversation: %s", error_name(error))
            return ""
        return str((opened.get("channel") or {}).get("id", ""))

    async def open_view(self, event: Event, view: dict[str, Any], *, on_top: bool = False) -> str:
        """Open a dialog and return its id; empty when its three seconds are over.

        A button inside a dialog changes that one instead, or puts another ``on_top`` of it.
        """
        if event.view and not on_top:
            return event.view if await self.update_view(event, event.view, view) else ""
        try:
            if event.view:
                opened = await self.web(event).views_push(trigger_id=event.trigger, view=view)
            else:
                opened = await self.web(event).views_open(trigger_id=event.trigger, view=view)
        except FAILURES as error:
            log.warning("a dialog could not be opened: %s", error_name(error))
            return ""
        return str((opened.get("view") or {}).get("id", ""))

    async def publish_home(self, event: Event, view: dict[str, Any]) -> None:
        """Show App Home to this person."""
        try:
            await self.web(event).views_publish(user_id=event.user, view=view)
        except FAILURES as error:
            log.warning("App Home could not be shown: %s", error_name(error))

    async def update_view(self, event: Event, view_id: str, view: dict[str, Any]) -> bool:
        """Put another content into an open dialog; False when it was closed."""
        try:
            await self.web(event).views_update(view_id=view_id, view=view)
        except FAILURES as error:
            log.warning("a dialog could not be changed: %s", error_name(error))
            return False
        return True


def error_name(error: BaseException) -> str:
    """What went wrong, without anything that a member wrote or that is secret."""
    response = getattr(error, "response", None)
    code = response.get("error") if response is not None and hasattr(response, "get") else None
    return str(code or type(error).__name__)
