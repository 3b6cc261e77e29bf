"""What is done to the database as a whole: migrations, backups, purges."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from bot.bootstrap.banks import load_bundled
from bot.bootstrap.clock import SystemClock
from bot.bootstrap.database import connected, database
from bot.config import Settings
from bot.services.app import build_services
from bot.services.leaving import Keep
from bot.storage import backup as backups
from bot.storage.database import wait_until_up
from bot.storage.migrate import Migrated, migrate


async def prepare(settings: Settings) -> dict[str, Any]:
    """Migrate the database and load the bundled questions; gives the revisions and how many questions."""
    async with database(settings) as url:
        await wait_until_up(url)
        migrated = await migrate(url)
        async with connected(url) as opened:
            questions = await load_bundled(settings, build_services(opened, SystemClock()))
    return _as_json(migrated) | {"questions": questions}


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


def keep_of(settings: Settings) -> Keep:
    """How long the operator wants things kept."""
    return Keep(
        left=settings.keep_left_days,
        deliveries=settings.keep_deliveries_days,
        messages=settings.keep_messages_days,
        code=settings.keep_code_days,
    )


async def purge(settings: Settings, *, dry_run: bool) -> dict[str, int]:
    """Take what is too old (or only count it); gives how many rows of each kind."""
    async with database(settings) as url, connected(url) as opened:
        leaving = build_services(opened, SystemClock()).leaving
        keep = keep_of(settings)
        return dict(await (leaving.expired(keep) if dry_run else leaving.purge(keep)))


def _as_json(migrated: Migrated) -> dict[str, Any]:
    return {"before": migrated.before, "after": migrated.after}
