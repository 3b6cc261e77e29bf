"""What a single question must have to be a question at all, whatever file it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.domain.content import Challenge, Kind, Match, Question
from bot.question_bank.problems import Found, Problem, Severity, problem

MIN_OPTIONS, MAX_OPTIONS = 2, 10
_MOST_COMPARED = 50
"""Options looked at one by one; a file without headings can make thousands of them one question's."""

Fault = tuple[str, str]
"""A problem's code and message."""


def malformed(found: Found) -> list[Problem]:
    """Everything that keeps ``found`` from being a question; empty when it is sound."""
    item = found.item
    faults = _question(item) if isinstance(item, Question) else _challenge(item)
    key = item.meta.key
    return [
        problem(found.place, code, message, question=key, severity=Severity.ERROR) for code, message in faults
    ]


def _question(item: Question) -> Iterator[Fault]:
    if item.kind is Kind.MULTIPLE_CHOICE or item.options:
        yield from _options(item)
    if item.kind is Kind.PREDICT_OUTPUT:
        if not item.program.strip():
            yield "missing_program", "There is no `program` whose output is to be predicted. Add it."
        if item.expected_output is None:
            yield (
                "missing_output",
                "The program's output is not given. Add `output: |`, or mark one option right.",
            )
    if not item.prompt.strip():
        yield "empty_prompt", "The question has no text. Write what is asked."
    if item.kind in (Kind.FLASHCARD, Kind.FREE_TEXT) and not item.answer.strip():
        yield "missing_answer", "There is no answer. Write the card's back or the model answer."
    if item.kind is Kind.CHECKLIST and not item.rubric:
        yield "missing_items", "The list has no items. Add `items:`."


def _options(item: Question) -> Iterator[Fault]:
    texts = [option.text.strip() for option in item.options]
    if len(texts) < MIN_OPTIONS:
        yield (
            "too_few_options",
            f"It has {len(texts)} options; {MIN_OPTIONS} to {MAX_OPTIONS} are needed. Add some.",
        )
    if len(texts) > MAX_OPTIONS:
        yield (
            "too_many_options",
            f"It has {len(texts)} options; at most {MAX_OPTIONS} are shown. Remove or split.",
        )
    firsts: dict[str, int] = {}
    for number, text in enumerate(texts[:_MOST_COMPARED], start=1):
        first = firsts.setdefault(text, number)
        if not text:
            yield "blank_option", f"Option {number} is empty. Fill it in or remove it."
        elif first != number:
            yield (
                "duplicate_option",
                f"Options {first} and {number} are the same (`{text[:60]}`). Change one.",
            )
    if texts and not item.right:
        yield (
            "missing_right_option",
            "No option is marked right. Mark each right one (`right: true`, or `[x]` in Markdown).",
        )
    if len(texts) >= MIN_OPTIONS and len(item.right) == len(texts):
        yield (
            "all_options_right",
            "Every option is marked right, so there is nothing to choose. Check the marks.",
        )


def _challenge(item: Challenge) -> Iterator[Fault]:
    if not item.prompt.strip():
        yield "empty_prompt", "The challenge has no text. Write what is to be done."
    if item.kind is Kind.CODE_STDOUT:
        yield from _stdout(item)
    elif item.kind is Kind.WRITE_A_TEST:
        if not item.right:
            yield "missing_right_version", "There is no correct version to test. Add `right:`."
        if not item.broken:
            yield (
                "missing_broken_version",
                "There is no broken version to catch. Add `broken:` with one or more.",
            )
    elif not item.tests:
        yield "missing_tests", "There are no tests to judge by. Add `tests:` or `hidden_tests:`."
    yield from _twice("file", [file.name for file in item.given])
    yield from _twice("test file", [test.file.name for test in item.tests])
    yield from _twice("case", [case.name for case in item.cases])
    yield from _twice("solution", [variant.title for variant in item.references])
    yield from _twice("wrong solution", [variant.title for variant in item.wrong])
    for test in item.tests:
        if not test.file.text.strip() and test.file.name.rpartition("/")[2].startswith("test_"):
            yield "empty_test", f"The test file `{test.file.name}` is empty. Fill it in or remove it."


def _stdout(item: Challenge) -> Iterator[Fault]:
    if not item.cases:
        yield "missing_output", "There is no expected output. Add `output: |` or `cases:`."
    if item.match is Match.CHECKER and "def check" not in item.checker:
        yield (
            "missing_checker",
            "`match: checker` needs `checker:` with a function `check(output, stdin, expected)`.",
        )


def _twice(what: str, names: Iterable[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield "duplicate_name", f"Two are called `{name[:60]}` ({what}). Rename one."
        seen.add(name)
