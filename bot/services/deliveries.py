"""The outbox at work: claim, send, mark. What was never marked is sent again with the same nonce."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.services.cards import Notice
from bot.services.commands import Platform
from bot.services.errors import DeliveryFailed, Gone, ServiceError, Unavailable
from bot.services.panels import Panels, PostPanel
from bot.services.ports import Begin, Card, Clock, Outgoing, Poster, Signals, Topic, UnitOfWork
from bot.services.presenting import challenge_card, question_card, recap_card, verdict_card
from bot.services.queues import ClaimedDelivery, DeliveryKind, NewDelivery
from bot.services.records import Posting, RoundState, Tally
from bot.services.rounds import posting_keys
from bot.services.streaks import streak_of
from bot.services.waiting import either

log = logging.getLogger(__name__)

LEASE_S = 60.0
SEND_S = 40.0
"""A sending that takes longer is given up before another replica may claim it."""
POLL_S = 5.0
BATCH = 20
FIRST_BACKOFF_S = 2.0
LONGEST_BACKOFF_S = 300.0
GIVE_UP_AFTER = timedelta(hours=24)
LATE = timedelta(minutes=1)
"""A round that was posted later than this after it opened gets the delay added to its window."""
PUBLIC = frozenset({DeliveryKind.QUESTION, DeliveryKind.CHALLENGE, DeliveryKind.RECAP})


@dataclass(frozen=True, slots=True)
class Stale:
    """A delivery that makes no sense any more, and why."""

    reason: str


class DeliveryService:
    """Sends what is in the outbox to the platforms this process serves."""

    def __init__(
        self,
        begin: Begin,
        posters: Mapping[Platform, Poster],
        clock: Clock,
        signals: Signals,
        panels: Panels | None = None,
    ) -> None:
        self._begin = begin
        self._posters = posters
        self._clock = clock
        self._signals = signals
        self._panels = panels or Panels(())

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until told to stop."""
        bell = self._signals.bell(Topic.DELIVERIES)
        try:
            while not stop.is_set():
                try:
                    if await self.run_once() == 0:
                        await either(stop.wait(), bell.wait(POLL_S))
                except Unavailable:
                    log.warning("database away; trying again")
                    await either(stop.wait(), asyncio.sleep(FIRST_BACKOFF_S))
        finally:
            bell.close()

    async def run_once(self) -> int:
        """Send one batch side by side, a channel's posts in their order; returns how many were claimed."""
        async with self._begin() as work:
            claimed = await work.deliveries.claim(self._posters.keys(), self._clock.now(), LEASE_S, BATCH)
        lanes: dict[tuple[str, int], list[ClaimedDelivery]] = {}
        for delivery in claimed:
            lane = ("channel", delivery.channel.id) if delivery.kind in PUBLIC else ("private", delivery.id)
            lanes.setdefault(lane, []).append(delivery)
        await asyncio.gather(*(self._deliver_in_turn(lane) for lane in lanes.values()))
        return len(claimed)

    async def _deliver_in_turn(self, deliveries: Sequence[ClaimedDelivery]) -> None:
        for delivery in deliveries:
            await self._deliver(delivery)

    async def _deliver(self, delivery: ClaimedDelivery) -> None:
        try:
            card = await self._card(delivery)
            if isinstance(card, Stale):
                async with self._begin() as work:
                    if await work.deliveries.dead(delivery.id, delivery.fence, card.reason):
                        await _withdraw_unseen(work, delivery)
                return
            async with asyncio.timeout(SEND_S):
                external = await self._posters[delivery.platform].send(_outgoing(delivery, card))
        except Gone as gone:
            await self._gone(delivery, str(gone))
        except DeliveryFailed as failed:
            await self._later(delivery, str(failed), failed.retry_after_s)
        except TimeoutError:
            await self._later(delivery, f"no answer within {SEND_S:.0f} s", None)
        except Unavailable:
            log.warning("database away; the lease will run out", extra={"delivery": delivery.id})
        except Exception as error:  # a card or a platform that breaks must not stop the others
            log.exception("delivery failed", extra={"delivery": delivery.id})
            await self._later(delivery, type(error).__name__, None)
        else:
            await self._sent(delivery, external)

    async def _card(self, delivery: ClaimedDelivery) -> Card | Stale:
        """The card as of now: it is made when it is sent, so that it is never out of date."""
        now = self._clock.now()
        if delivery.kind is not DeliveryKind.PANEL:
            async with self._begin() as work:
                return await _card(work, delivery, now)
        panel = await self._panels.post(
            delivery.text,
            PostPanel(
                subject=delivery.subject,
                community=delivery.community.id,
                member=delivery.member.id if delivery.member else None,
                at=now,
            ),
        )
        return panel or Stale("there is nothing to say any more")

    async def _sent(self, delivery: ClaimedDelivery, external: str) -> None:
        now = self._clock.now()
        async with self._begin() as work:
            if not await work.deliveries.sent(delivery.id, delivery.fence, external, now):
                return
            if delivery.kind not in (DeliveryKind.QUESTION, DeliveryKind.CHALLENGE):
                return
            posting = await work.postings.get(delivery.subject)
            if posting is None or posting.round is None:
                return
            round_ = await work.rounds.get(posting.round)
            delay = now - delivery.due_at
            if delay > LATE:
                planned = posting.closes_at or round_.closes_at
                await work.rounds.extend(round_.id, planned + delay)

    async def _later(self, delivery: ClaimedDelivery, error: str, asked_s: float | None) -> None:
        now = self._clock.now()
        backoff = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2 ** min(delivery.attempt - 1, 20))
        async with self._begin() as work:
            if now - delivery.due_at > GIVE_UP_AFTER:
                gave_up = f"gave up after a day: {error}"[:500]
                if await work.deliveries.dead(delivery.id, delivery.fence, gave_up):
                    await _withdraw_unseen(work, delivery)
                return
            at = now + timedelta(seconds=max(backoff, asked_s or 0.0))
            await work.deliveries.retry(delivery.id, delivery.fence, at, error[:500])

    async def _gone(self, delivery: ClaimedDelivery, reason: str) -> None:
        """A channel that is no more is paused, and its community's admins are told once."""
        now = self._clock.now()
        async with self._begin() as work:
            if not await work.deliveries.dead(delivery.id, delivery.fence, f"gone: {reason}"[:500]):
                return
            if delivery.kind not in PUBLIC:
                return
            await _withdraw_unseen(work, delivery)
            channel = await work.directory.channel(delivery.channel.id)
            if channel.paused:
                return
            await work.directory.set_paused(channel.id, f"cannot post there: {reason}"[:300])
            await work.deliveries.drop_channel(channel.id, f"gone: {reason}"[:500])
            await work.audit.note(delivery.community.id, None, "channel.paused", reason[:300], now)
            await work.deliveries.add(
                NewDelivery(
                    key=f"gone:{delivery.id}",
                    platform=delivery.platform,
                    community=delivery.community.id,
                    channel=channel.id,
                    kind=DeliveryKind.NOTICE,
                    subject=channel.id,
                    text=(
                        f"I cannot post in #{channel.name or channel.external} any more, so its daily "
                        "rounds are paused. Give me the permission back, or set up another channel."
                    ),
                    due_at=now,
                )
            )
            work.ring(Topic.DELIVERIES)


