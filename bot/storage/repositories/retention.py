"""Leaving and coming back, and what time takes away."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import DateTime, TextClause, bindparam, delete, func, select, text, update

from bot.services.commands import Platform
from bot.services.repositories.retention import Horizon
from bot.storage.leagues import league_changed
from bot.storage.repositories.base import Repository
from bot.storage.tables import (
    CodeRow,
    CommunityRow,
    DeliveryRow,
    GradingJobRow,
    LeagueRow,
    PersonRow,
    PlaygroundMessageRow,
    SubmissionRow,
)

PAUSED = "Warmup was removed from this community"
"""The reason of a pause that coming back ends."""

LEAVE = text("""
    UPDATE communities SET left_at = :at
    WHERE platform = :platform AND external_id = :external AND left_at IS NULL
    RETURNING id
""").bindparams(bindparam("at", type_=DateTime(timezone=True)))

PAUSE = text("""
    UPDATE channels SET paused = :reason
    WHERE community_id = :community AND post_at IS NOT NULL AND paused = ''
""")

GIVE_UP = text("""
    UPDATE deliveries SET state = 'dead', error = :reason, finished_at = clock_timestamp(), reply = NULL
    WHERE community_id = :community AND state = 'waiting'
""")

COME_BACK = text("""
    UPDATE communities SET left_at = NULL
    WHERE platform = :platform AND external_id = :external AND left_at IS NOT NULL
    RETURNING id
""")

GO_ON = text("UPDATE channels SET paused = '' WHERE community_id = :community AND paused = :reason")

OLD: Mapping[str, tuple[type[Any], str]] = {
    "communities": (CommunityRow, "left_at < :left"),
    "deliveries": (DeliveryRow, "finished_at < :deliveries"),
    "messages": (PlaygroundMessageRow, "coalesce(edited_at, created_at) < :messages"),
    "jobs": (GradingJobRow, "finished_at < :code"),
    "code": (SubmissionRow, "handed_in_at < :code AND verdict IS NOT NULL AND CAST(files AS text) <> '[]'"),
    "codes": (CodeRow, "expires_at < :now"),
    "persons": (
        PersonRow,
        "NOT EXISTS (SELECT 1 FROM members WHERE members.person_id = persons.id)",
    ),
    "leagues": (
        LeagueRow,
        "NOT EXISTS (SELECT 1 FROM communities WHERE communities.league_id = leagues.id)",
    ),
}
"""Each kind: its table, and which of its rows are too old. A moment that is NULL matches none."""


def _too_old(kind: str, horizon: Horizon) -> TextClause:
    condition = OLD[kind][1]
    moments = [
        bindparam(name, value, DateTime(timezone=True))
        for name, value in asdict(horizon).items()
        if f":{name}" in condition
    ]
    return text(condition).bindparams(*moments)


class SqlRetention(Repository):
    """Implements ``bot.services.repositories.retention.Retention``."""

    async def leave(self, platform: Platform, external: str, at: Any) -> int | None:
        """Mark the community as left, stop its rounds and give up what waits in its outbox."""
        found = await self.session.execute(LEAVE, {"platform": str(platform), "external": external, "at": at})
        community: int | None = found.scalar_one_or_none()
        if community is not None:
            for statement in (PAUSE, GIVE_UP):
                await self.session.execute(statement, {"community": community, "reason": PAUSED})
        return community

    async def come_back(self, platform: Platform, external: str) -> int | None:
        """Take the mark away; rounds that leaving stopped go on."""
        found = await self.session.execute(COME_BACK, {"platform": str(platform), "external": external})
        community: int | None = found.scalar_one_or_none()
        if community is not None:
            await self.session.execute(GO_ON, {"community": community, "reason": PAUSED})
        return community

    async def expired(self, horizon: Horizon) -> Mapping[str, int]:
        """How many rows of each kind are too old."""
        counted = {}
        for kind, (table, _) in OLD.items():
            counting = select(func.count()).select_from(table).where(_too_old(kind, horizon))
            counted[kind] = (await self.session.scalars(counting)).one()
        return counted

    async def purge(self, kind: str, horizon: Horizon, limit: int) -> int:
        """Take at most ``limit`` of them; a community goes alone, because so much goes with it."""
        table = OLD[kind][0]
        bound = 1 if table is CommunityRow else limit
        chosen = (
            select(table.id).where(_too_old(kind, horizon)).limit(bound).with_for_update(skip_locked=True)
        )
        ids = (await self.session.scalars(chosen)).all()
        leagues = await self._leagues(ids) if table is CommunityRow else ()
        take = update(table).values(files=[]) if table is SubmissionRow else delete(table)
        await self.session.execute(
            take.where(table.id.in_(ids)), execution_options={"synchronize_session": False}
        )
        for league in leagues:
            await league_changed(self.session, league)
        return len(ids)

    async def _leagues(self, communities: Collection[int]) -> Sequence[int]:
        """The leagues whose boards lose members with these communities."""
        found = select(CommunityRow.league_id).where(
            CommunityRow.id.in_(communities), CommunityRow.league_id.is_not(None)
        )
        return [league for league in (await self.session.scalars(found)).all() if league is not None]
