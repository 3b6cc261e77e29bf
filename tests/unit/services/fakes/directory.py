"""Communities, channels and members in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.rounds import Schedule
from bot.services.commands import Actor
from bot.services.records import (
    Channel,
    Community,
    Member,
    Place,
)
from tests.unit.services.fakes.base import Repository, found


class FakeDirectory(Repository):
    async def enter(self, actor: Actor) -> Place:
        t = self.tables
        community = next(
            (
                c
                for c in t.communities.values()
                if (c.platform, c.external) == (actor.platform, actor.community)
            ),
            None,
        )
        if community is None:
            community = Community(
                id=next(self.store.ids),
                platform=actor.platform,
                external=actor.community,
                name=actor.community_name,
            )
            t.communities[community.id] = community
        channel = next(
            (c for c in t.channels.values() if (c.community, c.external) == (community.id, actor.channel)),
            None,
        )
        if channel is None:
            channel = Channel(
                id=next(self.store.ids),
                community=community.id,
                external=actor.channel,
                name=actor.channel_name,
            )
            t.channels[channel.id] = channel
        member = await self.member(community.id, actor.member)
        if member is None:
            member = Member(id=next(self.store.ids), external=actor.member, name=actor.name)
        member = replace(member, name=actor.name or member.name)
        t.members[member.id] = (community.id, member)
        return Place(community=community, channel=channel, member=member)

    async def member(self, community: int, external: str) -> Member | None:
        known = self.tables.members.values()
        return next((m for c, m in known if c == community and m.external == external), None)

    async def community(self, community: int) -> Community:
        return found(self.tables.communities, community)

    async def channel(self, channel: int) -> Channel:
        return found(self.tables.channels, channel)

    async def channels(self, community: int) -> Sequence[Channel]:
        return [c for c in self.tables.channels.values() if c.community == community and c.schedule]

    async def set_zone(self, community: int, zone: str) -> None:
        self.tables.communities[community] = replace(self.tables.communities[community], zone=zone)

    def _change(self, channel: int, **fields: object) -> None:
        self.tables.channels[channel] = replace(self.tables.channels[channel], **fields)  # type: ignore[arg-type]

    async def set_schedule(
        self, channel: int, schedule: Schedule | None, next_due_at: datetime | None
    ) -> None:
        self._change(channel, schedule=schedule, next_due_at=next_due_at, paused="")

    async def set_paused(self, channel: int, reason: str) -> None:
        self._change(channel, paused=reason)

    async def set_next_due(self, channel: int, at: datetime | None) -> None:
        self._change(channel, next_due_at=at)

    async def due_channels(self, now: datetime, limit: int) -> Sequence[int]:
        due = [c for c in self.tables.channels.values() if _is_due(c, now)]
        return [c.id for c in sorted(due, key=lambda c: c.next_due_at or now)][:limit]

    async def lock_due(self, channel: int, now: datetime) -> tuple[Community, Channel] | None:
        found = self.tables.channels[channel]
        return (self.tables.communities[found.community], found) if _is_due(found, now) else None


def _is_due(channel: Channel, now: datetime) -> bool:
    due = channel.next_due_at
    return channel.schedule is not None and not channel.paused and due is not None and due <= now
