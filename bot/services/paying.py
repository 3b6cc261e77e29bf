"""Points, paid as the difference between what is due and what was paid: paying twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.ledger import LedgerEntry, LedgerKind
from bot.domain.points import answer_points, submission_points
from bot.domain.rounds import local_date
from bot.services.ports import UnitOfWork
from bot.services.records import Community, NewAnswer, Posting, Submission


@dataclass(frozen=True, slots=True)
class Paid:
    """Points paid now, and a sentence when that needs a reason."""

    points: int
    note: str = ""


def counts_for(posting: Posting | None, community: Community, at: datetime) -> date:
    """The day that points count for: the round's, else the date on the community's calendar."""
    if posting is not None and posting.local_date is not None:
        return posting.local_date
    return local_date(at, community.zone)


PRACTICE = "You have answered this question before: this time it is practice."


def answer_payment(community: Community, posting: Posting, answer: NewAnswer, *, known: bool) -> LedgerEntry:
    """What an answer earns, ``known`` or new to the member; its ``source`` is known when it is stored."""
    question = posting.stored.as_question
    points = answer_points(question, correct=answer.correct, known=known)
    return LedgerEntry(
        community=community.id,
        member=answer.member,
        kind=LedgerKind.ANSWER,
        source="answer:",
        day=counts_for(posting, community, answer.at),
        at=answer.at,
        points=points,
        solved=int(points > 0),
        question=posting.stored.question,
        channel=posting.channel,
        topic=question.meta.topic,
    )


async def pay_submission(
    work: UnitOfWork, community: Community, posting: Posting | None, submission: Submission
) -> Paid:
    """Pay for a submission whose ``judgement`` is set: the best of the member's submissions is paid, once."""
    judgement = submission.judgement
    if judgement is None:
        raise ValueError(f"submission {submission.id} has no verdict yet")
    challenge = submission.stored.as_challenge
    if submission.stored.void:
        return Paid(0, "This challenge was withdrawn: it earns no points.")
    before = await work.ledger.earned(community.id, submission.member, submission.stored.question)
    taken = await work.hints.taken(community.id, submission.member, submission.stored.question)
    hints = sum(hint.at <= submission.at for hint in taken)
    seen_at = await work.solutions.given_up(submission.member, submission.stored.question)
    given_up = seen_at is not None and seen_at <= submission.at
    worth = submission_points(
        challenge, judgement, attempt=submission.attempt, hints=hints, given_up=given_up
    )
    points = max(0, worth - before.points)
    newly_solved = int(judgement.accepted and judgement.ranked and before.solved == 0 and not given_up)
    if points or newly_solved:
        await work.ledger.append(
            LedgerEntry(
                community=community.id,
                member=submission.member,
                kind=LedgerKind.SUBMISSION,
                source=f"submission:{submission.id}",
                day=counts_for(posting, community, submission.at),
                at=submission.at,
                points=points,
                solved=newly_solved,
                question=submission.stored.question,
                channel=submission.channel,
                topic=challenge.meta.topic,
            )
        )
    if given_up and judgement.accepted:
        return Paid(0, "You have seen its solution: it earns no points any more.")
    return Paid(points, _note(submission, points, hints))


def _note(submission: Submission, points: int, hints: int) -> str:
    judgement = submission.judgement
    if judgement is None or not judgement.accepted:
        return ""
    if not judgement.ranked:
        return "This challenge is practice: it earns no points."
    if not points:
        return "You have solved this challenge before: it earns points once."
    if hints:
        return f"{hints} hint{'s' if hints > 1 else ''} used: each takes a fifth of the points off."
    return "Solved at the first try." if submission.attempt == 1 else ""
