"""Several workspaces: installed in a browser by OAuth, served by one app, and forgotten when they leave."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest

from bot.platforms.slack.app import SlackApp
from bot.platforms.slack.installing import Distribution, install_routes
from bot.platforms.slack.poster import SlackPoster
from bot.platforms.slack.transports import http_app
from bot.platforms.slack.workspaces import KEPT_S, InstalledWorkspaces
from bot.services.cards import Notice
from bot.services.commands import Platform
from bot.services.errors import Gone
from bot.services.installations import InstallationService
from bot.services.ports import Outgoing
from bot.services.queues import DeliveryKind
from bot.storage.sealing import FernetSeal, new_key
from bot.web.server import listen, port_of, serve
from tests.e2e.slack.conftest import ADA, Slack
from tests.e2e.slack.server import CLIENT, SECRET, post_signed

OTHER = "T0OTHER"
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
"""The SDK makes the header of ``oauth.v2.access`` with it."""


@dataclass
class Many:
    """One app in HTTP mode for several workspaces, and a browser."""

    slack: Slack
    app: SlackApp
    workspaces: InstalledWorkspaces
    base: str
    browser: aiohttp.ClientSession
    seconds: list[float]

    async def begin(self) -> tuple[dict[str, list[str]], str]:
        """Open the first page: what it asks Slack for, and the browser's cookie."""
        async with self.browser.get(f"{self.base}/install") as page:
            assert page.status == 200
            assert page.headers["Cache-Control"] == "no-store"
            link = re.search(r'href="([^"]+oauth/v2/authorize[^"]+)"', await page.text())
            cookie = page.headers["Set-Cookie"]
            assert link is not None
        address = urlsplit(link[1].replace("&amp;", "&"))
        assert f"{address.scheme}://{address.netloc}" == self.slack.server.base
        return parse_qs(address.query), cookie.partition(";")[0]

    async def come_back(self, cookie: str = "", **query: str) -> int:
        """What Slack does after consent; the page's status."""
        headers = {"Cookie": cookie} if cookie else {}
        address = f"{self.base}/oauth_redirect?{urlencode(query)}"
        async with self.browser.get(address, headers=headers) as page:
            assert "xoxb" not in await page.text()
            return page.status

    async def install(self, team: str = OTHER) -> None:
        asked, cookie = await self.begin()
        self.slack.server.codes["allowed"] = team
        assert await self.come_back(cookie, code="allowed", state=asked["state"][0]) == 200

    async def send(self, kind: str, body: dict[str, Any]) -> int:
        text = urlencode(body) if kind == "command" else json.dumps(body)
        return await post_signed(self.browser, f"{self.base}/events", text, at=time.time())

    async def event(self, kind: str, team: str, **inner: Any) -> int:
        body = {
            "type": "event_callback",
            "team_id": team,
            "event_id": f"Ev{self.slack.server.ts()}",
            "event": {"type": kind, **inner},
        }
        return await self.send("event", body)


@pytest.fixture
async def many(unconnected: Slack) -> AsyncIterator[Many]:
    slack, seconds = unconnected, [0.0]
    world = slack.world
    installations = InstallationService(world.store.begin, world.clock, FernetSeal([new_key()]))
    workspaces = InstalledWorkspaces(installations, seconds=lambda: seconds[0])
    app = SlackApp(world.services, slack.clients, workspaces, world.clock, signing_secret=SECRET)
    distribution = Distribution(client_id=CLIENT[0], client_secret=CLIENT[1])
    pages = install_routes(slack.clients, distribution, installations, workspaces)
    listener, stopping = listen("127.0.0.1", 0), asyncio.Event()
    serving = asyncio.ensure_future(serve(http_app(app, pages), listener, stopping=stopping))
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
        yield Many(slack, app, workspaces, f"http://127.0.0.1:{port_of(listener)}", browser, seconds)
    stopping.set()
    await serving
    await app.drain(5)


async def test_a_workspace_installs_the_app_and_is_answered_with_its_own_token(many: Many) -> None:
    await many.install()
    body = many.slack.command_body("streak", team_id=OTHER)
    assert await many.send("command", body) == 200
    await many.slack.server.private(ADA)
    asked = many.slack.server.called("users.info")
    assert [many.slack.server.tokens[call.token] for call in asked] == [OTHER]
    names = {each.external: each.name for each in many.slack.world.store.tables.communities.values()}
    assert names == {OTHER: f"Team {OTHER}"}


