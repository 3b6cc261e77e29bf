"""One message of the outbox on its way into a workspace.

Slack knows no idempotency key. A public message and a direct one carry the delivery's nonce as metadata, so
that a sending whose answer got lost is found again before anything is sent a second time.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.platforms.slack import cards, cards_results
from bot.platforms.slack.blocks import Card
from bot.platforms.slack.client import BadAddress, Clients
from bot.platforms.slack.panels.drawing import draw
from bot.platforms.slack.replies import error_name
from bot.platforms.slack.uploads import Uploads
from bot.services.cards import ChallengeCard, Notice, QuestionCard, RecapCard, VerdictCard
from bot.services.errors import DeliveryFailed, Gone
from bot.services.panels import Attachment, Panel, Picture
from bot.services.ports import Clock, Outgoing

log = logging.getLogger(__name__)

EVENT_TYPE = "warmup_delivery"
"""The metadata's type: https://docs.slack.dev/messaging/message-metadata."""
PAGE = 200
MOST_PAGES = 5
"""Pages of a channel's history that are searched for a message."""
UNREADABLE = frozenset({"not_in_channel", "missing_scope"})
"""Errors that mean: the history can't be read, which says nothing about posting."""
NO_DIRECT = frozenset({"cannot_dm_bot", "messages_tab_disabled", "user_disabled", "missing_scope"})
"""Errors that mean: no direct messages to this member."""


