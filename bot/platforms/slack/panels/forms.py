"""Forms as dialogs: a button's form, and the options of a command that takes files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.platforms.slack import dialogs
from bot.platforms.slack.blocks import Block, Element, context, cut, plain, words
from bot.platforms.slack.markdown import markdown
from bot.services.panels import Form, Input, Option, OptionKind, PanelCommand

FORM, FILES = "panel", "panel-files"
"""The callbacks of the two kinds of dialogs."""
RADIOS = 10
"""Choices that are shown at a glance; Slack takes no more as boxes. More of them are a menu."""
MENU = 100
OPTION = 75
"""Characters of a choice's label."""
CHOICE = 149
"""Characters of a choice's value; one more marks it, because Slack refuses empty values."""


def form_dialog(
    form: Form, origin: dialogs.Origin, typed: Mapping[str, str], refused: str = ""
) -> dialogs.View:
    """A form; ``typed`` is what the person has filled in before it was ``refused``."""
    blocks: list[Block] = []
    if refused:
        blocks.append(markdown(f"**Not taken.** {refused}") or words(refused))
    blocks += [_input(field, typed.get(field.name, field.value)) for field in form.inputs]
    return dialogs.view(
        form.title, blocks, callback=FORM, submit=form.send, private_metadata=origin.written()
    )


def upload_dialog(
    command: PanelCommand, origin: dialogs.Origin, values: Mapping[str, str], refused: str = ""
) -> dialogs.View:
    """The dialog of a command that takes a file; ``values`` are the options typed already."""
    blocks: list[Block] = [context(command.summary)]
    if refused:
        blocks.append(markdown(f"**Not done.** {refused}") or words(refused))
    blocks += [_option(option, values.get(option.name, "")) for option in command.options]
    return dialogs.view(
        f"{command.name} {command.word}".strip().capitalize(),
        blocks,
        callback=FILES,
        submit="Go",
        private_metadata=origin.written(),
    )


def _option(option: Option, value: str) -> Block:
    label = f"{option.name.capitalize()}: {option.summary}"
    if option.kind is OptionKind.FILE:
        element: Element = {"type": "file_input", "max_files": 1}
        return _block(option.name, label, element, required=option.required)
    if option.kind is OptionKind.MEMBER:
        element = {"type": "users_select", **({"initial_user": value} if value else {})}
        return _block(option.name, label, element, required=option.required)
    choices = tuple((choice, choice) for choice in option.choices)
    return _input(
        Input(name=option.name, label=label, required=option.required, choices=choices, most=500), value
    )


def _input(field: Input, value: str) -> Block:
    element = _choices(field, value) if field.choices else _text(field, value)
    return _block(field.name, field.label, element, required=field.required, hint=field.hint)


def _text(field: Input, value: str) -> Element:
    most = max(1, min(field.most, dialogs.INPUT))
    element: Element = {"type": "plain_text_input", "multiline": field.long, "max_length": most}
    return {**element, "initial_value": cut(value, most)} if value else element


def _choices(field: Input, value: str) -> Element:
    options = [
        {"text": plain(label, OPTION), "value": f"={choice[:CHOICE]}"}
        for choice, label in field.choices[:MENU]
    ]
    wanted = {f"={each}" for each in (value.split(",") if field.several else [value])}
    chosen = [option for option in options if option["value"] in wanted]
    few = len(options) <= RADIOS
    if field.several:
        element: Element = {"type": "checkboxes" if few else "multi_static_select", "options": options}
        return {**element, "initial_options": chosen} if chosen else element
    element = {"type": "radio_buttons" if few else "static_select", "options": options}
    return {**element, "initial_option": chosen[0]} if chosen else element


def _block(name: str, label: str, element: Element, *, required: bool, hint: str = "") -> Block:
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label, 2_000),
        "element": {**element, "action_id": name},
        "optional": not required,
    }
    return {**block, "hint": plain(hint, 2_000)} if hint else block


def filled(view: Mapping[str, Any]) -> dict[str, str]:
    """What a submitted dialog holds, by the names of its fields; several choices joined by commas."""
    values = (view.get("state") or {}).get("values") or {}
    found: dict[str, str] = {}
    for name in values:
        field = dialogs.field(view, name)
        if field.get("selected_options") is not None:
            found[name] = ",".join(_value(option) for option in field["selected_options"])
        elif field.get("selected_option") is not None:
            found[name] = _value(field["selected_option"])
        elif field.get("selected_user"):
            found[name] = str(field["selected_user"])
        elif field.get("value"):
            found[name] = str(field["value"])
    return found


def _value(option: Mapping[str, Any]) -> str:
    return str(option.get("value", "")).removeprefix("=")


def uploads(view: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The files of a submitted dialog, as Slack tells them."""
    values = (view.get("state") or {}).get("values") or {}
    return [
        file
        for name in values
        for file in dialogs.field(view, name).get("files") or ()
        if isinstance(file, Mapping)
    ]
