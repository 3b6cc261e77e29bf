"""The rules of ``tests/unit/services/test_rounds.py``, kept by PostgreSQL too."""

from tests.unit.services.test_rounds import *  # noqa: F403

# It breaks the tables in memory on purpose; PostgreSQL has its own outages in tests/integration/storage.
del test_a_fault_in_one_channel_holds_no_other_up  # noqa: F821
