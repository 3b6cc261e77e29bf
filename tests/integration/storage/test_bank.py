"""Banks: versions, finding, picking, and imports that are all or nothing."""

from __future__ import annotations

import random

import pytest

from bot.domain.content import Difficulty, Kind
from bot.domain.picking import KEYS, Candidate, Pool, pick, shuffle_key
from bot.services.errors import NotFound, Unavailable
from bot.storage.database import Database
from tests.integration.storage.samples import (
    DAY,
    NOON,
    actor,
    answer,
    challenge,
    cut_all,
    enter,
    fill,
    new,
    post_round,
    question,
    take,
)

ANY = Pool(kinds=frozenset({Kind.MULTIPLE_CHOICE}))


async def test_items_come_back_as_they_were_given(database: Database) -> None:
    items = [challenge("c"), question("q")]
    stored = await fill(database, items)
    assert [one.item for one in stored] == items
    assert {(one.number, one.bank, one.enabled) for one in stored} == {(1, "core", True)}


@pytest.mark.failure(31)
async def test_an_edit_makes_a_version_and_keeps_the_old_one(database: Database) -> None:
    (before,) = await fill(database, [question("q")])
    (after,) = await fill(database, [question("q", topic="asyncio")])
    assert (after.question, after.number) == (before.question, 2)
    async with database.begin() as work:
        assert await work.bank.version(before.version) == before
        assert await work.bank.topics(0, [Kind.MULTIPLE_CHOICE]) == ["asyncio"]
        with pytest.raises(NotFound):
            await work.bank.version(-1)


@pytest.mark.failure(28)
async def test_digests_tell_what_is_there_already(database: Database) -> None:
    items = [question("a"), question("b")]
    await fill(database, items)
    async with database.begin() as work:
        bank = await work.bank.ensure("core", None)
        assert bank.questions == 2
        assert await work.bank.digests(bank.id) == {one.item.meta.key: one.digest for one in new(items)}
        assert await work.bank.ensure("core", None) == bank
        assert len(await work.bank.banks(None)) == 1


@pytest.mark.failure(27)
@pytest.mark.failure(29)
async def test_an_import_that_fails_half_way_leaves_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.begin() as work:
            bank = await work.bank.ensure("core", None)
            await work.bank.save(bank.id, new(question(f"q{n}") for n in range(500)))
            raise RuntimeError("power")

    with pytest.raises(RuntimeError, match="power"):
        await fail()
    async with database.begin() as work:
        assert await work.bank.banks(None) == []
        bank = await work.bank.ensure("core", None)
        assert bank.questions == 0


@pytest.mark.failure(29)
async def test_an_import_whose_process_is_killed_leaves_nothing(database: Database) -> None:
    async def lose() -> None:
        async with database.begin() as work:
            bank = await work.bank.ensure("core", None)
            await work.bank.save(bank.id, new(question(f"q{n}") for n in range(500)))
            await cut_all(database)

    with pytest.raises(Unavailable):
        await lose()
    async with database.begin() as work:
        assert await work.bank.banks(None) == []


async def test_a_large_import_in_two_calls_of_one_transaction(database: Database) -> None:
    items = new(question(f"q{n}") for n in range(3000))
    async with database.begin() as work:
        bank = await work.bank.ensure("core", None)
        await work.bank.save(bank.id, items[:2000])
        await work.bank.save(bank.id, items[1000:])
    async with database.begin() as work:
        numbers = [one.number for one in await work.bank.items(bank.id)]
        assert (len(numbers), numbers.count(2)) == (3000, 1000)


async def test_a_communitys_own_bank_is_not_for_others(database: Database) -> None:
    home, away = await enter(database, community="home"), await enter(database, community="away")
    await fill(database, [challenge("c", title="Shared")])
    async with database.begin() as work:
        own = await work.bank.ensure("core", home.community.id)
        await work.bank.save(own.id, new([challenge("c", title="Own"), challenge("only")]))
        mine = await work.bank.challenge(home.community.id, "c")
        theirs = await work.bank.challenge(away.community.id, "c")
        assert mine is not None
        assert theirs is not None
        assert (mine.item.meta.title, theirs.item.meta.title) == ("Own", "Shared")
        assert await work.bank.challenge(away.community.id, "only") is None
        assert await work.bank.challenges(away.community.id) == [("c", "Shared")]
        assert len(await work.bank.banks(home.community.id)) == 2
        assert len(await work.bank.banks(away.community.id)) == 1


