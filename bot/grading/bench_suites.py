"""W2 and W3 of the bench: five pytest tests on a small function, and on a SQLAlchemy exercise."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from bot.domain.content import Challenge, Difficulty, Kind, Meta, SourceFile, TestFile, Variant
from bot.domain.grading import GradingJob, TestOutcome
from bot.grading.bench import Measured, Say, WrongAnswer, compare
from bot.grading.judge import Judge

_SMALL = """\
def slug(text):
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    return "-".join(words)
"""
_SMALL_TESTS = """\
import pytest
from solution import slug


def test_words():
    assert slug("Hello World") == "hello-world"


def test_punctuation():
    assert slug("What's new, doc?") == "what-s-new-doc"


def test_spaces():
    assert slug("  a   b ") == "a-b"


def test_empty():
    assert slug("") == ""


@pytest.mark.parametrize("text", ["x"])
def test_short(text):
    assert slug(text) == text
"""
_ORM = """\
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    books: Mapped[list["Book"]] = relationship(back_populates="author", cascade="all, delete-orphan")


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    author: Mapped[Author] = relationship(back_populates="books")


def count_books(session, name):
    query = select(func.count(Book.id)).join(Author).where(Author.name == name)
    return session.scalar(query)
"""
_ORM_TESTS = """\
import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from solution import Author, Base, Book, count_books


@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Author(name="Le Guin", books=[Book(title="The Dispossessed"), Book(title="Lavinia")]))
        session.commit()
        yield session


def test_relationship(session):
    author = session.scalars(select(Author)).one()
    assert sorted(book.title for book in author.books) == ["Lavinia", "The Dispossessed"]


def test_back(session):
    book = session.scalars(select(Book).where(Book.title == "Lavinia")).one()
    assert book.author.name == "Le Guin"


def test_unique(session):
    session.add(Author(name="Le Guin"))
    with pytest.raises(IntegrityError):
        session.commit()


def test_cascade(session):
    session.delete(session.scalars(select(Author)).one())
    session.commit()
    assert session.scalars(select(Book)).all() == []


def test_count(session):
    assert count_books(session, "Le Guin") == 2
    assert count_books(session, "nobody") == 0
"""


def _challenge(key: str, solution: str, tests: str, packages: tuple[str, ...]) -> Challenge:
    return Challenge(
        meta=Meta(key=key, title=key, topic="bench", difficulty=Difficulty.EASY),
        kind=Kind.CODE_TESTS,
        prompt=key,
        tests=(TestFile(SourceFile("test_solution.py", tests)),),
        references=(Variant("reference", (SourceFile("solution.py", solution),)),),
        packages=packages,
    )


async def bench_w2(judge: Judge, site: Path, *, rounds: int, seconds: float, say: Say) -> Measured:
    """W2 against ``python -m pytest`` with the packages of ``site``. Raises ``WrongAnswer``."""
    return await _bench(judge, site, _challenge("w2", _SMALL, _SMALL_TESTS, ()), rounds, seconds, say)


async def bench_w3(judge: Judge, site: Path, *, rounds: int, seconds: float, say: Say) -> Measured:
    """W3, likewise."""
    return await _bench(
        judge, site, _challenge("w3", _ORM, _ORM_TESTS, ("sqlalchemy",)), rounds, seconds, say
    )


async def _bench(
    judge: Judge, site: Path, challenge: Challenge, rounds: int, seconds: float, say: Say
) -> Measured:
    solution = challenge.references[0].files[0]
    job = GradingJob(key=f"bench:{challenge.meta.key}", challenge=challenge, files=(solution,))

    async def graded() -> None:
        report = await judge.grade(job)
        passed = [test.id for test in report.tests if test.outcome is TestOutcome.PASSED]
        if len(passed) != 5 or not report.judged_outside:
            raise WrongAnswer(f"{report.execution.note or report.execution.ending}: {report.tests}")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in (solution, challenge.tests[0].file):
            (folder / file.name).write_text(file.text, encoding="utf-8")
        environ = {"PATH": os.defpath, "PYTHONPATH": str(site), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

        async def plain() -> None:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "pytest", "-q", "-p", "no:cacheprovider"),
                cwd=folder,
                env=environ,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
            )
            output, _ = await process.communicate()
            if process.returncode:
                raise WrongAnswer(f"plain pytest: {output.decode(errors='replace')[-500:]}")

        return await compare(graded, plain, rounds=rounds, seconds=seconds, say=say)
