"""``/challenge`` and ``/hint``."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.points import hint_cost
from bot.services.cards import ChallengeCard, HintCard
from bot.services.commands import Actor, ShowChallenge, TakeHint
from bot.services.errors import NotFound
from bot.services.ports import Begin, Clock
from bot.services.presenting import challenge_card
from bot.services.records import HintTaken
from bot.services.targets import find_challenge


class ChallengeService:
    """Show challenges and give hints."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def show(self, command: ShowChallenge) -> ChallengeCard:
        """The named challenge, or the open round's. Raises ``NotFound`` with what to type instead."""
        now = self._clock.now()
        async with self._begin() as work:
            place = await work.directory.enter(command.actor)
            target = await find_challenge(work, place, command.name, now)
            posting = target.posting
            solved = await work.submissions.solved(
                place.community.id, target.stored.question, posting.id if posting else None
            )
            return challenge_card(target.stored, posting, solved, now)

    async def names(self, actor: Actor) -> Sequence[tuple[str, str]]:
        """(key, title) of every challenge that can be named, by title; for completion."""
        async with self._begin() as work:
            place = await work.directory.enter(actor)
            return await work.bank.challenges(place.community.id)

    async def hint(self, command: TakeHint) -> HintCard:
        """The next hint; the same event gives the same hint. Raises ``NotFound`` when there is none left."""
        now = self._clock.now()
        async with self._begin() as work:
            place = await work.directory.enter(command.actor)
            stored = (await find_challenge(work, place, command.challenge, now)).stored
            challenge = stored.as_challenge
            hints = challenge.meta.hints
            taken = await work.hints.taken(place.community.id, place.member.id, stored.question)
            number = _number(taken, command.event_id)
            if number > len(hints):
                text = "This challenge has no hints."
                if hints:
                    text = f"You have seen all {len(hints)} hints. The last one was: {hints[-1]}"
                raise NotFound("no_more_hints", text)
            await work.hints.add(
                place.community.id, place.member.id, stored.question, number, command.event_id, now
            )
        return HintCard(
            challenge=challenge.meta.key,
            title=challenge.meta.title,
            number=number,
            total=len(hints),
            text=hints[number - 1],
            cost=hint_cost(challenge),
        )


def _number(taken: Sequence[HintTaken], event_id: str) -> int:
    """The hint that this event gives: the one that it gave before, else the next."""
    again = next((hint.number for hint in taken if hint.event_id == event_id), None)
    return again if again is not None else len(taken) + 1
