"""The repositories of a transaction: each is what the services read and write of one matter.

``bot.services.ports`` says how a transaction behaves. "Claim" means: lock the rows for one caller, passing
over those that others hold.
"""

from bot.services.repositories.answers import Answers, Hints, Submissions
from bot.services.repositories.bank import QuestionBank
from bot.services.repositories.directory import Audit, Directory
from bot.services.repositories.duels import Duels
from bot.services.repositories.exams import Exams
from bot.services.repositories.installations import Installations
from bot.services.repositories.learning import Attempts, Quality, Reviews, Skills
from bot.services.repositories.objections import Objections
from bot.services.repositories.people import Codes, Leagues, People
from bot.services.repositories.points import Ledger, Streaks
from bot.services.repositories.practice import Practice, Solutions
from bot.services.repositories.privacy import Privacy
from bot.services.repositories.retention import Retention
from bot.services.repositories.rewards import Rewards
from bot.services.repositories.rounds import Postings, Rounds

__all__ = [
    "Answers",
    "Attempts",
    "Audit",
    "Codes",
    "Directory",
    "Duels",
    "Exams",
    "Hints",
    "Installations",
    "Leagues",
    "Ledger",
    "Objections",
    "People",
    "Postings",
    "Practice",
    "Privacy",
    "Quality",
    "QuestionBank",
    "Retention",
    "Reviews",
    "Rewards",
    "Rounds",
    "Skills",
    "Solutions",
    "Streaks",
    "Submissions",
]
