"""The slash commands: their names and arguments, how a line is read, and what to say when it cannot be."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches

from bot.domain.content import Difficulty, SourceFile
from bot.services.cards import Period, Scope
from bot.services.errors import Refusal

FENCE = re.compile(r"^[ \t]*(```|~~~)|```", re.MULTILINE)
"""Where a code block may begin: a fence on a line of its own, or three backticks anywhere."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What arguments may be, as far as it is known before: shown by the completion, used for advice."""

    topics: tuple[str, ...] = ()
    challenges: tuple[tuple[str, str], ...] = ()
    """(key, title) of every challenge."""
    people: tuple[tuple[str, str], ...] = ()
    """(id, name) of everybody one can be."""
    commands: tuple[str, ...] = ()
    """Names of commands that are not read here."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command as the completion shows it. ``arguments`` names groups of choices, in their order."""

    name: str
    usage: str
    summary: str
    arguments: tuple[str, ...] = ()


COMMANDS = (
    Command(
        "quiz", "/quiz [topic] [difficulty]", "Today's question, or a new one", ("topics", "difficulties")
    ),
    Command("challenge", "/challenge [name]", "Today's challenge, or the one you name", ("challenges",)),
    Command("submit", "/submit [challenge] + code block", "Hand in code", ("challenges",)),
    Command("hint", "/hint [challenge]", "The next hint; it costs points", ("challenges",)),
    Command(
        "leaderboard",
        "/leaderboard [period] [channel|community|league|topic] [page]",
        "Who leads",
        ("periods", "scopes", "topics"),
    ),
    Command("streak", "/streak [why] [member]", "Days in a row, and why", ("people",)),
    Command("help", "/help", "What Warmup can do"),
)
"""Every command, in the order a newcomer needs it."""


@dataclass(frozen=True, slots=True)
class Quiz:
    """``/quiz``."""

    topic: str | None = None
    difficulty: Difficulty | None = None


@dataclass(frozen=True, slots=True)
class ShowOne:
    """``/challenge``; ``key`` None means the open one."""

    key: str | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """``/hint``; ``key`` None means the open one's."""

    key: str | None = None


