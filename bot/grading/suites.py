"""Challenges judged by an author's pytest files: the submission in one process, the tests in another.

For each challenge the reference solution is run once. What became of its tests is what has to become of a
submission's; how it compares its objects is what lying comparisons are held against; and if it cannot run
split,
the challenge is practice.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from bot.domain.content import Challenge, Show, SourceFile, TestFile
from bot.domain.grading import (
    CodeError,
    Ending,
    Execution,
    GradingJob,
    RunReport,
    SuiteCheck,
    SuiteProblem,
    TestOutcome,
    TestRun,
)
from bot.grading.sandbox import Prepared, Sandbox
from bot.grading.split import Outcome, run_split, run_together

_MOST_PLANS = 64
_MORE_TRIES = 2
_PASSED, _SKIPPED = "passed", "skipped"
_FINE = frozenset({_PASSED, _SKIPPED, "xfailed"})


@dataclass(slots=True)
class Plan:
    """What is known of a challenge after its reference has run."""

    order: dict[str, Any]
    expected: dict[str, str]
    """By test id: what has to become of it. What the reference made of it where that is ``passed``,
    ``skipped``
    or ``xfailed``; a test that the reference itself fails still has to be passed.
    """
    split: bool
    prepared: Prepared | None = None
    first: list[str] = field(default_factory=list)
    """The modules that collected tests import of the submission, known after the first run with them."""
    problems: tuple[SuiteProblem, ...] = field(default=())
    fault: str = ""
    """Why there is nothing to hold a submission against: the reference does not even come to its tests."""
    lasting: bool = True
    """Whether a second try would say the same: not when a limit or a lost process is the cause."""


class Suites:
    """Runs suites, and keeps the plans of the challenges seen last."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._plans: OrderedDict[str, asyncio.Task[Plan]] = OrderedDict()

    async def grade(self, job: GradingJob) -> RunReport:
        """Run a submission against its challenge's tests. Raises ``SandboxError``."""
        plan = await self._plan(job.key, job.challenge)
        files = _with_given(job.files, job.challenge)
        if plan.split:
            outcome = await run_split(
                self._sandbox, job.challenge, files, plan.order, plan.prepared, plan.first
            )
            plan.first = outcome.report.get("first") or plan.first
        else:
            outcome = await run_together(self._sandbox, job.challenge, files, plan.order)
        return _report(job.challenge, plan, outcome)

    async def check(self, key: str, challenge: Challenge) -> SuiteCheck:
        """What ``Judge.check_suite`` answers."""
        plan = await self._plan(key, challenge)
        return SuiteCheck(plan.split, plan.problems)

    async def _plan(self, key: str, challenge: Challenge) -> Plan:
        task = self._plans.get(key)
        if task is None:
            task = self._plans[key] = asyncio.create_task(self._make_plan(key, challenge))
        self._plans.move_to_end(key)
        while len(self._plans) > _MOST_PLANS:
            self._plans.popitem(last=False)
        try:
            plan = await asyncio.shield(task)
            if not plan.lasting and self._plans.get(key) is task:
                del self._plans[key]
            return plan
        except BaseException:
            if task.done() and self._plans.get(key) is task:
                del self._plans[key]
            raise

    async def _make_plan(self, key: str, challenge: Challenge) -> Plan:
        order = _order(key, challenge)
        if not challenge.references:
            return Plan(order, {}, split=True, prepared=_prepared(key, order))
        files = _with_given(challenge.references[0].files, challenge)
        outcome = await self._record(challenge, files, order)
        if outcome.good(_FINE):
            wanted = _wanted(outcome)
            prepared = _prepared(key, order)
            if order["likes"]:
                again = await run_split(self._sandbox, challenge, files, order, prepared)
                if again.good(_FINE) and _wanted(again) == wanted:
                    return Plan(order, wanted, split=True, prepared=prepared)
                order["likes"] = False  # its objects cannot be made twice
                outcome = await self._record(challenge, files, order)
                prepared = _prepared(key, order)
            return Plan(order, wanted, split=True, prepared=prepared)
        alone = await run_together(self._sandbox, challenge, files, order)
        lasting = not (_by_chance(outcome) or _by_chance(alone))
        if alone.good(_FINE):
            problems = _problems(outcome, alone)
            return Plan(order, _wanted(alone), split=False, problems=problems, lasting=lasting)
        wanted = _wanted(outcome) or _wanted(alone)
        fault = "" if wanted else f"the reference solution does not come to its tests: {_why(outcome)}"
        prepared = _prepared(key, order)
        return Plan(order, wanted, split=True, prepared=prepared, fault=fault, lasting=lasting)

    async def _record(self, challenge: Challenge, files: list[list[str]], order: dict[str, Any]) -> Outcome:
        """Run the reference, and take down in ``order`` how it compares, what it answers and what it calls.

        Where it does not bear that more objects are made than its tests ask for, none are.
        """
        outcome = Outcome(Execution(ending=Ending.BROKEN), {})
        for likes in (True, False) if order["likes"] else (False,):
            order["likes"] = likes
            for _ in range(1 + _MORE_TRIES):
                recording = {**order, "recording": True}
                outcome = await run_split(self._sandbox, challenge, files, recording, None)
                if outcome.good(_FINE) or not _by_chance(outcome):
                    break
            if outcome.good(_FINE):
                order |= {name: outcome.report[name] for name in ("matrix", "rows", "shapes")}
                order["likes"] = likes and any(":make#" in place for place in order["matrix"])
            if outcome.good(_FINE) or _by_chance(outcome):
                break
        return outcome


