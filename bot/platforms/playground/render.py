"""Cards and messages as HTML: one template for each kind of card, all of them autoescaped."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.domain.content import Kind
from bot.domain.grading import Judgement, TestOutcome, Verdict
from bot.platforms.playground import markup
from bot.platforms.playground.files import address_of
from bot.platforms.playground.messages import BOT, Message, kind_of
from bot.platforms.playground.panel_documents import block_name
from bot.platforms.playground.people import hue_of
from bot.services import cards
from bot.services.panels import Panel

logger = logging.getLogger(__name__)

HERE = Path(__file__).parent

VERDICT_WORDS = {
    Verdict.ACCEPTED: "Accepted",
    Verdict.WRONG_ANSWER: "Wrong answer",
    Verdict.TIME_LIMIT: "Time limit",
    Verdict.MEMORY_LIMIT: "Memory limit",
    Verdict.OUTPUT_LIMIT: "Output limit",
    Verdict.RUNTIME_ERROR: "Runtime error",
    Verdict.COMPILE_ERROR: "Does not compile",
    Verdict.INTERNAL_ERROR: "Our fault",
}
"""Each verdict as a person reads it."""

OUTCOME_WORDS = {
    TestOutcome.PASSED: "passed",
    TestOutcome.FAILED: "failed",
    TestOutcome.ERROR: "raised an error",
    TestOutcome.MISSING: "did not run",
}

DAY_WORDS = {
    cards.DayState.KEPT: "kept",
    cards.DayState.MISSED: "missed",
    cards.DayState.FROZEN: "covered by a freeze",
    cards.DayState.REPAIRED: "repaired",
    cards.DayState.NO_ROUND: "no round",
    cards.DayState.OPEN: "open",
}

KIND_WORDS = {
    Kind.MULTIPLE_CHOICE: "Question",
    Kind.PREDICT_OUTPUT: "What does it print?",
    Kind.FLASHCARD: "Flashcard",
    Kind.FREE_TEXT: "Open question",
    Kind.CHECKLIST: "Checklist",
    Kind.CODE_STDOUT: "Challenge",
    Kind.CODE_TESTS: "Challenge",
    Kind.CODE_PROJECT: "Project",
    Kind.FIX_THE_BUG: "Fix the bug",
    Kind.WRITE_A_TEST: "Write a test",
    Kind.EXTEND: "Extend the code",
}


def time_tag(moment: datetime) -> Markup:
    """A moment in UTC that the page rewrites in the reader's own zone and words."""
    return Markup('<time datetime="{}">{}</time>').format(
        moment.isoformat(), moment.strftime("%d %b %Y %H:%M UTC")
    )


def day_text(day: date) -> str:
    """A challenge day, which belongs to its channel and to no reader's zone: ``Mon 3 Nov``."""
    return f"{day:%a} {day.day} {day:%b}"


def amount(number: float, unit: str) -> str:
    """A number and its unit in the right number: ``1 point``, ``2 points``."""
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"


def milliseconds(value: float) -> str:
    """A duration as people read it: ``12 ms``, ``1.25 s``."""
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.2f} s"


def file_size(count: int) -> str:
    """Bytes as people read them: ``820 bytes``, ``12 KB``, ``1.4 MB``."""
    if count < 1_000:
        return amount(count, "byte")
    return f"{count / 1_000:.0f} KB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def weeks_of(card: cards.StreakCard) -> list[list[cards.StreakDay | None]]:
    """The calendar's rows, Monday first; days outside the card are None."""
    if not card.days:
        return []
    known = {entry.day: entry for entry in card.days}
    first = card.days[0].day - timedelta(days=card.days[0].day.weekday())
    last = card.days[-1].day
    rows = []
    while first <= last:
        rows.append([known.get(first + timedelta(days=offset)) for offset in range(7)])
        first += timedelta(days=7)
    return rows


def streak_summary(card: cards.StreakCard) -> str:
    """The calendar in words, for those who do not see it."""
    counts = Counter(entry.state for entry in card.days)
    told = [f"{number} {DAY_WORDS[state]}" for state, number in counts.items()]
    return (
        f"The last {amount(len(card.days), 'day')}: {', '.join(told)}." if told else "No challenge days yet."
    )


def _summary_of_judgement(judgement: Judgement) -> str:
    return f"{VERDICT_WORDS[judgement.verdict]}. {judgement.headline}"


def summary(message: Message) -> str:
    """One line that tells what came in, for the page's live region and its title."""
    match message.body:
        case cards.AnswerCard(correct=correct, points=points):
            return f"Right, {amount(points, 'point')}." if correct else "Not right this time."
        case cards.VerdictCard(judgement=judgement):
            return _summary_of_judgement(judgement)
        case cards.Receipt(title=title):
            return f"{title}: your code is in the queue."
        case cards.QuestionCard(title=title) | cards.ChallengeCard(title=title) | cards.HintCard(title=title):
            return f"{KIND_WORDS[message.body.kind]}: {title}" if hasattr(message.body, "kind") else title
        case cards.LeaderboardPage():
            return "The leaderboard."
        case cards.StreakCard(name=name, current=current):
            return f"{name}: a streak of {amount(current, 'day')}."
        case cards.RecapCard(title=title):
            return f"Closed: {title}"
        case Panel(title=title):
            return title
        case cards.HelpCard(intro=intro):
            return intro
        case cards.Notice(text=text):
            return text
        case said:
            return said.text[:200]


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as one reader's page gets it."""

    id: int
    revision: int
    html: str

    def as_json(self) -> dict[str, Any]:
        """For the page's script."""
        return {"id": self.id, "revision": self.revision, "html": self.html}


class Renderer:
    """Holds the compiled templates. Safe to share: rendering keeps no state."""

    def __init__(self) -> None:
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters.update(
            markdown=markup.markdown,
            chat=markup.chat,
            code=markup.code,
            time=time_tag,
            day=day_text,
            amount=amount,
            ms=milliseconds,
            hue=hue_of,
            size=file_size,
            block_name=block_name,
        )
        environment.globals.update(
            bot=BOT,
            verdict_words=VERDICT_WORDS,
            outcome_words=OUTCOME_WORDS,
            day_words=DAY_WORDS,
            kind_words=KIND_WORDS,
            weeks_of=weeks_of,
            streak_summary=streak_summary,
            periods=list(cards.Period),
            address_of=address_of,
        )
        self._environment = environment

    def card(self, message: Message, reader: str) -> Markup:
        """The body of a message alone."""
        template = self._environment.get_template(f"cards/{kind_of(message.body)}.html")
        return Markup(  # noqa: S704 - an autoescaped template's output
            template.render(card=message.body, message=message, reader=reader, mine=message.author == reader)
        )

    def message(self, message: Message, reader: str) -> Shown:
        """A whole message: who, when, its body, and whether only the reader sees it."""
        html = self._environment.get_template("message.html").render(
            message=message,
            kind=kind_of(message.body),
            body=self._body(message, reader),
            summary=summary(message),
            mine=message.author == reader,
        )
        return Shown(message.id, message.revision, html)

    def _body(self, message: Message, reader: str) -> Markup:
        """The card, or that it cannot be shown: one message never keeps the page from being read."""
        try:
            return self.card(message, reader)
        except Exception:
            logger.exception("a message cannot be drawn")
            unshown = cards.Notice("This message cannot be shown. The log says why.", ok=False)
            return self.card(replace(message, body=unshown), reader)

    def page(self, **values: Any) -> str:
        """The whole page."""
        return self._environment.get_template("page.html").render(**values)
