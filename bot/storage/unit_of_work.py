"""One transaction, with the repositories that work inside it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.ports import Topic
from bot.storage.repositories.answers import SqlAnswers
from bot.storage.repositories.attempts import SqlAttempts
from bot.storage.repositories.banks import SqlQuestionBank
from bot.storage.repositories.deliveries import SqlAudit, SqlDeliveries
from bot.storage.repositories.directory import SqlDirectory
from bot.storage.repositories.duels import SqlDuels
from bot.storage.repositories.exams import SqlExams
from bot.storage.repositories.installations import SqlInstallations
from bot.storage.repositories.ledger import SqlLedger
from bot.storage.repositories.objections import SqlObjections
from bot.storage.repositories.people import SqlCodes, SqlLeagues, SqlPeople
from bot.storage.repositories.practice import SqlPractice, SqlSolutions
from bot.storage.repositories.privacy import SqlPrivacy
from bot.storage.repositories.quality import SqlQuality
from bot.storage.repositories.queue import SqlGradingQueue
from bot.storage.repositories.retention import SqlRetention
from bot.storage.repositories.reviews import SqlReviews
from bot.storage.repositories.rewards import SqlRewards
from bot.storage.repositories.rounds import SqlPostings, SqlRounds
from bot.storage.repositories.skills import SqlSkills
from bot.storage.repositories.streaks import SqlStreaks
from bot.storage.repositories.submissions import SqlHints, SqlSubmissions
from bot.storage.signals import CHANNEL
from bot.storage.values import utc

RING = text("SELECT pg_notify(:channel, :topic)")


class SqlUnitOfWork:
    """Implements ``bot.services.ports.UnitOfWork`` over one session; ``bot.storage.database`` opens it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.rung: set[Topic] = set()
        self.directory = SqlDirectory(session)
        self.bank = SqlQuestionBank(session)
        self.rounds = SqlRounds(session)
        self.postings = SqlPostings(session)
        self.answers = SqlAnswers(session)
        self.submissions = SqlSubmissions(session)
        self.queue = SqlGradingQueue(session)
        self.hints = SqlHints(session)
        self.ledger = SqlLedger(session)
        self.objections = SqlObjections(session)
        self.streaks = SqlStreaks(session)
        self.deliveries = SqlDeliveries(session)
        self.people = SqlPeople(session)
        self.codes = SqlCodes(session)
        self.leagues = SqlLeagues(session)
        self.privacy = SqlPrivacy(session)
        self.rewards = SqlRewards(session)
        self.installations = SqlInstallations(session)
        self.retention = SqlRetention(session)
        self.audit = SqlAudit(session)
        self.attempts = SqlAttempts(session)
        self.exams = SqlExams(session)
        self.skills = SqlSkills(session)
        self.quality = SqlQuality(session)
        self.practice = SqlPractice(session)
        self.solutions = SqlSolutions(session)
        self.duels = SqlDuels(session)
        self.reviews = SqlReviews(session)

    async def database_now(self) -> datetime:
        """The database's clock, now rather than when the transaction began."""
        return utc((await self._session.scalars(select(func.clock_timestamp()))).one())

    def ring(self, topic: Topic) -> None:
        """Wake whoever listens to the topic, when this transaction commits."""
        self.rung.add(topic)

    async def send_rings(self) -> None:
        """Hand the rings to PostgreSQL, which lets them out with the commit and drops them otherwise."""
        for topic in sorted(self.rung):
            await self._session.execute(RING, {"channel": CHANNEL, "topic": str(topic)})
