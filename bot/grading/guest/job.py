"""The life of a job: wait behind the wall, take the work, run it, leave."""

from __future__ import annotations

import atexit
import errno
import importlib
import io
import os
import resource
import select
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import Any, NoReturn

from . import errors, kernel, refusals
from .channel import receive, send

CONTROL, LISTENER = 3, 4
"""Where the socket to the host, and what it sends there, are until the work has come."""
ENDED, OUT_OF_MEMORY, DISK_FULL = range(3)
"""What a job says of its end, in one byte; a second byte is its exit status."""
_NO_MEMORY_LEFT = bytes((OUT_OF_MEMORY, 1))
_ballast = [bytearray(1 << 20)]
"""Dropped when there is no memory left, so that there is some to say so with."""
FOOTPRINT: list[int] = []
"""Addresses and numbers of bytes in turn: what jobs of this zygote write to, as the host has learned."""
_QUIET_S = 0.1
"""How long no work has to have come before that is made ready: where work is queued it is in the way."""
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
    end = socket.socket(fileno=CONTROL)
    send(end, {"op": "ready"}, [LISTENER])
    os.close(LISTENER)
    _make_ready(end)
    message, descriptors = receive(end)
    if message is None:
        os._exit(0)
    end.detach()
    _take(message, descriptors)


def _make_ready(end: socket.socket) -> None:
    """Copy the pages that the work will write to, unless it comes at once."""
    if not FOOTPRINT or select.select([end], [], [], _QUIET_S)[0]:
        return
    for address, size in zip(FOOTPRINT[::2], FOOTPRINT[1::2], strict=True):
        kernel.populate(address, size)


def _furnish(home: str) -> None:
    for name in ("HOME", "TMPDIR", "PWD"):
        os.environ[name] = home
    tempfile.tempdir = None  # what it was before the wall
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
    try:
        how, status = _run(function, data, rest, report)
        status = _wind_up() or status
    except MemoryError:  # so little was left that even dealing with it failed
        os.write(CONTROL, _NO_MEMORY_LEFT)
        how, status = OUT_OF_MEMORY, 1
    leave(how, status)


def _open_streams() -> None:
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "r", closefd=False)), encoding="utf-8")
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        raw = io.BufferedWriter(io.FileIO(descriptor, "w", closefd=False))
        errors = "strict" if descriptor == 1 else "backslashreplace"
        setattr(
            sys, name, io.TextIOWrapper(raw, encoding="utf-8", errors=errors, line_buffering=descriptor == 2)
        )
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[assignment,misc]


def _run(function: Callable[..., Any], data: bytes, descriptors: list[int], report: int) -> tuple[int, int]:
    try:
        function(data, descriptors, report)
    except SystemExit as leaving:
        return ENDED, exit_status(leaving)
    except MemoryError as error:
        loosen()
        _complain(error)
        return OUT_OF_MEMORY, 1
    except BaseException as error:  # noqa: BLE001 - the job's own, shown as Python would
        _complain(error)
        full = isinstance(error, OSError) and error.errno in _DISK_FULL
        return (DISK_FULL if full else ENDED), 1
    return ENDED, 0


def _complain(error: BaseException) -> None:
    """Show an uncaught exception as the interpreter would, without our own frames before the job's."""
    try:
        trace = errors.outside(error.__traceback__)
        sys.excepthook(type(error), error.with_traceback(trace), trace)
    except BaseException:  # noqa: BLE001, S110 - the job may have put anything there
        pass


def loosen() -> None:
    """Take the address space that was held back for saying that there is none left."""
    _ballast.clear()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def exit_status(leaving: SystemExit) -> int:
    """The status that Python would leave with; a message goes to standard error."""
    if leaving.code is None:
        return 0
    if isinstance(leaving.code, int):
        return leaving.code & 0xFF
    print(leaving.code, file=sys.stderr)  # noqa: T201 - what an interpreter does with it
    return 1


def _wind_up() -> int:
    """End as an interpreter does: join threads, call exit functions, write output; 0 if all went well."""
    status = 0
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    except BaseException:  # noqa: BLE001 - a member's exit function can raise anything
        status = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # noqa: BLE001 - closed, replaced by anything, or full
            status = status or 120  # what CPython leaves with
    return status


def leave(how: int, status: int) -> NoReturn:
    """Tell the host, and wait to be killed: it need not wait until the kernel has taken this process apart.

    No thread is joined and no exit function called. A job that says so itself, early, has only ended early.
    """
    try:
        os.write(CONTROL, bytes((how, status)))
        while True:
            signal.pause()
    finally:
        os._exit(status)
