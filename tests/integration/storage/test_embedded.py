"""The embedded server: made once, never outliving the application, never losing a committed row."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import asyncpg
import pytest

from bot.storage.embedded import AlreadyRunning, EmbeddedPostgres, EmbeddedPostgresError
from bot.storage.embedded.account import Account
from bot.storage.embedded.server import SOCKET_PATH_LIMIT
from tests.integration.database import execute

APPLICATION = """
import asyncio, sys
from pathlib import Path
from bot.storage.embedded import EmbeddedPostgres

async def main():
    async with EmbeddedPostgres(Path(sys.argv[1]), durable=True) as url:
        print(url, flush=True)
        await asyncio.get_running_loop().create_future()

asyncio.run(main())
"""


def alive(pid: int) -> bool:
    """Whether a process runs (and is not merely waiting to be collected)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def owner(path: Path) -> int:
    return path.stat().st_uid


def gone(path: Path) -> bool:
    return not path.exists()


def server_pid(data: Path) -> int:
    return int((data / "postgres/data/postmaster.pid").read_text().split()[0])


async def count(url: str) -> int:
    connection = await asyncpg.connect(url)
    rows: int = await connection.fetchval("SELECT count(*) FROM kept")
    await connection.close()
    return rows


@pytest.fixture
def application(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process of its own that runs the server in ``tmp_path``, and the server's URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", APPLICATION, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
    )
    with process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
        process.kill()


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder with a short path that no other account may enter, as a checkout under /root is."""
    with tempfile.TemporaryDirectory(prefix="w") as name:
        yield Path(name)


async def test_it_is_made_once_and_found_again(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path, durable=False) as url:
        await execute(url, "CREATE TABLE kept AS SELECT 1")
    async with EmbeddedPostgres(tmp_path, durable=False) as url:
        assert await count(url) == 1


async def test_it_listens_on_a_private_socket_alone(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    server = EmbeddedPostgres(deep, durable=False)
    async with server as url:
        folder = Path(url.split("host=")[1])
        assert mode(folder) == 0o700
        assert len(str(folder)) < SOCKET_PATH_LIMIT - 20
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("SHOW listen_addresses") == ""
        await connection.close()
    assert gone(folder)
    assert mode(deep / "postgres") == 0o700


async def test_modes_of_folders_above_are_left_alone(tmp_path: Path) -> None:
    """Not even a folder that the server's account may not enter is changed, and it works all the same."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    async with EmbeddedPostgres(closed / "data", durable=False) as url:
        await execute(url, "SELECT 1")
    assert mode(closed) == 0o700
    assert owner(closed) == os.geteuid()


async def test_the_socket_lies_beside_the_data_where_a_path_is_short(short_folder: Path) -> None:
    async with EmbeddedPostgres(short_folder, durable=False) as url:
        assert url.endswith(f"host={short_folder}/postgres/run")
        assert mode(short_folder / "postgres/run") == 0o700
        await execute(url, "SELECT 1")
    assert gone(short_folder / "postgres/run")


@pytest.mark.failure(37)
async def test_a_killed_application_takes_its_server_along_and_loses_no_row(
    tmp_path: Path, application: tuple[subprocess.Popen[str], str]
) -> None:
    process, url = application
    await execute(url, "CREATE TABLE kept AS SELECT generate_series(1, 100)")
    pid = server_pid(tmp_path)
    process.send_signal(signal.SIGKILL)
    process.wait()
    server = EmbeddedPostgres(tmp_path, wait=30)  # takes the folder as soon as the old server is gone
    async with server as again:
        assert not alive(pid)
        assert await count(again) == 100
    assert gone(Path(url.split("host=")[1]))


@pytest.mark.failure(38)
async def test_a_stale_pid_that_lives_on_in_another_process_is_no_server(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path, durable=False) as url:
        await execute(url, "CREATE TABLE kept AS SELECT 1")
    file = tmp_path / "postgres/data/postmaster.pid"
    file.write_text(f"{os.getpid()}\n/somewhere\n1\n5432\n/tmp\n\n\nready\n")
    async with EmbeddedPostgres(tmp_path, durable=False) as url:
        assert await count(url) == 1


@pytest.mark.failure(40)
async def test_a_second_start_on_the_folder_says_so_or_waits_or_joins(tmp_path: Path) -> None:
    first = EmbeddedPostgres(tmp_path, durable=False)
    url = await first.start()
    with pytest.raises(AlreadyRunning, match=r"already running .* WARMUP_DATA_DIR"):
        await EmbeddedPostgres(tmp_path, wait=0).start()
    guest = EmbeddedPostgres(tmp_path, join=True)
    async with guest as joined:
        assert joined == url
        await execute(joined, "CREATE TABLE kept AS SELECT 1")
    second = EmbeddedPostgres(tmp_path, durable=False, wait=30)
    waiting = asyncio.create_task(second.start())
    await asyncio.sleep(0)
    assert await count(url) == 1  # the guest has left, the server has not
    await first.stop()
    assert await count(await waiting) == 1
    await second.stop()


async def test_a_server_that_dies_is_started_again_at_the_same_place(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path) as url:
        await execute(url, "CREATE TABLE kept AS SELECT 1")
        before = server_pid(tmp_path)
        os.kill(before, signal.SIGKILL)
        for _ in range(3000):
            try:
                assert await count(url) == 1
                break
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.01)
        assert server_pid(tmp_path) != before


