"""What a judgement changes: the submission, points, and the message to its author; in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.grading import Judgement, Verdict
from bot.domain.ledger import Earned, LedgerEntry, LedgerKind, paid_by_submission
from bot.domain.points import Try, due
from bot.services.paying import counts_for, pay_submission
from bot.services.ports import Topic, UnitOfWork
from bot.services.queues import DeliveryKind, NewDelivery
from bot.services.records import Community, Submission, SubmissionState


async def settle(work: UnitOfWork, submission: Submission, judgement: Judgement, now: datetime) -> None:
    """Record the verdict on one waiting submission, pay for it, and put its message in the outbox."""
    judged = replace(submission, state=SubmissionState.JUDGED, judgement=judgement)
    community = await work.directory.community(submission.community)
    posting = await work.postings.get(submission.posting) if submission.posting is not None else None
    paid = await pay_submission(work, community, posting, judged)
    await work.submissions.record(submission.id, judgement, paid.points, paid.note)
    await _tell(work, submission, f"verdict:{submission.id}", now)


async def settle_again(
    work: UnitOfWork, submission: Submission, judgement: Judgement, grading: str, now: datetime
) -> None:
    """Record a new verdict on a submission that has one, and correct what followed from the old one.

    The member's payments for the challenge become what they would be had all verdicts been these from the
    start, each by a row for its difference; without a difference nothing is written. A day that an accepted
    submission had kept is repaired when it is none any more. An internal error changes nothing. ``grading``
    names this run of the judge and no other.
    """
    before = submission.judgement
    if before is None or judgement.verdict is Verdict.INTERNAL_ERROR or submission.stored.void:
        return
    community = await work.directory.community(submission.community)
    await work.ledger.lock(submission.member)
    await work.submissions.record(submission.id, judgement, submission.points, submission.note)
    corrected = await _correct(work, community, submission, grading, now)
    if before.accepted and not judgement.accepted:
        await _repair(work, community, submission, now)
    if corrected or before.verdict is not judgement.verdict:
        await _tell(work, submission, f"verdict:{submission.id}:{grading}", now)


async def _correct(
    work: UnitOfWork, community: Community, submission: Submission, grading: str, now: datetime
) -> bool:
    """Pay or take back what the member's submissions are due; whether this one's points changed."""
    question = submission.stored.question
    every = await work.submissions.tries(community.id, submission.member, question)
    judged = [(one, one.judgement) for one in every if one.judgement is not None]
    hints = await work.hints.taken(community.id, submission.member, question)
    seen_at = await work.solutions.given_up(submission.member, question)
    tries = [
        Try(
            one.stored.as_challenge,
            verdict,
            one.attempt,
            sum(hint.at <= one.at for hint in hints),
            given_up=seen_at is not None and seen_at <= one.at,
        )
        for one, verdict in judged
    ]
    paid = paid_by_submission(await work.ledger.entries(community.id, submission.member), question)
    changed = False
    for (one, verdict), owed in zip(judged, due(tries), strict=True):
        had = paid.get(one.id, Earned())
        if owed == had:
            continue
        posting = await work.postings.get(one.posting) if one.posting is not None else None
        await work.ledger.append(
            LedgerEntry(
                community=community.id,
                member=one.member,
                kind=LedgerKind.CORRECTION,
                source=f"rejudge:{one.id}:{submission.id}:{grading}",
                day=counts_for(posting, community, one.at),
                at=one.at,
                points=owed.points - had.points,
                solved=owed.solved - had.solved,
                question=question,
                channel=one.channel,
                topic=one.stored.item.meta.topic,
                why="graded again",
            )
        )
        await work.submissions.record(
            one.id, verdict, owed.points, "Graded again: its points were corrected."
        )
        changed = changed or one.id == submission.id
    return changed


async def _repair(work: UnitOfWork, community: Community, submission: Submission, now: datetime) -> None:
    posting = await work.postings.get(submission.posting) if submission.posting is not None else None
    if posting is None or posting.local_date is None:
        return
    await work.ledger.append(
        LedgerEntry(
            community=community.id,
            member=submission.member,
            kind=LedgerKind.STREAK_REPAIRED,
            source=f"repair:{submission.member}:{posting.local_date}",
            day=posting.local_date,
            at=now,
            why="your solution had been accepted, and was graded again",
        )
    )


async def _tell(work: UnitOfWork, submission: Submission, key: str, now: datetime) -> None:
    await work.deliveries.add(
        NewDelivery(
            key=key,
            platform=submission.platform,
            community=submission.community,
            channel=submission.channel,
            kind=DeliveryKind.VERDICT,
            subject=submission.id,
            member=submission.member,
            reply=submission.reply,
            due_at=now,
        )
    )
    work.ring(Topic.DELIVERIES)
