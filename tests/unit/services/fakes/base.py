"""What every repository in memory is made of."""

from __future__ import annotations

from typing import Any

from bot.services.errors import NotFound
from tests.unit.services.fakes.store import Store, Tables


class Repository:
    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    def tables(self) -> Tables:
        return self.store.tables


def found(table: dict[int, Any], key: int) -> Any:
    if key not in table:
        raise NotFound("gone", "That is not here.")
    return table[key]
