"""Bring the database's tables to the version of this program: all or nothing, by one process at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

import bot
from bot.storage.engine import make_engine
from bot.storage.errors import SchemaTooNew, SchemaTooOld, connecting

ROOT = Path(bot.__file__).parent.parent
"""The checkout: where ``alembic.ini`` and ``migrations/`` are."""
LOCK = 0x7761726D7570
"""Key of the advisory lock that migrations hold ("warmup" in ASCII)."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """From which revision to which; ``before`` is None for an empty database."""

    before: str | None
    after: str

    @property
    def changed(self) -> bool:
        """Whether anything was done."""
        return self.before != self.after


def alembic_config() -> Config:
    """Alembic's settings, usable from any working folder."""
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


async def migrate(url: str, revision: str = "head") -> Migrated:
    """Run the migrations that are missing, in one transaction, and say what changed.

    Two processes that start at once take turns: the second finds everything done. A process that is killed
    leaves the tables as they were. Raises ``SchemaTooNew`` when a newer program has migrated the database,
    and ``Unavailable`` when it cannot be reached.
    """
    engine = make_engine(url, pool_size=1)
    try:
        with connecting():
            async with engine.begin() as connection:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
                return await connection.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


async def require_current(engine: AsyncEngine) -> None:
    """Raise ``SchemaTooOld`` or ``SchemaTooNew`` unless the tables are exactly those of this program."""
    with connecting():
        async with engine.connect() as connection:
            before = await connection.run_sync(_revision)
    if before != _scripts().get_current_head():
        raise SchemaTooOld("The database has not been migrated to this version: run ./warmup migrate.")


def _upgrade(connection: Connection, revision: str) -> Migrated:
    before = _revision(connection)
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    after = MigrationContext.configure(connection).get_current_revision()
    return Migrated(before, after or "")


def _revision(connection: Connection) -> str | None:
    """The revision the database is at. Raises ``SchemaTooNew`` for one that this program does not know."""
    revision = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in _scripts().walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaTooNew(
            f"The database was migrated by a newer Warmup (revision {revision}): "
            "start that version, or restore a backup made before the upgrade."
        )
    return revision


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config())
