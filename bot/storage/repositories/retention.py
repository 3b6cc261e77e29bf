"""Leaving and coming back, and what time takes away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import CursorResult, DateTime, TextClause, bindparam, text

from bot.services.commands import Platform
from bot.services.repositories.retention import Horizon
from bot.storage.repositories.base import Repository

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

OLD: Mapping[str, tuple[str, str]] = {
    "communities": ("communities", "left_at < :left"),
    "deliveries": ("deliveries", "finished_at < :deliveries"),
    "messages": ("playground_messages", "coalesce(edited_at, created_at) < :messages"),
    "jobs": ("grading_jobs", "finished_at < :code"),
    "code": (
        "submissions",
        "handed_in_at < :code AND verdict IS NOT NULL AND CAST(files AS text) <> '[]'",
    ),
    "codes": ("one_time_codes", "expires_at < :now"),
    "persons": (
        "persons",
        "NOT EXISTS (SELECT 1 FROM members WHERE members.person_id = persons.id)",
    ),
    "leagues": (
        "leagues",
        "NOT EXISTS (SELECT 1 FROM communities WHERE communities.league_id = leagues.id)",
    ),
}
"""Each kind: its table, and which of its rows are too old. A moment that is NULL matches none."""

MOMENTS = [bindparam(name, type_=DateTime(timezone=True)) for name in Horizon.__dataclass_fields__]


def _count(kind: str) -> TextClause:
    table, condition = OLD[kind]
    return _bound(f"SELECT count(*) FROM {table} WHERE {condition}", condition)


def _take(kind: str) -> TextClause:
    table, condition = OLD[kind]
    action = f"UPDATE {table} SET files = CAST('[]' AS json)" if kind == "code" else f"DELETE FROM {table}"
    chosen = f"SELECT id FROM {table} WHERE {condition} LIMIT :limit FOR UPDATE SKIP LOCKED"
    return _bound(f"{action} WHERE id = ANY (ARRAY ({chosen}))", condition)


def _bound(statement: str, condition: str) -> TextClause:
    used = [moment for moment in MOMENTS if f":{moment.key}" in condition]
    return text(statement).bindparams(*used)


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
        for kind in OLD:
            rows = await self.session.execute(_count(kind), _values(kind, horizon))
            counted[kind] = int(rows.scalar_one())
        return counted

    async def purge(self, kind: str, horizon: Horizon, limit: int) -> int:
        """Take at most ``limit`` of them; a community goes alone, because so much goes with it."""
        bound = 1 if kind == "communities" else limit
        result = await self.session.execute(_take(kind), {**_values(kind, horizon), "limit": bound})
        assert isinstance(result, CursorResult)
        return result.rowcount


def _values(kind: str, horizon: Horizon) -> dict[str, Any]:
    return {name: value for name, value in asdict(horizon).items() if f":{name}" in OLD[kind][1]}
