"""Statistics of questions: equal to a plain recomputation, and they name what is wrong with a key."""

from __future__ import annotations

import random
import statistics
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.content import Kind, Option, Question
from bot.domain.quality import (
    Finding,
    OptionSums,
    QuestionSums,
    Sums,
    correlation,
    judge,
)
from tests.unit.services.fakes.world import meta


@dataclass(frozen=True)
class Try:
    """One first attempt: which option, and how able the member is (None: unknown)."""

    chosen: int
    ability: float | None


def add_up(tries: list[Try]) -> Sums:
    known = [one.ability for one in tries if one.ability is not None]
    return Sums(len(tries), len(known), sum(known), sum(value * value for value in known))


def sums(tries: list[Try], right: int, options: int) -> QuestionSums:
    abilities = sorted((one.ability for one in tries if one.ability is not None), reverse=True)
    bar = abilities[max(0, len(abilities) // 3 - 1)] if abilities else 2.0
    able = [one for one in tries if one.ability is not None and one.ability >= bar]
    return QuestionSums(
        every=add_up(tries),
        right=add_up([one for one in tries if one.chosen == right]),
        able=len(able),
        options=tuple(
            OptionSums(
                position,
                add_up([one for one in tries if one.chosen == position]),
                sum(one.chosen == position for one in able),
            )
            for position in range(options)
        ),
    )


def keyed(right: int, options: int = 4) -> Question:
    return Question(
        meta=meta("q"),
        kind=Kind.MULTIPLE_CHOICE,
        prompt="?",
        options=tuple(Option(f"option {n}", n == right) for n in range(options)),
    )


TRIES = st.lists(
    st.builds(Try, st.integers(0, 3), st.one_of(st.none(), st.integers(0, 20).map(lambda n: n / 20))),
    max_size=60,
)


@settings(deadline=None)
@given(TRIES, st.integers(0, 3))
def test_equal_to_a_plain_recomputation(tries: list[Try], right: int) -> None:
    found = judge(keyed(right), sums(tries, right, 4))
    assert found.attempts == len(tries)
    if tries:
        assert found.facility == pytest.approx(statistics.fmean(one.chosen == right for one in tries))
    known = [one for one in tries if one.ability is not None]
    for position in range(4):
        belongs = [float(one.chosen == position) for one in known]
        able = [one.ability or 0.0 for one in known]
        plain = (
            statistics.correlation(belongs, able)
            if len(set(belongs)) == 2 and statistics.pvariance(able) > 1e-9
            else None
        )
        assert found.options[position].correlation == (plain if plain is None else pytest.approx(plain))
        if position == right:
            assert found.discrimination == found.options[position].correlation


def crowd(sure: dict[int, float], lost: dict[int, float], seed: int, size: int = 240) -> list[Try]:
    """Members of all abilities: the abler they are, the more they choose as ``sure`` says."""
    chance = random.Random(seed)
    tries = []
    for n in range(size):
        ability = n / size
        table = sure if chance.random() < ability else lost
        tries.append(Try(chance.choices(list(table), list(table.values()))[0], ability))
    return tries


EVENLY = {0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0}


def findings(tries: list[Try], right: int) -> list[Finding]:
    return [finding for finding, _ in judge(keyed(right), sums(tries, right, 4)).findings]


@pytest.mark.parametrize("seed", range(5))
def test_a_sound_question_has_nothing_against_it(seed: int) -> None:
    assert findings(crowd({2: 1.0}, EVENLY, seed), right=2) == []


@pytest.mark.parametrize("seed", range(5))
def test_a_wrong_key_is_named(seed: int) -> None:
    found = judge(keyed(0), sums(crowd({2: 1.0}, EVENLY, seed), 0, 4))
    assert found.findings[0][0] is Finding.WRONG_KEY
    assert "option 2" in found.findings[0][1]


@pytest.mark.parametrize("seed", range(5))
def test_two_right_options_are_ambiguous(seed: int) -> None:
    found = judge(keyed(0), sums(crowd({0: 1.0, 2: 1.0}, {1: 1.0, 3: 1.0, 0: 1.6, 2: 1.6}, seed), 0, 4))
    assert Finding.AMBIGUOUS in [finding for finding, _ in found.findings]


def test_an_option_that_nobody_takes_is_dead() -> None:
    assert findings(crowd({2: 1.0}, {0: 1.0, 1: 1.0, 2: 1.0}, 1), right=2) == [Finding.DEAD]


def test_too_easy_and_too_hard() -> None:
    assert Finding.EASY in findings([Try(2, n / 40) for n in range(40)], right=2)
    assert Finding.HARD in findings([Try(n % 2, 0.5) for n in range(40)], right=2)


def test_little_data_says_nothing() -> None:
    assert findings(crowd({2: 1.0}, EVENLY, 1, size=15), right=0) == []


def test_where_all_are_equally_able_nothing_correlates() -> None:
    same = Sums(4, 4, 2.0, 1.0)
    assert correlation(same, Sums(2, 2, 1.0, 0.5)) is None
