"""Backups: one file in PostgreSQL's custom format, from one instant, restored as a whole or not at all.

These functions block; call them in a thread where a loop has to go on.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit, urlunsplit

from bot.services.errors import ServiceError
from bot.storage.address import normalise
from bot.storage.embedded.binaries import find_program
from bot.storage.engine import connect
from bot.storage.errors import connecting

MAGIC = b"PGDMP"
"""How a file in the custom format begins."""
EMPTY_THE_SCHEMA = (
    b"DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION pg_database_owner; "
    b"GRANT USAGE ON SCHEMA public TO PUBLIC;\n"
)


class BackupFailed(ServiceError):
    """Nothing was written, or nothing was changed; the text says why."""


def dump(url: str, target: Path) -> int:
    """Write a backup of the database to ``target`` and return its size in bytes.

    It is the state at one instant, whatever goes on meanwhile. The file appears when it is complete,
    readable by its owner alone. Raises ``BackupFailed``.
    """
    if target.is_dir():
        raise BackupFailed(f"{target} is a folder. Name a file in it.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    except OSError as error:
        raise BackupFailed(f"Cannot write {target}: {error.strerror}. Choose another folder.") from error
    unfinished = Path(name)
    try:
        with open(handle, "wb") as output:
            _finish("pg_dump", ["--format=custom", "--no-owner", "--no-privileges"], url, output=output)
            os.fsync(output.fileno())
        size = unfinished.stat().st_size
        unfinished.rename(target)
        return size
    finally:
        unfinished.unlink(missing_ok=True)


def restore(url: str, source: Path) -> None:
    """Put the backup ``source`` in the place of everything in the database, in one transaction.

    Raises ``BackupFailed``, and then nothing has changed.
    """
    check_backup(source)
    with tempfile.TemporaryFile() as script:
        script.write(EMPTY_THE_SCHEMA)
        script.flush()
        _finish("pg_restore", ["--no-owner", "--no-privileges", "--file=-", str(source)], output=script)
        script.seek(0)
        options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        _finish("psql", options, url, source=script)


def check_backup(source: Path) -> None:
    """Raise ``BackupFailed`` unless ``source`` can be read and is a backup."""
    try:
        with source.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise BackupFailed(f"{source} is not a backup made by `warmup backup`.")
    except OSError as error:
        raise BackupFailed(f"Cannot read {source}: {error.strerror}.") from error


async def has_tables(url: str) -> bool:
    """Whether the database holds anything yet. Raises ``Unavailable``."""
    with connecting():
        connection = await connect(url)
        try:
            found = await connection.fetchval(
                "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')"
            )
            return bool(found)
        finally:
            await connection.close()


def _finish(
    program: str,
    arguments: list[str],
    url: str | None = None,
    *,
    source: IO[bytes] | None = None,
    output: IO[bytes] | None = None,
) -> None:
    """Run one of PostgreSQL's programs. A password goes by the environment, where ``ps`` shows nothing."""
    environment = {"PATH": os.defpath, "LC_ALL": "C", "PGAPPNAME": "warmup", "PGCONNECT_TIMEOUT": "10"}
    if url:
        address, password = _without_password(url)
        arguments = [*arguments, f"--dbname={address}"]
        if password:
            environment["PGPASSWORD"] = password
    done = subprocess.run(  # noqa: S603  (an absolute path, no shell)
        [find_program(program), *arguments],
        stdin=source or subprocess.DEVNULL,
        stdout=output or subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise BackupFailed(f"{program} failed: {lines[0] if lines else f'exit status {done.returncode}'}")


def _without_password(url: str) -> tuple[str, str]:
    parts = urlsplit(normalise(url))
    account, at, host = parts.netloc.rpartition("@")
    netloc = account.partition(":")[0] + at + host
    return urlunsplit(parts._replace(netloc=netloc)), unquote(parts.password or "")
