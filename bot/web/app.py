"""Puts the server's own routes and the mounted applications together."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp

from bot.web.health import Checks, health_routes
from bot.web.metrics import MeasuredRequests, Refresh, metrics_route


def create_app(
    *,
    checks: Checks,
    registry: CollectorRegistry,
    refresh: Refresh | None = None,
    mounts: Sequence[tuple[str, ASGIApp]] = (),
) -> Starlette:
    """The application: ``/healthz``, ``/readyz``, ``/metrics``, then each of ``mounts`` (path, application).

    Mounts are tried in their order; one at ``/`` takes everything that is left.
    """
    routes: list[BaseRoute] = [*health_routes(checks), metrics_route(registry, refresh)]
    routes += [Mount(path, app=app) for path, app in mounts]
    return Starlette(routes=routes, middleware=[Middleware(MeasuredRequests, registry=registry)])
