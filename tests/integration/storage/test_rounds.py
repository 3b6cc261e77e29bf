"""Rounds, postings and answers."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.ledger import LedgerEntry, LedgerKind
from bot.domain.streaks import KeptBy
from bot.services.commands import Platform
from bot.services.errors import NotFound
from bot.services.records import Round, RoundState, Tally
from bot.storage.database import Database
from tests.integration.storage.samples import (
    DAY,
    NOON,
    actor,
    answer,
    challenge,
    due,
    enter,
    fill,
    judgement,
    post_round,
    question,
    submit,
    take,
)

TOMORROW = DAY + timedelta(days=1)


@pytest.mark.failure(13)
@pytest.mark.failure(15)
async def test_a_channel_has_one_round_a_day_however_many_open_it(database: Database) -> None:
    place = await enter(database)

    async def open_one() -> Round | None:
        async with database.begin() as work:
            return await work.rounds.open(place.community.id, place.channel.id, due(), NOON)

    opened = await asyncio.gather(*(open_one() for _ in range(6)))
    assert len([one for one in opened if one]) == 1


async def test_a_round_names_its_question_and_its_challenge(database: Database) -> None:
    place = await enter(database)
    code, asked = await fill(database, [challenge("c"), question("q")])
    async with database.begin() as work:
        first = await post_round(work, place, asked)
        assert first.round is not None
        second = await work.postings.add(
            community=place.community.id,
            channel=place.channel.id,
            version=code.version,
            at=NOON,
            round_=first.round,
        )
        opened = await work.rounds.get(first.round)
        assert (opened.question, opened.challenge) == (first.id, second.id)
        assert (first.local_date, first.opens_at, first.closes_at) == (DAY, NOON, due().closes_at)
        assert (await work.postings.get(second.id)) == second
        with pytest.raises(NotFound):
            await work.rounds.get(-1)
        assert await work.postings.get(-1) is None


async def test_an_asked_for_question_has_no_window_and_is_found_by_its_event(database: Database) -> None:
    place = await enter(database)
    (stored,) = await fill(database, [question("q")])
    async with database.begin() as work:
        posting = await work.postings.add(
            community=place.community.id,
            channel=place.channel.id,
            version=stored.version,
            at=NOON,
            member=place.member.id,
            platform=Platform.SLACK,
            event_id="E1",
        )
        assert (posting.round, posting.local_date, posting.closes_at) == (None, None, None)
        assert await work.postings.by_event(Platform.SLACK, "E1") == posting
        assert await work.postings.by_event(Platform.DISCORD, "E1") is None


async def test_the_current_round_is_the_latest_whose_window_holds_the_moment(database: Database) -> None:
    place = await enter(database)
    channel = place.channel.id
    next_noon = NOON + timedelta(days=1)
    async with database.begin() as work:
        one = await work.rounds.open(place.community.id, channel, due(), NOON)
        two = await work.rounds.open(place.community.id, channel, due(TOMORROW, next_noon), next_noon)
        assert one is not None
        assert two is not None
        moments = {NOON - timedelta(seconds=1): None, NOON: one.id, next_noon: two.id, two.closes_at: two.id}
        for moment, expected in moments.items():
            current = await work.rounds.current(channel, moment)
            assert (current.id if current else None) == expected, moment
        await work.rounds.set_state(two.id, RoundState.VOID, "a typing error")
        current = await work.rounds.current(channel, next_noon)
        assert current is not None
        assert current.id == one.id


async def test_a_round_is_closed_by_one_replica(database: Database) -> None:
    place = await enter(database)
    async with database.begin() as work:
        opened = await work.rounds.open(place.community.id, place.channel.id, due(), NOON)
        assert opened is not None
        assert await work.rounds.to_close(opened.closes_at - timedelta(seconds=1), 5) == []
        assert await work.rounds.to_close(opened.closes_at, 5) == [opened.id]
    over = opened.closes_at
    async with database.begin() as one, database.begin() as other:
        assert await one.rounds.lock_to_close(opened.id, over) == opened
        assert await other.rounds.lock_to_close(opened.id, over) is None
        await one.rounds.set_state(opened.id, RoundState.CLOSED)
    async with database.begin() as work:
        assert await work.rounds.lock_to_close(opened.id, over) is None


async def test_a_window_grows_and_never_shrinks(database: Database) -> None:
    place = await enter(database)
    (stored,) = await fill(database, [question("q")])
    async with database.begin() as work:
        posting = await post_round(work, place, stored)
        assert posting.round is not None
        assert posting.closes_at is not None
        await work.rounds.extend(posting.round, posting.closes_at - timedelta(hours=1))
        assert (await work.rounds.get(posting.round)).closes_at == posting.closes_at
        later = posting.closes_at + timedelta(hours=1)
        await work.rounds.extend(posting.round, later)
        longer = await work.postings.get(posting.id)
        assert longer is not None
        assert longer.closes_at == later


async def test_a_void_round_makes_its_postings_void(database: Database) -> None:
    place = await enter(database)
    (stored,) = await fill(database, [question("q")])
    async with database.begin() as work:
        posting = await post_round(work, place, stored)
        assert posting.round is not None
        assert not posting.void
        await work.rounds.set_state(posting.round, RoundState.VOID, "wrong key")
        void = await work.postings.get(posting.id)
        assert void is not None
        assert void.void
        facts = await work.streaks.facts([place.member.id])
        assert [day.void for day in facts[place.member.id].past.days] == ["wrong key"]


@pytest.mark.failure(20)
@pytest.mark.failure(21)
async def test_of_two_answers_at_once_the_first_stands(database: Database) -> None:
    place = await enter(database)
    (stored,) = await fill(database, [question("q")])
    async with database.begin() as work:
        posting = await post_round(work, place, stored)

    async def add(correct: bool) -> bool | None:
        added = await take(database, answer(posting.id, place.member.id, correct=correct), actor())
        return None if added is None else added.correct

    results = await asyncio.gather(*(add(correct) for correct in (True, False, True, False)))
    (stands,) = [result for result in results if result is not None]
    async with database.begin() as work:
        kept = await work.answers.of(posting.id, place.member.id)
        assert kept is not None
        assert kept.correct is stands
        assert await work.answers.count(posting.id) == 1


async def test_a_tally_counts_options_and_names_the_first_by_event_time(database: Database) -> None:
    names = ("ada", "grace", "alan")
    members = [(await enter(database, name)).member.id for name in names]
    place = await enter(database)
    (stored,) = await fill(database, [question("q")])
    async with database.begin() as work:
        posting = await post_round(work, place, stored)
        assert await work.answers.tally(posting.id) == Tally()
    given = zip(names, members, (True, True, False), (9, 2, 1), strict=True)
    for name, member, correct, minute in given:
        at = NOON + timedelta(minutes=minute)
        assert await take(database, answer(posting.id, member, correct=correct, at=at), actor(name))
    async with database.begin() as work:
        tally = await work.answers.tally(posting.id)
    assert tally == Tally(answered=3, correct=2, chosen=((0, 2), (1, 1)), first="Grace")


async def test_a_question_seen_on_another_posting_is_known(database: Database) -> None:
    place = await enter(database)
    (stored,) = await fill(database, [question("q")])
    async with database.begin() as work:
        posting = await post_round(work, place, stored)
        again = await post_round(work, place, stored, TOMORROW, NOON + timedelta(days=1))
    assert await take(database, answer(posting.id, place.member.id), actor())
    first, second = [await database.quick.look(actor(), one.id) for one in (posting, again)]
    assert (first.known, second.known) == (False, True)
    assert (first.first is not None, second.first) == (True, None)


async def test_an_answer_is_not_recorded_over_something_unseen(database: Database) -> None:
    """Of two that saw the same, one has to look again; and a withdrawn question takes none."""
    place = await enter(database)
    stored, other = await fill(database, [question("q"), question("r")])
    async with database.begin() as work:
        posting = await post_round(work, place, stored)
        elsewhere = await post_round(work, place, other, TOMORROW, NOON + timedelta(days=1))
    seen = await database.quick.look(actor(), elsewhere.id)
    assert await take(database, answer(posting.id, place.member.id), actor())
    given = answer(elsewhere.id, place.member.id)
    nothing = LedgerEntry(
        community=place.community.id,
        member=place.member.id,
        kind=LedgerKind.ANSWER,
        source="",
        day=DAY,
        at=NOON,
    )
    assert await database.quick.record(seen, given, nothing, "") is None
    seen = await database.quick.look(actor(), elsewhere.id)
    async with database.begin() as work:
        await work.bank.withdraw(other.question, "wrong")
    assert await database.quick.record(seen, given, nothing, "") is None
    async with database.begin() as work:
        assert await work.answers.count(elsewhere.id) == 0


async def test_what_kept_a_streak_is_answers_and_solved_challenges_of_rounds(database: Database) -> None:
    place = await enter(database)
    code, asked = await fill(database, [challenge("c"), question("q")])
    async with database.begin() as work:
        answered = await post_round(work, place, asked)
        to_solve = await post_round(work, place, code, TOMORROW, NOON + timedelta(days=1))
        for event, posting in (("1", to_solve.id), ("2", None)):
            made = await submit(work, place, code, event, posting=posting)
            await work.submissions.record(made.id, judgement(), 10, "")
    assert await take(database, answer(answered.id, place.member.id, correct=False), actor())
    async with database.begin() as work:
        facts = await work.streaks.facts([place.member.id, -1])
    assert list(facts) == [place.member.id]
    past = facts[place.member.id].past
    assert sorted((one.day, one.by) for one in past.kept) == [(DAY, KeptBy.ANSWER), (TOMORROW, KeptBy.SOLVED)]
    assert [(day.day, day.void) for day in past.days] == [(DAY, ""), (TOMORROW, "")]


async def test_a_skipped_round_is_no_challenge_day(database: Database) -> None:
    place = await enter(database)
    async with database.begin() as work:
        late = due().closes_at + timedelta(days=3)
        await work.rounds.open(
            place.community.id, place.channel.id, due(), late, RoundState.SKIPPED, "we were away"
        )
        assert (await work.streaks.facts([place.member.id]))[place.member.id].past.days == ()
        assert await work.rounds.current(place.channel.id, NOON) is None
