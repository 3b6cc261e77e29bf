"""The judge's words: what a run is asked to do, what happened in it, and the verdict.

The sandbox reports ``RunReport`` (what happened); ``bot.domain.judging`` turns it into a
``Judgement`` (whether it is right). Nothing here runs anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.content import Challenge, Show, SourceFile


class Verdict(StrEnum):
    """The one word a member gets. All but the last are about their code."""

    ACCEPTED = "accepted"
    WRONG_ANSWER = "wrong_answer"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    RUNTIME_ERROR = "runtime_error"
    COMPILE_ERROR = "compile_error"
    INTERNAL_ERROR = "internal_error"
    """Always ours; it never costs the member anything."""


class Ending(StrEnum):
    """How the member's program came to its end, as seen from outside it."""

    FINISHED = "finished"
    """It ran to its end (a non-zero exit status or an exception included; see ``exit_code``)."""
    CPU_LIMIT = "cpu_limit"
    WALL_LIMIT = "wall_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    DISK_LIMIT = "disk_limit"
    PROCESS_LIMIT = "process_limit"
    SIGNALLED = "signalled"
    """Killed by a signal of its own making (``exit_code`` is minus the signal)."""
    BROKEN = "broken"
    """The sandbox itself failed: an internal error, never the member's fault."""


class TestOutcome(StrEnum):
    """What became of one test."""

    __test__ = False

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    """It raised outside an assertion, or its set-up did."""
    MISSING = "missing"
    """It never reported: the run ended before it, or something interfered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a run used, measured from outside."""

    wall_ms: float = 0.0
    cpu_ms: float = 0.0
    memory_mb: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeError:
    """An exception in the member's own code, for the message: nothing is decided by it.

    ``line`` is counted from 1 in the member's own ``file``; ``caret`` is the source line with a
    caret under the place, for syntax errors; ``trace`` shows the member's own frames only.
    """

    type: str
    message: str
    file: str = ""
    line: int | None = None
    caret: str = ""
    trace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One run of the member's program."""

    ending: Ending
    exit_code: int | None = None
    stdout: str = ""
    stderr: str = ""
    truncated: bool = False
    """Whether output was cut at the limit."""
    error: CodeError | None = None
    while_loading: bool = False
    """Whether ``error`` came up while the code was compiled (syntax) rather than run."""
    usage: Usage = field(default_factory=Usage)
    note: str = ""
    """For ``BROKEN``: what failed, for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRun:
    """One test as the trusted side saw it. Texts are unabridged: ``judging`` applies ``show``."""

    __test__ = False

    id: str
    """``file.py::test_name[param]``; unique in the challenge."""
    outcome: TestOutcome
    show: Show = Show.ALL
    stage: int = 1
    call: str = ""
    """The expression under test, e.g. ``add(2, 3)``."""
    expected: str = ""
    got: str = ""
    message: str = ""
    stdout: str = ""
    error: CodeError | None = None
    cpu_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRun:
    """One run of a program against one ``StdoutCase``; ``checker`` holds the author's answer."""

    name: str
    execution: Execution
    checker: bool | None = None
    checker_message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingJob:
    """All that a worker needs. ``key`` names the challenge version, for caches."""

    key: str
    challenge: Challenge
    files: tuple[SourceFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What happened. Exactly one of ``cases`` and ``tests`` is used, by the challenge's kind.

    ``execution`` is the run as a whole (for ``cases``, the worst of them). ``expected_tests``
    are the ids that have to be there, each once, for an acceptance: they come from the trusted
    side's own collection. ``judged_outside`` is false when the suite could only run beside the
    member's code; such a result is practice and earns no ranked points.
    """

    execution: Execution
    cases: tuple[CaseRun, ...] = ()
    tests: tuple[TestRun, ...] = ()
    expected_tests: tuple[str, ...] = ()
    judged_outside: bool = True


@dataclass(frozen=True, slots=True)
class SuiteProblem:
    """A test that the reference passes under plain pytest and not when judged from outside.

    ``line`` is counted from 1 in the test's file; 0 where none is known.
    """

    test: str
    line: int
    message: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class SuiteCheck:
    """What the publish gate is told of a suite. ``judged_outside`` false: the challenge is practice."""

    judged_outside: bool
    problems: tuple[SuiteProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TestLine:
    """One test as the member may see it."""

    __test__ = False

    name: str
    outcome: TestOutcome
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict and everything a verdict card shows. Safe to show: policies are applied."""

    verdict: Verdict
    ranked: bool
    headline: str
    """One sentence a tired person understands."""
    tests: tuple[TestLine, ...] = ()
    call: str = ""
    expected: str = ""
    got: str = ""
    diff: str = ""
    error: CodeError | None = None
    stdout: str = ""
    usage: Usage = field(default_factory=Usage)
    passed: int = 0
    total: int = 0
    stages_passed: int = 0
    note: str = ""
    """For an internal error: what failed, for the operator's log; never shown."""

    @property
    def accepted(self) -> bool:
        """Whether the submission solved the challenge."""
        return self.verdict is Verdict.ACCEPTED
