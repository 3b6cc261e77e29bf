"""What all repositories share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from bot.storage.tables import MemberRow

Row = TypeVar("Row", bound=DeclarativeBase)


class Repository:
    """Works inside the transaction of one session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def one(self, statement: Select[Row]) -> Row | None:
        """The only row, or None. Always as the database has it now, never as an earlier query saw it."""
        return (
            await self.session.scalars(statement, execution_options={"populate_existing": True})
        ).one_or_none()

    async def all(self, statement: Select[Row]) -> Sequence[Row]:
        """Every row, as the database has it now."""
        return (await self.session.scalars(statement, execution_options={"populate_existing": True})).all()

    async def lock_member(self, member: int) -> None:
        """Let others who lock the same member wait until this transaction ends (readers do not wait)."""
        await self.session.execute(
            select(MemberRow.id).where(MemberRow.id == member).with_for_update(key_share=True)
        )
