"""The end of a duel: who won, what both did, and that the channel hears of it."""

from __future__ import annotations

from datetime import datetime

from bot.domain.content import Question
from bot.domain.duels import DuelState, Outcome, Race, Side, decide, decide_race
from bot.domain.exams import is_right
from bot.services.learning.records import Attempt, Duel, DuelSide, Source
from bot.services.learning.study import record_attempts
from bot.services.ports import Topic, UnitOfWork
from bot.services.queues import DeliveryKind, NewDelivery

RESULT = "duel.result"


async def end_if_decided(work: UnitOfWork, duel: Duel, now: datetime) -> None:
    """End the (locked) duel when it is decided or its time is up; else leave it as it is."""
    over = now > duel.ends_at
    if duel.state is DuelState.INVITED:
        if over:
            await work.duels.set_state(duel.id, DuelState.EXPIRED, at=now)
        return
    if duel.state is not DuelState.OPEN:
        return
    if isinstance(duel.stored.item, Question):
        sides = [side(duel, member.id) for member in duel.members]
        outcome = decide(*sides) if over or all(one.answered for one in sides) else None
    else:
        first, second = [await work.duels.race(duel, member.id) for member in duel.members]
        outcome = decide_race(first, second, over=over)
    if outcome is not None:
        await _end(work, duel, outcome, now)


async def _end(work: UnitOfWork, duel: Duel, outcome: Outcome, now: datetime) -> None:
    winner = {Outcome.FIRST: duel.first.id, Outcome.SECOND: duel.second.id, Outcome.DRAW: None}[outcome]
    await work.duels.set_state(duel.id, DuelState.OVER, at=now, winner=winner)
    if isinstance(duel.stored.item, Question):
        await _learn(work, duel, now)
    community = (await work.directory.channel(duel.channel)).community
    platform = (await work.directory.community(community)).platform
    await work.deliveries.add(
        NewDelivery(
            key=f"{RESULT}:{duel.id}",
            platform=platform,
            community=community,
            channel=duel.channel,
            kind=DeliveryKind.PANEL,
            subject=duel.id,
            text=RESULT,
            due_at=now,
        )
    )
    work.ring(Topic.DELIVERIES)


async def _learn(work: UnitOfWork, duel: Duel, now: datetime) -> None:
    """Answers are first attempts, which move ratings when the duel counts; mistakes come back in review."""
    attempts = []
    for member in duel.members:
        known = duel.sides.get(member.id)
        if known is None or known.answered_at is None:
            continue
        correct = _correct(duel, known)
        attempts.append(
            Attempt(
                member=member.id,
                question=duel.stored.question,
                version=duel.stored.version,
                chosen=known.chosen,
                correct=correct,
                seconds=round((known.answered_at - known.opened_at).total_seconds()),
                source=Source.DUEL,
                at=known.answered_at,
            )
        )
        if not correct:
            await work.reviews.enrol(member.id, [duel.stored.question], now)
    await record_attempts(work, attempts, rated=duel.counted)


def side(duel: Duel, member: int) -> Side:
    """What one of the two did with the question."""
    known = duel.sides.get(member)
    if known is None or known.answered_at is None:
        return Side()
    seconds = max(0.0, (known.answered_at - known.opened_at).total_seconds())
    return Side(answered=True, correct=_correct(duel, known), seconds=seconds)


def _correct(duel: Duel, known: DuelSide) -> bool:
    return is_right(duel.stored.as_question, known.chosen, known.typed)


async def told(work: UnitOfWork, duel: Duel) -> list[tuple[str, str]]:
    """How both did, in words, for everybody to see."""
    if isinstance(duel.stored.item, Question):
        return [(member.name, _words(side(duel, member.id))) for member in duel.members]
    races = [(member.name, await work.duels.race(duel, member.id)) for member in duel.members]
    return [(name, _raced(race, duel)) for name, race in races]


def _words(one: Side) -> str:
    if not one.answered:
        return "no answer"
    return f"{'right' if one.correct else 'wrong'}, in {one.seconds:.0f} s"


def _raced(race: Race, duel: Duel) -> str:
    if race.solved_at is None or duel.started_at is None:
        return "not solved"
    minutes = (race.solved_at - duel.started_at).total_seconds() / 60
    return f"solved after {minutes:.0f} min"
