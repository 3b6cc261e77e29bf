"""Banks from files into the database and back."""

from __future__ import annotations

from pathlib import Path

from bot.config import Settings
from bot.question_bank.formats.base import Reading, ReadOptions
from bot.question_bank.problems import Problem
from bot.question_bank.reading import read_bank
from bot.services.app import Services
from bot.services.banks import LoadBank, LoadReport, Rejected


async def load_bundled(settings: Settings, services: Services) -> LoadReport:
    """Put the bundled questions into the database, as far as they are sound."""
    return await load(services, read_bank(settings.questions_dir), keep_good=True)


async def load(
    services: Services,
    reading: Reading,
    problems: tuple[Problem, ...] = (),
    *,
    name: str = "",
    dry_run: bool = False,
    keep_good: bool = False,
) -> LoadReport:
    """Put what was read into the database, without the questions that have an error in ``problems``."""
    errors = [each for each in (*reading.problems, *problems) if each.is_error]
    places = {(each.file, each.line, each.question) for each in errors}
    good = [
        found.item
        for found in reading.items
        if (found.place.file, found.place.line, found.item.meta.key) not in places
    ]
    rejected = [Rejected(each.file, each.line or None, each.question, each.message) for each in errors]
    return await services.banks.load(
        LoadBank(
            bank=name or reading.bank.name,
            items=good,
            format=reading.format,
            rejected=rejected,
            dry_run=dry_run,
            keep_good=keep_good,
        )
    )


def read(path: Path, format: str, name: str) -> Reading:  # noqa: A002
    """The bank at ``path``."""
    return read_bank(path, format, ReadOptions(name=name))
