"""What streaks are computed from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, or_, select

from bot.domain.grading import Verdict
from bot.domain.ledger import LedgerKind
from bot.domain.streaks import ChallengeDay, Gift, Kept, KeptBy
from bot.services.records import RoundState
from bot.storage import values
from bot.storage.repositories.base import Repository
from bot.storage.tables import (
    AnswerRow,
    ChannelRow,
    LedgerRow,
    PostingRow,
    RoundRow,
    SubmissionRow,
)

COUNTED = {str(Verdict.ACCEPTED): KeptBy.SOLVED, str(Verdict.INTERNAL_ERROR): KeptBy.FAULT}
"""What the verdict on a round's submission means for its day; other verdicts mean nothing."""


class SqlStreaks(Repository):
    """Implements ``bot.services.repositories.Streaks``."""

    async def days(self, community: int) -> Sequence[ChallengeDay]:
        """Every local date with at least one round that was not skipped, oldest first."""
        void = RoundRow.state == str(RoundState.VOID)
        rows = await self.session.execute(
            select(
                RoundRow.local_date,
                func.min(RoundRow.opens_at),
                func.max(RoundRow.closes_at),
                func.bool_and(void),
                func.max(RoundRow.reason).filter(void),
            )
            .join(ChannelRow, ChannelRow.id == RoundRow.channel_id)
            .where(ChannelRow.community_id == community, RoundRow.state != str(RoundState.SKIPPED))
            .group_by(RoundRow.local_date)
            .order_by(RoundRow.local_date)
        )
        return [
            ChallengeDay(
                day=day,
                opens_at=values.utc(opens_at),
                closes_at=values.utc(closes_at),
                void=(reason or "withdrawn") if all_void else "",
            )
            for day, opens_at, closes_at, all_void, reason in rows
        ]

    async def kept(self, community: int, members: Collection[int]) -> Mapping[int, Sequence[Kept]]:
        """What each member did for challenge days, with the events' times."""
        answered = (
            select(AnswerRow.member_id, RoundRow.local_date, AnswerRow.answered_at)
            .join(PostingRow, PostingRow.id == AnswerRow.posting_id)
            .join(RoundRow, RoundRow.id == PostingRow.round_id)
            .where(AnswerRow.member_id.in_(members))
            .order_by(AnswerRow.answered_at, AnswerRow.id)
        )
        handed_in = (
            select(
                SubmissionRow.member_id,
                RoundRow.local_date,
                SubmissionRow.handed_in_at,
                SubmissionRow.verdict,
            )
            .join(PostingRow, PostingRow.id == SubmissionRow.posting_id)
            .join(RoundRow, RoundRow.id == PostingRow.round_id)
            .where(
                SubmissionRow.member_id.in_(members),
                or_(SubmissionRow.verdict.is_(None), SubmissionRow.verdict.in_(COUNTED)),
            )
            .order_by(SubmissionRow.handed_in_at, SubmissionRow.id)
        )
        kept: dict[int, list[Kept]] = defaultdict(list)
        for member, day, at in await self.session.execute(answered):
            kept[member].append(Kept(day=day, at=values.utc(at), by=KeptBy.ANSWER))
        for member, day, at, verdict in await self.session.execute(handed_in):
            by = KeptBy.WAITING if verdict is None else COUNTED[verdict]
            kept[member].append(Kept(day=day, at=values.utc(at), by=by))
        return dict(kept)

    async def gifts(self, community: int, members: Collection[int]) -> Mapping[int, Sequence[Gift]]:
        """Freezes granted and days repaired, from the ledger."""
        rows = await self.all(
            select(LedgerRow)
            .where(
                LedgerRow.member_id.in_(members),
                LedgerRow.community_id == community,
                LedgerRow.kind.in_([str(LedgerKind.FREEZE_GRANTED), str(LedgerKind.STREAK_REPAIRED)]),
            )
            .order_by(LedgerRow.at, LedgerRow.id)
        )
        gifts: dict[int, list[Gift]] = defaultdict(list)
        for row in rows:
            repairs = row.day if row.kind == LedgerKind.STREAK_REPAIRED else None
            gifts[row.member_id].append(Gift(at=values.utc(row.at), repairs=repairs, why=row.why))
        return dict(gifts)
