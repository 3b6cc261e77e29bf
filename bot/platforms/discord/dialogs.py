"""Dialogs: made from cards, and read back from what Discord sends when one is sent off.

A dialog keeps nothing in memory, so one that was open during a restart can still be sent off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import discord
from discord import ui

from bot.domain.content import SourceFile
from bot.locales import tr
from bot.platforms.discord.buttons import Action, Press
from bot.platforms.discord.cards import files_text
from bot.platforms.discord.text import label
from bot.services.cards import QuestionCard

MOST_TYPED = 4_000
"""Characters that a text field takes (Discord's limit)."""
MOST_UPLOADS = 10
"""Files that a dialog takes (Discord's limit)."""
TITLE, LABEL, CHECKBOX = 45, 45, 100
CODE, FILES, LETTERS, OUTPUT = "code", "files", "letters", "output"
"""Custom ids of the fields."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What a dialog was sent off with: texts and choices by field, uploads as Discord describes them."""

    texts: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    uploads: tuple[Mapping[str, Any], ...] = ()


def code_dialog(key: str, title: str, files: Sequence[SourceFile]) -> ui.Modal:
    """Where code is typed or uploaded; ``files`` are what to begin from, as far as they fit."""
    start = files_text(files) if files else ""
    modal = empty_dialog(
        tr("Submit: {title}", title=title) if title else tr("Submit code"), Press(Action.SUBMIT, (key,))
    )
    modal.add_item(
        ui.Label(
            text=tr("Your code"),
            description=tr("Or leave it and upload files below; files win over text."),
            component=ui.TextInput(
                style=discord.TextStyle.paragraph,
                custom_id=CODE,
                default=start if start and len(start) <= MOST_TYPED else None,
                placeholder=None if start and len(start) <= MOST_TYPED else "def solve(...):",
                required=False,
                max_length=MOST_TYPED,
            ),
        )
    )
    modal.add_item(
        ui.Label(
            text=tr("Files"),
            description=tr("Source files, or one zip. For code over 4,000 characters, too."),
            component=ui.FileUpload(custom_id=FILES, required=False, min_values=0, max_values=MOST_UPLOADS),
        )
    )
    return modal


def letters_dialog(card: QuestionCard) -> ui.Modal:
    """Where several letters are chosen and then confirmed."""
    options = [
        discord.CheckboxGroupOption(
            label=label(f"{choice.letter}. {choice.text}", CHECKBOX), value=choice.letter
        )
        for choice in card.choices[:10]
    ]
    modal = empty_dialog(card.title or tr("Choose"), Press(Action.CHOOSE, (str(card.posting),)))
    group: ui.CheckboxGroup[ui.Modal] = ui.CheckboxGroup(
        custom_id=LETTERS, options=options, min_values=1, max_values=len(options)
    )
    modal.add_item(ui.Label(text=tr("Choose all that are right"), component=group))
    return modal


def output_dialog(posting: int) -> ui.Modal:
    """Where the output of a program is typed."""
    modal = empty_dialog(tr("What does it print?"), Press(Action.TYPE, (str(posting),)))
    modal.add_item(
        ui.Label(
            text=tr("Its output, exactly"),
            component=ui.TextInput(
                style=discord.TextStyle.paragraph, custom_id=OUTPUT, max_length=MOST_TYPED
            ),
        )
    )
    return modal


def empty_dialog(title: str, press: Press) -> ui.Modal:
    """A dialog without fields; sent off, it is ``press``."""
    modal = ui.Modal(title=label(title, TITLE), custom_id=str(press))
    modal.stop()  # discord.py keeps only dialogs that it is to dispatch itself
    return modal


def read(data: Mapping[str, Any]) -> Filled:
    """The fields of a dialog that was sent off, from the interaction's data."""
    resolved = data.get("resolved", {}).get("attachments", {})
    texts, values, uploads = {}, {}, []
    for component in _fields(data.get("components", ())):
        name = component.get("custom_id", "")
        if "value" in component:
            texts[name] = str(component["value"] or "")
        elif name == FILES:
            uploads += [resolved[each] for each in component.get("values", ()) if each in resolved]
        else:
            values[name] = tuple(component.get("values", ()))
    return Filled(texts, values, tuple(uploads))


def _fields(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        if "component" in component:
            yield component["component"]
        elif "components" in component:
            yield from _fields(component["components"])
        else:
            yield component
