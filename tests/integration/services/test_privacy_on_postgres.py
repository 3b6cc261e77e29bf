"""A member's rights: everything taken along, everything forgotten, nothing of others' touched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.services.cards import Notice
from bot.services.commands import Actor, HelpStreak, ShowLeaderboard, ShowStreak, TakeHint
from bot.services.errors import NotAllowed, Refusal
from bot.services.panels import Attachment, OpenPanel, Panel, PressPanel
from bot.storage.repositories.privacy import personal_tables
from bot.storage.tables import Base
from tests.integration.services.test_linking_on_postgres import code_of
from tests.integration.services.test_linking_on_postgres import pressed as press
from tests.unit.services.fakes.world import ADA, GRACE, World, challenge, question

LINUS = replace(ADA, member="linus", name="Linus", is_admin=False)
SECRET = "```python\nprint(42)  # grace wrote this\n```"


async def played(world: World) -> None:
    """Grace, Linus and Ada have answered and handed in; Grace took a hint, and asked for a question."""
    await world.load(question("q1"), question("q2"), challenge("c1", hints=1))
    await world.set_up(at_once=True)
    await world.deliver()
    await world.services.challenges.hint(TakeHint(actor=GRACE, event_id=world.event()))
    for actor in (GRACE, LINUS, ADA):
        world.pass_time(minutes=1)
        await world.answer(actor, world.postings()[0].id, "B")
    await world.submit(GRACE, SECRET)
    for actor in (LINUS, ADA):
        await world.submit(actor, "```python\nprint(42)\n```")
    await world.grade()
    await world.deliver()


def asked(world: World, actor: Actor, **values: str) -> Any:
    return OpenPanel(actor=actor, event_id=world.event(), at=world.clock.now(), values=values)


async def export(world: World, actor: Actor) -> dict[str, Any]:
    panel = await world.services.panels.open("privacy", "export", asked(world, actor))
    assert isinstance(panel, Panel)
    file = next(block for block in panel.blocks if isinstance(block, Attachment))
    assert (file.kind, file.name) == ("application/json", "warmup-export-2026-03-02.json")
    document: dict[str, Any] = json.loads(file.content)
    return document


async def delete(world: World, actor: Actor, word: str = "delete") -> Panel | Notice:
    request = PressPanel(actor=actor, event_id=world.event(), at=world.clock.now(), values={"word": word})
    return await world.services.panels.press("privacy.delete", request)


async def everything(world: World) -> str:
    """The whole database as text."""
    told = []
    async with world.store.database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = await connection.execute(text(f"SELECT * FROM {table.name}"))
            told += [f"{table.name}: {dict(row)}" for row in rows.mappings()]
    return "\n".join(told)


async def count(world: World, table: str, where: str = "true") -> int:
    async with world.store.database.engine.connect() as connection:
        found = await connection.execute(text(f"SELECT count(*) FROM {table} WHERE {where}"))
        return int(found.scalar_one())


async def board(world: World, actor: Actor) -> list[tuple[int, str, int]]:
    page = await world.services.leaderboards.show(ShowLeaderboard(actor=actor))
    return [(row.rank, row.name, row.points) for row in page.rows]


async def test_the_export_holds_everything_of_the_member_and_nothing_of_others(world: World) -> None:
    await played(world)
    document = await export(world, GRACE)
    assert document["accounts"][0]["account"] == "grace"
    (answer,) = document["answers"]
    assert (answer["question_key"], answer["correct"]) == (world.postings()[0].stored.item.meta.key, True)
    (submission,) = document["submissions"]
    assert "grace wrote this" in submission["files"][0]["text"]
    assert submission["judgement"]["verdict"] == "accepted"
    assert len(document["hints_taken"]) == 1
    assert sum(entry["points"] for entry in document["ledger"]) > 0
    assert "Linus" not in json.dumps(document)
    assert "reply" not in submission


def test_every_table_that_refers_to_a_member_is_exported_and_forgotten() -> None:
    covered = {table.name for table, _ in personal_tables([1])}
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == "members":
                assert table.name in covered
                assert key.ondelete in ("CASCADE", "SET NULL"), f"{table.name} would keep a member from going"
    assert {"answers", "submissions", "ledger", "hints_taken", "scores", "reviews"} <= covered


async def test_after_deleting_nothing_of_the_member_is_left(world: World) -> None:
    await played(world)
    member = (await world.services.communities.enter(GRACE)).member.id
    assert isinstance(await delete(world, GRACE, "“Delete”"), Notice)
    left = await everything(world)
    assert "grace" not in left.lower()
    for table, condition in personal_tables([member]):
        async with world.store.database.engine.connect() as connection:
            rows = await connection.execute(table.select().where(condition))
            assert rows.all() == [], table.name
    assert await count(world, "audit_log", "action = 'member.forgotten' AND member_id IS NULL") == 1


async def test_ranks_of_the_others_close_up_and_their_points_stay(world: World) -> None:
    await played(world)
    before = await board(world, ADA)
    assert len(before) == 3
    await delete(world, GRACE)
    after = await board(world, ADA)
    points = {name: points for _, name, points in before}
    assert {name: points for _, name, points in after} == {name: points[name] for name in ("Linus", "Ada")}
    assert after[0][0] == 1


async def test_code_that_somebody_else_handed_in_as_well_keeps_its_grading(world: World) -> None:
    await played(world)
    assert await count(world, "grading_jobs") == 2
    await delete(world, LINUS)
    assert await count(world, "grading_jobs") == 2
    await delete(world, ADA)
    assert await count(world, "grading_jobs") == 1


async def test_without_the_word_nothing_is_deleted(world: World) -> None:
    await played(world)
    for word in ("", "yes", "deleted"):
        with pytest.raises(Refusal, match="Nothing was deleted"):
            await delete(world, GRACE, word)
    assert len(await board(world, GRACE)) == 3


async def test_who_comes_back_begins_anew(world: World) -> None:
    await played(world)
    await delete(world, GRACE)
    assert "answers" not in await export(world, GRACE)
    assert (await world.services.streaks.show(ShowStreak(actor=GRACE))).current == 0


async def test_what_admins_did_stays_without_who_it_was_done_to(world: World) -> None:
    await played(world)
    help_ = HelpStreak(actor=ADA, event_id=world.event(), member="grace", day=None, why="was ill")
    await world.services.streaks.help(help_)
    await delete(world, GRACE)
    await delete(world, ADA)
    assert await count(world, "audit_log", "action LIKE 'streak.%' AND member_id IS NULL") == 1
    assert "grace" not in (await everything(world)).lower()


async def test_a_linked_person_takes_and_deletes_all_accounts(world: World) -> None:
    await played(world)
    elsewhere = replace(GRACE, community="c2", member="g2", name="Gracie")
    await world.services.panels.open("link", "", asked(world, elsewhere, code=await code_of(world, GRACE)))
    assert {account["account"] for account in (await export(world, elsewhere))["accounts"]} == {"grace", "g2"}
    await delete(world, elsewhere)
    left = (await everything(world)).lower()
    assert "grace" not in left
    assert "gracie" not in left


async def test_a_member_who_hides_is_shown_to_nobody_else(world: World) -> None:
    await played(world)
    await press(world, GRACE, "privacy.hide", "on")
    assert "Grace" not in {name for _, name, _ in await board(world, ADA)}
    with pytest.raises(NotAllowed, match="to themselves"):
        await world.services.streaks.show(ShowStreak(actor=ADA, member="grace"))
    assert (await world.services.streaks.show(ShowStreak(actor=GRACE, member="grace"))).current == 1
    async with world.store.begin() as work:
        assert (await work.answers.tally(world.postings()[0].id)).first == ""
    own = await world.services.leaderboards.show(ShowLeaderboard(actor=GRACE))
    assert own.own is not None
    assert own.own.rank >= 1
    await press(world, GRACE, "privacy.hide", "off")
    assert "Grace" in {name for _, name, _ in await board(world, ADA)}
    assert (await world.services.streaks.show(ShowStreak(actor=ADA, member="grace"))).current == 1


async def test_the_overview_says_what_is_kept(world: World) -> None:
    await played(world)
    panel = await world.services.panels.open("privacy", "show", asked(world, GRACE))
    assert isinstance(panel, Panel)
    facts: Mapping[str, Any] = dict(panel.blocks[1].pairs)  # type: ignore[union-attr]
    assert facts["Answers to questions"] == "1"
    assert facts["Code handed in"] == "1"
    assert facts["On leaderboards"] == "shown with your name"
