"""Communities, channels, members and their schedules."""

import asyncio
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from bot.domain.content import Difficulty
from bot.domain.rounds import Schedule
from bot.services.errors import NotFound
from bot.storage.database import Database
from tests.integration.storage.samples import NOON, actor, enter

SCHEDULE = Schedule(
    post_at=time(9, 30),
    zone="Europe/Berlin",
    days=frozenset({1, 2, 5}),
    holidays=frozenset({date(2026, 12, 25)}),
    topics=("sql", "asyncio"),
    difficulties=(Difficulty.HARD,),
    challenge=False,
)


async def test_entering_twice_finds_the_same_place(database: Database) -> None:
    first = await enter(database)
    assert (first.community.name, first.channel.name, first.member.name) == ("Home", "daily", "Ada")
    assert await enter(database) == first


async def test_two_members_of_two_communities_are_four(database: Database) -> None:
    places = [await enter(database, member, community) for member in ("a", "b") for community in ("x", "y")]
    assert len({place.member.id for place in places}) == 4
    assert len({place.community.id for place in places}) == 2


async def test_many_first_entries_at_once_make_one(database: Database) -> None:
    places = await asyncio.gather(*(enter(database) for _ in range(8)))
    assert len(set(places)) == 1


async def test_names_follow_the_platform_and_an_empty_one_keeps(database: Database) -> None:
    await enter(database)
    async with database.begin() as work:
        renamed = await work.directory.enter(replace(actor(), name="Ada L. \x00", channel_name=""))
        assert renamed.member.name == "Ada L. "
        assert renamed.channel.name == "daily"
    async with database.begin() as work:
        assert (await work.directory.members([renamed.member.id, -1])) == {renamed.member.id: renamed.member}
        assert await work.directory.member(renamed.community.id, "ada") == renamed.member
        assert await work.directory.member(renamed.community.id, "nobody") is None


async def test_a_schedule_is_kept_whole_and_taken_away(database: Database) -> None:
    place = await enter(database)
    async with database.begin() as work:
        await work.directory.set_paused(place.channel.id, "too loud")
        await work.directory.set_schedule(place.channel.id, SCHEDULE, NOON)
        channel = await work.directory.channel(place.channel.id)
        assert (channel.schedule, channel.paused, channel.next_due_at) == (SCHEDULE, "", NOON)
        assert await work.directory.channels(place.community.id) == [channel]
        await work.directory.set_schedule(place.channel.id, None, None)
        assert (await work.directory.channel(place.channel.id)).schedule is None
        assert await work.directory.channels(place.community.id) == []


async def test_only_channels_whose_time_has_come_are_due(database: Database) -> None:
    async with database.begin() as work:
        channels = {
            name: (await work.directory.enter(actor(channel=name))).channel.id
            for name in ("late", "now", "later", "paused")
        }
        for name, minutes in {"late": -60, "now": 0, "later": 1, "paused": -1}.items():
            await work.directory.set_schedule(channels[name], SCHEDULE, NOON + timedelta(minutes=minutes))
        await work.directory.set_paused(channels["paused"], "the channel is gone")
        assert await work.directory.due_channels(NOON, 10) == [channels["late"], channels["now"]]
        assert await work.directory.due_channels(NOON, 1) == [channels["late"]]


@pytest.mark.failure(13)
async def test_one_replica_at_a_time_holds_a_due_channel(database: Database) -> None:
    place = await enter(database)
    async with database.begin() as work:
        await work.directory.set_schedule(place.channel.id, SCHEDULE, NOON)
    async with database.begin() as one, database.begin() as other:
        claimed = await one.directory.lock_due(place.channel.id, NOON)
        assert claimed is not None
        assert claimed[0] == place.community
        assert await other.directory.lock_due(place.channel.id, NOON) is None
        await one.directory.set_next_due(place.channel.id, NOON + timedelta(days=1))
    async with database.begin() as work:
        assert await work.directory.lock_due(place.channel.id, NOON) is None


async def test_zones_and_unknown_ids(database: Database) -> None:
    place = await enter(database)
    async with database.begin() as work:
        await work.directory.set_zone(place.community.id, "Asia/Tokyo")
        assert (await work.directory.community(place.community.id)).zone == "Asia/Tokyo"
        with pytest.raises(NotFound):
            await work.directory.community(-1)
        with pytest.raises(NotFound):
            await work.directory.channel(-1)
