"""Leaderboards, streaks and help as cards of components."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import discord

from bot.locales import msgid, say, tr
from bot.platforms.discord.buttons import Action, Button, Press, button
from bot.platforms.discord.cards import BLUE, GOLD
from bot.platforms.discord.layout import Card, Line, Piece, Upload
from bot.platforms.discord.text import Prose, amount, inline_code, moment, plain, short_date
from bot.services import cards
from bot.services.panels import Picture

PERIOD_WORDS = {
    cards.Period.TODAY: msgid("Today"),
    cards.Period.WEEK: msgid("This week"),
    cards.Period.MONTH: msgid("This month"),
    cards.Period.SEASON: msgid("This season"),
    cards.Period.ALL: msgid("All time"),
}
NOBODY_WORDS = {
    cards.Period.TODAY: msgid("Nobody has earned points today."),
    cards.Period.WEEK: msgid("Nobody has earned points this week."),
    cards.Period.MONTH: msgid("Nobody has earned points this month."),
    cards.Period.SEASON: msgid("Nobody has earned points this season."),
    cards.Period.ALL: msgid("Nobody has earned points so far."),
}
DRAWN = "p"
"""In a button: the page that it leads to comes with its picture."""
MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
DAY_SIGNS = {
    cards.DayState.KEPT: "🟩",
    cards.DayState.MISSED: "🟥",
    cards.DayState.FROZEN: "🟦",
    cards.DayState.REPAIRED: "🟪",
    cards.DayState.NO_ROUND: "⬛",
    cards.DayState.OPEN: "🟨",
}
DAY_WORDS = {
    cards.DayState.KEPT: msgid("kept"),
    cards.DayState.MISSED: msgid("missed"),
    cards.DayState.FROZEN: msgid("covered by a freeze"),
    cards.DayState.REPAIRED: msgid("repaired"),
    cards.DayState.NO_ROUND: msgid("no round"),
    cards.DayState.OPEN: msgid("open"),
}
"""Each day of a streak as a person reads it."""


def leaderboard(card: cards.LeaderboardPage, picture: Picture | None = None) -> Card:
    """A page of ranks, perhaps with its picture, the reader's own line, and buttons for the other periods
    and pages; a page with a picture leads to others with theirs.
    """
    lines = [_standing(row) for row in card.rows]
    if card.own is not None and not any(row.is_reader for row in card.rows):
        lines += ["⋯", _standing(card.own)]
    if not lines:
        lines = [f"{tr(NOBODY_WORDS[card.period])} {tr('The first right answer takes the lead.')}"]
    drawn = picture is not None
    pieces: list[Piece] = [] if picture is None else [Upload(picture.name, picture.png, picture.alt)]
    pieces += [Prose("\n".join(lines)), _periods(card, drawn), _pages(card, drawn)]
    return Card(
        f"### 🏆 {tr('Leaderboard')}{_whose(card)}\n"
        f"-# {tr(PERIOD_WORDS[card.period])} · {amount(card.members, 'member')}",
        GOLD,
        list(pieces),
        tr(card.tie_break),
    )


def _whose(card: cards.LeaderboardPage) -> str:
    """What the board is of, where it is not the whole server."""
    match card.scope:
        case cards.Scope.COMMUNITY:
            return ""
        case cards.Scope.CHANNEL:
            return f": {tr('This channel')}"
        case cards.Scope.LEAGUE:
            return f": {tr('The league')}"
        case cards.Scope.TOPIC:
            return f": {plain(card.topic, 40)}"


def _standing(row: cards.Standing) -> str:
    name = plain(row.name, 40)
    shown = f"**{name}** ({tr('you')})" if row.is_reader else name
    rank = MEDALS.get(row.rank, f"`{row.rank:>3}`")
    solved = f" · {tr('{number} solved', number=f'{row.solved:,}')}" if row.solved else ""
    streak = f" · 🔥 {row.streak}" if row.streak else ""
    return f"{rank} {shown} · {amount(row.points, 'point')}{solved}{streak}"


def _board(
    card: cards.LeaderboardPage, period: cards.Period, page: int, drawn: bool, name: str = ""
) -> Press:
    """What a button leads to; ``name`` tells apart those that lead to the same page."""
    of = (card.scope.value, quote(card.topic, safe=" "))
    return Press(Action.BOARD, (period.value, str(page), name, DRAWN if drawn else "", *of))


def _periods(card: cards.LeaderboardPage, drawn: bool) -> list[Button]:
    return [
        button(
            tr(words),
            _board(card, period, 1, drawn),
            style=discord.ButtonStyle.primary if period is card.period else discord.ButtonStyle.secondary,
            disabled=period is card.period and card.page == 1,
        )
        for period, words in PERIOD_WORDS.items()
    ]


def _pages(card: cards.LeaderboardPage, drawn: bool) -> list[Button]:
    def turn(words: str, page: int, possible: bool, name: str) -> Button:
        return button(tr(words), _board(card, card.period, page, drawn, name), disabled=not possible)

    turns = [
        turn(msgid("Previous"), card.page - 1, card.page > 1, "back"),
        turn(say("Page {page} of {pages}", page=card.page, pages=card.pages), card.page, False, "here"),
        turn(msgid("Next"), card.page + 1, card.page < card.pages, "on"),
    ]
    switch = _board(card, card.period, card.page, not drawn, "look")
    return [*(turns if card.pages > 1 else []), button(tr("Text only" if drawn else "As a picture"), switch)]


def streak(card: cards.StreakCard, picture: Picture | None = None) -> Card:
    """A member's streak: the numbers, and the days that explain them, as a picture where there is one."""
    whose = tr("Your streak") if card.is_reader else tr("Streak: {name}", name=plain(card.name, 60))
    numbers = tr(
        "Now **{current}** · longest **{longest}** · **{freezes}**",
        current=amount(card.current, "day"),
        longest=amount(card.longest, "day"),
        freezes=amount(card.freezes, "freeze"),
    )
    pieces: list[Piece] = [Prose(numbers)]
    if card.days:
        calendar = Upload(picture.name, picture.png, picture.alt) if picture else Prose(_calendar(card))
        pieces += [calendar, Prose(_reasons(card))]
    foot = ""
    if card.answered_today:
        foot = tr("Today is done.")
    elif card.closes_at is not None:
        foot = tr("Today is open; it closes {moment}.", moment=moment(card.closes_at))
    return Card(f"### 🔥 {whose}", BLUE, list(pieces), foot)


