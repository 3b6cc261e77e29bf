"""What a zygote of each flavour loads, and what its jobs can read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.grading.sandbox.environment import Environment
from bot.grading.sandbox.task import Flavour

GRADING = Path(__file__).resolve().parents[1]
"""The folder that holds ``guest`` and ``examiner``; in the sandbox it is the package ``_warmup``."""

_ALWAYS = ("tzdata",)
_MODULES = {
    "sqlalchemy": (
        "sqlalchemy",
        "sqlalchemy.orm",
        "sqlalchemy.event",
        "sqlalchemy.exc",
        "sqlalchemy.pool",
        "sqlalchemy.sql",
        "sqlalchemy.ext.asyncio",
        "sqlalchemy.ext.associationproxy",
        "sqlalchemy.ext.hybrid",
        "sqlalchemy.ext.declarative",
        "sqlalchemy.dialects.sqlite",
        "sqlalchemy.dialects.sqlite.aiosqlite",
    ),
}
_OURS = ("guest.program", "guest.sql", "guest.checker", "guest.bridge.serve")
_OURS_FOR_EXAMINERS = ("examiner.examine", "examiner.together", "examiner.versions")
_EXAMINER_MODULES = ("pytest", "_pytest.assertion.rewrite", "pytest_asyncio.plugin")


@dataclass(frozen=True, slots=True)
class Recipe:
    """The answer for one flavour: folders to show, and the message that tells the zygote what to load."""

    readable: tuple[str, ...]
    load: dict[str, Any]


def recipe(flavour: Flavour, environment: Environment) -> Recipe:
    """Work out a flavour's recipe.

    Raises:
        SandboxUnavailable: a package it names is not installed.
    """
    always = tuple(name for name in _ALWAYS if name in environment.installed())
    importable, paths = environment.closure((*flavour.packages, *always))
    modules = tuple(m for package in flavour.packages for m in _MODULES.get(package, (package,)))
    load: dict[str, Any] = {
        "site": str(environment.folder),
        "whole_site": flavour.examiner,
        "declared": list(flavour.packages),
        "importable": list(importable),
        "modules": [*modules, *(_EXAMINER_MODULES if flavour.examiner else ())],
        "ours": [*_OURS, *(_OURS_FOR_EXAMINERS if flavour.examiner else ())],
    }
    readable = [str(GRADING / "guest")]
    if flavour.examiner:
        readable += [str(GRADING / "examiner"), str(environment.folder)]
    else:
        readable += [str(path) for path in paths]
    return Recipe(tuple(readable), load)
