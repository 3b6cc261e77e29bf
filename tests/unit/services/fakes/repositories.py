"""The repositories over the tables in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.domain.content import Question
from bot.domain.grading import Verdict
from bot.domain.ledger import VOID_SOURCE, Earned, LedgerEntry, LedgerKind
from bot.domain.rounds import DueRound
from bot.domain.streaks import ChallengeDay, Gift, Kept, KeptBy, Mark, Past
from bot.services.commands import Platform
from bot.services.ports import Topic
from bot.services.records import (
    Answer,
    HintTaken,
    Posting,
    Round,
    RoundState,
    StreakFacts,
    Tally,
)
from tests.unit.services.fakes.bank import FakeBank
from tests.unit.services.fakes.base import Repository, found
from tests.unit.services.fakes.directory import FakeDirectory
from tests.unit.services.fakes.installations import FakeInstallations, FakeRetention
from tests.unit.services.fakes.learning import FakeReviews, FakeSkills, FakeSolutions
from tests.unit.services.fakes.objections import FakeObjections
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
    async def of(self, posting: int, member: int) -> Answer | None:
        every = self.tables.answers.values()
        return next((a for a in every if (a.posting, a.member) == (posting, member)), None)

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
        if entry.kind is LedgerKind.STREAK_REPAIRED:
            self.tables.changed(entry.member)
        return True

    async def payments(
        self, question: int, after: int, limit: int, community: int | None = None
    ) -> Sequence[tuple[int, LedgerEntry]]:
        rows = list(enumerate(self.tables.ledger, 1))
        taken = {(r.community, r.source) for r in self.tables.ledger}
        fitting = [
            (number, r)
            for number, r in rows
            if number > after
            and r.question == question
            and community in (None, r.community)
            and (r.points or r.solved)
            and not r.source.startswith(VOID_SOURCE)
            and (r.community, f"{VOID_SOURCE}{number}") not in taken
        ]
        return fitting[:limit]

    async def entries(self, community: int, member: int) -> Sequence[LedgerEntry]:
        return [r for r in self.tables.ledger if (r.community, r.member) == (community, member)]

    async def tend(self, today: date) -> int:
        return 0


class FakeStreaks(Repository):
    async def facts(self, members: Collection[int], *, whole: bool = False) -> Mapping[int, StreakFacts]:
        t = self.tables
        found = {}
        for member in members:
            community, _ = t.members[member]
            past = Past(
                days=self._days(community), kept=self._kept(community, member), gifts=self._gifts(member)
            )
            rewritten = sum(r.state is RoundState.VOID for r in t.rounds.values())
            mark, since = t.marks.get(member, (None, -1))
            if mark is not None and since == rewritten and not whole:
                past = Past(
                    mark=mark,
                    days=[day for day in past.days if day.day > mark.through],
                    kept=[one for one in past.kept if one.day > mark.through],
                    gifts=[g for g in past.gifts if g.repairs is None or g.repairs > mark.through],
                )
            found[member] = StreakFacts(
                member=member, past=past, turn=t.turns.get(member, 0), rewritten=rewritten
            )
        return found

    async def remember(self, marks: Sequence[tuple[StreakFacts, Mark]]) -> None:
        for facts, mark in marks:
            if self.tables.turns.get(facts.member, 0) == facts.turn:
                self.tables.marks[facts.member] = (mark, facts.rewritten)

    def _days(self, community: int) -> Sequence[ChallengeDay]:
        days: dict[date, list[Round]] = {}
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

    def _kept(self, community: int, member: int) -> Sequence[Kept]:
        t = self.tables
        kept = []
        for a in t.answers.values():
            p = t.postings[a.posting]
            if a.member == member and p.community == community and p.local_date is not None:
                kept.append(Kept(p.local_date, a.at, KeptBy.ANSWER))
        for s in t.submissions.values():
            p = t.postings[s.posting] if s.posting is not None else None
            by = {
                None: KeptBy.WAITING,
                Verdict.ACCEPTED: KeptBy.SOLVED,
                Verdict.INTERNAL_ERROR: KeptBy.FAULT,
            }.get(s.judgement.verdict if s.judgement else None)
            if s.member == member and p is not None and p.local_date is not None and by is not None:
                kept.append(Kept(p.local_date, s.at, by))
        return kept

    def _gifts(self, member: int) -> Sequence[Gift]:
        gifts = []
        for r in self.tables.ledger:
            if r.member == member and r.kind is LedgerKind.FREEZE_GRANTED:
                gifts.append(Gift(r.at, None, r.why))
            if r.member == member and r.kind is LedgerKind.STREAK_REPAIRED:
                gifts.append(Gift(r.at, r.day, r.why))
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
        self.objections = FakeObjections(store)
        self.skills = FakeSkills()
        self.solutions = FakeSolutions()
        self.reviews = FakeReviews(store)
        self.installations = FakeInstallations(store)
        self.retention = FakeRetention(store)

    async def database_now(self) -> datetime:
        return self.store.database_clock.now()

    def ring(self, topic: Topic) -> None:
        self.rung.append(topic)
