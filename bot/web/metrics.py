"""``/metrics`` in Prometheus' text format, and the measuring of our own requests."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Refresh = Callable[[], Awaitable[None]]
"""Brings gauges up to date that have to be asked for, such as the length of the queue."""


def metrics_route(registry: CollectorRegistry, refresh: Refresh | None = None) -> Route:
    """The route that shows a registry, after ``refresh``."""

    async def metrics(_request: Request) -> Response:
        if refresh is not None:
            await refresh()
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return Route("/metrics", metrics)


class MeasuredRequests:
    """ASGI middleware: counts requests by method and status, and times them until the first byte.

    Paths are no label, so that nobody can make the number of series grow.
    """

    METHODS = frozenset({"GET", "HEAD", "POST"})

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self._app = app
        self._requests = Counter(
            "warmup_http_requests_total", "HTTP requests answered.", ("method", "status"), registry=registry
        )
        self._seconds = Histogram(
            "warmup_http_first_byte_seconds", "Time to the first byte of an answer.", registry=registry
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Measure one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        method = scope["method"] if scope["method"] in self.METHODS else "other"

        async def measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._requests.labels(method, str(message["status"])).inc()
                self._seconds.observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, measured)
