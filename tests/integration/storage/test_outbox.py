"""The outbox: nothing lost, nothing doubled, communities in turn."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.services.commands import Platform, ReplyTarget
from bot.services.queues import ClaimedDelivery, DeliveryKind, NewDelivery
from bot.services.records import Place
from bot.storage.database import Database
from tests.integration.storage.samples import NOON, enter

HERE = frozenset({Platform.PLAYGROUND})
LEASE = 60.0


def notice(place: Place, key: str, **changes: object) -> NewDelivery:
    plain = NewDelivery(
        key=key,
        platform=Platform.PLAYGROUND,
        community=place.community.id,
        channel=place.channel.id,
        kind=DeliveryKind.NOTICE,
        subject=place.channel.id,
        text="hello",
        due_at=NOON,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


async def write(database: Database, *deliveries: NewDelivery) -> None:
    async with database.begin() as work:
        for delivery in deliveries:
            assert await work.deliveries.add(delivery)


async def claim(database: Database, now: datetime = NOON, limit: int = 10) -> list[ClaimedDelivery]:
    async with database.begin() as work:
        return list(await work.deliveries.claim(HERE, now, LEASE, limit))


async def test_a_delivery_comes_out_as_it_went_in(database: Database) -> None:
    place = await enter(database)
    reply = ReplyTarget(token="t", message="m", expires_at=datetime(2026, 11, 20, 12, 15, tzinfo=UTC))
    await write(
        database,
        notice(place, "k", kind=DeliveryKind.VERDICT, subject=7, member=place.member.id, reply=reply),
    )
    (out,) = await claim(database)
    assert (out.community, out.channel, out.member) == (place.community, place.channel, place.member)
    assert (out.kind, out.subject, out.text, out.reply, out.due_at) == (
        DeliveryKind.VERDICT,
        7,
        "hello",
        reply,
        NOON,
    )
    assert out.attempt == 1
    assert len(out.nonce) <= 25


@pytest.mark.failure(1)
async def test_what_was_committed_and_not_posted_is_claimed_after_the_lease(database: Database) -> None:
    await write(database, notice(await enter(database), "k"))
    (first,) = await claim(database)
    assert await claim(database) == []  # another holds it
    (second,) = await claim(database, NOON + timedelta(seconds=LEASE))
    assert (second.id, second.nonce, second.attempt) == (first.id, first.nonce, 2)


@pytest.mark.failure(2)
async def test_what_is_sent_stays_sent_and_a_late_replica_changes_nothing(database: Database) -> None:
    await write(database, notice(await enter(database), "k"))
    (stalled,) = await claim(database)
    later = NOON + timedelta(seconds=LEASE)
    (working,) = await claim(database, later)
    async with database.begin() as work:
        assert not await work.deliveries.sent(stalled.id, stalled.fence, "m1", later)
        assert not await work.deliveries.retry(stalled.id, stalled.fence, later, "late")
        assert not await work.deliveries.dead(stalled.id, stalled.fence, "late")
        assert await work.deliveries.sent(working.id, working.fence, "m2", later)
        assert not await work.deliveries.sent(working.id, working.fence, "m3", later)
    assert await claim(database, NOON + timedelta(days=1)) == []


async def test_the_same_key_is_written_once(database: Database) -> None:
    place = await enter(database)
    await write(database, notice(place, "k"))
    async with database.begin() as work:
        assert not await work.deliveries.add(notice(place, "k", text="again"))
    assert len(await claim(database)) == 1


@pytest.mark.failure(13)
async def test_replicas_never_share_an_entry(database: Database) -> None:
    place = await enter(database)
    await write(database, *(notice(place, f"k{n}") for n in range(30)))
    batches = await asyncio.gather(*(claim(database, limit=6) for _ in range(8)))
    claimed = [one.id for batch in batches for one in batch]
    assert len(claimed) == len(set(claimed)) == 30


@pytest.mark.failure(9)
async def test_a_failed_try_waits_for_its_time_and_keeps_its_nonce(database: Database) -> None:
    await write(database, notice(await enter(database), "k"))
    (first,) = await claim(database)
    again = NOON + timedelta(minutes=10)
    async with database.begin() as work:
        assert await work.deliveries.retry(first.id, first.fence, again, "503")
    assert await claim(database, again - timedelta(seconds=1)) == []
    (second,) = await claim(database, again)
    assert (second.nonce, second.attempt) == (first.nonce, 2)


async def test_only_what_is_due_on_my_platforms_is_claimed(database: Database) -> None:
    place = await enter(database)
    await write(
        database,
        notice(place, "slack", platform=Platform.SLACK),
        notice(place, "later", due_at=NOON + timedelta(hours=1)),
        notice(place, "now"),
    )
    assert len(await claim(database)) == 1


async def test_a_community_with_many_entries_does_not_keep_others_waiting(database: Database) -> None:
    large, small = await enter(database, community="large"), await enter(database, community="small")
    await write(
        database, *(notice(large, f"l{n}") for n in range(40)), *(notice(small, f"s{n}") for n in range(3))
    )
    first = [one.community.name for one in await claim(database, limit=8)]
    assert first.count("Small") == 3


@pytest.mark.failure(12)
async def test_a_channel_that_is_gone_is_given_up_except_for_private_replies(database: Database) -> None:
    place = await enter(database)
    await write(
        database, notice(place, "a"), notice(place, "b"), notice(place, "private", member=place.member.id)
    )
    async with database.begin() as work:
        assert await work.deliveries.drop_channel(place.channel.id, "the channel was deleted") == 2
    (left,) = await claim(database)
    assert left.member == place.member


async def test_a_reply_token_is_forgotten_once_it_has_done_its_work(database: Database) -> None:
    place = await enter(database)
    await write(database, notice(place, "k", reply=ReplyTarget(token="secret")))
    (out,) = await claim(database)
    async with database.begin() as work:
        assert await work.deliveries.sent(out.id, out.fence, "m", NOON)
    async with database.engine.connect() as connection:
        assert (await connection.scalars(text("SELECT reply FROM deliveries"))).one() is None


async def test_what_admins_did_is_noted(database: Database) -> None:
    place = await enter(database)
    async with database.begin() as work:
        await work.audit.note(place.community.id, place.member.id, "import", "core: 3 added", NOON)
        await work.audit.note(None, None, "migrate", "", NOON)
    async with database.engine.connect() as connection:
        found = await connection.scalars(text("SELECT action FROM audit_log ORDER BY id"))
        assert found.all() == ["import", "migrate"]
