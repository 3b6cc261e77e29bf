"""How an exam looks: what there is to take, a question, the list of questions, the result, the review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.content import Blueprint
from bot.domain.exams import Score
from bot.domain.options import LETTERS, shown_order
from bot.domain.wording import count
from bot.services.learning.drawing import asked, explained, in_rows, letters
from bot.services.learning.records import Exam, ExamItem, OfferedExam, PastExam
from bot.services.panels import Block, Code, Facts, Panel, Press, Prose, Table, Tone

MOST_JUMPS = 15
"""Questions that the list gives a button: those that are open or flagged first."""
MOST_OFFERED = 10


def seed(exam: Exam, item: ExamItem) -> int:
    """What the order of a question's options hangs on: the exam and its place, so that it never changes."""
    return exam.id * 1_000 + item.place


def _key(exam: Exam, place: int | str, *more: str) -> tuple[str, ...]:
    return (str(exam.id), str(place), *more)


def offer(offered: Sequence[OfferedExam], past: Sequence[PastExam], topics: Sequence[str]) -> Panel:
    """What can be taken, and how it went before."""
    blocks: list[Block] = []
    if offered:
        lines = [
            f"**{one.blueprint.title}**: {count(one.blueprint.count, 'question')}, "
            f"{one.blueprint.minutes} minutes, {one.blueprint.pass_mark} % to pass."
            f"{' ' + one.blueprint.description if one.blueprint.description else ''}"
            for one in offered
        ]
        blocks.append(Prose("\n\n".join(lines)))
    else:
        blocks.append(Prose("No bank here has an exam. Put one together from topics."))
    named = ", ".join(topics[:12]) or "python"
    blocks.append(
        Prose(
            f"Or of your own: `/exam topics:{','.join(topics[:2]) or 'python'} number:10 minutes:15`. "
            f"Topics: {named}."
        )
    )
    if past:
        blocks.append(_past(past))
    starts = [
        Press(
            label=f"Start {one.blueprint.title}"[:75],
            name="exam.start",
            arguments=(str(one.id),),
            tone=Tone.MAIN,
        )
        for one in offered[:MOST_OFFERED]
    ]
    results = [
        Press(label=f"Result {place}", name="exam.result", arguments=(str(one.id),))
        for place, one in enumerate(past, start=1)
    ][:5]
    return Panel(
        title="Exams",
        blocks=tuple(blocks),
        presses=(*in_rows(starts), *((tuple(results),) if results else ())),
        footer="The clock starts with the first question. Nobody else sees your exams unless you share one.",
    )


def _past(past: Sequence[PastExam]) -> Table:
    rows = tuple(
        (str(place), one.title[:40], f"{one.finished_at:%d %b %Y}", f"{_percent(one)} %")
        for place, one in enumerate(past[:5], start=1)
    )
    return Table(("", "Exam", "Taken", "Right"), rows, frozenset({3}))


def _percent(past: PastExam) -> int:
    return past.right * 100 // past.asked if past.asked else 0


