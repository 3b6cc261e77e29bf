"""The bundled bank keeps its word: code in explanations runs as it claims, and exams find their questions."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from bot.config import CHECKOUT
from bot.domain.content import Blueprint, Item, Question
from bot.domain.exams import shares
from bot.question_bank.reading import read_bank

READING = read_bank(CHECKOUT / "questions")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STATEMENT = re.compile(r"(?:\$\$.*?\$\$|[^;$])+;", re.DOTALL)
"""Sent one by one, as a terminal does: statements sent together would share one transaction."""
CLEAN = """
    DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC; RESET ALL
"""
EACH_BY_ITSELF = """
import sys, traceback
for name, code in eval(sys.stdin.read()):
    try:
        exec(compile(code, name, "exec"), {"__name__": "__main__"})
    except BaseException:
        print(name, traceback.format_exc())
"""
"""One interpreter for many snippets, since importing SQLAlchemy takes longer than any of them."""


def blocks(language: str) -> Iterator[tuple[Item, str]]:
    """The fenced blocks of this language in explanations, each with its question."""
    for found in READING.items:
        for name, code in BLOCK.findall(found.item.explanation):
            if name == language:
                yield found.item, code


TOPICS = sorted({item.meta.topic for item, _ in blocks("python")})


@pytest.mark.parametrize("topic", TOPICS)
def test_python_in_explanations_runs_and_keeps_its_assertions(topic: str, tmp_path: Path) -> None:
    programs = [(item.meta.key, code) for item, code in blocks("python") if item.meta.topic == topic]
    done = subprocess.run(
        [sys.executable, "-c", EACH_BY_ITSELF],
        input=repr(programs),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.skipif(shutil.which("git") is None, reason="Git is not installed")
@pytest.mark.parametrize(("key", "code"), [(item.meta.key, code) for item, code in blocks("bash")])
def test_git_in_explanations_does_what_it_says(key: str, code: str, tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text(
        "[user]\nname = A\nemail = a@example.org\n[init]\ndefaultBranch = main\n"
    )
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{key}: {done.stdout}{done.stderr}"


async def test_sql_in_explanations_runs_and_keeps_its_assertions(empty_url: str) -> None:
    programs = [(item.meta.key, code) for item, code in blocks("sql")]
    connection = await asyncpg.connect(empty_url)
    try:
        for key, code in programs:
            for statement in STATEMENT.findall(code):
                try:
                    await connection.execute(statement)
                except asyncpg.PostgresError as error:
                    raise AssertionError(f"{key}: {error}: {statement}") from error
            await connection.execute(CLEAN)
    finally:
        await connection.close()
    assert programs


@pytest.mark.parametrize("exam", READING.bank.exams, ids=lambda exam: exam.key)
def test_an_exam_has_questions_enough_for_three_attempts_without_repeats(exam: Blueprint) -> None:
    questions = Counter(found.item.meta.topic for found in READING.items if isinstance(found.item, Question))
    wanted = shares(exam.count, [domain.weight for domain in exam.domains])
    for domain, share in zip(exam.domains, wanted, strict=True):
        assert sum(questions[topic] for topic in domain.topics) >= 3 * share, domain.name