async def test_it_stops_while_clients_are_connected(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, durable=False)
    connection = await asyncpg.connect(await server.start())
    await connection.execute("BEGIN; CREATE TABLE half (a int)")
    pid = server.pid
    await server.stop()
    assert pid is not None
    assert not alive(pid)
    connection.terminate()


async def test_a_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path, durable=False):
        pass
    (tmp_path / "postgres/data").rename(tmp_path / "postgres/unfinished")
    async with EmbeddedPostgres(tmp_path, durable=False) as url:
        await execute(url, "SELECT 1")


async def test_another_versions_folder_is_refused(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path, durable=False):
        pass
    (tmp_path / "postgres/data/PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedPostgresError, match=r"made by PostgreSQL 9 .* restore a backup"):
        await EmbeddedPostgres(tmp_path).start()


async def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(EmbeddedPostgresError, match=r"cannot be used .* WARMUP_DATA_DIR"):
        await EmbeddedPostgres(tmp_path / "data").start()


@pytest.mark.failure(8)
async def test_a_full_disk_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage())
    with pytest.raises(EmbeddedPostgresError, match=r"3 MB left .* WARMUP_DATA_DIR"):
        await EmbeddedPostgres(tmp_path).start()
    assert gone(tmp_path / "postgres/data")


class _Usage:
    free = 3 * 2**20


def python_for(account: Account) -> str:
    """A Python of this version that another account may run; skips the test when there is none."""
    for path in (sys.executable, shutil.which("python3", path="/usr/bin:/usr/local/bin")):
        if path is None or not account.reaches(Path(path).resolve().parent):
            continue
        version = subprocess.run([path, "-V"], capture_output=True, text=True, check=True).stdout.split()[1]
        if version.rsplit(".", 1)[0] == "{}.{}".format(*sys.version_info):
            return path
    pytest.skip("no Python of this version that an ordinary user may run")


@pytest.fixture
def daemons_home() -> Iterator[Path]:
    """A folder that belongs to an account without any rights."""
    daemon = pwd.getpwnam("daemon")
    with tempfile.TemporaryDirectory(prefix="warmup-test-") as home:
        os.chown(home, daemon.pw_uid, daemon.pw_gid)
        yield Path(home)


@pytest.fixture
def daemons_application() -> Iterator[Callable[[Path], subprocess.Popen[str]]]:
    """Starts the application as that account, in its own way: no rights, no inherited environment."""
    daemon = pwd.getpwnam("daemon")
    python = python_for(Account(daemon.pw_uid, daemon.pw_gid, changes=True))
    places = [str(Path(__file__).parents[3]), *(place for place in sys.path if "site-packages" in place)]
    with contextlib.ExitStack() as running:

        def start(data: Path) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [python, "-c", APPLICATION, str(data)],
                user=daemon.pw_uid,
                group=daemon.pw_gid,
                extra_groups=[],
                env={"PYTHONPATH": os.pathsep.join(places), "PATH": "/usr/bin:/bin"},
                cwd="/",
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            running.enter_context(process)
            running.callback(process.kill)
            return process

        yield start


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_runs_it_as_themselves(
    daemons_home: Path, daemons_application: Callable[[Path], subprocess.Popen[str]]
) -> None:
    process = daemons_application(daemons_home / "data")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgresql://")
    assert owner(daemons_home / "data/postgres/data") == pwd.getpwnam("daemon").pw_uid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_unwritable_folder_is_told_in_one_sentence(
    daemons_home: Path, daemons_application: Callable[[Path], subprocess.Popen[str]]
) -> None:
    (daemons_home / "roots").mkdir(mode=0o755)
    _, complaint = daemons_application(daemons_home / "roots").communicate()
    assert "cannot be used (Permission denied): make it writable" in complaint.splitlines()[-1]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
async def test_root_serves_a_users_folder_as_that_user(daemons_home: Path) -> None:
    daemon = pwd.getpwnam("daemon").pw_uid
    (daemons_home / "postgres").mkdir()
    os.chown(daemons_home / "postgres", daemon, -1)
    server = EmbeddedPostgres(daemons_home, durable=False)
    async with server:
        assert owner(Path(f"/proc/{server.pid}")) == daemon


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
async def test_a_copy_that_root_made_is_served_again(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path / "old", durable=False) as url:
        await execute(url, "CREATE TABLE kept AS SELECT 1")
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    async with EmbeddedPostgres(tmp_path / "new", durable=False) as url:
        assert await count(url) == 1


@pytest.fixture
def odd_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files, with a name that needs quoting everywhere."""
    with tempfile.TemporaryDirectory(prefix="a b%20'\"&?#") as name:
        Path(name).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)
        monkeypatch.undo()


async def test_folders_with_odd_names(odd_folder: Path) -> None:
    odd = odd_folder / "ünï $(touch x) 'q\""  # short enough for the path of a socket
    for data, place in ((odd, odd), (odd / ("long" * 25), odd_folder)):
        async with EmbeddedPostgres(data, durable=False) as url:
            assert str(place) in unquote(url)
            await execute(url, "SELECT 1")
