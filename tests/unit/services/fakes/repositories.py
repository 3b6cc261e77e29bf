"""The repositories over the tables in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.domain.content import Question
from bot.domain.grading import Verdict
from bot.domain.ledger import VOID_SOURCE, Earned, LedgerEntry, LedgerKind
from bot.domain.periods import Period, period_start
from bot.domain.ranks import Score, ranked
from bot.domain.rounds import DueRound
from bot.domain.streaks import ChallengeDay, Gift, History, Kept, KeptBy
from bot.services.commands import Platform
from bot.services.ports import Topic
from bot.services.records import (
    Answer,
    HintTaken,
    NewAnswer,
    Posting,
    Round,
    RoundState,
    ScorePage,
    ScoreRow,
    Tally,
)
from tests.unit.services.fakes.bank import FakeBank
from tests.unit.services.fakes.base import Repository, found
from tests.unit.services.fakes.directory import FakeDirectory
from tests.unit.services.fakes.learning import FakeSkills
from tests.unit.services.fakes.queues import FakeDeliveries, FakeQueue
from tests.unit.services.fakes.store import Store
from tests.unit.services.fakes.submissions import FakeSubmissions


class FakeRounds(Repository):
    async def open(
        self,
        community: int,
        channel: int,
        due: DueRound,
        opens_at: datetime,
        state: RoundState = RoundState.OPEN,
        reason: str = "",
    ) -> Round | None:
        rounds = self.tables.rounds
        if any((r.channel, r.local_date) == (channel, due.local_date) for r in rounds.values()):
            return None
        opened = Round(
            id=next(self.store.ids),
            community=community,
            channel=channel,
            local_date=due.local_date,
            opens_at=opens_at,
            closes_at=due.closes_at,
            state=state,
            reason=reason,
        )
        rounds[opened.id] = opened
        return opened

    async def get(self, round_: int) -> Round:
        return found(self.tables.rounds, round_)

    async def current(self, channel: int, at: datetime) -> Round | None:
        fitting = [
            r
            for r in self.tables.rounds.values()
            if r.channel == channel
            and r.opens_at <= at <= r.closes_at
            and r.state in (RoundState.OPEN, RoundState.CLOSED)
        ]
        return max(fitting, key=lambda r: r.opens_at, default=None)

    async def showing(self, question: int) -> Sequence[Round]:
        t = self.tables
        ids = {p.round for p in t.postings.values() if p.stored.question == question}
        live = (RoundState.OPEN, RoundState.CLOSED)
        return [r for r in t.rounds.values() if r.id in ids and r.state in live]

    async def to_close(self, now: datetime, limit: int) -> Sequence[int]:
        over = [r for r in self.tables.rounds.values() if r.state is RoundState.OPEN and r.closes_at <= now]
        return [r.id for r in over][:limit]

    async def lock_to_close(self, round_: int, now: datetime) -> Round | None:
        found = self.tables.rounds[round_]
        return found if found.state is RoundState.OPEN and found.closes_at <= now else None

    async def set_state(self, round_: int, state: RoundState, reason: str = "") -> None:
        self.tables.rounds[round_] = replace(self.tables.rounds[round_], state=state, reason=reason)
        if state is RoundState.VOID:
            for posting in list(self.tables.postings.values()):
                if posting.round == round_:
                    self.tables.postings[posting.id] = replace(posting, void=True)

    async def extend(self, round_: int, closes_at: datetime) -> None:
        found = self.tables.rounds[round_]
        later = max(found.closes_at, closes_at)
        self.tables.rounds[round_] = replace(found, closes_at=later)
        for posting in list(self.tables.postings.values()):
            if posting.round == round_:
                self.tables.postings[posting.id] = replace(posting, closes_at=later)


class FakePostings(Repository):
    async def add(
        self,
        *,
        community: int,
        channel: int,
        version: int,
        at: datetime,
        round_: int | None = None,
        member: int | None = None,
        platform: Platform | None = None,
        event_id: str = "",
    ) -> Posting:
        t = self.tables
        stored = t.versions[version][1]
        of = t.rounds[round_] if round_ is not None else None
        posting = Posting(
            id=next(self.store.ids),
            community=community,
            channel=channel,
            stored=stored,
            round=round_,
            local_date=of.local_date if of else None,
            opens_at=of.opens_at if of else None,
            closes_at=of.closes_at if of else None,
            member=member,
        )
        t.postings[posting.id] = posting
        if platform is not None and event_id:
            t.posting_events[(platform, event_id)] = posting.id
        if of is not None:
            part = "question" if isinstance(stored.item, Question) else "challenge"
            t.rounds[of.id] = replace(of, **{part: posting.id})  # type: ignore[arg-type]
        return posting

    async def get(self, posting: int) -> Posting | None:
        return self.tables.postings.get(posting)

    async def by_event(self, platform: Platform, event_id: str) -> Posting | None:
        return self.tables.postings.get(self.tables.posting_events.get((platform, event_id), 0))


class FakeAnswers(Repository):
    async def add(self, answer: NewAnswer) -> Answer | None:
        if await self.of(answer.posting, answer.member) is not None:
            return None
        added = Answer(
            id=next(self.store.ids),
            posting=answer.posting,
            member=answer.member,
            event_id=answer.event_id,
            chosen=answer.chosen,
            typed=answer.typed,
            correct=answer.correct,
            points=0,
            at=answer.at,
        )
        self.tables.answers[added.id] = added
        return added

    async def of(self, posting: int, member: int) -> Answer | None:
        every = self.tables.answers.values()
        return next((a for a in every if (a.posting, a.member) == (posting, member)), None)

    async def record(self, answer: NewAnswer, payment: LedgerEntry, note_when_known: str) -> Answer | None:
        added = await self.add(answer)
        if added is None:
            return None
        posting = self.tables.postings[answer.posting]
        known = await self.seen(
            posting.community, answer.member, posting.stored.question, besides=answer.posting
        )
        if payment.points and not known:
            self.tables.ledger.append(replace(payment, source=f"answer:{added.id}"))
        await self.settle(added.id, 0 if known else payment.points, note_when_known if known else "")
        return self.tables.answers[added.id]

    async def seen(self, community: int, member: int, question: int, *, besides: int) -> bool:
        postings = self.tables.postings
        return any(
            a.member == member
            and a.posting != besides
            and postings[a.posting].community == community
            and postings[a.posting].stored.question == question
            and not postings[a.posting].stored.void
            for a in self.tables.answers.values()
        )

    async def settle(self, answer: int, points: int, note: str) -> None:
        self.tables.answers[answer] = replace(self.tables.answers[answer], points=points, note=note)

    async def count(self, posting: int) -> int:
        return sum(a.posting == posting for a in self.tables.answers.values())

    async def tally(self, posting: int) -> Tally:
        given = [a for a in self.tables.answers.values() if a.posting == posting]
        right = sorted((a for a in given if a.correct), key=lambda a: (a.at, a.id))
        positions = [position for a in given for position in a.chosen]
        return Tally(
            answered=len(given),
            correct=len(right),
            chosen=tuple((p, positions.count(p)) for p in sorted(set(positions))),
            first=self.tables.members[right[0].member][1].name if right else "",
        )


class FakeHints(Repository):
    async def taken(self, community: int, member: int, question: int) -> Sequence[HintTaken]:
        return self.tables.hints.get((community, member, question), ())

    async def add(
        self, community: int, member: int, question: int, number: int, event_id: str, at: datetime
    ) -> bool:
        key = (community, member, question)
        taken = self.tables.hints.get(key, ())
        if any(hint.number == number for hint in taken):
            return False
        self.tables.hints[key] = (*taken, HintTaken(number, event_id, at))
        return True


class FakeLedger(Repository):
    async def lock(self, member: int) -> None:
        return None

    async def earned(self, community: int, member: int, question: int) -> Earned:
        rows = [r for r in await self.entries(community, member) if r.question == question]
        return Earned(sum(r.points for r in rows), sum(r.solved for r in rows))

    async def append(self, entry: LedgerEntry) -> bool:
        if any((r.community, r.source) == (entry.community, entry.source) for r in self.tables.ledger):
            return False
        self.tables.ledger.append(entry)
        return True

    async def payments(self, question: int, after: int, limit: int) -> Sequence[tuple[int, LedgerEntry]]:
        rows = list(enumerate(self.tables.ledger, 1))
        taken = {(r.community, r.source) for r in self.tables.ledger}
        fitting = [
            (number, r)
            for number, r in rows
            if number > after
            and r.question == question
            and (r.points or r.solved)
            and not r.source.startswith(VOID_SOURCE)
            and (r.community, f"{VOID_SOURCE}{number}") not in taken
        ]
        return fitting[:limit]

    async def entries(self, community: int, member: int) -> Sequence[LedgerEntry]:
        return [r for r in self.tables.ledger if (r.community, r.member) == (community, member)]

    async def scores(
        self, community: int, period: Period, start: date, *, offset: int, limit: int, reader: int
    ) -> ScorePage:
        rows = [
            r for r in self.tables.ledger if r.community == community and period_start(period, r.day) == start
        ]
        scores = []
        for member in {r.member for r in rows}:
            own = [r for r in rows if r.member == member]
            scores.append(
                Score(
                    member,
                    self.tables.members[member][1].name,
                    sum(r.points for r in own),
                    sum(r.solved for r in own),
                    max((r.at for r in own if r.points > 0), default=own[0].at),
                )
            )
        board = [
            ScoreRow(
                rank=rank,
                member=s.member,
                name=s.name,
                points=s.points,
                solved=s.solved,
                reached_at=s.reached_at,
            )
            for rank, s in ranked(scores)
        ]
        return ScorePage(
            rows=tuple(board[offset : offset + limit]),
            members=len(board),
            own=next((r for r in board if r.member == reader), None),
        )


class FakeStreaks(Repository):
    async def history(self, community: int, members: Collection[int]) -> History:
        return History(
            await self.days(community),
            await self.kept(community, members),
            await self.gifts(community, members),
        )

    async def days(self, community: int) -> Sequence[ChallengeDay]:
        days = {}
        for r in self.tables.rounds.values():
            if r.community == community and r.state is not RoundState.SKIPPED:
                days.setdefault(r.local_date, []).append(r)
        return [
            ChallengeDay(
                day,
                min(r.opens_at for r in rounds),
                max(r.closes_at for r in rounds),
                (rounds[0].reason or "withdrawn") if all(r.state is RoundState.VOID for r in rounds) else "",
            )
            for day, rounds in sorted(days.items())
        ]

    async def kept(self, community: int, members: Collection[int]) -> Mapping[int, Sequence[Kept]]:
        t = self.tables
        kept: dict[int, list[Kept]] = {}
        for a in t.answers.values():
            p = t.postings[a.posting]
            if a.member in members and p.community == community and p.local_date is not None:
                kept.setdefault(a.member, []).append(Kept(p.local_date, a.at, KeptBy.ANSWER))
        for s in t.submissions.values():
            p = t.postings[s.posting] if s.posting is not None else None
            by = {
                None: KeptBy.WAITING,
                Verdict.ACCEPTED: KeptBy.SOLVED,
                Verdict.INTERNAL_ERROR: KeptBy.FAULT,
            }.get(s.judgement.verdict if s.judgement else None)
            if s.member in members and p is not None and p.local_date is not None and by is not None:
                kept.setdefault(s.member, []).append(Kept(p.local_date, s.at, by))
        return kept

    async def gifts(self, community: int, members: Collection[int]) -> Mapping[int, Sequence[Gift]]:
        gifts: dict[int, list[Gift]] = {}
        for r in self.tables.ledger:
            if r.community != community or r.member not in members:
                continue
            if r.kind is LedgerKind.FREEZE_GRANTED:
                gifts.setdefault(r.member, []).append(Gift(r.at, None, r.why))
            if r.kind is LedgerKind.STREAK_REPAIRED:
                gifts.setdefault(r.member, []).append(Gift(r.at, r.day, r.why))
        return gifts


class FakeAudit(Repository):
    async def note(
        self, community: int | None, member: int | None, action: str, detail: str, at: datetime
    ) -> None:
        self.tables.audit.append((community, member, action, detail, at))


class FakePeople(Repository):
    """Everybody has one account."""

    async def hidden(self, member: int) -> bool:
        return member in self.tables.hidden

    async def hide(self, member: int, hidden: bool) -> None:
        (self.tables.hidden.add if hidden else self.tables.hidden.discard)(member)


class FakeUnitOfWork:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.rung: list[Topic] = []
        self.directory = FakeDirectory(store)
        self.bank = FakeBank(store)
        self.rounds = FakeRounds(store)
        self.postings = FakePostings(store)
        self.answers = FakeAnswers(store)
        self.submissions = FakeSubmissions(store)
        self.queue = FakeQueue(store)
        self.hints = FakeHints(store)
        self.ledger = FakeLedger(store)
        self.streaks = FakeStreaks(store)
        self.deliveries = FakeDeliveries(store)
        self.audit = FakeAudit(store)
        self.people = FakePeople(store)
        self.skills = FakeSkills()

    async def database_now(self) -> datetime:
        return self.store.database_clock.now()

    def ring(self, topic: Topic) -> None:
        self.rung.append(topic)
