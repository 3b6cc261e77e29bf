"""Whatever comes from outside is stored or not found; it never breaks a statement."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from bot.domain.boards import Board, Scope
from bot.domain.content import Kind, SourceFile
from bot.domain.periods import Period, period_start
from bot.domain.picking import Pool
from bot.domain.rounds import Schedule
from bot.services.commands import Platform
from bot.storage.database import Database
from tests.integration.storage.samples import (
    DAY,
    NOON,
    actor,
    answer,
    challenge,
    enter,
    fill,
    judgement,
    post_round,
    question,
    submit,
    take,
)

HOSTILE = [
    "'; DROP TABLE members; --",
    "\x00",
    "a\x00b",
    "\ud800 alone",
    "%s %(name)s :name {name} $1",
    "\\",
    "🎉" * 500,
    "\u202e\u0007",
]


@pytest.mark.parametrize("words", HOSTILE)
async def test_any_words_are_taken(database: Database, words: str) -> None:
    (asked, code) = await fill(database, [question("a", topic=words), challenge("b", title=words)])
    async with database.begin() as work:
        place = await work.directory.enter(
            replace(actor(), member=words, name=words, channel=words, channel_name=words)
        )
    async with database.begin() as work:
        again = await work.directory.enter(
            replace(actor(), member=words, name=words, channel=words, channel_name=words)
        )
        assert again == place
        schedule = Schedule(post_at=time(9), zone="UTC", topics=(words,))
        await work.directory.set_schedule(place.channel.id, schedule, NOON)
        found = await work.bank.challenge(place.community.id, words)
        assert found is not None
        assert found.question == code.question
        pool = Pool(kinds=frozenset({Kind.MULTIPLE_CHOICE}), topics=(words,))
        picked = await work.bank.pick_for_member(place.community.id, place.member.id, pool, 0)
        assert picked is not None
        assert picked.question == asked.question
        posting = await work.postings.add(
            community=place.community.id,
            channel=place.channel.id,
            version=asked.version,
            at=NOON,
            member=place.member.id,
            platform=Platform.PLAYGROUND,
            event_id=words,
        )
        assert await work.postings.by_event(Platform.PLAYGROUND, words) == posting
        await work.audit.note(place.community.id, place.member.id, words, words, NOON)
    who = replace(actor(), member=words, name=words, channel=words, channel_name=words)
    typed = replace(answer(posting.id, place.member.id), typed=words, event_id=words)
    assert await take(database, typed, who) is not None


@pytest.mark.parametrize("number", [-1, 0, 2**31, 2**63, 10**40, -(10**40)])
async def test_numbers_of_nothing_find_nothing(database: Database, number: int) -> None:
    place = await enter(database)
    async with database.begin() as work:
        assert await work.postings.get(number) is None
        assert await work.submissions.get(number) is None
    assert (await database.quick.look(actor(), number)).posting is None
    page = await database.quick.page(
        Board(Scope.COMMUNITY, place.community.id),
        Period.ALL,
        period_start(Period.ALL, DAY),
        offset=abs(number),
        limit=10,
        reader=place.member.id,
    )
    assert page.rows == ()
    assert await database.messages.get(number) is None
    assert await database.messages.edit(number, {}) is None
    assert await database.messages.before("daily", "ada", number, 10) == []
    assert await database.messages.since("daily", number, 10) == []


async def test_what_a_program_printed_is_kept_to_the_byte(database: Database) -> None:
    place = await enter(database)
    (stored,) = await fill(database, [challenge("c")])

    async with database.begin() as work:
        await post_round(work, place, stored)
        made = await submit(work, place, stored, "e", text="print('\x00')\n")
        await work.submissions.record(made.id, judgement(), 0, "")
        read = await work.submissions.get(made.id)
        assert read is not None
        assert read.files == (SourceFile("solution.py", "print('\x00')\n"),)
        assert read.judgement == judgement()
