"""Writes values in the native format, the short way wherever there is one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from bot.domain.content import (
    Bank,
    Blueprint,
    Challenge,
    Item,
    Kind,
    Limits,
    Match,
    Option,
    Question,
    Show,
    SourceFile,
    TestFile,
    Variant,
)
from bot.question_bank.formats.native.convert import (
    DEFAULT_ENTRY,
    DEFAULT_TEST_ENTRY,
    SOLUTION_TITLE,
)

HEADER = "# A Warmup question bank. The fields are explained in docs/reference/bank-format.md.\n"
_WIDTH = 100


class _Dumper(yaml.SafeDumper):
    """Block style throughout, texts of several lines as literal blocks, no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    """Literal blocks for lines, quotes where YAML would read something else than the text."""
    if "\n" in value and _fits_block(value):
        return dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style="|")
    plain = "\n" not in value and value.isprintable()
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style=None if plain else '"')


def _fits_block(value: str) -> bool:
    """Whether a literal block gives the text back: nothing unprintable, no line of spaces only."""
    lines = value.split("\n")
    return value[0] not in " \n\t" and all(
        line == "" or (line.strip() and line.isprintable()) for line in lines
    )


_Dumper.add_representer(str, _text)


def write_native(items: Iterable[Item], bank: Bank | None = None) -> str:
    """One file with all ``items`` (and the bank's page), which reads back to equal values.

    Raises:
        ValueError: two files, variants or cases of one challenge share a name, or a text holds a
            carriage return or another character that no YAML file can hold.
    """
    data: dict[str, Any] = {}
    if bank:
        data["bank"] = _without_empty(
            {
                "name": bank.name,
                "description": bank.description,
                "licence": bank.licence,
                "author": bank.author,
                "packages": list(bank.packages),
                "exams": [_exam(exam) for exam in bank.exams],
            }
        )
    data["questions"] = [to_fields(item) for item in items]
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
    return HEADER + text


def _exam(exam: Blueprint) -> dict[str, Any]:
    return {
        "key": exam.key,
        "title": exam.title,
        **({"description": exam.description} if exam.description else {}),
        "count": exam.count,
        "minutes": exam.minutes,
        "pass_mark": exam.pass_mark,
        "domains": [
            {"name": domain.name, "weight": domain.weight, "topics": list(domain.topics)}
            for domain in exam.domains
        ],
    }


def to_fields(item: Item) -> dict[str, Any]:
    """The fields of one question as the native format names them, defaults left out."""
    meta = item.meta
    fields: dict[str, Any] = {
        "key": meta.key,
        "kind": item.kind.value,
        "title": meta.title,
        "topic": meta.topic,
        "difficulty": meta.difficulty.value,
        "tags": list(meta.tags),
        "level": meta.level,
        "minutes": meta.minutes,
        "author": meta.author,
        "licence": meta.licence,
    }
    fields |= _question(item) if isinstance(item, Question) else _challenge(item)
    fields |= {"hints": list(meta.hints), "explanation": item.explanation}
    return _without_empty(fields)


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    def written(value: Any) -> bool:
        empty = isinstance(value, str | list | dict) and not value
        return isinstance(value, _Kept) or not (empty or value is None or value is False)

    return {name: value for name, value in fields.items() if written(value)}


def _option(option: Option) -> str | dict[str, Any]:
    if not option.correct and not option.explanation:
        return option.text
    return {"text": option.text} | _without_empty({"right": option.correct, "why": option.explanation})


def _question(item: Question) -> dict[str, Any]:
    options = {"options": [_option(option) for option in item.options], "shuffle": item.shuffle}
    if item.kind is Kind.FLASHCARD:
        return {"front": item.prompt, "back": item.answer}
    if item.kind is Kind.FREE_TEXT:
        return {"prompt": item.prompt, "answer": item.answer, "rubric": list(item.rubric)}
    if item.kind is Kind.CHECKLIST:
        return {"prompt": item.prompt, "items": list(item.rubric)}
    if item.kind is Kind.PREDICT_OUTPUT:
        output = {} if item.expected_output is None else {"output": item.expected_output}
        program = {"program": item.program, "packages": list(item.packages)}
        return {"prompt": item.prompt, **program, **_kept(output), **options}
    return {"prompt": item.prompt, **options}


