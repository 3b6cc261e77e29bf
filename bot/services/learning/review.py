"""``/review``: what was missed comes back by FSRS, until it is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time

from fsrs import Rating

from bot.domain.comparing import same_output
from bot.domain.content import Match, Question
from bot.domain.options import LETTERS, chosen_positions
from bot.domain.picking import point
from bot.domain.reviewing import AHEAD, MOST_A_DAY, choices, day_start, next_reminder, review, span_words
from bot.services.cards import Notice
from bot.services.communities import check_zone
from bot.services.errors import BadSetting, NotFound
from bot.services.learning import review_panels as panels
from bot.services.learning.records import Deck, Habit, ReviewCard
from bot.services.learning.study import catch_up, number, owner, word
from bot.services.panels import (
    Feature,
    Form,
    Input,
    OpenPanel,
    Option,
    Panel,
    PanelCommand,
    PostPanel,
    PressPanel,
)
from bot.services.ports import Begin, Clock, Topic, UnitOfWork
from bot.services.queues import DeliveryKind, NewDelivery
from bot.services.records import Community, Member

LONGEST_TYPED = 4_000
REMINDERS_AT_ONCE = 50
REMINDER = "review.reminder"

COMMAND = PanelCommand(
    name="review",
    summary="What you got wrong, and flashcards, come back when you are about to forget them",
    options=(Option(name="topic", summary="Only this topic", completes="topics"),),
)


class ReviewService:
    """Members' own decks. A review counts once, however often its button arrives."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    @property
    def feature(self) -> Feature:
        """The command, the buttons, the reminder."""
        return Feature(
            commands=((COMMAND, self.open),),
            presses={
                "review.home": self.home,
                "review.next": self.next,
                "review.flip": self.flip,
                "review.type": self.flip,
                "review.rate": self.rate,
                "review.drop": self.drop,
                "review.settings": self.settings,
                "review.stop": self.stop,
            },
            forms={"review.type": self.type_form, "review.settings": self.settings_form},
            posts={REMINDER: self.reminder},
        )

    async def open(self, request: OpenPanel) -> Panel:
        """``/review``: what is due; with a topic its first card. Raises ``NotFound`` for an empty topic."""
        now = self._clock.now()
        topic = request.values.get("topic", "").strip()
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            await catch_up(work, place.member.id, now)
            habit = await work.reviews.habit(place.member.id)
            habit = habit or Habit(
                member=place.member.id, channel=place.channel.id, zone=place.community.zone
            )
            await self._give_new(work, place.community, habit, topic or None, now)
            if topic:
                return await self._topic(work, place.member, habit, topic, now)
            return await self._overview(work, habit, now)

    async def home(self, request: PressPanel) -> Panel:
        """Back to the overview."""
        now = self._clock.now()
        async with self._begin() as work:
            account = await owner(work, request, number(request, 0))
            await catch_up(work, account.member.id, now)
            habit = await _habit(work, account.community, account.member, request)
            return await self._overview(work, habit, now)

    async def next(self, request: PressPanel) -> Panel:
        """The next card of a deck, with new flashcards when there are any to give."""
        now = self._clock.now()
        async with self._begin() as work:
            account = await owner(work, request, number(request, 0))
            await catch_up(work, account.member.id, now)
            habit = await _habit(work, account.community, account.member, request)
            topic = _topic_of(await work.reviews.decks(account.member.id, now), word(request, 1))
            await self._give_new(work, account.community, habit, topic, now)
            return await self._next(work, habit, topic, now)

    async def flip(self, request: PressPanel) -> Panel:
        """The back, with or without an answer given before."""
        now = self._clock.now()
        async with self._begin() as work:
            card = await self._card(work, request)
            deck = word(request, 2)
            topic = _topic_of(await work.reviews.decks(card.member, now), deck)
            habit = await self._own_habit(work, card, request)
            if card.reviews != number(request, 1):
                return await self._next(work, habit, topic, now)
            letter = word(request, 3)
            typed = request.values.get("output", "")[:LONGEST_TYPED]
            return panels.back(
                card,
                deck,
                choices(card.memory, now, habit.weights),
                now,
                letter=letter,
                typed=typed,
                right=_right(card.stored.as_question, card.id, letter, typed),
            )

    async def rate(self, request: PressPanel) -> Panel:
        """One review; the card's review number is in the button, so pressing twice counts once."""
        now = self._clock.now()
        rating = number(request, 3)
        if rating not in set(Rating):
            raise NotFound("old_button", "This button is from an earlier version. Type `/review` again.")
        async with self._begin() as work:
            card = await self._card(work, request, lock=True)
            habit = await self._own_habit(work, card, request)
            topic = _topic_of(await work.reviews.decks(card.member, now), word(request, 2))
            said = ""
            if card.reviews == number(request, 1) and not card.dropped:
                memory = review(card.memory, Rating(rating), now, habit.weights)
                await work.reviews.record(card, rating, memory, now)
                said = f"*{card.stored.item.meta.title}* comes back in {span_words(memory.due_at - now)}."
            return await self._next(work, habit, topic, now, said)

    async def drop(self, request: PressPanel) -> Panel:
        """Take the card out of the deck for good, and go on."""
        now = self._clock.now()
        async with self._begin() as work:
            card = await self._card(work, request, lock=True)
            await work.reviews.drop(card.id)
            habit = await self._own_habit(work, card, request)
            topic = _topic_of(await work.reviews.decks(card.member, now), word(request, 1))
            return await self._next(
                work, habit, topic, now, f"*{card.stored.item.meta.title}* is out of your deck."
            )

    async def type_form(self, request: PressPanel) -> Form:
        """What does the program print?"""
        async with self._begin() as work:
            card = await self._card(work, request)
        return Form(
            card.stored.item.meta.title_within(45),
            (Input(name="output", label="It prints", long=True, most=LONGEST_TYPED),),
            "Show the answer",
        )

    async def settings_form(self, request: PressPanel) -> Form:
        """The habit as it is."""
        async with self._begin() as work:
            account = await owner(work, request, number(request, 0))
            return panels.settings_form(await _habit(work, account.community, account.member, request))

    async def settings(self, request: PressPanel) -> Panel:
        """Keep bounds and reminder. Raises ``BadSetting`` with what to type instead."""
        now = self._clock.now()
        zone = request.values.get("zone", "").strip() or "UTC"
        check_zone(zone)
        reviews = _bound(request.values.get("cards", ""), "reviews")
        new = _bound(request.values.get("new", ""), "new flashcards")
        at = _time_of_day(request.values.get("remind", ""))
        async with self._begin() as work:
            account = await owner(work, request, number(request, 0))
            before = await _habit(work, account.community, account.member, request)
            habit = replace(
                before,
                zone=zone,
                reviews_a_day=reviews,
                new_a_day=new,
                remind_at=at,
                next_reminder_at=next_reminder(now, at.hour, at.minute, zone) if at else None,
            )
            await work.reviews.keep_habit(habit)
            return await self._overview(work, habit, now)

    async def stop(self, request: PressPanel) -> Notice:
        """No more reminders."""
        async with self._begin() as work:
            account = await owner(work, request, number(request, 0))
            habit = await work.reviews.habit(account.member.id)
            if habit is not None:
                await work.reviews.keep_habit(replace(habit, remind_at=None, next_reminder_at=None))
        return Notice("No more reminders. `/review` is always there, and so are the settings in it.")

    async def reminder(self, request: PostPanel) -> Panel | None:
        """The reminder, when cards are still due and it was not turned off meanwhile."""
        if request.member is None:
            return None
        async with self._begin() as work:
            habit = await work.reviews.habit(request.member)
            if habit is None or habit.remind_at is None:
                return None
            due = sum(deck.due for deck in await work.reviews.decks(request.member, request.at))
            left = habit.reviews_a_day - await _reviewed(work, habit, request.at)
        return panels.reminder(request.member, min(due, left)) if min(due, left) > 0 else None

    async def remind(self) -> int:
        """Write reminders whose time has come into the outbox; returns how many."""
        now = self._clock.now()
        written = 0
        async with self._begin() as work:
            for habit in await work.reviews.due_reminders(now, REMINDERS_AT_ONCE):
                planned, at = habit.next_reminder_at, habit.remind_at
                account = await work.reviews.account(habit.member)
                if planned is None or at is None or account is None:
                    continue
                await work.reviews.keep_habit(
                    replace(habit, next_reminder_at=next_reminder(now, at.hour, at.minute, habit.zone))
                )
                await catch_up(work, habit.member, now)
                if not any(deck.due for deck in await work.reviews.decks(habit.member, now)):
                    continue
                written += await work.deliveries.add(
                    NewDelivery(
                        key=f"{REMINDER}:{habit.member}:{planned:%Y-%m-%dT%H:%M}",
                        platform=account.community.platform,
                        community=account.community.id,
                        channel=habit.channel,
                        kind=DeliveryKind.PANEL,
                        subject=habit.member,
                        text=REMINDER,
                        member=habit.member,
                        due_at=now,
                    )
                )
            if written:
                work.ring(Topic.DELIVERIES)
        return written

    async def _card(self, work: UnitOfWork, request: PressPanel, *, lock: bool = False) -> ReviewCard:
        card = await work.reviews.card(number(request, 0), lock=lock)
        if card is None:
            raise NotFound("unknown_card", "This card is not in your deck any more. Type `/review`.")
        await owner(work, request, card.member)
        return card

    async def _own_habit(self, work: UnitOfWork, card: ReviewCard, request: PressPanel) -> Habit:
        account = await owner(work, request, card.member)
        return await _habit(work, account.community, account.member, request)

    async def _topic(
        self, work: UnitOfWork, member: Member, habit: Habit, topic: str, now: datetime
    ) -> Panel:
        decks = await work.reviews.decks(member.id, now)
        named = {deck.topic.lower(): deck.topic for deck in decks}
        if topic.lower() not in named:
            known = ", ".join(deck.topic for deck in decks)
            raise NotFound(
                "empty_deck",
                f"Nothing of {topic[:60]!r} is in your deck. "
                + (f"Your topics: {known}." if known else "It is empty: what you get wrong comes here."),
            )
        return await self._next(work, habit, named[topic.lower()], now)

    async def _overview(self, work: UnitOfWork, habit: Habit, now: datetime) -> Panel:
        decks = await work.reviews.decks(habit.member, now)
        return panels.overview(habit.member, decks, habit, await _reviewed(work, habit, now))

    async def _next(
        self, work: UnitOfWork, habit: Habit, topic: str | None, now: datetime, said: str = ""
    ) -> Panel:
        decks = await work.reviews.decks(habit.member, now)
        wanted = [deck for deck in decks if topic in (None, deck.topic)]
        due = sum(deck.due for deck in wanted)
        reviewed = await _reviewed(work, habit, now)
        left = habit.reviews_a_day - reviewed
        card = await work.reviews.next_card(habit.member, topic, now, now + AHEAD) if left > 0 else None
        if card is not None:
            return panels.front(card, panels.deck_mark(topic), max(1, min(due, left)), said)
        later = [deck.next_due_at for deck in wanted if deck.next_due_at is not None]
        return panels.finished(habit.member, said, reviewed, due, min(later, default=None))

    async def _give_new(
        self, work: UnitOfWork, community: Community, habit: Habit, topic: str | None, now: datetime
    ) -> None:
        """Today's new flashcards, as far as the bound for a day goes."""
        given = await work.reviews.new_since(habit.member, day_start(now, habit.zone))
        if given < habit.new_a_day:
            start = point("flashcards", habit.member)
            await work.reviews.enrol_flashcards(
                community.id, habit.member, topic, start, habit.new_a_day - given, now
            )


