"""Daily rounds, and what was shown in them or on request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.domain.content import CODE_KINDS
from bot.domain.rounds import DueRound
from bot.services.commands import Platform
from bot.services.errors import NotFound
from bot.services.records import Posting, Round, RoundState
from bot.storage import values
from bot.storage.repositories.base import Repository
from bot.storage.tables import ChannelRow, CommunityRow, PostingRow, QuestionRow, RoundRow, VersionRow


class SqlRounds(Repository):
    """Implements ``bot.services.repositories.Rounds``."""

    async def open(
        self,
        community: int,
        channel: int,
        due: DueRound,
        opens_at: datetime,
        state: RoundState = RoundState.OPEN,
        reason: str = "",
    ) -> Round | None:
        """Record a round; None when the channel has one for that date already."""
        made = await self.session.scalars(
            insert(RoundRow)
            .values(
                channel_id=channel,
                local_date=due.local_date,
                opens_at=opens_at,
                closes_at=due.closes_at,
                state=str(state),
                reason=reason,
            )
            .on_conflict_do_nothing(index_elements=["channel_id", "local_date"])
            .returning(RoundRow.id)
        )
        round_ = made.one_or_none()
        return None if round_ is None else await self.get(round_)

    async def get(self, round_: int) -> Round:
        """A round by id. Raises ``NotFound``."""
        row = await self.one(values.select_rounds().where(RoundRow.id == round_))
        if row is None:
            raise NotFound("round", "This round is not there any more.")
        return values.round_value(row)

    async def current(self, channel: int, at: datetime) -> Round | None:
        """The latest round that is not void or skipped and whose window holds ``at``."""
        row = await self.one(
            values.select_rounds()
            .where(
                RoundRow.channel_id == channel,
                RoundRow.state.in_([str(RoundState.OPEN), str(RoundState.CLOSED)]),
                RoundRow.opens_at <= at,
                RoundRow.closes_at >= at,
            )
            .order_by(RoundRow.opens_at.desc(), RoundRow.id.desc())
            .limit(1)
        )
        return values.round_value(row) if row else None

    async def showing(self, question: int) -> Sequence[Round]:
        """Rounds that posted the question or challenge and are neither void nor skipped, by id."""
        posted = select(PostingRow.round_id).where(PostingRow.question_id == question)
        live = RoundRow.state.in_([str(RoundState.OPEN), str(RoundState.CLOSED)])
        rows = await self.all(
            values.select_rounds().where(RoundRow.id.in_(posted), live).order_by(RoundRow.id)
        )
        return [values.round_value(row) for row in rows]

    async def to_close(self, now: datetime, limit: int) -> Sequence[int]:
        """Ids of open rounds whose window is over, earliest first."""
        rows = await self.session.scalars(
            select(RoundRow.id).where(_over(now)).order_by(RoundRow.closes_at).limit(limit)
        )
        return rows.all()

    async def lock_to_close(self, round_: int, now: datetime) -> Round | None:
        """Claim one of them for this transaction; None when another did or it is not due any more."""
        row = await self.one(
            values.select_rounds()
            .where(RoundRow.id == round_, _over(now))
            .with_for_update(skip_locked=True, key_share=True, of=RoundRow)
        )
        return values.round_value(row) if row else None

    async def set_state(self, round_: int, state: RoundState, reason: str = "") -> None:
        """Close or void it. Its postings follow: they are void when it is."""
        await self.session.execute(
            update(RoundRow).where(RoundRow.id == round_).values(state=str(state), reason=reason)
        )
        if state is RoundState.VOID:
            of = select(ChannelRow.community_id).join(RoundRow, RoundRow.channel_id == ChannelRow.id)
            await self.session.execute(
                update(CommunityRow)
                .where(CommunityRow.id.in_(of.where(RoundRow.id == round_)))
                .values(rewritten=CommunityRow.rewritten + 1)
            )

    async def extend(self, round_: int, closes_at: datetime) -> None:
        """Move the end of the window later (never earlier), for the round and its postings."""
        await self.session.execute(
            update(RoundRow)
            .where(RoundRow.id == round_)
            .values(closes_at=func.greatest(RoundRow.closes_at, closes_at))
        )


class SqlPostings(Repository):
    """Implements ``bot.services.repositories.Postings``."""

    async def add(
        self,
        *,
        community: int,
        channel: int,
        version: int,
        at: datetime,
        round_: int | None = None,
        member: int | None = None,
        platform: Platform | None = None,
        event_id: str = "",
    ) -> Posting:
        """Record a showing."""
        of_version = select(VersionRow.question_id, QuestionRow.kind.in_(CODE_KINDS)).join(
            QuestionRow, QuestionRow.id == VersionRow.question_id
        )
        question, challenge = (await self.session.execute(of_version.where(VersionRow.id == version))).one()
        made = await self.session.scalars(
            insert(PostingRow)
            .values(
                channel_id=channel,
                question_id=question,
                version_id=version,
                challenge=challenge,
                round_id=round_,
                member_id=member,
                platform=None if platform is None else str(platform),
                event_id=None if platform is None else event_id,
                shown_at=at,
            )
            .returning(PostingRow.id)
        )
        posting = await self.get(made.one())
        assert posting is not None
        return posting

    async def get(self, posting: int) -> Posting | None:
        """A posting by id."""
        row = await self.one(values.select_postings().where(PostingRow.id == posting))
        return values.posting(row) if row else None

    async def by_event(self, platform: Platform, event_id: str) -> Posting | None:
        """The posting that an earlier delivery of the same event made."""
        row = await self.one(
            values.select_postings().where(
                PostingRow.platform == str(platform), PostingRow.event_id == event_id
            )
        )
        return values.posting(row) if row else None


def _over(now: datetime) -> ColumnElement[bool]:
    return and_(RoundRow.state == str(RoundState.OPEN), RoundRow.closes_at <= now)
