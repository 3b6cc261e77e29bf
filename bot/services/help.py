"""``/help``: what the bot can do, in the order a newcomer needs it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.services.cards import CommandHelp, HelpCard
from bot.services.panels import PanelCommand

COMMANDS = (
    CommandHelp("/quiz [topic] [difficulty]", "Today's question, or one you have not seen yet."),
    CommandHelp("/challenge [name]", "Today's code challenge, or the one you name."),
    CommandHelp("/submit", "Hand in code: a code block, the dialog or a file. Graded within seconds."),
    CommandHelp("/hint [challenge]", "The next hint. Each takes a fifth of the points off."),
    CommandHelp(
        "/leaderboard [period] [community|channel|league|topic] [page]", "Who is ahead, and where you are."
    ),
    CommandHelp(
        "/streak [why] [member]", "The days in a row, what became of each of the last ones, and why."
    ),
    CommandHelp("/help", "This list."),
)


def help_card(panels: Iterable[PanelCommand] = ()) -> HelpCard:
    """The same for everybody: the commands above, then those of panels, what only admins can do last."""
    ordered = sorted(panels, key=lambda command: command.admin)
    more = (
        CommandHelp(command.usage, f"{'Admins: ' if command.admin else ''}{_sentence(command.summary)}")
        for command in ordered
    )
    return HelpCard(
        intro="Every day a question and a code challenge. Answer either to keep your streak.",
        commands=(*COMMANDS[:-1], *more, COMMANDS[-1]),
    )


def _sentence(summary: str) -> str:
    return summary if summary.endswith((".", "!", "?")) else f"{summary}."
