"""Everything about one member, found by following the foreign keys that lead to them.

A table added later is in the export and is forgotten without anybody having to think of it: what belongs to a
member refers to them, directly or by a row that does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, delete, func, or_, select, text, update

from bot.storage.leagues import accounts_changed, take_turns
from bot.storage.repositories.base import Repository
from bot.storage.tables import (
    AuditRow,
    Base,
    GradingJobRow,
    MemberRow,
    PlaygroundMessageRow,
    QuestionRow,
    SubmissionRow,
)

SECRET_OR_MECHANICAL = frozenset(
    {"reply", "nonce", "fence", "turn", "worker", "leased_until", "next_at", "rewritten"}
)
"""Columns that say nothing about a person: tokens of replies, leases, places in a queue."""

PLAYGROUND = text("""
    SELECT EXISTS (SELECT 1 FROM communities WHERE id = :community AND platform = 'playground')
""")

UNNAMED = text("""
    UPDATE playground_messages
    SET document = CAST(jsonb_set(CAST(document AS jsonb), '{invoked_by}', '"Somebody who left"') AS json)
    WHERE document ->> 'invoked_by' = :name
""")

Found = tuple[Table, ColumnElement[bool]]


def personal_tables(members: Collection[int]) -> list[Found]:
    """Every table with rows about members, and which rows those are, in the order of the schema."""
    found: dict[str, Found] = {}
    for table in Base.metadata.sorted_tables:
        if table.name == MemberRow.__tablename__:
            found[table.name] = table, table.c.id.in_(members)
            continue
        direct: list[ColumnElement[bool]] = []
        by_parent: list[ColumnElement[bool]] = []
        for key in table.foreign_keys:
            parent = key.column.table.name
            if parent == MemberRow.__tablename__ and key.column.name == "id":
                direct.append(key.parent.in_(members))
            elif parent in found and parent != MemberRow.__tablename__ and _belongs(found[parent][0]):
                by_parent.append(key.parent.in_(select(key.column).where(found[parent][1])))
        # A row that names its member is theirs alone, whoever else has a part in what it belongs to.
        conditions = direct if _belongs(table) else [*direct, *by_parent]
        if conditions:
            found[table.name] = table, or_(*conditions)
    return list(found.values())


def _belongs(table: Table) -> bool:
    """Whether every row of the table is a member's, so that what refers to a row is theirs too."""
    return any(
        key.column.table.name == MemberRow.__tablename__ and not key.parent.nullable
        for key in table.foreign_keys
    )


class SqlPrivacy(Repository):
    """Implements ``bot.services.repositories.privacy.Privacy``."""

    async def held(self, members: Collection[int]) -> Mapping[str, int]:
        """How many rows of each table are about these members."""
        counted = {}
        for table, condition in personal_tables(members):
            rows = await self.session.execute(select(func.count()).select_from(table).where(condition))
            counted[table.name] = int(rows.scalar_one())
        return counted

    async def export(self, members: Collection[int]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Those rows as JSON values, by the table's name and oldest first."""
        exported: dict[str, list[dict[str, Any]]] = {}
        questions: set[int] = set()
        for table, condition in personal_tables(members):
            rows = (await self.session.execute(_whole(table).where(condition))).mappings().all()
            exported[table.name] = [{name: _plain(value) for name, value in row.items()} for row in rows]
            questions |= {row["question_id"] for row in rows if row.get("question_id") is not None}
        titles = await self._questions(questions)
        for rows_of_table in exported.values():
            for row_ in rows_of_table:
                row_.update(titles.get(row_.get("question_id"), {}))
        exported["playground_messages"] = await self._chat(members)
        return exported

    async def _questions(self, ids: Collection[int]) -> Mapping[Any, dict[str, Any]]:
        rows = await self.session.execute(
            select(QuestionRow.id, QuestionRow.key, QuestionRow.title).where(QuestionRow.id.in_(ids))
        )
        return {row.id: {"question_key": row.key, "question_title": row.title} for row in rows}

    async def _chat(self, members: Collection[int]) -> list[dict[str, Any]]:
        """What was written in the playground, whose chat is ours to keep."""
        said = []
        for member in members:
            condition = await self._in_chat(member)
            if condition is not None:
                rows = await self.session.execute(
                    select(PlaygroundMessageRow.created_at, PlaygroundMessageRow.document)
                    .where(condition)
                    .order_by(PlaygroundMessageRow.id)
                )
                said += [{"created_at": row.created_at.isoformat(), **row.document} for row in rows]
        return said

    async def _in_chat(self, member: int) -> ColumnElement[bool] | None:
        """The lines of the playground's chat that the member wrote or that only they see."""
        row = await self.one(select(MemberRow).where(MemberRow.id == member))
        if row is None:
            return None
        here = await self.session.execute(PLAYGROUND, {"community": row.community_id})
        if not here.scalar_one():
            return None
        return or_(
            PlaygroundMessageRow.author == row.external_id, PlaygroundMessageRow.private_to == row.external_id
        )

    async def forget(self, member: int) -> None:
        """Remove the member and everything that is about them."""
        await self.lock_member(member)
        row = await self.one(select(MemberRow).where(MemberRow.id == member))
        if row is None:
            return
        same = select(MemberRow.id).where(MemberRow.person_id == row.person_id, MemberRow.id != member)
        others = (await self.session.scalars(same)).all() if row.person_id is not None else []
        await take_turns(self.session, [member, *others])
        await self._forget_chat(member, row.name)
        unnamed = func.replace(AuditRow.detail, row.name, "somebody who left")
        await self.session.execute(
            update(AuditRow)
            .where(AuditRow.community_id == row.community_id, AuditRow.action.startswith("streak."))
            .where(AuditRow.detail.startswith(f"{row.name}, ", autoescape=True))
            .values(detail=unnamed),
            execution_options={"synchronize_session": False},
        )
        jobs = await self._jobs(member)
        await self.session.execute(
            delete(MemberRow).where(MemberRow.id == member), execution_options={"synchronize_session": False}
        )
        await accounts_changed(self.session, others)
        elsewhere = (
            select(SubmissionRow.id)
            .where(
                SubmissionRow.version_id == GradingJobRow.version_id,
                SubmissionRow.digest == GradingJobRow.digest,
            )
            .exists()
        )
        await self.session.execute(
            delete(GradingJobRow).where(GradingJobRow.id.in_(jobs), ~elsewhere),
            execution_options={"synchronize_session": False},
        )

    async def _jobs(self, member: int) -> Sequence[int]:
        """Every job that graded the member's code."""
        found = await self.session.scalars(
            select(GradingJobRow.id)
            .join(
                SubmissionRow,
                (SubmissionRow.version_id == GradingJobRow.version_id)
                & (SubmissionRow.digest == GradingJobRow.digest),
            )
            .where(SubmissionRow.member_id == member)
            .distinct()
        )
        return found.all()

    async def _forget_chat(self, member: int, name: str) -> None:
        condition = await self._in_chat(member)
        if condition is None:
            return
        await self.session.execute(
            delete(PlaygroundMessageRow).where(condition), execution_options={"synchronize_session": False}
        )
        await self.session.execute(UNNAMED, {"name": name})


def _whole(table: Table) -> Select[Any]:
    columns = [column for column in table.columns if column.name not in SECRET_OR_MECHANICAL]
    return select(*columns).order_by(*table.primary_key.columns)


def _plain(value: Any) -> Any:
    """A column's value as JSON: moments and days in ISO 8601."""
    return value.isoformat() if isinstance(value, datetime | date | time) else value
