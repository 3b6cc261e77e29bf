"""A pytest plugin of ours: takes down what became of each test and what a failing assertion compared."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from ..guest.bridge.wire import Closed, Violation
from . import feedback

if TYPE_CHECKING:
    from .bridge import Examiner
    from .suite import Suite


class Watcher:
    """One run's results. A result is a dict with ``id``, ``outcome`` and the fields of ``TestRun``."""

    def __init__(self) -> None:
        self.peer: Examiner | None = None
        self.suite: Suite | None = None
        self.collection: list[dict[str, Any]] = []
        self.loading: dict[str, Any] | None = None
        self.ended = ""
        self._results: dict[str, dict[str, Any]] = {}
        self._compared: tuple[str, Any, Any] | None = None
        self._started = 0.0

    def results(self) -> list[dict[str, Any]]:
        """What became of the tests, in the order they ran."""
        return list(self._results.values())

    # ---- the run

    def begin(self, item: pytest.Item) -> bool:
        """A test is about to run; False when the guest is gone."""
        if self.peer is None or self.peer.broken is not None:
            return False
        self.peer.decoys.test = item.nodeid
        self.peer.pipeline.begin(item.nodeid)
        if self.peer.pipeline.aborted:
            return False
        return self.start(item)

    def start(self, item: pytest.Item) -> bool:
        """A test is about to run, with no guest to look after."""
        self._compared = None
        self._started = time.process_time()
        return True

    def fault(self, error: BaseException) -> None:
        """The bridge broke; whatever is not yet a result never will be."""
        self.ended = self.ended or f"{type(error).__name__}: {error}"

    def cannot_load(self, module: str, error: BaseException) -> None:
        """The member's module raised while it was imported."""
        self.loading = feedback.failure(self.peer, error, f"{module} could not be imported")

    def misses(self, module: str, name: str, error: BaseException) -> None:
        """The member's module lacks a name that the tests import."""
        peer = self.peer
        assert peer is not None
        names = peer.ask("exports", sys.modules[module])
        self.loading = feedback.misses(error, module, name, names)

    # ---- hooks

    @pytest.hookimpl(wrapper=True)
    def pytest_collectreport(self, report: Any) -> Any:
        """Take down a file that could not be collected."""
        if report.failed:
            facts = self.loading or {"message": str(report.longrepr)[-2_000:]}
            self.collection.append({"id": report.nodeid, **facts})
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: Any) -> Any:
        """Say why, in terms of the member's module."""
        report = yield
        error = getattr(report, "call", None) and report.call.excinfo
        if error is not None and self.peer is not None:
            cause = error.value
            while cause.__cause__ is not None and type(cause).__name__ == "CollectError":
                cause = cause.__cause__
            self.collection.append(
                {"id": report.nodeid, **feedback.import_failure(self.peer, cause, str(report.longrepr))}
            )
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_assertrepr_compare(self, config: Any, op: str, left: Any, right: Any) -> Any:
        """Keep what a failing assertion compared."""
        self._compared = (op, left, right)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Any:
        """Share a test's folders with the guest."""
        value = yield
        if self.peer is not None and fixturedef.argname in ("tmp_path", "tmpdir"):
            self.peer.watch(str(value))
        elif self.peer is not None and fixturedef.argname == "tmp_path_factory":
            self.peer.watch(str(value.getbasetemp()))
        return value

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: Any) -> Any:
        """Leaving the run is a failure of the test."""
        try:
            return (yield)
        except (KeyboardInterrupt, SystemExit, pytest.exit.Exception) as error:
            raise AssertionError(f"the code ended the run with {type(error).__name__}") from error

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Any:
        """Take down what became of a phase of a test."""
        report = yield
        try:
            self._note(item, call, report)
        except (Violation, Closed) as error:
            self.fault(error)
        return report

    def _note(self, item: pytest.Item, call: Any, report: Any) -> None:
        error = call.excinfo.value if call.excinfo is not None else None
        result = self._results.setdefault(
            item.nodeid, {"id": item.nodeid, "outcome": "missing", "phases": {}}
        )
        if result["phases"].get(report.when) != "failed":
            # A failed sub-test is reported before its test, which unittest then reports as passed.
            word = report.outcome if not hasattr(report, "wasxfail") else "x" + report.outcome
            result["phases"][report.when] = word
        result["stdout"] = (report.capstdout or "")[-65_536:]
        if report.when == "teardown":
            result["outcome"] = _outcome(result["phases"])
            result["cpu_ms"] = (time.process_time() - self._started) * 1000
            if isinstance(error, Violation | Closed) or (
                self.peer is not None and self.peer.broken is not None
            ):
                result["outcome"] = "missing"
        if error is not None and report.failed and "message" not in result:
            if isinstance(error, Violation | Closed):
                self.fault(error)
                result["broken"] = True
            else:
                result |= feedback.explain(self, item, error, self._compared)
            result["stdout"] = (report.capstdout or "")[-65_536:]
        elif isinstance(error, Violation | Closed):
            self.fault(error)
            result["broken"] = True
        if result.get("broken"):
            result["outcome"] = "missing"


def _outcome(phases: dict[str, str]) -> str:
    """The whole of a test's three phases in one word; ``skipped`` and ``xfailed`` are words of their own."""
    if phases.get("setup") != "passed":
        return "skipped" if phases.get("setup") == "skipped" else "error"
    if phases.get("call") != "passed":
        word = phases.get("call", "missing")
        return {"skipped": "skipped", "xskipped": "xfailed", "xpassed": "xpassed"}.get(word, "failed")
    return "passed" if phases.get("teardown") == "passed" else "error"
