"""Receipts and verdicts as cards of components."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.grading import CodeError, Judgement, TestOutcome, Verdict
from bot.locales import msgid, tr
from bot.platforms.discord.buttons import Button
from bot.platforms.discord.cards import BLUE, GOLD, GREEN, RED, actions, streak_line
from bot.platforms.discord.layout import Card, Line
from bot.platforms.discord.text import Code, Part, Prose, amount, inline_code, plain
from bot.services import cards

MOST_TESTS = 12
"""Tests that are listed; failed ones come first."""

VERDICT_WORDS = {
    Verdict.ACCEPTED: msgid("✅ Accepted"),
    Verdict.WRONG_ANSWER: msgid("❌ Wrong answer"),
    Verdict.TIME_LIMIT: msgid("⏱️ Time limit"),
    Verdict.MEMORY_LIMIT: msgid("📦 Memory limit"),
    Verdict.OUTPUT_LIMIT: msgid("📜 Output limit"),
    Verdict.RUNTIME_ERROR: msgid("💥 Runtime error"),
    Verdict.COMPILE_ERROR: msgid("🧩 Does not compile"),
    Verdict.INTERNAL_ERROR: msgid("🛠️ Our fault"),
}
"""Each verdict as a person reads it."""

OUTCOME_WORDS = {
    TestOutcome.PASSED: msgid("passed"),
    TestOutcome.FAILED: msgid("failed"),
    TestOutcome.ERROR: msgid("raised an error"),
    TestOutcome.MISSING: msgid("did not run"),
}


def receipt(card: cards.Receipt) -> Card:
    """Said at once; the verdict takes its place."""
    queue = tr("Next in the queue.")
    if card.waiting:
        queue = tr("{submissions} ahead in the queue.", submissions=amount(card.waiting, "submission"))
    pieces: list[Part] = [Prose(f"{queue} {tr('The verdict appears here.')}")]
    if card.note:
        pieces.append(Prose(tr(card.note)))
    return Card(_heading(f"⏳ {tr('Grading your code')}", card), BLUE, list(pieces))


def verdict(card: cards.VerdictCard) -> Card:
    """The verdict with all that the judgement lets its author see."""
    judgement = card.judgement
    good, ours = judgement.accepted, judgement.verdict is Verdict.INTERNAL_ERROR
    points = f", +{amount(card.points, 'point')}" if card.points else ""
    pieces: list[Part | Line | Sequence[Button]] = [Prose(plain(tr(judgement.headline), 600))]
    pieces.extend(_what_happened(judgement))
    pieces.extend(_tests(judgement))
    if judgement.stdout:
        pieces.append(Code(judgement.stdout, "text", bold("It printed")))
    if card.note:
        pieces.append(Prose(plain(tr(card.note), 400)))
    if not judgement.ranked:
        pieces.append(Prose(tr("Practice: no ranked points.")))
    if not good:
        pieces.append(actions(card.challenge, hints=0 if ours else 1, again=card.submission))
    return Card(
        _heading(f"{tr(VERDICT_WORDS[judgement.verdict])}{points}", card),
        GREEN if good else GOLD if ours else RED,
        list(pieces),
        _foot(card),
    )


def short_verdict(card: cards.VerdictCard, above: str) -> Card:
    """For a channel that others read: what came out, without the code and its output."""
    points = f", +{amount(card.points, 'point')}" if card.points else ""
    return Card(
        _heading(f"{tr(VERDICT_WORDS[card.judgement.verdict])}{points}", card),
        GREEN if card.judgement.accepted else RED,
        [] if card.judgement.accepted else [actions(card.challenge, hints=0, again=card.submission)],
        _foot(card),
        above,
    )


def bold(sentence: str) -> str:
    """What stands above a block of code."""
    return f"**{tr(sentence)}**"


def _heading(words: str, card: cards.Receipt | cards.VerdictCard) -> str:
    return f"### {words}\n-# {plain(card.title, 150)} · {tr('attempt {number}', number=card.attempt)}"


def _what_happened(judgement: Judgement) -> list[Part]:
    parts: list[Part] = []
    if judgement.call:
        parts.append(Code(judgement.call, "python", bold("Input")))
    if judgement.diff:
        parts.append(Code(judgement.diff, "diff", bold("Expected and got")))
    elif judgement.expected or judgement.got:
        parts.append(Code(judgement.expected or tr("(nothing)"), "text", bold("Expected")))
        parts.append(Code(judgement.got or tr("(nothing)"), "text", bold("Got")))
    error = judgement.error
    if error is not None:
        parts.append(Prose(_error_line(error)))
        if error.caret:
            parts.append(Code(error.caret, "python"))
        if error.trace or error.message:
            parts.append(Code(error.trace or error.message, "text"))
    return parts


def _error_line(error: CodeError) -> str:
    kind = f"**{plain(error.type)}**"
    if not error.line:
        return kind
    if not error.file:
        return tr("{error} on line {line}", error=kind, line=error.line)
    return tr("{error} on line {line} of {file}", error=kind, line=error.line, file=inline_code(error.file))


def _tests(judgement: Judgement) -> list[Part]:
    if not judgement.total:
        return []
    tests = amount(judgement.total, "test")
    counted = f"**{tr('{passed} of {tests} passed', passed=judgement.passed, tests=tests)}**"
    failed_first = sorted(judgement.tests, key=lambda test: test.outcome is TestOutcome.PASSED)
    lines = [counted]
    for test in failed_first[:MOST_TESTS]:
        sign = "✅" if test.outcome is TestOutcome.PASSED else "❌"
        why = f": {plain(test.message, 160)}" if test.message else ""
        lines.append(f"{sign} {inline_code(test.name)} {tr(OUTCOME_WORDS[test.outcome])}{why}")
    if len(judgement.tests) > MOST_TESTS:
        lines.append(tr("and {number} more", number=len(judgement.tests) - MOST_TESTS))
    return [Prose("\n".join(lines))]


def _foot(card: cards.VerdictCard) -> str:
    usage = card.judgement.usage
    told = []
    if usage.wall_ms and card.judgement.verdict is not Verdict.INTERNAL_ERROR:
        told += [f"CPU {usage.cpu_ms:,.0f} ms", f"{usage.memory_mb:.1f} MB"]
    if card.streak:
        told.append(streak_line(card.streak))
    return " · ".join(told)
