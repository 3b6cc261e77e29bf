"""The rules of ``tests/unit/services/test_questions.py``, kept by PostgreSQL too."""

from tests.unit.services.test_questions import *  # noqa: F403
