"""``/bank stats``: what first attempts say about a bank's questions, worst first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.content import Question
from bot.domain.options import LETTERS
from bot.domain.quality import SEVERITY, WORDS, Quality, judge
from bot.domain.wording import count
from bot.services.communities import admins_only
from bot.services.errors import NotFound
from bot.services.learning.drawing import in_rows
from bot.services.learning.study import number
from bot.services.panels import (
    Block,
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
    Tone,
)
from bot.services.ports import Begin, UnitOfWork
from bot.services.question_preview import FLAG, preview_press, void_press
from bot.services.records import Bank, StoredItem

MOST_SHOWN = 10

COMMAND = PanelCommand(
    name="bank",
    word="stats",
    summary="Which questions look wrong, by everybody's first attempts",
    options=(Option(name="bank", summary="Which bank", completes="banks"),),
    admin=True,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A question of a bank with its statistics."""

    stored: StoredItem
    quality: Quality

    @property
    def question(self) -> Question:
        """The question."""
        return self.stored.as_question


class QualityService:
    """Statistics of questions. They are over the whole installation and name no member."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    @property
    def feature(self) -> Feature:
        """The admins' command and its buttons."""
        return Feature(
            commands=((COMMAND, self.open),),
            presses={"quality.show": self.show, "quality.bank": self.again},
        )

    async def report(self, name: str) -> Sequence[Judged]:
        """Every question of a bank that was tried, the worst findings first. Raises ``NotFound``."""
        async with self._begin() as work:
            banks = [bank for bank in await work.bank.banks(None) if bank.name == name]
            if not banks:
                raise NotFound("unknown_bank", f"There is no bank called {name[:60]!r}.")
            return [judged for bank in banks for judged in await _judged(work, bank)]

    async def open(self, request: OpenPanel) -> Panel:
        """The questions of a bank that look wrong. Raises ``NotAllowed`` and ``NotFound``."""
        admins_only(request.actor)
        wanted = request.values.get("bank", "").strip()
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            banks = await work.bank.banks(place.community.id)
            named = [bank for bank in banks if not wanted or bank.name == wanted]
            if not named:
                known = ", ".join(bank.name for bank in banks) or "none yet"
                raise NotFound(
                    "unknown_bank", f"There is no bank called {wanted[:60]!r}. Known banks: {known}."
                )
            if len(named) > 1:
                return _which(named)
            return _page(named[0], await _judged(work, named[0]))

    async def again(self, request: PressPanel) -> Panel:
        """The bank's page, from a question's."""
        async with self._begin() as work:
            bank = await self._bank(work, request)
            return _page(bank, await _judged(work, bank))

    async def show(self, request: PressPanel) -> Panel:
        """One question with its options."""
        async with self._begin() as work:
            bank = await self._bank(work, request)
            wanted = number(request, 1)
            for judged in await _judged(work, bank):
                if judged.stored.question == wanted:
                    return _question_page(bank, judged)
        raise NotFound("unknown_question", "That question is not here any more. Type `/bank stats`.")

    async def _bank(self, work: UnitOfWork, request: PressPanel) -> Bank:
        admins_only(request.actor)
        place = await work.directory.enter(request.actor)
        for bank in await work.bank.banks(place.community.id):
            if bank.id == number(request, 0):
                return bank
        raise NotFound("unknown_bank", "That bank is not here any more. Type `/bank stats`.")


async def _judged(work: UnitOfWork, bank: Bank) -> list[Judged]:
    sums = await work.quality.sums(bank.id)
    items = [stored for stored in await work.bank.items(bank.id) if stored.question in sums]
    found = [
        Judged(stored, judge(stored.as_question, sums[stored.question]))
        for stored in items
        if isinstance(stored.item, Question)
    ]
    return sorted(found, key=_worst_first)


def _worst_first(judged: Judged) -> tuple[int, int, str]:
    findings = judged.quality.findings
    worst = SEVERITY.index(findings[0][0]) if findings else len(SEVERITY)
    return worst, -judged.quality.attempts, judged.stored.item.meta.key


def _which(banks: Sequence[Bank]) -> Panel:
    presses = [
        Press(label=bank.name[:75], name="quality.bank", arguments=(str(bank.id),)) for bank in banks[:20]
    ]
    return Panel(
        title="Which bank?", blocks=(Prose("Several banks are in use here."),), presses=in_rows(presses)
    )


def _page(bank: Bank, judged: Sequence[Judged]) -> Panel:
    attempts = sum(one.quality.attempts for one in judged)
    wrong = [one for one in judged if one.quality.findings]
    told = f"{count(attempts, 'first attempt')} at {count(len(judged), 'question')}."
    blocks: list[Block] = [Prose(f"{told} **{count(len(wrong), 'question')}** to look at.")]
    shown = (wrong or list(judged))[:MOST_SHOWN]
    if shown:
        rows = tuple(
            (
                str(place),
                one.question.meta.title_within(40),
                f"{one.quality.facility:.0%} of {one.quality.attempts}",
                WORDS[one.quality.findings[0][0]] if one.quality.findings else "fine",
            )
            for place, one in enumerate(shown, start=1)
        )
        blocks.append(Table(("", "Question", "Right", "Finding"), rows, frozenset({0, 2})))
    presses = [
        Press(label=str(place), name="quality.show", arguments=(str(bank.id), str(one.stored.question)))
        for place, one in enumerate(shown, start=1)
    ]
    return Panel(
        title=f"Statistics: {bank.name}",
        blocks=tuple(blocks),
        presses=in_rows(presses),
        footer="First attempts only, of everybody on this installation.",
    )


def _question_page(bank: Bank, judged: Judged) -> Panel:
    quality, question = judged.quality, judged.question
    blocks: list[Block] = [Prose(question.prompt)]
    for finding, said in quality.findings:
        blocks.append(Prose(f"**{WORDS[finding].capitalize()}.** {said}"))
    blocks.append(
        Facts(
            (
                ("First attempts", str(quality.attempts)),
                ("Right", f"{quality.facility:.0%}"),
                ("Discrimination (-1 to 1)", _signed(quality.discrimination)),
                (
                    "Time (median)",
                    f"{quality.seconds:.0f} s ({quality.timed} timed)"
                    if quality.seconds is not None
                    else "not known",
                ),
            )
        )
    )
    if quality.options:
        rows = tuple(
            (
                f"{LETTERS[one.position]}{' (key)' if one.position in question.right else ''}",
                " ".join(question.options[one.position].text.split())[:40],
                f"{one.share:.0%}",
                f"{one.able_share:.0%}",
                _signed(one.correlation),
            )
            for one in quality.options
        )
        head = ("", "Option", "Chosen", "Abler third", "Corr.")
        blocks.append(Table(head, rows, frozenset({2, 3, 4})))
    return Panel(
        title=question.meta.title,
        blocks=tuple(blocks),
        presses=(
            (
                Press(label="Back", name="quality.bank", arguments=(str(bank.id),)),
                preview_press(judged.stored),
                Press(label="Flag", name=FLAG, arguments=(str(judged.stored.question),), asks=True),
                void_press(judged.stored),
            ),
        ),
        footer=f"{bank.name}/{question.meta.key} · options in the author's order",
        tone=Tone.BAD if quality.findings else Tone.PLAIN,
    )


def _signed(value: float | None) -> str:
    return "-" if value is None else f"{value:+.2f}"
