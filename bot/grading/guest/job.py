"""The life of a job: wait behind the wall, take the work, run it, leave."""

from __future__ import annotations

import atexit
import errno
import importlib
import io
import os
import resource
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from . import preload, refusals
from .channel import receive, send

CONTROL, LISTENER = 3, 4
"""Where the socket to the host, and what it sends there, are until the work has come."""
OUT_OF_MEMORY = signal.SIGUSR2
"""How a job says that it died of a MemoryError; ``SIGXFSZ`` says the same of a full disk."""
_DISK_FULL = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})


def entry(name: str) -> Callable[..., Any]:
    """The function that ``package.module:function`` names, the package being a neighbour of this one."""
    module, _, function = name.partition(":")
    root = __package__.rpartition(".")[0]
    found: Callable[..., Any] = getattr(importlib.import_module(f"{root}.{module}"), function)
    return found


def live(control: socket.socket, listener: int, home: str) -> NoReturn:
    """Wait for work on ``control``, do it, and end this process."""
    line, heard = os.dup(control.detach()), os.dup(listener)
    os.dup2(line, CONTROL)
    os.dup2(heard, LISTENER)
    os.closerange(LISTENER + 1, 4096)
    _furnish(home)
    preload.warm()
    with socket.socket(fileno=CONTROL) as end:
        send(end, {"op": "ready"}, [LISTENER])
        os.close(LISTENER)
        message, descriptors = receive(end)
        if message is None:
            os._exit(0)
    _take(message, descriptors)


def _furnish(home: str) -> None:
    for name in ("HOME", "TMPDIR", "PWD"):
        os.environ[name] = home
    refusals.install()


def _take(message: dict[str, Any], descriptors: list[int]) -> NoReturn:
    payload, stdin, stdout, stderr, report, *rest = descriptors
    for given, place in ((stdin, 0), (stdout, 1), (stderr, 2)):
        os.dup2(given, place)
        os.close(given)
    with os.fdopen(payload, "rb") as source:
        data = source.read()
    _open_streams()
    function = entry(message["entry"])
    limits = message["limits"]
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_s"], limits["cpu_s"]))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"] + limits["reserve"]))
    _end(_run(function, data, rest, report))


def _open_streams() -> None:
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "r", closefd=False)), encoding="utf-8")
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        raw = io.BufferedWriter(io.FileIO(descriptor, "w", closefd=False))
        errors = "strict" if descriptor == 1 else "backslashreplace"
        setattr(sys, name, io.TextIOWrapper(raw, encoding="utf-8", errors=errors, line_buffering=descriptor == 2))
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]


def _run(function: Callable[..., Any], data: bytes, descriptors: list[int], report: int) -> int:
    try:
        function(data, descriptors, report)
    except SystemExit as leaving:
        return exit_status(leaving)
    except MemoryError:
        give_up(OUT_OF_MEMORY)
    except BaseException as error:  # noqa: BLE001 - the job's own, shown as Python would
        traceback.print_exc()
        if isinstance(error, OSError) and error.errno in _DISK_FULL:
            give_up(signal.SIGXFSZ)
        return 1
    return 0


def loosen() -> None:
    """Take the address space that was held back for saying that there is none left."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def give_up(reason: signal.Signals) -> None:
    """End this process by ``reason``, which tells the host what ran out."""
    loosen()
    flush()
    signal.signal(reason, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [reason])
    os.kill(os.getpid(), reason)


def exit_status(leaving: SystemExit) -> int:
    """The status that Python would leave with; a message goes to standard error."""
    if leaving.code is None:
        return 0
    if isinstance(leaving.code, int):
        return leaving.code & 0xFF
    print(leaving.code, file=sys.stderr)  # noqa: T201 - what an interpreter does with it
    return 1


def _end(status: int) -> NoReturn:
    """Leave as an interpreter does: threads joined, exit functions called, output flushed."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    except BaseException:  # noqa: BLE001 - a member's exit function can raise anything
        status = status or 1
    os._exit(flush() or status)


def flush() -> int:
    """Write out what was printed; 120 (what CPython leaves with) when that fails."""
    status = 0
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # noqa: BLE001 - closed, replaced by anything, or full
            status = 120
    return status