async def _habit(work: UnitOfWork, community: Community, member: Member, request: PressPanel) -> Habit:
    """How the member reviews; the defaults are written down when they never said."""
    habit = await work.reviews.habit(member.id)
    if habit is None:
        place = await work.directory.enter(request.actor)
        habit = Habit(member=member.id, channel=place.channel.id, zone=community.zone)
        await work.reviews.keep_habit(habit)
    return habit


async def _reviewed(work: UnitOfWork, habit: Habit, now: datetime) -> int:
    return await work.reviews.reviewed_since(habit.member, day_start(now, habit.zone))


def _topic_of(decks: Sequence[Deck], mark: str) -> str | None:
    """The topic that a button's mark stands for; None for all, or when there is no such deck any more."""
    return next((deck.topic for deck in decks if mark and panels.deck_mark(deck.topic) == mark), None)


def _right(question: Question, seed: int, letter: str, typed: str) -> bool | None:
    """Whether the answer given was right; None when none was given, or none can be judged."""
    if letter and letter in LETTERS:
        chosen = chosen_positions(question, seed, frozenset({letter}))
        return None if chosen is None or len(question.right) > 1 else chosen == question.right
    if typed and question.expected_output is not None:
        return same_output(question.expected_output, typed, Match.EXACT, 0.0)
    return None


def _bound(text: str, what: str) -> int:
    number_ = text.strip()
    if not number_.isascii() or not number_.isdigit() or not 0 <= int(number_[:6]) <= MOST_A_DAY:
        raise BadSetting("bad_bound", f"How many {what} a day? Give a number from 0 to {MOST_A_DAY}.")
    return int(number_)


def _time_of_day(text: str) -> time | None:
    if not text.strip():
        return None
    found = re.fullmatch(r"([01]?\d|2[0-3])[:.]([0-5]\d)", text.strip())
    if found is None:
        raise BadSetting("bad_time", "Give the reminder's time as hours and minutes, such as 19:30.")
    return time(int(found[1]), int(found[2]))
