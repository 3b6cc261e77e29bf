"""The end of an exam: every answer judged, the score, and what the member is told."""

from __future__ import annotations

from datetime import datetime

from bot.domain.exams import Score, is_right, score
from bot.services.learning import exam_panels as panels
from bot.services.learning.records import Account, Attempt, Exam, ExamItem, Source
from bot.services.learning.study import record_attempts
from bot.services.panels import Panel
from bot.services.ports import Topic, UnitOfWork
from bot.services.queues import DeliveryKind, NewDelivery

PAST_SHOWN = 20
RESULT = "exam.result"


async def close(work: UnitOfWork, exam: Exam, at: datetime) -> Exam:
    """Judge every answer; what was wrong goes into the member's review."""
    marks = {item.place: _is_right(item) for item in exam.items}
    await work.exams.finish(exam.id, min(at, exam.ends_at), marks)
    answered = [item for item in exam.items if item.answered]
    await record_attempts(
        work,
        [
            Attempt(
                member=exam.member,
                question=item.stored.question,
                version=item.stored.version,
                chosen=item.chosen,
                correct=marks[item.place],
                seconds=None,
                source=Source.EXAM,
                at=item.answered_at or at,
            )
            for item in answered
            if not item.stored.void
        ],
    )
    wrong = [item.stored.question for item in answered if not marks[item.place]]
    await work.reviews.enrol(exam.member, wrong, at)
    return await again(work, exam)


async def result(work: UnitOfWork, exam: Exam) -> Panel:
    """The result, against earlier tries at the same exam."""
    before = []
    if exam.blueprint_id is not None:
        past = await work.exams.past(exam.member, exam.blueprint_id, PAST_SHOWN)
        before = [one for one in past if one.id < exam.id]
    return panels.result(exam, score_of(exam), before, by_time=exam.finished_at == exam.ends_at)


async def again(work: UnitOfWork, exam: Exam) -> Exam:
    """The exam as it is now."""
    found = await work.exams.get(exam.id)
    assert found is not None
    return found


async def send_result(work: UnitOfWork, account: Account, exam: Exam, now: datetime) -> None:
    """Tell the member how an exam went that ended by itself."""
    await work.deliveries.add(
        NewDelivery(
            key=f"{RESULT}:{exam.id}",
            platform=account.community.platform,
            community=account.community.id,
            channel=exam.channel,
            kind=DeliveryKind.PANEL,
            subject=exam.id,
            text=RESULT,
            member=exam.member,
            due_at=now,
        )
    )
    work.ring(Topic.DELIVERIES)


def score_of(exam: Exam) -> Score:
    """The score of an exam that is over. A question that was withdrawn counts for nobody."""
    counted = [item for item in exam.items if not item.stored.void]
    return score(exam.blueprint, [(item.domain, bool(item.correct)) for item in counted])


def _is_right(item: ExamItem) -> bool:
    return is_right(item.stored.as_question, item.chosen, item.typed)