def _by_chance(outcome: Outcome) -> bool:
    """Whether a run ended for a reason that another run may not have: a limit, or a process that was lost."""
    return outcome.execution.ending is not Ending.FINISHED or bool(outcome.report.get("fault"))


def _why(outcome: Outcome) -> str:
    """The first thing that went wrong with a run as a whole."""
    report = outcome.report
    told = [report.get("loading"), *report.get("collection", [])]
    messages = [str(each.get("message", "")) for each in told if each]
    ending = outcome.execution.note or outcome.execution.ending.value
    return next((m for m in messages if m), str(report.get("fault") or ending))[-1_500:]


def _wanted(outcome: Outcome) -> dict[str, str]:
    return {name: word if word in _FINE else _PASSED for name, word in outcome.outcomes().items()}


def _prepared(key: str, order: dict[str, Any]) -> Prepared:
    name = f"{key}:{order['seed']}"
    return Prepared(key=name, entry="examiner.examine:prepare", payload=json.dumps(order).encode())


def _order(key: str, challenge: Challenge) -> dict[str, Any]:
    return {
        "key": key,
        "tests": [[test.file.name, test.file.text] for test in challenge.tests],
        "given": [[file.name, file.text] for file in challenge.given if not file.name.endswith(".py")],
        "modules": sorted(_modules(challenge)),
        "packages": list(challenge.packages),
        "last": _restricted(challenge),
        "seed": secrets.token_hex(16),
        "matrix": None,
        "likes": True,
    }


def _restricted(challenge: Challenge) -> list[str]:
    """Test files and functions (``file::function``) of which members see nothing. They run last, so that no
    input of theirs can turn up in what a visible test shows.
    """
    closed = (Show.HIDDEN, Show.NAME_ONLY)
    names = []
    for test in challenge.tests:
        names += [test.file.name] if test.show in closed else []
        names += [f"{test.file.name}::{name}" for name, show in test.show_by_test if show in closed]
    return names


def _modules(challenge: Challenge) -> set[str]:
    """The dotted names that the tests may import of the member's and the given files."""
    files = [challenge.entry]
    for group in (challenge.given, challenge.starter, *(variant.files for variant in challenge.references)):
        files += [file.name for file in group]
    tests = {test.file.name for test in challenge.tests}
    return {_module(name) for name in files if name.endswith(".py") and name not in tests} - {""}


def _module(name: str) -> str:
    parts = PurePosixPath(name).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _with_given(files: tuple[SourceFile, ...], challenge: Challenge) -> list[list[str]]:
    """The submission's files with the given ones in place of any of the same name."""
    found = {file.name: file.text for file in files}
    found |= {file.name: file.text for file in challenge.given}
    return [[name, text] for name, text in found.items()]


def _problems(outcome: Outcome, alone: Outcome) -> tuple[SuiteProblem, ...]:
    found = outcome.outcomes()
    facts = {test["id"]: test for test in outcome.report.get("tests", [])}
    why = "; ".join(str(each.get("message", "")) for each in outcome.report.get("collection", []))
    problems = []
    for name in alone.outcomes():
        if found.get(name) not in _FINE:
            told = facts.get(name, {})
            message = str(told.get("message") or why or outcome.report.get("fault") or "")
            message = message or "it did not run to its end"
            problems.append(SuiteProblem(name, int(told.get("at") or 0), message, _suggestion(message)))
    return tuple(problems)


