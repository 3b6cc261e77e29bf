"""A community's banks from chat: imported with a report, exported, switched on and off, by admins alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.domain.content import Item
from bot.services.bank_panels import SHOWN_PROBLEMS, BankPanels
from bot.services.banks import Rejected
from bot.services.cards import Notice
from bot.services.community_banks import ReadFile, WrittenFile
from bot.services.errors import BadSetting, NotAllowed
from bot.services.panels import Attachment, Facts, OpenPanel, Panel, Table, Tone
from tests.unit.services.fakes.world import ADA, GRACE, World, question


class Files:
    """Reads a question for each line of a file; a line that begins with ``!`` is wrong."""

    async def read(self, name: str, content: bytes, *, licence: str, author: str) -> ReadFile:
        lines = content.decode().split()
        return ReadFile(
            bank="from-file",
            format="lines",
            items=[question(line) for line in lines if not line.startswith("!")],
            rejected=[
                Rejected(name, number, line, "begins with !")
                for number, line in enumerate(lines, 1)
                if line.startswith("!")
            ],
        )

    async def write(self, bank: str, items: Sequence[Item]) -> WrittenFile:
        return WrittenFile(name=f"{bank}.yaml", content=b"written", left_out=1)


def upload(world: World, content: str, **values: str) -> OpenPanel:
    file = Attachment("bank.txt", content.encode(), "text/plain")
    return OpenPanel(actor=ADA, event_id=world.event(), at=world.clock.now(), values=values, files=(file,))


def panels(world: World) -> BankPanels:
    return BankPanels(world.store.begin, world.clock, Files())


def facts(panel: Panel) -> dict[str, str]:
    blocks = [block for block in panel.blocks if isinstance(block, Facts)]
    return {name: str(value) for block in blocks for name, value in block.pairs}


async def test_a_sound_file_becomes_the_communitys_own_bank() -> None:
    world = World()
    shown = await panels(world).load(upload(world, "one two"))
    assert facts(shown)["New"] == "2"
    assert [(bank.name, bank.community is not None) for bank in world.store.tables.banks.values()] == [
        ("from-file", True)
    ]
    assert any(action == "bank.imported" for _, _, action, _, _ in world.store.tables.audit)


async def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    world = World()
    shown = await panels(world).load(upload(world, "one", dry_run="yes", name="mine"))
    assert facts(shown) | {"New": "1", "Bank": "mine"} == facts(shown)
    assert world.store.tables.banks == {}


async def test_one_wrong_question_stops_the_import_and_the_report_names_every_one() -> None:
    world = World()
    wrong = " ".join(f"!w{number}" for number in range(SHOWN_PROBLEMS + 5))
    shown = await panels(world).load(upload(world, f"one {wrong}"))
    assert shown.tone is Tone.BAD
    assert world.store.tables.banks == {}
    (table,) = (block for block in shown.blocks if isinstance(block, Table))
    assert table.rows[0] == ("bank.txt:2", "!w0", "begins with !")
    assert len(table.rows) == SHOWN_PROBLEMS
    (file,) = (block for block in shown.blocks if isinstance(block, Attachment))
    assert len(file.content.decode().splitlines()) == SHOWN_PROBLEMS + 5


async def test_what_is_sound_is_loaded_when_that_is_wanted() -> None:
    world = World()
    shown = await panels(world).load(upload(world, "one !two", keep_good="yes"))
    assert facts(shown)["New"] == "1"
    assert len(world.store.tables.banks) == 1


async def test_a_bank_is_exported_and_switched_off_and_on() -> None:
    world = World()
    await panels(world).load(upload(world, "one", name="mine"))
    request = upload(world, "", name="mine")
    exported = await panels(world).export(request)
    assert [block.name for block in exported.blocks if isinstance(block, Attachment)] == ["mine.yaml"]
    assert isinstance(await panels(world).disable(request), Notice)
    assert [bank.enabled for bank in world.store.tables.banks.values()] == [False]
    await panels(world).enable(request)
    assert [bank.enabled for bank in world.store.tables.banks.values()] == [True]


async def test_nobody_else_may_and_a_file_is_needed() -> None:
    world = World()
    request = upload(world, "one", name="mine")
    for door in (panels(world).load, panels(world).export, panels(world).enable):
        with pytest.raises(NotAllowed):
            await door(replace(request, actor=GRACE))
    with pytest.raises(BadSetting, match="Add the file"):
        await panels(world).load(replace(request, files=()))
