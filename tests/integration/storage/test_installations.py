"""Installations in PostgreSQL: what is kept, replaced, and gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.services.repositories.installations import SealedInstallation
from bot.storage.database import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEAM = SealedInstallation(
    workspace="T1",
    name="Team",
    bot_user="UB",
    bot="B",
    sealed="gAAAA",
    scopes="commands",
    installed_by="U1",
    installed_at=NOW,
)


async def test_an_installation_is_kept_replaced_and_removed(database: Database) -> None:
    newer = replace(TEAM, sealed="gBBBB", name="Renamed")
    async with database.begin() as work:
        await work.installations.save(TEAM)
        await work.installations.save(newer)
        await work.installations.save(replace(TEAM, workspace="T0"))
    async with database.begin() as work:
        assert await work.installations.find("T1") == newer
        assert [each.workspace for each in await work.installations.every()] == ["T0", "T1"]
        assert await work.installations.remove("T1")
        assert not await work.installations.remove("T1")
        assert await work.installations.find("T1") is None


async def test_a_state_is_taken_once_and_runs_out(database: Database) -> None:
    async with database.begin() as work:
        await work.installations.add_state("a", NOW, NOW + timedelta(minutes=10))
        await work.installations.add_state("b", NOW, NOW + timedelta(minutes=10))
        assert await work.installations.take_state("a", NOW)
        assert not await work.installations.take_state("a", NOW)
        assert not await work.installations.take_state("b", NOW + timedelta(minutes=11))
        assert not await work.installations.take_state("c", NOW)
