"""What Discord refuses: the limits and required fields of messages, dialogs and commands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

V2 = 1 << 15
EPHEMERAL = 1 << 6
TEXT, CONTAINER, ROW, BUTTON = 10, 17, 1, 2
GALLERY, FILE = 12, 13
SELECT, LABEL, TEXT_INPUT, FILE_UPLOAD, RADIO, CHECKBOXES = 3, 18, 4, 19, 21, 22


class Invalid(Exception):
    """Discord's 50035: the path that is wrong, and why."""


def need(condition: Any, path: str, why: str) -> None:
    if not condition:
        raise Invalid(f"{path}: {why}")


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        for one in ("component", "accessory"):
            if one in component:
                yield from walk([component[one]])


def texts(components: list[dict[str, Any]]) -> list[str]:
    return [each["content"] for each in walk(components) if each["type"] == TEXT]


def media(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What galleries and files show."""
    shown = []
    for each in walk(components):
        shown += [item["media"] for item in each.get("items", [])]
        shown += [each["file"]] if "file" in each else []
    return shown


def check_message(payload: dict[str, Any], files: Collection[str] = (), *, allow_empty: bool = False) -> None:
    """A message with the names of its uploads."""
    components = payload.get("components") or []
    if payload.get("flags", 0) & V2:
        need(not payload.get("content"), "content", "not with components v2")
        need(not payload.get("embeds"), "embeds", "not with components v2")
        need(components, "components", "required with components v2")
    elif not allow_empty:
        need(payload.get("content") or components, "content", "a message may not be empty")
    need(len(payload.get("content") or "") <= 2_000, "content", "2000 or fewer")
    if "nonce" in payload:
        need(len(str(payload["nonce"])) <= 25, "nonce", "25 or fewer")
    need(
        "parse" in payload.get("allowed_mentions", {}),
        "allowed_mentions",
        "this bot always says whom to ping",
    )
    check_components(components)
    need(len(files) <= 10, "attachments", "10 or fewer")
    shown = [each["url"].removeprefix("attachment://") for each in media(components)]
    need(set(shown) == set(files), "attachments", f"shown are {shown}, uploaded {sorted(files)}")


def check_components(components: list[dict[str, Any]]) -> None:
    every = list(walk(components))
    need(len(every) <= 40, "components", f"40 or fewer, not {len(every)}")
    need(sum(map(len, texts(components))) <= 4_000, "components", "4000 or fewer characters of text")
    ids = [each["custom_id"] for each in every if "custom_id" in each]
    need(len(ids) == len(set(ids)), "custom_id", "duplicated")
    for each in every:
        check_component(each)


def check_component(each: dict[str, Any]) -> None:
    kind = each["type"]
    if "custom_id" in each:
        need(1 <= len(each["custom_id"]) <= 100, "custom_id", "1 to 100")
    if kind == TEXT:
        need(1 <= len(each["content"]) <= 4_000, "content", "1 to 4000")
    elif kind == CONTAINER:
        need(each["components"], "components", "a container may not be empty")
        need(0 <= (each.get("accent_color") or 0) <= 0xFFFFFF, "accent_color", "a colour")
    elif kind == ROW:
        need(1 <= len(each["components"]) <= 5, "components", "1 to 5 in a row")
    elif kind == BUTTON:
        need(each.get("label") or each.get("emoji"), "label", "required")
        need(len(each.get("label") or "") <= 80, "label", "80 or fewer")
        need(each["style"] in (1, 2, 3, 4), "style", "one with a custom_id")
        need("custom_id" in each, "custom_id", "required")
    elif kind == GALLERY:
        need(1 <= len(each["items"]) <= 10, "items", "1 to 10")
        for item in each["items"]:
            need(1 <= len(item.get("description") or "-") <= 1_024, "description", "1 to 1024")
    else:
        need(kind in (9, 11, 13, 14), "type", f"{kind} is none for messages")


def check_modal(data: dict[str, Any]) -> None:
    need(1 <= len(data["title"]) <= 45, "title", "1 to 45")
    need(1 <= len(data["custom_id"]) <= 100, "custom_id", "1 to 100")
    need(1 <= len(data["components"]) <= 5, "components", "1 to 5")
    for label in data["components"]:
        need(label["type"] == LABEL, "type", "labels only")
        need(1 <= len(label["label"]) <= 45, "label", "1 to 45")
        need(len(label.get("description") or "") <= 100, "description", "100 or fewer")
        field = label["component"]
        if field["type"] == TEXT_INPUT:
            need(field["style"] in (1, 2), "style", "1 or 2")
            need(
                len(field.get("value") or "") <= min(4_000, field.get("max_length") or 4_000),
                "value",
                "too long",
            )
            need(len(field.get("placeholder") or "") <= 100, "placeholder", "100 or fewer")
        elif field["type"] == FILE_UPLOAD:
            need(
                0 <= field.get("min_values", 1) <= field.get("max_values", 1) <= 10,
                "max_values",
                "10 or fewer",
            )
        elif field["type"] in (RADIO, CHECKBOXES):
            least = 2 if field["type"] == RADIO else 1
            need(least <= len(field["options"]) <= 10, "options", "1 to 10")
            for option in field["options"]:
                need(1 <= len(option["label"]) <= 100, "label", "1 to 100")
                need(1 <= len(option["value"]) <= 100, "value", "1 to 100")
        elif field["type"] == SELECT:
            check_select(field)
        else:
            raise Invalid(f"component: {field['type']} is none for dialogs")


def check_select(field: dict[str, Any]) -> None:
    options = field["options"]
    need(1 <= len(options) <= 25, "options", "1 to 25")
    need(len({option["value"] for option in options}) == len(options), "options", "each value once")
    for option in options:
        need(1 <= len(option["label"]) <= 100, "label", "1 to 100")
        need(1 <= len(option["value"]) <= 100, "value", "1 to 100")
    least, most = field.get("min_values", 1), field.get("max_values", 1)
    need(0 <= least <= 25 and 1 <= most <= len(options), "max_values", "no more than there are")
    need(sum(option.get("default", False) for option in options) <= most, "options", "too many defaults")


NAME = re.compile(r"^[-_'\w]{1,32}$")


def check_commands(commands: list[dict[str, Any]]) -> None:
    need(len(commands) <= 100, "commands", "100 or fewer")
    for command in commands:
        if command.get("type", 1) == 1:
            need(NAME.match(command["name"]) and command["name"].islower(), "name", "lower case, 1 to 32")
            need(1 <= len(command["description"]) <= 100, "description", "1 to 100")
            check_options(command.get("options", []))
        else:
            need(1 <= len(command["name"]) <= 32, "name", "1 to 32")
            need(not command.get("description"), "description", "not for menus")


def check_options(options: list[dict[str, Any]]) -> None:
    need(len(options) <= 25, "options", "25 or fewer")
    required = [option.get("required", False) for option in options]
    need(required == sorted(required, reverse=True), "options", "required ones first")
    for option in options:
        need(NAME.match(option["name"]) and option["name"].islower(), "name", "lower case, 1 to 32")
        need(1 <= len(option["description"]) <= 100, "description", "1 to 100")
        need(len(option.get("choices", [])) <= 25, "choices", "25 or fewer")
        need(not (option.get("choices") and option.get("autocomplete")), "choices", "not with autocomplete")
        check_options(option.get("options", []))


def check_choices(choices: list[dict[str, Any]]) -> None:
    need(len(choices) <= 25, "choices", "25 or fewer")
    for choice in choices:
        need(1 <= len(choice["name"]) <= 100, "name", "1 to 100")
        need(1 <= len(str(choice["value"])) <= 100, "value", "1 to 100")
