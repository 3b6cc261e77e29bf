"""The rules of ``tests/unit/services/test_banks.py``, kept by PostgreSQL too."""

from tests.unit.services.test_banks import *  # noqa: F403
