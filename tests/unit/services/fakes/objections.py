"""Flags, and questions set aside, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.services.records import Round, RoundState, StoredItem
from bot.services.repositories.objections import Flagged
from tests.unit.services.fakes.base import Repository


class FakeObjections(Repository):
    def _known(self, community: int) -> list[StoredItem]:
        known = []
        for version in self.tables.current.values():
            bank, stored = self.tables.versions[version]
            if self.tables.banks[bank].community in (None, community):
                known.append(stored)
        return known

    async def item(self, community: int, question: int) -> StoredItem | None:
        return next((each for each in self._known(community) if each.question == question), None)

    async def find(self, community: int, key: str) -> StoredItem | None:
        for each in self._known(community):
            if key == each.item.meta.key or key.lower() == each.item.meta.title.lower():
                return each
        return None

    async def titles(self, community: int, limit: int) -> Sequence[tuple[str, str]]:
        metas = [each.item.meta for each in self._known(community) if each.enabled]
        return sorted(((meta.key, meta.title) for meta in metas), key=lambda pair: pair[1])[:limit]

    async def flag(self, community: int, question: int, member: int, why: str, at: datetime) -> bool:
        flags = self.tables.flags
        new = (community, question, member) not in flags
        flags[community, question, member] = why
        return new

    async def flagged(self, community: int, limit: int) -> Sequence[Flagged]:
        said: dict[int, list[str]] = {}
        for (where, question, _), why in self.tables.flags.items():
            if where == community and (community, question) not in self.tables.aside:
                said.setdefault(question, []).append(why)
        flagged = []
        for question, reasons in said.items():
            item = await self.item(community, question)
            if item is not None:
                flagged.append(Flagged(item, len(reasons), tuple(filter(None, reasons))))
        return sorted(flagged, key=lambda each: -each.flags)[:limit]

    async def dismiss(self, community: int, question: int) -> int:
        gone = [key for key in self.tables.flags if key[:2] == (community, question)]
        for key in gone:
            del self.tables.flags[key]
        return len(gone)

    async def set_aside(self, community: int, question: int, reason: str, at: datetime) -> bool:
        t = self.tables
        answered = {answer.posting for answer in t.answers.values()}
        for posting in list(t.postings.values()):
            mine = posting.community == community and posting.stored.question == question
            if mine and posting.round is None and posting.id not in answered:
                del t.postings[posting.id]
        new = (community, question) not in t.aside
        t.aside.setdefault((community, question), reason)
        return new

    async def rounds(self, community: int, question: int) -> Sequence[Round]:
        t = self.tables
        ids = {p.round for p in t.postings.values() if p.stored.question == question}
        live = (RoundState.OPEN, RoundState.CLOSED)
        return [r for r in t.rounds.values() if r.id in ids and r.community == community and r.state in live]
