"""Banks, their questions and challenges, and every version of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import contains_eager

from bot.domain.content import CODE_KINDS, Kind
from bot.domain.picking import Pool
from bot.services.errors import NotFound
from bot.services.records import Bank, NewItem, StoredItem
from bot.storage import values
from bot.storage.repositories import importing, picking
from bot.storage.repositories.base import Repository
from bot.storage.tables import BankRow, QuestionRow, VersionRow
from bot.storage.tables.base import storable


class SqlQuestionBank(Repository):
    """Implements ``bot.services.repositories.QuestionBank``."""

    async def ensure(self, name: str, community: int | None) -> Bank:
        """Find or create a bank and lock it until the end of the transaction."""
        await self.session.execute(
            insert(BankRow).values(name=name, community_id=community).on_conflict_do_nothing()
        )
        row = await self.one(
            select(BankRow)
            .where(BankRow.name == name, BankRow.community_id.is_not_distinct_from(community))
            .with_for_update(key_share=True)
        )
        assert row is not None
        return values.bank(row, await self._count(row.id))

    async def _count(self, bank: int) -> int:
        counted = select(func.count()).select_from(QuestionRow).where(QuestionRow.bank_id == bank)
        return (await self.session.scalars(counted)).one()

    async def banks(self, community: int | None) -> Sequence[Bank]:
        """Banks that the community may use (its own and those of all), by name; None: every bank."""
        sizes = (
            select(QuestionRow.bank_id, func.count().label("size")).group_by(QuestionRow.bank_id).subquery()
        )
        statement = (
            select(BankRow, func.coalesce(sizes.c.size, 0))
            .outerjoin(sizes, sizes.c.bank_id == BankRow.id)
            .order_by(BankRow.name, BankRow.id)
        )
        if community is not None:
            statement = statement.where(picking.shared_with(community))
        rows = await self.session.execute(statement, execution_options={"populate_existing": True})
        return [values.bank(row, size) for row, size in rows]

    async def set_enabled(self, bank: int, enabled: bool) -> None:
        """Whether items of the bank are picked and found."""
        await self.session.execute(update(BankRow).where(BankRow.id == bank).values(enabled=enabled))

    async def set_item_enabled(self, question: int, enabled: bool) -> None:
        """Whether one item is picked and found."""
        await self.session.execute(
            update(QuestionRow).where(QuestionRow.id == question).values(enabled=enabled)
        )

    async def named(self, key: str, bank: str | None = None) -> Sequence[StoredItem]:
        """The current version of every item with this key, in any bank or in those of that name."""
        found = current_versions().where(QuestionRow.key == storable(key)).order_by(QuestionRow.id)
        if bank is not None:
            found = found.where(BankRow.name == storable(bank))
        return [values.stored_item(row) for row in await self.all(found)]

    async def withdraw(self, question: int, reason: str) -> bool:
        """Make every version void, and disable the item; False when all were void already."""
        marked = await self.session.scalars(
            update(VersionRow)
            .where(VersionRow.question_id == question, VersionRow.void == "")
            .values(void=reason)
            .returning(VersionRow.id)
        )
        await self.set_item_enabled(question, False)
        return bool(marked.all())

    async def digests(self, bank: int) -> Mapping[str, str]:
        """Key to digest of the current version of every item in the bank."""
        rows = await self.session.execute(
            select(QuestionRow.key, VersionRow.digest)
            .join(VersionRow, _is_current())
            .where(QuestionRow.bank_id == bank)
        )
        return {row.key: row.digest for row in rows}

    async def save(self, bank: int, items: Sequence[NewItem]) -> None:
        """Add items, or a new version where the key is known."""
        await importing.save(self.session, bank, items)

    async def items(self, bank: int) -> Sequence[StoredItem]:
        """The current version of every item, by key."""
        rows = await self.all(current_versions().where(QuestionRow.bank_id == bank).order_by(QuestionRow.key))
        return [values.stored_item(row) for row in rows]

    async def version(self, version: int) -> StoredItem:
        """One version, however old. Raises ``NotFound``."""
        row = await self.one(
            _versions(VersionRow.question_id == QuestionRow.id).where(VersionRow.id == version)
        )
        if row is None:
            raise NotFound("version", "This question is not in the bank any more.")
        return values.stored_item(row)

    async def challenge(self, community: int, key: str) -> StoredItem | None:
        """The current version of an enabled challenge by its key, or its title without case."""
        key = storable(key)
        row = await self.one(
            current_versions()
            .where(
                picking.usable(community),
                QuestionRow.kind.in_(CODE_KINDS),
                or_(QuestionRow.key == key, func.lower(QuestionRow.title) == func.lower(key)),
            )
            .order_by(
                (QuestionRow.key == key).desc(), BankRow.community_id.is_(None), BankRow.id, QuestionRow.id
            )
            .limit(1)
        )
        return values.stored_item(row) if row else None

    async def challenge_by_id(self, community: int, question: int) -> StoredItem | None:
        """The current version of an enabled challenge that the community may use."""
        row = await self.one(
            _versions(_is_current()).where(
                picking.usable(community), QuestionRow.kind.in_(CODE_KINDS), QuestionRow.id == question
            )
        )
        return values.stored_item(row) if row else None

    async def challenges(self, community: int) -> Sequence[tuple[str, str]]:
        """(key, title) of every enabled challenge, by title."""
        rows = await self.session.execute(
            select(QuestionRow.key, QuestionRow.title)
            .join(BankRow, BankRow.id == QuestionRow.bank_id)
            .where(picking.usable(community), QuestionRow.kind.in_(CODE_KINDS))
            .order_by(QuestionRow.title, QuestionRow.key)
        )
        return [(key, title) for key, title in rows]

    async def topics(self, community: int, kinds: Collection[Kind]) -> Sequence[str]:
        """The topics of enabled items of these kinds, by name."""
        rows = await self.session.scalars(
            select(QuestionRow.topic)
            .distinct()
            .join(BankRow, BankRow.id == QuestionRow.bank_id)
            .where(picking.usable(community), QuestionRow.kind.in_(kinds))
            .order_by(QuestionRow.topic)
        )
        return rows.all()

    async def pick_for_channel(
        self, community: int, channel: int, pool: Pool, start: int
    ) -> StoredItem | None:
        """The least used item of the pool for a channel's round."""
        uses = picking.channel_uses(channel)
        return await self._current(await picking.pick(self.session, community, pool, start, uses))

    async def pick_for_member(self, community: int, member: int, pool: Pool, start: int) -> StoredItem | None:
        """The least used item of the pool for a member who asks; today's rounds are left out."""
        uses = picking.member_uses(member)
        today = QuestionRow.id.not_in(picking.open_in(community))
        return await self._current(await picking.pick(self.session, community, pool, start, uses, today))

    async def _current(self, question: int | None) -> StoredItem | None:
        if question is None:
            return None
        row = await self.one(current_versions().where(QuestionRow.id == question))
        return values.stored_item(row) if row else None


def _is_current() -> ColumnElement[bool]:
    return and_(VersionRow.question_id == QuestionRow.id, VersionRow.number == QuestionRow.number)


def current_versions() -> Select[VersionRow]:
    """The current version of each question, with its question and bank."""
    return _versions(_is_current())


def _versions(which: ColumnElement[bool]) -> Select[VersionRow]:
    """Versions with their question and bank, so that both can be asked for and are loaded."""
    return (
        select(VersionRow)
        .join(QuestionRow, which)
        .join(BankRow, BankRow.id == QuestionRow.bank_id)
        .options(contains_eager(VersionRow.question).contains_eager(QuestionRow.bank))
    )
