"""docs/features.md, checked: every command of every platform is in it, and nothing that does not exist."""

from __future__ import annotations

import re

import pytest
from discord import app_commands

from bot.bootstrap.bank_files import UploadedBanks
from bot.bootstrap.clock import SystemClock
from bot.bootstrap.slack import NoStore
from bot.config import CHECKOUT
from bot.platforms.discord.client import WarmupClient
from bot.platforms.playground.commands import COMMANDS as PLAYGROUND
from bot.platforms.slack.commands import COMMANDS as SLACK
from bot.platforms.slack.commands import HELP
from bot.services.app import Services, build_services

PAGE = (CHECKOUT / "docs" / "features.md").read_text()
COLUMNS = ("Discord", "Slack", "playground")
COMMAND = re.compile(r"`/([a-z_]+(?: [a-z_]+)?)`")
GROUPS = {"warmup", "bank"}
"""Slack's own commands that have words."""


def rows() -> list[list[str]]:
    """The cells of every line of every table, without heads."""
    lines = [line for line in PAGE.splitlines() if line.startswith("|")]
    split = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [cells for cells in split if cells[0] != "feature" and not set(cells[0]) <= {"-"}]


def services() -> Services:
    return build_services(NoStore(), SystemClock(), bank_files=UploadedBanks())


def panels() -> set[str]:
    return {f"{command.name} {command.word}".strip() for command in services().panels.commands}


def discord_commands() -> set[str]:
    tree = WarmupClient(services(), UploadedBanks()).tree
    return {one.qualified_name for one in tree.walk_commands() if isinstance(one, app_commands.Command)}


def slack_commands() -> set[str]:
    own = {command.name for command in SLACK if command.name not in GROUPS}
    words = {
        f"{entry.name} {part.split()[0]}"
        for entry in HELP
        if entry.name in GROUPS
        for part in entry.hint.strip("[]").split("|")
    }
    return own | words | panels()


def playground_commands() -> set[str]:
    return {command.name for command in PLAYGROUND} | panels()


REGISTERED = dict(zip(COLUMNS, (discord_commands, slack_commands, playground_commands), strict=True))


@pytest.mark.parametrize("column", COLUMNS)
def test_every_command_is_in_its_column_and_none_that_does_not_exist(column: str) -> None:
    cells = [cells[1 + COLUMNS.index(column)] for cells in rows()]
    written = {command for cell in cells for command in COMMAND.findall(cell)}
    registered = REGISTERED[column]()
    assert registered - written == set(), f"add these to docs/features.md, column {column}"
    assert written - registered == set(), f"these are in docs/features.md, column {column}, and nowhere else"


def test_no_cell_is_empty_and_whatever_is_missing_has_its_reason() -> None:
    for cells in rows():
        assert len(cells) == 1 + len(COLUMNS), cells[0]
        for cell in cells[1:]:
            assert cell, cells[0]
            assert not re.match(r"no\b", cell) or re.match(r"no: .{15}", cell), cells[0]
