"""``/duel @member``: the same question or challenge for both, judged by the bot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.accepting import event_time
from bot.domain.content import Question
from bot.domain.duels import (
    ACCEPT_WITHIN,
    CHALLENGE_TIME,
    MOST_OPEN,
    QUESTION_TIME,
    DuelState,
    counts,
)
from bot.domain.options import chosen_positions
from bot.domain.picking import DAILY_QUESTIONS, point
from bot.domain.ratings import Rating
from bot.services.errors import Closed, NotAllowed, NotFound, Refusal, TooMuch
from bot.services.learning import duel_panels as panels
from bot.services.learning.duel_ending import RESULT, end_if_decided, told
from bot.services.learning.records import Duel
from bot.services.learning.study import catch_up, number, word
from bot.services.panels import (
    Feature,
    Form,
    Input,
    OpenPanel,
    Option,
    OptionKind,
    Panel,
    PanelCommand,
    PostPanel,
    PressPanel,
)
from bot.services.ports import Begin, Clock, UnitOfWork
from bot.services.records import Member, Place, StoredItem
from bot.services.targets import find_challenge

LONGEST_TYPED = 4_000
HISTORY = 200
TRIES = 8
"""Questions looked at to find one that is new to both."""
ENDED_AT_ONCE = 50

COMMAND = PanelCommand(
    name="duel",
    summary="Challenge a member to the same question or challenge",
    options=(
        Option(name="member", summary="Whom; without one, your duels", kind=OptionKind.MEMBER),
        Option(name="topic", summary="A question on this topic", completes="topics"),
        Option(name="challenge", summary="A code challenge instead of a question", completes="challenges"),
    ),
)


class DuelService:
    """Duels between two members of a community."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    @property
    def feature(self) -> Feature:
        """The command, its buttons, and the result that is posted."""
        return Feature(
            commands=((COMMAND, self.open),),
            presses={
                "duel.accept": self.accept,
                "duel.decline": self.decline,
                "duel.play": self.play,
                "duel.answer": self.answer,
                "duel.type": self.answer,
                "duel.review": self.review,
            },
            forms={"duel.type": self.form},
            posts={RESULT: self.post_result},
        )

    async def open(self, request: OpenPanel) -> Panel:
        """Invite a member; without one, one's own duels. Raises ``NotFound``, ``TooMuch``, ``Refusal``."""
        now = self._clock.now()
        external = request.values.get("member", "").strip()
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            if not external:
                return _history(await work.duels.of_member(place.member.id, HISTORY), place.member.id)
            known = await work.duels.by_event(request.actor.platform, request.event_id)
            if known is None:
                known = await self._invite(work, place, external, request, now)
            duel = await work.duels.get(known)
            assert duel is not None
            return panels.invitation(duel)

    async def accept(self, request: PressPanel) -> Panel:
        """Begin it. Raises ``NotAllowed`` for anybody but the invited member."""
        now = self._clock.now()
        async with self._begin() as work:
            duel, member = await self._mine(work, request, lock=True)
            if duel.state is DuelState.INVITED and now > duel.ends_at:
                await work.duels.set_state(duel.id, DuelState.EXPIRED, at=now)
            elif duel.state is DuelState.INVITED:
                _only_the_invited(duel, member)
                challenge = not isinstance(duel.stored.item, Question)
                before = await work.duels.counted_between(
                    duel.first.id, duel.second.id, now - timedelta(days=7)
                )
                await work.duels.set_state(
                    duel.id,
                    DuelState.OPEN,
                    at=now,
                    ends_at=now + (CHALLENGE_TIME if challenge else QUESTION_TIME),
                    counted=counts(before, now),
                )
            return _public(await _again(work, duel))

    async def decline(self, request: PressPanel) -> Panel:
        """No, thank you; the challenger may take an invitation back by it too."""
        async with self._begin() as work:
            duel, _ = await self._mine(work, request, lock=True)
            if duel.state is DuelState.INVITED:
                await work.duels.set_state(duel.id, DuelState.DECLINED, at=self._clock.now())
            return _public(await _again(work, duel))

    async def play(self, request: PressPanel) -> Panel:
        """The question or challenge, privately; for a question the member's clock begins."""
        async with self._begin() as work:
            duel, member = await self._mine(work, request, lock=True)
            self._refuse_closed(duel, request)
            if not isinstance(duel.stored.item, Question):
                return panels.challenge(duel)
            side = duel.sides.get(member.id)
            if side is not None and side.answered_at is not None:
                return panels.waits(duel)
            await work.duels.open_side(duel.id, member.id, self._clock.now())
            return panels.question(duel)

    async def form(self, request: PressPanel) -> Form:
        """What does the program print?"""
        async with self._begin() as work:
            duel, _ = await self._mine(work, request)
            self._refuse_closed(duel, request)
        return Form(
            duel.stored.item.meta.title_within(45),
            (Input(name="output", label="It prints", long=True, most=LONGEST_TYPED),),
            "Answer",
        )

    async def answer(self, request: PressPanel) -> Panel:
        """Take the answer: the first one stands. Nothing is told before both have answered or time is up."""
        async with self._begin() as work:
            duel, member = await self._mine(work, request, lock=True)
            side = duel.sides.get(member.id)
            if side is None or side.answered_at is None:
                self._refuse_closed(duel, request)
                chosen, typed = _read(duel, word(request, 1), request.values.get("output", ""))
                at = event_time(request.at, self._clock.now())
                if side is None:
                    await work.duels.open_side(duel.id, member.id, at)
                await work.duels.answer(duel.id, member.id, chosen, typed, at)
                await end_if_decided(work, await _again(work, duel), self._clock.now())
            duel = await _again(work, duel)
            if duel.state is DuelState.OVER:
                return panels.answer(duel, member.id, replaces=True)
            return panels.waits(duel)

    async def review(self, request: PressPanel) -> Panel:
        """The answer with why, for the two, once it is over."""
        async with self._begin() as work:
            duel, member = await self._mine(work, request)
            if duel.state is not DuelState.OVER:
                raise Refusal("duel_open", "The duel is not over yet: nothing is told before its end.")
            return panels.answer(duel, member.id, replaces=False)

    async def post_result(self, request: PostPanel) -> Panel | None:
        """The result, for the channel."""
        async with self._begin() as work:
            duel = await work.duels.get(request.subject)
            if duel is None or duel.state is not DuelState.OVER:
                return None
            return panels.result(duel, await told(work, duel))

    async def end_due(self) -> int:
        """End what is decided or whose time is up; returns how many were looked at."""
        now = self._clock.now()
        async with self._begin() as work:
            live = await work.duels.live(now, ENDED_AT_ONCE)
        for one in live:
            async with self._begin() as work:
                duel = await work.duels.get(one, lock=True)
                if duel is not None:
                    await end_if_decided(work, duel, now)
        return len(live)

    async def _invite(
        self, work: UnitOfWork, place: Place, external: str, request: OpenPanel, now: datetime
    ) -> int:
        other = await work.directory.member(place.community.id, external)
        if other is None:
            raise NotFound(
                "unknown_member", "I have not seen that member here yet. They may type `/me` first."
            )
        if other.id == place.member.id:
            raise Refusal("yourself", "A duel takes two. Name somebody else, or type `/quiz`.")
        mine = await work.duels.of_member(place.member.id, HISTORY)
        live = [duel for duel in mine if duel.state in (DuelState.INVITED, DuelState.OPEN)]
        if any(other.id in (duel.first.id, duel.second.id) for duel in live):
            raise Refusal("already", f"You have a duel with {other.name} already: type `/duel`.")
        if len(live) >= MOST_OPEN:
            raise TooMuch("too_many_duels", f"You have {MOST_OPEN} duels open. Finish one first: `/duel`.")
        for member in sorted((place.member.id, other.id)):
            await catch_up(work, member, now)
        stored = await self._pick(work, place, other, request, now)
        made = await work.duels.invite(
            request.actor.platform,
            request.event_id,
            place.channel.id,
            place.member.id,
            other.id,
            stored,
            now,
            now + ACCEPT_WITHIN,
        )
        made = made or await work.duels.by_event(request.actor.platform, request.event_id)
        if made is None:
            raise Refusal("try_again", "That did not work. Please type the command again.")
        return made

    async def _pick(
        self, work: UnitOfWork, place: Place, other: Member, request: OpenPanel, now: datetime
    ) -> StoredItem:
        """The challenge named, or a question near the middle of both that neither has tried."""
        name = request.values.get("challenge", "").strip()
        if name:
            return await self._challenge(work, place, other, name, now)
        topic = request.values.get("topic", "").strip() or None
        if topic is not None:
            known = {one.lower() for one in await work.bank.topics(place.community.id, DAILY_QUESTIONS)}
            if topic.lower() not in known:
                raise NotFound(
                    "unknown_topic", f"There is no topic {topic[:60]!r}. Topics: {', '.join(sorted(known))}."
                )
        levels = []
        for member in (place.member.id, other.id):
            rated = (await work.skills.of_member(member)).get("")
            levels.append((rated.rating if rated else Rating()).value)
        level = sum(levels) / len(levels)
        for attempt in range(TRIES):
            start = point("duel", request.actor.platform, request.event_id, attempt)
            stored = await work.skills.pick_near(place.community.id, place.member.id, topic, level, start)
            if stored is None:
                break
            one_right = len(stored.as_question.right) <= 1
            if one_right and not await work.attempts.tried(other.id, stored.question):
                return stored
        raise NotFound("no_question", "There is no question that is new to both of you. Try another topic.")

    async def _challenge(
        self, work: UnitOfWork, place: Place, other: Member, name: str, now: datetime
    ) -> StoredItem:
        target = await find_challenge(work, place, name, now)
        for member in (place.member, other):
            tries = await work.submissions.tries(place.community.id, member.id, target.stored.question)
            if any(one.judgement is not None and one.judgement.accepted for one in tries):
                raise Refusal("solved_before", f"{member.name} has solved that challenge. Choose another.")
            if await work.solutions.given_up(member.id, target.stored.question) is not None:
                raise Refusal("seen_before", f"{member.name} has seen its solution. Choose another.")
        return target.stored

    async def _mine(
        self, work: UnitOfWork, request: PressPanel, *, lock: bool = False
    ) -> tuple[Duel, Member]:
        duel = await work.duels.get(number(request, 0), lock=lock)
        place = await work.directory.enter(request.actor)
        if duel is None:
            raise NotFound("unknown_duel", "That duel is not here any more. Type `/duel`.")
        if place.member.id not in (duel.first.id, duel.second.id):
            raise NotAllowed("not_your_duel", "This duel is between two others. Type `/duel` for your own.")
        return duel, place.member

    def _refuse_closed(self, duel: Duel, request: PressPanel) -> None:
        if duel.state is not DuelState.OPEN or event_time(request.at, self._clock.now()) > duel.ends_at:
            raise Closed("duel_closed", "This duel is not open. Type `/duel` for yours.")


