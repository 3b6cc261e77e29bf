"""Questions in panels: to be answered, and after the answer with why each option is as it is."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.content import Kind, Question
from bot.domain.options import LETTERS, shown_order
from bot.services.panels import Block, Code, Press, Prose, Words

ROW = 5
"""Buttons in a row."""


def in_rows(presses: Sequence[Press]) -> tuple[tuple[Press, ...], ...]:
    """Buttons in rows of five."""
    return tuple(tuple(presses[start : start + ROW]) for start in range(0, len(presses), ROW))


def asked(question: Question, seed: int, chosen: frozenset[int] = frozenset()) -> tuple[Block, ...]:
    """The question as it is asked: prompt, program, options in the order that ``seed`` gives.

    Options in ``chosen`` are marked as chosen; nothing says whether they are right.
    """
    blocks: list[Block] = [Prose(question.prompt)]
    if question.program:
        blocks.append(Code(question.program, "python"))
    order = shown_order(question, seed)
    options = [
        _option("● " if place in chosen else "", letter, question.options[place].text)
        for letter, place in zip(LETTERS, order, strict=False)
    ]
    if options:
        blocks.append(Prose("\n\n".join(options)))
    return tuple(blocks)


def letters(question: Question) -> str:
    """The letters that the question's options have."""
    return LETTERS[: len(question.options)]


def explained(
    question: Question, seed: int, chosen: frozenset[int] = frozenset(), typed: str = ""
) -> tuple[Block, ...]:
    """The question with its answer: each option with why, the output, the back, and the explanation."""
    blocks: list[Block] = [Prose(question.prompt)]
    if question.program:
        blocks.append(Code(question.program, "python"))
    if question.options:
        blocks.append(Prose("\n\n".join(_judged(question, seed, chosen))))
    if typed:
        blocks += [Prose("**You typed**"), Code(typed)]
    if question.kind is Kind.PREDICT_OUTPUT and question.expected_output is not None:
        blocks += [Prose("**It prints**"), Code(question.expected_output)]
    if question.answer:
        blocks.append(Prose(f"**Answer**\n\n{question.answer}"))
    if question.rubric:
        blocks.append(rubric(question.rubric))
    if question.explanation:
        blocks.append(Prose(question.explanation))
    return tuple(blocks)


def _judged(question: Question, seed: int, chosen: frozenset[int]) -> list[str]:
    lines = []
    for letter, place in zip(LETTERS, shown_order(question, seed), strict=False):
        option = question.options[place]
        mark = "✓ " if option.correct else "✗ " if place in chosen else ""
        yours = " *(your answer)*" if place in chosen else ""
        why = f"\n\n> {_quoted(option.explanation)}" if option.explanation else ""
        lines.append(f"{_option(mark, letter, option.text)}{yours}{why}")
    return lines


def _quoted(text: str) -> str:
    return text.strip().replace("\n", "\n> ")


def _option(mark: str, letter: str, text: str) -> str:
    begins_apart = text.lstrip().startswith(("```", "~~~", "-", "*", "#", ">", "|", "1."))
    return f"{mark}**{letter}.**{chr(10) * 2 if begins_apart else ' '}{text.strip()}"


def rubric(points: Sequence[str]) -> Prose:
    """Points to compare with, or items, as a list."""
    return Prose("\n".join(f"- {point}" for point in points))


def own_words(text: str) -> tuple[Block, ...]:
    """What a member wrote."""
    return (Prose("**Your words**"), Words(text))
