"""Who somebody is: display name, zone and rights, asked from Slack and remembered for a while."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.client import FAILURES

log = logging.getLogger(__name__)

KEPT_S = 900.0
"""How long an answer of ``users.info`` counts; a right that was taken away ends after this at the latest."""
MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Person:
    """A member of a workspace as Slack tells it."""

    name: str
    zone: str = ""
    is_admin: bool = False
    is_bot: bool = False


class People:
    """Remembers people by workspace and id. ``seconds`` is a steady clock, handed in for tests."""

    def __init__(
        self, admins: frozenset[str] = frozenset(), seconds: Callable[[], float] = monotonic
    ) -> None:
        self._admins = admins
        self._seconds = seconds
        self._known: OrderedDict[tuple[str, str], tuple[float, Person]] = OrderedDict()

    async def get(self, client: AsyncWebClient, team: str, user: str, name: str = "") -> Person:
        """The person; when Slack does not tell, as known before or as ``name``, with no right of Slack's."""
        known = self._known.get((team, user))
        if known is not None and self._seconds() - known[0] < KEPT_S:
            return known[1]
        try:
            response = await client.users_info(user=user)
            person = self._read(response.get("user") or {}, user, name)
        except FAILURES as error:
            log.warning("Slack did not tell who somebody is: %s", type(error).__name__)
            listed = user in self._admins
            return replace(known[1], is_admin=listed) if known else Person(name, is_admin=listed)
        self._known[(team, user)] = (self._seconds(), person)
        if len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return person

    def forget(self, team: str, user: str) -> None:
        """Ask again next time: the person has changed."""
        self._known.pop((team, user), None)

    def _read(self, user: dict[str, Any], external: str, name: str) -> Person:
        profile = user.get("profile") or {}
        shown = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or name
        return Person(
            name=" ".join(str(shown).split())[:80] or name,
            zone=str(user.get("tz") or ""),
            is_admin=bool(user.get("is_admin") or user.get("is_owner")) or external in self._admins,
            is_bot=bool(user.get("is_bot")),
        )
