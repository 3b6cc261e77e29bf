"""What Slack refuses in blocks and views, from its reference pages; each finding is one line of text."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

MOST_CHARACTERS = 13_000
"""Not on any page: a message with more in all fails."""
TEXTS = {"plain_text", "mrkdwn"}
MESSAGE_BLOCKS = {"header", "section", "context", "divider", "actions", "rich_text", "image", "table"}
VIEW_BLOCKS = MESSAGE_BLOCKS - {"table"} | {"input"}
INPUTS = {
    "plain_text_input",
    "file_input",
    "checkboxes",
    "timepicker",
    "static_select",
    "multi_static_select",
    "radio_buttons",
    "users_select",
    "conversations_select",
}
ACTIONS = {"button", "checkboxes", "static_select", "timepicker", "radio_buttons", "overflow"}
RUNS = {"text", "link", "emoji", "user", "channel", "usergroup", "broadcast", "date", "color"}
RICH = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
OURS = re.compile(r"<!date\^\d+\^[^|<>]*\|[^<>|]*>")
"""The one markup that the bot writes itself."""


def message_faults(blocks: list[dict[str, Any]], text: str) -> list[str]:
    """Why Slack would not take a message; one without blocks is its text."""
    faults = list(_blocks(blocks, MESSAGE_BLOCKS, 50)) if blocks else []
    if len(json.dumps(blocks, ensure_ascii=False)) > MOST_CHARACTERS:
        faults.append("msg_blocks_too_long")
    if not text:
        faults.append("no text for notifications")
    if len(text) > 4_000:
        faults.append("text above 4,000")
    if re.search(r"<(?:!|@|#|http|mailto)", text):
        faults.append("markup in the text for notifications")
    return faults


def view_faults(view: dict[str, Any]) -> list[str]:
    """Why Slack would not take a view."""
    faults = list(_blocks(view.get("blocks", []), VIEW_BLOCKS, 100))
    if view.get("type") not in ("modal", "home"):
        faults.append("type of a view")
    if view.get("type") == "modal":
        for name in ("title", "close", "submit"):
            if name in view:
                faults += _text(view[name], 24, name, {"plain_text"})
        if "title" not in view:
            faults.append("a modal without a title")
        if "submit" not in view and any(block.get("type") == "input" for block in view.get("blocks", [])):
            faults.append("inputs without submit")
    if len(view.get("private_metadata", "")) > 3_000:
        faults.append("private_metadata above 3,000")
    if len(view.get("callback_id", "")) > 255:
        faults.append("callback_id above 255")
    if len(json.dumps(view)) > 250_000:
        faults.append("view_too_large")
    return faults


def _blocks(blocks: list[dict[str, Any]], allowed: set[str], most: int) -> Iterator[str]:
    if not 1 <= len(blocks) <= most:
        yield f"{len(blocks)} blocks"
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    yield from (f"block_id {name!r} twice" for name, times in ids.items() if times > 1)
    for block in blocks:
        kind = block.get("type")
        if kind not in allowed:
            yield f"block of type {kind}"
        if len(block.get("block_id", "")) > 255:
            yield "block_id above 255"
        match kind:
            case "header":
                yield from _text(block["text"], 150, "header", {"plain_text"})
            case "section":
                yield from _text(block["text"], 3_000, "section", TEXTS)
            case "context":
                yield from _context(block["elements"])
            case "actions":
                yield from _actions(block["elements"])
            case "rich_text":
                yield from _rich(block["elements"], RICH)
            case "input":
                yield from _input(block)
            case "image":
                if not 1 <= len(block["alt_text"]) <= 2_000:
                    yield "alt_text"
                if not re.fullmatch(r"F[A-Z0-9]{8,}", block["slack_file"]["id"]):
                    yield "id of a picture"
    tables = [block for block in blocks if block.get("type") == "table"]
    if len(tables) > 1:
        yield "only_one_table_allowed"
    for table in tables:
        yield from _table(table["rows"], table.get("column_settings", []))


def _table(rows: list[list[dict[str, Any]]], settings: list[dict[str, Any]]) -> Iterator[str]:
    if not 1 <= len(rows) <= 100 or not all(1 <= len(row) <= 20 for row in rows) or len(settings) > 20:
        yield "size of a table"
    if sum(len(cell["text"]) for row in rows for cell in row) > 10_000:
        yield "characters of a table"
    for cell in (cell for row in rows for cell in row):
        if cell["type"] != "raw_text" or not cell["text"]:
            yield "cell of a table"


def _context(elements: list[dict[str, Any]]) -> Iterator[str]:
    if not 1 <= len(elements) <= 10:
        yield f"{len(elements)} elements in a context"
    for element in elements:
        yield from _text(element, 3_000, "context", TEXTS)


def _actions(elements: list[dict[str, Any]]) -> Iterator[str]:
    if not 1 <= len(elements) <= 25:
        yield f"{len(elements)} elements in actions"
    ids = Counter(element.get("action_id") for element in elements)
    yield from (f"action_id {name!r} twice" for name, times in ids.items() if times > 1)
    for element in elements:
        if element["type"] not in ACTIONS:
            yield f"{element['type']} in actions"
        yield from _control(element)


def _input(block: dict[str, Any]) -> Iterator[str]:
    yield from _text(block["label"], 2_000, "label", {"plain_text"})
    if "hint" in block:
        yield from _text(block["hint"], 2_000, "hint", {"plain_text"})
    if block["element"]["type"] not in INPUTS:
        yield f"{block['element']['type']} in an input"
    yield from _control(block["element"])


def _control(element: dict[str, Any]) -> Iterator[str]:
    if not 1 <= len(element.get("action_id", "")) <= 255:
        yield "action_id of no or too many characters"
    match element["type"]:
        case "button":
            yield from _text(element["text"], 75, "button", {"plain_text"})
            if len(element.get("value", "")) > 2_000:
                yield "value above 2,000"
            if element.get("style", "primary") not in ("primary", "danger"):
                yield "style of a button"
        case "plain_text_input":
            most = element.get("max_length", 3_000)
            if not 1 <= most <= 3_000:
                yield "max_length"
            if "initial_value" in element and not 1 <= len(element["initial_value"]) <= most:
                yield "initial_value longer than max_length"
        case "file_input":
            if not 1 <= element.get("max_files", 10) <= 10:
                yield "max_files"
        case "timepicker":
            if not re.fullmatch(r"\d\d:\d\d", element.get("initial_time", "00:00")):
                yield "initial_time"
        case "checkboxes" | "radio_buttons":
            yield from _options(element, 10)
        case "static_select" | "multi_static_select":
            yield from _options(element, 100)


def _options(element: dict[str, Any], most: int) -> Iterator[str]:
    options = element.get("options", [])
    if not 1 <= len(options) <= most:
        yield f"{len(options)} options"
    values = Counter(option["value"] for option in options)
    yield from (f"value {value!r} twice" for value, times in values.items() if times > 1)
    for option in options:
        yield from _text(option["text"], 75, "option", TEXTS)
        if not 1 <= len(option["value"]) <= 150:
            yield "value of an option"
    initial = [*element.get("initial_options", []), *filter(None, [element.get("initial_option")])]
    if "initial_options" in element and not initial:
        yield "no initial options"
    yield from ("an initial option that is none" for option in initial if option not in options)


def _rich(elements: list[dict[str, Any]], allowed: set[str]) -> Iterator[str]:
    if not elements:
        yield "an empty rich_text"
    for element in elements:
        kind = element["type"]
        if kind not in allowed:
            yield f"{kind} in rich_text"
        if kind == "rich_text_list":
            if element.get("style") not in ("bullet", "ordered") or not 0 <= element.get("indent", 0) <= 8:
                yield "list"
            yield from _rich(element["elements"], {"rich_text_section"})
        else:
            yield from _runs(kind, element["elements"])


def _runs(kind: str, runs: list[dict[str, Any]]) -> Iterator[str]:
    if not runs:
        yield f"an empty {kind}"
    for run in runs:
        if run["type"] not in RUNS:
            yield f"run of type {run['type']}"
        if run["type"] in ("user", "channel", "usergroup", "broadcast"):
            yield "a mention"
        if run["type"] == "text" and not run["text"]:
            yield "an empty run"
        if run["type"] == "date" and not (run["format"] and run["timestamp"]):
            yield "a date without a moment"
        if run["type"] == "link" and not run["url"].startswith(("http://", "https://")):
            yield "a link to nowhere"
        if kind == "rich_text_preformatted" and run.get("style"):
            yield "style in code"
        if set(run.get("style", {})) - {"bold", "italic", "strike", "code"}:
            yield "style of a run"


def _text(element: dict[str, Any], most: int, where: str, kinds: set[str]) -> list[str]:
    faults = []
    if element.get("type") not in kinds:
        faults.append(f"{element.get('type')} as text of {where}")
    if not 1 <= len(element.get("text", "")) <= most:
        faults.append(f"{len(element.get('text', ''))} characters in {where}")
    if element.get("type") == "mrkdwn" and "<" in OURS.sub("", element["text"]):
        faults.append(f"foreign markup in {where}")
    return faults
