"""Rounds, recaps, verdicts and notices from the outbox to Discord.

Every message carries the delivery's nonce, which Discord enforces for some minutes; an attempt after the
first looks for the message in the channel before it sends again. A verdict takes its receipt's place as long
as Discord allows that, and is a direct message after that, or a mention where those are closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import aiohttp
import discord
import structlog
from discord.http import HTTPClient, Route, handle_message_parameters

from bot.locales import msgid, speaking, tr
from bot.platforms.discord import buttons
from bot.platforms.discord.actors import DIRECT
from bot.platforms.discord.layout import Drawn
from bot.platforms.discord.render import draw, draw_in_short
from bot.platforms.discord.text import label, short_date
from bot.services.cards import ChallengeCard, QuestionCard, VerdictCard
from bot.services.errors import DeliveryFailed, Gone
from bot.services.panels import Panel
from bot.services.ports import Clock, Outgoing
from bot.services.queues import DeliveryKind

log = structlog.get_logger(__name__)

NONE = discord.AllowedMentions.none()
LOOK_BACK = 50
"""Messages that are searched for an earlier attempt."""
THREAD_MINUTES: Final = 1440
"""A quiet thread is archived after a day."""
LONGEST_WAIT_S = 30.0
"""A rate limit that lasts longer is left to the outbox, so that others are not held up."""
THREAD_RULES = msgid(
    "Talk about it here. Please put anything that gives the answer away behind spoiler tags: `||like this||`."
)


class DiscordPoster:
    """The services' ``Poster`` for Discord. Logs in at the first message; needs no gateway."""

    def __init__(self, token: str, clock: Clock) -> None:
        self._token = token
        self._clock = clock
        self._http: HTTPClient | None = None
        self._me = 0
        self._logging_in = asyncio.Lock()

    async def close(self) -> None:
        """End open connections."""
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def send(self, message: Outgoing) -> str:
        """Put the card where it belongs and return the message's id."""
        try:
            await self._log_in()
            if message.kind is DeliveryKind.VERDICT:
                return await self._verdict(message)
            if message.kind is DeliveryKind.NOTICE:
                return await self._notice(message)
            if isinstance(message.card, Panel) and message.member:
                return await self._send_direct(message.member, message, self._drawn(message))
            return await self._post(message)
        except discord.LoginFailure as error:
            raise DeliveryFailed("Discord does not accept the token") from error
        except discord.RateLimited as limited:
            raise DeliveryFailed("rate limited", limited.retry_after) from limited
        except discord.HTTPException as error:
            raise _failure(error) from error
        except (aiohttp.ClientError, OSError) as error:
            raise DeliveryFailed(f"{type(error).__name__}: {error}") from error

    async def _log_in(self) -> None:
        async with self._logging_in:
            if self._http is not None:
                return
            http = HTTPClient(asyncio.get_running_loop(), max_ratelimit_timeout=LONGEST_WAIT_S)
            try:
                self._me = int((await http.static_login(self._token))["id"])
            except BaseException:
                await http.close()
                raise
            self._http = http

    async def api(self) -> HTTPClient:
        """Discord's HTTP interface, logged in, for whatever else has to be done on it.

        Raises ``DeliveryFailed`` when the token is not taken.
        """
        try:
            await self._log_in()
        except discord.LoginFailure as error:
            raise DeliveryFailed("Discord does not accept the token") from error
        return self._api

    @property
    def _api(self) -> HTTPClient:
        if self._http is None:
            raise DeliveryFailed("not logged in")
        return self._http

    @staticmethod
    def _drawn(message: Outgoing) -> Drawn:
        return draw(message.card, message.language, mark=message.nonce, above=_announced(message))

    async def _post(self, message: Outgoing) -> str:
        sent = await self._send(message.channel, message, self._drawn(message), _roles(message.ping))
        if isinstance(message.card, QuestionCard | ChallengeCard) and message.card.local_date is not None:
            await self._open_thread(message.channel, sent, message.card, message.language)
        return sent

    async def _notice(self, message: Outgoing) -> str:
        """In the channel; when it is gone, to the guild's owner, who can mend that."""
        drawn = self._drawn(message)
        try:
            return await self._send(message.channel, message, drawn)
        except (discord.Forbidden, discord.NotFound):
            if message.community.startswith(DIRECT):
                raise
            guild = await self._api.request(Route("GET", "/guilds/{guild_id}", guild_id=message.community))
            return await self._send_direct(str(guild["owner_id"]), message, self._drawn(message))

    async def _verdict(self, message: Outgoing) -> str:
        edited = await self._edit_receipt(message)
        if edited:
            return edited
        try:
            return await self._send_direct(message.member, message, draw(message.card, message.language))
        except (discord.Forbidden, discord.NotFound):
            if message.community.startswith(DIRECT) or not isinstance(message.card, VerdictCard):
                raise
        mention = draw_in_short(message.card, message.language, f"<@{message.member}>")
        return await self._send(message.channel, message, mention, _users(message.member))

    async def _edit_receipt(self, message: Outgoing) -> str:
        """The id of the receipt's message with the verdict in it; nothing when it is out of reach."""
        reply = message.reply
        if reply is None:
            return ""
        route = None
        if reply.token and (reply.expires_at is None or self._clock.now() < reply.expires_at):
            application, _, token = reply.token.partition("/")
            route = Route(
                "PATCH",
                "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
                webhook_id=application,
                webhook_token=token,
            )
        elif reply.message:
            channel, _, receipt = reply.message.partition(":")
            route = Route(
                "PATCH",
                "/channels/{channel_id}/messages/{message_id}",
                channel_id=channel,
                message_id=receipt,
            )
        if route is None:
            return ""
        try:
            return await self._request(route, draw(message.card, message.language))
        except discord.HTTPException as error:
            if error.status in (401, 403, 404):
                log.info(
                    "a receipt cannot be edited any more", status=error.status, delivery=message.delivery
                )
                return ""
            raise

    async def _send_direct(self, member: str, message: Outgoing, drawn: Drawn) -> str:
        channel = await self._api.start_private_message(member)
        return await self._send(str(channel["id"]), message, drawn)

    async def _send(
        self, channel: str, message: Outgoing, drawn: Drawn, mentions: discord.AllowedMentions = NONE
    ) -> str:
        if message.attempt > 1:
            earlier = await self._earlier(channel, drawn.components)
            if earlier:
                return earlier
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
        return await self._request(route, drawn, mentions, nonce=message.nonce)

    async def _request(
        self, route: Route, drawn: Drawn, mentions: discord.AllowedMentions = NONE, *, nonce: str = ""
    ) -> str:
        """Send a card, with its files where it has any; returns the message's id."""
        with handle_message_parameters(
            view=drawn.view, files=drawn.files, nonce=nonce or None, allowed_mentions=mentions
        ) as parameters:
            if parameters.files:
                sent = await self._api.request(route, files=parameters.files, form=parameters.multipart)
            else:
                sent = await self._api.request(route, json=parameters.payload)
        return str(sent["id"])

    async def _earlier(self, channel: str, components: Sequence[Any]) -> str:
        """The id of our own message with the same buttons (else the same text) in the channel."""
        route = Route("GET", "/channels/{channel_id}/messages", channel_id=channel)
        try:
            history = await self._api.request(route, params={"limit": LOOK_BACK})
        except discord.Forbidden:
            return ""  # without the right to read the channel, the nonce alone has to do
        wanted = fingerprint(components)
        for found in history:
            mine = int(found["author"]["id"]) == self._me
            if mine and fingerprint(found.get("components", [])) == wanted:
                return str(found["id"])
        return ""

    async def _open_thread(
        self, channel: str, sent: str, card: QuestionCard | ChallengeCard, language: str
    ) -> None:
        """A place to talk. The round stands without it, so that a missing permission is no failure."""
        with speaking(language):
            day = f"{short_date(card.local_date)}: " if card.local_date else ""
            rules = tr(THREAD_RULES)
        try:
            thread = await self._api.start_thread_with_message(
                channel, sent, name=label(f"{day}{card.title}", 100), auto_archive_duration=THREAD_MINUTES
            )
            await self._api.request(
                Route("POST", "/channels/{channel_id}/messages", channel_id=thread["id"]),
                json={
                    "content": rules,
                    "allowed_mentions": {"parse": []},
                    "nonce": f"t{sent}"[:25],
                    "enforce_nonce": True,
                },
            )
        except discord.HTTPException as error:
            log.info("no thread for a round", reason=str(error))


