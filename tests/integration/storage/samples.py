"""Small things to store: who, where, what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text as sql

from bot.domain.content import (
    Challenge,
    Difficulty,
    Item,
    Kind,
    Meta,
    Option,
    Question,
    SourceFile,
    StdoutCase,
    Variant,
)
from bot.domain.digests import files_digest, item_digest
from bot.domain.grading import Judgement, Verdict
from bot.domain.ledger import LedgerEntry, LedgerKind
from bot.domain.picking import shuffle_key
from bot.domain.rounds import DueRound
from bot.services.commands import Actor, Platform
from bot.services.records import (
    Answer,
    NewAnswer,
    NewItem,
    NewSubmission,
    Place,
    Posting,
    StoredItem,
    Submission,
)
from bot.storage.database import Database
from bot.storage.unit_of_work import SqlUnitOfWork

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)
CODE = (SourceFile("solution.py", "print('hello')\n"),)


def actor(member: str = "ada", community: str = "home", channel: str = "daily") -> Actor:
    return Actor(
        platform=Platform.PLAYGROUND,
        community=community,
        channel=channel,
        member=member,
        name=member.title(),
        community_name=community.title(),
        channel_name=channel,
    )


def question(key: str, *, topic: str = "sql", difficulty: Difficulty = Difficulty.EASY) -> Question:
    return Question(
        meta=Meta(key=key, title=f"About {key}", topic=topic, difficulty=difficulty),
        kind=Kind.MULTIPLE_CHOICE,
        prompt="Which?",
        options=(Option("this", True, "yes"), Option("that", False, "no")),
    )


def challenge(key: str, title: str = "") -> Challenge:
    return Challenge(
        meta=Meta(key=key, title=title or f"Do {key}", topic="python", difficulty=Difficulty.HARD),
        kind=Kind.CODE_STDOUT,
        prompt="Print hello.",
        cases=(StdoutCase(expected="hello\n"),),
        references=(Variant("plain", CODE),),
    )


def new(items: Iterable[Item], bank: str = "core") -> list[NewItem]:
    return [NewItem(item, item_digest(item), shuffle_key(bank, item.meta.key)) for item in items]


async def fill(database: Database, items: Iterable[Item], bank: str = "core") -> list[StoredItem]:
    """Put items into a bank of all communities; give them as stored, by key."""
    async with database.begin() as work:
        kept = await work.bank.ensure(bank, None)
        await work.bank.save(kept.id, new(items, bank))
        return list(await work.bank.items(kept.id))


async def enter(database: Database, member: str = "ada", community: str = "home") -> Place:
    async with database.begin() as work:
        return await work.directory.enter(actor(member, community))


def due(day: date = DAY, opens: datetime = NOON) -> DueRound:
    after = opens + timedelta(days=1)
    return DueRound(local_date=day, planned_at=opens, next_at=after, closes_at=after + timedelta(minutes=30))


async def post_round(
    work: SqlUnitOfWork, place: Place, item: StoredItem, day: date = DAY, opens: datetime = NOON
) -> Posting:
    """Open a round with one item."""
    opened = await work.rounds.open(place.community.id, place.channel.id, due(day, opens), opens)
    assert opened is not None
    return await work.postings.add(
        community=place.community.id,
        channel=place.channel.id,
        version=item.version,
        at=opens,
        round_=opened.id,
    )


def answer(posting: int, member: int, *, correct: bool = True, at: datetime = NOON) -> NewAnswer:
    return NewAnswer(
        posting=posting,
        member=member,
        event_id=f"event-{posting}-{member}",
        chosen=frozenset({0 if correct else 1}),
        typed="",
        correct=correct,
        at=at,
    )


async def take(database: Database, given: NewAnswer, who: Actor, points: int = 0) -> Answer | None:
    """Look and record, once: None when something came in between, or a board was not there yet."""
    sight = await database.quick.look(who, given.posting)
    assert sight.posting is not None
    payment = LedgerEntry(
        community=sight.community.id,
        member=given.member,
        kind=LedgerKind.ANSWER,
        source="answer:",
        day=DAY,
        at=given.at,
        points=points,
        question=sight.posting.stored.question,
        channel=sight.posting.channel,
        topic=sight.posting.stored.as_question.meta.topic,
    )
    return await database.quick.record(sight, given, payment, "practice" if sight.known else "")


async def submit(
    work: SqlUnitOfWork,
    place: Place,
    item: StoredItem,
    event: str,
    text: str = "print('hello')\n",
    posting: int | None = None,
) -> Submission:
    """Record a submission and enqueue it, as the services do."""
    files = (SourceFile("solution.py", text),)
    attempt = 1 + await work.submissions.attempts(place.community.id, place.member.id, item.question)
    made = await work.submissions.add(
        NewSubmission(
            platform=place.community.platform,
            community=place.community.id,
            channel=place.channel.id,
            member=place.member.id,
            event_id=event,
            version=item.version,
            posting=posting,
            attempt=attempt,
            files=files,
            digest=files_digest(files),
            at=NOON,
        )
    )
    assert made is not None
    await work.queue.enqueue(made)
    return made


def judgement(verdict: Verdict = Verdict.ACCEPTED) -> Judgement:
    return Judgement(
        verdict=verdict, ranked=True, headline="It works.", stdout="nul \x00 and ☃", passed=1, total=1
    )


async def cut_all(database: Database) -> None:
    """End every connection to the database but the one that does it, as a restart would."""
    async with database.engine.connect() as connection:
        await connection.execute(
            sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
