"""The slash commands: the one list that registration, the help and the app manifest are made from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.platforms.slack.panels.lines import usage
from bot.services.panels import OptionKind, PanelCommand

TYPED = re.compile(r"(?<![\w./])/([a-z]{2,20})\b(?![/.])")
"""A command inside a sentence; no path and no address."""
PREFIX = re.compile(r"^[a-z0-9_-]{0,16}$")
"""What may stand before a command's name when another app has taken it."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, what may follow it, and what it does.

    ``mentions`` says that its text has members in it, which Slack then sends with their ids.
    """

    name: str
    hint: str
    summary: str
    mentions: bool = False


COMMANDS = (
    Command("quiz", "[topic] [difficulty]", "Today's question, or one you have not seen yet."),
    Command("challenge", "[name]", "Today's code challenge, or the one you name."),
    Command("submit", "[name] [code block]", "Hand in code: a code block here, or the dialog."),
    Command("hint", "[challenge]", "The next hint. Each takes a fifth of the points off."),
    Command(
        "leaderboard",
        "[today|week|month|season|all] [channel|league] [page] [topic NAME]",
        "Who is ahead, and where you are.",
    ),
    Command("streak", "[@member]", "The days in a row, and what became of each.", mentions=True),
    Command("warmup", "[help|setup|stats]", "Help, and what admins can set up.", mentions=True),
    Command("bank", "[list]", "The question banks of this workspace."),
)
"""Every command, in the order a newcomer needs it."""

HELP = (
    *COMMANDS[:6],
    Command("warmup", "setup", "For admins: daily rounds in this channel, when and from what."),
    Command("warmup", "pause | resume", "For admins: stop the rounds here, or go on."),
    Command("warmup", "freeze @member | repair @member day", "For admins: help a streak.", mentions=True),
    Command("bank", "[list]", "The question banks of this workspace."),
    Command("warmup", "help", "This list."),
)
"""The lines of the help."""


def slash_commands(panels: Sequence[PanelCommand]) -> tuple[Command, ...]:
    """Every slash command: those above, and one for each other name that panels have.

    What a panel adds to a command that is there already stands in its hint.
    """
    made = []
    for command in COMMANDS:
        group = [panel for panel in panels if panel.name == command.name]
        words = "".join(f"|{panel.word}" for panel in group)
        hint = f"{command.hint.removesuffix(']')}{words}]" if group else command.hint
        made.append(replace(command, hint=hint, mentions=command.mentions or _mentions(group)))
    own = {command.name for command in COMMANDS}
    for name in dict.fromkeys(panel.name for panel in panels if panel.name not in own):
        group = [panel for panel in panels if panel.name == name]
        hint = usage(group[0]) if len(group) == 1 else "|".join(panel.word for panel in group if panel.word)
        summary = " ".join(panel.summary for panel in group)
        made.append(Command(name, hint, summary, mentions=_mentions(group)))
    return tuple(made)


def _mentions(panels: Sequence[PanelCommand]) -> bool:
    return any(option.kind is OptionKind.MEMBER for panel in panels for option in panel.options)


@dataclass(frozen=True, slots=True)
class Names:
    """The commands under the names they have in this workspace. Raises ``ValueError`` for a bad prefix."""

    prefix: str = ""

    def __post_init__(self) -> None:
        if not PREFIX.match(self.prefix):
            raise ValueError(
                "a command prefix has at most 16 letters, digits, hyphens and underscores: "
                + self.prefix[:40]
            )

    def slash(self, command: Command) -> str:
        """``/quiz``, or with a prefix ``/warmup-quiz``."""
        return f"/{self.prefix}{command.name}"

    @property
    def help(self) -> str:
        """How to ask for the list of commands, shown as code."""
        return f"`/{self.prefix}warmup help`"

    def told(self, text: str) -> str:
        """A sentence of the services with the commands in it as they are called here."""
        return TYPED.sub(lambda found: f"/{self.prefix}{found[1]}", text) if self.prefix else text

    def usage(self, command: Command) -> str:
        """As the help shows it."""
        return f"{self.slash(command)} {command.hint}".strip()

    def plain(self, slash: str) -> str:
        """The command's own name from what was typed."""
        return slash.removeprefix("/").removeprefix(self.prefix)
