"""Clocks that are wrong, differ between replicas or jump, against the real clock of the database."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.services.app import build_services
from bot.services.errors import ClockSkew
from bot.services.rounds import MOST_SKEW
from bot.storage.database import Database
from tests.integration.database import EMPTY, execute
from tests.integration.services.world import sql_world
from tests.unit.services.fakes.store import FakeClock
from tests.unit.services.fakes.world import World, question


async def rounds(database: Database) -> list[tuple[int, object]]:
    async with database.engine.connect() as connection:
        found = await connection.execute(text("SELECT channel_id, local_date FROM rounds"))
        return [(row.channel_id, row.local_date) for row in found]


@pytest.mark.failure(14)
@pytest.mark.parametrize("wrong", [timedelta(days=1), timedelta(days=-1), MOST_SKEW + timedelta(minutes=1)])
async def test_a_clock_that_differs_from_the_databases_opens_nothing(
    database: Database, wrong: timedelta
) -> None:
    world = sql_world(database)
    world.clock.time = datetime.now(UTC) - timedelta(days=3)
    await world.load(question("a"), question("b"))
    await world.set_up(challenge=False)
    clock = FakeClock(datetime.now(UTC) + wrong)
    services = build_services(database, clock)
    with pytest.raises(ClockSkew, match="differs from the database's"):
        await services.rounds.tick()
    assert await rounds(database) == []
    clock.time = datetime.now(UTC)
    report = await services.rounds.tick()
    assert report.opened + report.skipped == 1, "no burst for the days before"
    assert len(await rounds(database)) == 1


JUMPS = st.lists(
    st.tuples(
        st.sampled_from([timedelta(minutes=m) for m in (-240, -61, -5, 1, 59, 240, 1_440, 4_320)]),
        st.sampled_from([timedelta(seconds=s) for s in (-290, 0, 290)]),
    ),
    min_size=4,
    max_size=7,
)


@pytest.mark.failure(13)
@pytest.mark.failure(14)
@pytest.mark.failure(15)
def test_clocks_that_jump_forward_and_back_open_each_days_round_once(shared_url: str) -> None:
    """Two replicas whose clocks differ by up to ten minutes, while time jumps for both of them."""

    async def live(jumps: list[tuple[timedelta, timedelta]]) -> None:
        async with Database(shared_url, pool_size=4) as database:
            world: World = sql_world(database)
            other: World = sql_world(database)
            await world.load(*(question(f"q{n:02}") for n in range(24)))
            await world.set_up(challenge=False)
            now = world.clock.time
            for jump, apart in jumps:
                now += jump
                for one, at in ((world, now), (other, now + apart)):
                    one.store.database_clock = FakeClock(now)
                    one.clock.time = at
                await asyncio.gather(world.services.rounds.tick(), other.services.rounds.tick())
            opened = Counter(await rounds(database))
            assert set(opened.values()) <= {1}
            async with database.engine.connect() as connection:
                posted = await connection.scalars(
                    text("SELECT subject FROM deliveries WHERE kind = 'question'")
                )
                assert set(Counter(posted.all()).values()) <= {1}
        await execute(shared_url, EMPTY)

    @settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
    @given(JUMPS)
    def jumping(jumps: list[tuple[timedelta, timedelta]]) -> None:
        asyncio.run(live(jumps))

    jumping()
