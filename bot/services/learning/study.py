"""What follows from answers by itself: first attempts, and mistakes that come back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.services.commands import Platform
from bot.services.errors import NotAllowed, NotFound
from bot.services.learning.records import Account, Attempt
from bot.services.panels import PressPanel
from bot.services.ports import UnitOfWork

SAME_IDS_EVERYWHERE = frozenset({Platform.DISCORD})
"""Platforms where an account has one id in every community and in direct messages."""


async def catch_up(work: UnitOfWork, member: int, now: datetime) -> None:
    """Record what the member's answers say that is not recorded yet. Twice is as good as once."""
    await work.attempts.catch_up(member)
    await work.reviews.enrol_mistakes(member, now)


async def record_attempts(work: UnitOfWork, attempts: Sequence[Attempt]) -> None:
    """Record attempts that were made elsewhere than by answers; only first ones count."""
    await work.attempts.add(attempts)


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
