"""Clients: one address for all, no second sending, and the token for nobody but Slack."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler

from bot.config import CHECKOUT
from bot.platforms.slack.client import BadAddress, Clients

SLACK = CHECKOUT / "bot" / "platforms" / "slack"


@pytest.fixture
async def clients() -> AsyncIterator[Clients]:
    clients = Clients("http://127.0.0.1:8081/api")
    yield clients
    await clients.close()


async def test_every_client_has_the_configured_address(clients: Clients) -> None:
    assert clients.web("xoxb").base_url == "http://127.0.0.1:8081/api/"
    assert Clients().base == "https://slack.com/api/"


def test_no_client_is_made_anywhere_else() -> None:
    making = re.compile(r"(?:AsyncWebClient|AsyncWebhookClient|WebClient|ClientSession)\(")
    assert [path.name for path in SLACK.glob("*.py") if making.search(path.read_text())] == ["client.py"]


async def test_only_a_certain_refusal_is_tried_again(clients: Clients) -> None:
    kinds = {type(handler) for handler in clients.web().retry_handlers}
    assert kinds == {AsyncRateLimitErrorRetryHandler}
    assert clients.web(wait_when_limited=False).retry_handlers == []
    webhook = clients.webhook("https://hooks.slack.com/commands/1")
    assert {type(handler) for handler in webhook.retry_handlers} == {AsyncRateLimitErrorRetryHandler}


@pytest.mark.parametrize(
    "address",
    ["https://hooks.slack.com/x", "https://files.slack.com/a.py", "http://127.0.0.1:8081/response/1"],
)
def test_slack_and_the_configured_server_are_trusted(address: str) -> None:
    Clients("http://127.0.0.1:8081/api/").check(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://hooks.slack.com/x",
        "https://slack.com.evil.example/x",
        "https://evilslack.com/x",
        "https://user@evil.example/slack.com",
        "http://127.0.0.1:8082/x",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
    ],
)
def test_everything_else_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        Clients("http://127.0.0.1:8081/api/").check(address)
