"""Where the interpreter keeps what it needs, so that a wall can be built around just that."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache

from bot.grading.sandbox.errors import SandboxUnavailable

_ASK = """
import importlib, json, os, sys, sysconfig
dynload = [p for p in sys.path if p.endswith("lib-dynload")]
for folder in dynload:
    for file in sorted(os.listdir(folder)):
        try:
            importlib.import_module(file.partition(".")[0])
        except Exception:
            pass
mapped = {line.split(None, 5)[5].strip() for line in open("/proc/self/maps") if ".so" in line}
stdlib = sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix, "base": sys.base_prefix})
inside = os.path.realpath(stdlib) + "/"
real = {os.path.realpath(m) for m in mapped}
libraries = {os.path.dirname(m) for m in real if not m.startswith(inside)}
libraries.discard(os.path.realpath(sys.base_prefix + "/lib"))
print(json.dumps({"stdlib": stdlib, "dynload": dynload, "libraries": sorted(libraries)}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python to run jobs with: its program, and the folders it reads while running."""

    program: str
    readable: tuple[str, ...]
    hidden: tuple[str, ...]
    """Its own ``site-packages``, which no job needs."""


def default_program() -> str:
    """The interpreter behind this one, or behind this one's virtual environment."""
    return str(getattr(sys, "_base_executable", sys.executable))


@cache
def inspect_interpreter(program: str) -> Interpreter:
    """Ask ``program`` where its library is, and the shared libraries that its extension modules need.

    Raises:
        SandboxUnavailable: it does not run.
    """
    try:
        done = subprocess.run(  # noqa: S603 - an interpreter that the operator chose
            [program, "-I", "-S", "-B", "-c", _ASK], capture_output=True, text=True, check=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise SandboxUnavailable(f"the interpreter {program} does not run: {error}") from error
    answer = json.loads(done.stdout.splitlines()[-1])
    stdlib = str(answer["stdlib"])
    readable = (stdlib, *answer["dynload"], *answer["libraries"], "/usr/share/zoneinfo")
    outermost = tuple(p for p in dict.fromkeys(readable) if not any(p.startswith(f"{q}/") for q in readable))
    return Interpreter(program, outermost, (f"{stdlib}/site-packages", f"{stdlib}/dist-packages"))
