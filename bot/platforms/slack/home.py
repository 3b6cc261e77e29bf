"""App Home: what is open today, one's own streak and rank, and the commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.wording import count
from bot.platforms.slack import actions as does
from bot.platforms.slack import cards, cards_results
from bot.platforms.slack.blocks import (
    MOST_VIEW_BLOCKS,
    MOST_VIEW_CHARACTERS,
    Block,
    actions,
    button,
    context,
    divider,
    fit,
    header,
    rich,
    section,
    span,
    words,
)
from bot.services.cards import LeaderboardPage, OpenRound, StreakCard

MOST_ROUNDS = 10


def home(
    rounds: Sequence[OpenRound],
    streak: StreakCard,
    board: LeaderboardPage,
    rows: Sequence[tuple[str, str]],
    *,
    setup: str = "",
) -> dict[str, Any]:
    """The view; ``rows`` are the commands, ``setup`` is the command for admins, or empty."""
    blocks: list[Block] = [header("Today")]
    for each in rounds[:MOST_ROUNDS]:
        blocks += _round(each)
    if not rounds:
        blocks.append(words("No daily round is open."))
    blocks.append(actions(button("Another question", does.home_quiz())))
    blocks += [divider(), *cards_results.streak(streak).blocks]
    blocks += [divider(), words(_rank(board), bold=True), context(board.tie_break)]
    listed = [section(span(usage, code=True), span(f"  {summary}\n")) for usage, summary in rows]
    blocks += [divider(), header("Commands"), rich(*listed)]
    if setup:
        blocks.append(
            context(f"You manage this workspace: type {setup} in a channel to give it daily rounds.")
        )
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
