"""Processes of our own: started, watched, started again, and never outliving the one that started them."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
from collections.abc import Mapping, Sequence

import structlog

log = structlog.get_logger(__name__)

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that a process gets when the thread that started it is gone."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 60.0
"""A child that ran this long was fine; the pauses before a new start begin small again."""


class Orphaned(Exception):
    """The process that started this one is gone already."""


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when ``parent``, the process that started it, ends however it ends.

    To be called first thing. Raises ``Orphaned`` when ``parent`` has ended before the kernel was told.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        raise Orphaned(f"process {parent} is not the parent of this one (any more)")


class Child:
    """A process that is started again, after a growing pause, whenever it ends without being asked to.

    It has a session of its own, so that Ctrl-C reaches it through ``stop`` alone, in the order that its
    parent wants. Start it from the main thread: the kernel ties its life to the thread (prctl(2)).
    """

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start it and keep it running."""
        await self._spawn()
        self._watch = asyncio.create_task(self._keep_running(), name=f"watch {self.name}")

    async def stop(self, grace_s: float) -> None:
        """Ask it to end (SIGTERM), wait for ``grace_s`` seconds, then end it (SIGKILL)."""
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), grace_s)
        except TimeoutError:
            log.warning("a process did not stop in time and is ended", process=self.name, grace_s=grace_s)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _spawn(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )

    async def _keep_running(self) -> None:
        clock = asyncio.get_running_loop().time
        pause = FIRST_PAUSE_S
        while True:
            assert self._process is not None
            started = clock()
            status = await self._process.wait()
            if clock() - started > STEADY_AFTER_S:
                pause = FIRST_PAUSE_S
            log.error("a process ended and is started again", process=self.name, status=status, in_s=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)
            await self._spawn()
