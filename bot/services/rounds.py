"""Daily rounds: open what is due, close what is over, once each, whoever else does the same."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.content import CODE_KINDS
from bot.domain.picking import DAILY_QUESTIONS, Pool, mixed, point
from bot.domain.rounds import (
    DueRound,
    Lateness,
    Schedule,
    due_round,
    lateness,
    local_date,
    next_post,
    round_of,
)
from bot.services.errors import ClockSkew, ServiceError
from bot.services.ports import Begin, Clock, Topic, UnitOfWork
from bot.services.queues import DeliveryKind, NewDelivery
from bot.services.records import Channel, Community, Round, RoundState, StoredItem

log = logging.getLogger(__name__)

MOST_SKEW = timedelta(minutes=5)
"""How far this machine's clock may be from the database's for rounds to be opened."""
RECAP_UNTIL = timedelta(hours=24)
"""A recap that is later than this is no news any more."""
BATCH = 500
LANES = 4
"""Transactions that open rounds side by side."""
TOGETHER = 20
"""Rounds that are opened by one transaction: a commit waits for the disk."""


@dataclass(frozen=True, slots=True)
class TickReport:
    """What one tick did, in numbers of rounds."""

    opened: int = 0
    skipped: int = 0
    closed: int = 0
    failed: int = 0

    def plus(self, other: TickReport) -> TickReport:
        """Both together."""
        return TickReport(
            opened=self.opened + other.opened,
            skipped=self.skipped + other.skipped,
            closed=self.closed + other.closed,
            failed=self.failed + other.failed,
        )


class RoundService:
    """Opens and closes rounds; called at a steady tick by any number of replicas."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def tick(self) -> TickReport:
        """Close and open everything that is due, in a transaction each.

        What fails is logged and tried again at the next tick, and holds nothing else up. Raises
        ``ClockSkew`` when this machine's clock cannot be trusted, and ``Unavailable``.
        """
        now = self._clock.now()
        async with self._begin() as work:
            skew = abs(await work.database_now() - now)
            if skew > MOST_SKEW:
                raise ClockSkew(
                    f"this machine's clock differs from the database's by {skew}; set it right to open rounds"
                )
            over = await work.rounds.to_close(now, BATCH)
            due = await work.directory.due_channels(now, BATCH)
        report = await self._close_over(over, now)
        failed: set[int] = set()
        while due:
            step = await self._open_some([each for each in due if each not in failed], now, failed)
            report = report.plus(step)
            if len(due) < BATCH or not step.opened + step.skipped:
                break
            async with self._begin() as work:
                due = await work.directory.due_channels(now, BATCH + len(failed))
        return report

    async def _close_over(self, over: Sequence[int], now: datetime) -> TickReport:
        closed = failed = 0
        for round_ in over:
            try:
                closed += await self._close(round_, now)
            except ServiceError:
                failed += 1
                log.exception("closing a round failed", extra={"round": round_})
        return TickReport(closed=closed, failed=failed)

    async def _open_some(self, due: Sequence[int], now: datetime, failed: set[int]) -> TickReport:
        """Open what is due in some channels, side by side; those that ``failed`` wait for the next tick."""
        waiting = iter([due[start : start + TOGETHER] for start in range(0, len(due), TOGETHER)])
        opened: list[Round | None] = []

        async def lane() -> None:
            for channels in waiting:
                opened.extend(await self._open_together(channels, now, failed))

        before = len(failed)
        await asyncio.gather(*(lane() for _ in range(LANES)))
        states = [round_.state for round_ in opened if round_ is not None]
        return TickReport(
            opened=states.count(RoundState.OPEN),
            skipped=states.count(RoundState.SKIPPED),
            failed=len(failed) - before,
        )

    async def withdraw(self, round_: int, reason: str) -> None:
        """Withdraw a round: it is no challenge day for those who did not answer, and its channel is told.

        Points stay; a wrong question is withdrawn by ``bot.services.corrections``. Twice is as good as once.
        Raises ``NotFound``.
        """
        async with self._begin() as work:
            found = await work.rounds.get(round_)
            if found.state is RoundState.VOID:
                return
            await work.rounds.set_state(found.id, RoundState.VOID, reason)
            now = self._clock.now()
            detail = f"{found.local_date}: {reason}"
            await work.audit.note(found.community, None, "round.withdrawn", detail, now)
            text = (
                f"The round of {found.local_date:%d %B} was withdrawn: {reason}. "
                "Points that were earned stay, and nobody's streak is touched."
            )
            if await work.deliveries.was_sent(posting_keys(found)):
                community = await work.directory.community(found.community)
                await _tell(work, community, found.channel, f"withdrawn:{found.id}", found.id, text, now)

    async def _open_together(
        self, channels: Sequence[int], now: datetime, failed: set[int]
    ) -> Sequence[Round | None]:
        """Open what is due in some channels in one transaction; each in one of its own when that fails."""
        try:
            async with self._begin() as work:
                return [await self._open_due(work, channel, now) for channel in channels]
        except ServiceError:
            if len(channels) == 1:
                failed.update(channels)
                log.exception("opening a round failed", extra={"channel": channels[0]})
                return []
        opened: list[Round | None] = []
        for channel in channels:
            opened.extend(await self._open_together([channel], now, failed))
        return opened

    async def _open_due(self, work: UnitOfWork, channel_id: int, now: datetime) -> Round | None:
        locked = await work.directory.lock_due(channel_id, now)
        if locked is None:
            return None
        community, channel = locked
        schedule = channel.schedule
        if schedule is None:
            await work.directory.set_next_due(channel.id, None)
            return None
        await work.directory.set_next_due(channel.id, next_post(schedule, now))
        due = due_round(schedule, now)
        if due is None:
            return None
        if lateness(due, now) is Lateness.SKIP:
            return await _skip(work, community, channel, due, now, "Warmup was not running when it was due")
        return await open_round(work, community, channel, schedule, due, now)

    async def _close(self, round_id: int, now: datetime) -> bool:
        async with self._begin() as work:
            round_ = await work.rounds.lock_to_close(round_id, now)
            if round_ is None:
                return False
            await work.rounds.set_state(round_.id, RoundState.CLOSED)
            if now - round_.closes_at <= RECAP_UNTIL:
                community = await work.directory.community(round_.community)
                await _deliver(work, community, round_.channel, DeliveryKind.RECAP, round_.id, now)
        return True


