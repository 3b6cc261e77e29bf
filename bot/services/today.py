"""What is open now in a community, for a page that belongs to no channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.services.cards import OpenRound
from bot.services.commands import Actor
from bot.services.ports import Begin, Clock, UnitOfWork
from bot.services.presenting import challenge_card, question_card
from bot.services.records import Bank, Channel, Place

MOST_CHANNELS = 20
"""Channels of one community that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything about one member's day: the open rounds, cards to review, and for admins what is set up."""

    rounds: Sequence[OpenRound]
    due: int
    cards: int
    channels: Sequence[Channel] = ()
    banks: Sequence[Bank] = ()


class TodayService:
    """Finds the open rounds of a community."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def show(self, actor: Actor) -> Sequence[OpenRound]:
        """The open rounds of the actor's community, one for each channel that has one."""
        now = self._clock.now()
        async with self._begin() as work:
            place = await work.directory.enter(actor)
            channels = await work.directory.channels(place.community.id)
            found = [await _round(work, place, channel, now) for channel in channels[:MOST_CHANNELS]]
        return [each for each in found if each is not None]

    async def overview(self, actor: Actor) -> Overview:
        """The open rounds, the actor's cards, and for admins the channels with rounds and the banks."""
        rounds = await self.show(actor)
        async with self._begin() as work:
            place = await work.directory.enter(actor)
            decks = await work.reviews.decks(place.member.id, self._clock.now())
            found = Overview(
                rounds=rounds, due=sum(deck.due for deck in decks), cards=sum(deck.cards for deck in decks)
            )
            if not actor.is_admin:
                return found
            return replace(
                found,
                channels=await work.directory.channels(place.community.id),
                banks=await work.bank.banks(place.community.id),
            )


async def _round(work: UnitOfWork, place: Place, channel: Channel, now: datetime) -> OpenRound | None:
    current = await work.rounds.current(channel.id, now)
    if current is None:
        return None
    question = await work.postings.get(current.question) if current.question is not None else None
    challenge = await work.postings.get(current.challenge) if current.challenge is not None else None
    answer = await work.answers.of(question.id, place.member.id) if question else None
    solved = 0
    if challenge is not None:
        solved = await work.submissions.solved(place.community.id, challenge.stored.question, challenge.id)
    return OpenRound(
        channel=channel.external,
        channel_name=channel.name,
        question=question_card(question, await work.answers.count(question.id), now) if question else None,
        challenge=challenge_card(challenge.stored, challenge, solved, now) if challenge else None,
        answered=answer is not None,
    )
