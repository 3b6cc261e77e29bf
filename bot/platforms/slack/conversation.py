"""Commands and buttons: the services are asked, and what they say is shown to the person who asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.domain.boards import Scope
from bot.domain.picking import DAILY_QUESTIONS
from bot.domain.wording import count
from bot.platforms.slack import actions, arguments, cards, cards_results, dialogs, home
from bot.platforms.slack.blocks import Card, illustrated
from bot.platforms.slack.commands import HELP, Names
from bot.platforms.slack.counting import Counts
from bot.platforms.slack.events import Event
from bot.platforms.slack.handing_in import HandingIn
from bot.platforms.slack.panels.drawing import picture_key
from bot.platforms.slack.panels.talking import PanelTalk
from bot.platforms.slack.people import People
from bot.platforms.slack.replies import Replies
from bot.platforms.slack.settings import Admins
from bot.platforms.slack.typed import as_typed, mentioned_member
from bot.platforms.slack.uploads import Uploads
from bot.services.app import Services
from bot.services.cards import Notice, Period
from bot.services.commands import (
    Actor,
    AnswerQuestion,
    AskQuiz,
    ShowChallenge,
    ShowLeaderboard,
    ShowStreak,
    TakeHint,
)
from bot.services.errors import Refusal
from bot.services.panels import Picture

OLD_BUTTON = "That button is from an older version of Warmup. Type the command again to get a new one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What happens when somebody types a command or presses something. Refusals are raised."""

    services: Services
    replies: Replies
    people: People
    code: HandingIn
    admins: Admins
    names: Names
    uploads: Uploads
    counts: Counts

    @property
    def panels(self) -> PanelTalk:
        """The part of the conversation that the services' panels have."""
        return PanelTalk(
            panels=self.services.panels,
            replies=self.replies,
            uploads=self.uploads,
            code=self.code,
            names=self.names,
            who=self.actor,
        )

    async def actor(self, event: Event) -> Actor:
        """The person behind an event, with the name and the rights that Slack tells."""
        person = await self.people.get(self.replies.web(event), event.team, event.user, event.user_name)
        return event.actor(person.name, is_admin=person.is_admin)

    async def command(self, event: Event, name: str, text: str) -> None:
        """A slash command, by its name without slash and prefix."""
        does: dict[str, Callable[[Event, str], Awaitable[None]]] = {
            "quiz": self.quiz,
            "challenge": self.challenge,
            "submit": self.submit,
            "hint": self.hint,
            "leaderboard": self.leaderboard,
            "streak": self.streak,
            "warmup": self.warmup,
            "bank": self.bank,
        }
        panel = self.panels.find(name, text)
        if panel is not None:
            await self.panels.command(event, *panel)
        elif name in does:
            await does[name](event, text.strip())
        else:
            words = ", ".join(f"`{word}`" for word in self.panels.words_of(name))
            told = f"Say what to do: {words}." if words else "I do not know that command."
            raise Refusal("unknown_command", f"{told} {self.names.help} lists all commands.")

    async def quiz(self, event: Event, text: str) -> None:
        """Today's question, or one not seen yet."""
        actor = await self.actor(event)
        topics = await self.services.banks.topics(actor, DAILY_QUESTIONS) if text else ()
        topic, difficulty = arguments.read_quiz(as_typed(text), topics)
        ask = AskQuiz(actor=actor, event_id=event.id, topic=topic, difficulty=difficulty)
        await self.replies.private(event, cards.question(await self.services.quiz.ask(ask)))

    async def challenge(self, event: Event, text: str) -> None:
        """The open challenge, or the one named."""
        show = ShowChallenge(actor=await self.actor(event), name=as_typed(text) or None)
        await self.replies.private(event, cards.challenge(await self.services.challenges.show(show)))

    async def submit(self, event: Event, text: str) -> None:
        """Code in the text is handed in; without any the dialog opens."""
        handed = arguments.read_submit(as_typed(text))
        if handed.text:
            await self.code.message(event, await self.actor(event), handed.text, handed.challenge)
        else:
            await self.code.dialog(event, self.actor, handed.challenge)

    async def hint(self, event: Event, text: str) -> None:
        """The next hint."""
        take = TakeHint(actor=await self.actor(event), event_id=event.id, challenge=as_typed(text) or None)
        await self.replies.private(event, cards.hint(await self.services.challenges.hint(take)))

    async def leaderboard(self, event: Event, text: str) -> None:
        """Who leads."""
        await self._board(event, arguments.read_leaderboard(as_typed(text)))

    async def _board(self, event: Event, asked: arguments.AskedBoard, *, instead: bool = False) -> None:
        show = ShowLeaderboard(
            actor=await self.actor(event),
            period=asked.period,
            page=asked.page,
            scope=asked.scope,
            topic=asked.topic,
        )
        board = await self.services.leaderboards.show(show)
        picture = None if event.view or not board.rows else await self.services.pictures.leaderboard(board)
        await self._illustrated(event, cards_results.leaderboard(board), picture, instead=instead)

    async def _illustrated(
        self, event: Event, card: Card, picture: Picture | None, *, instead: bool = False
    ) -> None:
        """A card with its picture, as far as Slack takes it."""
        shown = await self._with_picture(event, card, picture)
        await self.replies.private(
            event, shown or card, replace=instead, otherwise=card if shown is not None else None
        )

    async def _with_picture(self, event: Event, card: Card, picture: Picture | None) -> Card | None:
        """The card with its picture; None when there is none, or Slack does not have it yet."""
        if picture is None:
            return None
        ids = await self.uploads.pictures(self.replies.web(event), event.team, [picture])
        return illustrated(card, ids[picture_key(picture)], picture.alt) if ids else None

    async def streak(self, event: Event, text: str) -> None:
        """One's own streak, or that of a member mentioned."""
        member = mentioned_member(text)
        if text and member is None:
            raise Refusal(
                "unknown_member", "Mention a member, as in `/streak @ada`, or type `/streak` alone."
            )
        show = ShowStreak(actor=await self.actor(event), member=member)
        streak = await self.services.streaks.show(show)
        picture = await self.services.pictures.streak(streak) if streak.days else None
        await self._illustrated(event, cards_results.streak(streak), picture)

    async def warmup(self, event: Event, text: str) -> None:
        """Help, and what admins set up."""
        word, _, rest = text.partition(" ")
        if word.casefold() in ("", "help"):
            await self.help(event)
        elif word.casefold() == "stats":
            await self._board(event, arguments.AskedBoard(Period.ALL))
        else:
            await self.admins.command(event, self.actor, word.casefold(), rest.strip())

    async def help(self, event: Event) -> None:
        """What the bot can do, by the names that its commands have here."""
        rows = self._usages(await self.actor(event))
        await self.replies.private(event, cards.help_(self.services.help(), rows))

    def _usages(self, actor: Actor) -> tuple[tuple[str, str], ...]:
        """How to type each command, and what it does; those for admins are told to admins."""
        panels = [
            (self.panels.usage(command), command.summary)
            for command in self.services.panels.commands
            if actor.is_admin or not command.admin
        ]
        return (*((self.names.usage(entry), entry.summary) for entry in HELP), *panels)

    async def bank(self, event: Event, text: str) -> None:
        """The banks that this workspace uses; the other words are panels."""
        if text.casefold() not in ("", "list"):
            words = ", ".join(f"`{word}`" for word in ("list", *self.panels.words_of("bank")))
            raise Refusal("unknown_word", f"Say what to do with question banks: {words}.")
        actor = await self.actor(event)
        place = await self.services.communities.enter(actor)
        banks = await self.services.banks.list(place.community.id)
        lines = [
            f"- `{bank.name}`: {count(bank.questions, 'question')}{'' if bank.enabled else ', not in use'}"
            for bank in banks
        ]
        await self.replies.private(event, cards.notice(Notice("\n".join(lines) or "There is no bank yet.")))

    async def pressed(self, event: Event, action: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        """A button or a menu of any card."""
        name, values = actions.read(str(action.get("action_id", "")))
        if name in ("panel", "ask", "spoiler"):
            await self._pressed_panel(event, name, action, body)
            return
        try:
            match name, values:
                case "answer", (posting, letter):
                    await self._answered(event, int(posting), frozenset({letter}), body)
                case "confirm", (posting,):
                    await self._answered(event, int(posting), _ticked(body, int(posting)), body)
                case "tick", _:
                    return
                case "type", (posting,):
                    await self._ask_output(event, int(posting))
                case "submit", (key,):
                    await self.code.dialog(event, self.actor, key)
                case "hint", (key,):
                    await self.hint(event, key)
                case "board", (period, page, *scope):
                    asked = _asked(period, int(page), scope)
                    await self._board(event, asked, instead=True)
                case "period", (*scope,):
                    chosen = (action.get("selected_option") or {}).get("value", "")
                    await self._board(event, _asked(chosen, 1, scope), instead=True)
                case "quiz", ():
                    await self._in_dialog(event, partial(self.quiz, text=""))
                case "question", (posting,):
                    await self._in_dialog(event, partial(self._show_question, posting=int(posting)))
                case "setup", ():
                    await self.admins.dialog(event, self.actor, choose=True)
                case "open", (command, word):
                    await self._in_dialog(event, partial(self.command, name=command, text=word))
                case "challenge", (key,):
                    await self._in_dialog(event, partial(self.challenge, text=key))
                case _:
                    raise ValueError(name)
        except ValueError:
            raise Refusal("old_button", OLD_BUTTON) from None

    async def _pressed_panel(
        self, event: Event, name: str, action: Mapping[str, Any], body: Mapping[str, Any]
    ) -> None:
        value = str(action.get("value", ""))
        container = body.get("container") or {}
        alone = bool(container.get("is_ephemeral")) or event.is_direct or container.get("type") == "view"
        if name == "spoiler":
            await self.panels.uncover(event, str((action.get("text") or {}).get("text", "")), value)
        elif name == "ask":
            await self.panels.ask(event, value, only_reader=alone)
        else:
            from_home = (body.get("view") or {}).get("type") == "home"
            await self.panels.pressed(event, value, from_home=from_home, only_reader=alone)

    async def _in_dialog(self, event: Event, show: Callable[[Event], Awaitable[None]]) -> None:
        """Open a dialog at once and show there what ``show`` would show privately."""
        view_id = await self.replies.open_view(event, dialogs.loading("Warmup"))
        event = replace(event, view=view_id)
        try:
            await show(event)
        except Refusal as refusal:
            await self.replies.private(event, cards.notice(Notice(refusal.text, ok=False)))

    async def _show_question(self, event: Event, posting: int) -> None:
        shown = await self.services.quiz.show(await self.actor(event), posting)
        await self.replies.private(event, cards.question(shown))

    async def home(self, event: Event) -> None:
        """App Home, made afresh each time that it is opened."""
        actor = await self.actor(event)
        streak = await self.services.streaks.show(ShowStreak(actor=actor))
        picture = await self.services.pictures.streak(streak) if streak.days else None
        shown = cards_results.streak(streak)
        view = home.home(
            await self.services.today.overview(actor),
            await self._with_picture(event, shown, picture) or shown,
            await self.services.leaderboards.show(ShowLeaderboard(actor=actor)),
            self._usages(actor),
            doors={(command.name, command.word) for command in self.services.panels.commands},
            is_admin=actor.is_admin,
        )
        await self.replies.publish_home(event, view)

    async def _answered(
        self, event: Event, posting: int, letters: frozenset[str], body: Mapping[str, Any]
    ) -> None:
        """An answer by a button: the question's own message counts it."""
        await self.answer(event, posting, letters)
        self.counts.changed(event, await self.actor(event), posting, body)

    async def answer(self, event: Event, posting: int, letters: frozenset[str], typed: str = "") -> None:
        """An answer; its result is shown to its author alone."""
        answer = AnswerQuestion(
            actor=await self.actor(event),
            event_id=event.id,
            posting=posting,
            letters=letters,
            typed=typed,
            at=event.at,
        )
        await self.replies.private(event, cards.answer(await self.services.quiz.answer(answer)))

    async def _ask_output(self, event: Event, posting: int) -> None:
        """The dialog to type in; it needs nothing of the database, so it opens as it is."""
        view = dialogs.output(
            "Read the program once more, then type it.", dialogs.origin_of(event, str(posting))
        )
        await self.replies.open_view(event, view)

    async def typed_output(self, event: Event, submitted: Mapping[str, Any]) -> None:
        """The dialog with typed output came back."""
        origin = dialogs.read_origin(submitted.get("private_metadata"))
        if not origin.about.isdigit():
            raise Refusal("old_button", OLD_BUTTON)
        text = str(dialogs.field(submitted, dialogs.OUTPUT).get("value") or "")
        event = replace(origin.place(event), id=f"{event.id}:{origin.about}")
        await self.answer(event, int(origin.about), frozenset(), text)


def _asked(period: str, page: int, scope: Sequence[str]) -> arguments.AskedBoard:
    """A leaderboard as its buttons tell it; earlier ones told no scope. Raises ``ValueError``."""
    named = Scope(scope[0]) if scope else Scope.COMMUNITY
    return arguments.AskedBoard(Period(period), page, named, "|".join(scope[1:]))


def _ticked(body: Mapping[str, Any], posting: int) -> frozenset[str]:
    """The letters whose boxes this person has ticked."""
    values = (body.get("state") or {}).get("values") or {}
    boxes = (values.get(actions.ticks_block(posting)) or {}).get(actions.tick(posting)) or {}
    return frozenset(str(option.get("value", "")) for option in boxes.get("selected_options") or ())
