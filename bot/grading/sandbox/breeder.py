"""The host's end of a zygote: asks it for isolated processes and hears when they end."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import select
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

from bot.grading.guest.channel import receive, send
from bot.grading.guest.jail import HOME, LANDLOCK, Wall
from bot.grading.sandbox.errors import SandboxError
from bot.grading.sandbox.footprint import Footprint
from bot.grading.sandbox.interpreter import Interpreter
from bot.grading.sandbox.recipes import GRADING, Recipe

_BOOT = (
    "import sys, types; root = types.ModuleType('_warmup'); root.__path__ = [sys.argv[2]]; "
    "sys.modules['_warmup'] = root; from _warmup.guest import zygote; zygote.main(int(sys.argv[1]))"
)
_CLEAN = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
    "PYTHONHASHSEED": "0",  # the same submission gets the same order of its sets, and so the same verdict
    "MALLOC_ARENA_MAX": "1",  # glibc sets aside 64 MiB of address space for each further arena
    "TZ": "UTC",
}
_SLOTS = 4_096
_numbers = itertools.count(1)


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
            _close(*descriptors)
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
        _close(self.pidfd, self.listener)
        self.pidfd = self.listener = -1
        if not self.ready.done():
            self.ready.cancel()
        if self.folder is not None:
            remove_folder(self.folder)


def _close(*descriptors: int) -> None:
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


class Breeder:
    """Forks children from one zygote or nursery, as long as that is ``alive``."""

    def __init__(
        self, control: socket.socket, wall: Wall, scratch: Path, *, nursery: Child | None = None
    ) -> None:
        control.setblocking(False)
        self._control = control
        self._wall = wall
        self._scratch = scratch
        self._nursery = nursery
        self._children: dict[int, Child] = {}
        self.footprint = Footprint()
        self.process: Popen[bytes] | None = None
        self.alive = True
        asyncio.get_running_loop().add_reader(control, self._hear)

    def fork(self, disk_mb: int, files: int, *, nursery: bool = False) -> Child:
        """Ask for a process; it is of use after ``Child.wait_ready``.

        Raises:
            SandboxError: the zygote is gone.
        """
        if not self.alive:
            raise SandboxError("the zygote is gone")
        number = next(_numbers)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        cage: dict[str, Any] = {
            "slot": number % _SLOTS,
            "disk_mb": disk_mb,
            "files": files,
            "nursery": nursery,
        }
        folder = None
        if self._nursery is not None:
            cage["folder"] = f"{self._nursery.folder or HOME}/{number}"
            folder = Path(cage["folder"]) if self._nursery.folder else None
        elif self._wall.tier == LANDLOCK:
            folder = Path(tempfile.mkdtemp(prefix="job-", dir=self._scratch))
            if self._wall.first_user is not None:
                user = self._wall.first_user + cage["slot"]
                os.chown(folder, user, user)
            cage["folder"] = str(folder)
        child = Child(number, ours, folder, self._study)
        self._children[number] = child
        try:
            send(self._control, {"op": "fork", "id": number, "cage": cage}, [theirs.fileno()])
        except OSError as error:
            child.close()
            self._gone()
            raise SandboxError("the zygote is gone") from error
        finally:
            theirs.close()
        return child

    def _study(self, pid: int) -> None:
        ranges = self.footprint.look(pid) if self.alive else None
        if ranges:
            with contextlib.suppress(OSError):  # it is a matter of speed alone
                send(self._control, {"op": "footprint", "ranges": ranges})

    def _hear(self) -> None:
        while self.alive:
            try:
                message, descriptors = receive(self._control)
            except BlockingIOError:
                return
            except OSError:
                message, descriptors = None, []
            if message is None:
                self._gone()
                return
            self._take(message, descriptors)

    def _take(self, message: dict[str, Any], descriptors: list[int]) -> None:
        child = self._children.get(message["id"])
        if message["op"] == "forked":
            if child is None:
                _close(*descriptors)
            else:
                child.set_born(descriptors[0])
        elif child is not None:
            del self._children[message["id"]]
            child.set_ended(Exit(message["status"], message["cpu"], message["peak_kb"]))

    def _gone(self) -> None:
        if not self.alive:
            return
        self.alive = False
        asyncio.get_running_loop().remove_reader(self._control)
        self._control.close()
        for child in self._children.values():
            child.set_ended(None)
        self._children.clear()

    async def close(self) -> None:
        """End the zygote and everything it forked."""
        self._gone()
        if self._nursery is not None:
            self._nursery.close()
        if self.process is not None:
            self.process.kill()
            await asyncio.to_thread(self.process.wait)


async def start_zygote(interpreter: Interpreter, wall: Wall, recipe: Recipe, scratch: Path) -> Breeder:
    """Start a zygote and wait until it has loaded everything.

    Raises:
        SandboxError: it did not come up; the message carries its own words.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, tempfile.TemporaryFile() as complaints:
        process = Popen(  # noqa: ASYNC220, S603 - a fork and exec, milliseconds; the operator's interpreter on our own text
            [interpreter.program, "-s", "-S", "-P", "-B", "-c", _BOOT, str(theirs.fileno()), str(GRADING)],
            env=_CLEAN,
            cwd="/",
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=complaints,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        ours.setblocking(False)
        send(ours, {"wall": asdict(wall), "host": os.getpid(), "load": recipe.load})
        message = await _first_message(ours)
        if message is None or message["op"] != "ready":
            ours.close()
            process.kill()
            await asyncio.to_thread(process.wait)
            complaints.seek(0)
            why = message["why"] if message else complaints.read()[-4000:].decode(errors="replace")
            raise SandboxError(f"the zygote did not come up: {why.strip()}")
    breeder = Breeder(ours, wall, scratch)
    breeder.process = process
    return breeder


async def _first_message(line: socket.socket) -> dict[str, Any] | None:
    loop = asyncio.get_running_loop()
    readable: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not readable.done():
            readable.set_result(None)

    loop.add_reader(line, wake)
    try:
        async with asyncio.timeout(60):
            await readable
    except TimeoutError:
        return None
    finally:
        loop.remove_reader(line)
    message, _ = receive(line)
    return message
