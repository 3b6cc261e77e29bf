"""``/quiz`` without arguments: a question near the member's level, of what interests them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.picking import point
from bot.domain.ratings import Rating, level_for
from bot.services.learning.records import RatedMember
from bot.services.ports import UnitOfWork
from bot.services.records import Place, StoredItem

INTEREST = 70
"""Percent of questions that come from the member's own topics; the others from any, so that these grow."""


async def near_level(work: UnitOfWork, place: Place, start: int) -> StoredItem | None:
    """A question that the member has not answered and was not just shown; None when there is none.

    ``start`` (``bot.domain.picking.point``) decides, so that the same event gives the same question.
    """
    member = place.member.id
    ratings = await work.skills.of_member(member)
    topic = _interesting(ratings, start)
    for wanted in (topic, None):
        known = ratings.get(wanted or "") or ratings.get("")
        level = level_for(known.rating if known else Rating())
        stored = await work.skills.pick_near(place.community.id, member, wanted, level, start)
        if stored is not None or wanted is None:
            return stored
    return None


def _interesting(ratings: Mapping[str, RatedMember], start: int) -> str | None:
    """One of the member's topics, the more often the more they have answered of it; None for any."""
    games = {topic: one.rating.games for topic, one in sorted(ratings.items()) if topic}
    total = sum(games.values())
    if not total or point("interest", start) % 100 >= INTEREST:
        return None
    place = point("topic", start) % total
    for topic, played in games.items():
        place -= played
        if place < 0:
            return topic
    return None
