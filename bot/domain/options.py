"""The options of a question as shown: their order, and the letters that stand for them."""

from __future__ import annotations

from bot.domain.content import Question
from bot.domain.picking import point

LETTERS = "ABCDEFGHIJ"
"""For up to ten options."""


def shown_order(question: Question, posting: int) -> tuple[int, ...]:
    """Option positions in the order shown. A shuffled question has one order per posting, for everybody and
    for ever, so that what a letter meant never changes.
    """
    positions = range(len(question.options))
    if not question.shuffle:
        return tuple(positions)
    return tuple(sorted(positions, key=lambda position: point("option", posting, position)))


def chosen_positions(question: Question, posting: int, letters: frozenset[str]) -> frozenset[int] | None:
    """The option positions that letters stand for; None when one of them stands for nothing."""
    order = shown_order(question, posting)
    places = [LETTERS.find(letter.strip().upper()) if letter.strip() else -1 for letter in letters]
    if any(not 0 <= place < len(order) for place in places):
        return None
    return frozenset(order[place] for place in places)
