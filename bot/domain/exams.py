"""Practice exams: how questions are shared among domains, and what a finished exam is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.comparing import same_output
from bot.domain.content import Blueprint, ExamDomain, Match, Question

MOST_QUESTIONS = 100
MOST_MINUTES = 600
AD_HOC_PASS_MARK = 70
"""Percent that passes an exam which a member puts together."""


def shares(count: int, weights: Sequence[int]) -> tuple[int, ...]:
    """``count`` shared by weight: whole parts first, the rest to the largest remainders, in order."""
    total = sum(weights)
    exact = [count * weight for weight in weights]
    parts = [each // total for each in exact]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(exact[place] % total), place))
    for place in by_remainder[: count - sum(parts)]:
        parts[place] += 1
    return tuple(parts)


def ad_hoc(topics: Sequence[str], count: int, minutes: int) -> Blueprint:
    """An exam that a member puts together: each topic a domain of equal weight."""
    title = f"{', '.join(topics)[:80]}: {count} in {minutes} min"
    domains = tuple(ExamDomain(name=topic, weight=1, topics=(topic,)) for topic in topics)
    return Blueprint(
        key="", title=title, count=count, minutes=minutes, pass_mark=AD_HOC_PASS_MARK, domains=domains
    )


def is_right(question: Question, chosen: frozenset[int], typed: str) -> bool:
    """Whether an answer is right: all the right options and no other, or the output line by line."""
    if question.options:
        return bool(chosen) and chosen == question.right
    if question.expected_output is None or not typed.strip():
        return False
    return same_output(question.expected_output, typed, Match.EXACT, 0.0)


@dataclass(frozen=True, slots=True)
class DomainScore:
    """How one domain went."""

    name: str
    right: int
    asked: int


@dataclass(frozen=True, slots=True)
class Score:
    """How an exam went. ``percent`` is rounded down, so that 69.9 % does not pass at 70."""

    right: int
    asked: int
    passed: bool
    domains: tuple[DomainScore, ...]

    @property
    def percent(self) -> int:
        """Percent of right answers."""
        return self.right * 100 // self.asked if self.asked else 0


def score(blueprint: Blueprint, marks: Sequence[tuple[int, bool]]) -> Score:
    """The score of (domain's place, right or not) for every question; unanswered ones are not right."""
    domains = tuple(
        DomainScore(
            domain.name,
            sum(right for place, right in marks if place == number),
            sum(place == number for place, _ in marks),
        )
        for number, domain in enumerate(blueprint.domains)
    )
    right = sum(right for _, right in marks)
    passed = bool(marks) and right * 100 >= blueprint.pass_mark * len(marks)
    return Score(right, len(marks), passed, domains)
