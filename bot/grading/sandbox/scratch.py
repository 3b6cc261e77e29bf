"""A place for the folders of jobs that have no tmpfs of their own."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from bot.grading.guest import kernel
from bot.grading.sandbox.errors import SandboxError

_SMALL = 256 << 20
_PREFIX = "warmup-sandbox-"


class Scratch:
    """A fresh folder, locked as long as its owner lives; what dead owners left behind is removed.

    It lies on the shared-memory file system where there is one: in a container its size is bounded.
    """

    def __init__(self) -> None:
        shared = Path("/dev/shm")  # noqa: S108 - a fresh folder of our own in it
        base = shared if os.access(shared, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())
        for left in base.glob(f"{_PREFIX}*"):
            _remove_if_dead(left)
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
        self.folder.chmod(0o711)
        self._lock = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def check(self) -> None:
        """See that deleted files can be measured, or that the file system is too small to matter.

        Raises:
            SandboxError: neither; run the worker as an ordinary user.
        """
        room = os.statvfs(self.folder)
        small = room.f_blocks * room.f_frsize <= _SMALL
        if os.geteuid() == 0 and not small and not kernel.has_capability(kernel.CAP_SYS_PTRACE):
            raise SandboxError(
                "root without CAP_SYS_PTRACE cannot measure what jobs keep of deleted files, and "
                f"{self.folder.parent} is large: run the worker as an ordinary user"
            )

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)


def _remove_if_dead(folder: Path) -> None:
    with contextlib.suppress(OSError):
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            if os.fstat(lock).st_uid == os.geteuid():
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
