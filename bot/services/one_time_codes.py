"""Giving out one-time codes and taking them back, whatever they join."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from bot.domain.codes import LIFE, MOST_FAILURES, digest_of, new_code
from bot.services.errors import Refusal, TooMuch
from bot.services.ports import UnitOfWork
from bot.services.repositories.people import CodePurpose

RandomBytes = Callable[[int], bytes]

MINUTES = int(LIFE.total_seconds() // 60)


async def give_code(
    work: UnitOfWork,
    purpose: CodePurpose,
    member: int,
    now: datetime,
    random_bytes: RandomBytes = secrets.token_bytes,
) -> str:
    """A new code of the member's, in the place of the one before."""
    code = new_code(random_bytes)
    await work.codes.issue(purpose, member, digest_of(code), now + LIFE)
    return code


async def take_code(
    work: UnitOfWork, purpose: CodePurpose, member: int, typed: str, now: datetime
) -> int | None:
    """The member that asked for the code, which is used up; None, and counted, when it is wrong.

    The caller lets the transaction end before it refuses a wrong code, so that the count stays. Raises
    ``TooMuch`` after too many of them.
    """
    if await work.codes.failures(member, now - LIFE) >= MOST_FAILURES:
        raise TooMuch(
            "too_many_codes", f"That were too many wrong codes. Please wait {MINUTES} minutes and try again."
        )
    issuer = await work.codes.redeem(purpose, digest_of(typed), now)
    if issuer is None:
        await work.codes.failed(member, now)
    return issuer


def wrong_code() -> Refusal:
    """The refusal of a wrong code."""
    return Refusal(
        "wrong_code",
        f"That code is not valid. Codes are used once and last {MINUTES} minutes: ask for a new one.",
    )
