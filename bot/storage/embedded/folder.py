"""The folder of the embedded server: ``<data>/postgres``, held by one application at a time.

The lock is an ``flock`` on the folder itself, and the locked descriptor is inherited by the server: it
is free exactly when the application *and* every process of its server are gone, whatever ended them. The
same descriptor lets the server reach its files as ``/proc/self/fd/N/data``, so that an account without
rights on the folders above (a clone under ``/root``) needs none, and no foreign mode is changed.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from bot.storage.embedded.account import Account, choose
from bot.storage.embedded.errors import AlreadyRunning, EmbeddedPostgresError

ROOM_NEEDED = 128 * 1024 * 1024
"""Bytes that must be free before a new cluster is made (a fresh one takes about 40 MB)."""


class DataFolder:
    """``path`` once it exists, belongs to the server's account and is locked."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir.absolute() / "postgres"
        self.account: Account
        self.descriptor = -1

    @property
    def cluster(self) -> Path:
        """The server's own data folder, as this process sees it."""
        return self.path / "data"

    def inherited(self, name: str) -> str:
        """The path of ``name`` in this folder, as a process that inherits the descriptor sees it."""
        return f"/proc/self/fd/{self.descriptor}/{name}"

    def open(self) -> None:
        """Make the folder if it is missing and give it to the account that runs the server.

        Raises ``EmbeddedPostgresError`` when that cannot be done.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.account = choose(self.path)
            if not self.path.exists():
                with suppress(FileExistsError):
                    self.path.mkdir(mode=0o700)
            if self.account.changes and self.path.stat().st_uid == os.geteuid():
                self._give_away()
            self.descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            if not os.access(self.path, os.W_OK | os.X_OK):
                raise PermissionError(13, "Permission denied", str(self.path))
        except OSError as error:
            self.close()
            raise EmbeddedPostgresError(
                f"The database folder {self.path} cannot be used ({error.strerror}): make it writable for "
                "this user, or set WARMUP_DATA_DIR to another folder."
            ) from error

    def _give_away(self) -> None:
        """Hand the folder to the server's account, with all that is in it (a copy made by root)."""
        for place in (*self.path.rglob("*"), self.path):
            os.chown(place, self.account.uid, self.account.gid, follow_symlinks=False)

    async def lock(self, wait: float) -> bool:
        """Take the lock, trying for ``wait`` seconds; whether it was taken."""
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                await asyncio.sleep(0.05)
            else:
                return True

    def close(self) -> None:
        """Let go of the folder; the lock is free once the server is gone too."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def version(self) -> int | None:
        """The major version that made the cluster, or None before there is one."""
        try:
            return int((self.cluster / "PG_VERSION").read_text().strip())
        except FileNotFoundError:
            return None
        except ValueError:
            raise EmbeddedPostgresError(
                f"The database folder {self.path} is damaged (its PG_VERSION is not a number): restore a "
                "backup into a new WARMUP_DATA_DIR."
            ) from None

    def require_room(self) -> None:
        """Raise ``EmbeddedPostgresError`` when the disk is too full for a new cluster."""
        free = shutil.disk_usage(self.path).free
        if free < ROOM_NEEDED:
            raise EmbeddedPostgresError(
                f"The disk that holds {self.path} has {free // 2**20} MB left and a new database needs "
                f"{ROOM_NEEDED // 2**20} MB: free some space, or set WARMUP_DATA_DIR to another disk."
            )

    def leave_note(self, text: str) -> None:
        """Tell other processes of this user how to reach the running server; complete or not at all."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(self.path / "connection.new", flags, 0o600), "w") as file:
            file.write(text)
        os.replace(self.path / "connection.new", self.path / "connection")

    def note(self) -> str:
        """What the running application left for others: empty before its server is ready.

        Raises ``EmbeddedPostgresError`` when it is not for this user.
        """
        try:
            return (self.path / "connection").read_text()
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise EmbeddedPostgresError(
                f"The running database in {self.path} belongs to another user: use it as that user."
            ) from error

    def remove_note(self) -> None:
        """Take the note away, when the server it tells of is gone."""
        (self.path / "connection").unlink(missing_ok=True)

    def clear_stale_pid(self) -> None:
        """Remove a ``postmaster.pid`` that a crash left, even if its number lives on in another process.

        Raises ``AlreadyRunning`` when it belongs to a server that somebody started on this folder by hand.
        """
        file = self.cluster / "postmaster.pid"
        try:
            pid = int(file.read_text().split("\n", 1)[0])
        except FileNotFoundError:
            return
        except ValueError:
            pid = 0
        if pid > 0 and self._serves(pid):
            raise AlreadyRunning(
                f"Another PostgreSQL (process {pid}) already runs on {self.cluster}: stop it first."
            )
        file.unlink(missing_ok=True)

    def _serves(self, pid: int) -> bool:
        process = Path("/proc") / str(pid)
        try:
            program = os.readlink(process / "exe")
            return Path(program).name.startswith("postgres") and (process / "cwd").samefile(self.cluster)
        except OSError:
            return False
