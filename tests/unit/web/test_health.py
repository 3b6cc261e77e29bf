"""What the server says about itself."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from prometheus_client import CollectorRegistry, Gauge
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.web import health
from bot.web.app import create_app
from bot.web.health import Check, Checks


def browser(app: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://web")


def app_with(checks: Checks | None = None, registry: CollectorRegistry | None = None) -> Starlette:
    return create_app(checks=checks or {}, registry=registry or CollectorRegistry())


async def fine() -> Check:
    return Check(True, "PostgreSQL 18 answers")


async def behind() -> Check:
    return Check(False, "the schema is one migration behind")


async def broken() -> Check:
    raise ConnectionError("postgresql://user:secret@db")


async def stuck() -> Check:
    await asyncio.Event().wait()
    raise AssertionError


async def test_the_process_lives_whatever_the_checks_say() -> None:
    async with browser(app_with({"database": broken})) as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


async def test_ready_when_every_check_is_ok() -> None:
    async with browser(app_with({"database": fine})) as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "checks": {"database": {"ok": True, "detail": "PostgreSQL 18 answers"}},
    }


@pytest.mark.failure(7)
async def test_not_ready_with_the_reason_of_each_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_TIMEOUT_S", 0.01)
    checks = {"database": fine, "schema": behind, "worker": broken, "clock": stuck}
    async with browser(app_with(checks)) as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 503
    outcome = answer.json()
    assert outcome["ready"] is False
    assert {name: check["ok"] for name, check in outcome["checks"].items()} == {
        "database": True,
        "schema": False,
        "worker": False,
        "clock": False,
    }
    assert outcome["checks"]["schema"]["detail"] == "the schema is one migration behind"
    assert "secret" not in answer.text


async def test_metrics_are_refreshed_and_count_our_own_requests() -> None:
    registry = CollectorRegistry()
    depth = Gauge("warmup_queue_depth", "Jobs.", registry=registry)

    async def refresh() -> None:
        depth.set(7)

    app = create_app(checks={}, registry=registry, refresh=refresh)
    async with browser(app) as client:
        await client.get("/healthz")
        await client.request("BREW", "/nowhere")
        answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "warmup_queue_depth 7.0" in answer.text
    assert 'warmup_http_requests_total{method="GET",status="200"} 1.0' in answer.text
    assert 'warmup_http_requests_total{method="other",status="404"} 1.0' in answer.text


async def test_an_application_is_mounted_beside_our_own_routes() -> None:
    inner = Starlette(routes=[Route("/hello", lambda request: PlainTextResponse("hi"))])
    app = create_app(checks={}, registry=CollectorRegistry(), mounts=[("/", inner)])
    async with browser(app) as client:
        assert (await client.get("/hello")).text == "hi"
        assert (await client.get("/healthz")).text == "ok\n"