def question(exam: Exam, place: int, said: str = "") -> Panel:
    """One question, with the answer as it stands. Nothing in it depends on what is right."""
    item = exam.items[place - 1]
    asks = item.stored.as_question
    total = len(exam.items)
    blocks: list[Block] = [Prose(said)] if said else []
    blocks += asked(asks, seed(exam, item), item.chosen)
    if item.typed:
        blocks += [Prose("**Your answer**"), Code(item.typed)]
    blocks.append(Facts((("Time is up", exam.ends_at),)))
    rows: list[tuple[Press, ...]] = []
    if asks.options:
        order = shown_order(asks, seed(exam, item))
        picked = {LETTERS[at] for at, position in enumerate(order) if position in item.chosen}
        rows += in_rows(
            [
                Press(
                    label=letter,
                    name="exam.choose",
                    arguments=_key(exam, place, letter),
                    tone=Tone.MAIN if letter in picked else Tone.PLAIN,
                )
                for letter in letters(asks)
            ]
        )
    else:
        rows.append(
            (
                Press(
                    label="Change the output" if item.typed else "Type the output",
                    name="exam.type",
                    arguments=_key(exam, place),
                    asks=True,
                    tone=Tone.PLAIN if item.typed else Tone.MAIN,
                ),
            )
        )
    rows.append(
        (
            Press(label="Back", name="exam.show", arguments=_key(exam, place - 1, "b"), disabled=place == 1),
            Press(
                label="Remove flag" if item.flagged else "Flag for later",
                name="exam.flag",
                arguments=_key(exam, place, "0" if item.flagged else "1"),
            ),
            Press(
                label="Next",
                name="exam.show",
                arguments=_key(exam, place + 1, "n"),
                tone=Tone.MAIN if item.answered else Tone.PLAIN,
                disabled=place == total,
            ),
            Press(
                label="All questions",
                name="exam.list",
                arguments=(str(exam.id),),
                tone=Tone.MAIN if place == total and item.answered else Tone.PLAIN,
            ),
        )
    )
    several = " · several options may be right" if len(asks.right) > 1 else ""
    flagged = " · flagged" if item.flagged else ""
    done = sum(one.answered for one in exam.items)
    return Panel(
        title=f"Question {place} of {total}",
        blocks=tuple(blocks),
        presses=tuple(rows),
        footer=f"{exam.blueprint.title} · {done} of {total} answered{several}{flagged}",
    )


def overview(exam: Exam) -> Panel:
    """All questions and where they stand, and the way to hand in."""
    rows = tuple(
        (str(item.place), item.stored.item.meta.title_within(48), _standing(item)) for item in exam.items
    )
    open_first = sorted(exam.items, key=lambda item: (item.answered and not item.flagged, item.place))
    jumps = [
        Press(
            label=f"{item.place}{' flagged' if item.flagged else ''}",
            name="exam.show",
            arguments=_key(exam, item.place, "l"),
        )
        for item in sorted(open_first[:MOST_JUMPS], key=lambda item: item.place)
    ]
    done = sum(item.answered for item in exam.items)
    whole = done == len(exam.items)
    return Panel(
        title=exam.blueprint.title,
        blocks=(
            Table(("", "Question", "State"), rows, frozenset({0})),
            Facts((("Answered", f"{done} of {len(exam.items)}"), ("Time is up", exam.ends_at))),
        ),
        presses=(
            *in_rows(jumps),
            (
                Press(
                    label="Hand in",
                    name="exam.finish",
                    arguments=(str(exam.id), "" if not whole else "sure"),
                    tone=Tone.MAIN if whole else Tone.PLAIN,
                ),
            ),
        ),
        footer="Answers can be changed until you hand in or the time is up.",
    )


def _standing(item: ExamItem) -> str:
    state = "answered" if item.answered else "open"
    return f"{state}, flagged" if item.flagged else state


def confirm(exam: Exam) -> Panel:
    """Some questions have no answer yet."""
    missing = sum(not item.answered for item in exam.items)
    return Panel(
        title="Hand in?",
        blocks=(
            Prose(f"**{count(missing, 'question')}** without an answer would count as wrong."),
            Facts((("Time is up", exam.ends_at),)),
        ),
        presses=(
            (
                Press(label="Go on", name="exam.list", arguments=(str(exam.id),), tone=Tone.MAIN),
                Press(
                    label="Hand in anyway",
                    name="exam.finish",
                    arguments=(str(exam.id), "sure"),
                    tone=Tone.BAD,
                ),
            ),
        ),
    )


