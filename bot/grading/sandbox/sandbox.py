"""The sandbox as the rest of the worker sees it."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.grading import Ending, Execution
from bot.grading.guest import landlock
from bot.grading.guest.jail import LANDLOCK, NAMESPACES, Wall
from bot.grading.sandbox.breeder import Breeder, start_zygote
from bot.grading.sandbox.cell import Cell
from bot.grading.sandbox.environment import Environment
from bot.grading.sandbox.errors import PreparationFailed, SandboxError, SandboxUnavailable
from bot.grading.sandbox.interpreter import default_program, inspect_interpreter
from bot.grading.sandbox.pool import Pool
from bot.grading.sandbox.recipes import GRADING, recipe
from bot.grading.sandbox.scratch import Scratch
from bot.grading.sandbox.task import Flavour, Task

TIERS = (NAMESPACES, LANDLOCK)
"""From the strongest; each is safe by itself."""

_PAUSES = (0.01, 0.1)
"""Seconds before the next try to start a job: by then the end of its zygote has been heard of."""

_FREE_USERS = 1_879_048_192
"""The first user id that no distribution, container or login service hands out (systemd's UIDS-GIDS list)."""
_FREE_USERS_IN_CONTAINER = 52_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """How a worker's sandbox is set up.

    ``tiers`` are tried in order. Leaving one out makes nothing weaker than the weakest that is safe.
    """

    environment: Environment
    program: str = field(default_factory=default_program)
    tiers: tuple[str, ...] = TIERS
    spares: int = 3
    most_flavours: int = 6
    most_prepared: int = 24
    most_prepared_mb: int = 512


@dataclass(frozen=True, slots=True)
class Description:
    """What ``doctor`` says: the tier in force, its layers, and what is missing with the way to mend it."""

    tier: str
    layers: tuple[str, ...]
    missing: tuple[str, ...]


class Sandbox:
    """Runs programs that nobody trusts.

    Open it with ``async with Sandbox.open(settings) as sandbox`` or ``await Sandbox.open(settings)``
    and ``close``; one event loop owns it.
    """

    def __init__(
        self, settings: SandboxSettings, wall: Wall, scratch: Scratch, missing: tuple[str, ...]
    ) -> None:
        self._settings = settings
        self._wall = wall
        self._scratch = scratch
        self._missing = missing
        self._interpreter = inspect_interpreter(settings.program)
        self._pool = Pool(
            self._start,
            wall=wall,
            scratch=scratch.folder,
            spares=settings.spares,
            most_flavours=settings.most_flavours,
            most_prepared=settings.most_prepared,
            most_prepared_mb=settings.most_prepared_mb,
        )

    @classmethod
    async def open(cls, settings: SandboxSettings) -> Sandbox:
        """Find the strongest tier that comes up here, by bringing it up.

        Raises:
            SandboxUnavailable: none does; the message says what is missing for each and how to mend it.
        """
        scratch = Scratch()
        reasons: list[str] = []
        for tier in settings.tiers:
            sandbox = cls(settings, _wall(tier), scratch, tuple(reasons))
            try:
                await sandbox._probe()
            except SandboxError as error:
                reasons.append(f"{tier}: {_mend(tier, error)}")
                await sandbox._pool.close()
            else:
                return sandbox
        scratch.close()
        raise SandboxUnavailable(
            "this machine cannot isolate safely, so nothing is graded.\n" + "\n".join(reasons)
        )

    async def _probe(self) -> None:
        """Run one job that has to read the standard library from behind the wall."""
        if self._wall.tier == LANDLOCK:
            self._scratch.check()
        cell = await self._start_cell(Task(entry="guest.program:probe"))
        execution = await cell.wait()
        if execution.ending is not Ending.FINISHED or execution.exit_code:
            raise SandboxError(
                f"jobs cannot read the interpreter's library ({self._interpreter.readable[0]}): "
                f"{execution.stderr.strip() or execution.ending}"
            )

    async def __aenter__(self) -> Sandbox:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End every process and remove every folder."""
        await self._pool.close()
        self._scratch.close()

    async def run(self, task: Task) -> Cell:
        """Start ``task`` in a process of its own.

        A process or a zygote that was lost before the work began is replaced.

        Raises:
            SandboxError: it could not be started. PreparationFailed: ``task.prepared`` did not work.
        """
        return await self._start_anyhow(task, fresh=False)

    async def _start_anyhow(self, task: Task, *, fresh: bool) -> Cell:
        for pause in _PAUSES:
            try:
                return await self._start_cell(task, fresh=fresh)
            except PreparationFailed:
                raise
            except (SandboxError, OSError):
                fresh = True
                await asyncio.sleep(pause)
        return await self._start_cell(task, fresh=True)

    async def _start_cell(self, task: Task, *, fresh: bool = False) -> Cell:
        kennel = await self._pool.kennel(task)
        child = await kennel.take(task.limits, fresh=fresh)
        try:
            cell = Cell(child, task)
        except OSError as error:
            raise SandboxError(f"the job could not be handed over: {error}") from error
        kennel.used_by(child)
        return cell

    async def execute(self, task: Task) -> tuple[Execution, bytes]:
        """Run ``task`` to its end: what happened, and its report.

        A task that holds no descriptors and is lost (``Cell.lost``) is run once more; if the sandbox
        itself fails twice, the execution is ``BROKEN``.
        """
        for again in (False, True):
            try:
                cell = await self._start_anyhow(task, fresh=again)
            except SandboxError as error:
                return Execution(ending=Ending.BROKEN, note=str(error)), b""
            execution = await cell.wait()
            if not cell.lost or task.fds:
                break
        return execution, cell.report

    def describe(self) -> Description:
        """The tier in force and what would make it stronger."""
        layers = ["seccomp allow-list", "resource limits", "no capabilities, no new privileges"]
        if self._wall.tier == NAMESPACES:
            layers.insert(0, "mount, process, network, IPC, UTS and cgroup namespaces")
            layers.insert(1, "a file system of its own, a sized tmpfs for each job")
        if self._wall.first_user is not None:
            layers.append("a user id for each job")
        elif self._wall.tier == NAMESPACES:
            layers.append("a user namespace")
        if self._wall.landlock:
            layers.append(f"Landlock (version {landlock.version()})")
        return Description(self._wall.tier, tuple(layers), self._missing)

    async def _start(self, flavour: Flavour) -> Breeder:
        made = recipe(flavour, self._settings.environment)
        wall = Wall(
            tier=self._wall.tier,
            readable=_outermost((*self._interpreter.readable, *made.readable)),
            hidden=self._interpreter.hidden,
            first_user=self._wall.first_user,
            landlock=self._wall.landlock,
            moved=(
                (str(GRADING), "/warmup/grading"),
                (str(self._settings.environment.folder), "/warmup/site"),
            ),
        )
        return await start_zygote(self._interpreter, wall, made, self._scratch.folder)


def _wall(tier: str) -> Wall:
    return Wall(tier=tier, readable=(), first_user=_first_user(), landlock=landlock.version() > 0)


def _first_user() -> int | None:
    if os.geteuid() != 0:
        return None
    mapped = sum(int(line.split()[2]) for line in Path("/proc/self/uid_map").read_text().splitlines())
    return _FREE_USERS if mapped > 4_000_000_000 else _FREE_USERS_IN_CONTAINER


def _outermost(paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(p for p in dict.fromkeys(paths) if not any(p.startswith(f"{q}/") for q in paths))


def _mend(tier: str, error: SandboxError) -> str:
    reason = str(error).strip().splitlines()[0 if "\n  File" not in str(error) else -1]
    return f"{reason} ({_MENDS[tier]})"


_MENDS = {
    NAMESPACES: (
        "allow unprivileged user namespaces: kernel.unprivileged_userns_clone=1 or, on Ubuntu, the AppArmor "
        "profile in docker/; in a container, run it with the seccomp profile docker/seccomp.json"
    ),
    LANDLOCK: (
        "use Linux 5.13 or later with landlock among the kernel's lsm= modules, and do not block Landlock, "
        "seccomp or pidfd calls in the container; every user must be able to read the interpreter's folders"
    ),
}
