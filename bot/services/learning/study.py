"""What follows from answers by itself: first attempts, and mistakes that come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.ratings import IDLE_DAYS, Game, Rating, idle, rate
from bot.services.commands import Platform
from bot.services.errors import NotAllowed, NotFound
from bot.services.learning.records import Account, Attempt, RatedMember
from bot.services.panels import PressPanel
from bot.services.ports import UnitOfWork

SAME_IDS_EVERYWHERE = frozenset({Platform.DISCORD})
"""Platforms where an account has one id in every community and in direct messages."""


async def catch_up(work: UnitOfWork, member: int, now: datetime) -> None:
    """Record what the member's answers say that is not recorded yet. Twice is as good as once."""
    await _rate(work, await work.attempts.catch_up(member))
    await work.reviews.enrol_mistakes(member, now)


async def record_attempts(work: UnitOfWork, attempts: Sequence[Attempt], *, rated: bool = True) -> None:
    """Record attempts that were made elsewhere than by answers; only first ones count, and those that are
    not ``rated`` move no rating.
    """
    first = await work.attempts.add(attempts)
    if rated:
        await _rate(work, first)


async def _rate(work: UnitOfWork, attempts: Sequence[Attempt]) -> None:
    """Rate members and questions by first attempts, in the order in which they were made."""
    if not attempts:
        return
    questions = dict(await work.skills.of_questions({one.question for one in attempts}))
    members = {one.member: dict(await work.skills.of_member(one.member)) for one in attempts}
    changed: dict[int, set[str]] = {member: set() for member in members}
    for one in sorted(attempts, key=lambda one: (one.at, one.question)):
        question, skills = questions[one.question], members[one.member]
        score = float(one.correct)
        overall = _now(skills.get(""), one.at)
        for topic in ("", question.topic):
            before = overall if not topic else _now(skills.get(topic), one.at)
            skills[topic] = RatedMember(topic, rate(before, [Game(question.rating, score)]), one.at)
            changed[one.member].add(topic)
        questions[one.question] = replace(question, rating=rate(question.rating, [Game(overall, 1 - score)]))
    for member, topics in changed.items():
        await work.skills.keep_member(member, [members[member][topic] for topic in sorted(topics)])
    await work.skills.keep_questions(questions.values())


def _now(known: RatedMember | None, at: datetime) -> Rating:
    """A member's rating at the time of an attempt: less sure after a pause."""
    if known is None:
        return Rating()
    return idle(known.rating, (at - known.rated_at).days // IDLE_DAYS)


async def owner(work: UnitOfWork, request: PressPanel, member: int) -> Account:
    """The member whose button this is, when it was they who pressed.

    A button may be pressed in a direct message, which belongs to no community: whose it is is in the button.
    Raises ``NotFound`` when there is no such member, ``NotAllowed`` when somebody else pressed.
    """
    actor = request.actor
    account = await work.reviews.account(member)
    if account is None:
        raise NotFound("unknown_member", "This button belongs to nobody any more. Type the command again.")
    community = account.community
    here = community.platform == actor.platform and (
        community.external == actor.community or actor.platform in SAME_IDS_EVERYWHERE
    )
    if not here or account.member.external != actor.member:
        raise NotAllowed("not_yours", "This belongs to somebody else. Type the command for your own.")
    return account


def number(request: PressPanel, place: int) -> int:
    """The argument of a press at ``place`` as a number. Raises ``NotFound`` for anything else."""
    text = request.arguments[place] if place < len(request.arguments) else ""
    if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 18:
        raise NotFound("old_button", "This button is from an earlier version. Type the command again.")
    return int(text)


def word(request: PressPanel, place: int) -> str:
    """The argument of a press at ``place``, empty when there is none."""
    return request.arguments[place] if place < len(request.arguments) else ""
