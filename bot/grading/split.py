"""Runs a guest (the code that is judged) and an examiner (the tests) in two cells with a socket between
them.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.content import Challenge, Limits
from bot.domain.grading import Ending, Execution
from bot.grading.sandbox import EXAMINER, Cell, Flavour, Prepared, Sandbox, Task

_GRACE_S = 0.25
"""How long a guest may take to leave once nobody listens to it."""
_LIMITS = frozenset({Ending.CPU_LIMIT, Ending.WALL_LIMIT, Ending.MEMORY_LIMIT, Ending.OUTPUT_LIMIT})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run: how the submission's process ended, and the examiner's report (empty when it made none)."""

    execution: Execution
    report: dict[str, Any]

    def outcomes(self) -> dict[str, str]:
        """By test id: the word for what became of it."""
        found = dict.fromkeys(self.report.get("collected", []), "missing")
        return found | {test["id"]: test["outcome"] for test in self.report.get("tests", [])}

    def good(self, fine: Collection[str]) -> bool:
        """Whether there were tests, and all of them ended in one of the words of ``fine``."""
        words = self.outcomes().values()
        clean = not (self.report.get("fault") or self.report.get("loading") or self.report.get("collection"))
        return clean and "passed" in words and all(word in fine for word in words)


async def run_split(
    sandbox: Sandbox,
    challenge: Challenge,
    files: list[list[str]],
    order: dict[str, Any],
    prepared: Prepared | None,
    first: Sequence[str] = (),
) -> Outcome:
    """Run the tests of ``order`` against ``files``. Raises ``SandboxError``.

    ``first`` are the modules that the tests ask for first: the guest imports them while the examiner starts.
    """
    outcome = await _run_once(sandbox, challenge, files, order, prepared, first, payload=b"")
    if outcome.report.get("again") and prepared is not None:
        return await _run_once(sandbox, challenge, files, order, prepared, first, payload=b"without")
    return outcome


async def _run_once(
    sandbox: Sandbox,
    challenge: Challenge,
    files: list[list[str]],
    order: dict[str, Any],
    prepared: Prepared | None,
    first: Sequence[str],
    payload: bytes,
) -> Outcome:
    ours, theirs = socket.socketpair()
    guest_task = Task(
        entry="guest.bridge.serve:run",
        flavour=Flavour(packages=tuple(challenge.packages)),
        payload=json.dumps({"files": files, "first": list(first)}).encode(),
        limits=challenge.limits,
        fds=(theirs.fileno(),),
    )
    examiner_task = Task(
        entry="examiner.examine:run",
        flavour=EXAMINER,
        payload=payload if prepared else json.dumps(order).encode(),
        limits=examiner_limits(challenge.limits),
        fds=(ours.fileno(),),
        prepared=prepared,
        report_kb=16_384,
    )
    with ours, theirs:
        guest, examiner = await start_both(sandbox, guest_task, examiner_task)
    return await follow(guest, examiner)


async def start_both(sandbox: Sandbox, first: Task, second: Task) -> tuple[Cell, Cell]:
    """Start two cells; if one cannot be started the other is ended. Raises ``SandboxError``."""
    started = await asyncio.gather(sandbox.run(first), sandbox.run(second), return_exceptions=True)
    cells = [cell for cell in started if isinstance(cell, Cell)]
    if len(cells) == 2:
        return cells[0], cells[1]
    for cell in cells:
        cell.kill()
        await cell.wait()
    raise next(error for error in started if isinstance(error, BaseException))


async def follow(guest: Cell, examiner: Cell) -> Outcome:
    """Wait for the examiner's report, then for the guest to be gone."""
    try:
        examined = await examiner.wait()
        try:
            execution = await asyncio.wait_for(guest.wait(), _GRACE_S)
        except TimeoutError:
            guest.kill()
            execution = replace(await guest.wait(), ending=Ending.FINISHED, exit_code=0)
    except asyncio.CancelledError:
        guest.kill()
        examiner.kill()
        raise
    try:
        report = json.loads(examiner.report)
    except ValueError:
        report = {}
    if report:
        return Outcome(execution, report)
    if examined.ending in _LIMITS:  # what it had to do was the submission's doing
        return Outcome(replace(execution, ending=examined.ending), {})
    if execution.ending is not Ending.FINISHED and execution.ending is not Ending.BROKEN:
        return Outcome(execution, {})
    why = examined.note or examined.stderr[-2_000:] or examined.ending.value
    return Outcome(Execution(ending=Ending.BROKEN, note=f"the examiner made no report: {why}"), {})


async def run_together(
    sandbox: Sandbox, challenge: Challenge, files: list[list[str]], order: dict[str, Any]
) -> Outcome:
    """Run tests and submission in one process, for practice. Raises ``SandboxError``."""
    task = Task(
        entry="examiner.together:run",
        flavour=EXAMINER,
        payload=json.dumps({"tests": order["tests"], "files": [*order["given"], *files]}).encode(),
        limits=examiner_limits(challenge.limits),
        report_kb=16_384,
    )
    execution, data = await sandbox.execute(task)
    try:
        report = json.loads(data)
    except ValueError:
        report = {}
    return Outcome(execution, report if isinstance(report, dict) else {})


def examiner_limits(limits: Limits) -> Limits:
    """More than the submission may use, so that what runs out first is the submission's."""
    return Limits(
        cpu_ms=limits.cpu_ms * 2 + 10_000,
        wall_ms=limits.wall_ms + 10_000,
        memory_mb=max(512, limits.memory_mb * 2),
        output_kb=max(1_024, limits.output_kb),
        disk_mb=64,
        files=1_024,
    )
