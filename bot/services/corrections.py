"""Undoing what went wrong: a question withdrawn for good, with everything that followed from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.content import Challenge
from bot.domain.ledger import LedgerEntry, taken_back
from bot.services.errors import NotFound, Refusal
from bot.services.ports import Begin, Clock, Topic, UnitOfWork
from bot.services.queues import DeliveryKind, NewDelivery
from bot.services.records import RoundState, StoredItem

BATCH = 500
"""Payments that are taken back in one transaction."""
LONGEST_REASON = 200
"""Characters of a reason that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidReport:
    """What withdrawing a question changed this time; all zeros when it was done before."""

    bank: str
    key: str
    rounds: int = 0
    """Rounds that are no challenge days any more for those who did not answer."""
    payments: int = 0
    """Ledger rows that were taken back."""
    points: int = 0
    """The sum of their points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejudgeReport:
    """What was put up to be graded again, and by which version of the challenge."""

    bank: str
    key: str
    version: int
    """The version's number in its bank, from 1."""
    jobs: int
    """Gradings to do: the same code is graded once."""
    submissions: int


async def find_item(work: UnitOfWork, key: str, bank: str | None) -> StoredItem:
    """The one item with this key. Raises ``NotFound`` when there is none, or one in several banks."""
    found = await work.bank.named(key, bank)
    if not found:
        raise NotFound("unknown_question", f"No bank here holds anything called {key[:60]!r}.")
    if len(found) > 1:
        banks = ", ".join(sorted(stored.bank for stored in found))
        raise NotFound("which_bank", f"Several banks hold {key[:60]!r}; say which: {banks}.")
    return found[0]


class CorrectionService:
    """What an operator does when a question was wrong. Each can be run again at any time, and by several."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def void(self, key: str, reason: str, bank: str | None = None) -> VoidReport:
        """Withdraw a question or challenge, and what followed from it.

        It is not asked again and takes no answers, its rounds cost nobody a streak, and every payment for it
        is taken back by a row of its own; its channels are told once. What was paid while this ran is found
        by running it again. A mended version that is imported later
        counts afresh. Raises ``NotFound``.
        """
        now, reason = self._clock.now(), reason.strip()[:LONGEST_REASON] or "it was wrong"
        async with self._begin() as work:
            stored = await find_item(work, key, bank)
            if await work.bank.withdraw(stored.question, reason):
                detail = f"{stored.bank}/{key}: {reason}"
                await work.audit.note(None, None, "question.withdrawn", detail, now)
            rounds = await work.rounds.showing(stored.question)
            for round_ in rounds:
                await work.rounds.set_state(round_.id, RoundState.VOID, reason)
                await tell_withdrawn(work, stored, round_.community, round_.channel, reason, now)
        report = VoidReport(bank=stored.bank, key=key, rounds=len(rounds))
        # The mark is committed first, so that no answer is paid after the payments were looked for.
        after = 0
        while True:
            async with self._begin() as work:
                payments = await work.ledger.payments(stored.question, after, BATCH)
                taken = [
                    entry
                    for number, entry in sorted(payments, key=by_member)
                    if await work.ledger.append(taken_back(number, entry, f"withdrawn: {reason}"))
                ]
                for community, channel in {(entry.community, entry.channel) for entry in taken}:
                    if channel is not None:
                        await tell_withdrawn(work, stored, community, channel, reason, now)
            if not payments:
                return report
            after = payments[-1][0]
            report = replace(
                report,
                payments=report.payments + len(taken),
                points=report.points + sum(entry.points for entry in taken),
            )

    async def rejudge(self, key: str, bank: str | None = None) -> RejudgeReport:
        """Put every submission for a challenge up again, to be judged by its current version.

        The workers do it when they have time. Points follow by corrections, verdicts that change are told,
        and doing it again with the same tests changes nothing. Raises ``NotFound``, and ``Refusal`` for what
        is no challenge or was withdrawn.
        """
        async with self._begin() as work:
            stored = await find_item(work, key, bank)
            if not isinstance(stored.item, Challenge):
                raise Refusal("no_challenge", f"{key} is a question: nothing of it is graded by a worker.")
            if stored.void:
                raise Refusal(
                    "withdrawn", f"{key} was withdrawn: {stored.void}. Import a mended version first."
                )
            jobs, submissions = await work.queue.regrade(stored)
            detail = f"{stored.bank}/{key}: {submissions} submissions"
            await work.audit.note(None, None, "challenge.rejudged", detail, self._clock.now())
            work.ring(Topic.GRADING)
        return RejudgeReport(
            bank=stored.bank, key=key, version=stored.number, jobs=jobs, submissions=submissions
        )


def by_member(payment: tuple[int, LedgerEntry]) -> tuple[int, int]:
    """Members are locked in this order, so that two corrections never wait for each other in a circle."""
    return payment[1].member, payment[0]


async def tell_withdrawn(
    work: UnitOfWork, stored: StoredItem, community: int, channel: int, reason: str, now: datetime
) -> None:
    """One notice for each channel and withdrawn version, however often this is called."""
    text = (
        f"{stored.item.meta.title} was withdrawn: {reason}. Points for it are taken back from everybody, "
        f"and nobody's streak is touched."
    )
    await work.deliveries.add(
        NewDelivery(
            key=f"void:{stored.version}:{channel}",
            platform=(await work.directory.community(community)).platform,
            community=community,
            channel=channel,
            kind=DeliveryKind.NOTICE,
            subject=channel,
            text=text,
            due_at=now,
        )
    )
    work.ring(Topic.DELIVERIES)
