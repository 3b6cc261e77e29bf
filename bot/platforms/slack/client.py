"""The one way to make clients of Slack's Web API, so that every one of them has the configured address.

No client sends a request again after a lost connection: Slack knows no idempotency key, and a message that
arrived would be there twice. A refusal for too many requests (429) is certain; those are waited out.
"""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

LIBRARY_LOG = logging.getLogger("bot.platforms.slack.library")
"""The logger of Bolt and the SDK. Below this level they write down payloads and response addresses, which let
whoever reads the log answer in our name; so the level does not follow the settings."""
LIBRARY_LOG.setLevel(logging.WARNING)

API_BASE = "https://slack.com/api/"
TIMEOUT_S = 20
LONGEST_FILE = 256 * 1024
"""Bytes of an upload that are read; the services refuse far smaller ones with a sentence."""

FAILURES = (SlackClientError, aiohttp.ClientError, OSError, TimeoutError)
"""Everything that a request to Slack may raise."""


class BadAddress(Exception):
    """An address in an event that is neither Slack's nor the configured server's: nothing is sent there."""


class Clients:
    """Makes clients over one connection pool. ``base`` is the Web API's address."""

    def __init__(self, base: str | None = None) -> None:
        base = base or API_BASE
        self.base = base if base.endswith("/") else f"{base}/"
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The pool; made at the first use, inside the event loop."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        return self._session

    async def close(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()

    def web(self, token: str | None = None, *, wait_when_limited: bool = True) -> AsyncWebClient:
        """A Web API client; without ``wait_when_limited`` a 429 is raised, for callers who come again."""
        return AsyncWebClient(
            token=token,
            base_url=self.base,
            timeout=TIMEOUT_S,
            session=self.session,
            logger=LIBRARY_LOG,
            retry_handlers=self._handlers() if wait_when_limited else [],
        )

    def webhook(self, url: str) -> AsyncWebhookClient:
        """A client for a ``response_url``. Raises ``BadAddress``."""
        self.check(url)
        return AsyncWebhookClient(
            url,
            timeout=TIMEOUT_S,
            session=self.session,
            logger=LIBRARY_LOG,
            retry_handlers=self._handlers(),
        )

    async def download(self, url: str, token: str, most: int = LONGEST_FILE) -> bytes:
        """A file that a member uploaded, or a little more than ``most`` bytes of it.

        Raises ``BadAddress``, ``OSError`` or aiohttp's errors.
        """
        self.check(url)
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.get(url, headers=headers, allow_redirects=False) as response:
            response.raise_for_status()
            if response.status != 200 or response.content_type == "text/html":
                # Without the scope files:read Slack answers with its sign-in page.
                raise OSError("Slack did not give the file")
            data = bytearray()
            async for chunk in response.content.iter_chunked(64 * 1024):
                data += chunk
                if len(data) > most:
                    break
            return bytes(data)

    async def upload(self, url: str, content: bytes) -> None:
        """Send a file's content to the address that Slack has given for it.

        Raises ``BadAddress``, ``OSError`` or aiohttp's errors.
        """
        self.check(url)
        kind = {"Content-Type": "application/octet-stream"}
        async with self.session.post(url, data=content, headers=kind, allow_redirects=False) as response:
            response.raise_for_status()

    def check(self, url: str) -> None:
        """Raise ``BadAddress`` unless the address is Slack's own or that of the configured server."""
        address, own = urlsplit(url), urlsplit(self.base)
        host = address.hostname or ""
        slack = address.scheme == "https" and (host == "slack.com" or host.endswith(".slack.com"))
        if not slack and (address.scheme, address.netloc) != (own.scheme, own.netloc):
            raise BadAddress(f"not an address of Slack's: {host}")

    @staticmethod
    def _handlers() -> list[AsyncRetryHandler]:
        return [AsyncRateLimitErrorRetryHandler(max_retry_count=1)]
