"""One question's raw fields to a value, or to problems that an author can act on."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.domain.content import Kind
from bot.question_bank.formats.native.convert import to_item
from bot.question_bank.problems import Found, Place, Problem, problem
from bot.question_bank.schema.bank import KINDS, BankPage, Defaults, Exam
from bot.question_bank.schema.fields import FILE_NAME, Case, Limits, Model, Option, Test
from bot.question_bank.yaml_tree import Document, Path

M = TypeVar("M", bound=Model)
_MOST_PROBLEMS = 20
"""Per question; more help nobody."""
_PARTS: dict[str, type[Model]] = {
    "options": Option,
    "cases": Case,
    "limits": Limits,
    "tests": Test,
    "hidden_tests": Test,
    "defaults": Defaults,
    "bank": BankPage,
    "exams": Exam,
}
"""The shape of the mappings below a field."""
_NOT_A_FILE_NAME = (
    "a file name is a relative path such as `bank/account.py`, without parts that start with a dot"
)
_NOT_A_NAME = (
    "use letters, digits, `.`, `-` and `_` (lower case, except for packages), a letter or digit first"
)


class Source:
    """Where a mapping of raw fields stands: its file, and the line of each of its fields."""

    def __init__(self, file: str, document: Document, path: Path = ()) -> None:
        self.file = file
        self.document = document
        self.path = path

    def place(self, *steps: str | int) -> Place:
        """The place of the field at ``steps`` below the mapping; unknown steps are skipped."""
        path = self.path
        for step in steps:
            if (*path, step) in self.document.lines:
                path = (*path, step)
        return Place(file=self.file, line=self.document.line_of(path) if path else self.document.line)


def question(
    raw: Any, source: Source, bank: BankPage | None, defaults: dict[str, Any], fallback_key: str
) -> tuple[Found | None, list[Problem]]:
    """The question in ``raw``, or what is wrong with it (all of it, not only the first thing)."""
    if not isinstance(raw, dict):
        message = "A question is a mapping of fields such as `prompt: ...`. See the format's page."
        return None, [problem(source.place(), "not_a_question", message)]
    key = str(raw.get("key") or fallback_key)
    kind = str(raw.get("kind", Kind.MULTIPLE_CHOICE.value))
    model = KINDS.get(Kind(kind)) if kind in set(Kind) else None
    if model is None:
        message = f"There is no kind `{kind[:60]}`.{_nearest(kind, Kind)} Kinds: {', '.join(Kind)}."
        return None, [problem(source.place("kind"), "unknown_kind", message, question=key)]
    if not key:
        message = "It has no `key`. Give it one that is unique in the bank, e.g. `key: async-gather-order`."
        return None, [problem(source.place(), "missing_key", message)]
    known = {name: value for name, value in defaults.items() if name in model.model_fields}
    found, problems = validate(model, {**known, **raw, "key": key, "kind": kind}, source, key)
    if found is None:
        return None, problems
    return Found(to_item(found, key, bank), source.place()), []


def validate(model: type[M], raw: Any, source: Source, key: str = "") -> tuple[M | None, list[Problem]]:
    """``raw`` as ``model``, or one problem for each field that is wrong."""
    try:
        return model.model_validate(raw), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        return None, [_problem(detail, model, source, key) for detail in details[:_MOST_PROBLEMS]]


def _nearest(word: str, words: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f" Did you mean `{close[0]}`?" if close else ""


def _fields_at(model: type[Model], steps: tuple[str | int, ...]) -> list[str]:
    """The fields that may stand where an unknown one was found."""
    if len(steps) == 1:
        return list(model.model_fields)
    return list(_PARTS.get(str(steps[0]), Defaults).model_fields)


def _problem(detail: ErrorDetails, model: type[Model], source: Source, key: str) -> Problem:
    steps = tuple(step for step in detail["loc"] if step != "[key]")
    where = ".".join(str(step + 1) if isinstance(step, int) else step for step in steps)
    place = source.place(*steps)
    if detail["type"] == "extra_forbidden":
        known = _fields_at(model, steps)
        near = _nearest(str(steps[-1]), known)
        message = f"`{where[:120]}` is not a field here.{near} Fields: {', '.join(known)}."
        return problem(place, "unknown_field", message, question=key)
    if detail["type"] == "missing":
        return problem(
            place, "missing_field", f"`{where}` is missing. {_said(model, steps)}".strip(), question=key
        )
    return problem(
        place, "wrong_value", f"`{where[:120]}`: {_what(detail)}. {_said(model, steps)}".strip(), question=key
    )


def _what(detail: ErrorDetails) -> str:
    given = detail["input"]
    shown = f", not `{given[:60]}`" if isinstance(given, str) and len(given) < 200 else ""
    if detail["type"] in ("string_type", "dict_type", "list_type", "model_type"):
        wanted = {"string": "a text", "dict": "a mapping", "list": "a list (`- ...`)", "model": "a mapping"}
        got = "a text" if isinstance(given, str) else "a list" if isinstance(given, list) else "a mapping"
        return f"expected {wanted[detail['type'].split('_')[0]]}, found {got}"
    if detail["type"] == "string_too_long":
        return f"longer than {detail['ctx']['max_length']} characters; shorten it"
    if detail["type"] == "string_too_short":
        return "it is empty; fill it in"
    if detail["type"] in ("too_long", "too_short"):
        return str(detail["msg"]).replace("after validation, ", "")
    if detail["type"] == "string_pattern_mismatch":
        file_name = detail["ctx"]["pattern"] == FILE_NAME
        return f"{_NOT_A_FILE_NAME if file_name else _NOT_A_NAME}{shown}"
    message = str(detail["msg"]).removeprefix("Value error, ")
    return f"{message[:1].lower()}{message[1:]}{shown}"


def _said(model: type[Model], steps: tuple[str | int, ...]) -> str:
    """The first sentence of what the format's page says about the field."""
    field = model.model_fields.get(str(steps[0])) if steps else None
    if field is None or not field.description or len(steps) > 1:
        return ""
    return field.description.split(". ")[0].rstrip(".") + "."
