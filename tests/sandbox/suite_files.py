"""Reads the suites and cases kept as data beside the tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bot.domain.content import Challenge, Difficulty, Kind, Limits, Meta, SourceFile, TestFile, Variant

SUITES = Path(__file__).with_name("suites")
_SECTION = re.compile(r"^### (\w+)(?: (\S+))?\n(.*?)(?=^### |\Z)", re.S | re.M)
_NAMES = {"tests": "test_solution.py"}


def read_suite(name: str) -> dict[str, tuple[SourceFile, ...]]:
    """Sections of one suite: ``tests``, ``reference``, ``honest``, ``wrong``, perhaps ``given`` and
    ``packages``.
    """
    found: dict[str, tuple[SourceFile, ...]] = {}
    for match in _SECTION.finditer((SUITES / f"{name}.txt").read_text(encoding="utf-8")):
        kind, file, text = match.groups()
        found[kind] = (*found.get(kind, ()), SourceFile(file or _NAMES.get(kind, "solution.py"), text))
    return found


def names() -> Iterator[str]:
    """All suites."""
    return (path.stem for path in sorted(SUITES.glob("*.txt")))


def challenge(
    key: str,
    tests: tuple[SourceFile, ...],
    reference: tuple[SourceFile, ...],
    *,
    packages: tuple[str, ...] = (),
    given: tuple[SourceFile, ...] = (),
    limits: Limits | None = None,
) -> Challenge:
    """A challenge judged by those tests."""
    return Challenge(
        meta=Meta(key=key, title=key, topic="t", difficulty=Difficulty.EASY),
        kind=Kind.CODE_TESTS,
        prompt="p",
        tests=tuple(TestFile(file) for file in tests),
        references=(Variant("reference", reference),),
        packages=packages,
        given=given,
        limits=limits or Limits(cpu_ms=4_000, wall_ms=20_000),
    )
