"""Names of files, and reports from where a stranger's code ran."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.content import SourceFile
from bot.domain.grading import Ending, Execution
from bot.grading.languages import UnknownLanguage, language
from bot.grading.languages.language import BadFileName, checked, with_report

RAN = Execution(ending=Ending.FINISHED, exit_code=1)


@pytest.mark.parametrize(
    "name",
    [
        "../a.py",
        "/etc/passwd",
        "a/../../b.py",
        "",
        ".",
        "a//b.py",
        "a\\b.py",
        "a\x00.py",
        "a\n.py",
        "./a.py",
        "x" * 201,
    ],
)
def test_a_name_that_could_leave_the_folder_is_refused(name: str) -> None:
    with pytest.raises(BadFileName):
        checked([SourceFile(name, "")])


def test_later_files_replace_earlier_ones() -> None:
    files = [SourceFile("a.py", "mine"), SourceFile("pkg/b.py", "b"), SourceFile("a.py", "given")]
    assert checked(files) == {"a.py": "given", "pkg/b.py": "b"}


def test_an_error_is_taken_over() -> None:
    told = {
        "error": {"type": "ValueError", "message": "no", "file": "main.py", "line": 3},
        "while_loading": True,
    }
    execution = with_report(RAN, json.dumps(told).encode())
    assert execution.error is not None
    assert (execution.error.type, execution.error.line, execution.while_loading) == ("ValueError", 3, True)


@pytest.mark.parametrize(
    "report", [b"", b"\xff\x00", b"null", b"[1]", b'{"error": 5}', b'{"error": null}', b"{" * 5000]
)
def test_garbage_is_no_report(report: bytes) -> None:
    assert with_report(RAN, report) == RAN


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.sampled_from(["type", "message", "file", "line", "caret", "trace"]), JSON), JSON)
def test_no_report_can_break_the_worker(error: dict[str, Any], loading: Any) -> None:
    report = json.dumps({"error": error, "while_loading": loading}).encode()
    execution = with_report(RAN, report)
    assert execution.error is not None
    assert all(
        isinstance(t, str) for t in (execution.error.type, execution.error.message, execution.error.trace)
    )
    assert execution.error.line is None or 0 < execution.error.line < 10_000_000


def test_an_unknown_language_names_the_known_ones() -> None:
    with pytest.raises(UnknownLanguage, match="python, sql"):
        language("cobol")