class _Kept(str):
    """A text that is written even when it is empty."""

    __slots__ = ()


_Dumper.add_representer(_Kept, _text)


def _kept(fields: dict[str, str]) -> dict[str, Any]:
    return {name: _Kept(value) for name, value in fields.items()}


def _unique(names: list[str], what: str) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"two {what} are called {twice!r}")


def _files(files: tuple[SourceFile, ...], main: str | None) -> str | dict[str, str]:
    _unique([file.name for file in files], "files")
    if main is not None and len(files) == 1 and files[0].name == main:
        return _Kept(files[0].text)
    return {file.name: file.text for file in files}


def _variants(variants: tuple[Variant, ...], main: str) -> dict[str, Any]:
    _unique([variant.title for variant in variants], "variants")
    return {variant.title: _files(variant.files, main) for variant in variants}


def _test(test: TestFile) -> str | dict[str, Any]:
    said: dict[str, Any] = {}
    if test.show is not Show.ALL:
        said["show"] = test.show.value
    if test.stage != 1:
        said["stage"] = test.stage
    if test.show_by_test:
        _unique([name for name, _ in test.show_by_test], "exceptions of a test file")
        said["each"] = {name: show.value for name, show in test.show_by_test}
    return {**said, "code": _Kept(test.file.text)} if said else test.file.text


def _tests(tests: tuple[TestFile, ...]) -> str | dict[str, Any]:
    _unique([test.file.name for test in tests], "test files")
    if len(tests) == 1 and tests[0].file.name == DEFAULT_TEST_ENTRY and isinstance(_test(tests[0]), str):
        return tests[0].file.text
    return {test.file.name: _test(test) for test in tests}


def _cases(item: Challenge) -> dict[str, Any]:
    _unique([case.name for case in item.cases], "cases")
    if len(item.cases) == 1 and item.cases[0].name == "output" and item.cases[0].show is Show.ALL:
        case = item.cases[0]
        return {"stdin": case.stdin, **_kept({"output": case.expected})}
    written = []
    for case in item.cases:
        show = {"show": case.show.value} if case.show is not Show.ALL else {}
        written.append({"name": case.name, "stdin": case.stdin, "output": case.expected, **show})
    return {"cases": written}


def _challenge(item: Challenge) -> dict[str, Any]:
    main = item.entry
    default_entry = DEFAULT_TEST_ENTRY if item.kind is Kind.WRITE_A_TEST else DEFAULT_ENTRY
    first_is_solution = bool(item.references) and item.references[0].title == SOLUTION_TITLE
    _unique([variant.title for variant in item.references], "references")
    others = item.references[1:] if first_is_solution else item.references
    solution = _files(item.references[0].files, main) if first_is_solution else None
    names_entry = isinstance(solution, dict) and len(solution) == 1
    fields: dict[str, Any] = {
        "prompt": item.prompt,
        "language": item.language if item.language != "python" else "",
        "entry": main if main != default_entry or names_entry else "",
        "packages": list(item.packages),
        "given": _files(item.given, None),
        "starter": _files(item.starter, main),
        "right": _files(item.right, DEFAULT_ENTRY),
    }
    if item.kind is Kind.WRITE_A_TEST:
        right_main = item.right[0].name if len(item.right) == 1 else DEFAULT_ENTRY
        fields["broken"] = _variants(item.broken, right_main)
    if item.kind is Kind.CODE_STDOUT:
        fields |= _cases(item)
        fields["match"] = item.match.value if item.match is not Match.EXACT else ""
        fields["tolerance"] = item.tolerance if item.tolerance != 1e-6 else None
        fields["checker"] = item.checker
    fields |= {
        "tests": _tests(item.tests),
        "solution": solution,
        "solutions": _variants(others, main),
        "wrong": _variants(item.wrong, main),
        "partial_credit": item.partial_credit,
        "limits": _limits(item.limits),
    }
    return fields


def _limits(limits: Limits) -> dict[str, int]:
    default = Limits()
    return {
        name: getattr(limits, name)
        for name in ("cpu_ms", "wall_ms", "memory_mb", "output_kb", "disk_mb", "files")
        if getattr(limits, name) != getattr(default, name)
    }
