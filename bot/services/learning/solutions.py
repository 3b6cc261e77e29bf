"""``/solution``: after solving, after giving up, after the round; and what others who solved it share."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.content import Challenge, SourceFile
from bot.domain.points import full_points
from bot.domain.wording import count
from bot.services.cards import Notice
from bot.services.errors import NotAllowed, NotFound
from bot.services.learning.study import number
from bot.services.panels import (
    Block,
    Code,
    Feature,
    OpenPanel,
    Option,
    Panel,
    PanelCommand,
    Press,
    PressPanel,
    Prose,
    Spoiler,
    Tone,
    Words,
)
from bot.services.ports import Begin, Clock, UnitOfWork
from bot.services.records import Place, StoredItem, Submission
from bot.services.targets import find_challenge

COMMAND = PanelCommand(
    name="solution",
    summary="A challenge's solution, once you have solved it or given it up",
    options=(Option(name="challenge", summary="Which challenge", completes="challenges"),),
)


class SolutionService:
    """Shows solutions to those who may see them; giving up ends a challenge's points for the member."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    @property
    def feature(self) -> Feature:
        """The command and its buttons."""
        return Feature(
            commands=((COMMAND, self.open),),
            presses={
                "solution.show": self.show,
                "solution.give_up": self.give_up,
                "solution.share": self.share,
                "solution.unshare": self.unshare,
                "solution.others": self.others,
            },
        )

    async def open(self, request: OpenPanel) -> Panel:
        """The solution, or what seeing it costs. Raises ``NotFound`` for an unknown challenge."""
        now = self._clock.now()
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            name = request.values.get("challenge", "").strip() or None
            stored = (await find_challenge(work, place, name, now)).stored
            return await self._page(work, place, stored)

    async def show(self, request: PressPanel) -> Panel:
        """Back from others' solutions."""
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            return await self._page(work, place, await self._challenge(work, place, request))

    async def give_up(self, request: PressPanel) -> Panel:
        """See it, for the points that it could still earn."""
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            stored = await self._challenge(work, place, request)
            # Payments and giving up of one member come one after the other.
            await work.ledger.lock(place.member.id)
            if await _solved(work, place, stored) is None:
                await work.solutions.give_up(place.member.id, stored.question, self._clock.now())
            return await self._page(work, place, stored)

    async def share(self, request: PressPanel) -> Panel:
        """Show one's own accepted solution to others who have solved the challenge."""
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            stored = await self._challenge(work, place, request)
            mine = await _solved(work, place, stored)
            if mine is None:
                raise NotAllowed("not_solved", "Only an accepted solution can be shared.")
            await work.solutions.share(mine.id, place.member.id, stored.question, self._clock.now())
            return await self._page(work, place, stored)

    async def unshare(self, request: PressPanel) -> Panel:
        """Show it no more."""
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            stored = await self._challenge(work, place, request)
            await work.solutions.unshare(place.member.id, stored.question)
            return await self._page(work, place, stored)

    async def others(self, request: PressPanel) -> Panel | Notice:
        """A solution that another member shares, after one's own."""
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            stored = await self._challenge(work, place, request)
            if await _solved(work, place, stored) is None:
                raise NotAllowed("not_solved", "Others' solutions can be seen after your own is accepted.")
            offset = max(0, number(request, 1))
            found, total = await work.solutions.shared(
                place.community.id, stored.question, place.member.id, offset
            )
        if found is None:
            return Notice("Nobody else shares a solution of this challenge yet.")
        key = str(stored.question)
        around = (
            Press(
                label="Back",
                name="solution.others",
                arguments=(key, str(offset - 1), "b"),
                disabled=offset == 0,
            ),
            Press(
                label="Next",
                name="solution.others",
                arguments=(key, str(offset + 1), "n"),
                disabled=offset + 1 >= total,
                tone=Tone.MAIN,
            ),
            Press(label="The author's", name="solution.show", arguments=(key,)),
        )
        return Panel(
            title=f"{found.name}: {stored.item.meta.title}",
            blocks=_files(found.files, stored.as_challenge.language),
            presses=(around,),
            footer=f"{offset + 1} of {total} shared solutions",
        )

    async def _challenge(self, work: UnitOfWork, place: Place, request: PressPanel) -> StoredItem:
        stored = await work.bank.challenge_by_id(place.community.id, number(request, 0))
        if stored is None:
            raise NotFound("unknown_challenge", "That challenge is not here any more.")
        return stored

    async def _page(self, work: UnitOfWork, place: Place, stored: StoredItem) -> Panel:
        member, question = place.member.id, stored.question
        mine = await _solved(work, place, stored)
        if mine is None and await work.solutions.given_up(member, question) is None:
            closed = await work.solutions.was_closed(place.community.id, question, self._clock.now())
            return _cost(stored, closed=closed)
        _, others = await work.solutions.shared(place.community.id, question, member, 0)
        shares = await work.solutions.shares(member, question)
        return _solution(stored, solved=mine is not None, shares=shares, others=others)


