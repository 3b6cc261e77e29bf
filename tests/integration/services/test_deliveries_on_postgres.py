"""The rules of ``tests/unit/services/test_deliveries.py``, kept by PostgreSQL too."""

from tests.unit.services.test_deliveries import *  # noqa: F403
