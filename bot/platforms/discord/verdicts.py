"""Receipts and verdicts as cards of components."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.grading import Judgement, TestOutcome, Verdict
from bot.platforms.discord.buttons import Button
from bot.platforms.discord.cards import BLUE, GOLD, GREEN, RED, actions
from bot.platforms.discord.layout import Card, Line
from bot.platforms.discord.text import Code, Part, Prose, amount, inline_code, plain
from bot.services import cards

MOST_TESTS = 12
"""Tests that are listed; failed ones come first."""

VERDICT_WORDS = {
    Verdict.ACCEPTED: "✅ Accepted",
    Verdict.WRONG_ANSWER: "❌ Wrong answer",
    Verdict.TIME_LIMIT: "⏱️ Time limit",
    Verdict.MEMORY_LIMIT: "📦 Memory limit",
    Verdict.OUTPUT_LIMIT: "📜 Output limit",
    Verdict.RUNTIME_ERROR: "💥 Runtime error",
    Verdict.COMPILE_ERROR: "🧩 Does not compile",
    Verdict.INTERNAL_ERROR: "🛠️ Our fault",
}
"""Each verdict as a person reads it."""

OUTCOME_WORDS = {
    TestOutcome.PASSED: "passed",
    TestOutcome.FAILED: "failed",
    TestOutcome.ERROR: "raised an error",
    TestOutcome.MISSING: "did not run",
}


def receipt(card: cards.Receipt) -> Card:
    """Said at once; the verdict takes its place."""
    queue = (
        f"{amount(card.waiting, 'submission')} ahead in the queue." if card.waiting else "Next in the queue."
    )
    pieces: list[Part] = [Prose(f"{queue} The verdict appears here.")]
    if card.note:
        pieces.append(Prose(card.note))
    return Card(_heading("⏳ Grading your code", card), BLUE, list(pieces))


def verdict(card: cards.VerdictCard, above: str = "") -> Card:
    """The verdict with all that the judgement lets its author see."""
    judgement = card.judgement
    good, ours = judgement.accepted, judgement.verdict is Verdict.INTERNAL_ERROR
    points = f", +{amount(card.points, 'point')}" if card.points else ""
    pieces: list[Part | Line | Sequence[Button]] = [Prose(plain(judgement.headline, 600))]
    pieces.extend(_what_happened(judgement))
    pieces.extend(_tests(judgement))
    if judgement.stdout:
        pieces.append(Code(judgement.stdout, "text", "**It printed**"))
    if card.note:
        pieces.append(Prose(plain(card.note, 400)))
    if not judgement.ranked:
        pieces.append(Prose("Practice: no ranked points."))
    if not good:
        pieces.append(actions(card.challenge, hints=0 if ours else 1, again=card.submission))
    return Card(
        _heading(f"{VERDICT_WORDS[judgement.verdict]}{points}", card),
        GREEN if good else GOLD if ours else RED,
        list(pieces),
        _foot(card),
        above,
    )


def short_verdict(card: cards.VerdictCard, above: str) -> Card:
    """For a channel that others read: what came out, without the code and its output."""
    points = f", +{amount(card.points, 'point')}" if card.points else ""
    return Card(
        _heading(f"{VERDICT_WORDS[card.judgement.verdict]}{points}", card),
        GREEN if card.judgement.accepted else RED,
        [] if card.judgement.accepted else [actions(card.challenge, hints=0, again=card.submission)],
        _foot(card),
        above,
    )


def _heading(words: str, card: cards.Receipt | cards.VerdictCard) -> str:
    return f"### {words}\n-# {plain(card.title, 150)} · attempt {card.attempt}"


def _what_happened(judgement: Judgement) -> list[Part]:
    parts: list[Part] = []
    if judgement.call:
        parts.append(Code(judgement.call, "python", "**Input**"))
    if judgement.diff:
        parts.append(Code(judgement.diff, "diff", "**Expected and got**"))
    elif judgement.expected or judgement.got:
        parts.append(Code(judgement.expected or "(nothing)", "text", "**Expected**"))
        parts.append(Code(judgement.got or "(nothing)", "text", "**Got**"))
    error = judgement.error
    if error is not None:
        place = f" on line {error.line}" if error.line else ""
        place += f" of {inline_code(error.file)}" if place and error.file else ""
        parts.append(Prose(f"**{plain(error.type)}**{place}"))
        if error.caret:
            parts.append(Code(error.caret, "python"))
        if error.trace or error.message:
            parts.append(Code(error.trace or error.message, "text"))
    return parts


def _tests(judgement: Judgement) -> list[Part]:
    if not judgement.total:
        return []
    counted = f"**{judgement.passed} of {amount(judgement.total, 'test')} passed**"
    failed_first = sorted(judgement.tests, key=lambda test: test.outcome is TestOutcome.PASSED)
    lines = [counted]
    for test in failed_first[:MOST_TESTS]:
        sign = "✅" if test.outcome is TestOutcome.PASSED else "❌"
        why = f": {plain(test.message, 160)}" if test.message else ""
        lines.append(f"{sign} {inline_code(test.name)} {OUTCOME_WORDS[test.outcome]}{why}")
    if len(judgement.tests) > MOST_TESTS:
        lines.append(f"and {len(judgement.tests) - MOST_TESTS} more")
    return [Prose("\n".join(lines))]


def _foot(card: cards.VerdictCard) -> str:
    usage = card.judgement.usage
    told = []
    if usage.wall_ms and card.judgement.verdict is not Verdict.INTERNAL_ERROR:
        told += [f"CPU {usage.cpu_ms:,.0f} ms", f"{usage.memory_mb:.1f} MB"]
    if card.streak:
        told.append(f"🔥 streak: {amount(card.streak, 'day')}")
    return " · ".join(told)
