"""The role ``web``: the playground, health, metrics, and Slack's requests."""

from __future__ import annotations

import socket

import structlog

from bot.bootstrap.alive import pulse
from bot.bootstrap.database import connected, database
from bot.bootstrap.health import Metrics, readiness
from bot.bootstrap.loops import draining, together
from bot.bootstrap.playground import set_up_channel
from bot.bootstrap.roles import paced_services
from bot.bootstrap.slack import HTTP_PATH, slack_web
from bot.config import Settings
from bot.platforms.playground.app import Playground
from bot.services.app import Services
from bot.storage.database import Database
from bot.web.app import create_app
from bot.web.server import listen, port_of, serve

log = structlog.get_logger(__name__)


async def web(settings: Settings) -> None:
    """Serve the playground, health and metrics."""
    listener = listen(settings.web_host, settings.web_port)
    async with database(settings) as url, connected(url) as opened:
        services = paced_services(settings, opened)
        await set_up_channel(services)
        log.info("listening", host=settings.web_host, port=port_of(listener))
        await together(run_web(settings, opened, services, listener), pulse(settings, "web"))


async def run_web(settings: Settings, opened: Database, services: Services, listener: socket.socket) -> None:
    """Serve on ``listener`` until cancelled; open requests may finish."""
    playground = Playground(
        services,
        opened.messages,
        opened.signals,
        port=port_of(listener),
        allowed_hosts=settings.web_allowed_hosts,
    )
    metrics = Metrics(opened)
    slack = slack_web(settings, services, opened.begin)
    app = create_app(
        checks=readiness(opened),
        registry=metrics.registry,
        refresh=metrics.refresh,
        mounts=[*([(HTTP_PATH, slack)] if slack else []), ("/", playground.app)],
    )
    serving = draining(
        lambda stop: serve(app, listener, stopping=stop, before_stop=playground.close), grace_s=6.0
    )
    await together(serving, *([slack.run()] if slack else []))
