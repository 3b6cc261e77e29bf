"""``/quiz`` and answers to questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.accepting import Window, event_time, window
from bot.domain.comparing import same_output
from bot.domain.content import Kind, Match, Question
from bot.domain.options import chosen_positions
from bot.domain.picking import DAILY_QUESTIONS, Pool, point
from bot.domain.streaks import Kept, KeptBy, Past, compute
from bot.services.cards import AnswerCard, QuestionCard
from bot.services.commands import Actor, AnswerQuestion, AskQuiz
from bot.services.errors import Closed, NotAllowed, NotFound, Refusal
from bot.services.learning.level import near_level
from bot.services.paying import PRACTICE, answer_payment
from bot.services.ports import Clock, Store, UnitOfWork
from bot.services.presenting import answer_card, question_card
from bot.services.records import Answer, Community, Member, NewAnswer, Place, Posting, Sight
from bot.services.streaks import is_long, streaks_from

LONGEST_TYPED = 4_000
"""Characters of typed output that are looked at."""
MOST_LOOKS = 10
"""Times that an answer is tried again because something about the member has changed meanwhile."""


class QuizService:
    """Ask questions and take answers."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._begin = store.begin
        self._store = store
        self._clock = clock

    async def ask(self, command: AskQuiz) -> QuestionCard:
        """The open daily question if it is not answered yet, else one that the member has not seen.

        The same event gives the same question. Raises ``NotFound`` when there is none to give.
        """
        now = self._clock.now()
        actor = command.actor
        async with self._begin() as work:
            place = await work.directory.enter(actor)
            posting = await work.postings.by_event(actor.platform, command.event_id)
            if posting is None and command.topic is None and command.difficulty is None:
                posting = await self._todays(work, place, now)
            if posting is None:
                posting = await self._another(work, place, command, now)
            return question_card(posting, await work.answers.count(posting.id), now)

    async def show(self, actor: Actor, posting: int) -> QuestionCard:
        """A posted question again, as it is now. Raises ``NotFound``."""
        async with self._begin() as work:
            place = await work.directory.enter(actor)
            found = _shown_to(await work.postings.get(posting), place.community, place.member)
            return question_card(found, await work.answers.count(found.id), self._clock.now())

    async def answer(self, command: AnswerQuestion) -> AnswerCard:
        """Take an answer: the first one stands, whatever comes later.

        The event's time decides whether the round was still open. Raises ``Closed``, ``NotFound``,
        ``NotAllowed``, or ``Refusal`` for letters that make no sense.
        """
        now = self._clock.now()
        at = event_time(command.at, now)
        for _ in range(MOST_LOOKS):
            sight = await self._store.quick.look(command.actor, command.posting)
            posting = _shown_to(sight.posting, sight.community, sight.member)
            await self._remember(sight, now)
            answer = await self._take(sight, posting, command, at)
            if answer is not None:
                streak = compute(_with(sight, posting, answer), now).current
                return answer_card(posting, answer, streak, repeated=answer.event_id != command.event_id)
        raise Refusal("try_again", "That did not work. Please press the button again.")

    async def _remember(self, sight: Sight, now: datetime) -> None:
        """Keep a mark of the streak when that has become worth while."""
        if not is_long(sight.facts):
            return
        _, marks = streaks_from({sight.member.id: sight.facts}, now)
        if marks:
            await self._store.quick.remember(marks)

    async def _take(
        self, sight: Sight, posting: Posting, command: AnswerQuestion, at: datetime
    ) -> Answer | None:
        """The member's answer: the first one when there is one already; None when they have to look again."""
        if sight.first is not None:
            return sight.first
        _refuse_closed(posting, at)
        question = posting.stored.as_question
        chosen, typed, correct = read_answer(question, posting.id, command.letters, command.typed)
        answer = NewAnswer(
            posting=posting.id,
            member=sight.member.id,
            event_id=command.event_id,
            chosen=chosen,
            typed=typed,
            correct=correct,
            at=at,
        )
        payment = answer_payment(sight.community, posting, answer, known=sight.known)
        return await self._store.quick.record(sight, answer, payment, PRACTICE if sight.known else "")

    async def _todays(self, work: UnitOfWork, place: Place, now: datetime) -> Posting | None:
        current = await work.rounds.current(place.channel.id, now)
        if current is None or current.question is None:
            return None
        if await work.answers.of(current.question, place.member.id) is not None:
            return None
        return await work.postings.get(current.question)

    async def _another(self, work: UnitOfWork, place: Place, command: AskQuiz, now: datetime) -> Posting:
        pool = Pool(
            kinds=DAILY_QUESTIONS,
            topics=(command.topic,) if command.topic else (),
            difficulties=(command.difficulty,) if command.difficulty else (),
        )
        start = point("quiz", command.actor.platform, command.event_id)
        stored = None
        if command.topic is None and command.difficulty is None:
            stored = await near_level(work, place, start)
        if stored is None:
            stored = await work.bank.pick_for_member(place.community.id, place.member.id, pool, start)
        if stored is None:
            topics = await work.bank.topics(place.community.id, DAILY_QUESTIONS)
            known = f" Topics: {', '.join(topics[:20])}." if topics else ""
            raise NotFound("no_question", f"There is no such question here.{known} Or just type `/quiz`.")
        return await work.postings.add(
            community=place.community.id,
            channel=place.channel.id,
            version=stored.version,
            at=now,
            member=place.member.id,
            platform=command.actor.platform,
            event_id=command.event_id,
        )


