"""Which pages of a zygote's memory its jobs write to, learned by looking at the first few.

A fork shares its parent's pages until it writes to them; then the kernel copies the page, which costs more
than what the interpreter does with it. Jobs of one zygote write mostly to the same pages, so a process that
waits for work can have them copied beforehand. Only addresses are kept, never contents.
"""

from __future__ import annotations

import mmap
import os
from array import array
from collections import Counter
from pathlib import Path

_LOOKS = 4
_OFTEN = 2
"""In how many of the jobs looked at a page has to have been written to."""
_MOST_RANGES = 1_500
"""As many as go into one message; the rest is copied when it is written to."""
_OWN = 1 << 63 | 1 << 56
"""In an entry of pagemap: present, and mapped by this process alone."""


class Footprint:
    """The pages that jobs of one zygote write to."""

    def __init__(self) -> None:
        self._looks = 0
        self._counts: Counter[int] = Counter()

    @property
    def pages(self) -> list[int]:
        """The numbers of the pages that are known to be written to often."""
        return sorted(page for page, count in self._counts.items() if count >= _OFTEN)

    def look(self, pid: int) -> list[int] | None:
        """Look at a job that is done and still there.

        What is known then, as addresses and numbers of bytes in turn; None once enough jobs were looked at,
        or where this worker may not look (root in a container without CAP_SYS_PTRACE).
        """
        if self._looks >= _LOOKS:
            return None
        self._looks += 1
        try:
            self._counts.update(written(pid))
        except OSError:
            self._looks = _LOOKS
            return None
        return ranges(self.pages)


def written(pid: int) -> list[int]:
    """The numbers of the pages that are a process's own in what it may write to. Raises ``OSError``."""
    found: list[int] = []
    with open(f"/proc/{pid}/pagemap", "rb", buffering=0) as pagemap:
        for line in Path(f"/proc/{pid}/maps").read_text(errors="replace").splitlines():
            bounds, rights, *_ = line.split(maxsplit=2)
            if rights != "rw-p":
                continue
            start, end = (int(bound, 16) // mmap.PAGESIZE for bound in bounds.split("-"))
            entries = array("Q", os.pread(pagemap.fileno(), (end - start) * 8, start * 8))
            found += [start + at for at, entry in enumerate(entries) if entry & _OWN == _OWN]
    return found


def ranges(pages: list[int]) -> list[int]:
    """Sorted page numbers as addresses and numbers of bytes, the largest ranges if there are too many."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][0] + runs[-1][1]:
            runs[-1][1] += 1
        else:
            runs.append([page, 1])
    runs = sorted(runs, key=lambda run: -run[1])[:_MOST_RANGES]
    return [number * mmap.PAGESIZE for run in runs for number in run]
