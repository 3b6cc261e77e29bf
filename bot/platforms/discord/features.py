"""What happens when somebody opens a panel by a command, presses one of its buttons or sends its form off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord import ui

from bot.platforms.discord import actors
from bot.platforms.discord.answering import Answers
from bot.platforms.discord.attachments import Downloads
from bot.platforms.discord.buttons import Press
from bot.platforms.discord.dialogs import Filled
from bot.platforms.discord.forms import form_dialog, values_of
from bot.platforms.discord.render import AnyCard
from bot.services.panels import Attachment, OpenPanel, PanelCommand, Panels, PressPanel

MOST_UPLOAD = 25 * 1024 * 1024
"""Bytes of a file that are fetched; Discord's own limit for most people is lower."""
Interaction = discord.Interaction[Any]


class Features:
    """Every feature that is made of panels, whatever it is."""

    def __init__(self, panels: Panels, answers: Answers, downloads: Downloads) -> None:
        self._panels = panels
        self._answers = answers
        self._downloads = downloads

    @property
    def commands(self) -> tuple[PanelCommand, ...]:
        """Every command that opens a panel."""
        return self._panels.commands

    async def open(self, interaction: Interaction, command: PanelCommand, options: Mapping[str, Any]) -> None:
        """A command was run; ``options`` are as discord.py gives them, those left out are None."""

        async def work() -> AnyCard:
            given = {name: value for name, value in options.items() if value is not None}
            uploads = [value for value in given.values() if isinstance(value, discord.Attachment)]
            files = [await self._fetch(upload) for upload in uploads]
            return await self._panels.open(
                command.name,
                command.word,
                OpenPanel(
                    actor=actors.of_interaction(interaction),
                    event_id=str(interaction.id),
                    at=interaction.created_at,
                    values={name: _text(value) for name, value in given.items()},
                    files=tuple(files),
                ),
            )

        await self._answers.answer(interaction, work())

    async def press(self, interaction: Interaction, press: Press, filled: Filled | None = None) -> None:
        """A button was pressed, or its form was sent off: the answer takes its place where it may."""
        name, request = _request(interaction, press, filled)
        await self._answers.update(interaction, self._panels.press(name, request))

    async def ask(self, interaction: Interaction, press: Press) -> None:
        """A button was pressed that opens a form first."""

        async def dialog() -> ui.Modal:
            name, request = _request(interaction, press, None)
            return form_dialog(await self._panels.form(name, request), press)

        await self._answers.open(interaction, dialog())

    async def _fetch(self, upload: discord.Attachment) -> Attachment:
        content = await self._downloads.fetch(upload.to_dict(), MOST_UPLOAD)
        return Attachment(upload.filename, content, upload.content_type or "application/octet-stream")


def _request(interaction: Interaction, press: Press, filled: Filled | None) -> tuple[str, PressPanel]:
    return press.text(0), PressPanel(
        actor=actors.of_interaction(interaction),
        event_id=str(interaction.id),
        at=interaction.created_at,
        arguments=press.arguments[1:],
        values=values_of(filled) if filled is not None else {},
    )


def _text(value: Any) -> str:
    if isinstance(value, discord.Attachment):
        return value.filename
    return str(value.id) if isinstance(value, discord.abc.Snowflake) else str(value)
