"""A dozen hostile programs, run by the real path before anything is graded.

Each must come to just the end that is written beside it. They stand for the layers: when one of
them ends otherwise, a layer that was thought to be there is not, and the worker must not start.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from bot.domain.content import Limits
from bot.domain.grading import Ending, Execution
from bot.grading.sandbox.errors import SandboxUnavailable
from bot.grading.sandbox.sandbox import Sandbox
from bot.grading.sandbox.task import Task

_LIMITS = Limits(cpu_ms=2_000, wall_ms=20_000, memory_mb=64, output_kb=16)


@dataclass(frozen=True, slots=True)
class Canary:
    """One program; ``guards`` says what has gone if it sings."""

    guards: str
    code: str
    ending: Ending = Ending.FINISHED
    stdout: str | None = "contained\n"
    cpu_ms: int = _LIMITS.cpu_ms
    wall_ms: int = _LIMITS.wall_ms


def _refused(attempt: str, imports: str) -> str:
    tried = f"try:\n    {attempt}\n    print('ESCAPED')\nexcept OSError:\n    print('contained')\n"
    return f"import {imports}\n{tried}"


def _refused_by_kernel(call: str) -> str:
    answer = f"'ESCAPED' if l.{call} >= 0 else 'contained'"
    return f"import ctypes, os\nl = ctypes.CDLL(None)\nprint({answer})\n"


_FILL = "f = open('f', 'wb')\nwhile True: f.write(bytes(1 << 20))"

CANARIES = (
    Canary("running at all", "print('contained')"),
    Canary("other people's files", _refused("open('/etc/passwd').read()", "os")),
    Canary("the interpreter's own files", _refused("open(os.__file__, 'a')", "os")),
    Canary("processes and their memory", _refused("open('/proc/1/status').read()", "os")),
    Canary("starting processes", _refused_by_kernel("fork()")),
    Canary("starting programs", _refused_by_kernel("execl(b'/bin/true', b'true', None)")),
    Canary("signals to others", _refused_by_kernel("kill(os.getppid() or 1, 9)")),
    Canary("debugging", _refused_by_kernel("ptrace(16, os.getppid() or 1, 0, 0)")),
    Canary("new namespaces", _refused_by_kernel("unshare(0x10000000)")),
    Canary("mounts", _refused_by_kernel("mount(b'none', b'/tmp', b'tmpfs', 0, None)")),
    Canary("the network", _refused_by_kernel("socket(2, 1, 0)")),
    Canary("shared memory between jobs", _refused_by_kernel("shmget(81, 4096, 0o1666)")),
    Canary("the CPU limit", "while True: pass", Ending.CPU_LIMIT, "", cpu_ms=100),
    Canary("the wall clock", "import time; time.sleep(60)", Ending.WALL_LIMIT, "", wall_ms=300),
    Canary("the memory limit", "x = bytearray(1 << 30)", Ending.MEMORY_LIMIT, ""),
    Canary("the output limit", "while True: print('x' * 9999)", Ending.OUTPUT_LIMIT, None),
    Canary("the disk limit", _FILL, Ending.DISK_LIMIT, ""),
)


async def sing(sandbox: Sandbox) -> None:
    """Run every canary.

    Raises:
        SandboxUnavailable: one of them got further than it may; the message says what is not guarded.
    """
    answers = await asyncio.gather(*(_surprise(sandbox, canary) for canary in CANARIES))
    wrong = [answer for answer in answers if answer]
    if wrong:
        raise SandboxUnavailable(
            "the sandbox does not hold, so nothing is graded: " + "; ".join(wrong) + ". "
            "Run `warmup doctor` for the layers in force; a kernel or container setting has changed."
        )


async def _surprise(sandbox: Sandbox, canary: Canary) -> str:
    limits = Limits(
        cpu_ms=canary.cpu_ms,
        wall_ms=canary.wall_ms,
        memory_mb=_LIMITS.memory_mb,
        output_kb=_LIMITS.output_kb,
    )
    payload = json.dumps({"main": "main.py", "files": {"main.py": canary.code}}).encode()
    execution, _ = await sandbox.execute(Task(entry="guest.program:run", payload=payload, limits=limits))
    if execution.ending is canary.ending and canary.stdout in (None, execution.stdout):
        return ""
    return f"{canary.guards} ({_said(execution)})"


def _said(execution: Execution) -> str:
    words = execution.note or execution.stderr.strip().rpartition("\n")[2] or execution.stdout.strip()
    return f"{execution.ending}: {words[:200]}"