def _shown_to(posting: Posting | None, community: Community, member: Member) -> Posting:
    """The posting, if it is a question and theirs to answer. Raises ``NotFound`` and ``NotAllowed``."""
    if posting is None or posting.community != community.id or not _is_question(posting):
        raise NotFound("unknown_question", "That question is not here any more. Type `/quiz` for another.")
    if posting.member is not None and posting.member != member.id:
        raise NotAllowed(
            "not_your_question",
            "Somebody else asked for that question. Type `/quiz` for one of your own.",
        )
    return posting


def _with(sight: Sight, posting: Posting, answer: Answer) -> Past:
    """What the streak is computed from when the answer is there, which may not have been seen yet."""
    past = sight.facts.past
    if posting.local_date is None:
        return past
    return replace(past, kept=(*past.kept, Kept(posting.local_date, answer.at, KeptBy.ANSWER)))


def _is_question(posting: Posting) -> bool:
    return isinstance(posting.stored.item, Question)


def _refuse_closed(posting: Posting, at: datetime) -> None:
    if posting.void:
        raise Closed(
            "withdrawn", "This question was withdrawn. It costs nobody a streak; the next one is due."
        )
    match window(at, posting.opens_at, posting.closes_at):
        case Window.AFTER:
            raise Closed(
                "round_closed",
                "This round is over, so the answer does not count. Type `/quiz` for a question.",
            )
        case Window.BEFORE:
            raise Closed("round_not_open", "This round is not open yet. Please come back when it is posted.")
        case Window.INSIDE:
            return


def read_answer(
    question: Question, posting: int, letters: frozenset[str], typed: str
) -> tuple[frozenset[int], str, bool]:
    """Option positions chosen, output typed, and whether that is right. Raises ``Refusal`` for nonsense."""
    if letters:
        chosen = chosen_positions(question, posting, letters)
        if chosen is None:
            raise Refusal(
                "unknown_option", "There is no such option. Please use the letters of the question."
            )
        if len(chosen) > 1 and len(question.right) == 1:
            raise Refusal("one_option", "Exactly one option is right here. Please choose one letter.")
        return chosen, "", chosen == question.right
    if question.kind is Kind.PREDICT_OUTPUT and question.expected_output is not None and typed.strip():
        shown = typed[:LONGEST_TYPED]
        return frozenset(), shown, same_output(question.expected_output, typed, Match.EXACT, 0.0)
    if question.options:
        raise Refusal("no_option", "Nothing was chosen. Please choose at least one option.")
    raise Refusal("no_answer", "The answer is empty. Please type what the program prints.")