def _calendar(card: cards.StreakCard) -> str:
    """Weeks as rows, Monday first."""
    known = {entry.day: entry.state for entry in card.days}
    day = card.days[0].day - timedelta(days=card.days[0].day.weekday())
    rows = []
    while day <= card.days[-1].day:
        week = [known.get(day + timedelta(days=offset)) for offset in range(7)]
        signs = "".join(DAY_SIGNS[state] if state else "▫️" for state in week)
        rows.append(f"{signs}  {short_date(day)}")
        day += timedelta(days=7)
    states = {entry.state for entry in card.days}
    legend = " ".join(
        f"{DAY_SIGNS[state]} {tr(words)}" for state, words in DAY_WORDS.items() if state in states
    )
    return "\n".join([*rows, f"-# {legend}"])


def _reasons(card: cards.StreakCard) -> str:
    told = [
        f"{short_date(entry.day)}: {tr(DAY_WORDS[entry.state])}"
        + (f", {plain(tr(entry.why), 80)}" if entry.why else "")
        for entry in card.days
        if entry.state not in (cards.DayState.KEPT, cards.DayState.NO_ROUND)
    ]
    return "\n".join(f"- {line}" for line in told[-7:])


def help_list(card: cards.HelpCard) -> Card:
    """Every command."""
    lines = [f"{inline_code(command.usage)}\n{tr(command.summary)}" for command in card.commands]
    ways = tr(
        "Code also comes by the message menu **Apps → Submit for grading**, by mentioning me with a code"
        " block, by replying to a challenge, or in a direct message."
    )
    return Card("### Warmup", BLUE, [Prose(tr(card.intro)), Prose("\n".join(lines)), Line(), Prose(ways)])