def result(exam: Exam, score: Score, before: Sequence[PastExam], *, by_time: bool) -> Panel:
    """What it was worth, domain by domain, and against earlier tries."""
    wrong = [item for item in exam.items if not item.correct]
    passed = "Passed" if score.passed else "Not passed"
    pairs: list[tuple[str, str | datetime]] = [
        ("Right", f"{score.right} of {score.asked} ({score.percent} %)"),
        ("Needed", f"{exam.blueprint.pass_mark} %"),
    ]
    if before:
        last, best = before[0], max(before, key=_percent)
        change = score.percent - _percent(last)
        pairs.append(("Last time", f"{_percent(last)} % ({change:+d} points since)"))
        pairs.append(("Best before", f"{_percent(best)} %"))
    pairs.append(("Time", _time_taken(exam)))
    presses = [
        Press(label="Review the answers", name="exam.review", arguments=_key(exam, 1, "a"), tone=Tone.MAIN)
    ]
    if wrong:
        first = _key(exam, wrong[0].place, "w")
        presses.append(Press(label=f"Only the {len(wrong)} wrong", name="exam.review", arguments=first))
    presses.append(Press(label="Share the result", name="exam.share", arguments=(str(exam.id),)))
    if exam.blueprint_id is not None:
        presses.append(Press(label="Take it again", name="exam.start", arguments=(str(exam.blueprint_id),)))
    ended = "Time was up. " if by_time else ""
    kept = " What you answered wrong is now in your `/review`." if any(i.answered for i in wrong) else ""
    return Panel(
        title=f"{passed}: {exam.blueprint.title}",
        blocks=(
            Prose(f"{ended}**{score.percent} %**.{kept}"),
            Facts(tuple(pairs)),
            domains(score),
        ),
        presses=(tuple(presses),),
        tone=Tone.GOOD if score.passed else Tone.BAD,
    )


def domains(score: Score) -> Table:
    """The score by domain."""
    rows = tuple(
        (one.name, f"{one.right} of {one.asked}", f"{one.right * 100 // one.asked} %")
        for one in score.domains
        if one.asked
    )
    return Table(("Domain", "Right", ""), rows, frozenset({1, 2}))


def _time_taken(exam: Exam) -> str:
    minutes, seconds = divmod(int(((exam.finished_at or exam.ends_at) - exam.started_at).total_seconds()), 60)
    return f"{minutes} min {seconds} s of {exam.blueprint.minutes} min"


def review(exam: Exam, place: int, which: str) -> Panel:
    """One question of a finished exam with why each option is as it is; ``which`` is a(ll) or w(rong)."""
    item = exam.items[place - 1]
    places = [one.place for one in exam.items if which == "a" or not one.correct]
    before = [one for one in places if one < place]
    after = [one for one in places if one > place]
    mark = "Right" if item.correct else "Wrong" if item.answered else "Not answered"
    return Panel(
        title=f"{place} of {len(exam.items)}: {mark}",
        blocks=explained(item.stored.as_question, seed(exam, item), item.chosen, item.typed),
        presses=(
            (
                Press(
                    label="Back",
                    name="exam.review",
                    arguments=_key(exam, before[-1] if before else place, which, "b"),
                    disabled=not before,
                ),
                Press(
                    label="Next",
                    name="exam.review",
                    arguments=_key(exam, after[0] if after else place, which, "n"),
                    tone=Tone.MAIN,
                    disabled=not after,
                ),
                Press(label="Result", name="exam.result", arguments=(str(exam.id),)),
            ),
        ),
        tone=Tone.GOOD if item.correct else Tone.BAD,
        footer=f"{exam.blueprint.title} · {exam.blueprint.domains[item.domain].name}",
    )


def shared(name: str, exam: Exam, score: Score) -> Panel:
    """The result for everybody: the score alone, never a question or an answer."""
    verb = "passed" if score.passed else "took"
    return Panel(
        title=f"Exam: {exam.blueprint.title}",
        blocks=(
            Facts(
                (
                    ("Member", name),
                    ("Result", f"{verb} with {score.percent} % ({score.right} of {score.asked})"),
                )
            ),
            domains(score),
        ),
        public=True,
        replaces=False,
        tone=Tone.GOOD if score.passed else Tone.PLAIN,
    )


def plan_line(blueprint: Blueprint, drawn: int) -> str:
    """Said with the first question when there are fewer questions than planned."""
    if drawn == blueprint.count:
        return ""
    return f"There are only {count(drawn, 'question')} of these topics here; the time stays the same."
