"""``/me``: what a member knows, what is due, what they have earned. Private until they share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.badges import Badge, Deeds, Next, earned, upcoming
from bot.domain.ratings import Rating
from bot.domain.rounds import local_date
from bot.domain.streaks import Streak, calendar
from bot.domain.wording import count
from bot.services.cards import StreakCard, StreakDay
from bot.services.learning.records import Deck, RatedMember, TopicRecord, WeekRecord
from bot.services.learning.study import catch_up, number, owner
from bot.services.panels import (
    Block,
    Facts,
    Feature,
    OpenPanel,
    Panel,
    PanelCommand,
    Picture,
    Press,
    PressPanel,
    Prose,
    Table,
    Tone,
)
from bot.services.ports import Begin, Clock, Pictures, UnitOfWork
from bot.services.records import Community, Member
from bot.services.streaks import streak_of

WEEKS = 8
AT_HOME_ATTEMPTS = 20
AT_HOME_PERCENT = 80
SURE = 110.0
"""A rating with a larger deviation is shown as not sure yet."""
SHOWN_NEXT = 3
CALENDAR_DAYS = 28

COMMAND = PanelCommand(name="me", summary="Your accuracy, rating, streak, badges and what is due")


@dataclass(frozen=True, slots=True)
class Progress:
    """Everything that the page is made of."""

    member: Member
    topics: Sequence[TopicRecord]
    ratings: Mapping[str, RatedMember]
    weeks: Sequence[WeekRecord]
    decks: Sequence[Deck]
    streak: Streak
    deeds: Deeds
    now: datetime
    zone: str


class MeService:
    """One member's own progress."""

    def __init__(self, begin: Begin, clock: Clock, pictures: Pictures) -> None:
        self._begin = begin
        self._clock = clock
        self._pictures = pictures

    @property
    def feature(self) -> Feature:
        """The command, and sharing."""
        return Feature(
            commands=((COMMAND, self.open),), presses={"me.share": self.share, "me.badges": self.badges}
        )

    async def open(self, request: OpenPanel) -> Panel:
        """The member's page."""
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            progress = await self._progress(work, place.community, place.member)
        return own_page(progress, await self._pictures.streak(calendar_card(progress)))

    async def share(self, request: PressPanel) -> Panel:
        """The page's main numbers, for everybody in the channel."""
        async with self._begin() as work:
            account = await owner(work, request, number(request, 0))
            progress = await self._progress(work, account.community, account.member)
        return shared_page(progress, await self._pictures.streak(calendar_card(progress)))

    async def badges(self, request: PressPanel) -> Panel:
        """Every badge that there is, by its rule."""
        async with self._begin() as work:
            account = await owner(work, request, number(request, 0))
            progress = await self._progress(work, account.community, account.member)
        return badge_page(earned(progress.deeds), upcoming(progress.deeds))

    async def _progress(self, work: UnitOfWork, community: Community, member: Member) -> Progress:
        now = self._clock.now()
        await catch_up(work, member.id, now)
        topics = await work.skills.topics(member.id)
        streak = await streak_of(work, member.id, now)
        at_home = sum(
            one.attempts >= AT_HOME_ATTEMPTS and one.right * 100 >= AT_HOME_PERCENT * one.attempts
            for one in topics
        )
        deeds = await work.skills.deeds(member.id)
        return Progress(
            member=member,
            topics=topics,
            ratings=await work.skills.of_member(member.id),
            weeks=await work.skills.weeks(member.id, now - timedelta(weeks=WEEKS)),
            decks=await work.reviews.decks(member.id, now),
            streak=streak,
            deeds=replace(deeds, longest_streak=streak.longest, topics_at_home=at_home),
            now=now,
            zone=community.zone,
        )


def calendar_card(progress: Progress) -> StreakCard:
    """Four weeks of the streak, for the picture."""
    days = calendar(progress.streak, local_date(progress.now, progress.zone), CALENDAR_DAYS)
    return StreakCard(
        member=progress.member.id,
        name=progress.member.name,
        is_reader=True,
        current=progress.streak.current,
        longest=progress.streak.longest,
        freezes=progress.streak.freezes,
        answered_today=progress.streak.kept_today,
        closes_at=None,
        days=tuple(StreakDay(day.day, day.state, day.why) for day in days),
    )


