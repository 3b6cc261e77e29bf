"""What first attempts say about a question: facility, discrimination, options, time, and what looks wrong.

The measures are those of classical test theory. A member's ability is the share of their *other* first
attempts that were right, known from ``KNOWN_FROM`` of them on. Discrimination is the point-biserial
correlation between being right and ability; the same is computed for having chosen each option.
Everything is computed from sums, so that a database can add up any number of attempts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.content import Question

KNOWN_FROM = 5
"""Other first attempts from which a member's ability counts."""
ENOUGH = 20
"""Attempts (by members of known ability) below which nothing is said about a key."""
ENOUGH_FOR_DEAD = 50
RARELY = 0.02
"""An option chosen by less than this share of everybody is dead: it makes nobody think."""
SPLIT = 0.35
"""Two options that the abler third both choose at least this often compete for being right."""
WEAK = 0.1
TOO_EASY, TOO_HARD = 0.95, 0.15


@dataclass(frozen=True, slots=True)
class Sums:
    """Attempts added up: how many, and over those of known ability their number, sum and sum of squares."""

    count: int = 0
    known: int = 0
    ability: float = 0.0
    squares: float = 0.0


@dataclass(frozen=True, slots=True)
class OptionSums:
    """Who chose an option (its position in the author's order), and how many of the abler third did."""

    position: int
    chosen: Sums
    able: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSums:
    """Everything that is added up for one question. ``able`` is how many attempts the abler third made;
    ``seconds`` is the median, None when no time is known.
    """

    every: Sums
    right: Sums
    able: int = 0
    options: tuple[OptionSums, ...] = ()
    seconds: float | None = None
    timed: int = 0


class Finding(StrEnum):
    """What looks wrong with a question."""

    WRONG_KEY = "likely_wrong_key"
    AMBIGUOUS = "ambiguous_options"
    DEAD = "dead_distractor"
    WEAK = "does_not_discriminate"
    EASY = "too_easy"
    HARD = "too_hard"


WORDS = {
    Finding.WRONG_KEY: "the key is likely wrong",
    Finding.AMBIGUOUS: "two options compete for being right",
    Finding.DEAD: "an option is hardly ever chosen",
    Finding.WEAK: "able members are right no more often than others",
    Finding.EASY: "nearly everybody is right",
    Finding.HARD: "nearly nobody is right",
}
SEVERITY = tuple(Finding)
"""Worst first."""


@dataclass(frozen=True, slots=True)
class OptionUse:
    """How an option is used: its share of all, of the abler third, and the correlation with ability."""

    position: int
    share: float
    able_share: float
    correlation: float | None


@dataclass(frozen=True, slots=True)
class Quality:
    """A question's statistics. ``discrimination`` is None when it cannot be told."""

    attempts: int
    facility: float
    discrimination: float | None
    options: tuple[OptionUse, ...]
    seconds: float | None
    timed: int
    findings: tuple[tuple[Finding, str], ...]
    """What looks wrong, worst first, each with a sentence that names the options."""


def correlation(everybody: Sums, these: Sums) -> float | None:
    """The point-biserial correlation between belonging to ``these`` and ability; None when all or none
    belong, or all are equally able.
    """
    n, m = everybody.known, these.known
    if not 0 < m < n:
        return None
    variance = everybody.squares / n - (everybody.ability / n) ** 2
    if variance <= 1e-12:
        return None
    others = (everybody.ability - these.ability) / (n - m)
    share = m / n
    return (these.ability / m - others) / math.sqrt(variance) * math.sqrt(share * (1 - share))


def judge(question: Question, sums: QuestionSums) -> Quality:
    """The statistics of a question, and what looks wrong with it."""
    attempts = sums.every.count
    known = {one.position: one for one in sums.options}
    options = tuple(
        _use(position, known.get(position, OptionSums(position, Sums(), 0)), sums)
        for position in range(len(question.options))
    )
    facility = sums.right.count / attempts if attempts else 0.0
    discrimination = correlation(sums.every, sums.right)
    return Quality(
        attempts=attempts,
        facility=facility,
        discrimination=discrimination,
        options=options,
        seconds=sums.seconds,
        timed=sums.timed,
        findings=tuple(_findings(question, sums, options, facility, discrimination)),
    )


def _use(position: int, one: OptionSums, sums: QuestionSums) -> OptionUse:
    return OptionUse(
        position,
        one.chosen.count / sums.every.count if sums.every.count else 0.0,
        one.able / sums.able if sums.able else 0.0,
        correlation(sums.every, one.chosen),
    )


def _findings(
    question: Question,
    sums: QuestionSums,
    options: Sequence[OptionUse],
    facility: float,
    discrimination: float | None,
) -> list[tuple[Finding, str]]:
    found: list[tuple[Finding, str]] = []
    wrong = [one for one in options if one.position not in question.right]
    if sums.every.known >= ENOUGH:
        key = _key_finding(question, options, wrong, discrimination)
        if key is not None:
            found.append(key)
        elif discrimination is not None and discrimination < WEAK and RARELY < facility < TOO_EASY:
            found.append((Finding.WEAK, f"Discrimination is {discrimination:+.2f}."))
    if sums.every.count >= ENOUGH_FOR_DEAD:
        dead = [one for one in wrong if one.share < RARELY]
        if dead:
            found.append((Finding.DEAD, f"Hardly anybody chose {_named(question, dead)}."))
    if sums.every.count >= ENOUGH and facility > TOO_EASY:
        found.append((Finding.EASY, f"{facility:.0%} are right at the first attempt."))
    if sums.every.count >= ENOUGH and facility < TOO_HARD:
        found.append((Finding.HARD, f"{facility:.0%} are right at the first attempt."))
    return sorted(found, key=lambda one: SEVERITY.index(one[0]))


def _key_finding(
    question: Question,
    options: Sequence[OptionUse],
    wrong: Sequence[OptionUse],
    discrimination: float | None,
) -> tuple[Finding, str] | None:
    """A rival of the key: an option that the abler third prefers to it, or shares it with."""
    keys = [one for one in options if one.position in question.right]
    if not wrong or not keys:
        return None
    rival = max(wrong, key=lambda one: one.able_share)
    key = min(keys, key=lambda one: one.able_share)
    weak = discrimination is None or discrimination < 2 * WEAK
    if weak and rival.able_share >= SPLIT and key.able_share >= SPLIT:
        return (
            Finding.AMBIGUOUS,
            f"The abler third is split between the key ({key.able_share:.0%}) and "
            f"{_named(question, [rival])} ({rival.able_share:.0%}).",
        )
    drawn = rival.correlation is not None and rival.correlation > 0
    if drawn and discrimination is not None and discrimination < 0 and rival.able_share > key.able_share:
        return (
            Finding.WRONG_KEY,
            f"The abler third chose {_named(question, [rival])} ({rival.able_share:.0%}) "
            f"rather than the key ({key.able_share:.0%}), and being right goes with knowing less.",
        )
    return None


def _named(question: Question, options: Sequence[OptionUse]) -> str:
    return " and ".join(f"“{_short(question.options[one.position].text)}”" for one in options)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
