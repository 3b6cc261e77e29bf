"""What comes of answers and code as messages: verdicts, leaderboards, streaks, recaps."""

from __future__ import annotations

from bot.domain.boards import Scope
from bot.domain.grading import Judgement, TestOutcome, Verdict
from bot.domain.wording import count
from bot.platforms.slack import actions as does
from bot.platforms.slack.blocks import (
    Block,
    Card,
    Element,
    actions,
    button,
    card,
    code_block,
    context,
    header,
    moment,
    plain,
    rich,
    section,
    span,
    words,
)
from bot.platforms.slack.cards import day_text, review, titled
from bot.platforms.slack.markdown import elements
from bot.services import cards

VERDICT_WORDS = {
    Verdict.ACCEPTED: "✅ Accepted",
    Verdict.WRONG_ANSWER: "❌ Wrong answer",
    Verdict.TIME_LIMIT: "⏱️ Time limit",
    Verdict.MEMORY_LIMIT: "❌ Memory limit",
    Verdict.OUTPUT_LIMIT: "❌ Output limit",
    Verdict.RUNTIME_ERROR: "❌ Runtime error",
    Verdict.COMPILE_ERROR: "❌ Does not compile",
    Verdict.INTERNAL_ERROR: "🛠️ Our fault",
}
"""Each verdict as a person reads it."""
OUTCOME_WORDS = {
    TestOutcome.PASSED: "✅",
    TestOutcome.FAILED: "❌",
    TestOutcome.ERROR: "❌ raised an error:",
    TestOutcome.MISSING: "▫️ did not run:",
}
DAY_MARKS = {
    cards.DayState.KEPT: ("🟩", "kept"),
    cards.DayState.MISSED: ("🟥", "missed"),
    cards.DayState.FROZEN: ("🟦", "covered by a freeze"),
    cards.DayState.REPAIRED: ("🟨", "repaired"),
    cards.DayState.NO_ROUND: ("⬜", "no round"),
    cards.DayState.OPEN: ("⬛", "open"),
}
"""The square and the words of each state of a challenge day."""
PERIOD_WORDS = {
    cards.Period.TODAY: "Today",
    cards.Period.WEEK: "This week",
    cards.Period.MONTH: "This month",
    cards.Period.SEASON: "This season",
    cards.Period.ALL: "All time",
}
SCOPE_WORDS = {
    Scope.COMMUNITY: "",
    Scope.CHANNEL: ", this channel",
    Scope.LEAGUE: ", the league",
    Scope.TOPIC: ", ",
}
NAME = 24
"""Characters of a name in a leaderboard's line."""
MOST_TESTS = 25
"""Tests listed one by one; those that failed come first."""


def verdict(item: cards.VerdictCard) -> Card:
    """The verdict with everything that its author may see."""
    judged = item.judgement
    ours = judged.verdict is Verdict.INTERNAL_ERROR
    title = VERDICT_WORDS[judged.verdict]
    title += f", +{count(item.points, 'point')}" if item.points else ""
    body = [section(span(judged.headline))]
    body += _difference(judged) + _error(judged) + _tests(judged)
    if judged.stdout:
        body += [section(span("What it printed", bold=True)), code_block(judged.stdout)]
    code = [element for file in item.files for element in titled(file, "Your code: ")]
    controls = []
    if not judged.accepted:
        controls.append(button("Try again", does.submit(item.challenge), style="primary"))
    if not judged.accepted and not ours:
        controls.append(button("Hint", does.hint(item.challenge)))
    return card(
        f"{title}: {item.title}. {judged.headline}",
        words(title, bold=True),
        context(f"{item.title} · attempt {item.attempt}"),
        rich(*body),
        rich(*code) if code else None,
        words(item.note) if item.note else None,
        actions(*controls) if controls else None,
        _foot(item, ours=ours),
    )


def _difference(judged: Judgement) -> list[Element]:
    made: list[Element] = []
    if judged.call:
        made += [section(span("Input", bold=True)), code_block(judged.call)]
    if judged.diff:
        return [*made, section(span("Expected and got", bold=True)), code_block(judged.diff)]
    if judged.expected or judged.got:
        made += [section(span("Expected", bold=True)), code_block(judged.expected or "(nothing)")]
        made += [section(span("Got", bold=True)), code_block(judged.got or "(nothing)")]
    return made


def _error(judged: Judgement) -> list[Element]:
    error = judged.error
    if error is None:
        return []
    where = f" on line {error.line}" if error.line else ""
    where += f" of {error.file}" if error.line and error.file else ""
    made = [section(span(f"{error.type}{where}", bold=True))]
    made += [code_block(error.caret)] if error.caret else []
    return [*made, code_block(error.trace or error.message)]


