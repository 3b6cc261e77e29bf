"""From records to cards: how a posting, an answer or a submission is shown, whatever the platform."""

from __future__ import annotations

from datetime import datetime

from bot.domain.content import Challenge, Question, Show, SourceFile
from bot.domain.options import LETTERS, shown_order
from bot.domain.points import full_points
from bot.services.cards import (
    AnswerCard,
    ChallengeCard,
    Choice,
    ChoiceReview,
    QuestionCard,
    RecapCard,
    VerdictCard,
)
from bot.services.records import Answer, Posting, Round, StoredItem, Submission, Tally

MOST_EXAMPLES = 3
"""Visible runs of a program that a challenge shows."""


def is_closed(posting: Posting, now: datetime) -> bool:
    """Whether the posting takes no more answers."""
    return posting.void or (posting.closes_at is not None and now > posting.closes_at)


def question_card(posting: Posting, answered: int, now: datetime) -> QuestionCard:
    """A question to answer."""
    question = posting.stored.as_question
    order = shown_order(question, posting.id)
    return QuestionCard(
        posting=posting.id,
        kind=question.kind,
        title=question.meta.title,
        prompt=question.prompt,
        program=question.program,
        choices=tuple(
            Choice(letter, question.options[position].text)
            for letter, position in zip(LETTERS, order, strict=False)
        ),
        several=len(question.right) > 1,
        topic=question.meta.topic,
        difficulty=question.meta.difficulty,
        points=full_points(question),
        answered=answered,
        local_date=posting.local_date,
        opens_at=posting.opens_at,
        closes_at=posting.closes_at,
        closed=is_closed(posting, now),
    )


def reviews(question: Question, posting: int, chosen: frozenset[int]) -> tuple[ChoiceReview, ...]:
    """Every option after the answer, in the order it was shown in."""
    order = shown_order(question, posting)
    return tuple(
        ChoiceReview(
            letter=letter,
            text=question.options[position].text,
            right=question.options[position].correct,
            chosen=position in chosen,
            explanation=question.options[position].explanation,
        )
        for letter, position in zip(LETTERS, order, strict=False)
    )


def answer_card(posting: Posting, answer: Answer, streak: int, *, repeated: bool) -> AnswerCard:
    """The private result of an answer; what it earned is told once, with the answer that earned it."""
    question = posting.stored.as_question
    return AnswerCard(
        posting=posting.id,
        title=question.meta.title,
        correct=answer.correct,
        repeated=repeated,
        points=0 if repeated else answer.points,
        choices=reviews(question, posting.id, answer.chosen),
        explanation=question.explanation,
        typed=answer.typed,
        expected_output=question.expected_output or "",
        streak=streak,
        note="You answered this before; your first answer counts." if repeated else answer.note,
    )


def challenge_card(stored: StoredItem, posting: Posting | None, solved: int, now: datetime) -> ChallengeCard:
    """A challenge to solve, by itself or as a round's."""
    challenge = stored.as_challenge
    return ChallengeCard(
        posting=posting.id if posting else None,
        key=challenge.meta.key,
        kind=challenge.kind,
        title=challenge.meta.title,
        prompt=challenge.prompt,
        language=challenge.language,
        entry=challenge.entry,
        starter=challenge.starter,
        examples=examples(challenge),
        topic=challenge.meta.topic,
        difficulty=challenge.meta.difficulty,
        points=full_points(challenge),
        minutes=challenge.meta.minutes,
        hints=len(challenge.meta.hints),
        solved=solved,
        local_date=posting.local_date if posting else None,
        opens_at=posting.opens_at if posting else None,
        closes_at=posting.closes_at if posting else None,
        closed=is_closed(posting, now) if posting else False,
    )


def examples(challenge: Challenge) -> tuple[SourceFile, ...]:
    """Test files of which nothing is hidden, given files, and the first visible runs of a program."""
    tests = [
        test.file
        for test in challenge.tests
        if test.show is Show.ALL and all(show is Show.ALL for _, show in test.show_by_test)
    ]
    runs = []
    for case in [case for case in challenge.cases if case.show is Show.ALL][:MOST_EXAMPLES]:
        if case.stdin:
            runs.append(SourceFile(f"{case.name}: input", case.stdin))
        runs.append(SourceFile(f"{case.name}: output", case.expected))
    return (*tests, *challenge.given, *runs)


def verdict_card(submission: Submission, streak: int) -> VerdictCard:
    """The verdict on a judged submission. Raises ``ValueError`` while it waits."""
    if submission.judgement is None:
        raise ValueError(f"submission {submission.id} has no verdict yet")
    meta = submission.stored.item.meta
    return VerdictCard(
        submission=submission.id,
        challenge=meta.key,
        title=meta.title,
        judgement=submission.judgement,
        attempt=submission.attempt,
        points=submission.points,
        streak=streak,
        files=submission.files,
        note=submission.note,
    )


def recap_card(
    round_: Round,
    question: Posting | None,
    tally: Tally,
    challenge: Posting | None,
    solved: int,
    submitted: int,
) -> RecapCard:
    """A closed round: the answer, and how people did."""
    shown = question or challenge
    item = question.stored.as_question if question else None
    counts = dict(tally.chosen)
    order = shown_order(item, question.id) if item and question else ()
    return RecapCard(
        posting=shown.id if shown else 0,
        title=shown.stored.item.meta.title if shown else "",
        local_date=round_.local_date,
        choices=reviews(item, question.id, frozenset()) if item and question else (),
        counts=tuple(counts.get(position, 0) for position in order),
        answered=tally.answered,
        correct=tally.correct,
        first=tally.first,
        explanation=item.explanation if item else "",
        solved=solved,
        submitted=submitted,
    )
