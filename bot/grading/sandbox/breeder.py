"""The host's end of a zygote: asks it for isolated processes and hears when they end."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import socket
import tempfile
from dataclasses import asdict
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

from bot.grading.guest.channel import receive, send
from bot.grading.guest.jail import HOME, LANDLOCK, Wall
from bot.grading.sandbox.child import Child, Exit, close_all
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
                close_all(*descriptors)
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
