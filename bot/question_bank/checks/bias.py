"""Habits of an author by which the right option can be told without knowing the answer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from bot.domain.content import Question
from bot.question_bank.problems import Found, Place, Problem, Severity, problem

FEWEST = 12
"""Below so many questions nothing can be said."""
SIGMAS = 3.0
"""How many standard deviations from chance are reported; one bank in several hundred by accident."""


def option_bias(items: Sequence[Found]) -> list[Problem]:
    """At most one warning each for the longest option and for the position of the right one."""
    single = [
        found.item
        for found in items
        if isinstance(found.item, Question) and len(found.item.options) > 1 and len(found.item.right) == 1
    ]
    return [*_longest(single), *_position([item for item in single if not item.shuffle])]


def _beyond_chance(hits: int, chances: Sequence[float]) -> bool:
    """Whether ``hits`` of independent chances are too many to be one."""
    expected = sum(chances)
    spread = math.sqrt(sum(chance * (1 - chance) for chance in chances))
    return len(chances) >= FEWEST and hits > expected + SIGMAS * spread


def _longest(questions: Sequence[Question]) -> list[Problem]:
    hits = 0
    for item in questions:
        lengths = [len(option.text.strip()) for option in item.options]
        (right,) = item.right
        hits += lengths[right] == max(lengths) and lengths.count(max(lengths)) == 1
    chances = [1 / len(item.options) for item in questions]
    if not _beyond_chance(hits, chances):
        return []
    message = (
        f"The right option is the longest in {hits} of {len(questions)} questions; by chance it would be "
        f"{sum(chances):.0f}. Lengthen wrong options or shorten right ones."
    )
    return [problem(Place(file=""), "longest_option_bias", message, severity=Severity.WARNING)]


def _position(questions: Sequence[Question]) -> list[Problem]:
    places = Counter(next(iter(item.right)) for item in questions)
    for position, hits in places.most_common(1):
        chances = [1 / len(item.options) for item in questions if len(item.options) > position]
        if _beyond_chance(hits, chances):
            message = (
                f"The right option is option {position + 1} in {hits} of {len(chances)} questions; by "
                "chance it "
                f"would be {sum(chances):.0f}. Move them about, or set `shuffle: true`."
            )
            return [problem(Place(file=""), "position_bias", message, severity=Severity.WARNING)]
    return []
