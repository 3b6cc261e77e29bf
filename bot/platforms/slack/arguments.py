"""What follows a slash command, read into values; advice when it cannot be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from difflib import get_close_matches

from bot.domain.boards import Scope
from bot.domain.content import Difficulty
from bot.services.cards import Period
from bot.services.errors import Refusal

FENCE = re.compile(r"```|^[ \t]*~~~", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Submitted:
    """``/submit``: the challenge named on the first line, and the text that follows it."""

    challenge: str | None
    text: str


def shown(word: str) -> str:
    """A person's word, short and without backticks, to be shown as code."""
    return " ".join(word.replace("`", "'").split())[:60]


def read_submit(text: str) -> Submitted:
    """The first line up to a fence names the challenge; what follows is the code."""
    fence = FENCE.search(text)
    newline = text.find("\n")
    ends = [end for end in (fence.start() if fence else -1, newline) if end >= 0]
    at = min(ends, default=len(text))
    return Submitted(" ".join(text[:at].split()) or None, text[at:].strip("\n"))


def read_quiz(text: str, topics: Sequence[str]) -> tuple[str | None, Difficulty | None]:
    """Topic and difficulty, in any order. Raises ``Refusal`` for a topic that there is not."""
    difficulty: Difficulty | None = None
    rest = []
    for word in text.split():
        if difficulty is None and word.casefold() in list(Difficulty):
            difficulty = Difficulty(word.casefold())
        else:
            rest.append(word)
    if not rest:
        return None, difficulty
    known = {topic.casefold(): topic for topic in topics}
    wanted = " ".join(rest).casefold()
    if wanted in known:
        return known[wanted], difficulty
    close = get_close_matches(wanted, known, n=1, cutoff=0.6)
    meant = f"; did you mean `{known[close[0]]}`?" if close else "."
    listed = f" Topics: {', '.join(topics[:20])}." if topics else ""
    raise Refusal("unknown_topic", f"There is no topic `{shown(wanted)}`{meant}{listed}")


@dataclass(frozen=True, slots=True)
class AskedBoard:
    """``/leaderboard``: which one, and which page of it."""

    period: Period = Period.WEEK
    page: int = 1
    scope: Scope = Scope.COMMUNITY
    topic: str = ""


def read_leaderboard(text: str) -> AskedBoard:
    """Period, scope and page, in any order; ``topic`` takes the rest of the line. Raises ``Refusal``."""
    before, topical, topic = re.sub(r"\btopic[: ]", "topic\0", text, count=1).partition("topic\0")
    found = AskedBoard()
    for word in before.casefold().split():
        if word in list(Period):
            found = replace(found, period=Period(word))
        elif word in (Scope.COMMUNITY, Scope.CHANNEL, Scope.LEAGUE):
            found = replace(found, scope=Scope(word))
        elif word.isascii() and word.isdigit() and int(word[:9]) >= 1:
            found = replace(found, page=int(word[:9]))
        elif word not in ("page", "workspace"):
            raise Refusal(
                "bad_argument",
                "A leaderboard is `today`, `week`, `month`, `season` or `all`, of the `channel`, the `league`"
                f" or a `topic NAME`, and a page is a number from 1: `{shown(word)}` is none of these.",
            )
    topic = " ".join(topic.split())
    if topical and topic:
        return replace(found, scope=Scope.TOPIC, topic=topic)
    return found


def read_time(text: str) -> time:
    """``9:30`` or ``09:30``. Raises ``Refusal``."""
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip())
    if found and int(found[1]) < 24 and int(found[2]) < 60:
        return time(int(found[1]), int(found[2]))
    raise Refusal("bad_time", f"`{shown(text)}` is no time of day. Give hours and minutes, such as `09:30`.")


def read_day(text: str) -> date:
    """``2026-11-20``. Raises ``Refusal``."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refusal(
            "bad_day", f"`{shown(text)}` is no day. Write it as year, month, day: `2026-11-20`."
        ) from None
