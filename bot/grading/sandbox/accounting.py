"""What the kernel says of a process: its memory and its CPU time."""

from __future__ import annotations

import os
import time
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def mapped(pid: int) -> int:
    """How many bytes of address space a process has."""
    return sizes(pid)[0]


def sizes(pid: int) -> tuple[int, int]:
    """Address space and resident memory of a process, in bytes."""
    size, resident = Path(f"/proc/{pid}/statm").read_text().split()[:2]
    return int(size) * _PAGE, int(resident) * _PAGE


def peak_kb(pid: int) -> int:
    """The most resident memory that a process has had, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status[status.index("VmHWM:") + 6 :].split(maxsplit=1)[0])


def cpu_seconds(pid: int) -> float:
    """CPU seconds that a process has used; the id of its clock is made as in the kernel's posix-timers.h."""
    return time.clock_gettime((~pid << 3) | 2)


def own_bytes(pid: int) -> int:
    """Bytes of memory that only this process has; where this worker may not look, all that it shares too."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except PermissionError:
        return sizes(pid)[1]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) * 1024
