"""The workspaces that the app is in, each with its own token."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol

from bot.services.commands import Platform
from bot.services.errors import Unsealed
from bot.services.installations import InstallationService
from bot.services.leaving import LeavingService

log = logging.getLogger(__name__)

KEPT_S = 30.0
"""How long a process goes on with a token that another process has deleted; Slack refuses it sooner."""
MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace, and who the bot is there."""

    team: str
    name: str
    bot_user: str
    bot: str
    token: str = field(repr=False)


class Workspaces(Protocol):
    """Finds the workspace of an event or of a message to send."""

    async def get(self, team: str) -> Workspace | None:
        """The workspace by Slack's id; None when the app is not installed there."""

    async def gone(self, team: str) -> None:
        """The app was removed from a workspace, or its token taken away."""


class OneWorkspace:
    """The workspace of the token in the settings."""

    def __init__(self, workspace: Workspace, leaving: LeavingService) -> None:
        self._workspace = workspace
        self._leaving = leaving

    async def get(self, team: str) -> Workspace | None:
        """The workspace, when it is this one."""
        return self._workspace if team == self._workspace.team else None

    async def gone(self, team: str) -> None:
        """The community has left; the operator's token is the operator's."""
        if team == self._workspace.team:
            await self._leaving.left(Platform.SLACK, team)


class AnyWorkspace:
    """For sending with the settings' token alone: Slack itself refuses channels of other workspaces."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get(self, team: str) -> Workspace | None:
        """The workspace by its id and the token; nothing else is known of it."""
        return Workspace(team, "", "", "", self._token)

    async def gone(self, team: str) -> None:
        """Nothing is kept."""


class InstalledWorkspaces:
    """Every workspace that installed the app by OAuth, and the one of the settings if there is one.

    ``seconds`` is a steady clock, handed in for tests.
    """

    def __init__(
        self,
        installations: InstallationService,
        own: Workspaces | None = None,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._installations = installations
        self._own = own
        self._seconds = seconds
        self._known: OrderedDict[str, tuple[float, Workspace | None]] = OrderedDict()

    async def get(self, team: str) -> Workspace | None:
        """The workspace, remembered for a moment."""
        known = self._known.get(team)
        if known is not None and self._seconds() - known[0] < KEPT_S:
            return known[1]
        found = await self._find(team)
        self._known[team] = (self._seconds(), found)
        self._known.move_to_end(team)
        if len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return found

    async def _find(self, team: str) -> Workspace | None:
        try:
            kept = await self._installations.find(team)
        except Unsealed as error:
            log.error("the token of a workspace cannot be read: %s", error)
            kept = None
        if kept is not None:
            return Workspace(kept.workspace, kept.name, kept.bot_user, kept.bot, kept.token)
        return await self._own.get(team) if self._own else None

    def forget(self, team: str) -> None:
        """Look again next time: the workspace has installed the app, or removed it."""
        self._known.pop(team, None)

    async def gone(self, team: str) -> None:
        """The token is deleted at once, and the community has left."""
        self.forget(team)
        await self._installations.gone(team)
