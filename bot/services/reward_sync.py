"""Gives and takes the roles that streaks and ranks earn.

A community's members are looked through at a steady pace and soon after a rule has changed. What was given is
written down, and only that is taken away: a role that an admin gave by hand stays. Giving twice changes
nothing, so a stop between a role and its note costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.boards import Board, Scope
from bot.domain.periods import Period, period_start
from bot.domain.rewards import RewardKind, RoleRule, roles_earned
from bot.domain.rounds import local_date
from bot.services.commands import Platform
from bot.services.errors import DeliveryFailed, Gone, RoleRefused
from bot.services.ports import Clock, Quick, Roles, Store, UnitOfWork
from bot.services.records import Community
from bot.services.repositories.rewards import Candidate
from bot.services.streaks import streaks_of

log = structlog.get_logger(__name__)

PACE = timedelta(minutes=15)
"""How often a community is looked through."""
RECENT = timedelta(days=45)
"""Whoever did nothing for so long and holds no role is not looked at."""
AT_ONCE = 500
"""Members whose streaks are computed together."""


@dataclass(frozen=True, slots=True)
class _Change:
    member: int
    external: str
    role: str
    give: bool


class RewardSync:
    """Keeps the roles of the communities on the platforms that this process serves."""

    def __init__(self, store: Store, roles: Mapping[Platform, Roles], clock: Clock) -> None:
        self._store = store
        self._begin = store.begin
        self._roles = roles
        self._clock = clock

    async def run_due(self) -> int:
        """Look through every community that is due; returns how many roles were given or taken."""
        changed = 0
        while True:
            now = self._clock.now()
            async with self._begin() as work:
                community = await work.rewards.claim_due(now, now + PACE)
                if community is None:
                    return changed
                where = await work.directory.community(community)
                rules = await work.rewards.rules(where.id)
                ranks = await _ranks(self._store.quick, where, rules, now)
                changes = await _changes(work, where, rules, ranks, now)
            changed += await self._apply(where, changes)

    async def _apply(self, where: Community, changes: Sequence[_Change]) -> int:
        roles = self._roles.get(where.platform)
        if roles is None:
            return 0
        done, refused = 0, dict[str, str]()
        for change in changes:
            if change.role in refused:
                continue
            try:
                await roles.set(where.external, change.external, change.role, change.give)
            except RoleRefused as refusal:
                refused[change.role] = str(refusal)
                if change.give:
                    continue
            except Gone:
                pass  # the member has left: there is nothing to give or to take
            except DeliveryFailed as failure:
                log.warning("roles have to wait", community=where.id, reason=str(failure))
                break
            else:
                done += 1
            await self._note(change)
        async with self._begin() as work:
            await work.rewards.set_problem(where.id, " ".join(dict.fromkeys(refused.values())))
        return done

    async def _note(self, change: _Change) -> None:
        async with self._begin() as work:
            if change.give:
                await work.rewards.given(change.member, change.role)
            else:
                await work.rewards.taken(change.member, [change.role])


async def _changes(
    work: UnitOfWork,
    where: Community,
    rules: Sequence[RoleRule],
    ranks: Mapping[Period, Mapping[int, int]],
    now: datetime,
) -> Sequence[_Change]:
    candidates = await work.rewards.candidates(where.id, now - RECENT)
    changes: list[_Change] = []
    for start in range(0, len(candidates), AT_ONCE):
        some = candidates[start : start + AT_ONCE]
        streaks = await streaks_of(work, [one.member for one in some], now)
        for one in some:
            earned = frozenset[str]()
            if not one.hidden:
                own = {period: among[one.member] for period, among in ranks.items() if one.member in among}
                earned = roles_earned(rules, streaks[one.member].current, own)
            changes += _difference(one, earned)
    return changes


def _difference(one: Candidate, earned: frozenset[str]) -> list[_Change]:
    """What to take first, then what to give."""
    taking = [_Change(one.member, one.external, role, False) for role in sorted(one.roles - earned)]
    giving = [_Change(one.member, one.external, role, True) for role in sorted(earned - one.roles)]
    return taking + giving


async def _ranks(
    quick: Quick, where: Community, rules: Sequence[RoleRule], now: datetime
) -> Mapping[Period, Mapping[int, int]]:
    """The first of every period that a rule asks for: member to rank."""
    last: dict[Period, int] = {}
    for rule in rules:
        if rule.kind is RewardKind.RANK:
            last[rule.period] = max(rule.threshold, last.get(rule.period, 0))
    today = local_date(now, where.zone)
    found = {}
    for period, limit in last.items():
        board, start = Board(Scope.COMMUNITY, where.id), period_start(period, today)
        page = await quick.page(board, period, start, offset=0, limit=limit, reader=0)
        found[period] = {row.member: row.rank for row in page.rows}
    return found
