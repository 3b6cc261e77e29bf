"""What happens when somebody writes or presses something: services are asked, messages come of it."""

from __future__ import annotations

import hashlib

from bot.domain.content import Difficulty, SourceFile
from bot.domain.picking import DAILY_QUESTIONS
from bot.platforms.playground import commands as typed
from bot.platforms.playground.messages import Card, Draft, History, Said
from bot.platforms.playground.panel_lines import completed, group_of, read_line
from bot.platforms.playground.panels import PanelConversation
from bot.platforms.playground.people import CHANNEL, People
from bot.platforms.playground.replies import Event, Reaction, Replies, Upload
from bot.services.app import Services
from bot.services.cards import (
    ChallengeCard,
    HintCard,
    LeaderboardPage,
    Notice,
    Period,
    QuestionCard,
    Receipt,
    Scope,
    VerdictCard,
)
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
from bot.services.errors import Refusal

CHAT_LIMIT = 8_000
"""Characters in a message to the channel; code to be graded has the services' own limit."""
Groups = dict[str, list[tuple[str, str]]]
HANDING_IN = Notice("Handing in your code…")
"""Stands where the receipt, and then the verdict, will be."""


class Conversation:
    """The channel's behaviour. A ``Refusal`` of the services becomes a private notice with its text."""

    def __init__(self, services: Services, history: History) -> None:
        self._services = services
        self._history = history
        self._replies = Replies(history)
        self.panels = PanelConversation(services, history, self._replies)

    async def choices(self, people: People) -> typed.Choices:
        """What the commands' arguments may be at the moment."""
        actor = people.me.actor
        return typed.Choices(
            topics=tuple(await self._services.banks.topics(actor, DAILY_QUESTIONS)),
            challenges=tuple(await self._services.challenges.names(actor)),
            people=tuple((person.id, person.name) for person in people.everyone),
            commands=tuple(command.full_name for command in self._services.panels.commands),
        )

    async def completions(self, people: People) -> tuple[tuple[typed.Command, ...], Groups]:
        """Every command, and the groups of (value, what it is) that complete their arguments."""
        choices = await self.choices(people)
        panels = self._services.panels.commands
        groups: Groups = {
            "topics": [(topic, "topic") for topic in choices.topics],
            "difficulties": [(difficulty, "difficulty") for difficulty in Difficulty],
            "challenges": list(choices.challenges),
            "periods": [(period, "period") for period in Period],
            "scopes": [(scope, "whose leaderboard") for scope in Scope if scope is not Scope.TOPIC],
            "people": [(name, "member") for _, name in choices.people],
            "banks": [
                (bank.name, "bank") for bank in await self._services.community_banks.list(people.me.actor)
            ],
        }
        for command in panels:
            for option in command.options:
                what = option.completes
                if what and what not in groups:
                    groups[what] = list(await self._services.panels.suggest(what, people.me.actor))
                if option.choices:
                    groups[group_of(command, option)] = [
                        (choice, option.summary) for choice in option.choices
                    ]
        return (*typed.COMMANDS, *map(completed, panels)), groups

    async def say(
        self, event: Event, text: str, files: tuple[Upload, ...] = (), reply_to: int | None = None
    ) -> Reaction:
        """A message was sent: a command, code to hand in, or just words for everybody."""
        invoked = text.strip().split("\n", 1)[0][:80]
        try:
            if text.lstrip().startswith("/"):
                return await self._command(event, text, files, invoked)
            if files or typed.has_code_block(text):
                challenge = await self._challenge_meant(event, text, reply_to)
                if files or challenge:
                    return await self.submit(event, challenge, text="" if files else text, files=_code(files))
            return await self._chat(event, text, reply_to)
        except Refusal as refusal:
            return await self._replies.refuse(
                event, refusal, invoked if text.lstrip().startswith("/") else ""
            )

    async def answer(
        self,
        event: Event,
        posting: int,
        letters: frozenset[str] = frozenset(),
        text: str = "",
        message: int | None = None,
    ) -> Reaction:
        """A letter (or several, or typed output) was chosen, on the question in ``message``."""
        try:
            card = await self._services.quiz.answer(
                AnswerQuestion(
                    actor=event.me.actor,
                    event_id=event.id,
                    posting=posting,
                    letters=letters,
                    typed=text,
                    at=event.at,
                )
            )
        except Refusal as refusal:
            return await self._replies.refuse(event, refusal)
        # Choosing the same again gives the same message again, not a second one.
        said = hashlib.sha256(text.encode()).hexdigest()[:16] if text else "".join(sorted(letters))
        reaction = await self._replies.reply(event, card, nonce=f"answer:{posting}:{event.me.id}:{said}")
        if not card.repeated and message is not None:
            await self._count_answer(event, posting, message)
        return reaction

    async def _count_answer(self, event: Event, posting: int, message: int) -> None:
        """Show on the question itself how many have answered. When two do at once, the later one counts."""
        shown = await self._history.get(message)
        if shown is None or not shown.visible_to(event.me.id):
            return
        if isinstance(shown.body, QuestionCard) and shown.body.posting == posting:
            await self._history.edit(shown, await self._services.quiz.show(event.me.actor, posting))

    async def submit(
        self,
        event: Event,
        challenge: str | None,
        *,
        text: str = "",
        files: tuple[SourceFile, ...] = (),
    ) -> Reaction:
        """Code was handed in. The receipt's message is where the verdict will come."""
        message = await self._history.add(
            self._replies.private(event, HANDING_IN, f"/submit {challenge or ''}".strip()),
            nonce=f"code:{event.id}",
        )
        if message.body != HANDING_IN:
            return Reaction((message,))
        outcome: Card
        try:
            outcome = await self._services.submissions.submit(
                SubmitCode(
                    actor=event.me.actor,
                    event_id=event.id,
                    challenge=challenge,
                    text=text,
                    files=files,
                    at=event.at,
                    reply=ReplyTarget(message=str(message.id)),
                )
            )
        except Refusal as refusal:
            outcome = Notice(refusal.text, ok=False)
        # The verdict may have been quicker than we are: then it stays.
        edited = await self._history.edit(message, outcome)
        return Reaction((edited or await self._history.get(message.id) or message,))

    async def hint(self, event: Event, challenge: str | None, invoked: str = "") -> Reaction:
        """The next hint."""
        try:
            card = await self._services.challenges.hint(
                TakeHint(actor=event.me.actor, event_id=event.id, challenge=challenge)
            )
        except Refusal as refusal:
            return await self._replies.refuse(event, refusal, invoked)
        return await self._replies.reply(event, card, invoked)

    async def turn(self, event: Event, message: int, wanted: typed.Leaderboard) -> Reaction:
        """Another page or period of a leaderboard, in the message that shows it."""
        shown = await self._history.get(message)
        if shown is None or shown.private_to != event.me.id or not isinstance(shown.body, LeaderboardPage):
            return await self._replies.refuse(
                event, Refusal("gone", "That leaderboard is gone: `/leaderboard` shows it.")
            )
        try:
            card = await self._board(event, wanted)
        except Refusal as refusal:
            return await self._replies.refuse(event, refusal)
        edited = await self._history.edit(shown, card, even_if_changed=True)
        return Reaction((edited,) if edited else ())

    async def editor(self, event: Event, challenge: str | None) -> Reaction:
        """The challenge to write code for."""
        try:
            card = await self._services.challenges.show(ShowChallenge(actor=event.me.actor, name=challenge))
        except Refusal as refusal:
            return await self._replies.refuse(event, refusal)
        return Reaction(editor=card)

    async def _command(self, event: Event, text: str, files: tuple[Upload, ...], invoked: str) -> Reaction:
        actor = event.me.actor
        choices = await self.choices(event.people)
        line = read_line(text, self._services.panels.commands, choices)
        if line is not None:
            return await self.panels.open(event, line, files, invoked)
        match typed.read(text, choices):
            case typed.Quiz(topic, difficulty):
                ask = AskQuiz(actor=actor, event_id=event.id, topic=topic, difficulty=difficulty)
                return await self._replies.reply(event, await self._services.quiz.ask(ask), invoked)
            case typed.ShowOne(key):
                card = await self._services.challenges.show(ShowChallenge(actor=actor, name=key))
                return await self._replies.reply(event, card, invoked)
            case typed.Hint(key):
                return await self.hint(event, key, invoked)
            case typed.Submit(key, "") if not files:
                return await self.editor(event, key)
            case typed.Submit(key, code):
                return await self.submit(event, key, text="" if files else code, files=_code(files))
            case typed.Leaderboard() as wanted:
                return await self._replies.reply(event, await self._board(event, wanted), invoked)
            case typed.Streak(member):
                look = ShowStreak(actor=actor, member=member)
                return await self._replies.reply(event, await self._services.streaks.show(look), invoked)
            case typed.Help():
                return await self._replies.reply(event, self._services.help(), invoked)

    async def _board(self, event: Event, wanted: typed.Leaderboard) -> LeaderboardPage:
        return await self._services.leaderboards.show(
            ShowLeaderboard(
                actor=event.me.actor,
                period=wanted.period,
                page=wanted.page,
                scope=wanted.scope,
                topic=wanted.topic,
            )
        )

    async def _challenge_meant(self, event: Event, text: str, reply_to: int | None) -> str | None:
        """Which challenge a message with code is about: the one replied to, else the one it names."""
        replied = await self._history.get(reply_to) if reply_to is not None else None
        if replied is not None and replied.visible_to(event.me.id):
            match replied.body:
                case ChallengeCard(key=key):
                    return key
                case VerdictCard(challenge=key) | Receipt(challenge=key) | HintCard(challenge=key):
                    return key
        return typed.mentioned(text, await self.choices(event.people))

    async def _chat(self, event: Event, text: str, reply_to: int | None) -> Reaction:
        if not text.strip():
            raise Refusal("empty", "There is nothing in that message.")
        if len(text) > CHAT_LIMIT:
            raise Refusal(
                "too_long",
                f"A message to the channel has at most {CHAT_LIMIT:,} characters; yours has {len(text):,}."
                " To hand in code, use `/submit` or reply to the challenge.",
            )
        me = event.me
        draft = Draft(channel=CHANNEL, body=Said(text), author=me.id, author_name=me.name, reply_to=reply_to)
        message = await self._history.add(draft, nonce=f"said:{event.id}")
        if not typed.has_code_block(text):
            return Reaction((message,))
        advice = Notice(
            "Everybody sees that code. To have it graded, reply to the challenge, name it, or use `/submit`."
        )
        return Reaction(
            (message, *(await self._replies.reply(event, advice, nonce=f"advice:{event.id}")).messages)
        )


def _code(files: tuple[Upload, ...]) -> tuple[SourceFile, ...]:
    return tuple(file.as_source() for file in files)
