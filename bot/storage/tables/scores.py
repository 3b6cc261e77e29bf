"""The ledger, the leaderboards that follow it, and what makes them quick.

A board is a scope in one period, and a score a member's sum on it. On a board that is large, a rank is not
counted but looked up: ``board_counts`` says how many members have how many points, and ``score_moves`` what
has changed since. The two together are exact at every moment; ``bot.storage.upkeep`` folds one into the
other.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.boards import Scope
from bot.domain.ledger import LedgerKind
from bot.domain.periods import Period
from bot.storage.tables.base import Base, Instant, Key, Word, Words, one_of


class LedgerRow(Base):
    """One change of points or gift to a streak; never edited. ``source`` pays once in a community."""

    __tablename__ = "ledger"
    __table_args__ = (
        UniqueConstraint("community_id", "source"),
        ForeignKeyConstraint(
            ["member_id", "community_id"], ["members.id", "members.community_id"], ondelete="CASCADE"
        ),
        one_of("kind", LedgerKind),
        CheckConstraint("solved BETWEEN -1 AND 1", name="solved"),
        Index("ix_ledger_member", "member_id", "question_id"),
    )

    id: Mapped[Key]
    community_id: Mapped[int]
    member_id: Mapped[int]
    kind: Mapped[Word]
    source: Mapped[Word]
    day: Mapped[date]
    at: Mapped[Instant]
    points: Mapped[int]
    solved: Mapped[int] = mapped_column(SmallInteger)
    question_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("questions.id", ondelete="SET NULL")
    )
    channel_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("channels.id", ondelete="SET NULL"))
    topic: Mapped[Words]
    why: Mapped[Words]


class BoardRow(Base):
    """A leaderboard: a scope in the period that begins at ``start``. A topic is kept in lower case.

    Since ``watched_at`` every change of a score on it is a move; ``counted``: its counts are complete.
    """

    __tablename__ = "boards"
    __table_args__ = (
        UniqueConstraint("owner", "scope", "topic", "period", "start"),
        one_of("scope", Scope),
        one_of("period", Period),
        CheckConstraint("(scope = 'topic') = (topic <> '')", name="topic"),
        CheckConstraint("watched_at IS NOT NULL OR NOT counted", name="counted"),
        Index("ix_boards_start", "period", "start"),
        Index("ix_boards_watched", "watched_at", postgresql_where="watched_at IS NOT NULL AND NOT counted"),
    )

    id: Mapped[Key]
    scope: Mapped[Word]
    owner: Mapped[int]
    topic: Mapped[Words] = mapped_column(server_default="")
    period: Mapped[Word]
    start: Mapped[date]
    watched_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    counted: Mapped[bool] = mapped_column(server_default="false")


class ScoreRow(Base):
    """A member's sum on one board; in a league the line of a person is that of their first account there.

    There is no foreign key to the board: every answer would have to lock the same few rows.
    """

    __tablename__ = "scores"
    __table_args__ = (Index("ix_scores_ranks", "board_id", text("points DESC"), "reached_at", "member_id"),)

    member_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    board_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    points: Mapped[int] = mapped_column(Integer)
    solved: Mapped[int] = mapped_column(Integer)
    reached_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class BoardCountRow(Base):
    """How many members of a counted board have so many points (above 0), moves left out."""

    __tablename__ = "board_counts"

    board_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    points: Mapped[int] = mapped_column(Integer, primary_key=True)
    members: Mapped[int] = mapped_column(Integer)


class ScoreMoveRow(Base):
    """A member of a watched board went from ``was`` to ``became`` points; to be folded into the counts."""

    __tablename__ = "score_moves"
    __table_args__ = (Index("ix_score_moves_board", "board_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    board_id: Mapped[int]
    was: Mapped[int] = mapped_column(Integer)
    became: Mapped[int] = mapped_column(Integer)


SCORES_THAT_GO = """
CREATE FUNCTION scores_that_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO score_moves (board_id, was, became)
    SELECT gone.board_id, gone.points, 0
    FROM gone JOIN boards ON boards.id = gone.board_id AND boards.watched_at IS NOT NULL;
    RETURN NULL;
END
$$
"""
"""Whoever deletes scores, and be it by deleting their member, moves them out of the counts."""

ON_DELETE = """
CREATE TRIGGER scores_that_go AFTER DELETE ON scores
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION scores_that_go()
"""


@event.listens_for(Base.metadata, "after_create")
def _make_trigger(_: MetaData, connection: Connection, **__: object) -> None:
    connection.execute(text(SCORES_THAT_GO))
    connection.execute(text(ON_DELETE))
