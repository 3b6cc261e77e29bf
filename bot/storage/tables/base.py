"""The ground of all tables: names of constraints, column types, and checks for words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Dialect, Identity, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import JSON, TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def storable(text: str) -> str:
    """``text`` as PostgreSQL can hold it: without NUL, and without halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def to_json(value: Any) -> str:
    """A value of plain dicts, lists and scalars as JSON text that PostgreSQL accepts.

    The columns are ``json``, not ``jsonb``: nothing is searched inside them, and only ``json`` can hold a NUL
    that a member's program printed.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode("utf-8")


class StorableText(TypeDecorator[str]):
    """Text from people and programs: what PostgreSQL cannot hold is taken out on the way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """See ``storable``."""
        return None if value is None else storable(value)


class Number(TypeDecorator[int]):
    """A number that may come back from outside, in a button or an address.

    One that PostgreSQL cannot hold is nobody's: it is compared as NULL, which nothing equals.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """The number if it fits 64 bits."""
        return value if value is not None and -(2**63) <= value < 2**63 else None


Key = Annotated[int, mapped_column(Number, Identity(always=True), primary_key=True)]
"""A number that the database gives."""
Words = Annotated[str, mapped_column(StorableText)]
"""Text written by people or programs."""
Word = Annotated[str, mapped_column(Text)]
"""Text of our own choosing, kept in its bounds by a check."""
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
"""A moment; aware, in UTC."""
Document = Annotated[Any, mapped_column(JSON(none_as_null=True))]
"""A value written by ``bot.storage.documents``."""


class Base(DeclarativeBase):
    """The registry of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {int: BigInteger, str: Text}


def one_of(column: str, words: Iterable[StrEnum]) -> CheckConstraint:
    """A check that the column holds one of the words.

    Text with a check rather than an enum type: a word is added by one ordinary migration.
    """
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
