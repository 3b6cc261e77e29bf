"""FSRS weights for one member, fitted to their own review log.

py-fsrs's optimiser needs PyTorch, half a gigabyte that a chat bot cannot ask for. What is minimised here is
the same: the log-loss of "remembered or not" at every review that came a day or more after the last one.
The minimum is looked for along one weight at a time (a pattern search: a step that helps is made longer, one
that does not is turned round and made shorter), in pure Python, inside py-fsrs's bounds, with a small pull
towards the defaults for weights of which the log says little. The number of evaluations is bounded, and so
is the time. Weights are given back only if they predict every fifth card, which they were not fitted to,
better than the defaults do.

The formulas are those of FSRS 6 as py-fsrs computes them; a test compares the memory after every review.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fsrs.scheduler import LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS

from bot.domain.reviewing import DEFAULTS

ENOUGH_REVIEWS = 400
"""Reviews below which the defaults predict better than anything fitted to so few."""
MOST_REVIEWS = 2_000
"""The latest so many reviews are fitted to: an old log says little about today's memory."""
MOST_EVALUATIONS = 1_000
"""Evaluations of the whole log: about three seconds at 2,000 reviews on one core."""
PULL = 0.5
"""Weight of the pull towards the defaults, in units of reviews' log-loss per squared relative change."""
CLEARLY = 0.98
"""Fitted weights must bring the loss below this share of the defaults': less is chance."""
ORDER = (0, 2, 1, 3, 8, 20, 10, 9, 11, 13, 14, 4, 6, 15, 16, 12, 17, 18, 5, 7, 19)
"""The weights, those that matter most first, so that a short search moves them."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One review of a card: the rating (1 again to 4 easy) and the whole days since the one before."""

    rating: int
    days: int


History = Sequence[Reviewed]
"""All reviews of one card, oldest first."""


def loss(weights: Sequence[float], histories: Sequence[History]) -> float:
    """Mean log-loss over the reviews that can be predicted; 0 when there are none."""
    total, count = _sum(weights, histories)
    return total / count if count else 0.0


def _sum(weights: Sequence[float], histories: Sequence[History]) -> tuple[float, int]:
    decay = -weights[20]
    factor = 0.9 ** (1 / decay) - 1
    easy = weights[4] - math.exp(weights[5] * 3) + 1
    total, count = 0.0, 0
    for history in histories:
        stability = difficulty = 0.0
        for position, one in enumerate(history):
            if position == 0:
                stability, difficulty = _first(weights, one.rating)
                continue
            if one.days < 1:
                stability = _same_day(weights, stability, one.rating)
            else:
                recall = (1 + factor * one.days / stability) ** decay
                likely = min(max(recall, 1e-6), 1 - 1e-6)
                total -= math.log(likely if one.rating > 1 else 1 - likely)
                count += 1
                stability = _later(weights, difficulty, stability, recall, one.rating)
            difficulty = _harder(weights, difficulty, one.rating, easy)
    return total, count


def memory_after(weights: Sequence[float], history: History) -> tuple[float, float]:
    """(stability in days, difficulty) after all reviews of a card."""
    decay = -weights[20]
    factor = 0.9 ** (1 / decay) - 1
    easy = weights[4] - math.exp(weights[5] * 3) + 1
    stability, difficulty = _first(weights, history[0].rating)
    for one in history[1:]:
        if one.days < 1:
            stability = _same_day(weights, stability, one.rating)
        else:
            recall = (1 + factor * one.days / stability) ** decay
            stability = _later(weights, difficulty, stability, recall, one.rating)
        difficulty = _harder(weights, difficulty, one.rating, easy)
    return stability, difficulty


def _first(w: Sequence[float], rating: int) -> tuple[float, float]:
    difficulty = w[4] - math.exp(w[5] * (rating - 1)) + 1
    return max(w[rating - 1], 0.001), min(max(difficulty, 1.0), 10.0)


def _same_day(w: Sequence[float], stability: float, rating: int) -> float:
    growth = math.exp(w[17] * (rating - 3 + w[18])) * stability ** -w[19]
    return max(float(stability * (growth if rating == 1 else max(growth, 1.0))), 0.001)


def _later(w: Sequence[float], difficulty: float, stability: float, recall: float, rating: int) -> float:
    if rating == 1:
        forgotten = (
            w[11] * difficulty ** -w[12] * ((stability + 1) ** w[13] - 1) * math.exp((1 - recall) * w[14])
        )
        return max(min(float(forgotten), stability / math.exp(w[17] * w[18])), 0.001)
    bonus = w[15] if rating == 2 else w[16] if rating == 4 else 1.0
    growth = math.exp(w[8]) * (11 - difficulty) * stability ** -w[9] * (math.exp((1 - recall) * w[10]) - 1)
    return max(float(stability * (1 + growth * bonus)), 0.001)


def _harder(w: Sequence[float], difficulty: float, rating: int, easy: float) -> float:
    moved = difficulty + (10.0 - difficulty) * -(w[6] * (rating - 3)) / 9.0
    return min(max(w[7] * easy + (1 - w[7]) * moved, 1.0), 10.0)


def fit(histories: Sequence[History], evaluations: int = MOST_EVALUATIONS) -> tuple[float, ...] | None:
    """Weights that predict this log better than the defaults, or None when there are none to trust.

    Four of five cards are fitted to; the weights are kept only if they predict the others clearly better.
    """
    if sum(len(history) for history in histories) < ENOUGH_REVIEWS:
        return None
    fitted_to = [history for place, history in enumerate(histories) if place % 5]
    kept_back = list(histories[::5])
    found = _search(fitted_to, evaluations)
    return found if loss(found, kept_back) < CLEARLY * loss(DEFAULTS, kept_back) else None


def _search(histories: Sequence[History], evaluations: int) -> tuple[float, ...]:
    def cost(weights: Sequence[float]) -> float:
        total, _ = _sum(weights, histories)
        pulls = (
            ((weight - usual) / (abs(usual) + 0.1)) ** 2
            for weight, usual in zip(weights, DEFAULTS, strict=True)
        )
        return total + PULL * sum(pulls)

    best = list(DEFAULTS)
    least = cost(best)
    steps = [0.25 * (abs(weight) + 0.05) for weight in best]
    left = evaluations - 1
    while left > 0 and max(abs(step) / (abs(w) + 0.05) for step, w in zip(steps, best, strict=True)) > 1e-3:
        for place in ORDER:
            if left <= 0:
                break
            tried = list(best)
            tried[place] = min(
                max(best[place] + steps[place], LOWER_BOUNDS_PARAMETERS[place]),
                UPPER_BOUNDS_PARAMETERS[place],
            )
            left -= 1
            found = cost(tried)
            if found < least:
                best, least = tried, found
                steps[place] *= 1.6
            else:
                steps[place] *= -0.5
    return tuple(best)
