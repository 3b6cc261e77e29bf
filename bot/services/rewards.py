"""``/rewards``: roles for streaks and ranks, on platforms that have roles."""

from __future__ import annotations

import re

from bot.domain.periods import Period
from bot.domain.rewards import RewardKind, RoleRule
from bot.domain.wording import count
from bot.services.commands import Actor, Platform
from bot.services.communities import admins_only
from bot.services.errors import BadSetting, Refusal, TooMuch
from bot.services.panels import (
    Feature,
    OpenPanel,
    Option,
    OptionKind,
    Panel,
    PanelCommand,
    Press,
    PressPanel,
    Prose,
    Table,
    Tone,
)
from bot.services.ports import Begin, Clock, UnitOfWork
from bot.services.records import Place

MOST_RULES = 20
MOST_DAYS = 3_650
LAST_RANK = 100
PERIODS = {Period.WEEK: "this week", Period.MONTH: "this month", Period.ALL: "of all time"}
"""Periods that a rank's role can be for, in words."""


class RewardService:
    """Which roles a community gives. ``bot.services.reward_sync`` gives and takes them."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    @property
    def feature(self) -> Feature:
        """The commands and their buttons."""
        role = Option(name="role", summary="The role, as @Role", required=True)
        days = Option(name="days", summary="Days in a row", kind=OptionKind.NUMBER, required=True)
        top = Option(name="top", summary="Rank or better, 1 to 100", kind=OptionKind.NUMBER, required=True)
        period = Option(
            name="period", summary="Of which leaderboard", choices=tuple(str(period) for period in PERIODS)
        )

        def command(word: str, summary: str, *options: Option) -> PanelCommand:
            return PanelCommand(name="rewards", word=word, summary=summary, options=options, admin=True)

        return Feature(
            commands=(
                (command("show", "The roles that streaks and ranks earn"), self.open),
                (command("streak", "A role for days in a row", days, role), self.for_streak),
                (command("rank", "A role for the first of a leaderboard", top, role, period), self.for_rank),
            ),
            presses={"rewards.remove": self.remove},
        )

    async def open(self, request: OpenPanel) -> Panel:
        """The community's rules, and what is in the way of giving the roles."""
        _where_roles_are(request.actor)
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            return await _overview(work, place)

    async def for_streak(self, request: OpenPanel) -> Panel:
        """A role for a streak of so many days."""
        days = _number(request.values.get("days", ""), MOST_DAYS, "days")
        return await self._set(request, RewardKind.STREAK, Period.ALL, days)

    async def for_rank(self, request: OpenPanel) -> Panel:
        """A role for the first so many of a leaderboard."""
        top = _number(request.values.get("top", ""), LAST_RANK, "top")
        word = request.values.get("period", "") or str(Period.MONTH)
        period = next((period for period in PERIODS if period == word), None)
        if period is None:
            raise BadSetting("bad_period", f"Choose one of {', '.join(PERIODS)}.")
        return await self._set(request, RewardKind.RANK, period, top)

    async def _set(self, request: OpenPanel, kind: RewardKind, period: Period, threshold: int) -> Panel:
        _where_roles_are(request.actor)
        role = _role(request.values.get("role", ""))
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            if len(await work.rewards.rules(place.community.id)) >= MOST_RULES:
                raise TooMuch("too_many_rules", f"There are {MOST_RULES} roles already: remove one first.")
            await work.rewards.set_rule(place.community.id, kind, period, threshold, role)
            await self._note(work, place, "rewards.set", f"{kind} {threshold} {period}: {role}")
            return await _overview(work, place, "Saved. Roles are given within a few minutes.")

    async def remove(self, request: PressPanel) -> Panel:
        """Remove a rule; who has its role loses it."""
        _where_roles_are(request.actor)
        (number,) = request.arguments or ("",)
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            if not number.isdecimal() or not await work.rewards.remove_rule(place.community.id, int(number)):
                raise Refusal("no_rule", "That role is not given any more.")
            await self._note(work, place, "rewards.removed", number)
            return await _overview(work, place, "Removed. Whoever has the role for it loses it soon.")

    async def _note(self, work: UnitOfWork, place: Place, action: str, detail: str) -> None:
        await work.audit.note(place.community.id, place.member.id, action, detail, self._clock.now())


def _where_roles_are(actor: Actor) -> None:
    admins_only(actor)
    if actor.platform is not Platform.DISCORD:
        raise Refusal("no_roles", "Only Discord has roles. Here, streaks, ranks and badges are on the cards.")


def _number(text: str, most: int, name: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= most:
        raise BadSetting("bad_number", f"Give {name} as a number from 1 to {most:,}.")
    return int(text)


def _role(text: str) -> str:
    """The id in a mention of a role, or an id as it is."""
    found = re.fullmatch(r"\s*(?:<@&)?(\d{15,20})>?\s*", text, re.ASCII)
    if found is None:
        raise BadSetting("no_role", "Name the role by typing @ and choosing it from the list.")
    return found[1]


async def _overview(work: UnitOfWork, place: Place, done: str = "") -> Panel:
    rules = await work.rewards.rules(place.community.id)
    problem = await work.rewards.problem(place.community.id)
    if not rules:
        told = "No roles are given. `/rewards streak` and `/rewards rank` add one."
        return Panel(title="Roles", blocks=(Prose(f"{done} {told}".strip()),))
    blocks = [Prose(done)] if done else []
    if problem:
        blocks.append(Prose(f"**In the way:** {problem}"))
    rows = tuple((f"role {rule.role}", _for_what(rule)) for rule in rules)
    buttons = [
        Press(label=f"Remove: {_for_what(rule)}"[:80], name="rewards.remove", arguments=(str(rule.id),))
        for rule in rules
    ]
    return Panel(
        title="Roles",
        blocks=(*blocks, Table(("Role", "For"), rows)),
        presses=tuple(tuple(buttons[start : start + 5]) for start in range(0, len(buttons), 5)),
        footer="Of several streaks, or several ranks, the highest counts. Who hides gets no role.",
        tone=Tone.BAD if problem else Tone.PLAIN,
    )


def _for_what(rule: RoleRule) -> str:
    if rule.kind is RewardKind.STREAK:
        return f"{count(rule.threshold, 'day')} in a row"
    return f"rank {rule.threshold} or better {PERIODS[rule.period]}"