def _announced(message: Outgoing) -> str:
    return f"<@&{message.ping}>" if message.ping.isdigit() else ""


def _roles(role: str) -> discord.AllowedMentions:
    """Nobody but the members of one role."""
    return _only(roles=[discord.Object(int(role))]) if role.isdigit() else NONE


def _users(member: str) -> discord.AllowedMentions:
    """Nobody but one member."""
    return _only(users=[discord.Object(int(member))])


def _only(
    users: Sequence[discord.Object] = (), roles: Sequence[discord.Object] = ()
) -> discord.AllowedMentions:
    some = {"users": users or False, "roles": roles or False}
    return discord.AllowedMentions(everyone=False, replied_user=False, **some)


def fingerprint(components: Sequence[Any]) -> frozenset[str]:
    """What tells a message from others: the custom ids that carry a delivery's mark, else all of its text."""
    marked = {each["custom_id"] for each in _walk(components) if _is_marked(each.get("custom_id", ""))}
    return frozenset(marked or {each["content"] for each in _walk(components) if "content" in each})


def _is_marked(custom_id: str) -> bool:
    press = buttons.read(custom_id)
    return press is not None and bool(press.mark) and not press.mark.startswith(buttons.AGAIN)


def _walk(components: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        yield from _walk(component.get("components", []))


def _failure(error: discord.HTTPException) -> DeliveryFailed:
    """Gone when trying again is useless, else a failure for now."""
    detail = f"{error.status} (code {error.code}): {error.text[:200]}"
    if isinstance(error, discord.Forbidden | discord.NotFound):
        return Gone(detail)
    if error.status == 429:
        return DeliveryFailed(detail, _asked_for(error))
    return DeliveryFailed(detail)


def _asked_for(error: discord.HTTPException) -> float | None:
    headers = getattr(error.response, "headers", {})
    try:
        return float(headers.get("Retry-After", ""))
    except ValueError:
        return None
