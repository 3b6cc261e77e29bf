"""Ratings of members and questions by Glicko-2 (Mark Glickman, "Example of the Glicko-2 system", 2013).

A member's first attempt at a question is a game between the two: whoever is right wins, else the question
does. Every attempt is a rating period of its own for both. A member who does nothing becomes less certain, a
period for each ``IDLE_DAYS``; a question does not. Ratings choose questions and are shown to the member
they belong to; they never move points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.content import Difficulty

SCALE = 173.7178
"""Between Glicko's scale and the internal one."""
CENTRE = 1500.0
WIDEST = 350.0
"""The deviation of somebody of whom nothing is known."""
TAU = 0.5
"""How much volatility may change: the paper's example, and a usual value."""
CLOSE_ENOUGH = 1e-6
IDLE_DAYS = 30
STARTS = {Difficulty.EASY: 1300.0, Difficulty.MEDIUM: 1500.0, Difficulty.HARD: 1700.0}
"""Where a question starts: what its author says about it, until members say more."""
AIM = 0.7
"""The chance to be right that ``/quiz`` looks for: hard enough to learn from, easy enough to go on."""


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating with how sure it is (``deviation``) and how erratic (``volatility``)."""

    value: float = CENTRE
    deviation: float = WIDEST
    volatility: float = 0.06
    games: int = 0


@dataclass(frozen=True, slots=True)
class Game:
    """One result against an opponent: 1 won, 0 lost."""

    opponent: Rating
    score: float


def question_start(difficulty: Difficulty) -> Rating:
    """The rating of a question that nobody has tried."""
    return Rating(STARTS[difficulty])


def chance(member: Rating, question: Rating) -> float:
    """The chance that the member is right, by both ratings and how sure they are."""
    spread = math.hypot(member.deviation, question.deviation) / SCALE
    return 1 / (1 + math.exp(-_g(spread) * (member.value - question.value) / SCALE))


def level_for(member: Rating, aim: float = AIM) -> float:
    """The rating of the question that the member gets right with this chance."""
    return member.value - SCALE * math.log(aim / (1 - aim))


def idle(rating: Rating, periods: int) -> Rating:
    """The rating after periods without a game: as high, and less certain."""
    if periods <= 0 or not rating.games:
        return rating
    phi = math.sqrt((rating.deviation / SCALE) ** 2 + periods * rating.volatility**2)
    return Rating(rating.value, min(phi * SCALE, WIDEST), rating.volatility, rating.games)


def rate(rating: Rating, games: Sequence[Game]) -> Rating:
    """The rating after one period with these games (the paper's steps 2 to 8)."""
    if not games:
        return idle(rating, 1)
    mu, phi = (rating.value - CENTRE) / SCALE, rating.deviation / SCALE
    information = surprise = 0.0
    for game in games:
        weight = _g(game.opponent.deviation / SCALE)
        expected = 1 / (1 + math.exp(-weight * (mu - (game.opponent.value - CENTRE) / SCALE)))
        information += weight**2 * expected * (1 - expected)
        surprise += weight * (game.score - expected)
    variance = 1 / information
    volatility = _volatility(rating.volatility, phi, variance, variance * surprise)
    before = math.hypot(phi, volatility)
    after = 1 / math.sqrt(1 / before**2 + 1 / variance)
    return Rating(
        value=(mu + after**2 * surprise) * SCALE + CENTRE,
        deviation=min(after * SCALE, WIDEST),
        volatility=volatility,
        games=rating.games + len(games),
    )


def _g(phi: float) -> float:
    return 1 / math.sqrt(1 + 3 * phi**2 / math.pi**2)


def _volatility(sigma: float, phi: float, variance: float, delta: float) -> float:
    """Step 5: the root by the Illinois algorithm."""
    start = math.log(sigma**2)

    def f(x: float) -> float:
        grown = math.exp(x)
        spread = phi**2 + variance + grown
        return grown * (delta**2 - spread) / (2 * spread**2) - (x - start) / TAU**2

    low = start
    if delta**2 > phi**2 + variance:
        high = math.log(delta**2 - phi**2 - variance)
    else:
        step = 1
        while f(start - step * TAU) < 0:
            step += 1
        high = start - step * TAU
    f_low, f_high = f(low), f(high)
    while abs(high - low) > CLOSE_ENOUGH:
        middle = low + (low - high) * f_low / (f_high - f_low)
        f_middle = f(middle)
        if f_middle * f_high <= 0:
            low, f_low = high, f_high
        else:
            f_low /= 2
        high, f_high = middle, f_middle
    return math.exp(low / 2)
