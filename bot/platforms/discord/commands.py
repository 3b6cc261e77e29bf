"""The commands for everybody, as Discord lists them."""

from __future__ import annotations

import math
from typing import Any

import discord
from discord import app_commands

from bot.domain.content import Difficulty
from bot.platforms.discord.completing import Completions
from bot.platforms.discord.conversation import Conversation
from bot.platforms.discord.pacing import Pace
from bot.services.cards import Period, Scope

Interaction = discord.Interaction[Any]

PERIODS = [
    app_commands.Choice(name=name, value=period.value)
    for name, period in (
        ("Today", Period.TODAY),
        ("This week", Period.WEEK),
        ("This month", Period.MONTH),
        ("This season", Period.SEASON),
        ("All time", Period.ALL),
    )
]
SCOPES = [
    app_commands.Choice(name="This channel", value=Scope.CHANNEL.value),
    app_commands.Choice(name="The league", value=Scope.LEAGUE.value),
]
DIFFICULTIES = [app_commands.Choice(name=each.value.title(), value=each.value) for each in Difficulty]


def add_commands(tree: Tree, conversation: Conversation, completions: Completions) -> None:
    """Add the commands for everybody to ``tree``."""
    _add_questions(tree, conversation, completions)
    _add_code(tree, conversation, completions)
    _add_people(tree, conversation, completions)


def _add_questions(tree: Tree, conversation: Conversation, completions: Completions) -> None:
    @tree.command(name="quiz", description="Today's question, or one you have not seen yet")
    @app_commands.describe(topic="What it is about", difficulty="How hard it is")
    @app_commands.choices(difficulty=DIFFICULTIES)
    async def quiz(interaction: Interaction, topic: str | None = None, difficulty: str | None = None) -> None:
        await conversation.quiz(interaction, topic, Difficulty(difficulty) if difficulty else None)

    quiz.autocomplete("topic")(completions.topics)

    @tree.command(name="challenge", description="Today's code challenge, or the one you name")
    @app_commands.describe(name="Which challenge")
    async def challenge(interaction: Interaction, name: str | None = None) -> None:
        await conversation.challenge(interaction, name)

    challenge.autocomplete("name")(completions.challenges)

    @tree.command(name="hint", description="The next hint; it takes points off the solution")
    @app_commands.describe(challenge="Which challenge, if not today's")
    async def hint(interaction: Interaction, challenge: str | None = None) -> None:
        await conversation.hint(interaction, challenge)

    hint.autocomplete("challenge")(completions.challenges)


def _add_code(tree: Tree, conversation: Conversation, completions: Completions) -> None:
    @tree.command(name="submit", description="Hand in code: in a dialog, or as files")
    @app_commands.describe(
        challenge="Which challenge, if not today's",
        file="A source file or a zip; without one a dialog opens",
        file2="A further file",
        file3="A further file",
    )
    async def submit(
        interaction: Interaction,
        challenge: str | None = None,
        file: discord.Attachment | None = None,
        file2: discord.Attachment | None = None,
        file3: discord.Attachment | None = None,
    ) -> None:
        files = [each.to_dict() for each in (file, file2, file3) if each is not None]
        if files:
            await conversation.submit(interaction, challenge, attached=files)
        else:
            await conversation.open_code(interaction, challenge)

    submit.autocomplete("challenge")(completions.challenges)

    @tree.context_menu(name="Submit for grading")
    async def submit_message(interaction: Interaction, message: discord.Message) -> None:
        await conversation.submit_message(interaction, message)


def _add_people(tree: Tree, conversation: Conversation, completions: Completions) -> None:
    @tree.command(name="leaderboard", description="Who is ahead, and where you are")
    @app_commands.describe(
        period="Since when",
        page="Which page, from 1",
        scope="Of less or more than this server",
        topic="Of one topic only",
    )
    @app_commands.choices(period=PERIODS, scope=SCOPES)
    async def leaderboard(
        interaction: Interaction,
        period: str | None = None,
        page: app_commands.Range[int, 1, 100_000] = 1,
        scope: str | None = None,
        topic: str | None = None,
    ) -> None:
        wanted = Scope.TOPIC if topic else Scope(scope) if scope else Scope.COMMUNITY
        await conversation.leaderboard(
            interaction, Period(period) if period else Period.WEEK, page, scope=wanted, topic=topic or ""
        )

    leaderboard.autocomplete("topic")(completions.topics)

    @tree.command(name="streak", description="Days in a row, and what became of each of the last ones")
    @app_commands.describe(member="Whose, if not yours")
    async def streak(interaction: Interaction, member: discord.User | None = None) -> None:
        await conversation.streak(interaction, str(member.id) if member else None)

    @tree.command(name="help", description="What Warmup can do")
    async def help_(interaction: Interaction) -> None:
        await conversation.help(interaction)


class Tree(app_commands.CommandTree[Any]):
    """The bot's commands, with the answers for those that cannot be run."""

    def __init__(self, client: discord.Client, conversation: Conversation) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=False
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self._conversation = conversation
        self._pace = Pace()

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Whether the command is run: not when there were too many of them a moment ago."""
        if interaction.type is not discord.InteractionType.application_command:
            return True
        wait_s = self._pace.wait_s(str(interaction.user.id), interaction.created_at.timestamp())
        if wait_s > 0:
            wait = f"Please wait {math.ceil(wait_s)} s before the next command."
            await self._conversation.say(interaction, wait)
        return wait_s <= 0

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Say what went wrong with a command."""
        conversation = self._conversation
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            text = "That command has changed. Please try again in a minute, when Discord has the new one."
            await conversation.say(interaction, text)
        elif isinstance(error, app_commands.CheckFailure):
            await conversation.say(interaction, "Only those who manage this server can do that.")
        else:
            await conversation.broken(interaction, error)
