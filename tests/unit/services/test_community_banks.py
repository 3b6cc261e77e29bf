"""A community's admins and its banks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.services.banks import Rejected
from bot.services.community_banks import ReadFile
from bot.services.errors import NotAllowed, NotFound
from tests.unit.services.fakes.world import ADA, GRACE, World, question

OTHER = replace(ADA, community="c2")


def file(*keys: str, rejected: tuple[Rejected, ...] = ()) -> ReadFile:
    return ReadFile(bank="ours", format="csv", items=[question(key) for key in keys], rejected=rejected)


async def test_an_imported_bank_belongs_to_its_community_alone(world: World):
    await world.load(question("shared"))
    report = await world.services.community_banks.load(ADA, file("one", "two"))
    assert (report.added, report.loaded) == (2, True)
    assert {bank.name for bank in await world.services.community_banks.list(ADA)} == {"basics", "ours"}
    assert {bank.name for bank in await world.services.community_banks.list(OTHER)} == {"basics"}


async def test_a_dry_run_and_a_rejected_question_load_nothing(world: World):
    assert (await world.services.community_banks.load(ADA, file("one"), dry_run=True)).added == 1
    wrong = (Rejected("f.csv", 3, "two", "no right option"),)
    assert not (await world.services.community_banks.load(ADA, file("one", rejected=wrong))).loaded
    assert await world.services.community_banks.list(ADA) == []


async def test_ones_own_bank_is_switched_off_and_everybodys_is_not(world: World):
    await world.load(question("shared"))
    await world.services.community_banks.load(ADA, file("one"))
    await world.services.community_banks.enable(ADA, "ours", False)
    enabled = {bank.name: bank.enabled for bank in await world.services.community_banks.list(ADA)}
    assert enabled == {"basics": True, "ours": False}
    with pytest.raises(NotAllowed, match="operator"):
        await world.services.community_banks.enable(ADA, "basics", False)
    with pytest.raises(NotFound, match="no bank called 'nothing'"):
        await world.services.community_banks.enable(ADA, "nothing", True)


async def test_only_ones_own_bank_is_handed_out(world: World):
    await world.services.community_banks.load(ADA, file("one"))
    assert [item.meta.key for item in await world.services.community_banks.items(ADA, "ours")] == ["one"]
    with pytest.raises(NotFound):
        await world.services.community_banks.items(OTHER, "ours")


async def test_members_may_do_none_of_it(world: World):
    for attempt in (
        world.services.community_banks.list(GRACE),
        world.services.community_banks.load(GRACE, file("one")),
        world.services.community_banks.enable(GRACE, "ours", True),
        world.services.community_banks.items(GRACE, "ours"),
    ):
        with pytest.raises(NotAllowed):
            await attempt
