"""What a bank holds: questions to answer and challenges to solve.

These are frozen values. The native file format (``bot.question_bank``) is the way to write
them down, ``bot.storage`` keeps every version of them, and nothing here does I/O.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a member is asked to do, and therefore what decides."""

    MULTIPLE_CHOICE = "multiple_choice"
    """Two to ten options, one or several right; the key decides."""
    PREDICT_OUTPUT = "predict_output"
    """A program; the member types (or chooses) what it prints; its real output decides."""
    CODE_STDOUT = "code_stdout"
    """A program judged by what it prints."""
    CODE_TESTS = "code_tests"
    """A module judged by pytest files, visible and hidden."""
    CODE_PROJECT = "code_project"
    """Several files judged by pytest files, in stages."""
    FIX_THE_BUG = "fix_the_bug"
    """A broken program to mend; tests that fail on the broken one decide."""
    WRITE_A_TEST = "write_a_test"
    """The member's test must pass on the right version and fail on each broken one."""
    EXTEND = "extend"
    """Working code with its suite; the old and the new suite must both pass."""
    FLASHCARD = "flashcard"
    """Front and back, for spaced repetition; earns no points."""
    FREE_TEXT = "free_text"
    """An open question with a model answer and a rubric; earns no points by machine."""
    CHECKLIST = "checklist"
    """Items to tick off; earns no points."""


CODE_KINDS = frozenset(
    {
        Kind.CODE_STDOUT,
        Kind.CODE_TESTS,
        Kind.CODE_PROJECT,
        Kind.FIX_THE_BUG,
        Kind.WRITE_A_TEST,
        Kind.EXTEND,
    }
)
"""The kinds whose answer is code; a value of one of these is a ``Challenge``."""


class Difficulty(StrEnum):
    """How hard the author says it is; it sets the points (``bot.domain.points``)."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What every kind has. ``key`` is unique inside its bank and survives edits."""

    key: str
    title: str
    topic: str
    difficulty: Difficulty
    tags: tuple[str, ...] = ()
    level: str = ""
    """Free text for whom it is meant: "junior", "week 3"."""
    hints: tuple[str, ...] = ()
    """In the order they are given away."""
    minutes: int | None = None
    author: str = ""
    licence: str = ""

    def title_within(self, most: int) -> str:
        """The title in at most ``most`` characters: a longer one is cut after a word, and says so."""
        if len(self.title) <= most:
            return self.title
        start = self.title[: most - 1]
        whole = start if self.title[most - 1].isspace() else start.rpartition(" ")[0]
        return (whole or start).rstrip(" ,;:.") + "…"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a multiple-choice question, in Markdown."""

    text: str
    correct: bool
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something answered without a judge: every kind outside ``CODE_KINDS``.

    ``options`` is used by multiple choice and, optionally, by predict-the-output; ``program``
    and ``expected_output`` by predict-the-output; ``answer`` is a flashcard's back or a free
    text's model answer; ``rubric`` holds a free text's points or a checklist's items.
    """

    meta: Meta
    kind: Kind
    prompt: str
    options: tuple[Option, ...] = ()
    shuffle: bool = False
    explanation: str = ""
    program: str = ""
    expected_output: str | None = None
    answer: str = ""
    rubric: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    """Import names beyond the standard library that ``program`` uses."""

    @property
    def right(self) -> frozenset[int]:
        """The positions (from 0) of the right options."""
        return frozenset(i for i, option in enumerate(self.options) if option.correct)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A text file of a challenge or a submission; ``name`` is a relative POSIX path."""

    name: str
    text: str


class Show(StrEnum):
    """How much of a test a member may see."""

    ALL = "show"
    """Name, source, inputs, expected and got."""
    HIDDEN = "hide"
    """Only that a hidden test failed: never its name, inputs, expected or got."""
    NAME_ONLY = "name_only"
    """Its name and whether it passed, never its inputs, expected or got."""
    UNTIL_FAILED = "show_if_failed"
    """Nothing until it fails, then everything."""


@dataclass(frozen=True, slots=True)
class TestFile:
    """A pytest file of the challenge's author. ``stage`` orders projects done in steps (from 1)."""

    __test__ = False  # pytest collects classes named Test*

    file: SourceFile
    show: Show = Show.ALL
    stage: int = 1
    show_by_test: tuple[tuple[str, Show], ...] = ()
    """Exceptions for single test functions: (function name, policy)."""


class Match(StrEnum):
    """How printed output is compared with what was expected."""

    EXACT = "exact"
    """Line by line; trailing space and trailing empty lines do not count."""
    TOLERANCE = "tolerance"
    """As exact, but numbers may differ by the tolerance (absolute or relative)."""
    PATTERN = "pattern"
    """Line by line, where ``{float}``, ``{int}``, ``{word}``, ``{any}`` stand for what varies."""
    UNORDERED = "unordered"
    """The same lines in any order."""
    CHECKER = "checker"
    """The author's ``check(output, stdin, expected)`` decides, in a sandbox of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StdoutCase:
    """One run of the program: what goes in and what must come out."""

    name: str = "output"
    stdin: str = ""
    expected: str = ""
    show: Show = Show.ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may use. CPU time decides; wall time only guards against sleeping.

    Times in milliseconds, sizes in the unit of the name.
    """

    cpu_ms: int = 5_000
    wall_ms: int = 15_000
    memory_mb: int = 256
    output_kb: int = 64
    disk_mb: int = 16
    files: int = 256


@dataclass(frozen=True, slots=True)
class Variant:
    """A known solution or known wrong answer: what it is called, and its files."""

    title: str
    files: tuple[SourceFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """Something answered with code.

    ``entry`` is the file a submission without file names becomes. ``given`` are read-only files
    beside the member's. For ``WRITE_A_TEST``, ``right`` is the correct version under test and
    ``broken`` are the versions the member's test must catch; the member's own file is ``entry``.
    """

    meta: Meta
    kind: Kind
    prompt: str
    language: str = "python"
    entry: str = "solution.py"
    starter: tuple[SourceFile, ...] = ()
    given: tuple[SourceFile, ...] = ()
    tests: tuple[TestFile, ...] = ()
    cases: tuple[StdoutCase, ...] = ()
    match: Match = Match.EXACT
    tolerance: float = 1e-6
    checker: str = ""
    right: tuple[SourceFile, ...] = ()
    broken: tuple[Variant, ...] = ()
    references: tuple[Variant, ...] = ()
    """At least one; the first is shown as the solution. All must be accepted."""
    wrong: tuple[Variant, ...] = ()
    """Declared wrong solutions, each of which must be refused."""
    explanation: str = ""
    packages: tuple[str, ...] = ()
    """Import names beyond the standard library that a solution may use, e.g. ``sqlalchemy``."""
    partial_credit: bool = False
    limits: Limits = field(default_factory=Limits)


Item = Question | Challenge
"""Anything a bank can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamDomain:
    """A part of an exam: its share of the questions by ``weight``, and the topics they are drawn from."""

    name: str
    weight: int
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """An exam's plan: how many questions, from which domains, in how many minutes, and what passes.

    ``pass_mark`` is a percentage of right answers. ``key`` is unique inside its bank.
    """

    key: str
    title: str
    count: int
    minutes: int
    pass_mark: int
    domains: tuple[ExamDomain, ...]
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """What a bank says about itself; its licence, author and packages are already in its items."""

    name: str
    description: str = ""
    licence: str = ""
    author: str = ""
    packages: tuple[str, ...] = ()
    exams: tuple[Blueprint, ...] = ()
