"""What ``warmup doctor`` looks at. It reads; the one thing it may make is the sandbox's package folder."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot import __version__
from bot.bootstrap.database import connected, database
from bot.bootstrap.failures import EXPECTED
from bot.bootstrap.sandbox import open_sandbox
from bot.bootstrap.slack import token_seal
from bot.config import Settings
from bot.domain.streaks import Streak
from bot.services.rounds import MOST_SKEW
from bot.services.streaks import streaks_of, whole_streaks
from bot.storage.database import Database
from bot.storage.inspection import Inspection, inspect_database
from bot.storage.presence import count_workers
from bot.storage.recount import members, recount
from bot.storage.sealing import BadKey

ROOM_FOR_A_DATABASE = 1_000_000_000
"""Bytes that have to be free beside the embedded database: one that cannot write stops everything."""
ROOM = 20_000_000
"""Bytes that have to be free where the database is elsewhere."""
MEMBERS_AT_ONCE = 500
"""Streaks computed together."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``mend`` says what to do, and is empty when there is nothing."""

    name: str
    ok: bool
    detail: str
    mend: str = ""


async def examine(settings: Settings) -> list[Finding]:
    """Everything, whatever fails: one finding for each thing."""
    findings = [_program(), _disk(settings), _tokens(settings)]
    findings += await _database(settings)
    findings.append(await _guarded("sandbox", lambda: _sandbox(settings)))
    return findings


async def count_again(settings: Settings) -> dict[str, Any]:
    """Every score and streak counted again, as ``warmup doctor --streaks --json`` prints it.

    Scores are compared with the ledger, and the ledger with the answers and submissions it paid for. Each
    streak is computed as the screens do, from its mark on, and once more from the first day on. Raises
    ``SchemaTooOld`` and ``Unavailable``.
    """
    async with database(settings) as url, connected(url) as opened:
        differences = [asdict(each) for each in await recount(opened.engine)]
        now, computed = datetime.now(UTC), 0
        for community, every in (await members(opened.engine)).items():
            for start in range(0, len(every), MEMBERS_AT_ONCE):
                some = every[start : start + MEMBERS_AT_ONCE]
                async with opened.begin() as work:
                    shown = await streaks_of(work, some, now)
                    whole = await whole_streaks(work, some, now)
                differences += [
                    {
                        "community": community,
                        "member": member,
                        "what": "streak",
                        "kept": shown[member].current,
                        "recounted": whole[member].current,
                    }
                    for member in some
                    if _numbers(shown[member]) != _numbers(whole[member])
                ]
                computed += len(some)
    return {"ok": not differences, "streaks": computed, "differences": differences}


def _numbers(streak: Streak) -> tuple[int, int, int]:
    return streak.current, streak.longest, streak.freezes


def _program() -> Finding:
    machine = f"{platform.system()} {platform.release()}, {platform.machine()}"
    user = "root" if os.geteuid() == 0 else "not root"
    return Finding(
        "program", True, f"Warmup {__version__}, Python {platform.python_version()}, {machine}, {user}"
    )


def _disk(settings: Settings) -> Finding:
    place = settings.data_dir
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK):
        return Finding(
            "disk",
            False,
            f"{place} cannot be written to",
            "Set WARMUP_DATA_DIR to a folder that you may write to.",
        )
    free = shutil.disk_usage(place).free
    detail = f"{free / 1e9:.1f} GB free at {settings.data_dir}"
    if free < (ROOM_FOR_A_DATABASE if settings.database_url is None else ROOM):
        return Finding("disk", False, detail, "Make room, or move WARMUP_DATA_DIR.")
    return Finding("disk", True, detail)


def _tokens(settings: Settings) -> Finding:
    given = {
        "DISCORD_TOKEN": settings.discord_token,
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_APP_TOKEN": settings.slack_app_token,
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret,
        "SLACK_CLIENT_SECRET": settings.slack_client_secret,
        "WARMUP_TOKEN_KEYS": settings.seal_keys,
    }
    if settings.slack_client_id is not None:
        try:
            token_seal(settings)
        except BadKey as error:
            return Finding("tokens", False, str(error), "Set WARMUP_TOKEN_KEYS, or unset SLACK_CLIENT_ID.")
    present = [name for name, value in given.items() if value is not None]
    return Finding(
        "tokens", True, f"set: {', '.join(present)}" if present else "none set: the playground alone"
    )


async def _database(settings: Settings) -> list[Finding]:
    if settings.database_url is None and not (settings.data_dir / "postgres").exists():
        return [Finding("database", True, "not made yet: the first `up` makes it")]
    try:
        async with database(settings) as url, Database(url) as opened:
            findings = [
                await _guarded("database", lambda: _answers(opened)),
                await _guarded("schema", lambda: _schema(opened)),
            ]
            if all(finding.ok for finding in findings):
                findings += await _inside(opened)
            return findings
    except EXPECTED as error:
        return [Finding("database", False, str(error), "Mend that first; then ask again.")]


async def _answers(opened: Database) -> Finding:
    await opened.ping()
    return Finding("database", True, "it answers")


async def _schema(opened: Database) -> Finding:
    await opened.require_current_schema()
    return Finding("schema", True, "it is this version's")


async def _inside(opened: Database) -> list[Finding]:
    found = await inspect_database(opened.engine)
    workers = await count_workers(opened.engine)
    return [_clock(found), _channels(found), _outbox(found), _workers(found, workers)]


def _clock(found: Inspection) -> Finding:
    skew = abs(found.now - datetime.now(UTC))
    detail = f"{skew.total_seconds():.1f} s from the database's"
    mend = "Set this machine's clock right: no round is opened while it is off by more than five minutes."
    return Finding("clock", skew <= MOST_SKEW, detail, "" if skew <= MOST_SKEW else mend)


def _channels(found: Inspection) -> Finding:
    if not found.paused:
        return Finding("channels", True, f"{found.channels} with daily rounds, none paused")
    said = "; ".join(f"{name}: {reason}" for name, reason in found.paused[:10])
    by_us = any(not reason.startswith("paused by") for _, reason in found.paused)
    return Finding(
        "channels", not by_us, f"paused: {said}", "Give the bot its permission back." if by_us else ""
    )


def _outbox(found: Inspection) -> Finding:
    late = found.oldest_delivery is not None and found.now - found.oldest_delivery > timedelta(minutes=10)
    detail = f"{found.deliveries} messages wait to be delivered"
    if found.dead:
        detail += f"; {found.dead} were given up in the last week: {'; '.join(found.dead_reasons)}"
    mend = "Is `bot` (or `up`) running, and does the platform answer? The log says why." if late else ""
    return Finding("outbox", not late, detail, mend)


def _workers(found: Inspection, workers: int) -> Finding:
    detail = f"{workers} connected, {found.queued} submissions wait"
    if not workers and found.queued:
        return Finding("workers", False, detail, "Start one: ./warmup worker")
    return Finding("workers", True, detail)


async def _sandbox(settings: Settings) -> Finding:
    async with open_sandbox(settings) as sandbox:
        described = sandbox.describe()
    detail = f"tier {described.tier}: {', '.join(described.layers)}"
    return Finding("sandbox", True, detail, "; ".join(described.missing))


async def _guarded(name: str, look: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        return await look()
    except EXPECTED as error:
        return Finding(name, False, str(error).splitlines()[0], str(error))
