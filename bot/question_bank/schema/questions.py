"""The kinds that are answered without writing code."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from bot.domain.content import Difficulty
from bot.question_bank import limits as bounds
from bot.question_bank.schema.fields import (
    KEY,
    Code,
    Line,
    Markdown,
    Model,
    Options,
    Packages,
    Short,
    Verbatim,
)

Level = Annotated[
    Difficulty, BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)
]


class Common(Model):
    """What every kind has. Some of these can be set for a whole bank, in its ``defaults``."""

    key: Annotated[str, StringConstraints(pattern=KEY)] = Field(
        "",
        description=(
            "The question's name inside its bank: lower-case letters, digits, `.`, `-`, `_`. It must "
            "never change: "
            "under the same key an edited question is a new version of it. May be left out when the file "
            "(or, for "
            "a `question.yaml`, its folder) holds one question only: then its name is the key."
        ),
        examples=["async-gather-order"],
    )
    title: Short = Field(
        "",
        description=(
            "A short heading, shown above the question. Default: the first line of the prompt, shortened."
        ),
        examples=["What does gather return?"],
    )
    topic: Short = Field(
        "general",
        description="The one subject it belongs to; members ask for it by `/quiz topic`.",
        examples=["asyncio", "sqlalchemy"],
    )
    difficulty: Level = Field(
        Difficulty.MEDIUM, description="`easy`, `medium` or `hard`; it sets the points.", examples=["medium"]
    )
    tags: list[Short] = Field(
        default_factory=list,
        max_length=bounds.LIST_ITEMS,
        description="Further subjects, for searching.",
        examples=[["gather", "tasks"]],
    )
    level: Short = Field(
        "", description="For whom it is meant, in free words.", examples=["junior", "week 3"]
    )
    hints: list[Line] = Field(
        default_factory=list,
        max_length=bounds.LIST_ITEMS,
        description="Given away one at a time, in this order; the last may nearly tell the answer.",
    )
    minutes: int | None = Field(None, ge=1, le=1_440, description="How long it takes, in minutes.")
    author: Short = Field("", description="Who wrote it.")
    licence: Short = Field(
        "",
        description=(
            "Under which licence it may be used, best as an SPDX name. Needed, here or for the whole bank."
        ),
        examples=["CC-BY-4.0"],
    )


def explanation() -> str:
    """The field ``explanation`` of every kind that has one."""
    text: str = Field(
        "", description="Shown after the answer, in Markdown: why it is so, and what to take away from it."
    )
    return text


class MultipleChoice(Common):
    """Two to ten options, one or several of them right. The default kind."""

    kind: Literal["multiple_choice"] = Field(
        "multiple_choice", description="Multiple choice; may be left out, as this is the default kind."
    )
    prompt: Markdown = Field(
        min_length=1,
        description="The question, in Markdown. Code goes into fenced blocks (```` ```python ````).",
    )
    options: Options = Field(
        description=(
            "The options in order, two to ten. A wrong option may be a bare text; a right one is "
            "`{text: ..., right: true}`. With several right ones, exactly all of them are the answer."
        ),
        json_schema_extra={"minItems": 2, "maxItems": 10},
        examples=[
            [{"text": "A list", "right": True, "why": "Results come in the order of the arguments."}, "A set"]
        ],
    )
    shuffle: bool = Field(
        False, description='Whether the options may be shown in any order. Not with "all of the above".'
    )
    explanation: Markdown = explanation()


class PredictOutput(Common):
    """A program; the member types, or chooses, what it prints. Its real output is the key."""

    keeps_null = frozenset({"output"})

    kind: Literal["predict_output"]
    prompt: Markdown = Field(
        "What does this program print?", description="The question above the program, in Markdown."
    )
    program: Code = Field(
        "",
        description=(
            "The whole Python program, runnable as it stands. In a folder it may be the file `program.py`."
        ),
    )
    output: Verbatim | None = Field(
        None,
        description=(
            "Exactly what the program prints. It is run when the bank is checked; a difference rejects the "
            "question. May be left out when `options` are given: then the right option's text is it."
        ),
    )
    packages: Packages = Field(
        default_factory=list,
        description="Import names beyond the standard library that it needs; added to those of the bank.",
        examples=[["sqlalchemy"]],
    )
    options: Options = Field(
        default_factory=list,
        description=(
            "Choices instead of typing; the right one must be the program's output (a fence around it is "
            "fine)."
        ),
        json_schema_extra={"maxItems": 10},
    )
    shuffle: bool = Field(False, description="Whether the options may be shown in any order.")
    explanation: Markdown = explanation()


class Flashcard(Common):
    """Front and back, for spaced repetition. Earns no points."""

    keeps_null = frozenset({"front", "back"})

    kind: Literal["flashcard"]
    front: Verbatim = Field(min_length=1, description="What is asked, in Markdown.")
    back: Verbatim = Field(min_length=1, description="What to remember, in Markdown.")
    explanation: Markdown = explanation()


class FreeText(Common):
    """An open question; members compare with the model answer, point by point. Earns no points."""

    keeps_null = frozenset({"answer"})

    kind: Literal["free_text"]
    prompt: Markdown = Field(min_length=1, description="The question, in Markdown.")
    answer: Verbatim = Field(min_length=1, description="A model answer, in Markdown.")
    rubric: list[Line] = Field(
        default_factory=list,
        max_length=bounds.LIST_ITEMS,
        description="The points a good answer makes, one each; the member ticks those that theirs made.",
    )
    explanation: Markdown = explanation()


class Checklist(Common):
    """Items to tick off for oneself. Earns no points."""

    kind: Literal["checklist"]
    prompt: Markdown = Field(min_length=1, description="What the list is for, in Markdown.")
    items: list[Line] = Field(min_length=1, max_length=bounds.LIST_ITEMS, description="The items, in order.")
    explanation: Markdown = explanation()
