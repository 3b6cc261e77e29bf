"""Loading banks: all or nothing, the same again changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.content import CODE_KINDS
from bot.services.banks import LoadBank, LoadReport, Rejected
from bot.services.commands import AskQuiz
from bot.services.errors import NotFound
from tests.unit.services.fakes.world import ADA, World, challenge, question

BAD = Rejected("bank.yaml", 7, "broken", "no right option")


async def load(world: World, *items: object, **more: object) -> LoadReport:
    return await world.services.banks.load(LoadBank(bank="b", items=items, **more))


def counts(report: LoadReport) -> tuple[int, int, int]:
    return report.added, report.updated, report.unchanged


@pytest.mark.failure(28)
async def test_the_same_bank_twice_makes_no_duplicates(world: World) -> None:
    items = (question("q"), challenge("c"))
    assert counts(await load(world, *items)) == (2, 0, 0)
    assert counts(await load(world, *items)) == (0, 0, 2)
    assert len(world.store.tables.versions) == 2


@pytest.mark.failure(31)
async def test_an_edited_question_becomes_a_new_version_of_the_same_question(world: World) -> None:
    await load(world, question("q"), question("r"))
    report = await load(world, replace(question("q"), prompt="better?"), question("r"), question("s"))
    assert counts(report) == (1, 1, 1)
    stored = {item.item.meta.key: item for item in await world.services.banks.items("b")}
    assert (stored["q"].number, stored["q"].item.prompt) == (2, "better?")
    assert stored["r"].number == 1


@pytest.mark.failure(27)
async def test_one_rejected_question_means_that_nothing_is_loaded(world: World) -> None:
    report = await load(world, question("q"), rejected=(BAD,))
    assert (report.loaded, counts(report), report.rejected) == (False, (0, 0, 0), (BAD,))
    assert not world.store.tables.versions


async def test_keep_good_loads_the_rest_and_still_tells(world: World) -> None:
    report = await load(world, question("q"), rejected=(BAD,), keep_good=True)
    assert (counts(report), report.rejected) == ((1, 0, 0), (BAD,))


async def test_a_key_that_comes_twice_is_rejected(world: World) -> None:
    report = await load(world, question("q"), question("q"))
    assert (report.loaded, report.rejected[0].question) == (False, "q")


async def test_a_dry_run_says_the_same_and_writes_nothing(world: World) -> None:
    report = await load(world, question("q"), dry_run=True)
    assert (counts(report), report.loaded) == ((1, 0, 0), False)
    assert not world.store.tables.versions


async def test_a_bank_that_is_off_gives_no_questions(world: World) -> None:
    await load(world, question("q"))
    await world.services.banks.enable("b", False)
    with pytest.raises(NotFound):
        await world.services.quiz.ask(AskQuiz(actor=ADA, event_id="e"))
    await world.services.banks.enable("b", True)
    assert (await world.services.quiz.ask(AskQuiz(actor=ADA, event_id="e"))).title == "Q"


async def test_a_question_that_is_off_is_not_picked(world: World) -> None:
    await load(world, question("q"), challenge("c"))
    await world.services.banks.enable_question("b", "q", False)
    await world.services.banks.enable_question("b", "c", False)
    with pytest.raises(NotFound):
        await world.services.quiz.ask(AskQuiz(actor=ADA, event_id="e"))
    assert await world.services.challenges.names(ADA) == []
    with pytest.raises(NotFound, match="holds nothing called 'x'"):
        await world.services.banks.enable_question("b", "x", True)


async def test_banks_and_topics_are_listed(world: World) -> None:
    await load(world, question("q", topic="sql"), challenge("c"))
    assert [bank.name for bank in await world.services.banks.list()] == ["b"]
    assert await world.services.banks.topics(ADA) == ["python", "sql"]
    assert await world.services.banks.topics(ADA, CODE_KINDS) == ["python"]


async def test_an_unknown_bank_is_refused_with_those_there_are(world: World) -> None:
    await load(world, question("q"))
    with pytest.raises(NotFound, match="Known banks: b"):
        await world.services.banks.enable("x", True)


def test_help_names_every_command(world: World) -> None:
    named = {command.usage.split()[0] for command in world.services.help().commands}
    typed = {f"/{command.name}" for command in world.services.panels.commands}
    assert named == typed | {"/quiz", "/challenge", "/submit", "/hint", "/leaderboard", "/streak", "/help"}
