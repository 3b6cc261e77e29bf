"""Persons with several accounts, leagues of several communities, and the one-time codes that join them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.services.commands import Platform
from bot.services.records import Member


class CodePurpose(StrEnum):
    """What a one-time code joins."""

    PERSON = "person"
    """Two accounts of one human."""
    LEAGUE = "league"
    """A community to a league."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A member with where they are."""

    member: Member
    community: int
    community_name: str
    platform: Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class League:
    """Communities that share a board, by name."""

    id: int
    name: str
    communities: tuple[tuple[int, str, Platform], ...]
    """(id, name, platform) of each, by id."""


class People(Protocol):
    """Who is one human, and who hides from the boards."""

    async def accounts(self, member: int) -> Sequence[Account]:
        """Every member that is the same human as this one, itself among them, by id."""

    async def join(self, first: int, second: int) -> None:
        """Make the humans of two members one; if one of them hid, all their accounts do.

        Both are locked. Raises ``ValueError`` when both have an account in one community.
        """

    async def part(self, member: int) -> None:
        """Make the account of this member a human of its own; on Discord, in every server that it is in."""

    async def hidden(self, member: int) -> bool:
        """Whether the member is shown to nobody else."""

    async def hide(self, member: int, hidden: bool) -> None:
        """Hide or show every account of the member's human."""


class Codes(Protocol):
    """One-time codes, kept as digests."""

    async def issue(self, purpose: CodePurpose, member: int, digest: str, expires_at: datetime) -> None:
        """Keep a member's code in the place of the one before."""

    async def redeem(self, purpose: CodePurpose, digest: str, now: datetime) -> int | None:
        """Use a code up; gives the member that asked for it, None when there is no such code (any more)."""

    async def failures(self, member: int, since: datetime) -> int:
        """How many wrong codes the member entered since then. Locks the member's counting."""

    async def failed(self, member: int, at: datetime) -> None:
        """Count a wrong code."""


class Leagues(Protocol):
    """Communities that share a board."""

    async def of(self, community: int) -> League | None:
        """The community's league."""

    async def found(self, community: int, name: str) -> League:
        """A new league with this one community."""

    async def enter(self, community: int, league: int) -> None:
        """Put the community into the league."""

    async def leave(self, community: int) -> None:
        """Take the community out of its league; the last one takes the league with it."""
