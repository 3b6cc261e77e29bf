"""Tests and submission in one process: for suites that cannot run split. Practice only, for nothing in it
is safe.

The order is JSON: ``tests``, ``files`` ([name, text] pairs). The report has the shape of ``examine``'s.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from ..guest import job
from ..guest.bridge.serve import write_files
from .standin import Standins
from .suite import Suite
from .watcher import Watcher


def run(payload: bytes, descriptors: list[int], report: int) -> None:
    """Entry point."""
    order = json.loads(payload)
    home = Path.cwd()
    write_files(str(home), order["files"])
    sys.path.insert(0, str(home))
    watcher = Watcher()
    suite = Suite(home, order["tests"], Standins((), ()), watcher)
    watcher.suite = suite
    suite.collect()
    suite.run(suite.items, lambda item: watcher.start(item))
    answer = {
        "tests": watcher.results(),
        "collected": [item.nodeid for item in suite.items],
        "collection": watcher.collection,
        "loading": None,
        "matrix": None,
        "prepared": False,
        "fault": "",
    }
    data = json.dumps(answer).encode()
    while data:
        data = data[os.write(report, data) :]
    job.leave(job.ENDED, 0)
