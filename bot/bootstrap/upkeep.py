"""What is done to the database as a whole: migrations, backups."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from bot.bootstrap.database import database
from bot.config import Settings
from bot.storage import backup as backups
from bot.storage.migrate import Migrated, migrate


async def prepare(settings: Settings) -> dict[str, Any]:
    """Migrate the database; gives the revisions before and after."""
    async with database(settings) as url:
        return _as_json(await migrate(url))


async def backup(settings: Settings, target: Path) -> int:
    """Write a backup of the database and give its size in bytes."""
    async with database(settings) as url:
        return await asyncio.to_thread(backups.dump, url, target)


async def restore(settings: Settings, source: Path, *, replace: bool) -> dict[str, Any]:
    """Put a backup into the database and bring it to this version.

    The embedded database must not be in use by a running ``up``. Raises ``BackupFailed``.
    """
    await asyncio.to_thread(backups.check_backup, source)
    async with database(settings, join=False) as url:
        if not replace and await backups.has_tables(url):
            raise backups.BackupFailed(
                "The database is not empty. Add --replace to put the backup in the place of all of it."
            )
        await asyncio.to_thread(backups.restore, url, source)
        return _as_json(await migrate(url))


def _as_json(migrated: Migrated) -> dict[str, Any]:
    return {"before": migrated.before, "after": migrated.after}
