"""Which challenge is meant: the one that is named, else the round's that is open in the channel."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import datetime

from bot.services.errors import NotFound
from bot.services.ports import UnitOfWork
from bot.services.records import Place, Posting, StoredItem


@dataclass(frozen=True, slots=True)
class Target:
    """A challenge, and the open round's posting when it is that round's challenge."""

    stored: StoredItem
    posting: Posting | None


async def open_challenge(work: UnitOfWork, place: Place, at: datetime) -> Posting | None:
    """The challenge of the round that is open in the channel at ``at``."""
    current = await work.rounds.current(place.channel.id, at)
    if current is None or current.challenge is None:
        return None
    return await work.postings.get(current.challenge)


async def find_challenge(work: UnitOfWork, place: Place, name: str | None, at: datetime) -> Target:
    """The challenge meant by ``name`` (a key or a title), or without one the open round's.

    A round's challenge keeps the version it was posted with. Raises ``NotFound`` with what to type instead.
    """
    posting = await open_challenge(work, place, at)
    if name is None or not name.strip():
        if posting is None:
            raise NotFound(
                "no_open_challenge",
                "There is no open challenge in this channel. Name one, as in `/challenge two-sum`.",
            )
        return Target(posting.stored, posting)
    stored = await work.bank.challenge(place.community.id, name.strip())
    if stored is None:
        raise await _unknown(work, place, name.strip())
    if posting is not None and posting.stored.question == stored.question:
        return Target(posting.stored, posting)
    return Target(stored, None)


async def _unknown(work: UnitOfWork, place: Place, name: str) -> NotFound:
    known = await work.bank.challenges(place.community.id)
    words = {key.lower(): key for key, _ in known} | {title.lower(): key for key, title in known}
    close = difflib.get_close_matches(name.lower()[:100], words, n=3, cutoff=0.5)
    keys = list(dict.fromkeys(words[word] for word in close)) or [key for key, _ in known[:5]]
    hint = f" Did you mean {' or '.join(f'`{key}`' for key in keys)}?" if keys else ""
    return NotFound("unknown_challenge", f"There is no challenge called {name[:60]!r}.{hint}")
