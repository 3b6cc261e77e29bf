"""Badges follow their stated rules and nothing else."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from bot.domain.badges import RULES, Deeds, earned, upcoming


def test_nothing_done_earns_nothing_and_shows_what_there_is_to_earn() -> None:
    assert earned(Deeds()) == ()
    assert len(upcoming(Deeds())) == len(RULES)


@pytest.mark.parametrize("field", [field.name for field in fields(Deeds)])
def test_each_deed_earns_its_badges_exactly_at_the_stated_counts(field: str) -> None:
    rule = next(rule for rule in RULES if rule.count(replace(Deeds(), **{field: 3})) == 3)
    for need, name in rule.steps:
        assert name not in [badge.name for badge in earned(replace(Deeds(), **{field: need - 1}))]
        badges = earned(replace(Deeds(), **{field: need}))
        assert (badges[-1].name, badges[-1].why) == (name, f"{rule.what}: {need:,}")


def test_the_nearest_badge_comes_first() -> None:
    found = upcoming(Deeds(right=9, reviews=10))
    assert (found[0].name, found[0].have, found[0].need) == ("Curious", 9, 10)


def test_no_two_badges_share_a_name() -> None:
    names = [name for rule in RULES for _, name in rule.steps]
    assert len(names) == len(set(names))


def test_the_rules_page_states_every_badge() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "rules.md").read_text()
    for rule in RULES:
        line = next(line for line in page.splitlines() if line.startswith(f"| {rule.what}"))
        assert all(f"{name} {need:,}" in line for need, name in rule.steps), line
