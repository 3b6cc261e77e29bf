"""The commands for admins, which Discord shows to those who manage the server."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

import discord
from discord import app_commands

from bot.locales import LANGUAGES, language_of
from bot.platforms.discord.admin import Admin, Setup
from bot.platforms.discord.completing import matching

Interaction = discord.Interaction[Any]
MANAGE = discord.Permissions(manage_guild=True)
POSTS = [
    app_commands.Choice(name="A question and a challenge", value="both"),
    app_commands.Choice(name="A question", value="question"),
    app_commands.Choice(name="A challenge", value="challenge"),
]
SPOKEN = [app_commands.Choice(name=name, value=code) for code, name in LANGUAGES.items()]
SERVER_ONLY = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)


def add_admin_commands(tree: app_commands.CommandTree[Any], admin: Admin) -> None:
    """Add ``/warmup`` and ``/bank`` to ``tree``."""
    warmup = _group("warmup", "Daily rounds in this channel")
    _add_rounds(warmup, admin)
    _add_streaks(warmup, admin)
    tree.add_command(warmup)
    bank = _group("bank", "Question banks")
    _add_banks(bank, admin)
    _add_files(bank, admin)
    tree.add_command(bank)


def _group(name: str, description: str) -> app_commands.Group:
    return app_commands.Group(
        name=name, description=description, default_permissions=MANAGE, allowed_contexts=SERVER_ONLY
    )


async def _zones(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    wanted = typed.strip().replace(" ", "_")
    zones = [(zone, zone) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]
    return matching(zones, wanted)


def _add_rounds(group: app_commands.Group, admin: Admin) -> None:
    @group.command(name="setup", description="Post a round in this channel every day")
    @app_commands.describe(
        time="When, as 09:30",
        zone="The time zone, as Europe/Berlin",
        days="every day, weekdays, weekends, or mon, wed, fri",
        topics="Only these topics, separated by commas",
        difficulties="Which difficulties, several times for more of one: easy, easy, medium",
        post="What each round has",
        language="The language of the posts",
        role="A role to ping with each round",
        now="Post today's round at once",
        preview="Only show what would be posted; nothing is saved",
    )
    @app_commands.choices(post=POSTS, language=SPOKEN)
    async def setup(
        interaction: Interaction,
        time: str,
        zone: str,
        days: str = "every day",
        topics: str = "",
        difficulties: str = "",
        post: str = "both",
        language: str = "",
        role: discord.Role | None = None,
        now: bool = False,
        preview: bool = False,
    ) -> None:
        typed = Setup(
            at=time,
            zone=zone,
            days=days,
            topics=topics,
            difficulties=difficulties,
            post=post,
            language=language or language_of(str(interaction.guild_locale or "")),
            role=str(role.id) if role is not None else "",
            now=now,
        )
        await admin.set_up(interaction, typed, preview=preview)

    setup.autocomplete("zone")(_zones)

    @group.command(name="pause", description="Stop the rounds in this channel; streaks are not touched")
    async def pause(interaction: Interaction) -> None:
        await admin.pause(interaction, True)

    @group.command(name="resume", description="Go on with the rounds in this channel")
    async def resume(interaction: Interaction) -> None:
        await admin.pause(interaction, False)

    @group.command(name="stats", description="What is set up here, and how much goes on")
    async def stats(interaction: Interaction) -> None:
        await admin.stats(interaction)


def _add_streaks(group: app_commands.Group, admin: Admin) -> None:
    @group.command(name="freeze", description="Give a member a freeze for their streak")
    @app_commands.describe(member="Whom", why="Shown in their calendar")
    async def freeze(interaction: Interaction, member: discord.User, why: str) -> None:
        await admin.help_streak(interaction, str(member.id), why)

    @group.command(name="repair", description="Mend a day of a member's streak")
    @app_commands.describe(member="Whose", day="Which, as 2026-11-21", why="Shown in their calendar")
    async def repair(interaction: Interaction, member: discord.User, day: str, why: str) -> None:
        await admin.help_streak(interaction, str(member.id), why, day)


def _add_banks(group: app_commands.Group, admin: Admin) -> None:
    @group.command(name="list", description="The banks that questions here come from")
    async def list_(interaction: Interaction) -> None:
        await admin.list_banks(interaction)

    @group.command(name="enable", description="Use one of this server's own banks again")
    @app_commands.describe(name="Which bank")
    async def enable(interaction: Interaction, name: str) -> None:
        await admin.enable_bank(interaction, name, True)

    @group.command(name="disable", description="Do not use one of this server's own banks any more")
    @app_commands.describe(name="Which bank")
    async def disable(interaction: Interaction, name: str) -> None:
        await admin.enable_bank(interaction, name, False)


def _add_files(group: app_commands.Group, admin: Admin) -> None:
    @group.command(name="import", description="Questions from a file, for this server alone")
    @app_commands.describe(
        file="YAML, CSV, Moodle, GIFT, Anki, Markdown, or a zip",
        name="What the bank is called, if the file does not say",
        licence="Of the questions that name none",
        dry_run="Only tell what would be done",
        keep_good="Take the good questions although others are rejected",
    )
    async def import_(
        interaction: Interaction,
        file: discord.Attachment,
        name: str = "",
        licence: str = "",
        dry_run: bool = False,
        keep_good: bool = False,
    ) -> None:
        await admin.import_bank(
            interaction, file.to_dict(), name=name, licence=licence, dry_run=dry_run, keep_good=keep_good
        )

    @group.command(name="export", description="One of this server's own banks as a file")
    @app_commands.describe(name="Which bank")
    async def export(interaction: Interaction, name: str) -> None:
        await admin.export_bank(interaction, name)