async def test_challenges_are_found_by_title_too_and_not_when_disabled(database: Database) -> None:
    place = await enter(database)
    (stored,) = await fill(database, [challenge("two-sum", title="Two Sum")])
    async with database.begin() as work:
        assert await work.bank.challenge(place.community.id, "TWO sum") == stored
        await work.bank.set_item_enabled(stored.question, False)
        assert await work.bank.challenge(place.community.id, "two-sum") is None
        await work.bank.set_item_enabled(stored.question, True)
        await work.bank.set_enabled((await work.bank.ensure("core", None)).id, False)
        assert await work.bank.challenges(place.community.id) == []
        assert not (await work.bank.version(stored.version)).enabled


async def test_picks_keep_to_the_pool(database: Database) -> None:
    place = await enter(database)
    await fill(
        database,
        [
            question("a", topic="SQL"),
            question("b", topic="asyncio", difficulty=Difficulty.HARD),
            challenge("c"),
        ],
    )
    kinds = frozenset({Kind.MULTIPLE_CHOICE})
    async with database.begin() as work:
        for pool, key in [
            (Pool(kinds=kinds, topics=("sql",)), "a"),
            (Pool(kinds=kinds, difficulties=(Difficulty.HARD,)), "b"),
            (Pool(kinds=frozenset({Kind.CODE_STDOUT})), "c"),
        ]:
            for start in (0, KEYS // 2, KEYS - 1):
                picked = await work.bank.pick_for_channel(place.community.id, place.channel.id, pool, start)
                assert picked is not None
                assert picked.item.meta.key == key
        nothing = Pool(kinds=kinds, topics=("rust",))
        assert await work.bank.pick_for_member(place.community.id, place.member.id, nothing, 0) is None


async def test_picks_for_a_member_are_the_domains(database: Database) -> None:
    """Asked again and again, from chance starting points, storage picks what ``bot.domain.picking`` picks."""
    place = await enter(database)
    stored = await fill(database, [question(f"q{n}") for n in range(12)])
    uses = dict.fromkeys((one.question for one in stored), 0)
    chance = random.Random(7)
    for turn in range(30):
        start = chance.randrange(KEYS)
        expected = pick(
            (
                Candidate(one.question, shuffle_key("core", one.item.meta.key), uses[one.question])
                for one in stored
            ),
            start,
        )
        async with database.begin() as work:
            picked = await work.bank.pick_for_member(place.community.id, place.member.id, ANY, start)
            assert picked is not None
            assert expected is not None
            assert picked.question == expected.question, turn
            posting = await work.postings.add(
                community=place.community.id,
                channel=place.channel.id,
                version=picked.version,
                at=NOON,
                member=place.member.id,
            )
        assert await take(database, answer(posting.id, place.member.id), actor())
        uses[picked.question] += 1


async def test_a_channels_rounds_use_everything_before_a_repeat(database: Database) -> None:
    place = await enter(database)
    await fill(database, [question(f"q{n}") for n in range(5)])
    picked = []
    async with database.begin() as work:
        for day in range(10):
            item = await work.bank.pick_for_channel(place.community.id, place.channel.id, ANY, 99)
            assert item is not None
            picked.append(item.question)
            date = DAY.replace(day=day + 1)
            await post_round(work, place, item, day=date, opens=NOON.replace(day=day + 1))
    assert len(set(picked[:5])) == len(set(picked[5:])) == 5


async def test_todays_questions_are_not_asked_on_request(database: Database) -> None:
    place = await enter(database)
    first, second = await fill(database, [question("a"), question("b")])
    async with database.begin() as work:
        await post_round(work, place, first)
        for start in (0, shuffle_key("core", "a"), KEYS - 1):
            picked = await work.bank.pick_for_member(place.community.id, place.member.id, ANY, start)
            assert picked == second
