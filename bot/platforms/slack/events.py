"""Slack's payloads read into one value: who did something, where, when, and how to answer privately."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.services.commands import Actor, Platform, ReplyTarget

RESPONSE_URL_LIVES = timedelta(minutes=29)
"""Slack says thirty minutes (and five uses); one is kept back for the way."""
MOST_SEEN = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened. ``id`` is the same when Slack delivers the same thing again.

    ``channel`` is where it happened; in App Home, where there is none, it is the member's own id, to which
    messages go as direct ones. ``token`` is the workspace's bot token.
    """

    id: str
    at: datetime
    team: str
    user: str
    channel: str
    token: str = field(default="", repr=False)
    team_name: str = ""
    user_name: str = ""
    channel_name: str = ""
    bot_user: str = ""
    response_url: str = field(default="", repr=False)
    trigger: str = ""
    thread: str = ""
    view: str = ""
    """The open dialog in which a button was pressed: what comes of it is shown there."""

    @property
    def is_direct(self) -> bool:
        """Whether nobody else reads there anyway."""
        return self.channel.startswith(("D", "U", "W"))

    def actor(self, name: str = "", *, is_admin: bool = False) -> Actor:
        """The member as the services know them."""
        return Actor(
            platform=Platform.SLACK,
            community=self.team,
            channel=self.channel,
            member=self.user,
            name=name or self.user_name,
            community_name=self.team_name,
            channel_name="" if self.channel_name in ("directmessage", "privategroup") else self.channel_name,
            is_admin=is_admin,
        )

    def reply(self) -> ReplyTarget:
        """Where the verdict goes: privately where this happened, while Slack allows it."""
        place = "|".join((self.channel, self.thread))
        if not self.response_url:
            return ReplyTarget(message=place)
        return ReplyTarget(token=self.response_url, message=place, expires_at=self.at + RESPONSE_URL_LIVES)


def timestamp(value: object) -> datetime | None:
    """A Slack ``ts`` (seconds, a dot, a counter) as a moment; None when it is none."""
    try:
        return datetime.fromtimestamp(float(str(value)), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def team_of(body: Mapping[str, Any]) -> str:
    """The workspace in which something happened; in a shared channel, the one that has the app."""
    authorizations = body.get("authorizations") or [{}]
    installed = authorizations[0].get("team_id")
    team = body.get("team") or {}
    return str(
        installed or body.get("team_id") or team.get("id") or (body.get("user") or {}).get("team_id") or ""
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads payloads; ``now`` is for those that carry no time. What a workspace adds comes later."""

    now: datetime

    def command(self, body: Mapping[str, Any]) -> Event:
        """A slash command."""
        return self._event(
            body,
            key=f"command:{body.get('trigger_id', '')}",
            at=None,
            user=body.get("user_id"),
            user_name=body.get("user_name"),
            channel=body.get("channel_id"),
            channel_name=body.get("channel_name"),
            response_url=body.get("response_url"),
            trigger=body.get("trigger_id"),
        )

    def interaction(self, body: Mapping[str, Any], at: object = None) -> Event:
        """A button, a shortcut or a submitted dialog."""
        user, channel = body.get("user") or {}, body.get("channel") or {}
        container, view = body.get("container") or {}, body.get("view") or {}
        pressed_in = view.get("id") if view.get("type") == "modal" and body.get("actions") else ""
        return self._event(
            body,
            key=f"interaction:{body.get('trigger_id', '')}",
            at=at,
            user=user.get("id"),
            user_name=user.get("username") or user.get("name"),
            channel=channel.get("id") or container.get("channel_id") or user.get("id"),
            channel_name=channel.get("name"),
            response_url=body.get("response_url"),
            trigger=body.get("trigger_id"),
            thread=container.get("thread_ts"),
            view=pressed_in,
        )

    def message(self, body: Mapping[str, Any]) -> Event:
        """An event of the Events API about a message, or about App Home."""
        event = body.get("event") or {}
        edited = (event.get("edited") or {}).get("ts", "")
        return self._event(
            body,
            key=f"message:{event.get('channel', '')}:{event.get('ts', body.get('event_id', ''))}:{edited}",
            at=event.get("ts") or event.get("event_ts"),
            user=event.get("user"),
            channel=event.get("channel") or event.get("user"),
            thread=event.get("thread_ts"),
        )

    def _event(self, body: Mapping[str, Any], *, key: str, at: object, **values: Any) -> Event:
        return Event(
            id=key,
            at=timestamp(at) or self.now,
            team=team_of(body),
            **{name: str(value or "") for name, value in values.items()},
        )


class Seen:
    """Remembers what has come in, so that a redelivery changes nothing, not even what is shown."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()

    def again(self, key: str) -> bool:
        """Whether this id was here before; remembers it."""
        if key in self._ids:
            return True
        self._ids[key] = None
        if len(self._ids) > MOST_SEEN:
            self._ids.popitem(last=False)
        return False
