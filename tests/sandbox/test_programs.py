"""Challenges judged by what is printed, run by the real path; SQL proves that Python is not built in."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.content import Challenge, Difficulty, Kind, Limits, Match, Meta, SourceFile, StdoutCase
from bot.domain.grading import Ending, GradingJob, RunReport
from bot.grading.programs import run_cases, run_program
from bot.grading.sandbox import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="module")


def challenge(**changes: Any) -> Challenge:
    meta = Meta(key="k", title="t", topic="t", difficulty=Difficulty.EASY)
    base: dict[str, Any] = {"meta": meta, "kind": Kind.CODE_STDOUT, "prompt": "", "entry": "main.py"}
    return Challenge(**{**base, "cases": (StdoutCase(),), **changes})


async def graded(sandbox: Sandbox, item: Challenge, *files: SourceFile) -> RunReport:
    return await run_cases(sandbox, GradingJob(key="k", challenge=item, files=files))


async def test_a_program_to_predict_may_use_the_packages_it_declares(sandbox):
    program = "import sqlalchemy\nprint(sqlalchemy.__name__)"
    assert (await run_program(sandbox, program, ("sqlalchemy",))).stdout == "sqlalchemy\n"
    refused = await run_program(sandbox, program)
    assert refused.error is not None
    assert "sqlalchemy" in refused.error.message


async def test_each_case_is_a_run_of_its_own(sandbox: Sandbox) -> None:
    cases = tuple(StdoutCase(name=n, stdin=f"{n}\n") for n in ("a", "b", "c"))
    code = "import os\nprint(input() * 2, os.path.exists('seen'))\nopen('seen', 'w').close()"
    report = await graded(sandbox, challenge(cases=cases), SourceFile("main.py", code))
    assert [(c.name, c.execution.stdout) for c in report.cases] == [
        ("a", "aa False\n"),
        ("b", "bb False\n"),
        ("c", "cc False\n"),
    ]
    assert report.execution.ending is Ending.FINISHED


async def test_given_files_lie_beside_the_program_and_win(sandbox: Sandbox) -> None:
    item = challenge(given=(SourceFile("data/words.txt", "one two"), SourceFile("tool.py", "X = 'given'")))
    code = "import tool\nfrom helper import Y\nprint(tool.X, Y, open('data/words.txt').read())"
    files = (
        SourceFile("main.py", code),
        SourceFile("tool.py", "X = 'mine'"),
        SourceFile("helper.py", "Y = 1"),
    )
    report = await graded(sandbox, item, *files)
    assert report.cases[0].execution.stdout == "given 1 one two\n"


async def test_the_whole_run_is_the_first_that_went_wrong(sandbox: Sandbox) -> None:
    cases = (StdoutCase(name="good", stdin="1"), StdoutCase(name="bad", stdin="x"))
    report = await graded(sandbox, challenge(cases=cases), SourceFile("main.py", "print(int(input()))"))
    assert report.execution.error is not None
    assert report.execution.error.type == "ValueError"
    assert report.cases[0].execution.error is None


async def test_a_file_name_that_leaves_the_folder_never_runs(sandbox: Sandbox) -> None:
    report = await graded(sandbox, challenge(), SourceFile("../../main.py", "print('ESCAPED')"))
    assert report.cases[0].execution.ending is Ending.BROKEN
    assert report.cases[0].execution.stdout == ""


async def test_the_checker_decides_in_a_process_of_its_own(sandbox: Sandbox) -> None:
    checker = (
        "def check(output, stdin, expected):\n    return int(output) % 2 == 0, f'{output.strip()} of {stdin}'"
    )
    cases = (StdoutCase(name="even", stdin="4"), StdoutCase(name="odd", stdin="5"))
    item = challenge(cases=cases, match=Match.CHECKER, checker=checker)
    code = "import sys\nsys.modules['checker'] = None\nprint(input())"
    report = await graded(sandbox, item, SourceFile("main.py", code))
    assert [(c.checker, c.checker_message) for c in report.cases] == [(True, "4 of 4"), (False, "5 of 5")]


async def test_a_checker_that_fails_is_our_error(sandbox: Sandbox) -> None:
    item = challenge(match=Match.CHECKER, checker="def check(output, stdin, expected):\n    return 1 / 0")
    report = await graded(sandbox, item, SourceFile("main.py", "print(1)"))
    assert report.cases[0].execution.ending is Ending.BROKEN
    assert "ZeroDivisionError" in report.cases[0].execution.note


async def test_a_program_that_fails_is_not_shown_to_the_checker(sandbox: Sandbox) -> None:
    item = challenge(match=Match.CHECKER, checker="def check(output, stdin, expected):\n    return True")
    report = await graded(sandbox, item, SourceFile("main.py", "print(1); raise SystemExit(3)"))
    assert report.cases[0].checker is None
    assert report.cases[0].execution.exit_code == 3


async def test_the_output_to_predict_is_what_the_program_prints(sandbox: Sandbox) -> None:
    execution = await run_program(sandbox, "print([n * n for n in range(4)])")
    assert execution.stdout == "[0, 1, 4, 9]\n"


async def test_the_same_program_prints_the_same_set_twice(sandbox: Sandbox) -> None:
    program = "print({w for w in 'the quick brown fox jumps over it'.split()})"
    assert (await run_program(sandbox, program)).stdout == (await run_program(sandbox, program)).stdout


SCHEMA = SourceFile(
    "schema.sql",
    "create table pet (id integer primary key, name text not null, weight real);\n"
    "insert into pet values (1, 'Ada', 3.5), (2, 'Bo; the second', null);",
)


async def test_sql_prints_the_rows_of_its_queries(sandbox: Sandbox) -> None:
    item = challenge(language="sql", entry="main.sql", given=(SCHEMA,))
    script = (
        "update pet set weight = 2 where id = 2;\n-- and now; look\nselect name, weight from pet order by id;"
    )
    report = await graded(sandbox, item, SourceFile("main.sql", script))
    assert report.cases[0].execution.stdout == "name | weight\nAda | 3.5\nBo; the second | 2.0\n"


async def test_sql_names_the_line_of_an_error(sandbox: Sandbox) -> None:
    item = challenge(language="sql", entry="main.sql", given=(SCHEMA,))
    report = await graded(sandbox, item, SourceFile("main.sql", "select 1;\n\nselect nmae\nfrom pet;"))
    error = report.execution.error
    assert error is not None
    assert (error.file, error.line, error.message) == ("main.sql", 3, "no such column: nmae")


async def test_sql_meets_the_same_limits(sandbox: Sandbox) -> None:
    item = challenge(language="sql", entry="main.sql", limits=Limits(cpu_ms=200))
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n;"
    report = await graded(sandbox, item, SourceFile("main.sql", endless))
    assert report.execution.ending is Ending.CPU_LIMIT


async def test_sql_reads_no_files(sandbox: Sandbox) -> None:
    item = challenge(language="sql", entry="main.sql")
    script = "attach database '/etc/passwd' as p; select * from p.sqlite_master;"
    report = await graded(sandbox, item, SourceFile("main.sql", script))
    assert report.execution.error is not None


async def test_an_unknown_language_is_our_error(sandbox: Sandbox) -> None:
    report = await graded(sandbox, challenge(language="cobol"), SourceFile("main.py", ""))
    assert report.execution.ending is Ending.BROKEN
    assert "cobol" in report.execution.note
