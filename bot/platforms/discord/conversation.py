"""What happens when somebody runs a command, presses a button or sends a dialog off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import discord
import structlog
from discord import ui

from bot.domain.content import Difficulty, SourceFile
from bot.locales import language_of, msgid
from bot.platforms.discord import actors, buttons, dialogs, people
from bot.platforms.discord.answering import OUR_FAULT, Answers, language, outcome
from bot.platforms.discord.attachments import Downloads
from bot.platforms.discord.buttons import Action, Press
from bot.platforms.discord.counting import Counts
from bot.platforms.discord.features import Features
from bot.platforms.discord.reading import has_block, replied_challenge
from bot.platforms.discord.render import AnyCard, Pictured
from bot.services.app import Services
from bot.services.cards import AnswerCard, Notice, Period, QuestionCard, Receipt, Scope
from bot.services.commands import (
    AnswerQuestion,
    AskQuiz,
    ReplyTarget,
    ShowChallenge,
    ShowLeaderboard,
    ShowStreak,
    SubmitCode,
    TakeHint,
)
from bot.services.errors import NotFound, Refusal

log = structlog.get_logger(__name__)

TOKEN_LIFE = timedelta(minutes=14)
"""An interaction's token lives fifteen minutes; the last one is left for the network and the clocks."""
OLD_BUTTON = msgid(
    "That button is from another version of Warmup and does nothing any more. "
    "`/quiz`, `/challenge` and `/leaderboard` show everything anew."
)
Interaction = discord.Interaction[Any]
Attached = Sequence[Mapping[str, Any]]


