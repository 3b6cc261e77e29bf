"""The services' world, on PostgreSQL."""

from __future__ import annotations

import pytest

from bot.storage.database import Database
from tests.integration.services.world import sql_world
from tests.unit.services.fakes.world import World


@pytest.fixture
def world(database: Database) -> World:
    return sql_world(database)
