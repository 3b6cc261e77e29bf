"""Banks from files into the database and back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import structlog

from bot.bootstrap.clock import SystemClock
from bot.bootstrap.database import connected, database
from bot.config import Settings
from bot.domain.content import Bank
from bot.question_bank.exporting import Exported, export
from bot.question_bank.formats.base import Reading, ReadOptions
from bot.question_bank.problems import Problem
from bot.question_bank.reading import read_bank
from bot.services.app import Services, build_services
from bot.services.banks import LoadBank, LoadReport, Rejected
from bot.services.errors import NotFound
from bot.storage.migrate import migrate

log = structlog.get_logger(__name__)


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """The services over a migrated database, for the time of one command."""
    async with database(settings) as url:
        await migrate(url)
        async with connected(url) as opened:
            yield build_services(opened, SystemClock())


async def load_bundled(settings: Settings, services: Services) -> int:
    """Put the bundled questions into the database, as far as they are sound; gives how many there are."""
    report = await load(services, read_bank(settings.questions_dir), keep_good=True)
    for each in report.rejected:
        log.warning("a bundled question is left out", file=each.file, line=each.line, reason=each.reason)
    return report.added + report.updated + report.unchanged


async def load(
    services: Services,
    reading: Reading,
    problems: Sequence[Problem] = (),
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
            exams=reading.bank.exams,
        )
    )


def read(path: Path, format: str, options: ReadOptions) -> Reading:  # noqa: A002
    """The bank at ``path``; ``options`` hold what the file does not say itself."""
    return read_bank(path, format, options)


async def import_bank(
    settings: Settings,
    reading: Reading,
    problems: Sequence[Problem],
    *,
    name: str,
    dry_run: bool,
    keep_good: bool,
) -> dict[str, Any]:
    """``load`` as ``warmup bank import --json`` prints it."""
    async with open_services(settings) as services:
        report = await load(services, reading, problems, name=name, dry_run=dry_run, keep_good=keep_good)
    return {
        "format": report.format,
        "bank": name or reading.bank.name,
        "dry_run": dry_run,
        "loaded": report.loaded,
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": [asdict(each) for each in report.rejected],
        "warnings": [each.as_json() for each in (*reading.problems, *problems) if not each.is_error],
    }


async def list_banks(settings: Settings) -> list[dict[str, Any]]:
    """Every bank there is, as ``warmup bank list --json`` prints it."""
    async with open_services(settings) as services:
        return [
            {"name": bank.name, "questions": bank.questions, "enabled": bank.enabled}
            for bank in await services.banks.list()
        ]


async def statistics(settings: Settings, name: str) -> list[dict[str, Any]]:
    """What first attempts say about a bank's questions, as ``warmup bank stats --json`` prints it."""
    async with open_services(settings) as services:
        return [
            {
                "key": one.question.meta.key,
                "title": one.question.meta.title,
                "attempts": one.quality.attempts,
                "facility": one.quality.facility,
                "discrimination": one.quality.discrimination,
                "median_seconds": one.quality.seconds,
                "options": [asdict(use) for use in one.quality.options],
                "findings": [{"finding": word, "said": said} for word, said in one.quality.findings],
            }
            for one in await services.quality.report(name)
        ]


async def void(settings: Settings, key: str, reason: str, bank: str | None) -> dict[str, Any]:
    """Withdraw a question, as ``warmup bank void --json`` prints it. Raises ``NotFound``."""
    async with open_services(settings) as services:
        return asdict(await services.corrections.void(key, reason, bank))


async def rejudge(settings: Settings, key: str, bank: str | None) -> dict[str, Any]:
    """Have a challenge's submissions graded again, as ``warmup rejudge --json`` prints it."""
    async with open_services(settings) as services:
        return asdict(await services.corrections.rejudge(key, bank))


async def export_bank(settings: Settings, name: str, format: str) -> Exported:  # noqa: A002
    """The current questions of a bank as one file. Raises ``NotFound``."""
    async with open_services(settings) as services:
        if not name:
            names = [bank.name for bank in await services.banks.list()]
            if len(names) != 1:
                raise NotFound("which_bank", f"Say which bank: {', '.join(names) or 'there is none yet'}.")
            (name,) = names
        stored = await services.banks.items(name)
        return export([each.item for each in stored], format, Bank(name=name))