def _tests(judged: Judgement) -> list[Element]:
    if not judged.total:
        return []
    made = [section(span(f"\n{judged.passed} of {count(judged.total, 'test')} passed", bold=True))]
    ordered = sorted(judged.tests, key=lambda test: test.outcome is TestOutcome.PASSED)
    for test in ordered[:MOST_TESTS]:
        runs = [span(f"{OUTCOME_WORDS[test.outcome]} "), span(test.name, code=True)]
        made.append(section(*runs, *([span(f"  {test.message}")] if test.message else [])))
    if len(ordered) > MOST_TESTS:
        made.append(section(span(f"and {len(ordered) - MOST_TESTS} more")))
    return made


def _foot(item: cards.VerdictCard, *, ours: bool) -> Block | None:
    usage = item.judgement.usage
    told = [] if item.judgement.ranked else ["Practice: no ranked points"]
    if usage.wall_ms and not ours:
        told += [f"CPU {usage.cpu_ms:,.0f} ms", f"{usage.memory_mb:.1f} MB"]
    told += [f"🔥 Streak: {count(item.streak, 'day')}"] if item.streak else []
    return context(" · ".join(told)) if told else None


def leaderboard(item: cards.LeaderboardPage) -> Card:
    """A page of ranks as an aligned table, with buttons for periods and pages."""
    title = f"🏆 Leaderboard: {PERIOD_WORDS[item.period]}{SCOPE_WORDS[item.scope]}{item.topic[:100]}"
    rows = list(item.rows)
    lines = [_line(row) for row in rows]
    if item.own and not any(row.is_reader for row in rows):
        lines += ["   ⋯", _line(item.own)]
    body = code_block("\n".join([f"{'':2}{'':>4}  {'Name':<{NAME}} Points Solved Streak", *lines]))
    if not lines:
        body = section(span("Nobody has earned points yet. The first right answer takes the lead."))
    pager = []
    if item.page > 1:
        pager.append(button("Previous", does.board(item.period, item.page - 1, item.scope, item.topic)))
    if item.page < item.pages:
        pager.append(button("Next", does.board(item.period, item.page + 1, item.scope, item.topic)))
    periods = {
        "type": "static_select",
        "action_id": does.board_period(item.scope, item.topic),
        "placeholder": plain("Period", 75),
        "options": [_period(period) for period in cards.Period],
        "initial_option": _period(item.period),
    }
    pages = f"Page {item.page} of {item.pages} · " if item.pages > 1 else ""
    return card(
        title,
        words(title, bold=True),
        rich(body),
        actions(periods, *pager),
        context(f"{pages}{count(item.members, 'member')} · {item.tie_break}"),
    )


def _period(period: cards.Period) -> Element:
    return {"text": plain(PERIOD_WORDS[period], 75), "value": str(period)}


def _line(row: cards.Standing) -> str:
    name = " ".join(row.name.split())
    name = name if len(name) <= NAME else f"{name[: NAME - 1]}…"
    mark = "> " if row.is_reader else "  "
    return f"{mark}{row.rank:>4}  {name:<{NAME}} {row.points:>6,} {row.solved:>6,} {row.streak:>6,}"


def streak(item: cards.StreakCard) -> Card:
    """A streak, with the days that explain it."""
    title = f"🔥 Your streak: {count(item.current, 'day')}"
    if not item.is_reader:
        title = f"🔥 {item.name}: a streak of {count(item.current, 'day')}"
    now: str | Element = ""
    if item.answered_today:
        now = "Today is done."
    elif item.closes_at:
        now = moment("Today is open until", item.closes_at)
    return card(
        title,
        words(title, bold=True),
        rich(*calendar(item)) if item.days else None,
        context(f"Longest: {count(item.longest, 'day')} · Freezes: {item.freezes}", now),
    )


def calendar(item: cards.StreakCard) -> list[Element]:
    """The last days as squares, what the squares mean, and the reason of each day that needs one."""
    squares = "".join(DAY_MARKS[day.state][0] for day in item.days)
    states = dict.fromkeys(day.state for day in item.days)
    legend = "   ".join(f"{DAY_MARKS[state][0]} {DAY_MARKS[state][1]}" for state in states)
    made = [
        section(span(f"{squares}\n{day_text(item.days[0].day)} to {day_text(item.days[-1].day)}\n{legend}"))
    ]
    told = [f"{day_text(day.day)}: {day.why}" for day in item.days if day.why]
    return [*made, *(section(span(line)) for line in told[-7:])]


def recap(item: cards.RecapCard) -> Card:
    """A round that has closed."""
    told = f"{item.correct} of {count(item.answered, 'answer')} right"
    told += f"; {item.first} was first." if item.first else "."
    if item.submitted:
        told += f" {item.solved} of {item.submitted} solved the challenge."
    most = max(item.counts, default=0) or 1
    bars = [
        f"{choice.letter}  {'█' * round(12 * number / most):<12} {number}"
        for choice, number in zip(item.choices, item.counts, strict=False)
    ]
    body = [code_block("\n".join(bars))] if bars else []
    body += review(item.choices) + elements(item.explanation)
    return card(
        f"Closed: {item.title}. {told}",
        header(f"Closed: {item.title}" if item.title else "Closed"),
        context(day_text(item.local_date)),
        words(told),
        rich(*body) if body else None,
    )
