"""``bot.domain.picking.pick`` done by an index: it costs the same in a pool of any size.

Items that were never used are walked in the shuffled order from the starting point, and each is asked for
its uses by an index, so the walk ends at the first unused one: about twenty steps when 95 % are used. The
question is put as a scalar subquery, because PostgreSQL would turn EXISTS into a join over the whole pool.
Only when everything is used are the uses counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, Select, and_, cast, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.picking import KEYS, Pool
from bot.services.records import RoundState
from bot.storage.tables import AnswerRow, BankRow, ChannelRow, PostingRow, QuestionRow, RoundRow, SetAsideRow
from bot.storage.tables.base import storable


@dataclass(frozen=True, slots=True)
class Uses:
    """How one asker has used questions: whether at all (for each question), and how often (for all)."""

    ever: ScalarSelect[bool]
    """True, or null when the question was never used; correlated to ``questions``."""
    counted: Select[int, int]
    """(question, uses) of every question that was used."""


def channel_uses(channel: int) -> Uses:
    """Uses are the channel's rounds with the question."""
    mine = and_(PostingRow.channel_id == channel, PostingRow.round_id.is_not(None))
    ever = select(literal(True)).where(mine, PostingRow.question_id == QuestionRow.id)
    counted = select(PostingRow.question_id, func.count()).where(mine).group_by(PostingRow.question_id)
    return Uses(ever.limit(1).correlate(QuestionRow).scalar_subquery(), counted)


def member_uses(member: int) -> Uses:
    """Uses are the member's answers to the question."""
    mine = AnswerRow.member_id == member
    ever = select(literal(True)).where(mine, AnswerRow.question_id == QuestionRow.id)
    counted = select(AnswerRow.question_id, func.count()).where(mine).group_by(AnswerRow.question_id)
    return Uses(ever.limit(1).correlate(QuestionRow).scalar_subquery(), counted)


def open_in(community: int) -> Select[int]:
    """The questions of rounds that are open in the community."""
    return (
        select(PostingRow.question_id)
        .join(RoundRow, RoundRow.id == PostingRow.round_id)
        .join(ChannelRow, ChannelRow.id == RoundRow.channel_id)
        .where(ChannelRow.community_id == community, RoundRow.state == str(RoundState.OPEN))
    )


def shared_with(community: int) -> ColumnElement[bool]:
    """Banks of the community and those of all."""
    return or_(BankRow.community_id.is_(None), BankRow.community_id == community)


def usable(community: int) -> ColumnElement[bool]:
    """Enabled questions in enabled banks that the community may use and has not set aside."""
    aside = (
        select(literal(True))
        .where(SetAsideRow.community_id == community, SetAsideRow.question_id == QuestionRow.id)
        .correlate(QuestionRow)
        .scalar_subquery()
    )
    return and_(QuestionRow.enabled, BankRow.enabled, shared_with(community), aside.is_(None))


async def pick(
    session: AsyncSession,
    community: int,
    pool: Pool,
    start: int,
    uses: Uses,
    besides: ColumnElement[bool] | None = None,
) -> int | None:
    """The id of the least used question at or after ``start`` in the shuffled order, going round."""
    candidates = (
        select(QuestionRow.id)
        .join(BankRow, BankRow.id == QuestionRow.bank_id)
        .where(usable(community), QuestionRow.kind.in_(pool.kinds))
        .limit(1)
    )
    if besides is not None:
        candidates = candidates.where(besides)
    if pool.topics:
        topics = [storable(topic).lower() for topic in pool.topics]
        candidates = candidates.where(func.lower(QuestionRow.topic).in_(topics))
    if pool.difficulties:
        candidates = candidates.where(QuestionRow.difficulty.in_(pool.difficulties))
    unused = candidates.where(uses.ever.is_(None)).order_by(QuestionRow.shuffle_key, QuestionRow.id)
    for half in (QuestionRow.shuffle_key >= start, QuestionRow.shuffle_key < start):
        found = (await session.scalars(unused.where(half))).one_or_none()
        if found is not None:
            return found
    counted = uses.counted.subquery()
    question, count = counted.c
    distance = func.mod(cast(QuestionRow.shuffle_key, BigInteger) + (KEYS - start), KEYS)
    least = candidates.outerjoin(counted, question == QuestionRow.id).order_by(
        func.coalesce(count, 0), distance, QuestionRow.id
    )
    return (await session.scalars(least)).one_or_none()
