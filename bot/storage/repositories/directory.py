"""Communities, their channels and their members."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from bot.domain.rounds import Schedule
from bot.services.commands import Actor, Platform
from bot.services.errors import NotFound
from bot.services.records import Channel, Community, Member, Place
from bot.storage import values
from bot.storage.repositories.base import Repository
from bot.storage.repositories.people import SqlPeople
from bot.storage.repositories.retention import SqlRetention
from bot.storage.tables import ChannelRow, CommunityRow, MemberRow
from bot.storage.tables.base import storable


class SqlDirectory(Repository):
    """Implements ``bot.services.repositories.Directory``."""

    async def enter(self, actor: Actor) -> Place:
        """Find or create where the actor is and who they are; names follow the platform's."""
        place = await self._find(actor)
        if place is None:
            await self._make(actor)
            place = await self._find(actor)
            assert place is not None
        return place

    async def _find(self, actor: Actor) -> Place | None:
        """The place if it is all there under today's names, and we have not left it."""
        found = await self.session.execute(
            select(CommunityRow, ChannelRow, MemberRow)
            .join(ChannelRow, ChannelRow.community_id == CommunityRow.id)
            .join(MemberRow, MemberRow.community_id == CommunityRow.id)
            .where(
                CommunityRow.platform == str(actor.platform),
                CommunityRow.external_id == actor.community,
                ChannelRow.external_id == actor.channel,
                MemberRow.external_id == actor.member,
            ),
            execution_options={"populate_existing": True},
        )
        rows = found.one_or_none()
        if rows is None:
            return None
        community, channel, member = rows
        if community.left_at is not None:
            return None
        if not values.is_named(actor, community.name, channel.name, member.name):
            return None
        return Place(
            community=values.community(community),
            channel=values.channel(channel),
            member=values.member(member),
        )

    async def _make(self, actor: Actor) -> None:
        """Make what is missing and rename what has another name; several callers may do so at once.

        What is there under its name is not written to: many newcomers would wait for one another.
        """
        community = await self._there(
            CommunityRow,
            {"platform": str(actor.platform), "external_id": actor.community},
            actor.community_name,
        )
        for table, external, name in (
            (ChannelRow, actor.channel, actor.channel_name),
            (MemberRow, actor.member, actor.name),
        ):
            made = await self._there(table, {"community_id": community, "external_id": external}, name)
            if table is MemberRow and actor.platform is Platform.DISCORD:
                await SqlPeople(self.session).recognise(made, external)
        # Whoever acts in a community shows that we are there again, if nobody has told us.
        await SqlRetention(self.session).come_back(actor.platform, actor.community)

    async def _there(
        self, table: type[CommunityRow | ChannelRow | MemberRow], key: dict[str, Any], name: str
    ) -> int:
        known = await self.session.execute(select(table.id, table.name).filter_by(**key))
        for id_, known_name in known:
            if storable(name) in ("", known_name):
                return int(id_)
        return await self._make_one(table, key, name)

    async def _make_one(
        self, table: type[CommunityRow | ChannelRow | MemberRow], key: dict[str, Any], name: str
    ) -> int:
        statement = insert(table).values(**key, name=name)
        kept = func.coalesce(func.nullif(statement.excluded.name, ""), table.name)
        made = await self.session.scalars(
            statement.on_conflict_do_update(index_elements=list(key), set_={"name": kept}).returning(table.id)
        )
        return made.one()

    async def member(self, community: int, external: str) -> Member | None:
        """A member of the community by the platform's id."""
        row = await self.one(
            select(MemberRow).where(MemberRow.community_id == community, MemberRow.external_id == external)
        )
        return values.member(row) if row else None

    async def members(self, ids: Collection[int]) -> Mapping[int, Member]:
        """Members by id; unknown ids are left out."""
        rows = await self.all(select(MemberRow).where(MemberRow.id.in_(ids)))
        return {row.id: values.member(row) for row in rows}

    async def community(self, community: int) -> Community:
        """A community by id. Raises ``NotFound``."""
        row = await self.one(select(CommunityRow).where(CommunityRow.id == community))
        if row is None:
            raise NotFound("community", "Warmup does not know this community (any more).")
        return values.community(row)

    async def channel(self, channel: int) -> Channel:
        """A channel by id. Raises ``NotFound``."""
        row = await self.one(select(ChannelRow).where(ChannelRow.id == channel))
        if row is None:
            raise NotFound("channel", "Warmup does not know this channel (any more).")
        return values.channel(row)

    async def channels(self, community: int) -> Sequence[Channel]:
        """The community's channels that have a schedule, by id."""
        rows = await self.all(
            select(ChannelRow)
            .where(ChannelRow.community_id == community, ChannelRow.post_at.is_not(None))
            .order_by(ChannelRow.id)
        )
        return [values.channel(row) for row in rows]

    async def set_zone(self, community: int, zone: str) -> None:
        """The zone of the community's leaderboards."""
        await self.session.execute(update(CommunityRow).where(CommunityRow.id == community).values(zone=zone))

    async def set_schedule(
        self, channel: int, schedule: Schedule | None, next_due_at: datetime | None
    ) -> None:
        """Set or (None) take away the schedule; also clears a pause."""
        settings: dict[str, Any] = {"post_at": None, "zone": None, "paused": "", "next_due_at": None}
        if schedule is not None:
            settings |= {
                "post_at": schedule.post_at,
                "zone": schedule.zone,
                "days": sorted(schedule.days),
                "holidays": sorted(schedule.holidays),
                "topics": list(schedule.topics),
                "difficulties": [str(word) for word in schedule.difficulties],
                "question": schedule.question,
                "challenge": schedule.challenge,
                "language": schedule.language,
                "ping": schedule.ping,
                "next_due_at": next_due_at,
            }
        await self._update(channel, settings)

    async def set_paused(self, channel: int, reason: str) -> None:
        """Pause (with a reason) or, with an empty reason, go on."""
        await self._update(channel, {"paused": reason})

    async def set_next_due(self, channel: int, at: datetime | None) -> None:
        """When the tick has to look at this channel again."""
        await self._update(channel, {"next_due_at": at})

    async def _update(self, channel: int, settings: dict[str, Any]) -> None:
        await self.session.execute(update(ChannelRow).where(ChannelRow.id == channel).values(**settings))

    async def due_channels(self, now: datetime, limit: int) -> Sequence[int]:
        """Ids of channels whose time has come, earliest first."""
        rows = await self.session.scalars(
            select(ChannelRow.id).where(_due(now)).order_by(ChannelRow.next_due_at).limit(limit)
        )
        return rows.all()

    async def lock_due(self, channel: int, now: datetime) -> tuple[Community, Channel] | None:
        """Claim one of them for this transaction; None when another holds it or it is not due any more."""
        row = await self.one(
            select(ChannelRow)
            .where(ChannelRow.id == channel, _due(now))
            .options(joinedload(ChannelRow.community, innerjoin=True))
            .with_for_update(skip_locked=True, key_share=True, of=ChannelRow)
        )
        return (values.community(row.community), values.channel(row)) if row else None


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(ChannelRow.next_due_at <= now, ChannelRow.next_due_at.is_not(None), ChannelRow.paused == "")
