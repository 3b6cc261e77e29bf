"""``/practice``: open questions answered in one's own words and marked by oneself; checklists to tick."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.content import Kind, Question
from bot.domain.wording import count
from bot.services.errors import NotFound
from bot.services.learning.drawing import in_rows, own_words
from bot.services.learning.records import Exercise, FreeAnswer
from bot.services.learning.study import number, owner, word
from bot.services.panels import (
    Block,
    Feature,
    Form,
    Input,
    OpenPanel,
    Option,
    Panel,
    PanelCommand,
    Press,
    PressPanel,
    Prose,
    Table,
    Tone,
)
from bot.services.ports import Begin, Clock, UnitOfWork
from bot.services.records import StoredItem

LONGEST_WORDS = 3_500
SHOWN = 10
MOST_POINTS = 20
"""Points of a rubric, or items of a list, that get a button."""

COMMAND = PanelCommand(
    name="practice",
    summary="Open questions in your own words, checked against the model answer; checklists",
    options=(Option(name="topic", summary="Only this topic", completes="topics"),),
)


class PracticeService:
    """What no machine judges: members compare and mark themselves, it is kept, and earns no points."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    @property
    def feature(self) -> Feature:
        """The command, its buttons and the form."""
        return Feature(
            commands=((COMMAND, self.open),),
            presses={
                "practice.show": self.show,
                "practice.write": self.write,
                "practice.mark": self.mark,
                "practice.later": self.later,
                "practice.tick": self.tick,
            },
            forms={"practice.write": self.form},
        )

    async def open(self, request: OpenPanel) -> Panel:
        """What there is to practise, least done first. Raises ``NotFound`` when there is nothing."""
        topic = request.values.get("topic", "").strip() or None
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            texts, lists = [
                await work.practice.exercises(place.community.id, place.member.id, kind, topic, SHOWN)
                for kind in (Kind.FREE_TEXT, Kind.CHECKLIST)
            ]
        if not texts and not lists:
            about = f" about {topic[:60]!r}" if topic else ""
            raise NotFound("no_practice", f"There are no open questions or checklists{about} here.")
        return _overview(texts, lists)

    async def show(self, request: PressPanel) -> Panel:
        """A question to answer, or a list to tick."""
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            stored = await self._exercise(work, place.community.id, number(request, 0))
            if stored.as_question.kind is Kind.CHECKLIST:
                return _checklist(stored, await work.practice.ticks(place.member.id, stored.question))
            return _question(stored)

    async def form(self, request: PressPanel) -> Form:
        """Where the answer is written."""
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            stored = await self._exercise(work, place.community.id, number(request, 0))
        return Form(
            stored.item.meta.title_within(45),
            (Input(name="words", label="In your own words", long=True, most=LONGEST_WORDS),),
            "Compare",
        )

    async def write(self, request: PressPanel) -> Panel:
        """Keep the answer and show it beside the model answer."""
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            stored = await self._exercise(work, place.community.id, number(request, 0))
            words = request.values.get("words", "").strip()[:LONGEST_WORDS]
            if not words:
                raise NotFound("no_words", "The answer is empty. Please write a few words first.")
            kept = await work.practice.answer(place.member.id, stored, words, self._clock.now())
            answer = await work.practice.get(kept)
            assert answer is not None
            return _compared(answer)

    async def mark(self, request: PressPanel) -> Panel:
        """A rubric's point was in the answer, or was not."""
        async with self._begin() as work:
            answer = await self._answer(work, request)
            point = number(request, 1)
            if 0 <= point < len(answer.stored.as_question.rubric):
                met = answer.met | {point} if word(request, 2) == "1" else answer.met - {point}
                await work.practice.mark(answer.id, met)
            return _compared(await self._answer(work, request))

    async def later(self, request: PressPanel) -> Panel:
        """Let the question come back in ``/review``."""
        async with self._begin() as work:
            answer = await self._answer(work, request)
            await work.reviews.enrol(answer.member, [answer.stored.question], self._clock.now())
            return _compared(answer, "It is in your `/review` now.")

    async def tick(self, request: PressPanel) -> Panel:
        """Tick an item of a list, or take the tick away."""
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            stored = await self._exercise(work, place.community.id, number(request, 0))
            items = stored.as_question.rubric
            at = number(request, 1)
            if 0 <= at < len(items):
                ticked = word(request, 2) == "1"
                await work.practice.tick(
                    place.member.id, stored.question, items[at], ticked, self._clock.now()
                )
            return _checklist(stored, await work.practice.ticks(place.member.id, stored.question))

    async def _exercise(self, work: UnitOfWork, community: int, question: int) -> StoredItem:
        stored = await work.practice.exercise(community, question)
        if stored is None:
            raise NotFound("unknown_question", "That is not here any more. Type `/practice`.")
        return stored

    async def _answer(self, work: UnitOfWork, request: PressPanel) -> FreeAnswer:
        answer = await work.practice.get(number(request, 0))
        if answer is None:
            raise NotFound("unknown_answer", "That answer is not here any more. Type `/practice`.")
        await owner(work, request, answer.member)
        return answer


