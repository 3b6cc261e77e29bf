"""Workspaces that have installed the app by OAuth, with their tokens sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedInstallation:
    """An installation as it is kept. ``workspace`` is Slack's id; ``sealed`` is the token, encrypted."""

    workspace: str
    name: str
    bot_user: str
    bot: str
    sealed: str = field(repr=False)
    scopes: str
    installed_by: str
    installed_at: datetime


class Installations(Protocol):
    """One installation for each workspace, and what OAuth has to remember in between."""

    async def save(self, installation: SealedInstallation) -> None:
        """Keep it, in the place of an earlier one of the same workspace."""

    async def find(self, workspace: str) -> SealedInstallation | None:
        """The installation of a workspace."""

    async def every(self) -> Sequence[SealedInstallation]:
        """All installations, by workspace."""

    async def remove(self, workspace: str) -> bool:
        """Forget a workspace's token at once; False when there was none."""

    async def add_state(self, digest: str, now: datetime, expires_at: datetime) -> None:
        """Remember that an installation was begun; those that have run out by now are forgotten."""

    async def take_state(self, digest: str, now: datetime) -> bool:
        """Whether such an installation was begun and has not run out. True once."""
