"""Banks, their questions, and what was shown of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from bot.domain.content import Kind
from bot.domain.picking import Pool
from bot.services.records import Bank, NewItem, StoredItem


class QuestionBank(Protocol):
    """Banks, their questions and challenges, and every version of each."""

    async def ensure(self, name: str, community: int | None) -> Bank:
        """Find or create a bank by (name, owner) and lock it until the end of the transaction."""

    async def banks(self, community: int | None) -> Sequence[Bank]:
        """Banks that the community may use (its own and those of all), by name; None: every bank."""

    async def set_enabled(self, bank: int, enabled: bool) -> None:
        """Whether items of the bank are picked and found."""

    async def set_item_enabled(self, question: int, enabled: bool) -> None:
        """Whether one item is picked and found."""

    async def named(self, key: str, bank: str | None = None) -> Sequence[StoredItem]:
        """The current version of every item with this key, in any bank or in those of that name."""

    async def withdraw(self, question: int, reason: str) -> bool:
        """Make every version that there is void, and disable the item; False when all were void already.

        A version saved later counts again and puts the item back in use.
        """

    async def digests(self, bank: int) -> Mapping[str, str]:
        """Key to digest of the current version of every item in the bank."""

    async def save(self, bank: int, items: Sequence[NewItem]) -> None:
        """Add items, or a new version where the key is known. Bulk: 100,000 items in one call."""

    async def items(self, bank: int) -> Sequence[StoredItem]:
        """The current version of every item, by key."""

    async def version(self, version: int) -> StoredItem:
        """One version, however old. Raises ``NotFound``."""

    async def challenge(self, community: int, key: str) -> StoredItem | None:
        """The current version of an enabled challenge by its key, or its title without case.

        When several banks have the key, the community's own bank wins, then the older bank.
        """

    async def challenge_by_id(self, community: int, question: int) -> StoredItem | None:
        """The current version of an enabled challenge that the community may use."""

    async def challenges(self, community: int) -> Sequence[tuple[str, str]]:
        """(key, title) of every enabled challenge, by title."""

    async def topics(self, community: int, kinds: Collection[Kind]) -> Sequence[str]:
        """The topics of enabled items of these kinds, by name."""

    async def pick_for_channel(
        self, community: int, channel: int, pool: Pool, start: int
    ) -> StoredItem | None:
        """``bot.domain.picking.pick`` over the enabled pool; uses are this channel's rounds with the item."""

    async def pick_for_member(self, community: int, member: int, pool: Pool, start: int) -> StoredItem | None:
        """The same; uses are this member's answers to the item in this community (0 or more).

        Items of rounds that are open in the community at the time are left out: they are today's.
        """
