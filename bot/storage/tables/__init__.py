"""All tables, so that one import makes the whole schema known."""

from bot.storage.tables.banks import BankRow, QuestionRow, VersionRow
from bot.storage.tables.base import Base
from bot.storage.tables.duels import DuelRow, DuelSideRow
from bot.storage.tables.exams import BlueprintRow, ExamItemRow, ExamRow
from bot.storage.tables.grading import GradingJobRow, HintRow, SubmissionRow
from bot.storage.tables.installations import InstallationRow, InstallationStateRow
from bot.storage.tables.learning import (
    FirstAttemptRow,
    MemberRatingRow,
    QuestionRatingRow,
    ReviewCardRow,
    ReviewHabitRow,
    ReviewRow,
    StudyCursorRow,
)
from bot.storage.tables.messages import AuditRow, DeliveryRow, DeliveryState, PlaygroundMessageRow
from bot.storage.tables.objections import FlagRow, SetAsideRow
from bot.storage.tables.people import (
    ChannelRow,
    CodeFailureRow,
    CodeRow,
    CommunityRow,
    LeagueRow,
    MemberRow,
    PersonRow,
)
from bot.storage.tables.practice import FreeAnswerRow, SharedSolutionRow, SolutionSeenRow, TickRow
from bot.storage.tables.rewards import RewardsRow, RoleGivenRow, RoleRuleRow
from bot.storage.tables.rounds import AnswerRow, PostingRow, RoundRow, StreakMarkRow
from bot.storage.tables.scores import BoardCountRow, BoardRow, LedgerRow, ScoreMoveRow, ScoreRow

__all__ = [
    "AnswerRow",
    "AuditRow",
    "BankRow",
    "Base",
    "BlueprintRow",
    "BoardCountRow",
    "BoardRow",
    "ChannelRow",
    "CodeFailureRow",
    "CodeRow",
    "CommunityRow",
    "DeliveryRow",
    "DeliveryState",
    "DuelRow",
    "DuelSideRow",
    "ExamItemRow",
    "ExamRow",
    "FirstAttemptRow",
    "FlagRow",
    "FreeAnswerRow",
    "GradingJobRow",
    "HintRow",
    "InstallationRow",
    "InstallationStateRow",
    "LeagueRow",
    "LedgerRow",
    "MemberRatingRow",
    "MemberRow",
    "PersonRow",
    "PlaygroundMessageRow",
    "PostingRow",
    "QuestionRatingRow",
    "QuestionRow",
    "ReviewCardRow",
    "ReviewHabitRow",
    "ReviewRow",
    "RewardsRow",
    "RoleGivenRow",
    "RoleRuleRow",
    "RoundRow",
    "ScoreMoveRow",
    "ScoreRow",
    "SetAsideRow",
    "SharedSolutionRow",
    "SolutionSeenRow",
    "StreakMarkRow",
    "StudyCursorRow",
    "SubmissionRow",
    "TickRow",
    "VersionRow",
]
