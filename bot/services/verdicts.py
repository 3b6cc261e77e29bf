"""What a judgement changes: the submission, points, and the message to its author; in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.grading import Judgement
from bot.services.paying import pay_submission
from bot.services.ports import Topic, UnitOfWork
from bot.services.queues import DeliveryKind, NewDelivery
from bot.services.records import Submission, SubmissionState


async def settle(work: UnitOfWork, submission: Submission, judgement: Judgement, now: datetime) -> None:
    """Record the verdict on one waiting submission, pay for it, and put its message in the outbox."""
    judged = replace(submission, state=SubmissionState.JUDGED, judgement=judgement)
    community = await work.directory.community(submission.community)
    posting = await work.postings.get(submission.posting) if submission.posting is not None else None
    paid = await pay_submission(work, community, posting, judged)
    await work.submissions.record(submission.id, judgement, paid.points, paid.note)
    await work.deliveries.add(
        NewDelivery(
            key=f"verdict:{submission.id}",
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
