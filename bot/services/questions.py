"""``/question``: look at one as its author wrote it, flag it, and set it aside for this community.

Setting aside is what an installation's operator does for everybody with ``warmup question void``
(``bot.services.corrections``), for one community: it is not asked here again, its rounds cost nobody a
streak, what was paid here for it is taken back, and its channels are told.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.ledger import taken_back
from bot.locales import say
from bot.services.cards import Notice
from bot.services.commands import Actor
from bot.services.communities import admins_only
from bot.services.corrections import BATCH, LONGEST_REASON, by_member, tell_withdrawn
from bot.services.errors import NotFound, Refusal
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
    Words,
)
from bot.services.ports import Begin, Clock, UnitOfWork
from bot.services.question_preview import (
    DISMISS,
    FLAG,
    PREVIEW,
    VOID,
    preview,
    preview_press,
    void_press,
)
from bot.services.records import Place, RoundState, StoredItem

MOST_TITLES = 5_000
"""Questions that the completion offers."""
MOST_FLAGGED = 20
SHOWN_FLAGGED = 5
"""Flagged questions with buttons of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """What setting a question aside changed this time; all zeros when it was done before."""

    title: str
    rounds: int = 0
    payments: int = 0
    points: int = 0


class QuestionService:
    """Questions under doubt, in one community."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    @property
    def feature(self) -> Feature:
        """The commands, their buttons and forms."""
        which = Option(name="question", summary="Which question", required=True, completes="questions")
        why = Option(name="why", summary="What is wrong with it")

        def command(word: str, summary: str, *options: Option, admin: bool = True) -> PanelCommand:
            return PanelCommand(name="question", word=word, summary=summary, options=options, admin=admin)

        return Feature(
            commands=(
                (command("flag", "Say that a question is wrong", which, why, admin=False), self.open_flag),
                (command("preview", "A question with its answer, for admins", which), self.open_preview),
                (command("flagged", "Questions that members say are wrong"), self.open_flagged),
                (command("void", "Set a question aside here, and rescore everybody", which), self.open_void),
            ),
            presses={
                PREVIEW: self.preview,
                FLAG: self.flag,
                VOID: self.void,
                DISMISS: self.dismiss,
            },
            forms={FLAG: self.ask_why, VOID: self.ask_reason},
            suggestions={"questions": self.suggest},
        )

    async def suggest(self, actor: Actor) -> list[tuple[str, str]]:
        """Everything that is asked here, by title."""
        async with self._begin() as work:
            place = await work.directory.enter(actor)
            titles = await work.objections.titles(place.community.id, MOST_TITLES)
        return [(key, f"{title} ({key})") for key, title in titles]

    async def open_flag(self, request: OpenPanel) -> Notice:
        """Flag the question that was named."""
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            stored = await _named(work, place, request.values.get("question", ""))
            return await self._flag(work, place, stored, request.values.get("why", ""))

    async def flag(self, request: PressPanel) -> Notice:
        """Flag the question of a button."""
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            stored = await _numbered(work, place, request.arguments)
            return await self._flag(work, place, stored, request.values.get("why", ""))

    async def _flag(self, work: UnitOfWork, place: Place, stored: StoredItem, why: str) -> Notice:
        why = why.strip()[:LONGEST_REASON]
        now = self._clock.now()
        if await work.objections.flag(place.community.id, stored.question, place.member.id, why, now):
            return Notice("Thank you. Those who manage this community see your flag.")
        return Notice("You flagged that before; your new words are kept.")

    async def ask_why(self, request: PressPanel) -> Form:
        """What somebody says is wrong."""
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            stored = await _numbered(work, place, request.arguments)
        why = Input(
            name="why", label="What is wrong with it?", long=True, required=False, most=LONGEST_REASON
        )
        return Form(stored.item.meta.title, (why,), send="Flag")

    async def open_preview(self, request: OpenPanel) -> Panel:
        """The question that was named, as its author wrote it. For admins: it has the answer."""
        admins_only(request.actor)
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            return preview(await _named(work, place, request.values.get("question", "")))

    async def preview(self, request: PressPanel) -> Panel:
        """The same for a button."""
        admins_only(request.actor)
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            return preview(await _numbered(work, place, request.arguments))

    async def open_flagged(self, request: OpenPanel) -> Panel | Notice:
        """What members flagged, most flags first."""
        admins_only(request.actor)
        return await self._flagged(request.actor)

    async def dismiss(self, request: PressPanel) -> Panel | Notice:
        """The question is right: its flags are forgotten."""
        admins_only(request.actor)
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            stored = await _numbered(work, place, request.arguments)
            if await work.objections.dismiss(place.community.id, stored.question):
                await self._note(work, place, "question.flags_dismissed", stored.item.meta.key)
        return await self._flagged(request.actor)

    async def _flagged(self, actor: Actor) -> Panel | Notice:
        async with self._begin() as work:
            place = await work.directory.enter(actor)
            flagged = await work.objections.flagged(place.community.id, MOST_FLAGGED)
        if not flagged:
            return Notice("Nobody has flagged a question here.")
        rows = tuple((each.item.item.meta.title, str(each.flags)) for each in flagged)
        blocks: list[Block] = [Table(("Question", "Flags"), rows, frozenset({1}))]
        presses = []
        for number, each in enumerate(flagged[:SHOWN_FLAGGED], 1):
            said = "\n".join(f"“{reason}”" for reason in each.reasons)
            blocks.append(Words(f"{number}. {each.item.item.meta.title}\n{said}".strip()))
            about = (str(each.item.question),)
            presses.append(
                (
                    Press(label=f"Look at {number}", name=PREVIEW, arguments=about, tone=Tone.MAIN),
                    Press(label=f"{number} is right", name=DISMISS, arguments=about, tone=Tone.GOOD),
                    Press(label=f"Set {number} aside", name=VOID, arguments=about, tone=Tone.BAD, asks=True),
                )
            )
        return Panel(title="Flagged questions", blocks=tuple(blocks), presses=tuple(presses))

    async def open_void(self, request: OpenPanel) -> Panel:
        """Say what setting aside does, with the button that asks for the reason and does it."""
        admins_only(request.actor)
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            stored = await _named(work, place, request.values.get("question", ""))
        return Panel(
            title=f"Set “{stored.item.meta.title}” aside?",
            blocks=(
                Prose(
                    "It is not asked in this community any more. Its rounds here cost nobody a streak, "
                    "points that were paid here for it are taken back from everybody, and its channels "
                    "are told."
                ),
            ),
            presses=((void_press(stored), preview_press(stored)),),
            tone=Tone.BAD,
        )

    async def ask_reason(self, request: PressPanel) -> Form:
        """Why a question is set aside: everybody is told."""
        admins_only(request.actor)
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            stored = await _numbered(work, place, request.arguments)
        why = Input(
            name="why",
            label="Why? Its channels are told",
            hint="Such as: the second option is right as well",
            most=LONGEST_REASON,
        )
        return Form(stored.item.meta.title, (why,), send="Set aside")

    async def void(self, request: PressPanel) -> Notice:
        """Set a question aside, and what followed from it."""
        admins_only(request.actor)
        reason = " ".join(request.values.get("why", "").split())
        if not reason:
            raise Refusal("no_reason", "Give a reason, please: its channels are told.")
        done = await self.set_aside(request.actor, request.arguments, reason)
        return Notice(
            say(
                "“{title}” is set aside here. Rounds withdrawn: {rounds}. Payments taken back: {payments}, "
                "{points} points in all. Streaks are not touched.",
                title=done.title,
                rounds=done.rounds,
                payments=done.payments,
                points=done.points,
            )
        )

    async def set_aside(self, actor: Actor, arguments: tuple[str, ...], reason: str) -> SetAside:
        """Set the question with the number in ``arguments`` aside for the actor's community.

        Doing it again changes nothing but what was paid since. Raises ``NotFound``.
        """
        now, reason = self._clock.now(), reason[:LONGEST_REASON]
        async with self._begin() as work:
            place = await work.directory.enter(actor)
            stored = await _numbered(work, place, arguments)
            community = place.community.id
            if await work.objections.set_aside(community, stored.question, reason, now):
                await self._note(work, place, "question.set_aside", f"{stored.item.meta.key}: {reason}")
            rounds = await work.objections.rounds(community, stored.question)
            for round_ in rounds:
                await work.rounds.set_state(round_.id, RoundState.VOID, reason)
                await tell_withdrawn(work, stored, community, round_.channel, reason, now)
        payments = points = after = 0
        while True:
            async with self._begin() as work:
                paid = await work.ledger.payments(stored.question, after, BATCH, community)
                taken = [
                    entry
                    for number, entry in sorted(paid, key=by_member)
                    if await work.ledger.append(taken_back(number, entry, f"set aside: {reason}"))
                ]
                for channel in {entry.channel for entry in taken if entry.channel is not None}:
                    await tell_withdrawn(work, stored, community, channel, reason, now)
            payments += len(taken)
            points += sum(entry.points for entry in taken)
            if not paid:
                title = stored.item.meta.title
                return SetAside(title=title, rounds=len(rounds), payments=payments, points=points)
            after = paid[-1][0]

    async def _note(self, work: UnitOfWork, place: Place, action: str, detail: str) -> None:
        await work.audit.note(place.community.id, place.member.id, action, detail[:1_000], self._clock.now())


async def _named(work: UnitOfWork, place: Place, key: str) -> StoredItem:
    stored = await work.objections.find(place.community.id, key.strip())
    if stored is None:
        raise NotFound("unknown_question", say("There is no question called {key} here.", key=repr(key[:60])))
    return stored


async def _numbered(work: UnitOfWork, place: Place, arguments: tuple[str, ...]) -> StoredItem:
    number = arguments[0] if arguments else ""
    known = number.isascii() and number.isdigit() and len(number) < 19
    stored = await work.objections.item(place.community.id, int(number)) if known else None
    if stored is None:
        raise NotFound("unknown_question", "That question is not here any more.")
    return stored