class Sending:
    """Sends to one workspace with its client ``web``, which waits for nothing: the outbox comes again."""

    def __init__(self, clients: Clients, web: AsyncWebClient, uploads: Uploads, clock: Clock) -> None:
        self._clients = clients
        self._web = web
        self._uploads = uploads
        self._clock = clock

    async def send(self, message: Outgoing) -> str:
        """Send, and return the ``ts`` or what stands for it. Raises what the client raises."""
        if isinstance(message.card, Panel):
            return await self._panel(message, message.card)
        return await self._card(message, rendered(message.card))

    async def _card(self, message: Outgoing, card: Card) -> str:
        if message.member:
            return await self._private(message, card)
        return await self._public(message, card)

    async def _panel(self, message: Outgoing, panel: Panel) -> str:
        """A panel with its pictures, or with their words when Slack does not find them; its files follow."""
        pictures = [block for block in panel.blocks if isinstance(block, Picture)]
        ids = await self._uploads.pictures(self._web, message.community, pictures) if pictures else {}
        try:
            sent = await self._card(message, draw(panel, ids))
        except SlackApiError as error:
            if not ids or error_name(error) != "invalid_blocks":
                raise
            sent = await self._card(message, draw(panel))
        files = [block for block in panel.blocks if isinstance(block, Attachment)]
        if files:
            channel = message.channel
            if message.member:
                channel = str((await self._web.conversations_open(users=message.member))["channel"]["id"])
            await self._uploads.share(self._web, channel, files)
        return sent

    async def _public(self, message: Outgoing, card: Card) -> str:
        thread = ""
        if isinstance(message.card, RecapCard):
            thread = await self._thread_of(message.channel, message.card.posting)
        return await self._once(message, message.channel, card, thread)

    async def _once(self, message: Outgoing, channel: str, card: Card, thread: str = "") -> str:
        """Post, unless an earlier attempt has."""
        if message.attempt > 1 and (found := await self._sent_before(channel, thread, message.nonce)):
            return found
        payload: dict[str, Any] = {"nonce": message.nonce}
        if isinstance(message.card, (QuestionCard, ChallengeCard)):
            payload["posting"] = message.card.posting
        posted = await self._web.chat_postMessage(
            channel=channel,
            text=card.text,
            blocks=card.blocks,
            metadata={"event_type": EVENT_TYPE, "event_payload": payload},
            unfurl_links=False,
            unfurl_media=False,
            thread_ts=thread or None,
        )
        return str(posted["ts"])

    async def _sent_before(self, channel: str, thread: str, nonce: str) -> str:
        async for payload, ts in self._own_messages(channel, thread):
            if payload.get("nonce") == nonce:
                return ts
        return ""

    async def _thread_of(self, channel: str, posting: int) -> str:
        """The message that a recap belongs to; empty when it is too far back, then it stands by itself."""
        try:
            async for payload, ts in self._own_messages(channel, ""):
                if payload.get("posting") == posting:
                    return ts
        except DeliveryFailed as error:
            log.warning("a recap stands by itself: %s", error)
        return ""

    async def _own_messages(self, channel: str, thread: str) -> AsyncIterator[tuple[dict[str, Any], str]]:
        """Metadata and ``ts`` of the outbox's messages, the latest first (in a thread: the oldest)."""
        cursor = ""
        for _ in range(MOST_PAGES):
            page = await self._page(channel, thread, cursor)
            for message in page.get("messages") or ():
                metadata = message.get("metadata") or {}
                if metadata.get("event_type") == EVENT_TYPE:
                    yield metadata.get("event_payload") or {}, str(message.get("ts", ""))
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _page(self, channel: str, thread: str, cursor: str) -> AsyncSlackResponse:
        """A page of the history. Posting needs no membership in a public channel, reading does: it is joined.

        Raises ``DeliveryFailed`` when the bot may post there but not read: unsettled, nothing is sent twice.
        """
        try:
            return await self._read(channel, thread, cursor)
        except SlackApiError as error:
            if error_name(error) not in UNREADABLE:
                raise
            try:
                await self._web.conversations_join(channel=channel)
                return await self._read(channel, thread, cursor)
            except SlackApiError as again:
                raise DeliveryFailed(
                    f"the channel's history cannot be read ({error_name(again)}): /invite the app"
                ) from again

    async def _read(self, channel: str, thread: str, cursor: str) -> AsyncSlackResponse:
        more: dict[str, Any] = {"cursor": cursor} if cursor else {}
        if thread:
            return await self._web.conversations_replies(
                channel=channel, ts=thread, limit=PAGE, include_all_metadata=True, **more
            )
        return await self._web.conversations_history(
            channel=channel, limit=PAGE, include_all_metadata=True, **more
        )

    async def _private(self, message: Outgoing, card: Card) -> str:
        """Where it was asked for while that is possible, then as a direct message."""
        reply = message.reply
        alive = reply is not None and (reply.expires_at is None or self._clock.now() < reply.expires_at)
        # A second attempt goes by direct message: only there can be seen whether the first arrived.
        direct = reply is None or not reply.token or not alive or message.attempt > 1
        if reply is not None and not direct and await self._respond(reply.token, card):
            return f"response:{message.nonce}"
        try:
            opened = await self._web.conversations_open(users=message.member)
            return await self._once(message, str(opened["channel"]["id"]), card)
        except SlackApiError as error:
            if error_name(error) not in NO_DIRECT:
                raise
        channel, _, thread = (reply.message if reply else "").partition("|")
        shown = await self._web.chat_postEphemeral(
            channel=channel or message.channel,
            user=message.member,
            text=card.text,
            blocks=card.blocks,
            thread_ts=thread or None,
        )
        return str(shown["message_ts"])

    async def _respond(self, url: str, card: Card) -> bool:
        """Through the response address; False when it is used up. An unclear answer raises."""
        try:
            webhook = self._clients.webhook(url)
        except BadAddress as error:
            log.warning("a verdict goes by direct message: %s", error)
            return False
        webhook.retry_handlers = []
        response = await webhook.send(
            text=card.text, blocks=card.blocks, response_type="ephemeral", replace_original=False
        )
        if response.status_code == 429:
            raise DeliveryFailed("ratelimited", retry_after(response.headers))
        if response.status_code >= 500:
            raise DeliveryFailed(f"Slack answered {response.status_code}")
        return response.status_code == 200

    async def to_owner(self, message: Outgoing, card: Card) -> str:
        """A notice whose channel takes nothing any more goes to an owner of the workspace."""
        opened = await self._web.conversations_open(users=await self._owner())
        return await self._once(message, str(opened["channel"]["id"]), card)

    async def _owner(self) -> str:
        """The primary owner, else any other. Raises ``Gone`` when Slack tells none."""
        cursor, owner = "", ""
        for _ in range(MOST_PAGES):
            more: dict[str, Any] = {"cursor": cursor} if cursor else {}
            page = await self._web.users_list(limit=PAGE, **more)
            for user in page.get("members") or ():
                if user.get("is_primary_owner"):
                    return str(user["id"])
                if user.get("is_owner") and not owner:
                    owner = str(user["id"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        if not owner:
            raise Gone("the workspace tells no owner")
        return owner


def rendered(card: QuestionCard | ChallengeCard | RecapCard | VerdictCard | Notice) -> Card:
    """A card of the outbox as a message."""
    match card:
        case QuestionCard():
            return cards.question(card)
        case ChallengeCard():
            return cards.challenge(card)
        case RecapCard():
            return cards_results.recap(card)
        case VerdictCard():
            return cards_results.verdict(card)
        case Notice():
            return cards.notice(card)


def retry_after(headers: Any) -> float:
    """Seconds that Slack asks to wait; a minute when it does not say."""
    found = {str(key).lower(): value for key, value in dict(headers).items()}.get("retry-after", 60)
    try:
        return max(0.0, float(found[0] if isinstance(found, list) else found))
    except (TypeError, ValueError, IndexError):
        return 60.0
