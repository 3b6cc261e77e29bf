"""Streaks, computed each time from what happened."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.domain.ledger import LedgerEntry, LedgerKind
from bot.domain.rounds import local_date
from bot.domain.streaks import Mark, Streak, calendar, compute
from bot.domain.wording import count
from bot.services.cards import Notice, StreakCard, StreakDay
from bot.services.commands import HelpStreak, ShowStreak
from bot.services.communities import admins_only
from bot.services.errors import NotAllowed, NotFound
from bot.services.ports import Begin, Clock, UnitOfWork
from bot.services.records import Member, StreakFacts

SHOWN_DAYS = 14
LONGEST_WHY = 200
"""Characters of a reason that are kept."""


REMEMBER_AFTER = 10
"""Challenge days that are gone through at most a few times: then a mark spares them."""


def is_long(facts: StreakFacts) -> bool:
    """Whether a mark would spare enough days."""
    return len(facts.past.days) > REMEMBER_AFTER


def streaks_from(
    facts: Mapping[int, StreakFacts], now: datetime
) -> tuple[Mapping[int, Streak], Sequence[tuple[StreakFacts, Mark]]]:
    """The streak of each member as of ``now``, and the marks that are worth keeping."""
    streaks = {member: compute(one.past, now) for member, one in facts.items()}
    marks = [
        (one, mark)
        for member, one in facts.items()
        if is_long(one) and (mark := streaks[member].settled) is not None and mark != one.past.mark
    ]
    return streaks, marks


async def streaks_of(work: UnitOfWork, members: Collection[int], now: datetime) -> Mapping[int, Streak]:
    """The streak of each member in their community, as of ``now``; unknown members are left out."""
    streaks, marks = streaks_from(await work.streaks.facts(members), now)
    if marks:
        await work.streaks.remember(marks)
    return streaks


async def streak_of(work: UnitOfWork, member: int, now: datetime) -> Streak:
    """One member's streak in their community, as of ``now``."""
    return (await streaks_of(work, [member], now))[member]


async def whole_streaks(work: UnitOfWork, members: Collection[int], now: datetime) -> Mapping[int, Streak]:
    """The same from the first day on, whatever marks there are: with every day and its reason."""
    facts = await work.streaks.facts(members, whole=True)
    return {member: compute(one.past, now) for member, one in facts.items()}


class StreakService:
    """``/streak``, and what admins can do for one."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def show(self, command: ShowStreak) -> StreakCard:
        """A member's streak with the days that explain it. Raises ``NotFound`` for an unknown member."""
        now = self._clock.now()
        async with self._begin() as work:
            place = await work.directory.enter(command.actor)
            member = place.member
            if command.member is not None:
                member = await _known(work, place.community.id, command.member)
                if member.id != place.member.id and await work.people.hidden(member.id):
                    raise NotAllowed("hidden_member", "That member keeps their progress to themselves.")
            past = (await work.streaks.facts([member.id], whole=True))[member.id].past
        streak = compute(past, now)
        open_days = [day for day in past.days if day.opens_at <= now <= day.closes_at]
        shown = calendar(streak, local_date(now, place.community.zone), SHOWN_DAYS)
        return StreakCard(
            member=member.id,
            name=member.name,
            is_reader=member.id == place.member.id,
            current=streak.current,
            longest=streak.longest,
            freezes=streak.freezes,
            answered_today=streak.kept_today and bool(open_days),
            closes_at=open_days[-1].closes_at if open_days else None,
            days=tuple(StreakDay(day.day, day.state, day.why) for day in shown),
        )

    async def help(self, command: HelpStreak) -> Notice:
        """Repair a day of a member's streak, or give them a freeze, by a row in the ledger.

        The same event, and the same day, is entered once. Raises ``NotAllowed`` and ``NotFound``.
        """
        admins_only(command.actor)
        now = self._clock.now()
        async with self._begin() as work:
            place = await work.directory.enter(command.actor)
            member = await _known(work, place.community.id, command.member)
            if command.day is None:
                kind, source = LedgerKind.FREEZE_GRANTED, f"freeze:{command.event_id}"
            else:
                kind, source = LedgerKind.STREAK_REPAIRED, f"repair:{member.id}:{command.day}"
            day = command.day or local_date(now, place.community.zone)
            entry = LedgerEntry(
                community=place.community.id,
                member=member.id,
                kind=kind,
                source=source,
                day=day,
                at=now,
                why=command.why[:LONGEST_WHY],
            )
            if await work.ledger.append(entry):
                detail = f"member {member.id}, {day}: {entry.why}"
                await work.audit.note(place.community.id, place.member.id, f"streak.{kind}", detail, now)
            streak = await streak_of(work, member.id, now)
        held = count(streak.freezes, "freeze")
        return Notice(f"Done. {member.name} has a streak of {streak.current} and {held}.")


async def _known(work: UnitOfWork, community: int, external: str) -> Member:
    found = await work.directory.member(community, external)
    if found is None:
        raise NotFound("unknown_member", "I have not seen that member here yet: they have no streak to show.")
    return found