async def _again(work: UnitOfWork, duel: Duel) -> Duel:
    found = await work.duels.get(duel.id)
    assert found is not None
    return found


def _public(duel: Duel) -> Panel:
    """What everybody sees of it now."""
    match duel.state:
        case DuelState.INVITED:
            return panels.invitation(duel)
        case DuelState.OPEN:
            return panels.running(duel, duel.stored.item.meta.key)
        case _:
            return panels.closed(duel)


def _only_the_invited(duel: Duel, member: Member) -> None:
    if member.id != duel.second.id:
        raise NotAllowed("not_invited", f"{duel.second.name} was invited and has to accept.")


def _read(duel: Duel, letter: str, output: str) -> tuple[frozenset[int], str]:
    question = duel.stored.as_question
    if not question.options:
        if not output.strip():
            raise Refusal("no_answer", "The answer is empty. Please type what the program prints.")
        return frozenset(), output[:LONGEST_TYPED]
    chosen = chosen_positions(question, duel.id, frozenset({letter}))
    if chosen is None:
        raise Refusal("unknown_option", "There is no such option. Please use the letters shown.")
    return chosen, ""


def _history(duels: Sequence[Duel], member: int) -> Panel:
    tally: dict[str, list[int]] = {}
    for duel in duels:
        if duel.state is DuelState.OVER:
            row = tally.setdefault(panels.other(duel, member), [0, 0, 0])
            row[1 if duel.winner is None else 0 if duel.winner == member else 2] += 1
    often = sorted(tally.items(), key=lambda one: -sum(one[1]))[:10]
    return panels.history(duels, member, [(name, row[0], row[1], row[2]) for name, row in often])
