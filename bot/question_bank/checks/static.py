"""The half of the publish gate that runs nothing: what each question and the bank as a whole must have."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from bot.domain.content import Challenge, Kind, Question, SourceFile
from bot.question_bank.checks.bias import option_bias
from bot.question_bank.checks.duplicates import duplicates
from bot.question_bank.checks.wellformed import malformed
from bot.question_bank.problems import Found, Place, Problem, Severity, problem
from bot.question_bank.python_source import parse_python

Finding = tuple[Severity, str, str]
"""Severity, code, message."""


def check_static(items: Sequence[Found]) -> list[Problem]:
    """All that can be said about ``items`` without running anything; bank-wide findings come last."""
    problems: list[Problem] = []
    places: dict[str, Place] = {}
    for found in items:
        key = found.item.meta.key
        problems += malformed(found)
        if key in places:
            message = (
                f"The key `{key}` is used twice, first at {places[key].file}:{places[key].line}. Rename one."
            )
            problems.append(problem(found.place, "duplicate_key", message, question=key))
        places.setdefault(key, found.place)
        problems += [
            problem(found.place, code, message, question=key, severity=severity)
            for severity, code, message in _publishable(found.item)
        ]
    problems += duplicates(items)
    problems += option_bias(items)
    return problems


def _publishable(item: Question | Challenge) -> Iterator[Finding]:
    """What a well-formed question still needs before it may be posted."""
    if not item.meta.licence.strip():
        yield Severity.ERROR, "missing_licence", "No licence is named. Add `licence:` here or in bank.yaml."
    for number, hint in enumerate(item.meta.hints, start=1):
        if not hint.strip():
            yield Severity.ERROR, "blank_hint", f"Hint {number} is empty. Fill it in or remove it."
    if isinstance(item, Challenge):
        yield from _challenge(item)


def _challenge(item: Challenge) -> Iterator[Finding]:
    if not item.references:
        yield (
            Severity.ERROR,
            "missing_reference",
            "There is no solution to prove it can be solved. Add `solution:`.",
        )
    if not item.starter:
        needed = item.kind in (Kind.FIX_THE_BUG, Kind.EXTEND)
        severity = Severity.ERROR if needed else Severity.WARNING
        what = "no code to work on" if needed else "nothing to start from"
        yield severity, "missing_starter", f"There is no starter: members get {what}. Add `starter:`."
    if item.language != "python":
        return
    for variant in item.references:
        for file in variant.files:
            yield from _syntax(file, "reference_syntax", f"The solution `{variant.title[:60]}`")
    for test in item.tests:
        yield from _syntax(test.file, "test_syntax", "The test file")
    files = [test.file for test in item.tests]
    if files and not any(has_tests(file) for file in files):
        message = (
            "No file holds a test: pytest looks for functions called `test_...` in files called `test_*.py`."
        )
        yield Severity.ERROR, "no_tests_in_tests", message


def _parse(file: SourceFile) -> ast.Module | SyntaxError | None:
    """The module, its syntax error, or None for what is not Python."""
    if not file.name.endswith(".py"):
        return None
    try:
        return parse_python(file.text)
    except SyntaxError as error:
        return error


def _syntax(file: SourceFile, code: str, what: str) -> Iterator[Finding]:
    parsed = _parse(file)
    if isinstance(parsed, SyntaxError):
        where = f" line {parsed.lineno}" if parsed.lineno else ""
        message = f"{what} is not valid Python ({file.name}{where}: {parsed.msg}). Mend it."
        yield Severity.ERROR, code, message


def has_tests(file: SourceFile) -> bool:
    """Whether pytest would find a test in the file: by its name, and by a function or method ``test*``."""
    name = file.name.rpartition("/")[2]
    parsed = _parse(file)
    if not isinstance(parsed, ast.Module) or not (name.startswith("test_") or name.endswith("_test.py")):
        return False
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")
        for node in ast.walk(parsed)
    )
