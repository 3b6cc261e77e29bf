"""What the completion of commands offers, remembered for a short while for each community."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Any, NamedTuple

import discord
from discord import app_commands

from bot.domain.picking import DAILY_QUESTIONS
from bot.platforms.discord import actors
from bot.platforms.discord.text import label
from bot.services.app import Services
from bot.services.commands import Actor
from bot.services.errors import Refusal

MOST_CHOICES = 25
"""Choices that Discord shows."""
MOST_LABEL = 100
FRESH_S = 60.0
MOST_COMMUNITIES = 1_000

Pairs = Sequence[tuple[str, str]]
"""(value, what is shown)."""


class _Kept(NamedTuple):
    until: float
    pairs: Pairs


class Completions:
    """Topics and challenges to choose from. Asked with every key hit, so a minute old is good enough."""

    def __init__(self, services: Services, now: Callable[[], float] = monotonic) -> None:
        self._services = services
        self._now = now
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()

    async def topics(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Topics of questions that fit what is typed."""

        async def find(actor: Actor) -> Pairs:
            return [(topic, topic) for topic in await self._services.banks.topics(actor, DAILY_QUESTIONS)]

        return await self._fitting(interaction, "topics", typed, find)

    async def challenges(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Challenges whose key or title fits what is typed."""

        async def find(actor: Actor) -> Pairs:
            return [(key, f"{title} ({key})") for key, title in await self._services.challenges.names(actor)]

        return await self._fitting(interaction, "challenges", typed, find)

    async def named(
        self, what: str, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """What an option of a panel's command suggests, by the name that the option gives it."""
        if what == "topics":
            return await self.topics(interaction, typed)
        if what == "challenges":
            return await self.challenges(interaction, typed)

        async def find(actor: Actor) -> Pairs:
            return await self._services.panels.suggest(what, actor)

        return await self._fitting(interaction, what, typed, find)

    async def _fitting(
        self,
        interaction: discord.Interaction[Any],
        what: str,
        typed: str,
        find: Callable[[Actor], Awaitable[Pairs]],
    ) -> list[app_commands.Choice[str]]:
        actor = actors.of_interaction(interaction)
        place = (actor.community, what)
        kept = self._kept.get(place)
        if kept is None or kept.until <= self._now():
            try:
                kept = _Kept(self._now() + FRESH_S, await find(actor))
            except Refusal:
                return []
            self._kept[place] = kept
            if len(self._kept) > MOST_COMMUNITIES:
                self._kept.popitem(last=False)
        return matching(kept.pairs, typed)


def matching(pairs: Pairs, typed: str) -> list[app_commands.Choice[str]]:
    """At most 25 choices that contain what is typed, those that begin with it first."""
    wanted = typed.strip().casefold()
    found = [pair for pair in pairs if wanted in pair[1].casefold() and 0 < len(pair[0]) <= MOST_LABEL]
    found.sort(key=lambda pair: not pair[1].casefold().startswith(wanted))
    return [
        app_commands.Choice(name=label(shown, MOST_LABEL), value=value)
        for value, shown in found[:MOST_CHOICES]
    ]
