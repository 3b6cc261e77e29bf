"""Who one can be, and what the cookie remembers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.playground.people import (
    ADDED_LIMIT,
    NAME_LIMIT,
    RESIDENTS,
    People,
    from_cookie,
    named,
)


def test_a_new_visitor_is_the_first_resident() -> None:
    assert from_cookie(None).me == RESIDENTS[0]


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * (NAME_LIMIT + 1), "Warmup", "WARMUP", "a\x00b", "---", "a\u202eb"]
)
def test_what_is_no_name_is_nobody(name: str) -> None:
    assert named(name) is None


def test_spelling_does_not_make_another_person() -> None:
    assert named("  ada ") == RESIDENTS[0]
    assert named("Zoé") == named("Zoe\u0301")
    assert named("ZOÉ").id == named("zoé").id  # type: ignore[union-attr]


def test_a_new_name_is_added_and_remembered() -> None:
    people = People().become(named("Zoé") or RESIDENTS[0]).become(RESIDENTS[1])
    again = from_cookie(people.to_cookie())
    assert again == people
    assert [person.name for person in again.everyone][-1] == "Zoé"
    assert again.me.name == "Grace"


def test_the_number_of_added_names_is_bounded() -> None:
    people = People()
    for number in range(3 * ADDED_LIMIT):
        people = people.become(named(f"n{number}") or RESIDENTS[0])
    assert len(people.added) == ADDED_LIMIT
    assert people.me in people.everyone


@given(st.text())
def test_any_cookie_gives_somebody(value: str) -> None:
    assert from_cookie(value).me.name


@pytest.mark.parametrize(
    "value", ["[]", "7", "null", '{"added": 3}', '{"me": {}}', '{"me": "warmup"}', "%7B%7D"]
)
def test_a_forged_cookie_is_a_new_visitor(value: str) -> None:
    assert from_cookie(value).me.id != "warmup"


def test_whoever_acts_is_known_to_the_services_by_id_and_name() -> None:
    actor = RESIDENTS[1].actor
    assert (actor.member, actor.name, actor.channel) == ("grace", "Grace", "daily")
