"""Question banks: load, list, enable. Files and formats are read elsewhere; here they are values."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.domain.content import CODE_KINDS, Blueprint, Item, Kind
from bot.domain.digests import item_digest
from bot.domain.picking import DAILY_QUESTIONS, shuffle_key
from bot.services.commands import Actor
from bot.services.errors import NotFound
from bot.services.ports import Begin
from bot.services.records import Bank, NewItem, StoredItem


@dataclass(frozen=True, slots=True)
class Rejected:
    """A question that was not taken, where it stands, and why."""

    file: str
    line: int | None
    question: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBank:
    """Items read from files. ``rejected`` were found unusable by the reader or the publish gate.

    Unless ``keep_good``, one rejected question means that nothing is loaded. ``community`` owns the bank;
    None makes it everybody's.
    """

    bank: str
    items: Sequence[Item]
    format: str = "native"
    rejected: Sequence[Rejected] = ()
    community: int | None = None
    dry_run: bool = False
    keep_good: bool = False
    exams: Sequence[Blueprint] = ()
    """Blueprints of exams, which are kept under their keys when the bank is loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What was, or in a dry run would be, done. ``loaded`` is whether anything was written or found equal."""

    format: str
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: tuple[Rejected, ...] = ()
    loaded: bool = True


class BankService:
    """Banks and what is in them."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def load(self, command: LoadBank) -> LoadReport:
        """Load a bank in one transaction: all of it or nothing.

        Loading the same again changes nothing; a changed question gets a new version and what was answered
        keeps its grade. Questions that the files no longer hold stay as they are. A key that comes
        twice is rejected.
        """
        rejected = list(command.rejected)
        items: dict[str, Item] = {}
        for item in command.items:
            if item.meta.key in items:
                rejected.append(Rejected("", None, item.meta.key, "this key comes twice; give each its own"))
            else:
                items[item.meta.key] = item
        report = LoadReport(format=command.format, rejected=tuple(rejected), loaded=False)
        if rejected and not command.keep_good:
            return report
        digests = await asyncio.to_thread(lambda: {key: item_digest(item) for key, item in items.items()})
        async with self._begin() as work:
            if command.dry_run:
                banks = await work.bank.banks(command.community)
                same = [
                    bank for bank in banks if (bank.name, bank.community) == (command.bank, command.community)
                ]
                known = await work.bank.digests(same[0].id) if same else {}
            else:
                bank = await work.bank.ensure(command.bank, command.community)
                known = await work.bank.digests(bank.id)
            new = [key for key in items if key not in known]
            changed = [key for key in items if key in known and known[key] != digests[key]]
            if not command.dry_run and (new or changed):
                await work.bank.save(
                    bank.id,
                    [
                        NewItem(items[key], digests[key], shuffle_key(command.bank, key))
                        for key in (*new, *changed)
                    ],
                )
            if command.exams and not command.dry_run:
                await work.exams.keep_blueprints(bank.id, command.exams)
        return LoadReport(
            format=command.format,
            added=len(new),
            updated=len(changed),
            unchanged=len(items) - len(new) - len(changed),
            rejected=tuple(rejected),
            loaded=not command.dry_run,
        )

    async def list(self, community: int | None = None) -> Sequence[Bank]:
        """Banks that a community may use; None: all there are."""
        async with self._begin() as work:
            return await work.bank.banks(community)

    async def items(self, name: str) -> Sequence[StoredItem]:
        """The current version of everything in a bank, by key. Raises ``NotFound``."""
        async with self._begin() as work:
            return await work.bank.items((await self._named(await work.bank.banks(None), name)).id)

    async def enable(self, name: str, enabled: bool) -> None:
        """Whether the bank's items are picked and found. Raises ``NotFound``."""
        async with self._begin() as work:
            bank = await self._named(await work.bank.banks(None), name)
            await work.bank.set_enabled(bank.id, enabled)

    async def enable_question(self, name: str, key: str, enabled: bool) -> None:
        """Whether one question or challenge of a bank is picked and found. Raises ``NotFound``."""
        async with self._begin() as work:
            bank = await self._named(await work.bank.banks(None), name)
            for stored in await work.bank.items(bank.id):
                if stored.item.meta.key == key:
                    await work.bank.set_item_enabled(stored.question, enabled)
                    return
        raise NotFound("unknown_question", f"The bank {name} holds nothing called {key[:60]!r}.")

    async def topics(
        self, actor: Actor, kinds: Collection[Kind] = DAILY_QUESTIONS | CODE_KINDS
    ) -> Sequence[str]:
        """The topics that can be asked for, for completion."""
        async with self._begin() as work:
            place = await work.directory.enter(actor)
            return await work.bank.topics(place.community.id, kinds)

    @staticmethod
    async def _named(banks: Sequence[Bank], name: str) -> Bank:
        for bank in banks:
            if bank.name == name:
                return bank
        known = ", ".join(bank.name for bank in banks) or "none yet"
        raise NotFound("unknown_bank", f"There is no bank called {name[:60]!r}. Known banks: {known}.")
