"""Messages of the playground's channel, and how they are written into its history and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from bot.platforms.playground.panel_documents import read_panel, write_panel
from bot.services import cards
from bot.services.messages import Messages, NewMessage, StoredMessage
from bot.services.panels import Panel

BOT = "warmup"
"""The author id of the bot's own messages; no person may take it."""
BOT_NAME = "Warmup"


@dataclass(frozen=True, slots=True)
class Said:
    """What a person typed, as typed: Markdown to be shown, never HTML."""

    text: str


Card = (
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
)
Body = Said | Card | Panel
"""Everything one message can hold."""

KINDS: dict[str, type[Any]] = {
    "said": Said,
    "question": cards.QuestionCard,
    "answer": cards.AnswerCard,
    "challenge": cards.ChallengeCard,
    "hint": cards.HintCard,
    "receipt": cards.Receipt,
    "verdict": cards.VerdictCard,
    "leaderboard": cards.LeaderboardPage,
    "streak": cards.StreakCard,
    "recap": cards.RecapCard,
    "help": cards.HelpCard,
    "notice": cards.Notice,
    "panel": Panel,
}
"""The name under which each body is stored, and the template that shows it."""

_NAMES = {body: name for name, body in KINDS.items()}
_ADAPTERS: dict[str, TypeAdapter[Any]] = {
    name: TypeAdapter(body) for name, body in KINDS.items() if body is not Panel
}


def kind_of(body: Body) -> str:
    """The stored name of a body's type, a key of ``KINDS``."""
    return _NAMES[type(body)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message about to be kept.

    ``private_to`` is the id of the only person who sees it, or None for everybody. ``invoked`` is
    the command it answers, as typed by ``invoked_by`` (a name); ``reply_to`` names the message a
    person replied to.
    """

    channel: str
    body: Body
    author: str = BOT
    author_name: str = BOT_NAME
    private_to: str | None = None
    invoked: str = ""
    invoked_by: str = ""
    reply_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Draft):
    """A message of the history. ``revision`` grows over the whole history with every post and edit."""

    id: int
    revision: int
    created_at: datetime
    edited: bool = False

    def visible_to(self, person: str) -> bool:
        """Whether this person may see it."""
        return self.private_to is None or self.private_to == person


def to_document(draft: Draft) -> dict[str, Any]:
    """Everything about a message that only the playground reads, as JSON values."""
    return {
        **_body_document(draft.body),
        "author_name": draft.author_name,
        "invoked": _storable(draft.invoked),
        "invoked_by": draft.invoked_by,
        "reply_to": draft.reply_to,
    }


def _body_document(body: Body) -> dict[str, Any]:
    kind = kind_of(body)
    plain = write_panel(body) if isinstance(body, Panel) else _ADAPTERS[kind].dump_python(body, mode="json")
    return {"kind": kind, "value": _storable(plain)}


def _storable(value: Any) -> Any:
    """The same JSON value without what no text column takes: NUL, and halves of surrogate pairs."""
    match value:
        case str():
            return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
        case list():
            return [_storable(item) for item in value]
        case dict():
            return {key: _storable(item) for key, item in value.items()}
        case _:
            return value


def _body_of(document: Mapping[str, Any]) -> Body:
    """The body in a document.

    One of another version that no longer fits becomes a notice that says so: an old message must
    never keep the whole page from being shown.
    """
    try:
        if document["kind"] == "panel":
            return read_panel(document["value"])
        body: Body = _ADAPTERS[document["kind"]].validate_python(document["value"])
    except (KeyError, TypeError, ValueError):
        return cards.Notice("Another version of Warmup wrote this message; it cannot be shown.", ok=False)
    return body


def from_stored(stored: StoredMessage) -> Message:
    """A message from what storage kept."""
    document = stored.document
    return Message(
        id=stored.id,
        revision=stored.revision,
        channel=stored.channel,
        author=stored.author,
        author_name=str(document.get("author_name", stored.author)),
        body=_body_of(document),
        private_to=stored.private_to,
        invoked=str(document.get("invoked", "")),
        invoked_by=str(document.get("invoked_by", "")),
        reply_to=document.get("reply_to"),
        created_at=stored.created_at,
        edited=stored.edited_at is not None,
    )


class History:
    """The channel's messages: the storage's port, spoken to in messages instead of documents."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    async def add(self, draft: Draft, *, nonce: str | None = None) -> Message:
        """Keep a new message; with a ``nonce`` used before, give the message kept then."""
        stored = await self._messages.add(
            NewMessage(
                channel=draft.channel,
                author=draft.author,
                document=to_document(draft),
                private_to=draft.private_to,
                nonce=nonce,
            )
        )
        return from_stored(stored)

    async def edit(self, message: Message, body: Body, *, even_if_changed: bool = False) -> Message | None:
        """Replace a body; None when the message has changed since it was read, unless that is all right."""
        document = {**to_document(message), **_body_document(body)}
        stored = await self._messages.edit(
            message.id, document, only_revision=None if even_if_changed else message.revision
        )
        return None if stored is None else from_stored(stored)

    async def get(self, message: int) -> Message | None:
        """One message by its id."""
        stored = await self._messages.get(message)
        return None if stored is None else from_stored(stored)

    async def before(self, channel: str, reader: str, message: int | None, limit: int) -> list[Message]:
        """The last ``limit`` messages this reader may see (before ``message``), oldest first."""
        return [from_stored(row) for row in await self._messages.before(channel, reader, message, limit)]

    async def since(self, channel: str, revision: int, limit: int) -> list[Message]:
        """Messages posted or edited after ``revision``, of all readers, by ascending revision."""
        return [from_stored(row) for row in await self._messages.since(channel, revision, limit)]

    async def latest_revision(self) -> int:
        """The highest revision so far; 0 in an empty history."""
        return await self._messages.latest_revision()
