"""Leaderboards: whose points each one adds up, and which of them a payment counts on.

A board is a scope in one period. A payment counts on its community's board, its channel's, its topic's, and
on that of the league when the community is in one.

A league shows one line for each person. When a person was paid for the same question in several of its
communities, only the payments of one of them count there: of the one that paid most, and of equal ones the
first. ``league_share`` is that rule; ``bot.storage.truth`` says the same in SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ledger import LedgerEntry


class Scope(StrEnum):
    """Whose points a leaderboard adds up."""

    COMMUNITY = "community"
    CHANNEL = "channel"
    """Points for what was posted or asked for in one channel."""
    TOPIC = "topic"
    """Points of a community for one topic."""
    LEAGUE = "league"
    """Points of several communities that were linked."""


@dataclass(frozen=True, slots=True)
class Board:
    """A leaderboard of all periods. ``owner`` is the number of the community, channel or league.

    ``topic`` is that of a topic's board, whose owner is the community; case does not matter in it.
    """

    scope: Scope
    owner: int
    topic: str = ""


def boards_of(
    *, community: int, channel: int | None, topic: str, league: int | None = None
) -> tuple[Board, ...]:
    """The boards that a payment counts on."""
    boards = [Board(Scope.COMMUNITY, community)]
    if channel is not None:
        boards.append(Board(Scope.CHANNEL, channel))
    if topic:
        boards.append(Board(Scope.TOPIC, community, topic))
    if league is not None:
        boards.append(Board(Scope.LEAGUE, league))
    return tuple(boards)


def league_share(entries: Iterable[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """What of one person's payments in a league counts on its board; ``entries`` as they were written."""
    every = tuple(entries)
    paid: Mapping[int, dict[int, int]] = defaultdict(dict)
    for entry in every:
        if entry.question is not None:
            sums = paid[entry.question]
            sums[entry.member] = sums.get(entry.member, 0) + entry.points
    best = {question: max(sums, key=lambda member: sums[member]) for question, sums in paid.items()}
    return tuple(entry for entry in every if entry.question is None or best[entry.question] == entry.member)
