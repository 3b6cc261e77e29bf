"""Who asks, and where: Discord's users, guilds and channels as the services know them."""

from __future__ import annotations

from typing import Any

import discord

from bot.services.commands import Actor, Platform

DIRECT = "direct:"
"""Begins the community of a direct message: a member's own, with nobody else in it."""


def of_interaction(interaction: discord.Interaction[Any]) -> Actor:
    """The person behind a command, a press or a dialog. A thread counts as its channel."""
    channel_id, channel_name = _channel(interaction.channel)
    member = str(interaction.user.id)
    if interaction.guild_id is None:
        return _direct(member, interaction.user.display_name, channel_id)
    guild = interaction.guild
    return Actor(
        platform=Platform.DISCORD,
        community=str(interaction.guild_id),
        community_name=(guild.name if guild is not None else "") or "",
        channel=channel_id,
        channel_name=channel_name,
        member=member,
        name=interaction.user.display_name,
        is_admin=interaction.permissions.manage_guild or interaction.permissions.administrator,
    )


def of_message(message: discord.Message) -> Actor:
    """The author of a message; what they may administer is not known from it."""
    channel_id, channel_name = _channel(message.channel)
    member = str(message.author.id)
    if message.guild is None:
        return _direct(member, message.author.display_name, channel_id)
    return Actor(
        platform=Platform.DISCORD,
        community=str(message.guild.id),
        community_name=message.guild.name or "",
        channel=channel_id,
        channel_name=channel_name,
        member=member,
        name=message.author.display_name,
    )


def _direct(member: str, name: str, channel: str) -> Actor:
    return Actor(
        platform=Platform.DISCORD,
        community=f"{DIRECT}{member}",
        community_name=f"Direct messages with {name}",
        channel=channel,
        member=member,
        name=name,
    )


def _channel(channel: Any) -> tuple[str, str]:
    if isinstance(channel, discord.Thread):
        parent = channel.parent
        return str(channel.parent_id), parent.name if parent is not None else ""
    if channel is None:
        return "unknown", ""
    return str(channel.id), getattr(channel, "name", None) or ""