def own_page(progress: Progress, picture: Picture | None = None) -> Panel:
    """The private page, with the streak's calendar where pictures are drawn."""
    due = sum(deck.due for deck in progress.decks)
    attempts = sum(topic.attempts for topic in progress.topics)
    later = [deck.next_due_at for deck in progress.decks if deck.next_due_at is not None]
    facts: list[tuple[str, str | datetime]] = [*_main_facts(progress)]
    facts.append(("To review", count(due, "card") if due or not later else "nothing now"))
    if not due and later:
        facts.append(("Next card due", min(later)))
    blocks: list[Block] = [Facts(tuple(facts)), *([picture] if picture else [])]
    if attempts:
        blocks += [_topic_table(progress), Prose("**By week**"), _week_table(progress.weeks)]
    else:
        blocks.append(Prose("Nothing answered yet: type `/quiz`, and this page fills."))
    blocks += _badge_blocks(progress.deeds)
    key = (str(progress.member.id),)
    return Panel(
        title=f"{progress.member.name}: progress",
        blocks=tuple(blocks),
        presses=(
            (
                Press(
                    label="Review now",
                    name="review.next",
                    arguments=(*key, ""),
                    tone=Tone.MAIN,
                    disabled=not due,
                ),
                Press(label="All badges", name="me.badges", arguments=key),
                Press(label="Share", name="me.share", arguments=key),
            ),
        ),
        footer="Only you see this. Accuracy and rating count first attempts; ratings never move points.",
    )


def shared_page(progress: Progress, picture: Picture | None = None) -> Panel:
    """The main numbers and badges; nothing about what went wrong where."""
    names = ", ".join(badge.name for badge in earned(progress.deeds)) or "none yet"
    return Panel(
        title=f"{progress.member.name}: progress",
        blocks=(Facts((*_main_facts(progress), ("Badges", names))), *([picture] if picture else [])),
        public=True,
        replaces=False,
    )


def badge_page(have: Sequence[Badge], open_: Sequence[Next]) -> Panel:
    """Badges earned, and the next of each rule."""
    blocks: list[Block] = []
    if have:
        rows = tuple((badge.name, badge.why) for badge in have)
        blocks += [Prose("**Earned**"), Table(("Badge", "For"), rows)]
    if open_:
        todo = tuple((one.name, one.why, f"{one.have:,} of {one.need:,}") for one in open_)
        blocks += [Prose("**Next**"), Table(("Badge", "For", "So far"), todo, frozenset({2}))]
    return Panel(title="Badges", blocks=tuple(blocks), replaces=False)


def _main_facts(progress: Progress) -> tuple[tuple[str, str], ...]:
    attempts = sum(topic.attempts for topic in progress.topics)
    right = sum(topic.right for topic in progress.topics)
    facts = [
        ("Streak", f"{count(progress.streak.current, 'day')} (longest {progress.streak.longest})"),
        (
            "First attempts",
            f"{right} of {attempts} right ({_percent(right, attempts)})" if attempts else "none yet",
        ),
        ("Challenges solved", str(progress.deeds.solved)),
    ]
    overall = progress.ratings.get("")
    if overall is not None:
        facts.append(("Rating", rating_words(overall.rating)))
    trend = _trend(progress.weeks)
    if trend:
        facts.append(("Trend", trend))
    return tuple(facts)


def rating_words(rating: Rating) -> str:
    """``1612 ± 80``: with 95 % certainty within twice the deviation; or that it is too early to say."""
    if rating.deviation > SURE:
        return f"about {round(rating.value, -1):.0f}, not sure yet"
    return f"{rating.value:.0f} ± {2 * rating.deviation:.0f}"


def _topic_table(progress: Progress) -> Table:
    rows = []
    for topic in progress.topics:
        known = progress.ratings.get(topic.topic)
        rating = f"{known.rating.value:.0f}" if known else ""
        rows.append(
            (topic.topic, f"{topic.right}/{topic.attempts}", _percent(topic.right, topic.attempts), rating)
        )
    return Table(("Topic", "Right", "", "Rating"), tuple(rows), frozenset({1, 2, 3}))


def _week_table(weeks: Sequence[WeekRecord]) -> Table:
    rows = tuple(
        (f"{week.start:%d %b}", str(week.attempts), _percent(week.right, week.attempts)) for week in weeks
    )
    return Table(("Week of", "Answered", "Right"), rows, frozenset({1, 2}))


def _trend(weeks: Sequence[WeekRecord]) -> str:
    """The later half of the weeks against the earlier one, when both have something to compare."""
    earlier, later = weeks[: len(weeks) // 2], weeks[len(weeks) // 2 :]
    before, after = (
        (sum(week.right for week in half), sum(week.attempts for week in half)) for half in (earlier, later)
    )
    if before[1] < 5 or after[1] < 5:
        return ""
    change = round(after[0] * 100 / after[1] - before[0] * 100 / before[1])
    word = "up" if change > 0 else "down" if change < 0 else "steady"
    return f"{word} ({change:+d} points of accuracy against the weeks before)" if change else word


def _badge_blocks(deeds: Deeds) -> list[Block]:
    have, open_ = earned(deeds), upcoming(deeds)
    names = "**Badges:** " + (", ".join(badge.name for badge in have) or "none yet")
    near = "; ".join(f"{one.name} ({one.why}; {one.have:,} so far)" for one in open_[:SHOWN_NEXT])
    return [Prose(f"{names}\n\n**Next:** {near}" if near else names)]


def _percent(right: int, attempts: int) -> str:
    return f"{right * 100 / attempts:.0f} %" if attempts else "-"
