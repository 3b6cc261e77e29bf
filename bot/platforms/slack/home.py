"""App Home: what is open today, one's own streak, rank and cards, and for admins what is set up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from bot.domain.wording import count
from bot.platforms.slack import actions as does
from bot.platforms.slack import cards
from bot.platforms.slack.blocks import (
    MOST_VIEW_BLOCKS,
    MOST_VIEW_CHARACTERS,
    Block,
    Card,
    Element,
    actions,
    button,
    context,
    date,
    divider,
    fit,
    header,
    rich,
    section,
    span,
    words,
)
from bot.services.cards import LeaderboardPage, OpenRound
from bot.services.records import Bank, Channel
from bot.services.today import Overview

MOST_ROUNDS = 10
MOST_LISTED = 15
"""Channels, and banks, that admins see here."""
DOORS = (
    ("me", "", "My progress"),
    ("exam", "", "Exam"),
    ("privacy", "show", "Privacy"),
    ("link", "", "Link"),
)
"""Commands that open from here: name, word, and the button's label."""


def home(
    overview: Overview,
    streak: Card,
    board: LeaderboardPage,
    rows: Sequence[tuple[str, str]],
    *,
    doors: Collection[tuple[str, str]] = (),
    is_admin: bool = False,
) -> dict[str, Any]:
    """The view. ``rows`` are the commands; ``doors`` the names and words of those that open a panel."""
    blocks: list[Block] = [header("Today")]
    for each in overview.rounds[:MOST_ROUNDS]:
        blocks += _round(each)
    if not overview.rounds:
        blocks.append(words("No daily round is open."))
    blocks.append(actions(button("Another question", does.home_quiz()), block_id="more"))
    blocks += [divider(), *streak.blocks]
    blocks += [divider(), words(_rank(board), bold=True), context(board.tie_break)]
    blocks += [divider(), *_own(overview, doors)]
    if is_admin:
        blocks += [divider(), *_admin(overview)]
    listed = [section(span(usage, code=True), span(f"  {summary}\n")) for usage, summary in rows]
    blocks += [divider(), header("Commands"), rich(*listed)]
    return {
        "type": "home",
        "blocks": fit(blocks, most_blocks=MOST_VIEW_BLOCKS, most_characters=MOST_VIEW_CHARACTERS),
    }


def _round(each: OpenRound) -> list[Block]:
    made: list[Block] = []
    where = f"#{each.channel_name}" if each.channel_name else ""
    if each.question is not None:
        done = "✅ answered" if each.answered else ""
        made += [words(each.question.title, bold=True), context(cards.closing(each.question), where, done)]
        if not each.answered:
            made.append(actions(button("Answer", does.show_question(each.question.posting), style="primary")))
    if each.challenge is not None:
        made += [words(each.challenge.title, bold=True), context(cards.closing(each.challenge), where)]
        key = each.challenge.key
        controls = [button("Read", does.show_challenge(key)), button("Submit code", does.submit(key))]
        made.append(actions(*controls))
    return made


def _rank(board: LeaderboardPage) -> str:
    if board.own is None:
        return "You have no points this week yet."
    points = count(board.own.points, "point")
    return f"This week you are number {board.own.rank:,} of {board.members:,}, with {points}."


def _own(overview: Overview, doors: Collection[tuple[str, str]]) -> list[Block]:
    """Cards due for review, and the doors to what is one's own."""
    made: list[Block] = []
    if overview.due:
        told = f"{count(overview.due, 'card')} due for review"
    elif overview.cards:
        told = f"No card is due for review; you have {overview.cards:,}."
    else:
        told = "What you get wrong comes back for review here."
    made.append(words(told, bold=bool(overview.due)))
    controls: list[Element] = []
    if ("review", "") in doors:
        style = "primary" if overview.due else ""
        controls.append(button("Review", does.open_panel("review", ""), style=style))
    controls += [
        button(label, does.open_panel(name, word)) for name, word, label in DOORS if (name, word) in doors
    ]
    if controls:
        made.append(actions(*controls, block_id="doors"))
    return made


def _admin(overview: Overview) -> list[Block]:
    """What is set up, for those who may change it."""
    rows = [_channel(channel) for channel in overview.channels[:MOST_LISTED]]
    if len(overview.channels) > MOST_LISTED:
        rows.append(section(span(f"and {len(overview.channels) - MOST_LISTED} more channels")))
    made = [header("For admins"), words("Daily rounds", bold=True)]
    made.append(rich(*rows) if rows else words("No channel has daily rounds yet."))
    made.append(actions(button("Set up a channel", does.home_setup()), block_id="setup"))
    banks = [_bank(bank) for bank in overview.banks[:MOST_LISTED]]
    if len(overview.banks) > MOST_LISTED:
        banks.append(section(span(f"and {len(overview.banks) - MOST_LISTED} more banks")))
    made.append(words("Question banks", bold=True))
    made.append(rich(*banks) if banks else words("There is no bank yet."))
    return made


def _channel(channel: Channel) -> Element:
    runs = [span(f"#{channel.name or channel.external}", bold=True)]
    if channel.schedule is not None:
        runs.append(span(f"  {channel.schedule.post_at:%H:%M} ({channel.schedule.zone})"))
    if channel.paused:
        runs.append(span(f"  paused: {channel.paused}"))
    elif channel.next_due_at is not None:
        runs += [span("  next at "), date(channel.next_due_at)]
    return section(*runs, span("\n"))


def _bank(bank: Bank) -> Element:
    told = f"  {count(bank.questions, 'question')}{'' if bank.enabled else ', not in use'}\n"
    return section(span(bank.name, code=True), span(told))
