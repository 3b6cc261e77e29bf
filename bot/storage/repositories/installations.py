"""Installations of the Slack app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from bot.services.repositories.installations import SealedInstallation
from bot.storage.repositories.base import Repository
from bot.storage.tables import InstallationRow, InstallationStateRow
from bot.storage.values import utc


class SqlInstallations(Repository):
    """Implements ``bot.services.repositories.Installations``."""

    async def save(self, installation: SealedInstallation) -> None:
        """Keep it, in the place of an earlier one of the same workspace."""
        row = asdict(installation)
        statement = insert(InstallationRow).values(row)
        await self.session.execute(
            statement.on_conflict_do_update(
                index_elements=["workspace"],
                set_={name: statement.excluded[name] for name in row if name != "workspace"},
            )
        )

    async def find(self, workspace: str) -> SealedInstallation | None:
        """The installation of a workspace."""
        row = await self.one(select(InstallationRow).where(InstallationRow.workspace == workspace))
        return _value(row) if row else None

    async def every(self) -> Sequence[SealedInstallation]:
        """All installations, by workspace, locked until the end of the transaction."""
        rows = await self.all(select(InstallationRow).order_by(InstallationRow.workspace).with_for_update())
        return [_value(row) for row in rows]

    async def remove(self, workspace: str) -> bool:
        """Forget a workspace's token; False when there was none."""
        removed = await self.session.scalars(
            delete(InstallationRow)
            .where(InstallationRow.workspace == workspace)
            .returning(InstallationRow.workspace)
        )
        return removed.one_or_none() is not None

    async def add_state(self, digest: str, now: datetime, expires_at: datetime) -> None:
        """Remember that an installation was begun; those that have run out by now are forgotten."""
        await self.session.execute(delete(InstallationStateRow).where(InstallationStateRow.expires_at < now))
        await self.session.execute(insert(InstallationStateRow).values(digest=digest, expires_at=expires_at))

    async def take_state(self, digest: str, now: datetime) -> bool:
        """Whether such an installation was begun and has not run out. True once."""
        taken = await self.session.scalars(
            delete(InstallationStateRow)
            .where(InstallationStateRow.digest == digest)
            .returning(InstallationStateRow.expires_at)
        )
        expires_at = taken.one_or_none()
        return expires_at is not None and utc(expires_at) > now


def _value(row: InstallationRow) -> SealedInstallation:
    return SealedInstallation(
        workspace=row.workspace,
        name=row.name,
        bot_user=row.bot_user,
        bot=row.bot,
        sealed=row.sealed,
        scopes=row.scopes,
        installed_by=row.installed_by,
        installed_at=utc(row.installed_at),
    )
