"""The examiner's entry points: ``prepare`` once for a challenge, ``run`` for each submission.

The order is JSON: ``key``; ``tests``, ``given`` ([name, text] pairs); ``last`` (files and functions to run
last); ``modules``, ``packages`` (what stays with the guest); ``written`` (the tests are a member's own);
``seed``, ``matrix``, ``likes`` (see ``decoys``), ``shapes`` (see there), ``rows`` (see ``pipeline``),
``recording``.
The report is JSON: ``tests`` (see ``Watcher``), ``collected`` (ids), ``matrix``, ``shapes`` and ``rows`` when
recording, ``prepared`` (whether the collected tests could be used), ``first`` (what they then import of the
guest's), ``fault`` (why the run ended early).
"""

from __future__ import annotations

import gc
import json
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..guest import job
from ..guest.bridge.serve import write_files
from ..guest.bridge.wire import Channel, Closed, Violation
from . import patches
from .bridge import Examiner
from .decoys import Decoys, literals
from .draining import using_up
from .independence import Independence, independent_tests
from .methods import Instructions, called_attributes
from .rows import kept
from .standin import Standins
from .suite import Suite, module_name
from .watcher import Watcher

WITHOUT_SENDING_AHEAD = b"without"
"""The payload of a prepared run in which no call is sent ahead (see ``pipeline``)."""
_DEEPEST = 12_000
"""Nested calls, of C functions too: data from the guest may be deep."""
_THREAD_STACK = 6 << 20
"""Bytes: room for that many in every thread (CPython 3.11 takes some 300 for each level of a comparison)."""
_prepared: Prepared | None = None
_current: list[Examiner] = []


class Prepared:
    """A challenge's suite, with the tests collected where that could be done without a guest."""

    def __init__(self, order: dict[str, Any], home: Path) -> None:
        self.key = order["key"]
        self.order = order
        sys.setrecursionlimit(_DEEPEST)
        threading.stack_size(_THREAD_STACK)
        write_files(str(home), order["given"])
        self.standins = Standins(order["modules"], order["packages"])
        self.standins.install()
        self.watcher = Watcher()
        folder = home / "suite"
        folder.mkdir(exist_ok=True)
        self.suite = Suite(folder, order["tests"], self.standins, self.watcher)
        self.watcher.suite = self.suite
        self.literals = literals(text for _, text in order["tests"])
        sources = {} if order.get("written") else _by_path(self.suite, order)
        self.called = Instructions(sources, called_attributes) if sources else None
        self.uses_up = Instructions(sources, using_up) if sources else None
        self.owners: list[tuple[Any, Any]] | None = None
        patches.install(lambda: _current[0] if _current else None)

    def collect(self) -> None:
        """Collect ahead, if the tests allow it."""
        self.suite.collect()
        gc.collect()
        usable = not (self.standins.touched or self.watcher.collection)
        self.owners = self.suite.placeholder_owners() if usable else None
        if self.owners is None:
            self.suite.forget()
        self.suite.remember_sources()
        self.watcher.collection.clear()


def prepare(payload: bytes) -> None:
    """Entry point of the sub-zygote."""
    global _prepared
    _prepared = Prepared(json.loads(payload), Path(os.getcwd()))
    _prepared.collect()


def run(payload: bytes, descriptors: list[int], report: int) -> None:
    """Entry point of a run. The bridge to the guest is the first descriptor."""
    global _prepared
    if _prepared is not None and _prepared.owners is not None:
        write_files(os.getcwd(), _prepared.order["given"])
    else:  # a folder of its own, where the tests are imported anew
        if _prepared is not None:
            sys.meta_path.remove(_prepared.standins)
        _prepared = Prepared(_prepared.order if _prepared else json.loads(payload), Path(os.getcwd()))
        _prepared.suite.remember_sources()
    channel = Channel(socket.socket(fileno=descriptors[0]))
    data = json.dumps(_run(_prepared, channel, ahead=payload != WITHOUT_SENDING_AHEAD)).encode()
    while data:
        data = data[os.write(report, data) :]
    channel.close()
    job.leave(job.ENDED, 0)