async def open_at_once(
    work: UnitOfWork, community: Community, channel: Channel, schedule: Schedule, now: datetime
) -> Round | None:
    """Open today's round now, whatever the schedule's time; None when the channel has today's already."""
    due = round_of(schedule, local_date(now, schedule.zone), now)
    return await open_round(work, community, channel, schedule, due, now)


async def open_round(
    work: UnitOfWork, community: Community, channel: Channel, schedule: Schedule, due: DueRound, now: datetime
) -> Round | None:
    """Record the round, pick its items, put them in the outbox; None when the date has its round already."""
    picked = await picks(work, community, channel, schedule, due)
    if not picked:
        return await _skip(work, community, channel, due, now, "no question or challenge fits its settings")
    opened = await work.rounds.open(community.id, channel.id, due, now)
    if opened is None:
        return None
    for kind, stored in picked:
        posting = await work.postings.add(
            community=community.id, channel=channel.id, version=stored.version, at=now, round_=opened.id
        )
        await _deliver(work, community, channel.id, kind, posting.id, now)
    return opened


async def picks(
    work: UnitOfWork, community: Community, channel: Channel, schedule: Schedule, due: DueRound
) -> list[tuple[DeliveryKind, StoredItem]]:
    """The day's question and challenge; the same for the same channel and date, whenever it is asked."""
    wanted = [(DeliveryKind.QUESTION, DAILY_QUESTIONS, schedule.question)]
    wanted.append((DeliveryKind.CHALLENGE, CODE_KINDS, schedule.challenge))
    picked = []
    for kind, kinds, asked_for in wanted:
        if not asked_for:
            continue
        pool = Pool(kinds=kinds, topics=schedule.topics, difficulties=schedule.difficulties)
        start = point("round", community.id, channel.id, due.local_date, kind)
        for one in mixed(pool, start):
            stored = await work.bank.pick_for_channel(community.id, channel.id, one, start)
            if stored is not None:
                picked.append((kind, stored))
                break
    return picked


async def _skip(
    work: UnitOfWork, community: Community, channel: Channel, due: DueRound, now: datetime, reason: str
) -> Round | None:
    skipped = await work.rounds.open(community.id, channel.id, due, now, RoundState.SKIPPED, reason)
    if skipped is not None:
        text = f"There is no round for {due.local_date:%d %B}: {reason}. Nobody's streak is touched."
        await _tell(work, community, channel.id, f"skipped:{skipped.id}", skipped.id, text, now)
    return skipped


def posting_keys(round_: Round) -> tuple[str, str]:
    """The keys under which a round's question and challenge are in the outbox."""
    return f"{DeliveryKind.QUESTION}:{round_.question}", f"{DeliveryKind.CHALLENGE}:{round_.challenge}"


async def _deliver(
    work: UnitOfWork, community: Community, channel: int, kind: DeliveryKind, subject: int, now: datetime
) -> None:
    """Put what a round or a posting shows into the outbox, once."""
    await work.deliveries.add(_delivery(community, channel, f"{kind}:{subject}", kind, subject, now))
    work.ring(Topic.DELIVERIES)


async def _tell(
    work: UnitOfWork, community: Community, channel: int, key: str, subject: int, text: str, now: datetime
) -> None:
    """Put a notice into the outbox, once."""
    notice = _delivery(community, channel, key, DeliveryKind.NOTICE, subject, now)
    await work.deliveries.add(replace(notice, text=text))
    work.ring(Topic.DELIVERIES)


def _delivery(
    community: Community, channel: int, key: str, kind: DeliveryKind, subject: int, now: datetime
) -> NewDelivery:
    return NewDelivery(
        key=key,
        platform=community.platform,
        community=community.id,
        channel=channel,
        kind=kind,
        subject=subject,
        text="",
        due_at=now,
    )
