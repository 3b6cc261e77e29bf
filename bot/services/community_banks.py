"""What a community's own admins may do with question banks: see all they may use, change their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.content import Blueprint, Item
from bot.services.banks import BankService, LoadBank, LoadReport, Rejected
from bot.services.commands import Actor
from bot.services.communities import admins_only
from bot.services.errors import NotAllowed, NotFound
from bot.services.ports import Begin, Clock, UnitOfWork
from bot.services.records import Bank, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A bank as read from one file: what is sound, and what was found wrong."""

    bank: str
    format: str
    items: Sequence[Item]
    rejected: Sequence[Rejected]
    exams: Sequence[Blueprint] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """A bank as one file; ``left_out`` counts what the format cannot hold."""

    name: str
    content: bytes
    left_out: int = 0


class BankFiles(Protocol):
    """Reads and writes the files that banks come in."""

    async def read(self, name: str, content: bytes, *, licence: str, author: str) -> ReadFile:
        """The bank in an uploaded file called ``name``; whatever it holds, nothing is raised for it.

        ``licence`` and ``author`` are of those questions that name none.
        """

    async def write(self, bank: str, items: Sequence[Item]) -> WrittenFile:
        """The items as a file in the native format."""


class CommunityBankService:
    """Banks as the admins of one community see them. Every method raises ``NotAllowed`` for others."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock
        self._banks = BankService(begin)

    async def list(self, actor: Actor) -> Sequence[Bank]:
        """The community's own banks and those for everybody."""
        admins_only(actor)
        async with self._begin() as work:
            place = await work.directory.enter(actor)
            return await work.bank.banks(place.community.id)

    async def enable(self, actor: Actor, name: str, enabled: bool) -> None:
        """Whether a bank of the community's own is used. Raises ``NotFound``; ``NotAllowed`` for others'."""
        admins_only(actor)
        async with self._begin() as work:
            place = await work.directory.enter(actor)
            bank = await _own(work, place, name)
            await work.bank.set_enabled(bank.id, enabled)
            action = "bank.enabled" if enabled else "bank.disabled"
            await work.audit.note(place.community.id, place.member.id, action, bank.name, self._clock.now())

    async def load(
        self, actor: Actor, file: ReadFile, *, name: str = "", dry_run: bool = False, keep_good: bool = False
    ) -> LoadReport:
        """Load a file as a bank of the community's own, all of it or (unless ``keep_good``) nothing."""
        admins_only(actor)
        async with self._begin() as work:
            place = await work.directory.enter(actor)
        report = await self._banks.load(
            LoadBank(
                bank=name or file.bank,
                items=file.items,
                format=file.format,
                rejected=file.rejected,
                community=place.community.id,
                dry_run=dry_run,
                keep_good=keep_good,
                exams=file.exams,
            )
        )
        if report.loaded:
            detail = f"{name or file.bank}: {report.added} added, {report.updated} changed"
            async with self._begin() as work:
                await work.audit.note(
                    place.community.id, place.member.id, "bank.imported", detail[:1_000], self._clock.now()
                )
        return report

    async def items(self, actor: Actor, name: str) -> Sequence[Item]:
        """What a bank of the community's own holds. Raises ``NotFound``; ``NotAllowed`` for others'."""
        admins_only(actor)
        async with self._begin() as work:
            place = await work.directory.enter(actor)
            bank = await _own(work, place, name)
            return [stored.item for stored in await work.bank.items(bank.id)]


async def _own(work: UnitOfWork, place: Place, name: str) -> Bank:
    banks = await work.bank.banks(place.community.id)
    found = [bank for bank in banks if bank.name == name]
    for bank in found:
        if bank.community == place.community.id:
            return bank
    if found:
        raise NotAllowed(
            "not_your_bank",
            f"The bank {name[:60]!r} is for every community on this installation; its operator decides.",
        )
    known = ", ".join(bank.name for bank in banks) or "none yet"
    raise NotFound("unknown_bank", f"There is no bank called {name[:60]!r}. Known banks: {known}.")