def _overview(texts: Sequence[Exercise], lists: Sequence[Exercise]) -> Panel:
    every = [*texts, *lists]
    rows = tuple(
        (str(place), one.stored.item.meta.title_within(48), one.stored.item.meta.topic, _done(one))
        for place, one in enumerate(every, start=1)
    )
    presses = [
        Press(label=str(place), name="practice.show", arguments=(str(one.stored.question),))
        for place, one in enumerate(every, start=1)
    ]
    first = every[0]
    start = Press(
        label=f"Start: {first.stored.item.meta.title_within(60)}",
        name="practice.show",
        arguments=(str(first.stored.question), "first"),
        tone=Tone.MAIN,
    )
    return Panel(
        title="Practice",
        blocks=(
            Prose("Answer in your own words, then mark yourself against the model answer."),
            Table(("", "What", "Topic", "Done"), rows, frozenset({0})),
        ),
        presses=((start,), *in_rows(presses)),
        footer="Nobody else sees what you write here. It earns no points.",
    )


def _done(one: Exercise) -> str:
    question = one.stored.as_question
    if question.kind is Kind.CHECKLIST:
        return f"{min(one.done, len(question.rubric))} of {len(question.rubric)} ticked"
    return count(one.done, "answer") if one.done else "not yet"


def _question(stored: StoredItem) -> Panel:
    question = stored.as_question
    return Panel(
        title=f"Practice: {question.meta.topic}",
        blocks=(Prose(question.prompt),),
        presses=(
            (
                Press(
                    label="Write your answer",
                    name="practice.write",
                    arguments=(str(stored.question),),
                    asks=True,
                    tone=Tone.MAIN,
                ),
            ),
        ),
        footer="The model answer comes after yours.",
    )


def _compared(answer: FreeAnswer, said: str = "") -> Panel:
    question: Question = answer.stored.as_question
    blocks: list[Block] = [Prose(said)] if said else []
    blocks += [Prose(question.prompt), *own_words(answer.words)]
    if question.answer:
        blocks.append(Prose(f"**Model answer**\n\n{question.answer}"))
    points = question.rubric[:MOST_POINTS]
    if points:
        lines = "\n".join(
            f"{'✓' if at in answer.met else '○'} **{at + 1}.** {point}  " for at, point in enumerate(points)
        )
        blocks.append(Prose(f"**Which of these did you say?**\n\n{lines}"))
    if question.explanation:
        blocks.append(Prose(question.explanation))
    marks = [
        Press(
            label=f"{at + 1} ✓" if at in answer.met else str(at + 1),
            name="practice.mark",
            arguments=(str(answer.id), str(at), "0" if at in answer.met else "1"),
            tone=Tone.GOOD if at in answer.met else Tone.PLAIN,
        )
        for at in range(len(points))
    ]
    after = (
        Press(
            label="Answer again", name="practice.write", arguments=(str(answer.stored.question),), asks=True
        ),
        Press(label="Review it later", name="practice.later", arguments=(str(answer.id),)),
    )
    kept = f"{len(answer.met)} of {count(len(question.rubric), 'point')}, kept" if points else "kept"
    return Panel(
        title=f"Practice: {question.meta.topic}",
        blocks=tuple(blocks),
        presses=(*in_rows(marks), after),
        footer=f"Marked by yourself: {kept}. No ranked points.",
    )


def _checklist(stored: StoredItem, ticked: frozenset[str]) -> Panel:
    question = stored.as_question
    items = question.rubric[:MOST_POINTS]
    lines = "\n".join(
        f"{'✓' if item in ticked else '○'} **{at + 1}.** {item}  " for at, item in enumerate(items)
    )
    presses = [
        Press(
            label=f"{at + 1} ✓" if item in ticked else str(at + 1),
            name="practice.tick",
            arguments=(str(stored.question), str(at), "0" if item in ticked else "1"),
            tone=Tone.GOOD if item in ticked else Tone.PLAIN,
        )
        for at, item in enumerate(items)
    ]
    done = sum(item in ticked for item in question.rubric)
    return Panel(
        title=question.meta.title,
        blocks=(Prose(question.prompt), Prose(lines)),
        presses=in_rows(presses),
        footer=f"{done} of {len(question.rubric)} done; ticks are kept.",
        tone=Tone.GOOD if done == len(question.rubric) else Tone.PLAIN,
    )
