"""Banks, their questions and challenges, and every version of each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.domain.content import Difficulty, Kind
from bot.storage.tables.base import Base, Document, Key, Word, Words, one_of


class BankRow(Base):
    """A named collection, of one community or (without one) of all."""

    __tablename__ = "banks"
    __table_args__ = (UniqueConstraint("name", "community_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[Key]
    name: Mapped[Words]
    community_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("communities.id", ondelete="CASCADE")
    )
    enabled: Mapped[bool] = mapped_column(server_default="true")


class QuestionRow(Base):
    """A question or challenge over all its versions.

    ``number`` is the current version; what picking and finding need of it is repeated here.
    """

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("bank_id", "key"),
        ForeignKeyConstraint(
            ["id", "number"],
            ["question_versions.question_id", "question_versions.number"],
            name="fk_questions_current_version",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        one_of("kind", Kind),
        one_of("difficulty", Difficulty),
        CheckConstraint("shuffle_key >= 0", name="shuffle_key"),
        Index("ix_questions_pick", "shuffle_key", "id", postgresql_where="enabled"),
    )

    id: Mapped[Key]
    bank_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("banks.id", ondelete="CASCADE"))
    key: Mapped[Words]
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[Word]
    difficulty: Mapped[Word]
    topic: Mapped[Words]
    title: Mapped[Words]
    shuffle_key: Mapped[int] = mapped_column(Integer)
    enabled: Mapped[bool] = mapped_column(server_default="true")

    bank: Mapped[BankRow] = relationship(lazy="raise", viewonly=True)


class VersionRow(Base):
    """One version of a question, kept for good: old answers keep the text they were given to.

    ``void`` is why it was withdrawn, empty while it counts.
    """

    __tablename__ = "question_versions"
    __table_args__ = (
        UniqueConstraint("question_id", "number"),
        UniqueConstraint("id", "question_id"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[Key]
    question_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("questions.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    digest: Mapped[Word]
    content: Mapped[Document]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    void: Mapped[Words] = mapped_column(server_default="")

    question: Mapped[QuestionRow] = relationship(
        lazy="raise", viewonly=True, foreign_keys="VersionRow.question_id"
    )
