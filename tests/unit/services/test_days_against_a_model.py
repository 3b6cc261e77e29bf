"""The services in memory against a model on paper, over days of whatever happens."""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.unit.services.streak_machine import StreakMachine

TestDaysInMemory = StreakMachine.TestCase
TestDaysInMemory.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)


class Longer(StreakMachine):
    """The same, for much longer."""


TestManyDaysInMemory = pytest.mark.long(Longer.TestCase)
TestManyDaysInMemory.settings = settings(max_examples=1_000, stateful_step_count=60, deadline=None)
