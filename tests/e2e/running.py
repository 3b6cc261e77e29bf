"""A real ``warmup up`` (or another role) as a process of its own, in a data folder of its own."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from bot.config import CHECKOUT, variable_names

SANDBOX_PACKAGES = CHECKOUT / ".warmup" / "sandbox-env"
"""Made by ``warmup test`` before the tests; shared, so that no test installs anything."""
PATIENCE_S = 120.0


class Running:
    """The process, what it says, and how to reach its page."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said = ""
        self.address = ""
        self._reading = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.said += line.decode(errors="replace")
            found = re.search(r"open (http://\S+)", self.said)
            if found:
                self.address = found[1]

    async def until(self, condition: Callable[[], Awaitable[bool]], what: str) -> None:
        """Wait for what only another process knows; fails with what was said when it does not come."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not await condition():  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"{what} did not come; the process said:\n{self.said}") from None

    async def until_ready(self) -> None:
        """Wait for the page and for the worker."""

        async def ready() -> bool:
            return bool(self.address) and (await self.get("/readyz")).status_code == 200

        await self.until(ready, "readiness")

    async def get(self, path: str) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.address, timeout=10) as client:
            return await client.get(path)

    async def post(self, path: str, document: dict) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.address, timeout=10) as client:
            return await client.post(path, json=document, headers={"Origin": self.address})

    def tree(self) -> set[int]:
        """The process ids of this process and everything below it."""
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(stat.parent.name)] = int(fields[1])
        found = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found and pid not in found}:
            found |= more
        return found

    async def end(self, number: signal.Signals) -> int:
        """Send a signal, wait for the end and give the exit status."""
        if self.process.returncode is None:
            # Not Process.send_signal: it may reap an ended process behind the event loop's back.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, number)
        return await self.ended()

    async def ended(self) -> int:
        """Wait for the end and for everything it said; give the exit status."""
        async with asyncio.timeout(PATIENCE_S):
            status = await self.process.wait()
            await self._reading
        return status


async def start(data: Path, *arguments: str, stdout: bool = False, **environment: str) -> Running:
    """Start ``warmup ARGUMENTS`` with nothing of the caller's settings; ``stdout`` keeps what it prints."""
    own = {name: value for name, value in os.environ.items() if name not in variable_names().values()}
    settings = {
        "WARMUP_DATA_DIR": str(data),
        "WARMUP_SANDBOX_DIR": str(SANDBOX_PACKAGES),
        "WARMUP_WEB_PORT": "0",
        **environment,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=CHECKOUT,
        env=own | settings,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE if stdout else asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    return Running(process)


def ended(pid: int) -> bool:
    """Whether a process is gone (or a zombie that nobody has buried yet)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def command_line(pid: int) -> bytes:
    """What a process was started with; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
