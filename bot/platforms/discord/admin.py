"""What admins do: set a channel's rounds up, look after banks, help a streak. Services ask again who may."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import discord

from bot import locales
from bot.domain.content import Difficulty
from bot.domain.rounds import EVERY_DAY
from bot.locales import say
from bot.platforms.discord import actors
from bot.platforms.discord.answering import Answers, outcome
from bot.platforms.discord.attachments import Downloads
from bot.platforms.discord.render import AnyCard
from bot.platforms.discord.text import amount, inline_code, plain
from bot.services.app import Services
from bot.services.banks import LoadReport
from bot.services.cards import Notice
from bot.services.commands import HelpStreak, PauseChannel, SetUpChannel, ShowLeaderboard
from bot.services.communities import admins_only
from bot.services.community_banks import BankFiles
from bot.services.errors import BadSetting
from bot.services.panels import Attachment, Panel, Prose, Tone

Interaction = discord.Interaction[Any]
MOST_UPLOAD = 25 * 1024 * 1024
"""Bytes of a bank that are fetched; Discord's own limit for most people is lower."""
NO_LICENCE = "Not stated; for this server alone"
SHOWN_PROBLEMS = 8
TIME = re.compile(r"^\s*(\d{1,2})[:.h](\d{2})\s*$")
WEEKDAYS = {"every day": EVERY_DAY, "weekdays": frozenset(range(1, 6)), "weekends": frozenset({6, 7})}
NAMES = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The options of ``/warmup setup`` as typed."""

    at: str
    zone: str
    days: str = "every day"
    topics: str = ""
    difficulties: str = ""
    post: str = "both"
    language: str = "en"
    role: str = ""
    now: bool = False


class Admin:
    """Answers admins, privately. ``files`` reads and writes banks; without it they are not taken here."""

    def __init__(
        self, services: Services, answers: Answers, downloads: Downloads, files: BankFiles | None = None
    ) -> None:
        self._services = services
        self._answers = answers
        self._downloads = downloads
        self._files = files

    async def set_up(self, interaction: Interaction, setup: Setup, *, preview: bool = False) -> None:
        """``/warmup setup``: daily rounds for this channel, or (``preview``) what they would be."""

        async def work() -> Notice:
            command = SetUpChannel(
                actor=actors.of_interaction(interaction),
                post_at=read_time(setup.at),
                zone=setup.zone.strip(),
                days=read_days(setup.days),
                topics=words(setup.topics),
                difficulties=read_difficulties(setup.difficulties),
                question=setup.post != "challenge",
                challenge=setup.post != "question",
                language=setup.language,
                ping=setup.role,
                at_once=setup.now,
            )
            communities = self._services.communities
            return await (communities.preview(command) if preview else communities.set_up(command))

        await self._answers.answer(interaction, work())

    async def pause(self, interaction: Interaction, paused: bool) -> None:
        """``/warmup pause`` and ``/warmup resume``."""
        command = PauseChannel(actor=actors.of_interaction(interaction), paused=paused)
        await self._answers.answer(interaction, self._services.communities.pause(command))

    async def stats(self, interaction: Interaction) -> None:
        """``/warmup stats``: this channel's settings, and how much goes on."""

        async def work() -> Notice:
            actor = actors.of_interaction(interaction)
            admins_only(actor)
            place = await self._services.communities.enter(actor)
            banks = await self._services.community_banks.list(actor)
            board = await self._services.leaderboards.show(ShowLeaderboard(actor=actor))
            schedule = place.channel.schedule
            lines = ["No daily rounds in this channel: `/warmup setup` begins them."]
            if schedule is not None:
                days = ", ".join(name.title() for name, day in NAMES.items() if day in schedule.days)
                lines = [f"Daily rounds at {schedule.post_at:%H:%M} ({schedule.zone}) on {days}."]
            if place.channel.paused:
                lines.append(f"Paused: {plain(place.channel.paused, 200)}.")
            for round_ in await self._services.today.show(actor):
                if round_.question is not None:
                    answered = amount(round_.question.answered, "answer")
                    lines.append(f"Open in <#{round_.channel}>: {answered} to the question.")
                if round_.challenge is not None:
                    lines.append(
                        f"Open in <#{round_.channel}>: challenge solved by {round_.challenge.solved}."
                    )
            used = [bank for bank in banks if bank.enabled]
            questions = amount(sum(bank.questions for bank in used), "question")
            lines.append(f"{amount(len(used), 'bank')} in use with {questions}.")
            lines.append(f"{amount(board.members, 'member')} earned points this week.")
            return Notice("\n".join(lines))

        await self._answers.answer(interaction, work())

    async def help_streak(
        self, interaction: Interaction, member: str, why: str, day: str | None = None
    ) -> None:
        """``/warmup freeze`` gives a freeze, ``/warmup repair`` mends a day."""

        async def work() -> Notice:
            return await self._services.streaks.help(
                HelpStreak(
                    actor=actors.of_interaction(interaction),
                    event_id=str(interaction.id),
                    member=member,
                    day=read_date(day) if day is not None else None,
                    why=why,
                )
            )

        await self._answers.answer(interaction, work())

    async def list_banks(self, interaction: Interaction) -> None:
        """``/bank list``."""

        async def work() -> Notice:
            banks = await self._services.community_banks.list(actors.of_interaction(interaction))
            lines = [
                f"- {inline_code(bank.name)}: {amount(bank.questions, 'question')}"
                f"{'' if bank.enabled else ', disabled'}{'' if bank.community is None else ', yours'}"
                for bank in banks
            ]
            return Notice("\n".join(lines) or "There are no banks yet. `/bank import` takes one.")

        await self._answers.answer(interaction, work())

    async def enable_bank(self, interaction: Interaction, name: str, enabled: bool) -> None:
        """``/bank enable`` and ``/bank disable``."""

        async def work() -> Notice:
            actor = actors.of_interaction(interaction)
            await self._services.community_banks.enable(actor, name, enabled)
            done = "is used again" if enabled else "is not used any more; what was answered stays"
            return Notice(f"The bank {inline_code(name)} {done}.")

        await self._answers.answer(interaction, work())

    async def import_bank(
        self,
        interaction: Interaction,
        attached: Mapping[str, Any],
        *,
        name: str = "",
        licence: str = "",
        dry_run: bool = False,
        keep_good: bool = False,
    ) -> None:
        """``/bank import``: what was, or would be, done; a file lists every question that was not taken."""

        async def tell(progress: str) -> None:
            with contextlib.suppress(discord.HTTPException):
                await self._answers.replace(interaction, Notice(progress))

        async def work() -> Panel:
            actor = actors.of_interaction(interaction)
            admins_only(actor)
            content = await self._downloads.fetch(attached, MOST_UPLOAD)
            filename = str(attached.get("filename", "bank.yaml"))
            size = f"{len(content) / 1024:,.0f}"
            await tell(say("The file is here ({size} KB). Reading and checking it…", size=size))
            file = await self._reader().read(
                filename, content, licence=licence.strip() or NO_LICENCE, author=actor.name
            )
            questions = locales.amount(len(file.items), "question")
            await tell(
                say(
                    "{questions} read, {problems} with a problem. Taking them in…",
                    questions=questions,
                    problems=len(file.rejected),
                )
            )
            report = await self._services.community_banks.load(
                actor, file, name=name.strip(), dry_run=dry_run, keep_good=keep_good
            )
            return told(report, name.strip() or file.bank, dry_run)

        await self._report(interaction, work())

    async def export_bank(self, interaction: Interaction, name: str) -> None:
        """``/bank export``: the bank as a file in the native format."""

        async def work() -> Panel:
            items = await self._services.community_banks.items(actors.of_interaction(interaction), name)
            file = await self._reader().write(name, items)
            told = Prose(f"{inline_code(name)}: {amount(len(items), 'question')}.")
            attached = Attachment(file.name, file.content, "application/octet-stream")
            return Panel(title="Question bank", blocks=(told, attached))

        await self._report(interaction, work())

    def _reader(self) -> BankFiles:
        if self._files is None:
            raise BadSetting("no_bank_files", "Banks are imported on the server here: `warmup bank import`.")
        return self._files

    async def _report(self, interaction: Interaction, work: Awaitable[AnyCard]) -> None:
        in_time = await self._answers.acknowledge(interaction)
        card = await outcome(work)
        if in_time:
            await self._answers.replace(interaction, card)


