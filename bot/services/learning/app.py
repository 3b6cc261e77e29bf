"""All of learning in one value: what members can do, and what happens by itself."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services.learning.duel import DuelService
from bot.services.learning.exam import ExamService
from bot.services.learning.me import MeService
from bot.services.learning.practice import PracticeService
from bot.services.learning.quality import QualityService
from bot.services.learning.review import ReviewService
from bot.services.learning.similar import SimilarService
from bot.services.learning.solutions import SolutionService
from bot.services.learning.ticks import LearningTicks
from bot.services.panels import Feature
from bot.services.ports import Begin, Clock, Pictures


@dataclass(frozen=True, slots=True)
class Learning:
    """The features for the platforms, and the ticks for the scheduler."""

    features: tuple[Feature, ...]
    ticks: LearningTicks
    quality: QualityService


def build_learning(begin: Begin, clock: Clock, pictures: Pictures) -> Learning:
    """Everything that learning brings."""
    duels = DuelService(begin, clock)
    review, exams, quality = ReviewService(begin, clock), ExamService(begin, clock), QualityService(begin)
    return Learning(
        features=(
            review.feature,
            exams.feature,
            MeService(begin, clock, pictures).feature,
            quality.feature,
            duels.feature,
            SimilarService(begin, clock).feature,
            SolutionService(begin, clock).feature,
            PracticeService(begin, clock).feature,
        ),
        quality=quality,
        ticks=LearningTicks(begin, clock, review, exams, duels),
    )
