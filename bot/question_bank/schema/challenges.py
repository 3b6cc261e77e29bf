"""The kinds that are answered with code."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.domain.content import Match
from bot.question_bank import limits as bounds
from bot.question_bank.schema.fields import (
    Case,
    Code,
    FileName,
    Files,
    Limits,
    Markdown,
    NamedFiles,
    Packages,
    Tests,
    Variants,
    Verbatim,
)
from bot.question_bank.schema.questions import Common, explanation


class Coded(Common):
    """What all challenges share.

    Wherever code is asked for, one text means the file ``entry``; a mapping of file names to texts
    means several files.
    """

    prompt: Markdown = Field(
        min_length=1, description="What to do, in Markdown: names, arguments, results, examples."
    )
    language: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_+-]{0,30}$")] = Field(
        "python", description="The language of the member's code.", examples=["python", "sql"]
    )
    entry: FileName = Field(
        "",
        description=(
            "The file that a submission without a file name becomes, and that code given as one text "
            "stands for. "
            "Default: `solution.py` (for `write_a_test`: `test_solution.py`), or the name of "
            "`solution`'s only file."
        ),
    )
    starter: Files | None = Field(
        None,
        description="What the member starts from. It must not be accepted as an answer. Folder: `starter/`.",
    )
    given: NamedFiles = Field(
        default_factory=dict,
        description=(
            "Read-only files beside the member's own, such as helpers and data: file name -> text. "
            "Folder: `given/`."
        ),
    )
    solution: Files | None = Field(
        None,
        description="A correct answer, shown afterwards; it must be accepted. Folder: `solution/`.",
    )
    solutions: Variants = Field(
        default_factory=dict,
        description=(
            "Further correct answers, each under a name; all must be accepted. Folders: `solutions/NAME/`."
        ),
    )
    wrong: Variants = Field(
        default_factory=dict,
        description=(
            "Typical wrong answers, each under a name that says what is wrong; all must be refused. They "
            "prove that "
            "the tests test something. Folders: `wrong/NAME/`."
        ),
        examples=[{"forgets the empty list": "def mean(xs):\n    return sum(xs) / len(xs)\n"}],
    )
    packages: Packages = Field(
        default_factory=list,
        description="Import names beyond the standard library that it needs; added to those of the bank.",
        examples=[["sqlalchemy"]],
    )
    limits: Limits = Field(
        default=Limits.model_validate({}), description="What one run may use, where the defaults do not fit."
    )
    explanation: Markdown = explanation()


class CodeStdout(Coded):
    """A program judged by what it prints."""

    keeps_null = frozenset({"stdin", "output"})

    kind: Literal["code_stdout"]
    stdin: Verbatim = Field("", description="What the program reads, where there is only one run.")
    output: Verbatim | None = Field(
        None,
        description=(
            "What the program must print, where there is only one run. Kept as typed, never dedented."
        ),
    )
    cases: list[Case] = Field(
        default_factory=list,
        max_length=bounds.LIST_ITEMS,
        description="Several runs, each with its input and output; used instead of `output` and `stdin`.",
    )
    match: Match = Field(
        Match.EXACT,
        description=(
            "How output is compared. `exact`: line by line, space at line ends and empty lines at the "
            "end do not "
            "count. `tolerance`: the same, but numbers may differ by `tolerance`. `pattern`: `{float}`, "
            "`{int}`, "
            "`{word}`, `{any}` in the output stand for what varies. `unordered`: the same lines in any "
            "order. "
            "`checker`: the function in `checker` decides."
        ),
    )
    tolerance: float = Field(
        1e-6,
        ge=0,
        allow_inf_nan=False,
        description="For `match: tolerance`: absolute or relative, the kinder one.",
    )
    checker: Code = Field(
        "",
        description=(
            "For `match: checker`: Python with a function `check(output, stdin, expected)` that returns "
            "true or false."
        ),
    )


class Tested(Coded):
    """What challenges judged by pytest files share."""

    tests: Tests = Field(
        default_factory=dict,
        description=(
            "The pytest files members may see: one text (file `test_solution.py`), or file name -> code, or "
            "file name -> `{code, show, stage, each}`. Folder: `tests/`."
        ),
    )
    hidden_tests: Tests = Field(
        default_factory=dict,
        description=(
            "As `tests`, but hidden from members (one text: file `test_hidden.py`). Folder: `hidden/`."
        ),
    )
    partial_credit: bool = Field(
        False, description="Whether passing some of the tests earns some of the points."
    )


class CodeTests(Tested):
    """A module to write, judged by pytest files."""

    kind: Literal["code_tests"]


class CodeProject(Tested):
    """Several files to write, judged by pytest files, in stages if wanted (``stage`` of each test file)."""

    kind: Literal["code_project"]


class FixTheBug(Tested):
    """A broken program to mend. ``starter`` is the broken program; the tests must fail on it."""

    kind: Literal["fix_the_bug"]


class Extend(Tested):
    """Working code with its suite, to be added to. Old and new tests go into ``tests`` and must both pass."""

    kind: Literal["extend"]


class WriteATest(Coded):
    """The member writes a pytest file: it must pass on ``right`` and fail on each of ``broken``."""

    kind: Literal["write_a_test"]
    right: Files | None = Field(
        None,
        description=(
            "The correct version of the code under test; one text means the file `solution.py`. The "
            "member sees it "
            "and imports from it. Folder: `right/`."
        ),
    )
    broken: Variants = Field(
        default_factory=dict,
        description=(
            "Broken versions, each under a name that says what is broken; the member's test must fail on "
            "each. "
            "One text replaces the only file of `right`. Folders: `broken/NAME/`."
        ),
    )
    partial_credit: bool = Field(
        False, description="Whether catching some of the broken versions earns some points."
    )
