"""Everything a platform can ask for, in one value."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.accepting import Pace
from bot.domain.code_blocks import MOST_BYTES
from bot.services.bank_panels import BankPanels
from bot.services.banks import BankService
from bot.services.cards import HelpCard
from bot.services.challenges import ChallengeService
from bot.services.communities import CommunityService
from bot.services.community_banks import BankFiles, CommunityBankService
from bot.services.corrections import CorrectionService
from bot.services.help import help_card
from bot.services.leaderboards import LeaderboardService
from bot.services.leagues import LeagueService
from bot.services.learning.app import build_learning
from bot.services.learning.quality import QualityService
from bot.services.learning.ticks import LearningTicks
from bot.services.leaving import LeavingService
from bot.services.linking import LinkingService
from bot.services.panels import Panels
from bot.services.ports import Clock, NoPictures, Pictures, Store
from bot.services.privacy import PrivacyService
from bot.services.questions import QuestionService
from bot.services.quiz import QuizService
from bot.services.rewards import RewardService
from bot.services.rounds import RoundService
from bot.services.streaks import StreakService
from bot.services.submissions import SubmissionService
from bot.services.today import TodayService


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a platform receives. Every method is one use case and one transaction.

    Methods raise ``bot.services.errors.Refusal`` with a text to show when the answer is no; any
    other exception is a fault of ours. Grading (``bot.services.grading``) and the outbox
    (``bot.services.deliveries``) are run by the processes themselves, not by platforms.
    """

    quiz: QuizService
    challenges: ChallengeService
    submissions: SubmissionService
    leaderboards: LeaderboardService
    streaks: StreakService
    rounds: RoundService
    communities: CommunityService
    banks: BankService
    community_banks: CommunityBankService
    today: TodayService
    corrections: CorrectionService
    leaving: LeavingService
    panels: Panels
    learning: LearningTicks
    quality: QualityService
    pictures: Pictures

    def help(self) -> HelpCard:
        """What the bot can do."""
        return help_card(self.panels.commands)


def build_services(
    store: Store,
    clock: Clock,
    *,
    most_bytes: int = MOST_BYTES,
    pace: Pace | None = None,
    pictures: Pictures | None = None,
    bank_files: BankFiles | None = None,
) -> Services:
    """All services over one database; see ``SubmissionService`` for the bounds.

    Without ``pictures`` nothing is drawn; without ``bank_files`` banks come from the command line alone.
    """
    begin = store.begin
    learning = build_learning(begin, clock, pictures or NoPictures())
    return Services(
        quiz=QuizService(store, clock),
        challenges=ChallengeService(begin, clock),
        submissions=SubmissionService(begin, clock, most_bytes, pace),
        leaderboards=LeaderboardService(store, clock),
        streaks=StreakService(begin, clock),
        rounds=RoundService(begin, clock),
        communities=CommunityService(begin, clock),
        banks=BankService(begin),
        community_banks=CommunityBankService(begin, clock),
        today=TodayService(begin, clock),
        corrections=CorrectionService(begin, clock),
        leaving=LeavingService(begin, clock),
        panels=Panels(
            (
                *learning.features,
                LinkingService(begin, clock).feature,
                LeagueService(begin, clock).feature,
                PrivacyService(begin, clock).feature,
                RewardService(begin, clock).feature,
                QuestionService(begin, clock).feature,
                *([BankPanels(begin, clock, bank_files).feature] if bank_files else []),
            )
        ),
        learning=learning.ticks,
        quality=learning.quality,
        pictures=pictures or NoPictures(),
    )
