"""Rows made into the frozen values that leave this room."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from bot.domain.content import Difficulty
from bot.domain.rounds import Schedule
from bot.services.commands import Actor, Platform, ReplyTarget
from bot.services.records import (
    Answer,
    Bank,
    Channel,
    Community,
    Member,
    Place,
    Posting,
    Round,
    RoundState,
    StoredItem,
    Submission,
    SubmissionState,
)
from bot.storage.documents import read_files, read_item, read_judgement, read_reply
from bot.storage.tables import (
    AnswerRow,
    BankRow,
    PostingRow,
    QuestionRow,
    RoundRow,
    SubmissionRow,
    VersionRow,
)
from bot.storage.tables.base import storable

ITEM = (joinedload(VersionRow.question, innerjoin=True).joinedload(QuestionRow.bank, innerjoin=True),)
"""What ``stored_item`` needs to be loaded with a version."""


def select_rounds() -> Select[RoundRow]:
    """Rounds with all that ``round_value`` needs."""
    return select(RoundRow).options(
        joinedload(RoundRow.channel, innerjoin=True),
        selectinload(RoundRow.postings).load_only(PostingRow.id, PostingRow.challenge, PostingRow.round_id),
    )


def select_postings() -> Select[PostingRow]:
    """Postings with all that ``posting`` needs."""
    return select(PostingRow).options(
        joinedload(PostingRow.channel, innerjoin=True),
        joinedload(PostingRow.round),
        joinedload(PostingRow.version, innerjoin=True).options(*ITEM),
    )


def select_submissions() -> Select[SubmissionRow]:
    """Submissions with all that ``submission`` needs."""
    return select(SubmissionRow).options(
        joinedload(SubmissionRow.channel, innerjoin=True),
        joinedload(SubmissionRow.version, innerjoin=True).options(*ITEM),
    )


def utc(moment: datetime) -> datetime:
    """The moment in UTC."""
    return moment.astimezone(UTC)


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else utc(moment)


def community(row: Any) -> Community:
    """A community, from whatever has the columns of ``CommunityRow``."""
    return Community(
        id=row.id,
        platform=Platform(row.platform),
        external=row.external_id,
        name=row.name,
        zone=row.zone,
        league=row.league_id,
    )


def place(actor: Actor, row: Any) -> Place:
    """Where the actor is, from a row of ``bot.storage.quick.PLACE``: a channel's, with more columns."""
    return Place(
        community=Community(
            id=row["community"],
            platform=actor.platform,
            external=actor.community,
            name=row["community_name"],
            zone=row["community_zone"],
            league=row["league_id"],
        ),
        channel=channel(SimpleNamespace(**row)),
        member=Member(
            id=row["member"], external=actor.member, name=row["member_name"], person=row["person_id"]
        ),
    )


def is_named(actor: Actor, community: str, channel: str, member: str) -> bool:
    """Whether the names that the platform gives now (if it does) are the stored ones."""
    named = ((community, actor.community_name), (channel, actor.channel_name), (member, actor.name))
    return all(not name or storable(name) == stored for stored, name in named)


def channel(row: Any) -> Channel:
    """A channel with its schedule, if it has one, from whatever has the columns of ``ChannelRow``."""
    schedule = None
    if row.post_at is not None and row.zone is not None:
        schedule = Schedule(
            post_at=row.post_at,
            zone=row.zone,
            days=frozenset(row.days),
            holidays=frozenset(row.holidays),
            topics=tuple(row.topics),
            difficulties=tuple(Difficulty(word) for word in row.difficulties),
            question=row.question,
            challenge=row.challenge,
            language=row.language,
            ping=row.ping,
        )
    return Channel(
        id=row.id,
        community=row.community_id,
        external=row.external_id,
        name=row.name,
        schedule=schedule,
        paused=row.paused,
        next_due_at=_utc(row.next_due_at),
    )


def member(row: Any) -> Member:
    """A member, from whatever has the columns of ``MemberRow``."""
    return Member(id=row.id, external=row.external_id, name=row.name, person=row.person_id)


def bank(row: BankRow, questions: int) -> Bank:
    """A bank and how many items it has."""
    return Bank(
        id=row.id, name=row.name, community=row.community_id, enabled=row.enabled, questions=questions
    )


def stored_item(row: VersionRow) -> StoredItem:
    """One version of a question or challenge (loaded with ``ITEM``)."""
    return StoredItem(
        question=row.question_id,
        version=row.id,
        number=row.number,
        bank=row.question.bank.name,
        item=read_item(row.content),
        enabled=row.question.enabled and row.question.bank.enabled,
        void=row.void,
    )


def round_value(row: RoundRow) -> Round:
    """A round (loaded by ``select_rounds``)."""
    shown = {posting.challenge: posting.id for posting in row.postings}
    return Round(
        id=row.id,
        community=row.channel.community_id,
        channel=row.channel_id,
        local_date=row.local_date,
        opens_at=utc(row.opens_at),
        closes_at=utc(row.closes_at),
        state=RoundState(row.state),
        question=shown.get(False),
        challenge=shown.get(True),
        reason=row.reason,
    )


def posting(row: PostingRow) -> Posting:
    """A posting (loaded by ``select_postings``); the window is its round's."""
    round_ = row.round
    return Posting(
        id=row.id,
        community=row.channel.community_id,
        channel=row.channel_id,
        stored=stored_item(row.version),
        round=row.round_id,
        local_date=round_.local_date if round_ else None,
        opens_at=utc(round_.opens_at) if round_ else None,
        closes_at=utc(round_.closes_at) if round_ else None,
        member=row.member_id,
        void=row.version.void != "" or (round_ is not None and round_.state == RoundState.VOID),
    )


def answer(row: AnswerRow) -> Answer:
    """An answer."""
    return Answer(
        id=row.id,
        posting=row.posting_id,
        member=row.member_id,
        event_id=row.event_id,
        chosen=frozenset(row.chosen),
        typed=row.typed,
        correct=row.correct,
        points=row.points,
        at=utc(row.answered_at),
        note=row.note,
    )


def submission(row: SubmissionRow) -> Submission:
    """A submission (loaded by ``select_submissions``)."""
    return Submission(
        id=row.id,
        platform=Platform(row.platform),
        community=row.channel.community_id,
        channel=row.channel_id,
        member=row.member_id,
        event_id=row.event_id,
        stored=stored_item(row.version),
        posting=row.posting_id,
        attempt=row.attempt,
        files=read_files(row.files),
        digest=row.digest,
        at=utc(row.handed_in_at),
        reply=read_reply(row.reply) or ReplyTarget(),
        state=SubmissionState.WAITING if row.verdict is None else SubmissionState.JUDGED,
        judgement=read_judgement(row.judgement),
        points=row.points,
        note=row.note,
    )
