"""Days of whatever happens, on PostgreSQL: streaks and points are those on paper, and every sum agrees."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from bot.storage.database import Database
from bot.storage.recount import recount
from tests.integration.database import EMPTY, execute
from tests.integration.services.world import sql_world
from tests.unit.services.fakes.world import World
from tests.unit.services.streak_machine import StreakMachine


def test_days_on_postgres(shared_url: str) -> None:
    class OnPostgres(StreakMachine):
        def make_world(self) -> World:
            self.database = Database(shared_url, pool_size=2)
            return sql_world(self.database)

        def teardown(self) -> None:
            try:
                assert self.run_(recount(self.database.engine)) == []
            finally:
                self.run_(self.database.engine.dispose())
                self.run_(execute(shared_url, EMPTY))
                super().teardown()

    run_state_machine_as_test(
        OnPostgres,
        settings=settings(
            max_examples=3,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