async def test_it_asks_for_what_the_manifest_says(many: Many) -> None:
    asked, _ = await many.begin()
    assert asked["client_id"] == [CLIENT[0]]
    assert "files:write" in asked["scope"][0].split(",")
    assert "user_scope" not in asked


async def test_the_token_is_in_the_database_encrypted(many: Many) -> None:
    await many.install()
    kept = many.slack.world.store.tables.installations[OTHER]
    assert all(token not in repr(kept) + kept.sealed for token in many.slack.server.tokens)


async def test_what_was_not_begun_in_this_browser_installs_nothing(many: Many) -> None:
    asked, cookie = await many.begin()
    state = asked["state"][0]
    many.slack.server.codes["allowed"] = OTHER
    assert await many.come_back(code="allowed", state=state) == 400
    assert await many.come_back(cookie, code="allowed", state="made-up") == 400
    name = cookie.partition("=")[0]
    assert await many.come_back(f"{name}=made-up", code="allowed", state="made-up") == 401
    assert await many.come_back(cookie, code="wrong", state=state) == 401
    assert await many.come_back(cookie, code="allowed", state=state) == 401, "a state counts once"
    assert not many.slack.world.store.tables.installations


async def test_who_does_not_consent_is_told_so(many: Many) -> None:
    assert await many.come_back(error="access_denied") == 200
    assert not many.slack.world.store.tables.installations


async def test_when_slack_does_not_answer_the_page_says_so(many: Many) -> None:
    asked, cookie = await many.begin()
    many.slack.server.codes["allowed"] = OTHER
    many.slack.server.fail("oauth.v2.access", "drop")
    assert await many.come_back(cookie, code="allowed", state=asked["state"][0]) == 502


@pytest.mark.failure(35)
@pytest.mark.parametrize(
    ("kind", "inner"),
    [("app_uninstalled", {}), ("tokens_revoked", {"tokens": {"oauth": [], "bot": ["UBOT"]}})],
)
async def test_a_workspace_that_removes_the_app_is_forgotten_at_once(
    many: Many, kind: str, inner: dict[str, Any]
) -> None:
    await many.install()
    await many.send("command", many.slack.command_body("streak", team_id=OTHER))
    await many.slack.server.private(ADA)
    for _ in range(2):
        assert await many.event(kind, OTHER, **inner) == 200
    await many.app.drain(5)
    tables = many.slack.world.store.tables
    assert tables.installations == {}
    assert len(tables.left) == 1
    await many.send("command", many.slack.command_body("streak", team_id=OTHER))
    assert "not set up for this workspace" in json.dumps(await many.slack.server.private(ADA, 2))


async def test_a_members_own_token_revoked_is_no_removal(many: Many) -> None:
    await many.install()
    await many.event("tokens_revoked", OTHER, tokens={"oauth": ["U0ADA"], "bot": []})
    await many.app.drain(5)
    assert OTHER in many.slack.world.store.tables.installations


async def test_another_process_stops_using_a_token_within_half_a_minute(many: Many) -> None:
    await many.install()
    assert await many.workspaces.get(OTHER) is not None
    many.slack.world.store.tables.installations.clear()
    assert await many.workspaces.get(OTHER) is not None
    many.seconds[0] += KEPT_S
    assert await many.workspaces.get(OTHER) is None


async def test_the_outbox_sends_with_the_token_of_each_workspace(many: Many) -> None:
    await many.install()
    await many.install("T0THIRD")
    poster = SlackPoster(many.slack.clients, many.workspaces, many.slack.world.clock)
    for team in (OTHER, "T0THIRD"):
        await poster.send(message(team))
    posted = many.slack.server.called("chat.postMessage")
    assert [many.slack.server.tokens[call.token] for call in posted] == [OTHER, "T0THIRD"]
    with pytest.raises(Gone, match="not installed"):
        await poster.send(message("T0NOBODY"))


def message(team: str) -> Outgoing:
    return Outgoing(
        delivery=1,
        nonce=f"n-{team}",
        attempt=1,
        platform=Platform.SLACK,
        community=team,
        channel="C0DAILY",
        kind=DeliveryKind.NOTICE,
        card=Notice("Hello."),
    )
