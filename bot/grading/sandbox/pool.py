"""Zygotes and nurseries, and the isolated processes kept waiting in front of each."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import math
import mmap
import os
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from pathlib import Path

from bot.domain.content import Limits
from bot.grading.guest.channel import send
from bot.grading.guest.jail import Wall
from bot.grading.sandbox.accounting import mapped, own_bytes
from bot.grading.sandbox.breeder import Breeder
from bot.grading.sandbox.child import Child
from bot.grading.sandbox.errors import PreparationFailed, SandboxError
from bot.grading.sandbox.pipes import sealed
from bot.grading.sandbox.task import Flavour, Prepared, Task

_PREPARATION = Limits(disk_mb=64, files=4_096)
_PREPARATION_MEMORY = 512 << 20
_USUAL = Limits()
_SPARES_OF_A_NURSERY = 2


class Kennel:
    """The waiting children of one breeder: all with the usual disk limits, others are forked when needed."""

    def __init__(self, breeder: Breeder, spares: int, usual: Limits = _USUAL, own: int = 0) -> None:
        self.breeder = breeder
        self._own = own
        self._usual = usual
        self._spares = spares
        self._waiting: deque[Child] = deque()
        self._coming: set[asyncio.Task[None]] = set()
        self._users = 0

    @property
    def idle(self) -> bool:
        """Whether nothing would be lost by closing it: no job and no nursery lives off it."""
        return self._users == 0

    @property
    def held(self) -> int:
        """Bytes of memory that closing it gives back: its zygote's own, and what its spares copy."""
        return self._own + self._spares * len(self.breeder.footprint.pages) * mmap.PAGESIZE

    def used_by(self, child: Child) -> None:
        """Keep it until ``child`` has ended, then see to spares."""
        self._users += 1
        child.ended.add_done_callback(self._given_back)

    def _given_back(self, _: object) -> None:
        self._users -= 1
        self.refill()

    async def take(self, limits: Limits, *, fresh: bool = False) -> Child:
        """A process that is ready for work, and the caller's from now on; with ``fresh``, none that waited.

        Raises:
            SandboxError: it did not come up, or the zygote is gone.
        """
        usual = (limits.disk_mb, limits.files) == (self._usual.disk_mb, self._usual.files)
        if usual and not fresh:
            while self._waiting:
                child = self._waiting.popleft()
                if child.alive:
                    return child
                child.close()
        return await self._breed(limits)

    async def _breed(self, limits: Limits) -> Child:
        child = self.breeder.fork(limits.disk_mb, limits.files)
        try:
            await child.wait_ready()
        except BaseException:
            child.close()
            raise
        return child

    def refill(self) -> None:
        """See to it that enough children will be waiting."""
        while self.breeder.alive and len(self._waiting) + len(self._coming) < self._spares:
            coming = asyncio.get_running_loop().create_task(self._add())
            self._coming.add(coming)
            coming.add_done_callback(self._coming.discard)

    async def _add(self) -> None:
        with contextlib.suppress(SandboxError):  # whoever needs one next forks it, and hears why not
            self._waiting.append(await self._breed(self._usual))

    async def close(self) -> None:
        """End everything here."""
        for coming in list(self._coming):
            coming.cancel()
        for child in self._waiting:
            child.close()
        self._waiting.clear()
        await self.breeder.close()


