"""Which roles a streak and ranks earn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.periods import Period
from bot.domain.rewards import RewardKind, RoleRule, roles_earned


def rule(kind: RewardKind, threshold: int, role: str, period: Period = Period.ALL) -> RoleRule:
    return RoleRule(id=threshold, kind=kind, threshold=threshold, period=period, role=role)


STREAKS = [rule(RewardKind.STREAK, days, f"streak-{days}") for days in (7, 3, 30)]
RANKS = [
    rule(RewardKind.RANK, 10, "ten", Period.MONTH),
    rule(RewardKind.RANK, 1, "one", Period.MONTH),
    rule(RewardKind.RANK, 3, "three of all", Period.ALL),
]


def test_the_highest_streak_reached_counts_alone() -> None:
    earned = {days: roles_earned(STREAKS, days, {}) for days in (0, 2, 3, 7, 29, 30, 400)}
    assert earned[0] == earned[2] == frozenset()
    assert earned[3] == {"streak-3"}
    assert earned[7] == earned[29] == {"streak-7"}
    assert earned[30] == earned[400] == {"streak-30"}


def test_the_best_rank_of_each_period_counts() -> None:
    assert roles_earned(RANKS, 0, {Period.MONTH: 1, Period.ALL: 3}) == {"one", "three of all"}
    assert roles_earned(RANKS, 0, {Period.MONTH: 2}) == {"ten"}
    assert roles_earned(RANKS, 0, {Period.MONTH: 11, Period.ALL: 4}) == frozenset()


def test_a_streak_and_a_rank_do_not_stand_in_each_others_way() -> None:
    assert roles_earned([*STREAKS, *RANKS], 8, {Period.MONTH: 1}) == {"streak-7", "one"}


@given(st.integers(0, 500), st.dictionaries(st.sampled_from([Period.MONTH, Period.ALL]), st.integers(1, 99)))
def test_doing_better_never_loses_a_kind_of_role(streak: int, ranks: dict[Period, int]) -> None:
    better = roles_earned([*STREAKS, *RANKS], streak + 1, dict.fromkeys(ranks, 1))
    assert len(better) >= len(roles_earned([*STREAKS, *RANKS], streak, ranks))
