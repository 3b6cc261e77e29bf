"""Replicas killed at every named point of what they do: nothing is lost, nothing is there twice."""

from __future__ import annotations

import json
import signal
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from bot.storage.migrate import migrate
from tests.e2e.slack.server import SlackServer
from tests.integration.database import drop, execute, with_name
from tests.integration.kills.fleet import Fleet, plan_of, points_of, run, told
from tests.integration.kills.replica import migrate_once

FIRST = points_of("import", "post", "deliver")
LATER = points_of("import", "answer", "submit", "grade", "deliver")
SAMPLE, MANY = 10, 500


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    server = SlackServer(time.time)
    async with server.running():
        yield server


@pytest.fixture
async def whole_url(postgres: str) -> AsyncIterator[str]:
    """The URL of a second empty database, to migrate in peace."""
    name = f"warmup_{uuid.uuid4().hex[:12]}"
    await execute(postgres, f'CREATE DATABASE "{name}"')
    yield with_name(postgres, name)
    await drop(postgres, name)


async def killing(fleet: Fleet, wanted: int) -> None:
    """Days of kills: when a round is due, then among members' answers and code; then calm, and the check."""
    await fleet.set_up()
    while fleet.kills.total() < wanted:
        await fleet.a_day_passes()
        await fleet.kill_round(FIRST)
        for _ in range(2):
            await fleet.kill_round(LATER)
        await fleet.until_quiet()
        await fleet.check()


@pytest.mark.failure(1)
@pytest.mark.failure(2)
@pytest.mark.failure(3)
@pytest.mark.failure(10)
@pytest.mark.failure(13)
@pytest.mark.failure(29)
async def test_replicas_that_are_killed_lose_nothing_and_double_nothing(
    own_url: str, server: SlackServer, tmp_path: Path
) -> None:
    fleet = Fleet(own_url, server, tmp_path, seed=7)
    await killing(fleet, SAMPLE)
    assert fleet.kills.total() >= SAMPLE


@pytest.mark.long
@pytest.mark.timeout(3_600)
async def test_five_hundred_kills(own_url: str, server: SlackServer, tmp_path: Path) -> None:
    fleet = Fleet(own_url, server, tmp_path, seed=2026)
    await killing(fleet, MANY)
    print(f"\n{fleet.kills.total()} kills in {fleet.lives} lives; {dict(sorted(fleet.kills.items()))}")
    print(f"the platform failed {dict(fleet.misfortune.happened)}, {len(server.messages)} messages")
    assert set(fleet.kills) == set(FIRST) | set(LATER)
    assert set(fleet.misfortune.happened) == {"500", "drop", "502-after", "drop-after"}


async def migrated_by_force(url: str, whole: str, folder: Path, kills: int) -> None:
    """Kill the migration of an empty database at points all over it, then let one live."""
    calm = plan_of(whole, folder)
    assert await run(migrate_once, calm) == 0
    crossed = json.loads(dict(told(calm.heard))["crossed"])
    steps = crossed["migrate.statement"]
    armed = [("migrate.statement", steps * n // kills) for n in range(kills)]
    connection = await asyncpg.connect(url)
    for point, skip in [*armed, ("migrate.before-commit", 0)]:
        assert await run(migrate_once, plan_of(url, folder, point, skip)) == -signal.SIGKILL
        left = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert await connection.fetchval(left) == 0, f"after {skip} of {steps} statements"
    assert await run(migrate_once, plan_of(url, folder, "migrate.committed")) == -signal.SIGKILL
    await connection.close()
    assert not (await migrate(url)).changed


@pytest.mark.failure(30)
async def test_a_killed_migration_leaves_nothing_and_the_next_goes_on(
    empty_url: str, whole_url: str, tmp_path: Path
) -> None:
    await migrated_by_force(empty_url, whole_url, tmp_path, kills=3)


@pytest.mark.long
@pytest.mark.timeout(1_200)
async def test_a_migration_killed_at_every_step(empty_url: str, whole_url: str, tmp_path: Path) -> None:
    await migrated_by_force(empty_url, whole_url, tmp_path, kills=60)