def _run(prepared: Prepared, channel: Channel, ahead: bool) -> dict[str, Any]:
    order, suite, standins, watcher = prepared.order, prepared.suite, prepared.standins, prepared.watcher
    decoys = Decoys(order.get("matrix") or {}, order["seed"], bool(order.get("recording")))
    decoys.likes = bool(order.get("likes"))
    peer = Examiner(channel, decoys, order.get("shapes"))
    peer.sealed = bool(order.get("written"))
    peer.send_ahead(order.get("rows") if ahead else None, decoys.recording)
    peer.called, peer.uses_up = prepared.called, prepared.uses_up
    watcher.peer = peer
    _current[:] = [peer]
    peer.patches.settle()
    standins.peer = peer
    decoys.files, decoys.literals = frozenset(suite.paths), prepared.literals
    peer.shapes.files = suite.paths
    peer.policy.suite = {module_name(name) for name in suite.paths.values()}
    ready = prepared.owners is not None
    first = [name for name in sys.modules if standins.knows(name)] if ready else []
    try:
        if ready:
            _bind(prepared, peer)
        else:
            suite.collect()
        peer.policy.suite |= {m.__name__ for m in suite.modules()}
        if watcher.loading is None:
            suite.run(suite.in_order(order.get("last", ())), watcher.begin)
        peer.pipeline.end()
        _part(peer, watcher)
    except BaseException as error:  # noqa: BLE001 - whatever ended the run, what is known of it is reported
        watcher.fault(error)
        if id(error) in peer.traces:
            watcher.cannot_load("the code", error)
    return {
        "tests": watcher.results(),
        "collected": [item.nodeid for item in suite.items],
        "collection": watcher.collection,
        "loading": watcher.loading,
        "matrix": decoys.matrix if decoys.recording else None,
        "shapes": peer.shapes.places if decoys.recording else None,
        "prepared": ready,
        "first": first,
        "rows": kept(peer.pipeline.recorded, _independence(order)) if decoys.recording else None,
        "again": peer.pipeline.aborted,
        "fault": watcher.ended,
    }


def _by_path(suite: Suite, order: dict[str, Any]) -> dict[str, str]:
    texts = dict(order["tests"])
    return {path: texts[name] for path, name in suite.paths.items()}


def _independence(order: dict[str, Any]) -> Callable[[str], Independence | None]:
    """By test id: what is known of an independent test, None for others."""
    texts = dict(order["tests"])
    known: dict[str, dict[str, Independence]] = {}

    def independent(test: str) -> Independence | None:
        path, _, name = test.partition("::")
        if path not in known:
            hooked = any("autouse" in text or "conftest" in file for file, text in texts.items())
            known[path] = {} if hooked else independent_tests(texts.get(path, ""), order["modules"])
        return known[path].get(name.partition("[")[0])

    return independent


def _bind(prepared: Prepared, peer: Examiner) -> None:
    """Put the guest's objects where the placeholders are."""
    standins, watcher = prepared.standins, prepared.watcher
    for name, module in list(sys.modules.items()):
        if standins.knows(name):
            try:
                standins.load(module)  # type: ignore[arg-type]
            except (Violation, Closed):
                raise
            except BaseException as error:  # noqa: BLE001 - the member's module raised it
                watcher.cannot_load(name, error)
                return
    found: dict[int, Any] = {}
    for (owner_name, name), placeholder in standins.placeholders.items():
        try:
            found[id(placeholder)] = getattr(sys.modules[owner_name], name)
        except AttributeError as error:
            watcher.misses(owner_name, name, error)
            return
    for owner, key in prepared.owners or ():
        owner[key] = found[id(owner[key])]


def _part(peer: Examiner, watcher: Watcher) -> None:
    """The run is over: nothing may have been said on the bridge that was not asked for."""
    if peer.broken is not None:
        watcher.fault(peer.broken)
