"""Any card of the services as components."""

from __future__ import annotations

from dataclasses import dataclass

from bot.locales import speaking
from bot.platforms.discord import cards as drawn
from bot.platforms.discord import panels, people, verdicts
from bot.platforms.discord.layout import Card, Drawn
from bot.services import cards
from bot.services.panels import Panel, Picture


@dataclass(frozen=True, slots=True)
class Pictured:
    """A card that is shown with its picture; None when there is none to be had."""

    card: cards.LeaderboardPage | cards.StreakCard
    picture: Picture | None


AnyCard = (
    cards.QuestionCard
    | cards.AnswerCard
    | cards.ChallengeCard
    | cards.HintCard
    | cards.Receipt
    | cards.VerdictCard
    | cards.LeaderboardPage
    | cards.StreakCard
    | cards.RecapCard
    | cards.HelpCard
    | cards.Notice
    | Panel
    | Pictured
)
"""Everything that can be shown."""


def draw(card: AnyCard, language: str = "en", *, mark: str = "", above: str = "") -> Drawn:
    """The card to send, in its reader's language; ``mark`` goes into a button's custom id, ``above`` is a
    mention.
    """
    with speaking(language):
        laid_out = _laid_out(card, mark)
        laid_out.above = above
        return laid_out.finished()


def draw_in_short(card: cards.VerdictCard, language: str, above: str) -> Drawn:
    """A verdict for a channel that others read."""
    with speaking(language):
        return verdicts.short_verdict(card, above).finished()


def _laid_out(card: AnyCard, mark: str) -> Card:
    match card:
        case cards.QuestionCard():
            return drawn.question(card, mark)
        case cards.ChallengeCard():
            return drawn.challenge(card, mark)
        case cards.RecapCard():
            return drawn.recap(card, mark)
        case cards.AnswerCard():
            return drawn.answer(card)
        case cards.HintCard():
            return drawn.hint(card)
        case cards.Receipt():
            return verdicts.receipt(card)
        case cards.VerdictCard():
            return verdicts.verdict(card)
        case cards.LeaderboardPage():
            return people.leaderboard(card)
        case cards.StreakCard():
            return people.streak(card)
        case cards.HelpCard():
            return people.help_list(card)
        case cards.Notice():
            return drawn.notice(card)
        case Pictured(card=shown, picture=picture):
            if isinstance(shown, cards.StreakCard):
                return people.streak(shown, picture)
            return people.leaderboard(shown, picture)
        case Panel():
            return panels.panel(card, mark)
