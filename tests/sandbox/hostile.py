"""Runs hostile cases in one sandbox and says what went wrong; a program for other users' processes too."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.content import Limits
from bot.domain.grading import Ending, Execution
from bot.grading.languages.language import with_report
from bot.grading.sandbox import Environment, Sandbox, SandboxSettings, Task

QUICK: dict[str, int] = {"cpu_ms": 300, "wall_ms": 10_000}
LIMITS = {
    Ending.CPU_LIMIT,
    Ending.WALL_LIMIT,
    Ending.MEMORY_LIMIT,
    Ending.OUTPUT_LIMIT,
    Ending.DISK_LIMIT,
    Ending.PROCESS_LIMIT,
}


@dataclass(frozen=True)
class Outcome:
    """What became of a program, and what is wrong about that."""

    execution: Execution
    problems: list[str]


def program(code: str, stdin: bytes = b"", **limits: int) -> Task:
    payload = json.dumps({"main": "main.py", "files": {"main.py": code}}).encode()
    return Task(entry="guest.program:run", payload=payload, limits=Limits(**limits), stdin=stdin)


async def run(sandbox: Sandbox, code: str, stdin: bytes = b"", **limits: int) -> Execution:
    execution, report = await sandbox.execute(program(code, stdin, **limits))
    return with_report(execution, report)


async def run_case(sandbox: Sandbox, case: dict[str, Any]) -> Outcome:
    execution = await run(sandbox, case["code"], **{**QUICK, **case.get("limits", {})})
    problems = _verdict(case, execution)
    sentinel = await run(sandbox, "print('hello')")
    if (sentinel.stdout, sentinel.ending) != ("hello\n", Ending.FINISHED):
        problems.append(f"the sentinel failed: {sentinel}")
    return Outcome(execution, problems)


def _verdict(case: dict[str, Any], execution: Execution) -> list[str]:
    must, ending, out = case["must"], execution.ending, execution.stdout
    problems = []
    if "ESCAPED" in out:
        problems.append(f"escaped: {out.strip()[:300]}")
    if ending is Ending.BROKEN:
        problems.append(f"the sandbox broke: {execution.note}")
    allowed = {Ending(e) for e in case.get("endings", ())}
    alternatives = {Ending(e) for e in case.get("alternatively", ())}
    if (
        must == "contained"
        and not (out.startswith("contained") and ending is Ending.FINISHED)
        and ending not in alternatives
    ):
        problems.append(f"not contained: {execution}")
    if must == "limit" and ending not in allowed:
        problems.append(f"expected one of {sorted(allowed)}: {execution}")
    if must == "error" and not (ending is Ending.SIGNALLED or execution.exit_code or ending in LIMITS):
        problems.append(f"expected an error: {execution}")
    if "stdout" in case and out != case["stdout"]:
        problems.append(f"expected {case['stdout']!r} on standard output: {out!r}")
    return problems


def all_processes() -> dict[int, tuple[int, str]]:
    """Every process on this machine: its parent and state."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                rest = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            found[int(entry.name)] = (int(rest[1]), rest[0])
    return found


def descendants(of: int) -> set[int]:
    processes = all_processes()
    found, pending = set(), [of]
    while pending:
        parent = pending.pop()
        for pid, (ppid, _) in processes.items():
            if ppid == parent and pid not in found:
                found.add(pid)
                pending.append(pid)
    return found


def resident_kb() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


async def settled(sandbox: Sandbox, me: int, expected: int) -> bool:
    """Whether no more than ``expected`` processes remain below ``me``, given time to be taken apart."""
    for _ in range(200):
        if len(descendants(me)) <= expected:
            return True
        await asyncio.sleep(0.01)
    return False


async def _main() -> None:
    order = json.load(sys.stdin)
    settings = SandboxSettings(
        environment=Environment(Path(order["environment"])), tiers=(order["tier"],), program=sys.executable
    )
    results = {}
    async with await Sandbox.open(settings) as sandbox:
        tier = sandbox.describe().tier
        for case in order["cases"]:
            results[case["id"]] = (await run_case(sandbox, case)).problems
    json.dump({"tier": tier, "problems": results}, sys.stdout)


if __name__ == "__main__":
    asyncio.run(_main())
