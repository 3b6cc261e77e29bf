"""The ledger: every change of points, and every gift to a streak, is one row that is never edited.

Scores are sums over it and can be recounted at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum


class LedgerKind(StrEnum):
    """Why a row was written."""

    ANSWER = "answer"
    """A question answered right at the first try."""
    SUBMISSION = "submission"
    """A challenge solved, in part or whole."""
    CORRECTION = "correction"
    """A void or a rejudge: the difference between what is due and what was paid."""
    FREEZE_GRANTED = "freeze_granted"
    """One streak freeze given by an admin; no points."""
    STREAK_REPAIRED = "streak_repaired"
    """``day`` does not count against the streak; no points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One row. ``source`` (such as ``answer:17``) is unique in a community: the same cause never pays twice.

    ``day`` is the challenge day it counts for: the round's local date, or the date in the
    community's zone when there was no round. ``question`` is the storage's number of the question or
    challenge. ``solved`` is +1 when it became solved by this row, -1 when that was taken back.
    """

    community: int
    member: int
    kind: LedgerKind
    source: str
    day: date
    at: datetime
    points: int = 0
    solved: int = 0
    question: int | None = None
    channel: int | None = None
    topic: str = ""
    why: str = ""


VOID_SOURCE = "void:"
"""How the ``source`` of a row begins that takes another one back; that row's number follows."""


def taken_back(number: int, entry: LedgerEntry, why: str) -> LedgerEntry:
    """The row that takes ``entry``, stored under ``number``, out of every score that it went into."""
    return replace(
        entry,
        kind=LedgerKind.CORRECTION,
        source=f"{VOID_SOURCE}{number}",
        points=-entry.points,
        solved=-entry.solved,
        why=why,
    )


@dataclass(frozen=True, slots=True)
class Earned:
    """What one member has been paid for one question or challenge so far (sums of the ledger)."""

    points: int = 0
    solved: int = 0


def paid_by_submission(entries: Iterable[LedgerEntry], question: int) -> Mapping[int, Earned]:
    """What each submission (by number) for a challenge has been paid, corrections included.

    The sources are ``submission:NUMBER`` and ``rejudge:NUMBER:...``.
    """
    paid: dict[int, Earned] = {}
    for entry in entries:
        cause, _, rest = entry.source.partition(":")
        if entry.question == question and cause in ("submission", "rejudge"):
            number = int(rest.partition(":")[0])
            before = paid.get(number, Earned())
            paid[number] = Earned(before.points + entry.points, before.solved + entry.solved)
    return paid
