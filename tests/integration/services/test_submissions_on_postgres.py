"""The rules of ``tests/unit/services/test_submissions.py``, kept by PostgreSQL too."""

from tests.unit.services.test_submissions import *  # noqa: F403
