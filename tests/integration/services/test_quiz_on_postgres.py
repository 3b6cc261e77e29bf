"""The rules of ``tests/unit/services/test_quiz.py``, kept by PostgreSQL too."""

from tests.unit.services.test_quiz import *  # noqa: F403
