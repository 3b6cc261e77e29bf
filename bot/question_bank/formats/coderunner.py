"""CodeRunner questions of Moodle: programs judged by what they print, and functions called by test code."""

from __future__ import annotations

import ast
import base64
import binascii
import textwrap
import xml.etree.ElementTree as ET

from bot.domain.content import (
    Challenge,
    Kind,
    Meta,
    Show,
    SourceFile,
    StdoutCase,
    TestFile,
    Variant,
)
from bot.question_bank.python_source import parse_python

_PYTHON = ("python3", "python3_w_input", "python3_program")
_SHOWS = {
    "SHOW": Show.ALL,
    "HIDE": Show.HIDDEN,
    "HIDE_IF_FAIL": Show.HIDDEN,
    "HIDE_IF_SUCCEED": Show.UNTIL_FAILED,
}
_HEAD = (
    "import io\n\nfrom solution import {names}\n\n\ndef lines(text):\n    return [line.rstrip() for "
    "line in text.rstrip().splitlines()]\n"
)


class NotImported(Exception):
    """A question that has no counterpart: a code and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _raw(element: ET.Element, path: str) -> str:
    return (element.findtext(path) or "").replace("\r\n", "\n").replace("\r", "\n")


def challenge(element: ET.Element, prompt: str, meta: Meta, explanation: str) -> Challenge:
    """The challenge that a ``<question type="coderunner">`` stands for.

    Raises:
        NotImported: another language, a template of its own, or tests that cannot be carried over.
    """
    kind = _raw(element, "coderunnertype").strip()
    if kind not in _PYTHON:
        raise NotImported(
            "unknown_language", f"Its type `{kind[:40]}` is not imported, only {', '.join(_PYTHON)}."
        )
    if _raw(element, "template").strip() or _raw(element, "grader").strip() not in (
        "",
        "EqualityGrader",
        "NearEqualityGrader",
    ):
        raise NotImported(
            "unknown_type", "It has a template or grader of its own. Write its tests as pytest files."
        )
    if _raw(element, "templateparams").strip() not in ("", "{}") and "{{" in "".join(element.itertext()):
        raise NotImported(
            "unknown_type",
            "It is filled in anew for each student (`{{ ... }}`). Export one that is filled in.",
        )
    cases = element.findall("testcases/testcase")
    if not cases:
        raise NotImported("missing_tests", "It has no test cases. Add some.")
    if any(_raw(case, "extra/text").strip() for case in cases):
        raise NotImported(
            "unknown_type", "A test case uses the field `extra`, which only a template can. Move it."
        )
    answer, preload = _raw(element, "answer"), _raw(element, "answerpreload")
    shared = {
        "meta": meta,
        "prompt": prompt,
        "starter": (SourceFile("solution.py", preload),) if preload.strip() else (),
        "given": _given(element),
        "references": (Variant("solution", (SourceFile("solution.py", answer),)),) if answer.strip() else (),
        "explanation": explanation,
    }
    if not any(_raw(case, "testcode/text").strip() for case in cases):
        stdout = tuple(_case(case, number) for number, case in enumerate(cases, start=1))
        return Challenge(kind=Kind.CODE_STDOUT, cases=stdout, **shared)  # type: ignore[arg-type]
    return Challenge(
        kind=Kind.CODE_TESTS,
        tests=(_test_file(cases, answer),),
        partial_credit=_raw(element, "allornothing").strip() == "0",
        **shared,  # type: ignore[arg-type]
    )


def _show(case: ET.Element) -> Show:
    return _SHOWS.get(_raw(case, "display/text").strip(), Show.ALL)


def _case(case: ET.Element, number: int) -> StdoutCase:
    stdin, expected = _raw(case, "stdin/text"), _raw(case, "expected/text")
    return StdoutCase(name=f"case {number}", stdin=stdin, expected=expected, show=_show(case))


def _given(element: ET.Element) -> tuple[SourceFile, ...]:
    """The support files, which are not those inside the question's text."""
    found: list[SourceFile] = []
    for file in element.findall("testcases/file"):
        name = file.get("name", "")
        try:
            text = base64.b64decode(file.text or "", validate=False).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, ValueError) as error:
            raise NotImported("encoding", f"Its file `{name[:60]}` is not text. Remove it.") from error
        if not name or "/" in name or name.startswith("."):
            raise NotImported(
                "archive", f"Its file `{name[:60]}` has a name that leads elsewhere. Rename it."
            )
        found.append(SourceFile(name, text.replace("\r\n", "\n")))
    return tuple(found)


def _test_file(cases: list[ET.Element], answer: str) -> TestFile:
    """Each case as a test that runs its code and compares what was printed."""
    codes = [_raw(case, "testcode/text").strip("\n") for case in cases]
    names = _names(answer, codes)
    parts = [_HEAD.format(names=", ".join(names))]
    shows: list[tuple[str, Show]] = []
    for number, (case, code) in enumerate(zip(cases, codes, strict=True), start=1):
        name = f"test_{number}"
        stdin = _raw(case, "stdin/text")
        feed = f"    monkeypatch.setattr('sys.stdin', io.StringIO({stdin!r}))\n" if stdin else ""
        parts.append(
            f"\n\ndef {name}(capsys{', monkeypatch' if stdin else ''}):\n{feed}"
            f"{textwrap.indent(code, '    ')}\n"
            f"    assert lines(capsys.readouterr().out) == lines({_raw(case, 'expected/text')!r})\n"
        )
        if _show(case) is not Show.ALL:
            shows.append((name, _show(case)))
    text = "".join(parts)
    parse_python(text)
    return TestFile(SourceFile("test_solution.py", text), show_by_test=tuple(shows))


def _bound(node: ast.stmt) -> list[str]:
    """What a statement at the top of the answer makes: a definition, an import, a plain name."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.ImportFrom() | ast.Import():
            return [alias.asname or alias.name for alias in node.names if alias.name != "*"]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
    return []


def _names(answer: str, codes: list[str]) -> list[str]:
    """What the tests need of the member's module: what the answer defines and they mention."""
    try:
        defined = [name for node in parse_python(answer).body for name in _bound(node)]
        trees = [parse_python(code) for code in codes]
    except SyntaxError as error:
        raise NotImported(
            "test_syntax", f"Its answer or a test is not valid Python ({error}). Mend it."
        ) from error
    for tree, code in zip(trees, codes, strict=True):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str | bytes)
                and node.end_lineno != node.lineno
            ):
                raise NotImported(
                    "test_syntax", f"A test holds a text over several lines ({code[:30]!r}). Use \\n."
                )
    used = {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names = [name for name in dict.fromkeys(defined) if name in used]
    if not names:
        raise NotImported(
            "missing_reference", "Its answer defines nothing that its tests use. Add the answer."
        )
    return names
