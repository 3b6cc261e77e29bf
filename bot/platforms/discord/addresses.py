"""Where Discord is: its own address, or another one (a proxy, a test server) for every client.

discord.py keeps the address of the HTTP interface and of the gateway in its classes, so this is set once,
before the first client is made. The gateway's first address is asked from that interface itself
(``GET /gateway/bot``); a session that cannot be resumed begins again at the same place.
"""

from __future__ import annotations

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route

OWN_BASE = "https://discord.com/api/v10"
OWN_GATEWAY = yarl.URL("wss://gateway.discord.gg/")


class BadBase(ValueError):
    """The address cannot be used."""


def use_base(base: str | None) -> None:
    """Send every request to ``base``, which ends with the version of the interface; None: Discord's own.

    Raises ``BadBase``.
    """
    address = (base or OWN_BASE).rstrip("/")
    if not address.startswith(("http://", "https://")):
        raise BadBase("it must begin with http:// or https://, as in http://127.0.0.1:8080/api/v10")
    Route.BASE = address
    DiscordWebSocket.DEFAULT_GATEWAY = OWN_GATEWAY


async def gateway_of(http: HTTPClient) -> None:
    """Ask where the gateway is, for sessions that begin anew. Raises ``discord.GatewayNotFound``."""
    if Route.BASE == OWN_BASE:
        return
    _, url, _ = await http.get_bot_gateway()
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
