"""What is quick in production, over the tables in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.domain.boards import Board, boards_of
from bot.domain.ledger import LedgerEntry
from bot.domain.periods import Period, period_start
from bot.domain.ranks import Score, ranked
from bot.domain.streaks import Mark
from bot.services.commands import Actor
from bot.services.errors import Unavailable
from bot.services.records import Answer, NewAnswer, Place, Posting, ScorePage, ScoreRow, Sight, StreakFacts
from tests.unit.services.fakes.store import Store


class FakeQuick:
    def __init__(self, store: Store) -> None:
        self.store = store

    async def enter(self, actor: Actor) -> Place:
        async with self.store.begin() as work:
            return await work.directory.enter(actor)

    async def page(
        self, board: Board, period: Period, start: date, *, offset: int, limit: int, reader: int
    ) -> ScorePage:
        if self.store.away:
            raise Unavailable("the fake database is away")
        t = self.store.tables
        lines = {
            member: rows
            for member, rows in self._lines(board).items()
            if any(period_start(period, r.day) == start for r in rows)
        }
        scores = []
        for member, rows in lines.items():
            own = [r for r in rows if period_start(period, r.day) == start]
            scores.append(
                Score(
                    member,
                    t.members[member][1].name,
                    sum(r.points for r in own),
                    sum(r.solved for r in own),
                    max((r.at for r in own if r.points > 0), default=own[0].at),
                )
            )
        whole = [
            ScoreRow(
                rank=rank,
                member=s.member,
                community=t.members[s.member][0],
                name=s.name,
                points=s.points,
                solved=s.solved,
                reached_at=s.reached_at,
            )
            for rank, s in ranked(scores)
        ]
        return ScorePage(
            rows=tuple(whole[offset : offset + limit]),
            members=len(whole),
            own=next((r for r in whole if r.member == reader), None),
        )

    def _lines(self, board: Board) -> dict[int, list[LedgerEntry]]:
        """Ledger rows that count on the board, by the member whose line they go into."""
        lines: dict[int, list[LedgerEntry]] = {}
        for r in self.store.tables.ledger:
            league = self.store.tables.communities[r.community].league
            wanted = boards_of(community=r.community, channel=r.channel, topic=r.topic.lower(), league=league)
            if (board.scope, board.owner, board.topic.lower()) in {
                (b.scope, b.owner, b.topic) for b in wanted
            }:
                lines.setdefault(r.member, []).append(r)
        return lines

    async def streaks(self, members: Collection[int]) -> Mapping[int, StreakFacts]:
        async with self.store.begin() as work:
            return await work.streaks.facts(members)

    async def remember(self, marks: Sequence[tuple[StreakFacts, Mark]]) -> None:
        async with self.store.begin() as work:
            await work.streaks.remember(marks)

    async def look(self, actor: Actor, posting: int) -> Sight:
        place = await self.enter(actor)
        async with self.store.begin() as work:
            found = await work.postings.get(posting)
            first = await work.answers.of(posting, place.member.id)
            facts = (await work.streaks.facts([place.member.id]))[place.member.id]
        return Sight(
            community=place.community,
            member=place.member,
            posting=found,
            first=first,
            known=found is not None and self._known(place.member.id, found),
            facts=facts,
            kept_from=date.min,
        )

    async def record(self, sight: Sight, answer: NewAnswer, payment: LedgerEntry, note: str) -> Answer | None:
        async with self.store.begin() as work:
            t = self.store.tables
            void = t.postings[answer.posting].stored.void
            if t.turns.get(answer.member, 0) != sight.facts.turn or void:
                return None
            if await work.answers.of(answer.posting, answer.member) is not None:
                return None
            added = Answer(
                id=next(self.store.ids),
                posting=answer.posting,
                member=answer.member,
                event_id=answer.event_id,
                chosen=answer.chosen,
                typed=answer.typed,
                correct=answer.correct,
                points=payment.points,
                at=answer.at,
                note=note,
            )
            t.answers[added.id] = added
            t.turns[answer.member] = sight.facts.turn + 1
            if payment.points:
                t.ledger.append(replace(payment, source=f"answer:{added.id}"))
            return added

    def _known(self, member: int, posting: Posting) -> bool:
        postings = self.store.tables.postings
        return any(
            a.member == member
            and a.posting != posting.id
            and postings[a.posting].community == posting.community
            and postings[a.posting].stored.question == posting.stored.question
            and not postings[a.posting].stored.void
            for a in self.store.tables.answers.values()
        )
