"""Which question comes next: shuffled, repeatable, and never twice before the pool is used up.

Every stored item has a fixed ``shuffle_key``. A pick starts at a point that depends on who asks and for which
day, and takes the least used item that follows in the order of the keys, going round at the end. Storage does
the same with an index, so that a pick costs the same in a pool of any size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.domain.content import Difficulty, Kind

KEYS = 2**31
"""Shuffle keys and starting points are in ``range(KEYS)``: they fit a PostgreSQL integer."""

DAILY_QUESTIONS = frozenset({Kind.MULTIPLE_CHOICE, Kind.PREDICT_OUTPUT})
"""The kinds that a machine can judge without running code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """What may be picked. Empty ``topics`` or ``difficulties`` mean any; topics compare without case.

    A difficulty may be named several times (``mixed``).
    """

    kinds: frozenset[Kind]
    topics: tuple[str, ...] = ()
    difficulties: tuple[Difficulty, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that could be picked, and how often it has been used before."""

    question: int
    shuffle_key: int
    uses: int


def point(*parts: object) -> int:
    """A number in ``range(KEYS)`` that depends on the parts alone: the same on every machine and start."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % KEYS


def shuffle_key(bank: str, key: str) -> int:
    """Where an item lies in the shuffled order, by its bank and its key."""
    return point("item", bank, key)


def mixed(pool: Pool, start: int) -> tuple[Pool, ...]:
    """The pools to try, one after the other: a difficulty that is named several times has a larger share.

    Which one it is depends on ``start`` alone; when the pool has none of it, any of the others does.
    """
    if len(set(pool.difficulties)) == len(pool.difficulties):
        return (pool,)
    chosen = pool.difficulties[start % len(pool.difficulties)]
    every = tuple(dict.fromkeys(pool.difficulties))
    return replace(pool, difficulties=(chosen,)), replace(pool, difficulties=every)


def pick(candidates: Iterable[Candidate], start: int) -> Candidate | None:
    """The least used candidate at or after ``start`` in the shuffled order, going round at the end."""
    return min(
        candidates,
        key=lambda one: (one.uses, (one.shuffle_key - start) % KEYS, one.question),
        default=None,
    )