async def _withdraw_unseen(work: UnitOfWork, delivery: ClaimedDelivery) -> None:
    """A round of which nobody could see anything is no challenge day."""
    if delivery.kind not in (DeliveryKind.QUESTION, DeliveryKind.CHALLENGE):
        return
    posting = await work.postings.get(delivery.subject)
    if posting is None or posting.round is None:
        return
    round_ = await work.rounds.get(posting.round)
    if round_.state is not RoundState.VOID and not await work.deliveries.was_sent(posting_keys(round_)):
        await work.rounds.set_state(round_.id, RoundState.VOID, "it could not be posted")


def _outgoing(delivery: ClaimedDelivery, card: Card) -> Outgoing:
    return Outgoing(
        delivery=delivery.id,
        nonce=delivery.nonce,
        attempt=delivery.attempt,
        platform=delivery.platform,
        community=delivery.community.external,
        channel=delivery.channel.external,
        kind=delivery.kind,
        card=card,
        member=delivery.member.external if delivery.member else "",
        reply=delivery.reply,
        language=_language(delivery),
        ping=_ping(delivery),
    )


def _language(delivery: ClaimedDelivery) -> str:
    """The reader's where one asked, else what the channel's posts are worded in."""
    if delivery.reply is not None:
        return delivery.reply.language
    return delivery.channel.schedule.language if delivery.channel.schedule is not None else "en"


def _ping(delivery: ClaimedDelivery) -> str:
    """The role that a round is announced to, once: with its question where there is one."""
    schedule = delivery.channel.schedule
    if schedule is None or delivery.kind not in (DeliveryKind.QUESTION, DeliveryKind.CHALLENGE):
        return ""
    return schedule.ping if delivery.kind is DeliveryKind.QUESTION or not schedule.question else ""


async def _card(work: UnitOfWork, delivery: ClaimedDelivery, now: datetime) -> Card | Stale:
    match delivery.kind:
        case DeliveryKind.QUESTION | DeliveryKind.CHALLENGE:
            return await _posting_card(work, delivery, now)
        case DeliveryKind.RECAP:
            return await _recap(work, delivery.subject)
        case DeliveryKind.VERDICT:
            submission = await work.submissions.get(delivery.subject)
            if submission is None or submission.judgement is None:
                return Stale("the submission is gone")
            streak = await streak_of(work, submission.member, now)
            return verdict_card(submission, streak.current)
        case DeliveryKind.NOTICE:
            return Notice(delivery.text, ok=False)
        case DeliveryKind.PANEL:
            raise ValueError("panels are made by their features")


async def _posting_card(work: UnitOfWork, delivery: ClaimedDelivery, now: datetime) -> Card | Stale:
    posting = await work.postings.get(delivery.subject)
    if posting is None or posting.void:
        return Stale("withdrawn before it was posted")
    if posting.closes_at is not None and now > posting.closes_at:
        return Stale("its round was over before it could be posted")
    if delivery.kind is DeliveryKind.QUESTION:
        return question_card(posting, await work.answers.count(posting.id), now)
    solved = await work.submissions.solved(posting.community, posting.stored.question, posting.id)
    return challenge_card(posting.stored, posting, solved, now)


async def _recap(work: UnitOfWork, round_id: int) -> Card | Stale:
    try:
        round_ = await work.rounds.get(round_id)
    except ServiceError:
        return Stale("the round is gone")
    question = await _optional(work, round_.question)
    challenge = await _optional(work, round_.challenge)
    tally = await work.answers.tally(question.id) if question else Tally()
    solved = submitted = 0
    if challenge is not None:
        solved = await work.submissions.solved(round_.community, challenge.stored.question, challenge.id)
        submitted = await work.submissions.submitted(challenge.id)
    return recap_card(round_, question, tally, challenge, solved, submitted)


async def _optional(work: UnitOfWork, posting: int | None) -> Posting | None:
    return await work.postings.get(posting) if posting is not None else None