class Shelf:
    """Kennels by key, each made once even when two ask at once.

    Beyond ``most``, or ``most_bytes`` of memory, the idle go, oldest first; the one that is asked for stays.
    """

    def __init__(self, most: int, most_bytes: float = math.inf) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._kennels: OrderedDict[Hashable, asyncio.Task[Kennel]] = OrderedDict()
        self._closing: set[asyncio.Task[None]] = set()

    async def get(self, key: Hashable, make: Callable[[], Coroutine[None, None, Kennel]]) -> Kennel:
        """The kennel for ``key``, by ``make`` if there is none or its process is gone."""
        found = self._kennels.get(key)
        if (
            found is not None
            and found.done()
            and (found.cancelled() or found.exception() or not _alive(found))
        ):
            self._drop(key)
            found = None
        if found is None:
            found = asyncio.get_running_loop().create_task(make())
            self._kennels[key] = found
        self._kennels.move_to_end(key)
        self._trim(key)
        kennel = await asyncio.shield(found)
        self._trim(key)
        return kennel

    @property
    def held(self) -> int:
        """Bytes of memory that all of them hold."""
        return sum(made.result().held for made in self._kennels.values() if _made(made))

    def _trim(self, kept: Hashable) -> None:
        for key in [k for k, made in self._kennels.items() if k != kept and _idle(made)]:
            if len(self._kennels) <= self._most and self.held <= self._most_bytes:
                return
            self._drop(key)

    def _drop(self, key: Hashable) -> None:
        closing = asyncio.get_running_loop().create_task(_close(self._kennels.pop(key)))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """End them all."""
        for key in list(self._kennels):
            self._drop(key)
        while self._closing:
            await asyncio.wait(self._closing)


def _made(task: asyncio.Task[Kennel]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def _idle(task: asyncio.Task[Kennel]) -> bool:
    return _made(task) and task.result().idle


def _alive(made: asyncio.Task[Kennel]) -> bool:
    return made.result().breeder.alive


async def _close(made: asyncio.Task[Kennel]) -> None:
    made.cancel()
    await asyncio.wait([made])
    if _made(made):
        await made.result().close()


class Pool:
    """A zygote for each flavour in use, by ``start``, and a nursery for each prepared challenge."""

    def __init__(
        self,
        start: Callable[[Flavour], Awaitable[Breeder]],
        *,
        wall: Wall,
        scratch: Path,
        spares: int,
        most_flavours: int,
        most_prepared: int,
        most_prepared_mb: int,
    ) -> None:
        self._start = start
        self._wall = wall
        self._scratch = scratch
        self._spares = spares
        self._flavours = Shelf(most_flavours)
        self._prepared = Shelf(most_prepared, most_prepared_mb << 20)

    @property
    def prepared_mb(self) -> float:
        """What nurseries and those who wait in them hold of memory."""
        return self._prepared.held / (1 << 20)

    async def kennel(self, task: Task) -> Kennel:
        """Where the processes for ``task`` come from.

        Raises:
            SandboxError: the zygote did not come up. PreparationFailed: the preparation's own fault.
        """
        prepared = task.prepared
        if prepared is None:
            return await self._flavours.get(task.flavour, lambda: self._open(task.flavour))
        key = (task.flavour, prepared.key, prepared.entry, hashlib.sha256(prepared.payload).digest())
        return await self._prepared.get(key, lambda: self._prepare(task, prepared))

    async def _open(self, flavour: Flavour) -> Kennel:
        kennel = Kennel(await self._start(flavour), self._spares)
        kennel.refill()
        return kennel

    async def _prepare(self, task: Task, prepared: Prepared) -> Kennel:
        base = await self._flavours.get(task.flavour, lambda: self._open(task.flavour))
        child = base.breeder.fork(_PREPARATION.disk_mb, _PREPARATION.files, nursery=True)
        try:
            await self._raise_up(child, prepared)
        except BaseException:
            child.close()
            raise
        base.used_by(child)
        own = own_bytes(child.pid)
        line = child.line.dup()
        child.line.close()
        kennel = Kennel(
            Breeder(line, self._wall, self._scratch, nursery=child), _SPARES_OF_A_NURSERY, task.limits, own
        )
        kennel.refill()
        return kennel

    async def _raise_up(self, child: Child, prepared: Prepared) -> None:
        payload = sealed(prepared.payload)
        try:
            async with asyncio.timeout(prepared.wall_ms / 1000):
                await child.born
                memory = mapped(child.pid) + _PREPARATION_MEMORY
                send(child.line, {"entry": prepared.entry, "memory": memory}, [payload])
                await child.wait_ready()
        except TimeoutError as error:
            raise PreparationFailed(f"{prepared.key}: took more than {prepared.wall_ms} ms") from error
        except (SandboxError, OSError) as error:
            raise PreparationFailed(f"{prepared.key}: {error}") from error
        finally:
            os.close(payload)

    async def close(self) -> None:
        """End every process."""
        await self._prepared.close()
        await self._flavours.close()
