"""Admins set rounds up and look after banks; nobody else does, whatever Discord lets through."""

from __future__ import annotations

import pytest

from tests.e2e.discord.server import ADA, CHANNEL, Exchange
from tests.e2e.discord.world import Guild

CSV = b"""question,option 1,option 2,correct,topic
"What is 1 + 1?",1,2,B,sums
"What is 2 + 2?",4,5,A,sums
"""
WRONG = b"""question,option 1,option 2,correct,topic
"What is 1 + 1?",1,2,B,sums
"What is 2 + 2?",4,5,Z,sums
"""


async def run(guild: Guild, name: str, /, *, admin: bool = True, **options: object) -> Exchange:
    asked = await guild.server.slash(name, options, admin=admin)
    await guild.server.until(lambda: asked.message and "### " in asked.text)
    return asked


DONE = "### Question bank"
"""Heads the last of the messages that an import shows one after the other."""


async def upload(guild: Guild, content: bytes, **options: object) -> Exchange:
    files = guild.server.attach({"sums.csv": content})
    asked = await guild.server.slash(
        "bank import",
        {"file": next(iter(files))} | options,
        admin=True,
        data_more={"resolved": {"attachments": files}},
    )
    await guild.server.until(lambda: DONE in asked.text)
    return asked


async def test_a_channel_is_set_up_and_its_first_round_posted(guild: Guild) -> None:
    done = await run(guild, "warmup setup", time="9:30", zone="Europe/Berlin", days="weekdays", now=True)
    assert "Today's round is on its way; from now on at 09:30 (Europe/Berlin)." in done.text
    await guild.deliver()
    assert len(guild.server.posts(CHANNEL)) == 2
    stats = await run(guild, "warmup stats")
    assert "09:30 (Europe/Berlin) on Mon, Tue, Wed, Thu, Fri" in stats.text
    assert "0 answers to the question" in stats.text
    paused = await run(guild, "warmup pause")
    assert "paused" in paused.text
    resumed = await run(guild, "warmup resume")
    assert "Daily rounds come at 09:30" in resumed.text


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"time": "25:00", "zone": "UTC"}, "such as 09:30"),
        ({"time": "9:30", "zone": "Europe/Berln"}, "Did you mean Europe/Berlin"),
        ({"time": "9:30", "zone": "UTC", "days": "someday"}, "do not know the day"),
        ({"time": "9:30", "zone": "UTC", "difficulties": "brutal"}, "easy, medium and hard"),
        ({"time": "9:30", "zone": "UTC", "topics": "cooking"}, "no topic"),
    ],
)
async def test_a_setting_that_cannot_be_is_refused_with_what_can(
    guild: Guild, options: dict, told: str
) -> None:
    assert told in (await run(guild, "warmup setup", **options)).text


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("warmup setup", {"time": "9:30", "zone": "UTC"}),
        ("warmup pause", {}),
        ("warmup stats", {}),
        ("warmup freeze", {"member": "501", "why": "x"}),
        ("bank list", {}),
        ("bank disable", {"name": "basics"}),
        ("bank export", {"name": "basics"}),
    ],
)
async def test_a_member_may_do_none_of_it(guild: Guild, name: str, options: dict) -> None:
    resolved = {"resolved": {"users": {"501": ADA}}}
    asked = await guild.server.slash(name, options, admin=False, data_more=resolved)
    await guild.server.until(lambda: asked.message and "### " in asked.text)
    assert "Only those who manage" in asked.text


async def test_discord_itself_shows_them_to_managers_and_in_servers_only(guild: Guild) -> None:
    commands = {each["name"]: each for each in guild.server.commands}
    for name in ("warmup", "bank"):
        assert commands[name]["default_member_permissions"] == 32
        assert commands[name]["contexts"] == [0]


async def test_a_bank_is_imported_listed_disabled_and_exported(guild: Guild) -> None:
    tried = await upload(guild, CSV, name="sums", dry_run=True)
    assert "2 new" in tried.text
    assert "Nothing was written" in tried.text
    done = await upload(guild, CSV, name="sums")
    assert "2 new, 0 changed, 0 as they were" in done.text
    again = await upload(guild, CSV, name="sums")
    assert "0 new, 0 changed, 2 as they were" in again.text
    listed = await run(guild, "bank list")
    assert "`basics`" in listed.text
    assert "`sums`" in listed.text.partition(", yours")[0]
    assert "is not used any more" in (await run(guild, "bank disable", name="sums")).text
    refused = await run(guild, "bank disable", name="basics")
    assert "its operator decides" in refused.text
    exported = await guild.server.slash("bank export", {"name": "sums"}, admin=True)
    await guild.server.until(lambda: exported.edits)
    assert b"What is 2 + 2?" in exported.files["sums.yaml"]


@pytest.mark.failure(27)
async def test_a_malformed_bank_loads_nothing_and_names_file_and_line(guild: Guild) -> None:
    done = await upload(guild, WRONG, name="sums")
    assert "Nothing was imported" in done.text
    assert b"sums.csv:3" in done.files["rejected.txt"]
    assert "sums" not in (await run(guild, "bank list")).text
    kept = await upload(guild, WRONG, name="sums", keep_good=True)
    assert "1 new" in kept.text


async def test_an_import_says_how_far_it_is(guild: Guild) -> None:
    done = await upload(guild, CSV, name="sums")
    assert done.edits == 3, "the file is here; what was read; what was done"


async def test_a_preview_shows_what_would_be_posted_and_saves_nothing(guild: Guild) -> None:
    options = {"time": "9:30", "zone": "Europe/Berlin", "preview": True, "now": True}
    shown = await run(guild, "warmup setup", **options)
    assert "Nothing was saved. Rounds would come at 09:30 (Europe/Berlin)" in shown.text
    assert "“Answer”" in shown.text
    await guild.deliver()
    assert guild.server.posts() == []
    assert "No daily rounds in this channel" in (await run(guild, "warmup stats")).text