class Conversation:
    """Asks the services and answers. Everything is private to the person who asked."""

    def __init__(
        self, services: Services, answers: Answers, downloads: Downloads, counts: Counts | None = None
    ) -> None:
        self._services = services
        self._answers = answers
        self._downloads = downloads
        self._counts = counts or Counts(services)
        self.features = Features(services.panels, answers, downloads)

    async def quiz(
        self, interaction: Interaction, topic: str | None = None, difficulty: Difficulty | None = None
    ) -> None:
        """``/quiz``."""
        ask = AskQuiz(
            actor=actors.of_interaction(interaction),
            event_id=str(interaction.id),
            topic=topic,
            difficulty=difficulty,
        )
        await self._answers.answer(interaction, self._services.quiz.ask(ask))

    async def challenge(self, interaction: Interaction, name: str | None = None) -> None:
        """``/challenge``."""
        show = ShowChallenge(actor=actors.of_interaction(interaction), name=name)
        await self._answers.answer(interaction, self._services.challenges.show(show))

    async def hint(self, interaction: Interaction, challenge: str | None = None) -> None:
        """``/hint`` and its button."""

        async def work() -> AnyCard:
            actor = actors.of_interaction(interaction)
            key = await self._whole_key(interaction, challenge)
            return await self._services.challenges.hint(
                TakeHint(actor=actor, event_id=str(interaction.id), challenge=key)
            )

        await self._answers.answer(interaction, work())

    async def leaderboard(
        self,
        interaction: Interaction,
        period: Period = Period.WEEK,
        page: int = 1,
        *,
        scope: Scope = Scope.COMMUNITY,
        topic: str = "",
        drawn: bool = False,
        turn: bool = False,
    ) -> None:
        """``/leaderboard``, perhaps ``drawn``; with ``turn`` in place of the one whose button was pressed."""
        actor = actors.of_interaction(interaction)
        show = ShowLeaderboard(actor=actor, period=period, page=max(1, page), scope=scope, topic=topic)

        async def work() -> AnyCard:
            card = await self._services.leaderboards.show(show)
            return Pictured(card, await self._services.pictures.leaderboard(card)) if drawn else card

        give = self._answers.update if turn else self._answers.answer
        await give(interaction, work())

    async def streak(self, interaction: Interaction, member: str | None = None) -> None:
        """``/streak``."""
        show = ShowStreak(actor=actors.of_interaction(interaction), member=member)

        async def work() -> AnyCard:
            card = await self._services.streaks.show(show)
            return Pictured(card, await self._services.pictures.streak(card))

        await self._answers.answer(interaction, work())

    async def help(self, interaction: Interaction) -> None:
        """``/help``."""

        async def work() -> AnyCard:
            return self._services.help()

        await self._answers.answer(interaction, work())

    async def open_code(self, interaction: Interaction, challenge: str | None = None) -> None:
        """Open the dialog for code, with the starter."""

        async def dialog() -> ui.Modal:
            key = await self._whole_key(interaction, challenge)
            show = ShowChallenge(actor=actors.of_interaction(interaction), name=key)
            card = await self._services.challenges.show(show)
            return dialogs.code_dialog(card.key, card.title, card.starter)

        await self._answers.open(interaction, dialog(), lambda: dialogs.code_dialog(challenge or "", "", ()))

    async def open_again(self, interaction: Interaction, submission: int) -> None:
        """Open the dialog for code, with what was handed in before."""

        async def dialog() -> ui.Modal:
            card = await self._services.submissions.result(actors.of_interaction(interaction), submission)
            return dialogs.code_dialog(card.challenge, card.title, card.files)

        await self._answers.open(interaction, dialog())

    async def submit(
        self, interaction: Interaction, challenge: str | None, *, text: str = "", attached: Attached = ()
    ) -> None:
        """Take code in: the receipt at once, and the verdict in its place when it is there."""
        actor = actors.of_interaction(interaction)
        in_time = await self._answers.acknowledge(interaction)
        reply = ReplyTarget()
        if in_time:
            reply = ReplyTarget(
                token=f"{interaction.application_id}/{interaction.token}",
                expires_at=interaction.created_at + TOKEN_LIFE,
                language=language(interaction),
            )

        async def work() -> AnyCard:
            files = await self._downloads.sources(attached) if attached else ()
            if not files and text and "```" not in text:
                files = (SourceFile("solution.py", text),)
            return await self._services.submissions.submit(
                SubmitCode(
                    actor=actor,
                    event_id=str(interaction.id),
                    challenge=await self._whole_key(interaction, challenge),
                    text="" if files else text,
                    files=files,
                    at=interaction.created_at,
                    reply=reply,
                )
            )

        card = await outcome(work())
        if in_time:
            await show_until_verdict(
                self._services, actor, card, lambda shown: self._answers.replace(interaction, shown)
            )

    async def submit_message(self, interaction: Interaction, message: discord.Message) -> None:
        """The message menu: hand in the code of one's own message."""
        if message.author.id != interaction.user.id:
            await self.say(interaction, msgid("That is somebody else's message. You can hand in your own."))
            return
        attached = [attachment.to_dict() for attachment in message.attachments]
        if not message.content.strip() and not attached:
            await self.say(interaction, msgid("There is no code in that message, and no file."))
            return
        has_code = has_block(message.content) or not attached
        await self.submit(
            interaction,
            replied_challenge(message),
            text=message.content if has_code else "",
            attached=() if has_code else attached,
        )

    async def say(self, interaction: Interaction, text: str) -> None:
        """A sentence to whoever did it."""
        if interaction.response.is_done():
            await self._answers.replace(interaction, Notice(text, ok=False))
        else:
            await self._answers.answer(interaction, _ready(Notice(text, ok=False)))

    async def broken(self, interaction: Interaction, error: Exception) -> None:
        """A fault of ours: logged, and said."""
        log.error("a command failed", exc_info=error)
        await self.say(interaction, OUR_FAULT)

    async def press(self, interaction: Interaction, custom_id: str) -> None:
        """A button was pressed, perhaps one of long ago."""
        press = buttons.read(custom_id)
        if press is None:
            return await self.say(interaction, OLD_BUTTON)
        match press.action:
            case Action.ANSWER:
                return await self._answer(interaction, press, frozenset({press.text(1)}))
            case Action.CHOOSE:
                return await self._open_letters(interaction, press)
            case Action.TYPE:
                return await self._answers.open(interaction, _ready(dialogs.output_dialog(press.number(0))))
            case Action.SUBMIT:
                return await self.open_code(interaction, press.text(0))
            case Action.AGAIN:
                return await self.open_again(interaction, press.number(0))
            case Action.HINT:
                return await self.hint(interaction, press.text(0))
            case Action.QUIZ:
                return await self.quiz(interaction)
            case Action.BOARD:
                period = Period(press.text(0)) if press.text(0) in list(Period) else Period.WEEK
                turn = interaction.message is not None and interaction.message.flags.ephemeral
                scope = Scope(press.text(4)) if press.text(4) in list(Scope) else Scope.COMMUNITY
                return await self.leaderboard(
                    interaction,
                    period,
                    press.number(1),
                    scope=scope,
                    topic=unquote(press.text(5)),
                    drawn=press.text(3) == people.DRAWN,
                    turn=turn,
                )
            case Action.PANEL:
                return await self.features.press(interaction, press)
            case Action.FORM:
                return await self.features.ask(interaction, press)

    async def dialog(self, interaction: Interaction) -> None:
        """A dialog was sent off, perhaps one opened before a restart."""
        data: Mapping[str, Any] = interaction.data or {}
        press = buttons.read(str(data.get("custom_id", "")))
        filled = dialogs.read(data)
        match press:
            case Press(action=Action.SUBMIT):
                await self.submit(
                    interaction,
                    press.text(0) or None,
                    text=filled.texts.get(dialogs.CODE, ""),
                    attached=filled.uploads,
                )
            case Press(action=Action.CHOOSE):
                await self._answer(interaction, press, frozenset(filled.values.get(dialogs.LETTERS, ())))
            case Press(action=Action.PANEL):
                await self.features.press(interaction, press, filled)
            case Press(action=Action.TYPE):
                await self._answer(interaction, press, typed=filled.texts.get(dialogs.OUTPUT, ""))
            case _:
                await self.say(interaction, OLD_BUTTON)

    async def _answer(
        self, interaction: Interaction, press: Press, letters: frozenset[str] = frozenset(), typed: str = ""
    ) -> None:
        command = AnswerQuestion(
            actor=actors.of_interaction(interaction),
            event_id=str(interaction.id),
            posting=press.number(0),
            letters=letters,
            typed=typed,
            at=interaction.created_at,
        )
        card = await self._answers.answer(interaction, self._services.quiz.answer(command))
        shown = interaction.message
        if shown is None or shown.flags.ephemeral:
            return
        if isinstance(card, AnswerCard) and not card.repeated:
            spoken = language_of(press.text(2))
            self._counts.changed(shown, command.actor, command.posting, press.mark, spoken)

    async def _open_letters(self, interaction: Interaction, press: Press) -> None:
        async def dialog() -> ui.Modal:
            actor = actors.of_interaction(interaction)
            card: QuestionCard = await self._services.quiz.show(actor, press.number(0))
            return dialogs.letters_dialog(card)

        await self._answers.open(interaction, dialog())

    async def _whole_key(self, interaction: Interaction, key: str | None) -> str | None:
        """A challenge's key, also where a custom id had room for its beginning only."""
        if not key or not key.endswith(buttons.SHORTENED):
            return key or None
        start = key.removesuffix(buttons.SHORTENED)
        for known, _ in await self._services.challenges.names(actors.of_interaction(interaction)):
            if known.startswith(start):
                return known
        raise NotFound(
            "unknown_challenge", "That challenge is not here any more. `/challenge` shows today's."
        )


async def show_until_verdict(
    services: Services,
    actor: Any,
    card: AnyCard,
    show: Callable[[AnyCard], Awaitable[None]],
) -> None:
    """Show the outcome of a submission; a verdict that came before its receipt was shown stays on top.

    A verdict recorded after this look is delivered after it as well, so it is never covered by the receipt.
    """
    await show(card)
    if not isinstance(card, Receipt):
        return
    try:
        verdict = await services.submissions.result(actor, card.submission)
    except Refusal:
        return
    await show(verdict)


async def _ready(value: Any) -> Any:
    return value
