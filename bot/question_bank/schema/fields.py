"""The building blocks that several kinds share: texts, code, files, tests, cases, limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from bot.domain.content import Show
from bot.question_bank import limits as bounds
from bot.question_bank.yaml_tree import Null

MAIN_FILE = "<main>"
"""Stands for the file's name where code was given without one."""

KEY = r"^[a-z0-9][a-z0-9._-]{0,99}$"
FILE_NAME = r"^(?!.*(^|/)\.)[^/\\:\x00-\x1f][^\\:\x00-\x1f]{0,119}$"
"""A relative POSIX path: no leading slash, no part that starts with a dot."""


def _file_name(name: str) -> str:
    parts = name.split("/")
    if len(parts) > bounds.FOLDER_DEPTH or any(not part or part != part.strip() for part in parts):
        raise ValueError("a file name is a relative path such as `bank/account.py`")
    return name


def _keep_null(value: Any) -> Any:
    return str(value) if isinstance(value, Null) else value


_VERBATIM_SCHEMA = {"type": ["string", "number", "boolean", "null"]}

Verbatim = Annotated[
    str,
    StringConstraints(max_length=bounds.PROMPT_CHARS),
    BeforeValidator(_keep_null),
    WithJsonSchema(_VERBATIM_SCHEMA),
]
"""A text kept exactly as typed, even when YAML would make it a number, a boolean or null."""
Short = Annotated[str, StringConstraints(max_length=bounds.TITLE_CHARS)]
Line = Annotated[str, StringConstraints(max_length=bounds.LINE_CHARS)]
Markdown = Annotated[str, StringConstraints(max_length=bounds.PROMPT_CHARS)]
Code = Annotated[str, StringConstraints(max_length=bounds.CODE_CHARS)]
FileName = Annotated[str, StringConstraints(pattern=FILE_NAME), AfterValidator(_file_name)]


class Model(BaseModel):
    """Base of every part of the format: unknown fields are errors, ``null`` means "not written"."""

    model_config = ConfigDict(extra="forbid", frozen=True, regex_engine="python-re")

    keeps_null: ClassVar[frozenset[str]] = frozenset()
    """Fields in which the text ``null`` means the four letters."""

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {k: v for k, v in data.items() if not isinstance(v, Null) or k in cls.keeps_null}


def _shorthand(wrap: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Lets a bare text stand for the mapping ``wrap`` makes of it."""

    def expand(value: Any) -> Any:
        return wrap(str(value)) if isinstance(value, str) else value

    return expand


Files = Annotated[
    dict[FileName, Code],
    Field(min_length=1, max_length=bounds.FILES_PER_QUESTION),
    BeforeValidator(
        _shorthand(lambda text: {MAIN_FILE: text}), json_schema_input_type=str | dict[FileName, Code]
    ),
]
"""Code: one text, or file name -> text."""
NamedFiles = Annotated[dict[FileName, Code], Field(max_length=bounds.FILES_PER_QUESTION)]
"""File name -> text."""
Title = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Variants = Annotated[dict[Title, Files], Field(max_length=bounds.LIST_ITEMS)]
"""Several known programs: what each one is -> its code."""


class Test(Model):
    """A pytest file, when more than its code has to be said."""

    __test__ = False

    code: Code = Field(
        "",
        description=(
            "The pytest file. It imports the member's code by the name of the `entry` file: "
            "`from solution import add`. Left out when the file stands in the folder `tests/` or `hidden/`."
        ),
    )
    show: Show | None = Field(
        None,
        description=(
            "How much members see of these tests. `show`: everything (default for `tests`). "
            "`hide`: only that a hidden test failed (default for `hidden_tests`). "
            "`name_only`: names and pass or fail. `show_if_failed`: nothing until it fails, then everything."
        ),
    )
    stage: int = Field(
        1, ge=1, le=50, description="For work in steps: which step this file belongs to, counted from 1."
    )
    each: dict[Short, Show] = Field(
        default_factory=dict,
        max_length=bounds.LIST_ITEMS,
        description="Exceptions to `show` for single test functions, by name: `{test_negative: hide}`.",
    )


Tests = Annotated[
    dict[
        FileName,
        Annotated[
            Test, BeforeValidator(_shorthand(lambda code: {"code": code}), json_schema_input_type=Code | Test)
        ],
    ],
    Field(max_length=bounds.FILES_PER_QUESTION),
    BeforeValidator(
        _shorthand(lambda code: {MAIN_FILE: code}), json_schema_input_type=Code | dict[FileName, Code | Test]
    ),
]
"""Pytest files: one text, or file name -> text or ``Test``."""


class Option(Model):
    """One option. A bare text is a wrong option without an explanation of its own."""

    keeps_null = frozenset({"text"})

    text: Verbatim = Field(
        description=(
            "What the member reads, in Markdown. Kept exactly as typed: `yes` and `1.0` stay as they are."
        )
    )
    right: bool = Field(
        False, description="Whether choosing it is right. At least one option is; several may be."
    )
    why: Line = Field("", description="Why this option is right or wrong; shown after the answer.")


Options = list[
    Annotated[
        Option,
        BeforeValidator(_shorthand(lambda text: {"text": text}), json_schema_input_type=Verbatim | Option),
    ]
]


class Case(Model):
    """One run of the program: what it reads and what it must print."""

    keeps_null = frozenset({"stdin", "output"})

    name: Title = Field(
        "", description='What this case is about, e.g. "empty input". Default: `case 1`, `case 2` ...'
    )
    stdin: Verbatim = Field("", description="What the program reads from standard input.")
    output: Verbatim = Field(
        description="What it must print, compared as `match` says. Kept exactly as typed; write it with `|`."
    )
    show: Show = Field(
        Show.ALL, description="How much members see of this case; the same words as for tests."
    )


class Limits(Model):
    """What one run may use; the defaults fit nearly every challenge."""

    cpu_ms: int = Field(5_000, ge=50, le=60_000, description="CPU time in milliseconds.")
    wall_ms: int = Field(15_000, ge=100, le=120_000, description="Time on the clock in milliseconds.")
    memory_mb: int = Field(256, ge=16, le=2_048, description="Memory in MB.")
    output_kb: int = Field(64, ge=1, le=4_096, description="Printed output in KB.")
    disk_mb: int = Field(16, ge=1, le=256, description="Files written, in MB.")
    files: int = Field(256, ge=8, le=4_096, description="Number of files written.")


Packages = Annotated[
    list[Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]],
    Field(max_length=bounds.LIST_ITEMS),
]
