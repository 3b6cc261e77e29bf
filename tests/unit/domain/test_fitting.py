"""Weights fitted to one member: better where memory differs from the defaults, else left alone."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from fsrs import Card, Rating
from fsrs.scheduler import LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS

from bot.domain.fitting import ENOUGH_REVIEWS, Reviewed, fit, loss
from bot.domain.reviewing import DEFAULTS, Memory, review, scheduler

START = datetime(2026, 1, 1, tzinfo=UTC)
FORGETFUL = (0.06, 0.5, 0.9, 3.3, *DEFAULTS[4:8], 1.2, *DEFAULTS[9:20], 0.3)
"""Somebody who forgets new things soon, and then more slowly than most."""


def live(weights: tuple[float, ...], seed: int, cards: int = 70, days: int = 150) -> list[list[Reviewed]]:
    """The log of a member whose memory really follows ``weights`` and whom the defaults schedule."""
    chance = random.Random(seed)
    histories = []
    for _ in range(cards):
        at = START
        planned = true = Memory(due_at=at)
        history: list[Reviewed] = []
        while at < START + timedelta(days=days):
            recall = 0.7
            if true.stability is not None:
                card = Card(card_id=1, stability=true.stability, last_review=true.last_review_at)
                recall = scheduler(weights).get_card_retrievability(card, at)
            rating = Rating(chance.choices([2, 3, 4], [1, 5, 1])[0] if chance.random() < recall else 1)
            days_since = (at - true.last_review_at).days if true.last_review_at else 0
            history.append(Reviewed(int(rating), days_since))
            planned, true = review(planned, rating, at), review(true, rating, at, weights)
            at = planned.due_at
        histories.append(history)
    return histories


def test_fitted_weights_predict_a_members_later_log_better_than_the_defaults() -> None:
    weights = fit(live(FORGETFUL, seed=1))
    assert weights is not None
    unseen = live(FORGETFUL, seed=2)
    assert loss(weights, unseen) < loss(DEFAULTS, unseen)
    bounds = zip(LOWER_BOUNDS_PARAMETERS, weights, UPPER_BOUNDS_PARAMETERS, strict=True)
    assert all(low <= weight <= high for low, weight, high in bounds), "py-fsrs accepts no others"


def test_somebody_like_everybody_loses_next_to_nothing_by_it() -> None:
    weights = fit(live(DEFAULTS, seed=3)) or DEFAULTS
    unseen = live(DEFAULTS, seed=4)
    assert loss(weights, unseen) < loss(DEFAULTS, unseen) * 1.02


def test_a_short_log_is_not_fitted_to() -> None:
    log = live(FORGETFUL, seed=6, cards=4)
    assert sum(len(history) for history in log) < ENOUGH_REVIEWS
    assert fit(log) is None


def test_a_log_that_nothing_can_be_predicted_in_keeps_the_defaults() -> None:
    assert fit([[Reviewed(3, 0)]] * ENOUGH_REVIEWS) is None
