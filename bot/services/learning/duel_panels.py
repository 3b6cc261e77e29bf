"""How a duel looks: the invitation, the question for each of the two, the result, one's history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.content import Question
from bot.domain.duels import DuelState
from bot.domain.wording import count
from bot.services.learning.drawing import asked, explained, in_rows, letters
from bot.services.learning.records import Duel
from bot.services.panels import Block, Facts, Panel, Press, Prose, Table, Tone

SHOWN = 10


def title(duel: Duel) -> str:
    """Who against whom."""
    return f"Duel: {duel.first.name} against {duel.second.name}"


def _what(duel: Duel) -> str:
    meta = duel.stored.item.meta
    if isinstance(duel.stored.item, Question):
        return f"one question on {meta.topic} ({meta.difficulty})"
    return f"the challenge {meta.title} ({meta.difficulty})"


def invitation(duel: Duel) -> Panel:
    """For everybody to see, and for the second of the two to answer."""
    key = (str(duel.id),)
    return Panel(
        title=title(duel),
        blocks=(
            Facts(
                (
                    ("Challenger", duel.first.name),
                    ("Invited", duel.second.name),
                    ("About", _what(duel)),
                    ("Accept until", duel.ends_at),
                )
            ),
        ),
        presses=(
            (
                Press(label="Accept", name="duel.accept", arguments=key, tone=Tone.MAIN),
                Press(label="Decline", name="duel.decline", arguments=key),
            ),
        ),
        public=True,
    )


def running(duel: Duel, name: str = "") -> Panel:
    """The duel is on; each of the two plays privately."""
    challenge = not isinstance(duel.stored.item, Question)
    facts: list[tuple[str, str | datetime]] = [("About", _what(duel)), ("Until", duel.ends_at)]
    if not duel.counted:
        facts.append(("Counts", "no: these two have had their counted duels for now"))
    rule = (
        f"The first accepted submission wins: `/submit {name}`."
        if challenge
        else "Right beats wrong; of two right answers the quicker one wins, from opening the question."
    )
    label = "Show the challenge" if challenge else "Show my question"
    return Panel(
        title=title(duel),
        blocks=(Prose(rule), Facts(tuple(facts))),
        presses=((Press(label=label, name="duel.play", arguments=(str(duel.id),), tone=Tone.MAIN),),),
        public=True,
    )


def closed(duel: Duel) -> Panel:
    """An invitation that came to nothing."""
    said = {
        DuelState.DECLINED: "was declined",
        DuelState.EXPIRED: "was not accepted in time",
    }.get(duel.state, "is over")
    return Panel(title=title(duel), blocks=(Prose(f"The duel {said}."),), public=True)


def question(duel: Duel) -> Panel:
    """The question, privately; the same order of options for both."""
    asks = duel.stored.as_question
    if asks.options:
        presses = in_rows(
            [
                Press(label=letter, name="duel.answer", arguments=(str(duel.id), letter))
                for letter in letters(asks)
            ]
        )
    else:
        typed = Press(
            label="Type the output",
            name="duel.type",
            arguments=(str(duel.id),),
            asks=True,
            tone=Tone.MAIN,
        )
        presses = ((typed,),)
    return Panel(
        title=f"Duel: {asks.meta.topic}",
        blocks=(*asked(asks, duel.id), Facts((("Until", duel.ends_at),))),
        presses=presses,
        footer="The clock runs from now; the first answer counts.",
        replaces=False,
    )


def waits(duel: Duel) -> Panel:
    """Answered; the result comes when both have."""
    return Panel(
        title="Answered",
        blocks=(
            Prose("The result comes when both have answered, or the time is up."),
            Facts((("Until", duel.ends_at),)),
        ),
    )


def challenge(duel: Duel) -> Panel:
    """The challenge, privately."""
    meta = duel.stored.as_challenge
    return Panel(
        title=f"Duel: {meta.meta.title}",
        blocks=(
            Prose(meta.prompt),
            Prose(f"`/challenge {meta.meta.key}` shows it with starter and examples, `/submit` hands it in."),
            Facts((("Until", duel.ends_at),)),
        ),
        replaces=False,
    )


def result(duel: Duel, told: Sequence[tuple[str, str]]) -> Panel:
    """For everybody: who won, and how both did; the answer stays out of it."""
    winner = next((one.name for one in duel.members if one.id == duel.winner), None)
    presses: list[Press] = []
    if isinstance(duel.stored.item, Question):
        presses.append(Press(label="Show the answer", name="duel.review", arguments=(str(duel.id),)))
    return Panel(
        title=title(duel),
        blocks=(
            Facts(
                (
                    ("Result", f"{winner} wins" if winner else "a draw"),
                    *told,
                    ("About", _what(duel)),
                )
            ),
        ),
        presses=(tuple(presses),) if presses else (),
        public=True,
        replaces=False,
        tone=Tone.GOOD,
        footer="" if duel.counted else "This duel did not count for ratings and badges.",
    )


def answer(duel: Duel, member: int, *, replaces: bool) -> Panel:
    """The question explained, for one of the two; ``replaces`` it when it was just answered."""
    side = duel.sides.get(member)
    asks = duel.stored.as_question
    return Panel(
        title=f"Duel: {asks.meta.topic}",
        blocks=explained(asks, duel.id, side.chosen if side else frozenset(), side.typed if side else ""),
        footer="The result is told to everybody in the channel.",
        replaces=replaces,
    )


def history(duels: Sequence[Duel], member: int, names: Sequence[tuple[str, int, int, int]]) -> Panel:
    """What runs, the tally against each other member, and the latest duels."""
    live = [duel for duel in duels if duel.state in (DuelState.INVITED, DuelState.OPEN)]
    over = [duel for duel in duels if duel.state is DuelState.OVER][:SHOWN]
    blocks: list[Block] = []
    if not duels:
        blocks.append(Prose("No duels yet. `/duel` with a member's name invites them."))
    if names:
        rows = tuple((name, str(won), str(drawn), str(lost)) for name, won, drawn, lost in names)
        blocks.append(Table(("Against", "Won", "Drawn", "Lost"), rows, frozenset({1, 2, 3})))
    if over:
        blocks.append(
            Table(
                ("Latest", "Against", "Result"),
                tuple(
                    (
                        f"{duel.finished_at:%d %b}" if duel.finished_at else "",
                        other(duel, member),
                        "draw" if duel.winner is None else "won" if duel.winner == member else "lost",
                    )
                    for duel in over
                ),
            )
        )
    presses = [
        Press(
            label=f"{'Play' if duel.state is DuelState.OPEN else 'Accept'}: {other(duel, member)}"[:75],
            name="duel.play" if duel.state is DuelState.OPEN else "duel.accept",
            arguments=(str(duel.id),),
            tone=Tone.MAIN,
        )
        for duel in live
        if duel.state is DuelState.OPEN or duel.second.id == member
    ]
    waiting = sum(duel.state is DuelState.INVITED and duel.first.id == member for duel in live)
    if waiting:
        blocks.append(Prose(f"{count(waiting, 'invitation')} of yours not answered yet."))
    return Panel(title="Duels", blocks=tuple(blocks), presses=in_rows(presses[:10]))


def other(duel: Duel, member: int) -> str:
    """The name of the other one."""
    return duel.second.name if duel.first.id == member else duel.first.name
