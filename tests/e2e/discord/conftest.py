from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.e2e.discord.world import Guild, close_guild, open_guild
from tests.integration.database import database, database_url, postgres, shared_url, template

__all__ = ["database", "database_url", "guild", "postgres", "shared_url", "template"]


@pytest.fixture
async def guild() -> AsyncIterator[Guild]:
    """A guild with the bot in it. Whatever a test does, Discord has to have refused nothing."""
    opened = await open_guild()
    yield opened
    await close_guild(opened)
    assert opened.server.refused == []
