"""From the validated shapes of the native format to the values of ``bot.domain.content``."""

from __future__ import annotations

import re

from bot.domain import content
from bot.domain.content import (
    Blueprint,
    ExamDomain,
    Item,
    Kind,
    Option,
    Question,
    Show,
    SourceFile,
    StdoutCase,
    TestFile,
    Variant,
)
from bot.question_bank.schema.bank import BankPage, Exam
from bot.question_bank.schema.challenges import Coded, CodeStdout, Tested, WriteATest
from bot.question_bank.schema.fields import MAIN_FILE, Files, Tests, Variants
from bot.question_bank.schema.questions import (
    Checklist,
    Common,
    Flashcard,
    FreeText,
    MultipleChoice,
    PredictOutput,
)

DEFAULT_ENTRY = "solution.py"
DEFAULT_TEST_ENTRY = "test_solution.py"
DEFAULT_HIDDEN_NAME = "test_hidden.py"
SOLUTION_TITLE = "solution"
"""What the first reference is called."""
_HEADING_CHARS = 80
_HEADING_SEARCH = 2_000
"""How far into a prompt its first line of prose is looked for."""
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})[^\n]*\n(.*?)^\s*\1\s*$", re.DOTALL | re.MULTILINE)


def heading(prompt: str) -> str:
    """A title for a question that has none: its first line of prose, at most 80 characters."""
    for line in _FENCE.sub("", prompt[:_HEADING_SEARCH]).splitlines():
        text = line.strip().lstrip("#").strip()
        if text:
            return text if len(text) <= _HEADING_CHARS else text[: _HEADING_CHARS - 1].rstrip() + "…"
    return "Untitled"


def printed_by_option(text: str) -> str:
    """The output an option of predict-the-output stands for: its fenced block or code span, or itself."""
    fence = _FENCE.fullmatch(text.strip() + "\n") or _FENCE.fullmatch(text.strip())
    if fence:
        return fence.group(2)
    stripped = text.strip()
    span = re.fullmatch(r"`([^`\n]+)`", stripped)
    return (span.group(1) if span else stripped) + "\n"


def to_item(model: Common, key: str, bank: BankPage | None) -> Item:
    """The value a validated question stands for; author, licence and packages fall back to the bank's."""
    if isinstance(model, Coded):
        return _challenge(model, _meta(model, model.prompt, key, bank), bank)
    if isinstance(model, Flashcard):
        return _question(model, model.front, key, bank, answer=model.back, explanation=model.explanation)
    if isinstance(model, FreeText):
        return _question(
            model, model.prompt, key, bank,
            answer=model.answer, rubric=tuple(model.rubric), explanation=model.explanation,
        )  # fmt: skip
    if isinstance(model, Checklist):
        return _question(
            model, model.prompt, key, bank, rubric=tuple(model.items), explanation=model.explanation
        )
    assert isinstance(model, MultipleChoice | PredictOutput)
    options = tuple(Option(option.text, option.right, option.why) for option in model.options)
    if isinstance(model, MultipleChoice):
        return _question(
            model, model.prompt, key, bank,
            options=options, shuffle=model.shuffle, explanation=model.explanation,
        )  # fmt: skip
    output = model.output
    right = [option.text for option in options if option.correct]
    if output is None and len(right) == 1:
        output = printed_by_option(right[0])
    return _question(
        model, model.prompt, key, bank,
        options=options, shuffle=model.shuffle, explanation=model.explanation,
        program=model.program, expected_output=output, packages=_packages(model, bank),
    )  # fmt: skip


def to_blueprint(exam: Exam) -> Blueprint:
    """The value a validated exam stands for."""
    return Blueprint(
        key=exam.key,
        title=exam.title,
        description=exam.description,
        count=exam.count,
        minutes=exam.minutes,
        pass_mark=exam.pass_mark,
        domains=tuple(
            ExamDomain(name=domain.name, weight=domain.weight, topics=tuple(domain.topics))
            for domain in exam.domains
        ),
    )


