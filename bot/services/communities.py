"""Setting a channel up: when, in which zone, on which days, from what."""

from __future__ import annotations

import difflib
from datetime import datetime
from zoneinfo import available_timezones

from bot.domain.content import CODE_KINDS
from bot.domain.picking import DAILY_QUESTIONS
from bot.domain.rounds import EVERY_DAY, Schedule, local_date, next_post, round_of
from bot.locales import say
from bot.services.cards import Notice
from bot.services.commands import Actor, PauseChannel, SetUpChannel
from bot.services.errors import BadSetting, NotAllowed
from bot.services.ports import Begin, Clock, UnitOfWork
from bot.services.records import Place
from bot.services.rounds import open_at_once, picks


class CommunityService:
    """What the admins of a community decide."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def enter(self, actor: Actor) -> Place:
        """Make the community, channel and member known (a join, a first visit)."""
        async with self._begin() as work:
            return await work.directory.enter(actor)

    async def set_up(self, command: SetUpChannel) -> Notice:
        """Give the channel daily rounds, or change when they come.

        A round that is open stays as it was told. Raises ``NotAllowed`` and ``BadSetting``.
        """
        admins_only(command.actor)
        now = self._clock.now()
        schedule = _schedule(command)
        async with self._begin() as work:
            place = await work.directory.enter(command.actor)
            await _check_topics(work, place, schedule)
            first = not await work.directory.channels(place.community.id)
            await work.directory.set_schedule(place.channel.id, schedule, next_post(schedule, now))
            if first:
                await work.directory.set_zone(place.community.id, schedule.zone)
            opened = None
            if command.at_once:
                opened = await open_at_once(work, place.community, place.channel, schedule, now)
            await work.audit.note(
                place.community.id, place.member.id, "channel.set_up", f"{schedule}"[:1_000], now
            )
        return Notice(_told(schedule, now, opened is not None))

    async def preview(self, command: SetUpChannel) -> Notice:
        """What ``set_up`` would do, and what today's round would have; nothing is saved.

        Raises ``NotAllowed`` and ``BadSetting``.
        """
        admins_only(command.actor)
        now = self._clock.now()
        schedule = _schedule(command)
        async with self._begin() as work:
            place = await work.directory.enter(command.actor)
            await _check_topics(work, place, schedule)
            due = round_of(schedule, local_date(now, schedule.zone), now)
            picked = await picks(work, place.community, place.channel, schedule, due)
        following = next_post(schedule, now)
        if not picked or following is None:
            return Notice(
                "Nothing was saved, and no question or challenge here fits these settings.", ok=False
            )
        return Notice(
            say(
                "Nothing was saved. Rounds would come at {when}, the next one {next} UTC. "
                "Today's would have: {items}.",
                when=f"{schedule.post_at:%H:%M} ({schedule.zone})",
                next=f"{following:%Y-%m-%d %H:%M}",
                items=", ".join(f"“{stored.item.meta.title}”" for _, stored in picked),
            )
        )

    async def pause(self, command: PauseChannel) -> Notice:
        """Stop or go on with the channel's rounds. Days without a round never break a streak."""
        admins_only(command.actor)
        now = self._clock.now()
        async with self._begin() as work:
            place = await work.directory.enter(command.actor)
            schedule = place.channel.schedule
            if schedule is None:
                raise BadSetting("no_schedule", "This channel has no daily rounds yet. Set it up first.")
            if command.paused:
                await work.directory.set_paused(place.channel.id, "paused by an admin")
            else:
                await work.directory.set_schedule(place.channel.id, schedule, next_post(schedule, now))
            action = "channel.paused" if command.paused else "channel.resumed"
            await work.audit.note(place.community.id, place.member.id, action, "", now)
        if command.paused:
            return Notice("Daily rounds are paused here. Nobody's streak is touched.")
        return Notice(_told(schedule, now, False))


def admins_only(actor: Actor) -> None:
    """Raise ``NotAllowed`` for everybody else."""
    if not actor.is_admin:
        raise NotAllowed("admins_only", "Only those who manage this community can do that. Please ask one.")


def check_zone(zone: str) -> None:
    """Raise ``BadSetting`` with what may have been meant unless ``zone`` is the name of a time zone."""
    zones = available_timezones()
    if zone not in zones:
        close = difflib.get_close_matches(zone[:60], zones, n=3, cutoff=0.5)
        meant = f" Did you mean {' or '.join(close)}?" if close else ""
        raise BadSetting(
            "unknown_zone",
            f"I do not know the time zone {zone[:60]!r}.{meant} Use a name such as Europe/Berlin.",
        )


def _schedule(command: SetUpChannel) -> Schedule:
    check_zone(command.zone)
    if not command.days or not command.days <= EVERY_DAY:
        raise BadSetting("bad_days", "Choose at least one day of the week, 1 (Monday) to 7 (Sunday).")
    if command.post_at.tzinfo is not None or command.post_at.second or command.post_at.microsecond:
        raise BadSetting("bad_time", "Give the time of day as hours and minutes, such as 09:30.")
    if not (command.question or command.challenge):
        raise BadSetting("nothing_to_post", "Choose a question, a challenge or both for each day.")
    return Schedule(
        post_at=command.post_at,
        zone=command.zone,
        days=command.days,
        holidays=command.holidays,
        topics=command.topics,
        difficulties=command.difficulties,
        question=command.question,
        challenge=command.challenge,
        language=command.language,
        ping=command.ping,
    )


async def _check_topics(work: UnitOfWork, place: Place, schedule: Schedule) -> None:
    known = {
        topic.lower(): topic
        for topic in await work.bank.topics(place.community.id, DAILY_QUESTIONS | CODE_KINDS)
    }
    for topic in schedule.topics:
        if topic.lower() not in known:
            listed = ", ".join(sorted(known.values())[:20]) or "none yet"
            raise BadSetting("unknown_topic", f"There is no topic {topic[:60]!r}. Known topics: {listed}.")


def _told(schedule: Schedule, now: datetime, opened: bool) -> str:
    following = next_post(schedule, now)
    if following is None:
        return say("Saved, but no day is left on which a round could be posted.")
    when = f"{schedule.post_at:%H:%M} ({schedule.zone})"
    if opened:
        return say("Today's round is on its way; from now on at {when}.", when=when)
    following_at = f"{following:%Y-%m-%d %H:%M}"
    return say("Daily rounds come at {when}; the next one is due {next} UTC.", when=when, next=following_at)
