"""Installations of the Slack app by OAuth: begun, kept with an encrypted token, used, and forgotten."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.services.commands import Platform
from bot.services.leaving import LeavingService
from bot.services.ports import Begin, Clock, Seal
from bot.services.repositories.installations import SealedInstallation

STATE_LIVES = timedelta(minutes=10)
"""How long somebody may take to allow the installation at Slack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The app in one workspace. ``bot_user`` and ``bot`` are the ids of its user and of itself there."""

    workspace: str
    name: str
    bot_user: str
    bot: str
    token: str = field(repr=False)
    scopes: str = ""
    installed_by: str = ""


class InstallationService:
    """Keeps tokens sealed: without the key the database's rows open nothing."""

    def __init__(self, begin: Begin, clock: Clock, seal: Seal) -> None:
        self._begin = begin
        self._clock = clock
        self._seal = seal
        self._leaving = LeavingService(begin, clock)

    async def begin_one(self) -> str:
        """A state for Slack's address of consent, good once and for ten minutes."""
        state = secrets.token_urlsafe(32)
        now = self._clock.now()
        async with self._begin() as work:
            await work.installations.add_state(_digest(state), now, now + STATE_LIVES)
        return state

    async def was_begun(self, state: str) -> bool:
        """Whether the installation that comes back was begun here. True once for each state."""
        async with self._begin() as work:
            return await work.installations.take_state(_digest(state), self._clock.now())

    async def save(self, installation: Installation) -> None:
        """Keep an installation; a workspace that had left is back, with what was kept of it."""
        now = self._clock.now()
        async with self._begin() as work:
            await work.installations.save(
                SealedInstallation(
                    workspace=installation.workspace,
                    name=installation.name,
                    bot_user=installation.bot_user,
                    bot=installation.bot,
                    sealed=self._seal.seal(installation.token),
                    scopes=installation.scopes,
                    installed_by=installation.installed_by,
                    installed_at=now,
                )
            )
        await self._leaving.came_back(Platform.SLACK, installation.workspace)

    async def find(self, workspace: str) -> Installation | None:
        """The installation of a workspace. Raises ``Unsealed`` when no key opens its token."""
        async with self._begin() as work:
            kept = await work.installations.find(workspace)
        if kept is None:
            return None
        return Installation(
            workspace=kept.workspace,
            name=kept.name,
            bot_user=kept.bot_user,
            bot=kept.bot,
            token=self._seal.open(kept.sealed),
            scopes=kept.scopes,
            installed_by=kept.installed_by,
        )

    async def gone(self, workspace: str) -> None:
        """The app was removed, or its token taken away: the token goes at once, the community has left."""
        async with self._begin() as work:
            await work.installations.remove(workspace)
        await self._leaving.left(Platform.SLACK, workspace)

    async def seal_again(self) -> int:
        """Seal every token with the first key, so that older keys can be thrown away; how many were.

        Raises ``Unsealed`` when no key opens one of them; then nothing is changed.
        """
        async with self._begin() as work:
            kept = await work.installations.every()
            for each in kept:
                sealed = self._seal.seal(self._seal.open(each.sealed))
                await work.installations.save(replace(each, sealed=sealed))
        return len(kept)


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode(errors="replace")).hexdigest()