def told(report: LoadReport, name: str, dry_run: bool) -> Panel:
    """An import in a few sentences, and in a file when something was rejected."""
    counts = f"{report.added} new, {report.updated} changed, {report.unchanged} as they were"
    if dry_run:
        first = (
            f"A dry run of {inline_code(name)} ({plain(report.format, 30)}): {counts}. Nothing was written."
        )
    elif report.loaded:
        first = f"Imported into {inline_code(name)} ({plain(report.format, 30)}): {counts}."
    else:
        first = f"Nothing was imported into {inline_code(name)}: mend what is below, or say `keep_good`."
    if not report.rejected:
        return Panel(title="Question bank", blocks=(Prose(first),))
    every = [
        f"{each.file}:{each.line or '?'} {each.question}: {each.reason}".strip() for each in report.rejected
    ]
    lines = [first, f"{amount(len(every), 'question')} rejected:"]
    lines += [f"- {plain(line, 250)}" for line in every[:SHOWN_PROBLEMS]]
    if len(every) > SHOWN_PROBLEMS:
        lines.append("The file has all of them.")
    file = Attachment("rejected.txt", "\n".join(every).encode(), "text/plain")
    tone = Tone.PLAIN if report.loaded else Tone.BAD
    return Panel(title="Question bank", blocks=(Prose("\n".join(lines)), file), tone=tone)


def read_time(text: str) -> time:
    """``9:30``, ``09.30`` or ``9h30``. Raises ``BadSetting``."""
    found = TIME.match(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise BadSetting("bad_time", "Give the time of day as hours and minutes, such as 09:30.")
    return time(int(found[1]), int(found[2]))


def read_days(text: str) -> frozenset[int]:
    """``every day``, ``weekdays``, ``weekends``, or names and numbers such as ``mon, wed, 5``."""
    wanted = text.strip().casefold()
    if not wanted:
        return EVERY_DAY
    if wanted in WEEKDAYS:
        return WEEKDAYS[wanted]
    days = set()
    for word in re.split(r"[\s,;]+", wanted):
        day = NAMES.get(word[:3], int(word) if word in "1234567" and len(word) == 1 else 0)
        if not day:
            raise BadSetting("bad_days", f"I do not know the day {plain(word, 20)!r}. Say mon, tue, wed, ...")
        days.add(day)
    return frozenset(days)


def read_difficulties(text: str) -> tuple[Difficulty, ...]:
    """``easy, medium``. Raises ``BadSetting``."""
    wanted = [word.casefold() for word in words(text)]
    if any(word not in list(Difficulty) for word in wanted):
        raise BadSetting("bad_difficulty", "Difficulties are easy, medium and hard.")
    return tuple(Difficulty(word) for word in wanted)


def read_date(text: str) -> date:
    """``2026-11-21``. Raises ``BadSetting``."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadSetting("bad_date", "Give the day as year, month and day, such as 2026-11-21.") from error


def words(text: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())
