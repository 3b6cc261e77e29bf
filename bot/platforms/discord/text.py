"""Text as Discord shows it: member text made harmless, code in fences, long texts cut to fit a card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot import locales
from bot.locales import msgid, tr

MOST_TEXT = 4_000
"""Characters that all text of one message of components may have together (Discord's limit)."""
MARKS = re.compile(r"([\\*_~|`>#\[\]()<@:-])")
TILDES = re.compile(r"^([ \t]*)~~~+", re.MULTILINE)
"""A fence in Markdown that Discord does not know."""
CUT = "…"
WEEKDAYS = tuple(map(msgid, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")))
MONTHS = tuple(
    map(msgid, ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"))
)


def plain(text: str, limit: int = 100) -> str:
    """Somebody's own words (a name, a reason) in one line that no Markdown, mention or link comes out of."""
    line = " ".join(text.split())
    if len(line) > limit:
        line = line[: limit - 1].rstrip() + CUT
    return MARKS.sub(r"\\\1", line).replace("@", "@\u200b").replace("://", ":\u200b//")


def verbatim(text: str) -> str:
    """Somebody's own words, line breaks kept, that no Markdown, mention or link comes out of."""
    return "\n".join(
        MARKS.sub(r"\\\1", line).replace("@", "@\u200b").replace("://", ":\u200b//")
        for line in text.splitlines()
    )


def inline_code(text: str, limit: int = 100) -> str:
    """A short piece of code inside a sentence."""
    line = " ".join(text.split()).replace("`", "ˋ")
    if len(line) > limit:
        line = line[: limit - 1] + CUT
    return f"`{line}`" if line else ""


def label(text: str, limit: int) -> str:
    """Text where Discord shows no Markdown: a button, a title, an option of a dialog."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + CUT


def moment(at: datetime, style: str = "R") -> str:
    """A time that every reader sees in their own zone; ``style`` is one of Discord's (R: how far away)."""
    return f"<t:{int(at.timestamp())}:{style}>"


def amount(number: int, unit: str) -> str:
    """``1 point``, ``2,000 points``, in the reader's language."""
    return tr(locales.amount(number, unit))


def short_date(day: date) -> str:
    """``Mon 2 Mar``, in the reader's language."""
    weekday, month = tr(WEEKDAYS[day.weekday()]), tr(MONTHS[day.month - 1])
    return tr("{weekday} {day} {month}", weekday=weekday, day=day.day, month=month)


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown as its author wrote it; ``before`` stands in front of it and is never cut."""

    text: str
    before: str = ""

    @property
    def wanted(self) -> int:
        """How many characters it would like."""
        return len(self.before) + len(self._known())

    def fit(self, limit: int) -> str:
        """At most ``limit`` characters; a code block that is cut is closed again."""
        room = limit - len(self.before)
        return (self.before + cut_markdown(self._known(), room))[: max(0, limit)]

    def _known(self) -> str:
        text = _fenced(self.text.strip())
        return f"\n{text}" if self.before and text.startswith("```") else text


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code; ``before`` stands above it."""

    text: str
    language: str = ""
    before: str = ""

    @property
    def wanted(self) -> int:
        """How many characters it would like."""
        return len(self._framed(self._safe()))

    def fit(self, limit: int) -> str:
        """At most ``limit`` characters, whole lines where possible; nothing when no code has room."""
        code = self._safe()
        frame = len(self._framed(""))
        if frame + len(code) <= limit:
            return self._framed(code)
        room = limit - frame - 2
        if room < 8:
            return self.before[: max(0, limit)]
        kept = code[:room]
        whole_lines = kept.rpartition("\n")[0]
        return self._framed((whole_lines if len(whole_lines) > room // 2 else kept) + "\n" + CUT)

    def _safe(self) -> str:
        return self.text.replace("\r\n", "\n").strip("\n").replace("```", "`\u200b`\u200b`")

    def _framed(self, code: str) -> str:
        above = f"{self.before}\n" if self.before else ""
        return f"{above}```{self.language}\n{code}\n```"


@dataclass(frozen=True, slots=True)
class Hidden:
    """Markdown behind a spoiler's bars; ``before`` says what it is."""

    text: str
    before: str = ""

    @property
    def wanted(self) -> int:
        """How many characters it would like."""
        return len(self._barred(self._safe()))

    def fit(self, limit: int) -> str:
        """At most ``limit`` characters, the bars always closed; nothing when nothing has room."""
        text, frame = self._safe(), len(self._barred(""))
        if frame + min(len(text), 12) > limit:
            return self.before[: max(0, limit)]
        return self._barred(cut_markdown(text, limit - frame))

    def _safe(self) -> str:
        return _fenced(self.text.strip()).replace("||", "|\u200b|")

    def _barred(self, text: str) -> str:
        return f"{self.before}||{text}||"


Part = Prose | Code | Hidden
"""A piece of a card's text that can be cut."""


def _fenced(text: str) -> str:
    return TILDES.sub(r"\1```", text) if "~~~" in text else text


def cut_markdown(text: str, limit: int) -> str:
    """The beginning of a Markdown text, at a word's end, with an open code block closed."""
    if len(text) <= limit:
        return text
    if limit < 12:
        return CUT[: max(0, limit)]
    kept = text[: limit - 8]
    at_space = max(kept.rfind(" "), kept.rfind("\n"))
    if at_space > len(kept) // 2:
        kept = kept[:at_space]
    fence = open_fence(kept)
    return f"{kept.rstrip()}\n{fence}\n{CUT}" if fence else f"{kept.rstrip()} {CUT}"


def open_fence(text: str) -> str:
    """The fence that a text leaves open, or nothing. Discord takes three backticks anywhere for one."""
    return "```" if text.count("```") % 2 else ""


def fit(parts: Sequence[Part], limit: int) -> list[str]:
    """The parts as text of at most ``limit`` characters together: short ones whole, long ones cut alike."""
    if sum(part.wanted for part in parts) <= limit:
        return [part.fit(part.wanted) for part in parts]
    shares: dict[int, int] = {}
    left = limit
    for position in sorted(range(len(parts)), key=lambda position: parts[position].wanted):
        shares[position] = min(parts[position].wanted, left // (len(parts) - len(shares)))
        left -= shares[position]
    return [part.fit(shares[position]) for position, part in enumerate(parts)]
