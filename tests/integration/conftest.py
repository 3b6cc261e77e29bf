"""Fixtures of all integration tests."""

from tests.integration.database import (
    database,
    database_url,
    empty_url,
    own_url,
    postgres,
    shared_url,
    template,
)

__all__ = ["database", "database_url", "empty_url", "own_url", "postgres", "shared_url", "template"]
