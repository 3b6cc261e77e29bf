"""One running job, watched from outside: its output, its deadlines, its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.content import Limits
from bot.domain.grading import Ending, Execution, Usage
from bot.grading.guest.channel import send
from bot.grading.guest.job import DISK_FULL, ENDED, OUT_OF_MEMORY
from bot.grading.sandbox.accounting import cpu_seconds, peak_kb, sizes
from bot.grading.sandbox.child import Child, Exit
from bot.grading.sandbox.pipes import Drain, sealed
from bot.grading.sandbox.police import Police, bytes_below, bytes_held
from bot.grading.sandbox.task import Task

_RESERVE = 16 << 20
"""Address space that a job gets back when it is out of memory, to say so."""
_LOOK_S = 0.02
"""How often a folder without a wall of its own is measured, and the least time between looks at a clock."""
_CPUS = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class _End:
    """How a job ended: what it said of it (``job.ENDED`` ...), its exit code, what it had used by then."""

    how: int
    code: int
    cpu: float
    peak_kb: int


@dataclass(slots=True)
class _Baseline:
    """What the process had used before it got its work."""

    cpu: float
    resident_kb: int
    started: float


class Cell:
    """A job that runs. Everything that ends it early is decided here, outside of it."""

    def __init__(self, child: Child, task: Task) -> None:
        self._child = child
        self._task = task
        self._limits: Limits = task.limits
        self._stop: Ending | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._loop = asyncio.get_running_loop()
        output = self._limits.output_kb * 1024
        self._stdout = Drain(output, lambda: self._end(Ending.OUTPUT_LIMIT))
        self._stderr = Drain(output, lambda: self._end(Ending.OUTPUT_LIMIT))
        self._report = Drain(task.report_kb * 1024, lambda: self._end(Ending.OUTPUT_LIMIT))
        self._police: Police | None = None
        self._result: asyncio.Future[Execution] = self._loop.create_future()
        try:
            size, resident = sizes(child.pid)
            self._baseline = _Baseline(cpu_seconds(child.pid), resident // 1024, time.monotonic())
            self._police = Police(child.listener, child.pid, self._limits.files)
            self._send(size)
        except OSError:
            self._close()
            raise
        self._watch()
        self._loop.add_reader(child.line, self._told)
        child.ended.add_done_callback(self._ended)

    @property
    def report(self) -> bytes:
        """What the job wrote on its report descriptor, complete after ``wait``; a guest's is hearsay."""
        return bytes(self._report.kept)

    @property
    def lost(self) -> bool:
        """Whether, once over, something from outside ended it: a zygote's end, or a kill that was not ours.

        A job that kills itself looks the same.
        """
        execution = self._result.result()
        killed = execution.ending is Ending.SIGNALLED and execution.exit_code == -signal.SIGKILL
        return execution.ending is Ending.BROKEN or (killed and self._stop is None)

    async def wait(self) -> Execution:
        """What happened, once it is over."""
        return await asyncio.shield(self._result)

    def kill(self) -> None:
        """End the job now; ``wait`` then says ``SIGNALLED``."""
        self._end(Ending.SIGNALLED)

    def _send(self, mapped: int) -> None:
        task, limits = self._task, self._limits
        stdin = sealed(task.stdin) if task.stdin else os.open(os.devnull, os.O_RDONLY)
        payload = sealed(task.payload)
        drains = (self._stdout, self._stderr, self._report)
        cpu_s = (
            int(self._baseline.cpu + limits.cpu_ms / 1000) + 2
        )  # the kernel's own limit, if the host is stuck
        message: dict[str, Any] = {
            "entry": task.entry,
            "limits": {"cpu_s": cpu_s, "memory": mapped + (limits.memory_mb << 20), "reserve": _RESERVE},
        }
        try:
            send(self._child.line, message, [payload, stdin, *(d.job_end for d in drains), *task.fds])
        finally:
            os.close(stdin)
            os.close(payload)
        for drain in drains:
            drain.started()

    def _watch(self) -> None:
        self._timers.append(self._loop.call_later(self._limits.wall_ms / 1000, self._end, Ending.WALL_LIMIT))
        self._look_at_clock()
        if self._child.folder is not None:
            self._look_at_folder(self._child.folder)

    def _look_at_clock(self) -> None:
        left = self._limits.cpu_ms / 1000 - self._cpu_used()
        if left <= 0:
            self._end(Ending.CPU_LIMIT)
        else:  # it cannot use more than every processor, so not before this
            self._timers.append(self._loop.call_later(max(left / _CPUS, _LOOK_S / 2), self._look_at_clock))

    def _look_at_folder(self, folder: Path) -> None:
        limit, held = self._limits.disk_mb << 20, 0
        with contextlib.suppress(PermissionError):  # then the file system is a small one (``Sandbox.open``)
            held = bytes_held(self._child.pid, folder, limit)
        if bytes_below(folder) + held > limit:
            self._end(Ending.DISK_LIMIT)
        else:
            self._timers.append(self._loop.call_later(_LOOK_S, self._look_at_folder, folder))

    def _cpu_used(self) -> float:
        try:
            return cpu_seconds(self._child.pid) - self._baseline.cpu
        except OSError:  # it has ended; its bill comes with its exit
            return 0.0

    def _end(self, why: Ending) -> None:
        if self._stop is None and not self._child.ended.done():
            self._stop = why
            self._child.kill()

    def _told(self) -> None:
        """The job says that it is done. It could as well have left, so what it says is taken for that."""
        try:
            said = self._child.line.recv(16)
            cpu, peak = cpu_seconds(self._child.pid), peak_kb(self._child.pid)
        except (OSError, ValueError):  # it has gone meanwhile; its exit will tell
            said = b""
        if len(said) == 2 and said[0] in (ENDED, OUT_OF_MEMORY, DISK_FULL):
            self._child.study()
            self._finish(_End(said[0], said[1], cpu, peak))
        elif said:
            self._child.kill()
        self._loop.remove_reader(self._child.line)

    def _ended(self, ended: asyncio.Future[Exit | None]) -> None:
        how = ended.result()
        if not self._result.done():
            if how is None:
                self._finish(None)
            else:
                self._finish(_End(ENDED, os.waitstatus_to_exitcode(how.status), how.cpu, how.peak_kb))
        self._child.close()

    def _finish(self, end: _End | None) -> None:
        wall = time.monotonic() - self._baseline.started
        self._child.kill()
        for drain in (self._stdout, self._stderr, self._report):
            drain.read()
        if not self._result.done():
            self._result.set_result(self._judge(end, wall))
        self._let_go()

    def _let_go(self) -> None:
        for timer in self._timers:
            timer.cancel()
        if self._police is not None:
            self._police.stop()
        for drain in (self._stdout, self._stderr, self._report):
            drain.close()

    def _close(self) -> None:
        self._let_go()
        self._child.close()

    def _judge(self, end: _End | None, wall: float) -> Execution:
        if end is None:
            return Execution(ending=Ending.BROKEN, note="the zygote ended while the job ran")
        cpu_ms = max(0.0, end.cpu - self._baseline.cpu) * 1000
        usage = Usage(
            wall_ms=wall * 1000,
            cpu_ms=cpu_ms,
            memory_mb=max(0, end.peak_kb - self._baseline.resident_kb) / 1024,
        )
        return Execution(
            ending=self._ending(end, cpu_ms),
            exit_code=end.code,
            stdout=readable(self._stdout.kept),
            stderr=readable(self._stderr.kept),
            truncated=self._stdout.overflowed or self._stderr.overflowed,
            usage=usage,
        )

    def _ending(self, end: _End, cpu_ms: float) -> Ending:
        """The limits first, CPU time above all: it is the same on every machine, however busy."""
        if cpu_ms > self._limits.cpu_ms or self._stop is Ending.CPU_LIMIT:
            return Ending.CPU_LIMIT
        if any(d.overflowed for d in (self._stdout, self._stderr, self._report)):
            return Ending.OUTPUT_LIMIT
        if self._stop is not None:
            return self._stop
        if end.how != ENDED:
            return Ending.MEMORY_LIMIT if end.how == OUT_OF_MEMORY else Ending.DISK_LIMIT
        if end.code and self._police is not None and self._police.threads_refused:
            return Ending.PROCESS_LIMIT
        if end.code and self._police is not None and self._police.files_refused:
            return Ending.DISK_LIMIT
        return Ending.SIGNALLED if end.code < 0 else Ending.FINISHED


_VISIBLE = {c: "\N{REPLACEMENT CHARACTER}" for c in (*range(32), *range(127, 160)) if chr(c) not in "\n\t"}


def readable(output: bytes | bytearray) -> str:
    """Text that can be shown and stored: what is no text is replaced, never dropped."""
    return output.decode("utf-8", errors="replace").replace("\r\n", "\n").translate(_VISIBLE)
