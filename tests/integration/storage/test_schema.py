"""The tables: made by migration, equal to the models, refused when they are of another version."""

from __future__ import annotations

import asyncio
import re
import subprocess

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection, text

from bot.storage.database import Database
from bot.storage.embedded.binaries import find_program
from bot.storage.engine import make_engine
from bot.storage.errors import SchemaTooNew, SchemaTooOld
from bot.storage.migrate import LOCK, alembic_config, migrate
from bot.storage.tables import Base
from tests.integration.database import execute


def dump(url: str) -> list[str]:
    """The schema as sorted statements, without what differs between two dumps of the same schema."""
    written = subprocess.run(
        [find_program("pg_dump"), "--schema-only", "--no-owner", "--exclude-table=alembic_version", url],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    statements = re.sub(r"(?m)^(--|\\(un)?restrict).*\n", "", written).split(";\n")
    return sorted(" ".join(statement.split()) for statement in statements)


async def with_models(url: str) -> None:
    engine = make_engine(url, pool_size=1)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()


async def alembic(url: str, name: str, revision: str) -> None:
    def run(connection: Connection) -> None:
        config = alembic_config()
        config.attributes["connection"] = connection
        getattr(command, name)(config, revision)

    engine = make_engine(url, pool_size=1)
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


async def test_migrations_and_models_give_the_same_tables(own_url: str, empty_url: str) -> None:
    await with_models(empty_url)
    by_migration = dump(own_url)
    assert len(by_migration) > 50
    assert by_migration == dump(empty_url)


async def test_down_to_nothing_and_up_again(own_url: str) -> None:
    before = dump(own_url)
    await alembic(own_url, "downgrade", "base")
    assert not [statement for statement in dump(own_url) if statement.startswith("CREATE TABLE")]
    await alembic(own_url, "upgrade", "head")
    assert dump(own_url) == before


async def test_migrations_can_be_written_as_sql(capsys: pytest.CaptureFixture[str]) -> None:
    command.upgrade(alembic_config(), "head", sql=True)
    assert "CREATE TABLE grading_jobs" in capsys.readouterr().out


@pytest.mark.failure(40)
async def test_two_first_starts_migrate_once(empty_url: str) -> None:
    first, second = await asyncio.gather(migrate(empty_url), migrate(empty_url))
    assert sorted([first.changed, second.changed]) == [False, True]
    assert first.after == second.after


@pytest.mark.failure(40)
async def test_the_second_migration_waits_for_the_first(empty_url: str) -> None:
    other = await asyncpg.connect(empty_url)
    await other.execute("BEGIN")
    await other.fetchval("SELECT pg_advisory_xact_lock($1)", LOCK)
    waiting = asyncio.create_task(migrate(empty_url))
    queued = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    for _ in range(10_000):
        if await other.fetchval(queued):
            break
    assert not waiting.done()
    await other.execute("COMMIT")
    assert (await waiting).changed
    await other.close()


@pytest.mark.failure(30)
async def test_a_migration_that_dies_leaves_nothing(empty_url: str) -> None:
    killer = await asyncpg.connect(empty_url)
    await killer.execute("BEGIN")
    await killer.fetchval("SELECT pg_advisory_xact_lock($1)", LOCK)
    # It dies after its tables are made and before the commit: the commit waits for this lock's holder.
    await killer.execute(
        "CREATE FUNCTION die() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF tg_tag = 'CREATE INDEX' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; END $$;"
        "CREATE EVENT TRIGGER dying ON ddl_command_end EXECUTE FUNCTION die()"
    )
    await killer.execute("COMMIT")
    with pytest.raises(Exception, match=r"not answering|closed|terminat"):
        await migrate(empty_url)
    assert await killer.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    await killer.execute("DROP EVENT TRIGGER dying")
    assert (await migrate(empty_url)).changed
    await killer.close()


@pytest.mark.failure(30)
async def test_an_older_program_refuses_newer_tables(own_url: str) -> None:
    await execute(own_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match="newer Warmup"):
        await migrate(own_url)
    async with Database(own_url) as database:
        with pytest.raises(SchemaTooNew, match="newer Warmup"):
            await database.require_current_schema()


async def test_a_program_without_its_tables_says_so(empty_url: str) -> None:
    async with Database(empty_url) as database:
        with pytest.raises(SchemaTooOld, match="warmup migrate"):
            await database.require_current_schema()
        await migrate(empty_url)
        await database.require_current_schema()


@pytest.mark.parametrize(
    "wrong",
    [
        "INSERT INTO communities (platform, external_id, name) VALUES ('telegram', 'x', 'x')",
        "UPDATE grading_jobs SET state = 'running'",
        "UPDATE grading_jobs SET state = 'done'",
        "UPDATE deliveries SET state = 'sent'",
        "UPDATE channels SET post_at = '9:00'",
        "UPDATE channels SET days = '{8}'",
        "UPDATE channels SET next_due_at = now()",
        "INSERT INTO questions (bank_id, key, number, kind, difficulty, topic, title, shuffle_key)"
        " SELECT id, 'no version', 1, 'extend', 'easy', '', '', 0 FROM banks",
    ],
)
async def test_wrong_states_cannot_be_written(own_url: str, wrong: str) -> None:
    engine = make_engine(own_url)
    rows = """
        INSERT INTO communities (platform, external_id, name) VALUES ('slack', 'T1', 'one');
        INSERT INTO channels (community_id, external_id, name) SELECT id, 'C1', 'c' FROM communities;
        INSERT INTO members (community_id, external_id, name) SELECT id, 'U1', 'u' FROM communities;
        INSERT INTO banks (name) VALUES ('core');
        INSERT INTO questions (bank_id, key, number, kind, difficulty, topic, title, shuffle_key)
            SELECT id, 'q', 1, 'extend', 'easy', '', '', 0 FROM banks;
        INSERT INTO question_versions (question_id, number, digest, content)
            SELECT id, 1, '', '{}' FROM questions;
        INSERT INTO grading_jobs (version_id, digest, files, state, level, turn)
            SELECT id, '', '[]', 'queued', 0, 0 FROM question_versions;
        INSERT INTO deliveries (key, platform, community_id, channel_id, kind, subject, text, due_at, turn,
                                nonce, next_at)
            SELECT 'k', 'slack', community_id, id, 'notice', 0, '', now(), 0, 'n', now() FROM channels;
    """
    async with engine.begin() as connection:
        for statement in rows.split(";\n"):
            if statement.strip():
                await connection.execute(text(statement))
    connection = await asyncpg.connect(own_url)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await connection.execute(wrong)
    await connection.close()
    await engine.dispose()