async def _solved(work: UnitOfWork, place: Place, stored: StoredItem) -> Submission | None:
    """The member's last accepted submission."""
    tries = await work.submissions.tries(place.community.id, place.member.id, stored.question)
    accepted = [one for one in tries if one.judgement is not None and one.judgement.accepted]
    return accepted[-1] if accepted else None


def _cost(stored: StoredItem, *, closed: bool) -> Panel:
    challenge = stored.as_challenge
    points = full_points(challenge)
    over = "Its round is over. " if closed else ""
    hints = len(challenge.meta.hints)
    hint = f" There {'is' if hints == 1 else 'are'} {count(hints, 'hint')}: `/hint`." if hints else ""
    return Panel(
        title=f"Solution: {challenge.meta.title}",
        blocks=(
            Prose(
                f"{over}You have not solved it yet. **Seeing the solution ends its points for you: "
                f"up to {points} that you could still earn.** It cannot be undone.{hint}"
            ),
        ),
        presses=(
            (
                Press(
                    label="See the solution" if closed else "Give up and see it",
                    name="solution.give_up",
                    arguments=(str(stored.question),),
                    tone=Tone.BAD,
                ),
            ),
        ),
    )


def _solution(stored: StoredItem, *, solved: bool, shares: bool, others: int) -> Panel:
    challenge: Challenge = stored.as_challenge
    blocks: list[Block] = []
    if challenge.references:
        blocks += _files(challenge.references[0].files, challenge.language)
        blocks += [
            Spoiler(
                f"Another way: {variant.title}",
                "\n\n".join(f"```{challenge.language}\n{file.text.rstrip()}\n```" for file in variant.files),
            )
            for variant in challenge.references[1:4]
        ]
    else:
        blocks.append(Prose("Its author gives no solution."))
    if challenge.explanation:
        blocks.append(Prose(challenge.explanation))
    key = (str(stored.question),)
    presses: list[Press] = []
    if solved:
        presses.append(
            Press(
                label=f"Others' solutions ({others})",
                name="solution.others",
                arguments=(*key, "0"),
                disabled=not others,
                tone=Tone.MAIN,
            )
        )
        presses.append(
            Press(label="Stop sharing mine", name="solution.unshare", arguments=key)
            if shares
            else Press(label="Share mine", name="solution.share", arguments=key)
        )
    footer = (
        "Shared solutions are seen only by members who have solved it too."
        if solved
        else "It earns you no points any more; solving it still counts as practice."
    )
    return Panel(
        title=f"Solution: {challenge.meta.title}",
        blocks=tuple(blocks),
        presses=(tuple(presses),) if presses else (),
        footer=footer,
    )


def _files(files: Sequence[SourceFile], language: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for file in files:
        if len(files) > 1:
            blocks.append(Words(file.name))
        blocks.append(Code(file.text, language))
    return tuple(blocks)
