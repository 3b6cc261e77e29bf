"""Start, watch and stop the embedded PostgreSQL."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from bot.storage.embedded import binaries, launch
from bot.storage.embedded.binaries import Binaries
from bot.storage.embedded.errors import AlreadyRunning, EmbeddedPostgresError
from bot.storage.embedded.folder import DataFolder
from bot.storage.embedded.journal import Journal

log = logging.getLogger(__name__)

USER = "warmup"
DATABASE = "warmup"
SOCKET_PATH_LIMIT = 107
"""Bytes in the path of a Unix socket (``sun_path`` in unix(7), less its final zero)."""
SOCKET_NAME = ".s.PGSQL.5432"
START_LIMIT = 300.0
"""Seconds a start may take; long, because a recovery after a crash has to read the log of changes."""
POLL = 0.01


class EmbeddedPostgres:
    """A PostgreSQL that lives as long as the application, in ``data_dir/postgres``.

    ``async with EmbeddedPostgres(data_dir) as url`` gives a database URL that reaches it by a Unix socket
    in a folder of mode 0700; it has no TCP port. ``join`` uses the server of an application that is already
    running on the folder (for commands beside ``warmup up``), ``wait`` is how many seconds to wait for the
    folder otherwise. ``durable=False`` trades safety for speed, for tests.

    It has to be started from the main thread, because the kernel ties the server's life to the thread that
    started it. Raises ``EmbeddedPostgresError`` (``AlreadyRunning`` for a held folder) with a sentence for
    the person who started the application.
    """

    def __init__(
        self, data_dir: Path, *, join: bool = False, wait: float = 10.0, durable: bool = True
    ) -> None:
        self.folder = DataFolder(data_dir)
        self.joined = False
        self._join = join
        self._wait = wait
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets: Path | None = None
        self._sockets_for_server = ""
        self._binaries: Binaries
        self._journal = Journal(self.folder.path)
        self._watch: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def url(self) -> str:
        """The database URL, once started."""
        if self.joined:
            return self.folder.note().splitlines()[0]
        return f"postgresql://{USER}@/{DATABASE}?host={quote(str(self._sockets))}"

    @property
    def pid(self) -> int | None:
        """The process id of the server, when it is ours and running."""
        return self._process.pid if self._process else None

    async def start(self) -> str:
        """Make the cluster if there is none, start the server, and give its URL once it answers."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("the embedded PostgreSQL has to be started from the main thread")
        self._stopping = False
        self.folder.open()
        try:
            if not await self._lock():
                return self.url
            self._binaries = binaries.find(self.folder.account, self.folder.version())
            self._forget_last_run()
            if self.folder.version() is None:
                await self._make_cluster()
            self.folder.clear_stale_pid()
            self._make_socket_folder()
            await self._run()
            return self.url
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop the server in three seconds, whatever its clients do, and let go of the folder."""
        self._stopping = True
        if self._watch:
            self._watch.cancel()
            self._watch = None
        if self._process:
            # "Fast" (clients are cut off, all is written), then "immediate" (recovers at the next start).
            for number, patience in ((signal.SIGINT, 2.5), (signal.SIGQUIT, 0.5), (signal.SIGKILL, 1.0)):
                with suppress(ProcessLookupError):
                    self._process.send_signal(number)
                if await _ended(self._process, patience):
                    break
            self._process = None
        if not self.joined and self.folder.descriptor >= 0:
            self._remove_sockets()
        self.folder.close()
        self.joined = False

    async def supervise(self) -> None:
        """Start the server again whenever it ends without being asked to; runs until cancelled."""
        while not self.joined:
            if self._process:
                await _ended(self._process, interval=0.2)
            if self._stopping:
                return
            log.error("the embedded PostgreSQL ended unexpectedly; starting it again")
            self._process = None
            try:
                self.folder.clear_stale_pid()
                await self._run()
            except EmbeddedPostgresError:
                log.exception("the embedded PostgreSQL did not start; trying again in five seconds")
                await asyncio.sleep(5)

    async def __aenter__(self) -> str:
        url = await self.start()
        self._watch = asyncio.create_task(self.supervise(), name="embedded-postgres")
        return url

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _lock(self) -> bool:
        """Take the folder; false when the server of another application is used instead."""
        if await self.folder.lock(0.0 if self._join else self._wait):
            return True
        deadline = time.monotonic() + self._wait
        while self._join and time.monotonic() < deadline:
            if self.folder.note():
                self.joined = True
                return False
            if await self.folder.lock(0.05):  # the other one gave up meanwhile
                return True
        raise AlreadyRunning(
            f"Warmup is already running on {self.folder.path}: use that one, stop it first, or set "
            "WARMUP_DATA_DIR to another folder."
        )

    def _forget_last_run(self) -> None:
        """Remove what a run that was killed left behind."""
        note = self.folder.note().splitlines()
        place = Path(note[1]) if len(note) > 1 else None
        if place and place.is_dir() and all(file.name.startswith(SOCKET_NAME) for file in place.iterdir()):
            shutil.rmtree(place, ignore_errors=True)
        self.folder.remove_note()
        for name in ("unfinished", "run"):
            shutil.rmtree(self.folder.path / name, ignore_errors=True)

    def _make_socket_folder(self) -> None:
        """``run`` beside the data when its path is short enough for a socket, else a temporary folder."""
        account = self.folder.account
        inside = self.folder.path / "run"
        if len(os.fsencode(inside)) + len(f"/{SOCKET_NAME}") <= SOCKET_PATH_LIMIT:
            inside.mkdir(mode=0o700)
            self._sockets, self._sockets_for_server = inside, self.folder.inherited("run")
        else:
            self._sockets = self._temporary_folder()
            self._sockets_for_server = str(self._sockets)
        if account.changes:
            os.chown(self._sockets, account.uid, account.gid)

    def _temporary_folder(self) -> Path:
        for place in (tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm"):  # noqa: S108  (mkdtemp inside)
            longest = len(os.fsencode(place)) + len(f"/warmup-12345678/{SOCKET_NAME}")
            if longest > SOCKET_PATH_LIMIT or "," in place or not Path(place).is_dir():
                continue
            if self.folder.account.reaches(Path(place)):
                with suppress(OSError):
                    return Path(tempfile.mkdtemp(prefix="warmup-", dir=place))
        raise EmbeddedPostgresError(
            "No short, writable folder for the database's socket was found: set TMPDIR to one such as /tmp."
        )

    def _remove_sockets(self) -> None:
        if self._sockets:
            self.folder.remove_note()
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None

    async def _make_cluster(self) -> None:
        """``initdb`` and the database, in a folder that gets its name only when it is complete."""
        self.folder.require_room()
        unfinished = self.folder.inherited("unfinished")
        log.info("making a new database in %s", self.folder.path)
        await self._finish(
            [
                self._binaries.program("initdb"),
                *("-D", unfinished, "-U", USER, "--encoding=UTF8", "--locale=C"),
                *("--auth-local=trust", "--auth-host=reject"),
                *([] if self._durable else ["--no-sync"]),
            ]
        )
        await self._finish(
            [self._binaries.program("postgres"), "--single", "-D", unfinished, "postgres"],
            f"CREATE DATABASE {DATABASE}\n",
        )
        (self.folder.path / "unfinished").rename(self.folder.cluster)

    async def _finish(self, command: list[str], statements: str = "") -> None:
        """Run a program to its end; raises ``EmbeddedPostgresError`` with its own words when it fails."""
        process = self._spawn(command, statements)
        try:
            await _ended(process)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode != 0:
            raise self._journal.failure()

    async def _run(self) -> None:
        """Start the server and wait until it takes connections."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self._sockets_for_server,
            "cluster_name": "warmup",
            "max_connections": "100",
            "max_wal_size": "256MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [self._binaries.program("postgres"), "-D", self.folder.inherited("data"), *options]
        self._process = self._spawn(command)
        deadline = time.monotonic() + START_LIMIT
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise self._journal.failure()
            await asyncio.sleep(POLL)
        self.folder.leave_note(f"{self.url}\n{self._sockets}\n")

    def _ready(self) -> bool:
        """Whether the server says so in the eighth line of its pid file, which is of this very process."""
        with suppress(OSError):
            lines = (self.folder.cluster / "postmaster.pid").read_text().splitlines()
            mine = self._process is not None and lines[:1] == [str(self._process.pid)]
            return mine and [line.strip() for line in lines[7:8]] == ["ready"]
        return False

    def _spawn(self, command: list[str], statements: str = "") -> subprocess.Popen[bytes]:
        """Start a program as the server's account, tied to us, with its output in the log file."""
        account = self.folder.account
        ids = [str(account.uid), str(account.gid)] if account.changes else ["-1", "-1"]
        script = str(Path(launch.__file__))
        with self._journal.open() as output, tempfile.TemporaryFile() as source:
            source.write(statements.encode())
            source.seek(0)
            return subprocess.Popen(  # noqa: S603  (absolute paths, no shell)
                [sys.executable, "-I", "-S", script, str(os.getpid()), *ids, *command],
                stdin=source,
                stdout=output,
                stderr=output,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                pass_fds=[self.folder.descriptor],
            )


async def _ended(
    process: subprocess.Popen[bytes], patience: float = math.inf, interval: float = POLL
) -> bool:
    """Wait until the process ends, for ``patience`` seconds at most; whether it did."""
    deadline = time.monotonic() + patience
    while process.poll() is None:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(interval)
    return True
