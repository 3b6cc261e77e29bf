"""The JSON Schema of the native format, for editors and for programs that write banks."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.question_bank.schema.bank import KINDS, BankPage
from bot.question_bank.schema.challenges import Coded, Tested
from bot.question_bank.schema.questions import Common

INTRODUCTION = (
    "A file of a Warmup question bank: one question, or many under `questions`, or the bank's own page "
    "(`bank.yaml`). `kind` decides which fields a question has; without it the question is multiple choice. "
    "In an editor, start the file with `# yaml-language-server: $schema=PATH/schema.json`."
)

_TABLE = re.compile(r"(?P<start><!-- fields: (?P<what>[^>]+?) -->).*?<!-- end -->", re.DOTALL)


def build_schema() -> dict[str, Any]:
    """The schema as a JSON value; ``questions``, ``name`` and ``kind`` choose the part that applies."""
    models: list[type[BaseModel]] = [BankPage, Common, Coded, Tested, *KINDS.values()]
    _, generated = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/$defs/{model}"
    )
    definitions = generated["$defs"]
    for definition in definitions.values():
        for field in definition.get("properties", {}).values():
            field.pop("title", None)
            if field.get("default") in ("", None) or isinstance(field.get("default"), dict):
                field.pop("default", None)
    _close_patterns(definitions)
    definitions["Question"] = _question()
    definitions["QuestionFile"] = _question_file()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Warmup question bank",
        "description": INTRODUCTION,
        "type": "object",
        "if": {"required": ["questions"]},
        "then": {"$ref": "#/$defs/QuestionFile"},
        "else": {
            "if": {"required": ["name"]},
            "then": {"$ref": "#/$defs/BankPage"},
            "else": {"$ref": "#/$defs/Question"},
        },
        "$defs": dict(sorted(definitions.items())),
    }


def _close_patterns(value: Any) -> None:
    """Refuse names that fit none of the patterns, wherever a mapping's names have one."""
    if isinstance(value, dict):
        if "patternProperties" in value:
            value.setdefault("additionalProperties", False)
        for inner in value.values():
            _close_patterns(inner)
    elif isinstance(value, list):
        for inner in value:
            _close_patterns(inner)


def _question() -> dict[str, Any]:
    """Chooses the kind's own definition by the field ``kind``."""
    choices: list[dict[str, Any]] = [
        {
            "if": {"properties": {"kind": {"const": kind.value}}, "required": ["kind"]},
            "then": {"$ref": f"#/$defs/{model.__name__}"},
        }
        for kind, model in KINDS.items()
    ]
    choices.append({"if": {"not": {"required": ["kind"]}}, "then": {"$ref": "#/$defs/MultipleChoice"}})
    kinds = {
        "description": "What the member does, and so which fields there are. Default: `multiple_choice`.",
        "enum": [kind.value for kind in KINDS],
    }
    return {"type": "object", "properties": {"kind": kinds}, "allOf": choices}


def _question_file() -> dict[str, Any]:
    return {
        "description": "Many questions in one file.",
        "type": "object",
        "additionalProperties": False,
        "required": ["questions"],
        "properties": {
            "bank": {
                "$ref": "#/$defs/BankPage",
                "description": "The bank's page, when the whole bank is this one file.",
            },
            "questions": {
                "description": "The questions; each needs a `key` here.",
                "type": "array",
                "minItems": 1,
                "items": {"allOf": [{"$ref": "#/$defs/Question"}, {"required": ["key"]}]},
            },
        },
    }


def schema_text() -> str:
    """The schema as the text of ``questions/schema.json``."""
    return json.dumps(build_schema(), indent=2, ensure_ascii=False) + "\n"


def field_table(definition: dict[str, Any], without: set[str]) -> str:
    """The fields of one part of the schema as a Markdown table, for the format's page."""
    required = set(definition.get("required", ()))
    rows = ["| field | default | what it is |", "|---|---|---|"]
    for name, said in definition["properties"].items():
        if name in without:
            continue
        default = "needed" if name in required else _default(said)
        description = str(said.get("description", "")).replace("|", "\\|").replace("\n", " ")
        rows.append(f"| `{name}` | {default} | {description} |")
    return "\n".join(rows)


def _default(said: dict[str, Any]) -> str:
    value = said.get("default")
    if value in (None, "", {}, []) or isinstance(value, dict):
        return ""
    return f"`{json.dumps(value)}`" if not isinstance(value, str) else f"`{value}`"


def with_field_tables(page: str) -> str:
    """``page`` with the text between each ``<!-- fields: NAME -->`` and ``<!-- end -->`` made anew.

    ``NAME`` is a part of the schema; ``NAME - OTHER`` leaves out the fields that OTHER has.
    """
    definitions = build_schema()["$defs"]

    def table(match: re.Match[str]) -> str:
        name, _, other = (part.strip() for part in match["what"].partition(" - "))
        without = set(definitions[other]["properties"]) if other else set()
        return f"{match['start']}\n\n{field_table(definitions[name], without | {'kind'})}\n\n<!-- end -->"

    return _TABLE.sub(table, page)
