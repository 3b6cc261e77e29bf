"""A bank's own page (``bank.yaml``), files with many questions, and the kinds by name."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from bot.domain.content import Difficulty, Kind
from bot.question_bank import limits as bounds
from bot.question_bank.schema.challenges import (
    CodeProject,
    CodeStdout,
    CodeTests,
    Extend,
    FixTheBug,
    WriteATest,
)
from bot.question_bank.schema.fields import Limits, Line, Model, Packages, Short
from bot.question_bank.schema.questions import (
    Checklist,
    Common,
    Flashcard,
    FreeText,
    Level,
    MultipleChoice,
    PredictOutput,
)

KINDS: dict[Kind, type[Common]] = {
    Kind.MULTIPLE_CHOICE: MultipleChoice,
    Kind.PREDICT_OUTPUT: PredictOutput,
    Kind.CODE_STDOUT: CodeStdout,
    Kind.CODE_TESTS: CodeTests,
    Kind.CODE_PROJECT: CodeProject,
    Kind.FIX_THE_BUG: FixTheBug,
    Kind.WRITE_A_TEST: WriteATest,
    Kind.EXTEND: Extend,
    Kind.FLASHCARD: Flashcard,
    Kind.FREE_TEXT: FreeText,
    Kind.CHECKLIST: Checklist,
}
"""The shape of each kind in a file."""


class Defaults(Model):
    """What holds for every question of the bank that does not say otherwise."""

    topic: Short = Field("", description="The topic of questions that name none.")
    difficulty: Level = Field(Difficulty.MEDIUM, description="The difficulty of questions that name none.")
    tags: list[Short] = Field(
        default_factory=list,
        max_length=bounds.LIST_ITEMS,
        description="The tags of questions that have none.",
    )
    level: Short = Field("", description="The level of questions that name none.")
    minutes: int | None = Field(None, ge=1, le=1_440, description="The time of questions that name none.")
    shuffle: bool = Field(False, description="Whether options may be shown in any order.")
    language: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_+-]{0,30}$")] = Field(
        "python", description="The language of challenges that name none."
    )
    limits: Limits = Field(
        default=Limits.model_validate({}), description="The limits of challenges that set none."
    )


class ExamDomain(Model):
    """A part of an exam."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=bounds.TITLE_CHARS)] = Field(
        description="What the part is called in the result."
    )
    weight: int = Field(1, ge=1, le=1_000, description="Its share of the questions, beside the others'.")
    topics: list[Short] = Field(
        min_length=1,
        max_length=bounds.LIST_ITEMS,
        description="The topics of the bank's questions that it is drawn from.",
    )


class Exam(Model):
    """A blueprint for `/exam`: what it draws, how long it takes, what passes."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")] = Field(
        description="Unique in the bank; an exam under the same key is updated."
    )
    title: Annotated[str, StringConstraints(min_length=1, max_length=bounds.TITLE_CHARS)] = Field(
        description="What members see."
    )
    description: Line = Field("", description="For whom it is, and what it asks.")
    count: int = Field(20, ge=1, le=100, description="How many questions each exam draws.")
    minutes: int = Field(30, ge=1, le=600, description="How long a member has, from the first question on.")
    pass_mark: int = Field(70, ge=0, le=100, description="Percent of right answers that pass.")
    domains: list[ExamDomain] = Field(
        min_length=1,
        max_length=20,
        description="Its parts. Each gets a share of the questions by its weight.",
    )


class BankPage(Model):
    """``bank.yaml`` at a bank's root, or the field ``bank`` of a file with many questions."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")] = Field(
        description=(
            "The bank's name: lower-case letters, digits, `.`, `-`, `_`. Importing under the same name "
            "again updates it."
        ),
        examples=["python-interview"],
    )
    description: Line = Field("", description="What the bank is about, for the people who choose it.")
    licence: Short = Field(
        "",
        description="The licence of every question that names none, best as an SPDX name.",
        examples=["CC-BY-4.0"],
    )
    author: Short = Field("", description="The author of every question that names none.")
    packages: Packages = Field(
        default_factory=list,
        description="Import names beyond the standard library that the bank's challenges may use.",
        examples=[["sqlalchemy"]],
    )
    defaults: Defaults = Field(
        default=Defaults.model_validate({}),
        description="What holds for every question that does not say otherwise.",
    )
    exams: list[Exam] = Field(
        default_factory=list, max_length=50, description="Blueprints of exams over the bank's questions."
    )

    @field_validator("exams")
    @classmethod
    def _keys_differ(cls, exams: list[Exam]) -> list[Exam]:
        keys = [exam.key for exam in exams]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise ValueError(f"two exams have the key {twice}; give each its own")
        return exams
