"""Question banks in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from bot.domain.content import Kind, Question
from bot.domain.picking import Candidate, Pool, pick
from bot.services.records import (
    Bank,
    NewItem,
    StoredItem,
)
from tests.unit.services.fakes.base import Repository, found


class FakeBank(Repository):
    async def ensure(self, name: str, community: int | None) -> Bank:
        for bank in self.tables.banks.values():
            if (bank.name, bank.community) == (name, community):
                return bank
        bank = Bank(id=next(self.store.ids), name=name, community=community, enabled=True, questions=0)
        self.tables.banks[bank.id] = bank
        return bank

    async def banks(self, community: int | None) -> Sequence[Bank]:
        every = self.tables.banks.values()
        return [b for b in every if community is None or b.community in (None, community)]

    async def set_enabled(self, bank: int, enabled: bool) -> None:
        self.tables.banks[bank] = replace(self.tables.banks[bank], enabled=enabled)

    async def set_item_enabled(self, question: int, enabled: bool) -> None:
        version = self.tables.current[question]
        bank, stored = self.tables.versions[version]
        self.tables.versions[version] = (bank, replace(stored, enabled=enabled))

    async def named(self, key: str, bank: str | None = None) -> Sequence[StoredItem]:
        now = (self.tables.versions[v][1] for v in self.tables.current.values())
        return [s for s in now if s.item.meta.key == key and bank in (None, s.bank)]

    async def withdraw(self, question: int, reason: str) -> bool:
        t = self.tables
        await self.set_item_enabled(question, False)
        fresh = [v for v, (_, s) in t.versions.items() if s.question == question and not s.void]
        for version in fresh:
            bank, stored = t.versions[version]
            t.versions[version] = (bank, replace(stored, void=reason))
        for posting in list(t.postings.values()):
            if posting.stored.version in fresh:
                stored = t.versions[posting.stored.version][1]
                t.postings[posting.id] = replace(posting, stored=stored, void=True)
        for submission in list(t.submissions.values()):
            if submission.stored.version in fresh:
                stored = t.versions[submission.stored.version][1]
                t.submissions[submission.id] = replace(submission, stored=stored)
        return bool(fresh)

    async def digests(self, bank: int) -> Mapping[str, str]:
        return {s.item.meta.key: self.tables.items[s.question].digest for s in await self.items(bank)}

    async def save(self, bank: int, items: Sequence[NewItem]) -> None:
        t = self.tables
        known = {s.item.meta.key: s for s in await self.items(bank)}
        for new in items:
            old = known.get(new.item.meta.key)
            question = old.question if old else next(self.store.ids)
            stored = StoredItem(
                question=question,
                version=next(self.store.ids),
                number=old.number + 1 if old else 1,
                bank=t.banks[bank].name,
                item=new.item,
                enabled=old is None or old.enabled or old.void != "",
            )
            t.versions[stored.version] = (bank, stored)
            t.current[question] = stored.version
            t.items[question] = new

    async def items(self, bank: int) -> Sequence[StoredItem]:
        now = (self.tables.versions[v] for v in self.tables.current.values())
        return sorted((s for b, s in now if b == bank), key=lambda s: s.item.meta.key)

    async def version(self, version: int) -> StoredItem:
        return found(self.tables.versions, version)[1]

    def _usable(self, community: int) -> list[StoredItem]:
        usable = []
        for version in self.tables.current.values():
            bank_id, stored = self.tables.versions[version]
            bank = self.tables.banks[bank_id]
            aside = (community, stored.question) in self.tables.aside
            if bank.enabled and stored.enabled and bank.community in (None, community) and not aside:
                usable.append(stored)
        return usable

    async def challenge(self, community: int, key: str) -> StoredItem | None:
        for stored in self._usable(community):
            meta = stored.item.meta
            if not isinstance(stored.item, Question) and (
                key == meta.key or key.lower() == meta.title.lower()
            ):
                return stored
        return None

    async def challenges(self, community: int) -> Sequence[tuple[str, str]]:
        usable = (s.item for s in self._usable(community))
        return [(i.meta.key, i.meta.title) for i in usable if not isinstance(i, Question)]

    async def topics(self, community: int, kinds: Collection[Kind]) -> Sequence[str]:
        return sorted({s.item.meta.topic for s in self._usable(community) if s.item.kind in kinds})

    def _pool(self, community: int, pool: Pool) -> list[StoredItem]:
        topics = {topic.lower() for topic in pool.topics}
        return [
            s
            for s in self._usable(community)
            if s.item.kind in pool.kinds
            and (not topics or s.item.meta.topic.lower() in topics)
            and (not pool.difficulties or s.item.meta.difficulty in pool.difficulties)
        ]

    def _pick(self, fitting: list[StoredItem], used: list[int], start: int) -> StoredItem | None:
        items = self.tables.items
        candidates = [
            Candidate(s.question, items[s.question].shuffle_key, used.count(s.question)) for s in fitting
        ]
        chosen = pick(candidates, start)
        return next((s for s in fitting if chosen and s.question == chosen.question), None)

    async def pick_for_channel(
        self, community: int, channel: int, pool: Pool, start: int
    ) -> StoredItem | None:
        shown = self.tables.postings.values()
        used = [p.stored.question for p in shown if p.channel == channel and p.round is not None]
        return self._pick(self._pool(community, pool), used, start)

    async def pick_for_member(self, community: int, member: int, pool: Pool, start: int) -> StoredItem | None:
        t, now = self.tables, self.store.clock.now()
        open_now = {
            p.stored.question
            for p in t.postings.values()
            if p.community == community and not p.void and p.closes_at is not None and p.closes_at >= now
        }
        fitting = [s for s in self._pool(community, pool) if s.question not in open_now]
        used = [
            t.postings[a.posting].stored.question
            for a in t.answers.values()
            if a.member == member and t.postings[a.posting].community == community
        ]
        return self._pick(fitting, used, start)
