"""Days of answers, freezes, withdrawals, zone changes and missed rounds, against a model on paper."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain.periods import Period
from bot.domain.rounds import CATCH_UP
from bot.domain.streaks import EARN_EVERY, MOST_FREEZES
from bot.services import streaks
from bot.services.commands import HelpStreak, ShowLeaderboard, ShowStreak
from bot.services.errors import Closed
from bot.services.records import Posting
from tests.unit.services.fakes.world import ADA, GRACE, World, question

MEMBERS = (ADA, GRACE)
ZONES = ("UTC", "Asia/Kolkata", "America/New_York", "Pacific/Auckland")
POINTS = 5


@dataclass
class PaperDay:
    """One challenge day as one would note it down."""

    day: date
    key: str
    closes_at: datetime
    void: bool = False
    answered: dict[str, bool] = field(default_factory=dict)
    """Who answered, and whether it was right."""
    repaired: set[str] = field(default_factory=set)


class StreakMachine(RuleBasedStateMachine):
    """The services on one side, a list of days on the other; both have to say the same after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.world = self.make_world()
        self.days: list[PaperDay] = []
        self.grants: list[tuple[str, datetime]] = []
        self.days_without_marks = streaks.REMEMBER_AFTER
        streaks.REMEMBER_AFTER = 0  # marks are kept, and have to be right, from the first days on

    def make_world(self) -> World:
        return World()

    def teardown(self) -> None:
        streaks.REMEMBER_AFTER = self.days_without_marks
        self.loop.close()

    def run_(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    @initialize()
    def begin(self) -> None:
        self.run_(self.world.load(*(question(f"q{n:02}") for n in range(24))))
        self.run_(self.world.set_up(challenge=False, at=time(9)))
        self.time_goes_by(24)
        for who in MEMBERS:
            self.somebody_answers(who, "B")

    def _posting(self) -> Posting | None:
        postings = self.world.postings()
        return postings[-1] if postings else None

    @rule(hours=st.sampled_from((1, 5, 24, 24, 24, 49, 120)))
    def time_goes_by(self, hours: int) -> None:
        """The bot looks once; of the rounds that fell due meanwhile only the latest may be caught up."""
        self.world.pass_time(hours=hours)
        before = len(self.world.postings())
        self.run_(self.world.services.rounds.tick())
        for posting in self.world.postings()[before:]:
            assert posting.local_date is not None
            assert posting.closes_at is not None
            assert self.world.clock.now() - CATCH_UP <= posting.opens_at <= self.world.clock.now()
            self.days.append(PaperDay(posting.local_date, posting.stored.item.meta.key, posting.closes_at))

    @rule(who=st.sampled_from(MEMBERS), letter=st.sampled_from("AB"))
    def somebody_answers(self, who: Any, letter: str) -> None:
        posting = self._posting()
        if posting is None:
            return
        day = self.days[-1]
        try:
            card = self.run_(self.world.answer(who, posting.id, letter))
        except Closed:
            assert day.void or self.world.clock.now() > day.closes_at
            return
        if who.member not in day.answered:
            assert not day.void
            assert self.world.clock.now() <= day.closes_at
            day.answered[who.member] = letter == "B"
        assert card.streak == self._on_paper(who.member)[0]

    @rule(which=st.integers(0, 9), again=st.booleans())
    def a_question_is_withdrawn(self, which: int, again: bool) -> None:
        if not self.days:
            return
        day = self.days[-1 - which % len(self.days)]
        for _ in range(1 + again):
            self.run_(self.world.services.corrections.void(day.key, "a wrong key"))
        for one in self.days:
            one.void = one.void or one.key == day.key

    @rule(who=st.sampled_from(MEMBERS))
    def a_freeze_is_given(self, who: Any) -> None:
        self._help(who, None)
        self.grants.append((who.member, self.world.clock.now()))

    @rule(who=st.sampled_from(MEMBERS), which=st.integers(0, 5))
    def a_day_is_repaired(self, who: Any, which: int) -> None:
        if self.days:
            day = self.days[-1 - which % len(self.days)]
            self._help(who, day.day)
            day.repaired.add(who.member)

    def _help(self, who: Any, day: date | None) -> None:
        self.run_(self.world.services.communities.enter(who))
        command = HelpStreak(
            actor=ADA, event_id=self.world.event(), member=who.member, day=day, why="an outage"
        )
        self.run_(self.world.services.streaks.help(command))

    @rule(zone=st.sampled_from(ZONES), hour=st.integers(0, 23))
    def the_channel_moves(self, zone: str, hour: int) -> None:
        before = {who.member: self._shown(who) for who in MEMBERS}
        self.run_(self.world.set_up(zone=zone, at=time(hour), challenge=False))
        assert before == {who.member: self._shown(who) for who in MEMBERS}

    def _shown(self, who: Any) -> tuple[int, int, int]:
        card = self.run_(self.world.services.streaks.show(ShowStreak(actor=who)))
        return card.current, card.longest, card.freezes

    @invariant()
    def streaks_are_those_on_paper(self) -> None:
        for who in MEMBERS:
            assert self._shown(who) == self._on_paper(who.member)

    @invariant()
    def points_are_those_on_paper(self) -> None:
        right = {
            who.name: POINTS * sum(day.answered.get(who.member, False) and not day.void for day in self.days)
            for who in MEMBERS
        }
        if not self.days:
            return
        show = ShowLeaderboard(actor=ADA, period=Period.ALL)
        page = self.run_(self.world.services.leaderboards.show(show))
        assert {row.name: row.points for row in page.rows} == {n: p for n, p in right.items() if p}
        names = {who.name: who.member for who in MEMBERS}
        for row in page.rows:
            assert row.streak == self._on_paper(names[row.name])[0]

    def _on_paper(self, member: str) -> tuple[int, int, int]:
        now = self.world.clock.now()
        grants = sorted(at for name, at in self.grants if name == member)
        current = longest = freezes = 0
        for day in sorted(self.days, key=lambda one: one.day):
            while grants and grants[0] <= min(day.closes_at, now):
                grants.pop(0)
                freezes = min(MOST_FREEZES, freezes + 1)
            if member in day.answered:
                current += 1
                longest = max(longest, current)
                if current % EARN_EVERY == 0:
                    freezes = min(MOST_FREEZES, freezes + 1)
            elif day.void or member in day.repaired or now <= day.closes_at or current == 0:
                continue
            elif freezes:
                freezes -= 1
            else:
                current = 0
        return current, longest, min(MOST_FREEZES, freezes + len(grants))
