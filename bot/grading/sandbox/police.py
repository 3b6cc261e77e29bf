"""Answers the calls that jobs may make only so often, and measures a folder that has no wall of its own.

A job's filter hands every new thread and, where no tmpfs bounds its files, every new file, folder and
link to the host. The call waits until the host has counted it and says "go on" or "no".
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import select
import struct
from pathlib import Path

from bot.grading.guest.jail import THREADS
from bot.grading.guest.kernel import NUMBERS

# struct seccomp_notif and seccomp_notif_resp, and the numbers of their ioctls (linux/seccomp.h).
_CALL = struct.Struct("=QIIiIQ6Q")
_ANSWER = struct.Struct("=QqiI")
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_CONTINUE = 1


class Police:
    """Counts for one job. ``threads_refused`` and ``files_refused`` say how often the answer was no."""

    def __init__(self, listener: int, pid: int, files: int, *, threads: int = THREADS) -> None:
        self._listener = listener
        self._pid = pid
        self._files_left = files
        self._threads = threads
        self.threads_refused = 0
        self.files_refused = 0
        asyncio.get_running_loop().add_reader(listener, self._answer)

    def _answer(self) -> None:
        call = bytearray(_CALL.size)
        try:
            fcntl.ioctl(self._listener, _RECEIVE, call)
        except OSError:  # a signal took the caller away, or its process is gone and nobody will call again
            if self._over():
                self.stop()
            return
        identity, _, _, number, *_ = _CALL.unpack(call)
        refused = self._thread() if number == NUMBERS["clone"] else self._file()
        answer = _ANSWER.pack(identity, 0, -refused, 0 if refused else _CONTINUE)
        with contextlib.suppress(OSError):  # the caller is gone
            fcntl.ioctl(self._listener, _SEND, answer)

    def _over(self) -> bool:
        gone = select.poll()
        gone.register(self._listener, select.POLLIN)
        return any(event & (select.POLLHUP | select.POLLERR) for _, event in gone.poll(0))

    def _thread(self) -> int:
        try:
            running = len(os.listdir(f"/proc/{self._pid}/task"))
        except OSError:
            return errno.EAGAIN
        if running >= self._threads:
            self.threads_refused += 1
            return errno.EAGAIN
        return 0

    def _file(self) -> int:
        if self._files_left <= 0:
            self.files_refused += 1
            return errno.ENOSPC
        self._files_left -= 1
        return 0

    def stop(self) -> None:
        """Stop listening; the descriptor stays its owner's."""
        asyncio.get_running_loop().remove_reader(self._listener)


def bytes_below(folder: Path) -> int:
    """What the files below ``folder`` take up. The count of files bounds the walk.

    A folder that cannot be looked into counts as endless, as nothing honest closes it.
    """
    total = 0
    pending = [str(folder)]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    status = entry.stat(follow_symlinks=False)
                    total += max(status.st_blocks * 512, 0)
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
        except FileNotFoundError:
            continue
        except OSError:
            return 1 << 62
    return total


def bytes_held(pid: int, folder: Path, largest: int) -> int:
    """What a process keeps of deleted files on the file system of ``folder``.

    Open files are measured; of files that are only mapped no size can be had, so each counts as ``largest``.

    Raises:
        PermissionError: this worker may not look at the process (root in a container without CAP_SYS_PTRACE).
    """
    device = os.stat(folder).st_dev
    sizes: dict[int, int] = {}
    try:
        for descriptor in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(FileNotFoundError):
                status = os.stat(f"/proc/{pid}/fd/{descriptor}")
                if status.st_dev == device and status.st_nlink == 0:
                    sizes[status.st_ino] = status.st_blocks * 512
        for line in Path(f"/proc/{pid}/maps").read_text(errors="replace").splitlines():
            fields = line.split(maxsplit=5)
            if line.endswith("(deleted)") and fields[3] == f"{os.major(device):02x}:{os.minor(device):02x}":
                sizes.setdefault(int(fields[4]), largest)
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(sizes.values())
