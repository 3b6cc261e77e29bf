"""What somebody did, and what they are answered: messages in the history, of which most are private."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.domain.content import SourceFile
from bot.platforms.playground.messages import Body, Draft, History, Message
from bot.platforms.playground.people import CHANNEL, People, Person
from bot.services.cards import ChallengeCard, Notice
from bot.services.errors import BadCode, Refusal
from bot.services.panels import Form


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of the editor or an attachment."""

    name: str
    content: bytes

    def as_source(self) -> SourceFile:
        """The file as code. Raises ``BadCode`` when it is no text."""
        try:
            return SourceFile(self.name, self.content.decode("utf-8"))
        except UnicodeDecodeError:
            raise BadCode("no_text", f"{self.name} is no text file: hand in the source code.") from None


@dataclass(frozen=True, slots=True)
class Reaction:
    """What came of an event: messages to show at once, an editor or a form to open.

    A message comes again in the live stream; a page knows it by its id and revision. ``problem`` is what is
    wrong with what a form sent: the form stays open and says it. ``stale`` says that the page shows messages
    that are no longer there, and has to be loaded anew.
    """

    messages: tuple[Message, ...] = ()
    editor: ChallengeCard | None = None
    form: Form | None = None
    problem: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Who did something, and the browser's own id of it: the same id again means the same event."""

    people: People
    id: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def me(self) -> Person:
        """The person who did it."""
        return self.people.me


class Replies:
    """Writes answers into the history, each once for its event."""

    def __init__(self, history: History) -> None:
        self._history = history

    @staticmethod
    def private(event: Event, body: Body, invoked: str = "") -> Draft:
        """A message of the bot that only the person of the event sees."""
        return Draft(
            channel=CHANNEL, body=body, private_to=event.me.id, invoked=invoked, invoked_by=event.me.name
        )

    async def reply(self, event: Event, body: Body, invoked: str = "", *, nonce: str = "") -> Reaction:
        """Answer in private, once for the event or for ``nonce``."""
        return await self.add(event, self.private(event, body, invoked), nonce=nonce)

    async def add(self, event: Event, draft: Draft, *, nonce: str = "") -> Reaction:
        """Write a message once for the event or for ``nonce``."""
        return Reaction((await self._history.add(draft, nonce=nonce or f"reply:{event.id}"),))

    async def refuse(self, event: Event, refusal: Refusal, invoked: str = "") -> Reaction:
        """Say no in private."""
        return await self.reply(event, Notice(refusal.text, ok=False), invoked)
