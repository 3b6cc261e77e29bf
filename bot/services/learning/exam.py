"""``/exam``: drawn by domain and weight, timed in the database, judged when it is over and not before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.accepting import event_time
from bot.domain.content import Blueprint
from bot.domain.exams import MOST_MINUTES, MOST_QUESTIONS, ad_hoc, shares
from bot.domain.options import chosen_positions
from bot.domain.picking import DAILY_QUESTIONS
from bot.services.commands import Actor
from bot.services.errors import BadSetting, NotFound, Refusal
from bot.services.learning import exam_panels as panels
from bot.services.learning.exam_ending import RESULT, again, close, result, score_of, send_result
from bot.services.learning.records import Exam, OfferedExam
from bot.services.learning.study import number, owner, word
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
from bot.services.records import Place

LONGEST_TYPED = 4_000
ENDED_AT_ONCE = 50
DEFAULT_NUMBER = 10
MINUTES_EACH = 1.5
"""What an exam of one's own gives for a question, unless it is said."""

COMMAND = PanelCommand(
    name="exam",
    summary="A timed practice exam; resumes where you left it",
    options=(
        Option(name="exam", summary="An exam of a bank", completes="exams"),
        Option(name="topics", summary="Topics for one of your own, with commas between", completes="topics"),
        Option(name="number", summary="How many questions", kind=OptionKind.NUMBER),
        Option(name="minutes", summary="How many minutes", kind=OptionKind.NUMBER),
    ),
)


