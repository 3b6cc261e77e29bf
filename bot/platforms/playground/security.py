"""The door of the playground: it is for this machine's own browser and for nobody else.

There is no log-in, so these checks are what keeps other sites that the same browser visits from reading or
writing here: a name that is not ours in ``Host`` (DNS rebinding), a request sent by another site (cross-site
request forgery), a frame around the page.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-cache",
}
"""Sent with every response that does not say otherwise. Nothing is loaded from another host, nothing inline
runs, and the browser asks whether a file has changed, so that an upgrade is seen at once."""


class AllowedHosts:
    """Which ``Host`` headers are ours: loopback with the server's port, and what the operator configured.

    A configured name with a port stands for itself, one without a port for every port.
    """

    def __init__(self, port: int, configured: Collection[str] = ()) -> None:
        names = {f"{name}:{port}" for name in LOOPBACK}
        if port == 80:
            names.update(LOOPBACK)
        self._exact = frozenset(names | {name.lower() for name in configured})

    def allows(self, host: str) -> bool:
        """Whether a ``Host`` header names us."""
        lowered = host.lower()
        name, _, port = lowered.rpartition(":")
        return lowered in self._exact or (port.isdigit() and name in self._exact)


def is_own_request(method: str, headers: Headers) -> bool:
    """Whether a request that could change something comes from a page of this very server.

    Browsers say so in ``Sec-Fetch-Site`` and ``Origin``. Both have to agree where both are there, and one of
    them has to be there. Reading is free, except from inside another site's page.
    """
    site = headers.get("sec-fetch-site")
    if method in ("GET", "HEAD"):
        navigation = (
            headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
        )
        return site not in ("cross-site", "same-site") or navigation
    origin = headers.get("origin")
    if site is None and origin is None:
        return False
    host = headers.get("host", "").lower()
    return site in (None, "same-origin") and origin in (None, f"http://{host}", f"https://{host}")


class Door:
    """ASGI middleware: refuses other hosts and other sites, and adds the headers above."""

    def __init__(self, app: ASGIApp, hosts: AllowedHosts) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    own.setdefault(name, value)
            await send(message)

        app = self._app
        if not self._hosts.allows(headers.get("host", "")):
            app = PlainTextResponse(
                "This playground answers to its own machine only. Open it as http://127.0.0.1 with its port,"
                " or add this host to WARMUP_WEB_ALLOWED_HOSTS.\n",
                status_code=421,
            )
        elif not is_own_request(scope["method"], headers):
            app = PlainTextResponse("Requests from other sites are refused.\n", status_code=403)
        await app(scope, receive, send_with_headers)
