"""The worst that banks and people can write, through every command and every button that is found on the way:
Discord refuses nothing, nobody is pinged, and nothing of it is a fault of ours.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.content import Challenge, Difficulty, Kind, Meta, Option, Question, SourceFile, StdoutCase
from bot.platforms.discord.answering import OUR_FAULT
from bot.platforms.discord.buttons import read
from bot.storage.database import Database
from tests.e2e.discord import limits
from tests.e2e.discord.server import Exchange, user
from tests.e2e.discord.world import ADMIN, Guild, close_guild, open_guild
from tests.integration.services.world import sql_world

HOSTILE = (
    "@everyone <@1> `a` ```b``` **c** ||d|| [x](http://x.example) # e\n> f \u202eg\u200bh 漢字 🔥 {points} %s"
)
LONG = f"{HOSTILE} {'w' * 300} " * 6
TOPIC = " ".join(HOSTILE.split())[:60]
LINE = " ".join(LONG.split())[:180]
MALLORY = user("505", f"{HOSTILE}"[:32])
MOST_PRESSES = 60
"""Buttons that are pressed in all: one of each kind, found breadth first."""


def meta(key: str) -> Meta:
    return Meta(
        key=key,
        title=LINE,
        topic=TOPIC,
        difficulty=Difficulty.HARD,
        tags=(LINE,),
        hints=(LONG, LONG),
        author=LINE,
        licence=LINE,
    )


BANK = (
    Question(
        meta=meta("k" * 100),
        kind=Kind.MULTIPLE_CHOICE,
        prompt=LONG * 3,
        options=tuple(Option(f"{letter} {LONG}", letter == "B", LONG) for letter in "ABCDEF"),
        explanation=LONG * 2,
    ),
    Question(
        meta=meta("several"),
        kind=Kind.MULTIPLE_CHOICE,
        prompt=LONG,
        options=tuple(Option(f"{letter} {LONG}", letter in "BC", LONG) for letter in "ABCDEFGHIJ"),
    ),
    Question(
        meta=meta("output"),
        kind=Kind.PREDICT_OUTPUT,
        prompt=LONG,
        program=f"print('''{LONG}''')\n" * 20,
        expected_output=LONG,
    ),
    Question(meta=meta("card"), kind=Kind.FLASHCARD, prompt=LONG * 2, answer=LONG * 3),
    Question(meta=meta("essay"), kind=Kind.FREE_TEXT, prompt=LONG, answer=LONG, rubric=(LONG,) * 12),
    Question(meta=meta("list"), kind=Kind.CHECKLIST, prompt=LONG, rubric=(LONG,) * 12),
    Challenge(
        meta=meta("c" * 100),
        kind=Kind.CODE_STDOUT,
        prompt=LONG * 2,
        starter=tuple(SourceFile(f"{'n' * 90}{number}.py", f"# {LONG}\n" * 9) for number in range(8)),
        cases=(StdoutCase(expected="42\n"),),
        explanation=LONG,
    ),
)


@pytest.fixture
async def guild(database: Database) -> AsyncIterator[Guild]:
    opened = await open_guild(world=sql_world(database))
    await opened.world.load(*BANK, bank="worst")
    yield opened
    await close_guild(opened)
    assert opened.server.refused == []


def options_of(command: dict[str, Any], guild: Guild) -> tuple[dict[str, Any], dict[str, Any]]:
    """A hostile value for every option, and what Discord resolves."""
    files = guild.server.attach({"worst.yaml": LONG.encode()})
    role = {"id": "777", "name": LINE[:100], "permissions": "0", "position": 1, "color": 0, "flags": 0}
    role |= {"hoist": False, "managed": False, "mentionable": True, "colors": {"primary_color": 0}}
    values: dict[int, Any] = {3: LONG, 4: 3, 5: False, 6: MALLORY["id"], 8: "777", 11: next(iter(files))}
    options = {
        option["name"]: option["choices"][0]["value"] if option.get("choices") else values[option["type"]]
        for option in command.get("options", [])
    }
    resolved = {"attachments": files, "users": {MALLORY["id"]: MALLORY}, "roles": {"777": role}}
    return options, {"resolved": resolved}


def commands(guild: Guild) -> list[tuple[str, dict[str, Any]]]:
    """Every command and every word of a group."""
    found = []
    for command in guild.server.commands:
        if command["type"] != 1:
            continue
        words = [option for option in command["options"] if option["type"] == 1]
        found += [(f"{command['name']} {word['name']}", word) for word in words] or [
            (command["name"], command)
        ]
    return found


def buttons(message: dict[str, Any]) -> list[str]:
    return [
        each["custom_id"]
        for each in limits.walk(message["components"])
        if each["type"] == limits.BUTTON and not each.get("disabled")
    ]


def kind_of(custom_id: str) -> str:
    """What a button does, whatever it is about."""
    press = read(custom_id)
    assert press is not None
    return f"{press.action}:{press.text(0) if press.action in 'pf' else ''}"


async def answered(guild: Guild, exchange: Exchange) -> list[dict[str, Any]]:
    """The messages that an exchange led to; a dialog is filled in and sent off."""
    server = guild.server
    await server.until(lambda: exchange.message or exchange.acknowledged)
    if any(each["type"] == 9 for each in exchange.responses):
        fields = {
            each["component"]["custom_id"]: LONG[: each["component"].get("max_length") or 4_000]
            for each in exchange.modal["components"]
            if each["component"]["type"] == limits.TEXT_INPUT
        }
        sent = await server.fill(exchange.modal, message=exchange.pressed, by=MALLORY, **fields)
        return await answered(guild, sent)
    await server.until(lambda: exchange.message)
    assert OUR_FAULT not in exchange.text
    return [exchange.message] if exchange.message else []


async def test_no_command_and_no_button_breaks_a_limit_or_is_a_fault_of_ours(guild: Guild) -> None:
    server = guild.server
    await guild.world.set_up(replace(ADMIN, name=LINE), at_once=True)
    await guild.deliver()
    found: list[dict[str, Any]] = list(server.posts())
    for number, (name, command) in enumerate(commands(guild)):
        options, resolved = options_of(command, guild)
        who = MALLORY | {"id": str(10_000 + number)}
        for given in (options, {name: options[name] for name in _required(command)}):
            asked = await server.slash(name, given, by=who, admin=True, data_more=resolved)
            found += await answered(guild, asked)
    for number in range(8):  # every kind of question is drawn in the end
        asked = await server.slash("quiz", {"topic": TOPIC}, by=MALLORY | {"id": str(20_000 + number)})
        found += await answered(guild, asked)
    pressed: set[str] = set()
    while found and len(pressed) < MOST_PRESSES:
        message = found.pop(0)
        for custom_id in buttons(message):
            if kind_of(custom_id) not in pressed:
                pressed.add(kind_of(custom_id))
                exchange = await server.press(custom_id, message, by=MALLORY, admin=True)
                found += await answered(guild, exchange)
    await guild.deliver()
    assert {"a:", "c:", "t:", "s:", "h:", "l:"} <= pressed


def _required(command: dict[str, Any]) -> list[str]:
    return [option["name"] for option in command.get("options", []) if option.get("required")]