class ExamService:
    """Exams. The member's own, private; the clock is the exam's ``ends_at``, in the database alone."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    @property
    def feature(self) -> Feature:
        """The command, the buttons, and the result of an exam that ended by itself."""
        return Feature(
            commands=((COMMAND, self.open),),
            presses={
                "exam.start": self.start,
                "exam.show": self.show,
                "exam.choose": self.choose,
                "exam.type": self.type,
                "exam.flag": self.flag,
                "exam.list": self.list,
                "exam.finish": self.finish,
                "exam.result": self.result,
                "exam.review": self.review,
                "exam.share": self.share,
            },
            forms={"exam.type": self.type_form},
            posts={RESULT: self.post_result},
            suggestions={"exams": self.suggest},
        )

    async def suggest(self, actor: Actor) -> Sequence[tuple[str, str]]:
        """(key, title) of the exams that are offered, for completion."""
        async with self._begin() as work:
            place = await work.directory.enter(actor)
            offered = await work.exams.offered(place.community.id)
        return [(one.blueprint.key, one.blueprint.title) for one in offered]

    async def open(self, request: OpenPanel) -> Panel:
        """The open exam where it was left; else the exam named, or one of these topics, or what there is."""
        now = self._clock.now()
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            running = await self._running(work, place.member.id, now)
            if running is not None:
                return panels.question(running, _where_left(running), "Your exam goes on where you left it.")
            named = request.values.get("exam", "").strip()
            offered = await work.exams.offered(place.community.id)
            if named:
                return await self._start(work, place, _named(offered, named), None, request.event_id, now)
            if request.values.get("topics", "").strip():
                blueprint = await self._own(work, place, request)
                return await self._start(work, place, None, blueprint, request.event_id, now)
            past = await work.exams.past(place.member.id, None, 5)
            topics = await work.bank.topics(place.community.id, DAILY_QUESTIONS)
            return panels.offer(offered, past, topics)

    async def start(self, request: PressPanel) -> Panel:
        """Begin an exam that is offered; with one open, that goes on."""
        now = self._clock.now()
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            running = await self._running(work, place.member.id, now)
            if running is not None:
                return panels.question(running, _where_left(running), "Your exam goes on where you left it.")
            wanted = number(request, 0)
            offered = [one for one in await work.exams.offered(place.community.id) if one.id == wanted]
            if not offered:
                raise NotFound("unknown_exam", "This exam is not offered any more. Type `/exam`.")
            return await self._start(work, place, offered[0], None, request.event_id, now)

    async def show(self, request: PressPanel) -> Panel:
        """Go to a question."""
        async with self._begin() as work:
            exam, late = await self._own_exam(work, request)
            return late or panels.question(exam, _place(exam, number(request, 1)))

    async def choose(self, request: PressPanel) -> Panel:
        """Choose an option, or take it back; where several may be right each is chosen by itself."""
        async with self._begin() as work:
            exam, late = await self._own_exam(work, request)
            if late is not None:
                return late
            place = _place(exam, number(request, 1))
            item = exam.items[place - 1]
            asks = item.stored.as_question
            picked = chosen_positions(asks, panels.seed(exam, item), frozenset({word(request, 2)}))
            if picked is None:
                raise Refusal("unknown_option", "There is no such option. Please use the letters shown.")
            chosen = item.chosen ^ picked if len(asks.right) > 1 else picked
            at = event_time(request.at, self._clock.now())
            await work.exams.answer(exam.id, place, chosen, "", at if chosen else None)
            return panels.question(await again(work, exam), place)

    async def type_form(self, request: PressPanel) -> Form:
        """What does the program print?"""
        async with self._begin() as work:
            exam, late = await self._own_exam(work, request)
            if late is not None:
                raise Refusal("exam_over", "The time is up. Type `/exam` for the result.")
            item = exam.items[_place(exam, number(request, 1)) - 1]
        return Form(
            f"Question {item.place}",
            (Input(name="output", label="It prints", value=item.typed, long=True, most=LONGEST_TYPED),),
            "Keep",
        )

    async def type(self, request: PressPanel) -> Panel:
        """Keep the output that was typed."""
        async with self._begin() as work:
            exam, late = await self._own_exam(work, request)
            if late is not None:
                return late
            place = _place(exam, number(request, 1))
            typed = request.values.get("output", "")[:LONGEST_TYPED]
            at = event_time(request.at, self._clock.now())
            await work.exams.answer(exam.id, place, frozenset(), typed, at if typed else None)
            return panels.question(await again(work, exam), place)

    async def flag(self, request: PressPanel) -> Panel:
        """Mark a question to look at again, or take the mark away."""
        async with self._begin() as work:
            exam, late = await self._own_exam(work, request)
            if late is not None:
                return late
            place = _place(exam, number(request, 1))
            await work.exams.flag(exam.id, place, word(request, 2) == "1")
            return panels.question(await again(work, exam), place)

    async def list(self, request: PressPanel) -> Panel:
        """All questions and where they stand."""
        async with self._begin() as work:
            exam, late = await self._own_exam(work, request)
            return late or panels.overview(exam)

    async def finish(self, request: PressPanel) -> Panel:
        """Hand in; asks first when something is not answered."""
        async with self._begin() as work:
            exam, late = await self._own_exam(work, request)
            if late is not None:
                return late
            if word(request, 1) != "sure" and not all(item.answered for item in exam.items):
                return panels.confirm(exam)
            return await result(work, await close(work, exam, self._clock.now()))

    async def result(self, request: PressPanel) -> Panel:
        """The result of an exam that is over."""
        async with self._begin() as work:
            return await result(work, await self._finished(work, request))

    async def review(self, request: PressPanel) -> Panel:
        """One question of a finished exam, explained."""
        async with self._begin() as work:
            exam = await self._finished(work, request)
            which = "w" if word(request, 2) == "w" else "a"
            return panels.review(exam, _place(exam, number(request, 1)), which)

    async def share(self, request: PressPanel) -> Panel:
        """The score for everybody in the channel."""
        async with self._begin() as work:
            exam = await self._finished(work, request)
            account = await owner(work, request, exam.member)
            return panels.shared(account.member.name, exam, score_of(exam))

    async def post_result(self, request: PostPanel) -> Panel | None:
        """The result of an exam whose time was up."""
        async with self._begin() as work:
            exam = await work.exams.get(request.subject)
            if exam is None or exam.finished_at is None or exam.member != request.member:
                return None
            return await result(work, exam)

    async def end_late(self) -> int:
        """Close exams whose time is up and send their results; returns how many."""
        now = self._clock.now()
        async with self._begin() as work:
            ending = await work.exams.ending(now, ENDED_AT_ONCE)
        for late in ending:
            async with self._begin() as work:
                exam = await work.exams.get(late, lock=True)
                if exam is None or exam.finished_at is not None:
                    continue
                await close(work, exam, exam.ends_at)
                account = await work.reviews.account(exam.member)
                if account is not None:
                    await send_result(work, account, exam, now)
        return len(ending)

    async def _own(self, work: UnitOfWork, place: Place, request: OpenPanel) -> Blueprint:
        known = {
            topic.lower(): topic for topic in await work.bank.topics(place.community.id, DAILY_QUESTIONS)
        }
        asked = [topic.strip() for topic in request.values["topics"].split(",") if topic.strip()]
        unknown = [topic for topic in asked if topic.lower() not in known]
        if unknown:
            raise NotFound(
                "unknown_topic",
                f"There is no topic {unknown[0][:60]!r}. Topics: {', '.join(sorted(known.values()))}.",
            )
        topics = list(dict.fromkeys(known[topic.lower()] for topic in asked))[:20]
        wanted = _between(request.values.get("number", ""), DEFAULT_NUMBER, MOST_QUESTIONS, "questions")
        minutes = _between(
            request.values.get("minutes", ""), max(1, round(wanted * MINUTES_EACH)), MOST_MINUTES, "minutes"
        )
        return ad_hoc(topics, max(wanted, len(topics)), minutes)

    async def _start(
        self,
        work: UnitOfWork,
        place: Place,
        offered: OfferedExam | None,
        own: Blueprint | None,
        event_id: str,
        now: datetime,
    ) -> Panel:
        blueprint = offered.blueprint if offered else own
        assert blueprint is not None
        counts = shares(blueprint.count, [domain.weight for domain in blueprint.domains])
        drawn = await work.exams.draw(
            place.community.id,
            place.member.id,
            blueprint,
            counts,
            bank=offered.id if offered else None,
            seed=event_id,
        )
        if not drawn:
            raise NotFound("empty_exam", "There are no questions of these topics here. Try `/exam`.")
        ends_at = now + timedelta(minutes=blueprint.minutes)
        exam_id = await work.exams.start(
            place.member.id, place.channel.id, offered, blueprint, drawn, now, ends_at
        )
        exam_id = exam_id or await work.exams.open_of(place.member.id)
        exam = await work.exams.get(exam_id) if exam_id else None
        if exam is None:
            raise Refusal("try_again", "That did not work. Please type `/exam` again.")
        return panels.question(exam, _where_left(exam), panels.plan_line(blueprint, len(drawn)))

    async def _running(self, work: UnitOfWork, member: int, now: datetime) -> Exam | None:
        """The member's open exam; one whose time is up is closed on the way."""
        found = await work.exams.open_of(member)
        exam = await work.exams.get(found, lock=True) if found is not None else None
        if exam is not None and exam.finished_at is None and now > exam.ends_at:
            await close(work, exam, exam.ends_at)
            return None
        return exam

    async def _own_exam(self, work: UnitOfWork, request: PressPanel) -> tuple[Exam, Panel | None]:
        """The presser's exam, locked; with its result when it is over, or is by the time of the event."""
        exam = await work.exams.get(number(request, 0), lock=True)
        if exam is None:
            raise NotFound("unknown_exam", "This exam is not here any more. Type `/exam`.")
        await owner(work, request, exam.member)
        if exam.finished_at is None and event_time(request.at, self._clock.now()) > exam.ends_at:
            exam = await close(work, exam, exam.ends_at)
        return exam, (await result(work, exam) if exam.finished_at is not None else None)

    async def _finished(self, work: UnitOfWork, request: PressPanel) -> Exam:
        exam, result = await self._own_exam(work, request)
        if result is None:
            raise Refusal("exam_open", "This exam is not over yet: nothing is told before its end.")
        return exam


def _where_left(exam: Exam) -> int:
    """The first question without an answer; else the last one."""
    return next((item.place for item in exam.items if not item.answered), len(exam.items))


def _place(exam: Exam, place: int) -> int:
    return min(max(place, 1), len(exam.items))


def _named(offered: Sequence[OfferedExam], name: str) -> OfferedExam:
    for one in offered:
        if name.lower() in (one.blueprint.key.lower(), one.blueprint.title.lower()):
            return one
    known = ", ".join(f"`{one.blueprint.key}`" for one in offered) or "none yet"
    raise NotFound("unknown_exam", f"There is no exam called {name[:60]!r}. Exams: {known}.")


def _between(text: str, default: int, most: int, what: str) -> int:
    text = text.strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= most:
        raise BadSetting("bad_number", f"How many {what}? Give a number from 1 to {most}.")
    return int(text)
