"""Who somebody is: display name, zone and rights, asked from Slack and remembered for a while."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
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
MANY, LATELY_S = 10, 60.0
"""So many strangers within so many seconds are looked up together."""
PAGE, MOST_PAGES = 1_000, 10
LIST_S = 5.0
"""How long somebody waits for the list before being asked for alone."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of a workspace as Slack tells it."""

    name: str
    zone: str = ""
    is_admin: bool = False
    is_bot: bool = False


class People:
    """Remembers people by workspace and id. ``seconds`` is a steady clock, handed in for tests.

    Strangers are asked for one by one, until many come within a short time: then the workspace's list is read
    once for all of them, because Slack takes about a hundred ``users.info`` a minute.
    """

    def __init__(
        self, admins: frozenset[str] = frozenset(), seconds: Callable[[], float] = monotonic
    ) -> None:
        self._admins = admins
        self._seconds = seconds
        self._known: OrderedDict[tuple[str, str], tuple[float, Person]] = OrderedDict()
        self._asked: dict[str, deque[float]] = {}
        self._lists: dict[str, tuple[float, asyncio.Task[None]]] = {}

    async def get(self, client: AsyncWebClient, team: str, user: str, name: str = "") -> Person:
        """The person; when Slack does not tell, as known before or as ``name``, with no right of Slack's."""
        fresh = self._fresh(team, user)
        if fresh is None and self._many(team):
            await asyncio.wait({self._list(client, team)}, timeout=LIST_S)
            fresh = self._fresh(team, user)
        if fresh is not None:
            return fresh
        try:
            response = await client.users_info(user=user)
        except FAILURES as error:
            log.warning("Slack did not tell who somebody is: %s", type(error).__name__)
            known, listed = self._known.get((team, user)), user in self._admins
            return replace(known[1], is_admin=listed) if known else Person(name, is_admin=listed)
        return self._keep(team, user, response.get("user") or {}, name)

    def _fresh(self, team: str, user: str) -> Person | None:
        known = self._known.get((team, user))
        return known[1] if known is not None and self._seconds() - known[0] < KEPT_S else None

    def _many(self, team: str) -> bool:
        """Whether many strangers of a workspace have come lately, this one included."""
        asked = self._asked.setdefault(team, deque(maxlen=MANY))
        asked.append(self._seconds())
        return len(asked) == MANY and asked[-1] - asked[0] < LATELY_S

    def _list(self, client: AsyncWebClient, team: str) -> asyncio.Task[None]:
        """The reading of the workspace's list: the one under way, or done lately, or a new one."""
        found = self._lists.get(team)
        if found is None or self._seconds() - found[0] > LATELY_S:
            found = (self._seconds(), asyncio.ensure_future(self._read_list(client, team)))
            self._lists[team] = found
        return found[1]

    async def _read_list(self, client: AsyncWebClient, team: str) -> None:
        cursor = ""
        try:
            for _ in range(MOST_PAGES):
                page = await client.users_list(limit=PAGE, cursor=cursor or None)
                for user in page.get("members") or ():
                    self._keep(team, str(user.get("id", "")), user, str(user.get("name") or ""))
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    return
        except FAILURES as error:
            log.warning("Slack did not tell who is there: %s", type(error).__name__)

    def _keep(self, team: str, external: str, user: dict[str, Any], name: str) -> Person:
        person = self._read(user, external, name)
        self._known[(team, external)] = (self._seconds(), person)
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
