"""Badges: earned by rules that anybody can read, computed from what happened, never given or bought.

docs/reference/rules.md states the same rules for members.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """What badges are counted from; all of one member in one community."""

    longest_streak: int = 0
    right: int = 0
    """First attempts at questions that were right."""
    solved: int = 0
    """Challenges solved."""
    first_tries: int = 0
    """Challenges solved with the first submission."""
    reviews: int = 0
    exams_passed: int = 0
    duels_won: int = 0
    topics_at_home: int = 0
    """Topics with at least twenty first attempts, four fifths of them right."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of badge: what is counted, and the counts that earn each step."""

    what: str
    count: Callable[[Deeds], int]
    steps: tuple[tuple[int, str], ...]


RULES = (
    Rule(
        "challenge days kept in a row",
        lambda deeds: deeds.longest_streak,
        ((7, "Warm"), (30, "Hot"), (100, "Blazing"), (365, "Sun")),
    ),
    Rule(
        "questions right at the first attempt",
        lambda deeds: deeds.right,
        ((10, "Curious"), (100, "Well read"), (500, "Encyclopaedia")),
    ),
    Rule(
        "challenges solved",
        lambda deeds: deeds.solved,
        ((1, "First light"), (10, "Builder"), (50, "Engineer"), (200, "Architect")),
    ),
    Rule(
        "challenges solved with the first submission",
        lambda deeds: deeds.first_tries,
        ((5, "Sure hand"), (25, "Precise")),
    ),
    Rule("reviews", lambda deeds: deeds.reviews, ((50, "Diligent"), (500, "Elephant"), (5_000, "Granite"))),
    Rule("exams passed", lambda deeds: deeds.exams_passed, ((1, "Examined"), (10, "Certified"))),
    Rule("duels won", lambda deeds: deeds.duels_won, ((1, "Challenger"), (20, "Champion"))),
    Rule(
        "topics with 20 first attempts and 80 % of them right",
        lambda deeds: deeds.topics_at_home,
        ((1, "At home"), (5, "All-rounder")),
    ),
)


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge with its rule in words."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Next:
    """The next badge of one rule, and how far it is."""

    name: str
    why: str
    have: int
    need: int


def earned(deeds: Deeds) -> tuple[Badge, ...]:
    """Every badge that the deeds have earned, rule by rule."""
    return tuple(
        Badge(name, f"{rule.what}: {need:,}")
        for rule in RULES
        for need, name in rule.steps
        if rule.count(deeds) >= need
    )


def upcoming(deeds: Deeds) -> Sequence[Next]:
    """The next badge of each rule, the nearest one (by its share) first; those not begun last."""
    found = []
    for rule in RULES:
        have = rule.count(deeds)
        step = next(((need, name) for need, name in rule.steps if have < need), None)
        if step is not None:
            found.append(Next(step[1], f"{rule.what}: {step[0]:,}", have, step[0]))
    return sorted(found, key=lambda one: -one.have / one.need)
