"""The rules of ``tests/unit/services/test_leaderboards.py``, kept by PostgreSQL too."""

from tests.unit.services.test_leaderboards import *  # noqa: F403