@dataclass(frozen=True, slots=True)
class Submit:
    """``/submit``: to the open challenge unless named. Without ``text`` and ``files``: open the editor."""

    key: str | None = None
    text: str = ""
    files: tuple[SourceFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """``/leaderboard``; pages count from 1."""

    period: Period = Period.WEEK
    page: int = 1
    scope: Scope = Scope.COMMUNITY
    topic: str = ""
    """That of ``Scope.TOPIC``; empty otherwise."""


@dataclass(frozen=True, slots=True)
class Streak:
    """``/streak``; ``member`` is a person's id, None for oneself."""

    member: str | None = None


@dataclass(frozen=True, slots=True)
class Help:
    """``/help``."""


Invocation = Quiz | ShowOne | Hint | Submit | Leaderboard | Streak | Help


def read(line: str, choices: Choices) -> Invocation:
    """Read a message that begins with a slash.

    Raises ``Refusal`` with advice when the command or an argument is none.
    """
    name, rest = _split(line)
    match name:
        case "quiz":
            return _quiz(rest.split(), choices)
        case "challenge":
            return ShowOne(_challenge(rest, choices))
        case "hint":
            return Hint(_challenge(rest, choices))
        case "submit":
            return _submit(rest, choices)
        case "leaderboard":
            return _leaderboard(rest.split(), choices)
        case "streak":
            return Streak(_person(re.sub(r"^\s*why\b", "", rest, flags=re.IGNORECASE), choices))
        case "help":
            return Help()
    known = [*(command.name for command in COMMANDS), *choices.commands]
    raise Refusal(
        "unknown_command",
        f"There is no command `/{shown(name)}`{suggestion(name, known, '/')} `/help` lists them all.",
    )


def mentioned(text: str, choices: Choices) -> str | None:
    """The key of a challenge that a message names (by key or title) outside its code, if it does."""
    prose = " ".join(FENCE.split(text)[0].split()).casefold()
    for key, title in choices.challenges:
        for name in (key, title):
            if re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", prose):
                return key
    return None


def has_code_block(text: str) -> bool:
    """Whether a message contains a fenced block."""
    return FENCE.search(text) is not None


def _split(line: str) -> tuple[str, str]:
    found = re.match(r"/\s*([^\s`~]*)[ \t]*(.*)", line.strip(), re.DOTALL)
    return (found[1].casefold(), found[2]) if found else ("", "")


def shown(word: str) -> str:
    """A word of the person's own, short and without backticks, to be shown as code in Markdown."""
    return " ".join(word.replace("`", "'").split())[:60]


def suggestion(word: str, known: Collection[str], before: str = "") -> str:
    """The end of a sentence about an unknown word: what may have been meant, or a full stop."""
    close = get_close_matches(word.casefold(), list(known), n=1, cutoff=0.6)
    return f"; did you mean `{before}{close[0]}`?" if close else "."


def _quiz(words: list[str], choices: Choices) -> Quiz:
    difficulty: Difficulty | None = None
    rest = []
    for word in words:
        if word.casefold() in list(Difficulty) and difficulty is None:
            difficulty = Difficulty(word.casefold())
        else:
            rest.append(word)
    if not rest:
        return Quiz(None, difficulty)
    wanted = " ".join(rest)
    topics = {topic.casefold(): topic for topic in choices.topics}
    if wanted.casefold() in topics:
        return Quiz(topics[wanted.casefold()], difficulty)
    # Where the words are no topic together, the first that is none by itself is the one to talk about.
    wanted = next((word for word in rest if word.casefold() not in topics), wanted)
    raise Refusal(
        "unknown_topic",
        f"There is no topic `{shown(wanted)}`{suggestion(wanted, [*topics, *Difficulty])}"
        f" {_list('Topics', list(topics.values()))} Difficulties: easy, medium, hard.",
    )


def _list(word: str, values: list[str]) -> str:
    if not values:
        return f"There are no {word.lower()} yet."
    more = f" and {len(values) - 20} more" if len(values) > 20 else ""
    return f"{word}: {', '.join(values[:20])}{more}."


def _challenge(rest: str, choices: Choices) -> str | None:
    wanted = " ".join(rest.split())
    if not wanted:
        return None
    names = {}
    for key, title in choices.challenges:
        names[title.casefold()] = key
    for key, _ in choices.challenges:
        names[key.casefold()] = key
    if wanted.casefold() in names:
        return names[wanted.casefold()]
    raise Refusal(
        "unknown_challenge",
        f"There is no challenge `{shown(wanted)}`{suggestion(wanted, list(names))}"
        " `/challenge` alone shows the one that is open.",
    )


def _submit(rest: str, choices: Choices) -> Submit:
    """The first line up to a fence names the challenge; what follows is the code."""
    fence = FENCE.search(rest)
    newline = rest.find("\n")
    ends = [end for end in (fence.start() if fence else -1, newline) if end >= 0]
    cut = min(ends, default=len(rest))
    return Submit(_challenge(rest[:cut], choices), rest[cut:].strip("\n"))


def _leaderboard(words: list[str], choices: Choices) -> Leaderboard:
    period, page, scope = Period.WEEK, 1, Scope.COMMUNITY
    rest = []
    for word in words:
        lowered = word.casefold()
        if lowered in list(Period):
            period = Period(lowered)
        elif lowered in list(Scope):
            scope = Scope(lowered)
        elif lowered.isascii() and lowered.isdigit() and int(lowered[:9]) >= 1:
            page = int(lowered[:9])
        elif lowered != "page":
            rest.append(word)
    if not rest:
        return Leaderboard(period, page, scope)
    wanted = " ".join(rest)
    topics = {topic.casefold(): topic for topic in choices.topics}
    if wanted.casefold() in topics:
        return Leaderboard(period, page, Scope.TOPIC, topics[wanted.casefold()])
    periods = ", ".join(f"`{period}`" for period in Period)
    raise Refusal(
        "bad_argument",
        f"A leaderboard is of {periods}; of the `community`, this `channel`, the `league` or a topic; and a "
        f"page is a number from 1: `{shown(wanted)}` is none of them"
        f"{suggestion(wanted, [*Period, *Scope, *topics])}",
    )


def person_named(text: str, choices: Choices) -> str | None:
    """The id of the person of that name, however it is written, with or without ``@``."""
    wanted = " ".join(text.split()).removeprefix("@").casefold()
    return next((key for key, name in choices.people if name.casefold() == wanted), None)


def _person(rest: str, choices: Choices) -> str | None:
    if not rest.split():
        return None
    key = person_named(rest, choices)
    if key is not None:
        return key
    names = [name for _, name in choices.people]
    wanted = " ".join(rest.split()).removeprefix("@")
    raise Refusal(
        "unknown_member",
        f"There is nobody called `{shown(rest)}`{suggestion(wanted, [name.casefold() for name in names])}"
        f" {_list('People', names)}",
    )
