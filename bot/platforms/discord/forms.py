"""Forms of panels as dialogs, and what they were filled in with."""

from __future__ import annotations

from collections.abc import Mapping

import discord
from discord import ui

from bot.locales import tr
from bot.platforms.discord.buttons import Action, Press
from bot.platforms.discord.dialogs import LABEL, MOST_TYPED, Filled, empty_dialog
from bot.platforms.discord.text import label
from bot.services.panels import Form, Input

DESCRIPTION = 100
"""Characters below a field's label, in an empty field, and of a choice (Discord's limit)."""
MOST_INPUTS = 5
MOST_CHOICES = 25
MOST_BOXES = 10
"""Choices that all stand there to be ticked; more of them are a list (Discord's limits)."""


def form_dialog(form: Form, press: Press) -> ui.Modal:
    """The form as a dialog that, sent off, is ``press`` with values."""
    modal = empty_dialog(tr(form.title), Press(Action.PANEL, press.arguments))
    for field in form.inputs[:MOST_INPUTS]:
        named, hint = tr(field.label), tr(field.hint)
        if len(named) > LABEL:
            hint = f"{named} {hint}"
        modal.add_item(
            ui.Label(
                text=label(named, LABEL),
                description=label(hint, DESCRIPTION) or None,
                component=_component(field),
            )
        )
    return modal


def _component(field: Input) -> ui.Item[ui.Modal]:
    if not field.choices:
        most = max(1, min(field.most, MOST_TYPED))
        return ui.TextInput(
            style=discord.TextStyle.paragraph if field.long else discord.TextStyle.short,
            custom_id=field.name,
            default=field.value if field.value and len(field.value) <= most else None,
            required=field.required,
            max_length=most,
        )
    chosen = set(field.value.split(",")) if field.several else {field.value}
    choices = [(value, label(tr(shown), DESCRIPTION)) for value, shown in field.choices[:MOST_CHOICES]]
    if field.several and len(choices) <= MOST_BOXES:
        boxes = [
            discord.CheckboxGroupOption(label=shown, value=value, default=value in chosen)
            for value, shown in choices
        ]
        return ui.CheckboxGroup(
            custom_id=field.name,
            options=boxes,
            required=field.required,
            min_values=1 if field.required else 0,
            max_values=len(boxes),
        )
    if not field.several and 1 < len(choices) <= MOST_BOXES:
        circles = [
            discord.RadioGroupOption(label=shown, value=value, default=value in chosen)
            for value, shown in choices
        ]
        return ui.RadioGroup(custom_id=field.name, options=circles, required=field.required)
    options = [
        discord.SelectOption(label=shown, value=value, default=value in chosen) for value, shown in choices
    ]
    return ui.Select(
        custom_id=field.name,
        options=options,
        required=field.required,
        min_values=1 if field.required else 0,
        max_values=len(options) if field.several else 1,
    )


def values_of(filled: Filled) -> Mapping[str, str]:
    """The inputs by name, several choices joined by commas, as services take them."""
    return {**filled.texts, **{name: ",".join(values) for name, values in filled.values.items()}}
