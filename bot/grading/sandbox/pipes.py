"""What goes into a job and what comes out of it, as descriptors."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Callable

_F_ADD_SEALS, _ALL_SEALS = 1033, 0xF


def sealed(data: bytes) -> int:
    """A descriptor from which ``data`` can be read, and nothing else done with it."""
    descriptor = os.memfd_create("warmup", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    fcntl.fcntl(descriptor, _F_ADD_SEALS, _ALL_SEALS)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


class Drain:
    """Reads one pipe of a job into memory, up to ``most`` bytes; ``over`` is called when there are more."""

    def __init__(self, most: int, over: Callable[[], None]) -> None:
        self.descriptor, self.job_end = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self.descriptor, False)
        self.kept = bytearray()
        self.overflowed = False
        self._most = most
        self._over = over
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self.descriptor, self.read)

    def read(self) -> None:
        """Take what is there; at the end, stop listening."""
        while self.descriptor >= 0:
            try:
                data = os.read(self.descriptor, 65_536)
            except BlockingIOError:
                return
            if not data:
                self.close()
                return
            room = self._most - len(self.kept)
            self.kept += data[:room]
            if len(data) > room and not self.overflowed:
                self.overflowed = True
                self._over()
                return

    def started(self) -> None:
        """Let go of the job's end, once the job has it."""
        os.close(self.job_end)
        self.job_end = -1

    def close(self) -> None:
        """Stop reading."""
        if self.descriptor >= 0:
            self._loop.remove_reader(self.descriptor)
            os.close(self.descriptor)
            self.descriptor = -1
        if self.job_end >= 0:
            self.started()
