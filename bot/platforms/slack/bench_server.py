"""Slack as a bench needs it: takes a bot's connection, sends it presses at a steady pace, times its answers.

It checks nothing; the server of the tests does that.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

TEAM, CHANNEL, BOT_USER = "T0BENCH", "C0BENCH", "U0BENCH"
PATIENCE_S = 30.0


@dataclass(slots=True)
class Timed:
    """When something was sent, acknowledged and finally answered, in seconds of the same clock."""

    sent: float
    acknowledged: float | None = None
    answered: float | None = None


@dataclass
class BenchServer:
    """One bot's Slack. ``base`` is its address once it has started; ``members`` are known to it."""

    members: Sequence[str]
    base: str = ""
    timed: dict[str, Timed] = field(default_factory=dict)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _socket: web.WebSocketResponse | None = None
    _runner: web.AppRunner | None = None
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> BenchServer:
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/response/{key}", self._respond)
        app.router.add_get("/socket", self._connect)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._socket is not None:
            await self._socket.close()
        assert self._runner is not None
        await self._runner.cleanup()

    async def press(self, members: Sequence[str], action: str, per_s: float) -> list[Timed]:
        """Let each member press a button, so many a second; returns when all are answered or time is up."""
        payloads = [
            (
                key,
                "interactive",
                {
                    "type": "block_actions",
                    "team": {"id": TEAM},
                    "user": {"id": member, "username": member.lower(), "team_id": TEAM},
                    "channel": {"id": CHANNEL, "name": "daily"},
                    "container": {"type": "message", "channel_id": CHANNEL, "message_ts": "1.1"},
                    "trigger_id": f"{key}.trigger",
                    "response_url": f"{self.base}/response/{key}",
                    "actions": [
                        {
                            "type": "button",
                            "action_id": action,
                            "block_id": "b",
                            "value": "A",
                            "action_ts": f"{time.time():.6f}",
                        }
                    ],
                },
            )
            for key, member in ((f"{action}-{member}".replace("|", "-"), member) for member in members)
        ]
        return await self._send(payloads, per_s)

    async def command(self, members: Sequence[str], name: str) -> list[Timed]:
        """Let all members type a command at once."""
        payloads = [
            (
                f"{name}-{member}",
                "slash_commands",
                {
                    "command": f"/{name}",
                    "text": "",
                    "team_id": TEAM,
                    "user_id": member,
                    "user_name": member.lower(),
                    "channel_id": CHANNEL,
                    "channel_name": "daily",
                    "trigger_id": f"{name}-{member}",
                    "response_url": f"{self.base}/response/{name}-{member}",
                },
            )
            for member in members
        ]
        return await self._send(payloads, 0.0)

    async def _send(self, payloads: Sequence[tuple[str, str, dict[str, Any]]], per_s: float) -> list[Timed]:
        assert self._socket is not None
        begun, keys = time.perf_counter(), []
        for number, (key, kind, payload) in enumerate(payloads):
            if per_s:
                await asyncio.sleep(max(0.0, begun + number / per_s - time.perf_counter()))
            self.timed[key] = Timed(time.perf_counter())
            keys.append(key)
            await self._socket.send_str(json.dumps({"type": kind, "envelope_id": key, "payload": payload}))
        timed = [self.timed[key] for key in keys]
        until = time.perf_counter() + PATIENCE_S
        while any(each.answered is None for each in timed) and time.perf_counter() < until:
            self._moved.clear()
            try:
                await asyncio.wait_for(self._moved.wait(), 1.0)
            except TimeoutError:
                continue
        return timed

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"type": "hello", "num_connections": 1}))
        self._socket = socket
        self.ready.set()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                timed = self.timed.get(json.loads(message.data).get("envelope_id", ""))
                if timed is not None and timed.acknowledged is None:
                    timed.acknowledged = time.perf_counter()
        return socket

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        timed = self.timed.get(request.match_info["key"])
        if timed is not None and timed.answered is None:
            timed.answered = time.perf_counter()
            self._moved.set()
        return web.Response(text="ok")

    async def _api(self, request: web.Request) -> web.StreamResponse:
        values = {**request.query, **await request.post()}
        answer: dict[str, Any] = {"ok": True, "ts": "1.1", "channel": CHANNEL}
        match request.match_info["method"]:
            case "auth.test":
                answer |= {"team_id": TEAM, "team": "Bench", "user_id": BOT_USER, "bot_id": "B0BENCH"}
            case "apps.connections.open":
                answer["url"] = self.base.replace("http", "ws") + "/socket"
            case "users.info":
                answer["user"] = _user(str(values.get("user", "")))
            case "users.list":
                start, limit = int(str(values.get("cursor") or 0)), int(str(values.get("limit") or 1_000))
                answer["members"] = [_user(member) for member in self.members[start : start + limit]]
                more = start + limit < len(self.members)
                answer["response_metadata"] = {"next_cursor": str(start + limit) if more else ""}
        return web.json_response(answer)


def _user(member: str) -> dict[str, Any]:
    return {
        "id": member,
        "name": member.lower(),
        "tz": "Europe/Berlin",
        "is_admin": False,
        "profile": {"display_name": member.title(), "real_name": member.title()},
    }
