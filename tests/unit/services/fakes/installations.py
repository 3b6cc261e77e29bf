"""Installations in memory, and leaving as far as platforms see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.services.commands import Platform
from bot.services.repositories.installations import SealedInstallation
from tests.unit.services.fakes.base import Repository


class FakeInstallations(Repository):
    async def save(self, installation: SealedInstallation) -> None:
        self.tables.installations[installation.workspace] = installation

    async def find(self, workspace: str) -> SealedInstallation | None:
        return self.tables.installations.get(workspace)

    async def every(self) -> Sequence[SealedInstallation]:
        return [self.tables.installations[key] for key in sorted(self.tables.installations)]

    async def remove(self, workspace: str) -> bool:
        return self.tables.installations.pop(workspace, None) is not None

    async def add_state(self, digest: str, now: datetime, expires_at: datetime) -> None:
        self.tables.installation_states[digest] = expires_at

    async def take_state(self, digest: str, now: datetime) -> bool:
        expires_at = self.tables.installation_states.pop(digest, None)
        return expires_at is not None and expires_at > now


class FakeRetention(Repository):
    def _community(self, platform: Platform, external: str) -> int | None:
        for community in self.tables.communities.values():
            if (community.platform, community.external) == (platform, external):
                return community.id
        return None

    async def leave(self, platform: Platform, external: str, at: datetime) -> int | None:
        found = self._community(platform, external)
        if found is None or found in self.tables.left:
            return None
        self.tables.left.add(found)
        return found

    async def come_back(self, platform: Platform, external: str) -> int | None:
        found = self._community(platform, external)
        if found not in self.tables.left:
            return None
        self.tables.left.discard(found)
        return found
