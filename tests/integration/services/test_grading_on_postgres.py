"""The rules of ``tests/unit/services/test_grading.py``, kept by PostgreSQL too."""

from tests.unit.services.test_grading import *  # noqa: F403