def _meta(model: Common, prompt: str, key: str, bank: BankPage | None) -> content.Meta:
    return content.Meta(
        key=key,
        title=model.title or heading(prompt),
        topic=model.topic,
        difficulty=model.difficulty,
        tags=tuple(model.tags),
        level=model.level,
        hints=tuple(model.hints),
        minutes=model.minutes,
        author=model.author or (bank.author if bank else ""),
        licence=model.licence or (bank.licence if bank else ""),
    )


def _question(model: Common, prompt: str, key: str, bank: BankPage | None, **fields: object) -> Question:
    kind = Kind(model.kind)  # type: ignore[attr-defined]
    return Question(meta=_meta(model, prompt, key, bank), kind=kind, prompt=prompt, **fields)  # type: ignore[arg-type]


def _packages(model: PredictOutput | Coded, bank: BankPage | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(bank.packages if bank else ()), *model.packages]))


def _named(files: Files | None, main: str) -> tuple[SourceFile, ...]:
    return tuple(
        SourceFile(main if name == MAIN_FILE else name, text) for name, text in (files or {}).items()
    )


def _variants(variants: Variants, main: str) -> tuple[Variant, ...]:
    return tuple(Variant(title, _named(files, main)) for title, files in variants.items())


def _tests(tests: Tests, main: str, show: Show) -> tuple[TestFile, ...]:
    return tuple(
        TestFile(
            file=SourceFile(main if name == MAIN_FILE else name, test.code),
            show=test.show or show,
            stage=test.stage,
            show_by_test=tuple(test.each.items()),
        )
        for name, test in tests.items()
    )


def _entry(model: Coded) -> str:
    if model.entry:
        return model.entry
    named = [name for name in (model.solution or {}) if name != MAIN_FILE]
    if len(named) == 1 and len(model.solution or {}) == 1:
        return named[0]
    return DEFAULT_TEST_ENTRY if isinstance(model, WriteATest) else DEFAULT_ENTRY


def _cases(model: CodeStdout) -> tuple[StdoutCase, ...]:
    single = [StdoutCase(stdin=model.stdin, expected=model.output)] if model.output is not None else []
    return tuple(single) + tuple(
        StdoutCase(name=case.name or f"case {number}", stdin=case.stdin, expected=case.output, show=case.show)
        for number, case in enumerate(model.cases, start=1)
    )


def _challenge(model: Coded, meta: content.Meta, bank: BankPage | None) -> content.Challenge:
    entry = _entry(model)
    solution = [Variant(SOLUTION_TITLE, _named(model.solution, entry))] if model.solution else []
    fields: dict[str, object] = {}
    if isinstance(model, CodeStdout):
        fields = {
            "cases": _cases(model),
            "match": model.match,
            "tolerance": model.tolerance,
            "checker": model.checker,
        }
    elif isinstance(model, Tested):
        fields = {
            "tests": _tests(model.tests, DEFAULT_TEST_ENTRY, Show.ALL)
            + _tests(model.hidden_tests, DEFAULT_HIDDEN_NAME, Show.HIDDEN),
            "partial_credit": model.partial_credit,
        }
    elif isinstance(model, WriteATest):
        right = _named(model.right, DEFAULT_ENTRY)
        main = right[0].name if len(right) == 1 else DEFAULT_ENTRY
        fields = {
            "right": right,
            "broken": _variants(model.broken, main),
            "partial_credit": model.partial_credit,
        }
    return content.Challenge(
        meta=meta,
        kind=Kind(model.kind),  # type: ignore[attr-defined]
        prompt=model.prompt,
        language=model.language,
        entry=entry,
        starter=_named(model.starter, entry),
        given=_named(model.given, DEFAULT_ENTRY),
        references=(*solution, *_variants(model.solutions, entry)),
        wrong=_variants(model.wrong, entry),
        explanation=model.explanation,
        packages=_packages(model, bank),
        limits=content.Limits(**model.limits.model_dump()),
        **fields,  # type: ignore[arg-type]
    )
