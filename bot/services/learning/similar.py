"""``/similar``: nearly identical submissions to one challenge, for admins to look at, and nothing more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.domain.similarity import Handed, Pair, alike
from bot.domain.wording import count
from bot.services.communities import admins_only
from bot.services.errors import NotFound
from bot.services.learning.drawing import in_rows
from bot.services.learning.records import AcceptedSubmission
from bot.services.learning.study import number
from bot.services.panels import (
    Block,
    Code,
    Facts,
    Feature,
    OpenPanel,
    Option,
    Panel,
    PanelCommand,
    Press,
    PressPanel,
    Prose,
    Table,
    Words,
)
from bot.services.ports import Begin, Clock
from bot.services.records import StoredItem
from bot.services.targets import find_challenge

MOST_COMPARED = 400
"""Members whose latest accepted submissions are compared: every pair of them takes about a second."""
MOST_SHOWN = 10

COMMAND = PanelCommand(
    name="similar",
    summary="Nearly identical submissions to a challenge, for you to look at",
    options=(Option(name="challenge", summary="Which challenge", completes="challenges"),),
    admin=True,
)


class SimilarService:
    """Compares accepted submissions of one community's members by their structure."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    @property
    def feature(self) -> Feature:
        """The admins' command and its button."""
        return Feature(commands=((COMMAND, self.open),), presses={"similar.show": self.show})

    async def open(self, request: OpenPanel) -> Panel:
        """The pairs that are nearly identical. Raises ``NotAllowed`` and ``NotFound``."""
        admins_only(request.actor)
        now = self._clock.now()
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            name = request.values.get("challenge", "").strip() or None
            stored = (await find_challenge(work, place, name, now)).stored
            accepted = await work.solutions.accepted(place.community.id, stored.question, MOST_COMPARED)
        pairs = await asyncio.to_thread(_pairs, accepted, stored)
        return _page(stored, accepted, pairs)

    async def show(self, request: PressPanel) -> Panel:
        """Two submissions, one after the other. That they were looked at is noted in the audit."""
        admins_only(request.actor)
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            both = []
            for argument in (0, 1):
                found = await work.submissions.get(number(request, argument))
                if found is None or found.community != place.community.id:
                    raise NotFound("unknown_submission", "That submission is not here any more.")
                member = await work.reviews.account(found.member)
                both.append((member.member.name if member else "somebody who left", found))
            key = both[0][1].stored.item.meta.key
            detail = f"{key}: {both[0][1].id} and {both[1][1].id}"
            await work.audit.note(
                place.community.id, place.member.id, "submissions.compared", detail, self._clock.now()
            )
        blocks: list[Block] = []
        for name, submission in both:
            blocks.append(Facts(((name, submission.at),)))
            for file in submission.files:
                blocks += [Words(file.name), Code(file.text, "python")]
        return Panel(
            title=f"Compared: {both[0][1].stored.item.meta.title}",
            blocks=tuple(blocks),
            footer="Alike is no proof: two people may think alike, or have learnt from the same page.",
            replaces=False,
        )


def _pairs(accepted: Sequence[AcceptedSubmission], stored: StoredItem) -> list[Pair]:
    challenge = stored.as_challenge
    given = (*challenge.starter, *challenge.given)
    return alike([Handed(one.submission, one.member, one.files) for one in accepted], given)


def _page(stored: StoredItem, accepted: Sequence[AcceptedSubmission], pairs: Sequence[Pair]) -> Panel:
    known = {one.submission: one for one in accepted}
    told = f"{count(len(accepted), 'accepted submission')} compared, the latest of each member. "
    told += f"**{count(len(pairs), 'pair')}** nearly identical." if pairs else "None are nearly identical."
    blocks: list[Block] = [Prose(told)]
    shown = list(pairs[:MOST_SHOWN])
    if shown:
        rows = tuple(
            (str(place), known[pair.first].name, known[pair.second].name, f"{pair.share:.0%}")
            for place, pair in enumerate(shown, start=1)
        )
        blocks.append(Table(("", "Earlier", "Later", "Alike"), rows, frozenset({0, 3})))
    presses = [
        Press(label=str(place), name="similar.show", arguments=(str(pair.first), str(pair.second)))
        for place, pair in enumerate(shown, start=1)
    ]
    return Panel(
        title=f"Similar: {stored.item.meta.title}",
        blocks=tuple(blocks),
        presses=in_rows(presses),
        footer="For admins only. People decide what it means; nothing follows by itself.",
    )
