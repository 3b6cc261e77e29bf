"""The rules of ``tests/unit/services/test_streaks.py``, kept by PostgreSQL too."""

from tests.unit.services.test_streaks import *  # noqa: F403
