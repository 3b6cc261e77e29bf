"""The host's end of one isolated process, from its fork to its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import shutil
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.grading.guest.channel import receive
from bot.grading.sandbox.errors import SandboxError


@dataclass(frozen=True, slots=True)
class Exit:
    """How a process ended; ``status`` as from ``wait(2)``, CPU in seconds since its fork, peak in KiB."""

    status: int
    cpu: float
    peak_kb: int


class Child:
    """A process behind the wall, waiting for its work on ``line``.

    ``ended`` becomes its ``Exit``, or None when its zygote is gone, and it with it.
    """

    def __init__(
        self, number: int, line: socket.socket, folder: Path | None, study: Callable[[int], None]
    ) -> None:
        loop = asyncio.get_running_loop()
        self.number = number
        self.line = line
        self.folder = folder
        self._study = study
        self.pid = 0
        self.pidfd = -1
        self.listener = -1
        self.born: asyncio.Future[None] = loop.create_future()
        self.ready: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[Exit | None] = loop.create_future()
        loop.add_reader(line, self._hear)

    def _hear(self) -> None:
        try:
            message, descriptors = receive(self.line)
        except BlockingIOError:
            return
        except OSError:
            message, descriptors = None, []
        asyncio.get_running_loop().remove_reader(self.line)
        if self.ready.done():
            close_all(*descriptors)
            return
        if message is None:
            self.ready.set_exception(SandboxError("the process ended before it was ready"))
        elif message["op"] == "broken":
            self.ready.set_exception(SandboxError(f"the wall did not come up: {message['why']}"))
        else:
            if descriptors:
                self.listener = descriptors[0]
            self.ready.set_result(None)

    async def wait_ready(self) -> None:
        """Return once it can be given work.

        Raises:
            SandboxError: it never will be.
        """
        await self.ready
        await self.born

    def set_born(self, pidfd: int) -> None:
        """Take the descriptor that stands for the process."""
        self.pidfd = pidfd
        with open(f"/proc/self/fdinfo/{pidfd}") as info:
            self.pid = next(int(line.split()[1]) for line in info if line.startswith("Pid:"))
        if not self.born.done():
            self.born.set_result(None)

    def set_ended(self, how: Exit | None) -> None:
        """Note how it ended."""
        if not self.ended.done():
            self.ended.set_result(how)
        if not self.born.done():
            self.born.set_exception(SandboxError("its zygote is gone"))
            self.born.exception()

    @property
    def alive(self) -> bool:
        """Whether it runs, asked of the kernel: its zygote's word may still be on the way."""
        over = select.poll()
        over.register(self.pidfd, select.POLLIN)
        return not over.poll(0)

    def study(self) -> None:
        """Have later children learn from this one, which is done and still there."""
        self._study(self.pid)

    def kill(self) -> None:
        """End it now, whatever it is doing; nothing happens if it has ended."""
        if self.pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def close(self) -> None:
        """Give back the descriptors and the folder; kills it if it runs."""
        self.kill()
        loop = asyncio.get_running_loop()
        if self.line.fileno() >= 0:
            loop.remove_reader(self.line)
            self.line.close()
        if self.listener >= 0:
            loop.remove_reader(self.listener)
        close_all(self.pidfd, self.listener)
        self.pidfd = self.listener = -1
        if not self.ready.done():
            self.ready.cancel()
        if self.folder is not None:
            remove_folder(self.folder)


def close_all(*descriptors: int) -> None:
    """Close descriptors; what is below zero is none."""
    for descriptor in descriptors:
        if descriptor >= 0:
            os.close(descriptor)


def remove_folder(folder: Path) -> None:
    """Remove a job's folder, also where the job has closed parts of it to its owner."""

    def open_up(function: Callable[..., Any], path: str, _: Any) -> None:
        try:
            os.chmod(os.path.dirname(path), 0o700)
            os.chmod(path, 0o700, follow_symlinks=False) if os.path.isdir(path) else None
            function(path)
        except OSError:
            pass

    shutil.rmtree(folder, onerror=open_up)
