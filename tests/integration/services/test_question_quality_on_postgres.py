"""``/bank stats``: the database's sums equal a plain recomputation, and wrong keys are named."""

from __future__ import annotations

import random
import statistics
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.content import Option, Question
from bot.domain.quality import Finding, judge
from bot.services.errors import NotAllowed, NotFound
from bot.services.learning.records import Attempt, Source
from tests.integration.services.learner import Learner, text
from tests.unit.services.fakes.world import ADA, GRACE, World, question

MEMBERS, QUESTIONS = 60, 9


def four_options(key: str, right: int = 1) -> Question:
    options = tuple(Option(f"{key} {letter}", place == right) for place, letter in enumerate("abcd"))
    return replace(question(key), options=options)


@pytest.fixture
async def attempts(world: World) -> list[Attempt]:
    """Sixty members from able to not; the key of the last question is wrong: the able choose c."""
    await world.load(
        *(four_options(f"q{n}") for n in range(QUESTIONS - 1)), four_options(f"q{QUESTIONS - 1}")
    )
    chance = random.Random(7)
    made: list[Attempt] = []
    async with world.store.begin() as work:
        (bank,) = await work.bank.banks(None)
        items = await work.bank.items(bank.id)
        for n in range(MEMBERS):
            place = await work.directory.enter(replace(GRACE, member=f"m{n}", name=f"M{n}"))
            for item in items[: QUESTIONS if n % 10 else 4]:
                believed = 2 if item.item.meta.key == f"q{QUESTIONS - 1}" else 1
                chosen = believed if chance.random() < n / MEMBERS else chance.randrange(4)
                made.append(
                    Attempt(
                        member=place.member.id,
                        question=item.question,
                        version=item.version,
                        chosen=frozenset({chosen}),
                        correct=chosen == 1,
                        seconds=None if n % 3 else chance.randrange(5, 90),
                        source=Source.ANSWER,
                        at=world.clock.now() + timedelta(seconds=n),
                    )
                )
        await work.attempts.add(made)
    return made


async def test_sums_equal_a_plain_recomputation(world: World, attempts: list[Attempt]) -> None:
    async with world.store.begin() as work:
        (bank,) = await work.bank.banks(None)
        found = await work.quality.sums(bank.id)
        items = {item.question: item.as_question for item in await work.bank.items(bank.id)}
    by_member: dict[int, list[Attempt]] = {}
    for one in attempts:
        by_member.setdefault(one.member, []).append(one)

    def ability(one: Attempt) -> float | None:
        others = [other.correct for other in by_member[one.member] if other.question != one.question]
        return statistics.fmean(others) if len(others) >= 5 else None

    for number, item in items.items():
        tries = [one for one in attempts if one.question == number]
        known = [one for one in tries if ability(one) is not None]
        able = [ability(one) for one in known]
        quality = judge(item, found[number])
        assert quality.attempts == len(tries)
        assert quality.facility == pytest.approx(statistics.fmean(one.correct for one in tries))
        right = [float(one.correct) for one in known]
        assert quality.discrimination == pytest.approx(statistics.correlation(right, able))
        timed = [one.seconds for one in tries if one.seconds is not None]
        assert (quality.seconds, quality.timed) == (statistics.median(timed), len(timed))
        for use in quality.options:
            chose = [float(use.position in one.chosen) for one in known]
            assert use.share == pytest.approx(statistics.fmean(use.position in one.chosen for one in tries))
            assert use.correlation == pytest.approx(statistics.correlation(chose, able))


async def test_a_wrong_key_comes_first_and_shows_why(world: World, attempts: list[Attempt]) -> None:
    ada = Learner(world, ADA)
    page = await ada.open("bank", "stats", bank="basics")
    assert f"1 | Q{QUESTIONS - 1} |" in text(page)
    assert "the key is likely wrong" in text(page)
    one = await ada.press(page, "1")
    assert f"q{QUESTIONS - 1} c" in text(one)
    assert "(key)" in text(one)
    assert (await ada.press(one, "Back")).title == page.title
    assert (await ada.form(one, "Set aside")).inputs, "one step from here to void and rescore"
    assert (await ada.form(one, "Flag")).inputs
    report = await world.services.quality.report("basics")
    assert report[0].quality.findings[0][0] is Finding.WRONG_KEY


async def test_only_admins_see_statistics(world: World, attempts: list[Attempt]) -> None:
    with pytest.raises(NotAllowed):
        await Learner(world, GRACE).open("bank", "stats")
    page = await Learner(world, ADA).open("bank", "stats")
    with pytest.raises(NotAllowed):
        await Learner(world, GRACE).press(page, "1")
    with pytest.raises(NotFound, match="Known banks: basics"):
        await Learner(world, ADA).open("bank", "stats", bank="advanced")


async def test_attempts_at_an_older_version_do_not_count(world: World, attempts: list[Attempt]) -> None:
    await world.load(four_options("q0", right=3))
    report = await world.services.quality.report("basics")
    assert "q0" not in [one.question.meta.key for one in report]
