"""Who one can be in the playground.

There are no accounts: it is a page on one's own machine, and being several people is what makes a
leaderboard mean something. A cookie holds who one is and the names one has added.
"""

from __future__ import annotations

import json
import unicodedata
import zlib
from dataclasses import dataclass
from urllib.parse import quote, unquote

from bot.platforms.playground.messages import BOT
from bot.services.commands import Actor, Platform

COMMUNITY = "playground"
"""The platform id of the one community there is."""
CHANNEL = "daily"
"""The platform id, and the name, of the one channel there is."""
COOKIE = "warmup_people"
NAME_LIMIT = 32
"""Characters in a name, as on Discord."""
ADDED_LIMIT = 12
"""Names one browser may add."""
HUES = 8
"""Colours an avatar can have (classes ``hue-0`` to ``hue-7``)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be. ``id`` is the platform's id of the member."""

    id: str
    name: str

    @property
    def initial(self) -> str:
        """The letter on the avatar."""
        return self.name[0].upper()

    @property
    def hue(self) -> int:
        """The colour of the avatar: the same for the same person everywhere."""
        return hue_of(self.id)

    @property
    def actor(self) -> Actor:
        """The person as the services know them. Whoever runs the page administers it."""
        return Actor(
            platform=Platform.PLAYGROUND,
            community=COMMUNITY,
            channel=CHANNEL,
            member=self.id,
            name=self.name,
            community_name="Playground",
            channel_name=CHANNEL,
            is_admin=True,
        )


def hue_of(person: str) -> int:
    """The avatar colour for a person's id."""
    return zlib.crc32(person.encode()) % HUES


RESIDENTS = tuple(Person(name.lower(), name) for name in ("Ada", "Grace", "Linus", "Mei"))
"""The people everybody can be."""


def named(name: str) -> Person | None:
    """The person of this name, or None when it is not a name (empty, too long, the bot's own).

    Names that differ only in case or in Unicode composition are the same person.
    """
    shown = " ".join(unicodedata.normalize("NFKC", name).split())
    if not shown or len(shown) > NAME_LIMIT or not shown.isprintable():
        return None
    key = shown.casefold()
    if key == BOT or not any(character.isalnum() for character in shown):
        return None
    return next((person for person in RESIDENTS if person.id == key), Person(key, shown))


@dataclass(frozen=True, slots=True)
class People:
    """What one browser's cookie says: who one is, and whom one has added."""

    me: Person = RESIDENTS[0]
    added: tuple[Person, ...] = ()

    @property
    def everyone(self) -> tuple[Person, ...]:
        """Everybody one can be here, the residents first."""
        return RESIDENTS + self.added

    def become(self, person: Person) -> People:
        """The same browser as somebody else, whose name is added when it is new."""
        if person in self.everyone:
            return People(person, self.added)
        return People(person, (*self.added, person)[-ADDED_LIMIT:])

    def to_cookie(self) -> str:
        """The cookie's value."""
        return quote(json.dumps({"me": self.me.name, "added": [person.name for person in self.added]}))


def from_cookie(value: str | None) -> People:
    """Read a cookie; anything that is not one of ours means a new visitor."""
    try:
        document = json.loads(unquote(value or "{}"))
        names = [str(name) for name in document.get("added", [])]
        me = named(str(document.get("me", RESIDENTS[0].name)))
    except (ValueError, AttributeError, TypeError):
        return People()
    people = People()
    for name in names[:ADDED_LIMIT]:
        person = named(name)
        people = people.become(person) if person else people
    return people.become(me or RESIDENTS[0])