_SUGGESTIONS = (
    (("pickle",), "compare what the code returns instead of pickling its objects"),
    (("__code__", "getsource", "source code", "frame"), "test what the code does, not how it is written"),
    (("cannot be made here", "cannot be changed"), "derive the class in the member's code, or test a result"),
    (("__init__", "cannot be called from here"), "hand over a function or an object of a class of the tests"),
    (("no attribute",), "hand over plain data or an object whose class the test defines"),
    (("cannot be done here", "does not support"), "hand over plain data, or a class of the tests"),
)


def _suggestion(message: str) -> str:
    """What to write instead of a test that cannot be judged from outside."""
    for words, suggestion in _SUGGESTIONS:
        if any(word in message for word in words):
            return suggestion
    return "call the code with plain data and compare what it returns, one step in each test"


def _report(challenge: Challenge, plan: Plan, outcome: Outcome) -> RunReport:
    expected = {name: word for name, word in plan.expected.items() if word != _SKIPPED}
    report = outcome.report
    if not plan.expected:
        expected = dict.fromkeys(report.get("collected", []), _PASSED)
    found = {test["id"]: test for test in report.get("tests", [])}
    loading = report.get("loading")
    failed = {each["id"]: each for each in report.get("collection", [])}
    tests = []
    for name, word in expected.items():
        facts = found.get(name)
        if facts is None:
            facts = loading or failed.get(name.partition("::")[0])
            facts = {**facts, "outcome": "error"} if facts else {"outcome": "missing"}
        tests.append(_test_run(challenge, name, word, facts))
    execution = outcome.execution
    refused = loading or (next(iter(failed.values()), None) if failed else None)
    if refused and refused.get("error"):
        execution = replace(
            execution, error=_error(refused["error"]), while_loading=bool(refused.get("syntax"))
        )
    if execution.ending is Ending.FINISHED and _out_of_memory(tests):
        execution = replace(execution, ending=Ending.MEMORY_LIMIT)
    if plan.fault and not expected:
        execution = replace(execution, ending=Ending.BROKEN, note=plan.fault)
    return RunReport(
        execution=execution,
        tests=tuple(tests),
        expected_tests=tuple(expected),
        judged_outside=plan.split,
    )


def _out_of_memory(tests: list[TestRun]) -> bool:
    return any(t.error is not None and t.error.type == "MemoryError" for t in tests)


def _test_run(challenge: Challenge, name: str, word: str, facts: dict[str, Any]) -> TestRun:
    test = _file_of(challenge, name)
    outcome = facts["outcome"]
    known = {"failed": TestOutcome.FAILED, "error": TestOutcome.ERROR, "missing": TestOutcome.MISSING}
    result = TestOutcome.PASSED if outcome == word else known.get(outcome, TestOutcome.FAILED)
    message = str(facts.get("message", ""))
    if result is not TestOutcome.PASSED and not message and outcome not in known:
        message = f"the test was {outcome}, and has to be {word}"
    return TestRun(
        id=name,
        outcome=result,
        show=_show(test, name),
        stage=test.stage if test else 1,
        call=str(facts.get("call", "")),
        expected=str(facts.get("expected", "")),
        got=str(facts.get("got", "")),
        message=message,
        stdout=str(facts.get("stdout", "")),
        error=_error(facts["error"]) if facts.get("error") else None,
        cpu_ms=float(facts.get("cpu_ms", 0.0)),
    )


def _error(facts: dict[str, Any]) -> CodeError:
    return CodeError(
        type=facts["type"],
        message=facts["message"],
        file=facts.get("file", ""),
        line=facts.get("line"),
        caret=facts.get("caret", ""),
        trace=facts.get("trace", ""),
    )


def _file_of(challenge: Challenge, name: str) -> TestFile | None:
    path = name.partition("::")[0]
    return next((test for test in challenge.tests if test.file.name == path), None)


def _show(test: TestFile | None, name: str) -> Show:
    if test is None:
        return Show.HIDDEN
    function = name.rpartition("::")[2].partition("[")[0]
    return dict(test.show_by_test).get(function, test.show)
