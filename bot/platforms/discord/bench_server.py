"""Discord as a bench needs it: logs a bot in, sends it interactions at a steady pace, times its answers.

It checks nothing; the server of the tests does that.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

GUILD, CHANNEL, BOT, APPLICATION = "100", "200", "9001", "9000"
EPOCH_MS = 1_420_070_400_000
DEFERRED = frozenset({5, 6})
"""Kinds of a first reaction that says that the answer comes later."""
PATIENCE_S = 30.0
CHANNEL_DATA = {"id": CHANNEL, "type": 0, "name": "daily", "guild_id": GUILD, "position": 0}


@dataclass(slots=True)
class Timed:
    """When an interaction was sent, acknowledged and finally answered, in seconds of the same clock."""

    sent: float
    acknowledged: float | None = None
    answered: float | None = None


@dataclass
class BenchServer:
    """One bot's Discord. ``base`` is its address once it has started."""

    base: str = ""
    commands: list[dict[str, Any]] = field(default_factory=list)
    timed: dict[str, Timed] = field(default_factory=dict)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _socket: web.WebSocketResponse | None = None
    _runner: web.AppRunner | None = None
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> BenchServer:
        app, api = web.Application(), "/api/v10"
        route = app.router.add_route
        route("GET", f"{api}/users/@me", self._me)
        route("GET", f"{api}/oauth2/applications/@me", self._application)
        route("GET", f"{api}/gateway/bot", self._gateway_bot)
        route("GET", f"{api}/applications/{{app}}/commands", self._get_commands)
        route("PUT", f"{api}/applications/{{app}}/commands", self._put_commands)
        route("POST", f"{api}/interactions/{{id}}/{{token}}/callback", self._callback)
        route("PATCH", f"{api}/webhooks/{{app}}/{{token}}/messages/@original", self._edit)
        route("PATCH", f"{api}/channels/{{channel}}/messages/{{message}}", self._edit_message)
        route("GET", "/gateway", self._gateway)
        route("GET", "/gateway/", self._gateway)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}{api}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def press(
        self, members: Sequence[str], custom_id: str, per_s: float | None, message: dict[str, Any]
    ) -> list[Timed]:
        """Each member presses the button, ``per_s`` a second (None: all at once); waits for all answers."""
        data = {"custom_id": custom_id, "component_type": 2}
        return await self._send([(member, 3, data, {"message": message}) for member in members], per_s)

    async def slash(self, members: Sequence[str], name: str, per_s: float | None) -> list[Timed]:
        """Each member runs the command."""
        data = {"id": "1", "name": name, "type": 1, "options": []}
        return await self._send([(member, 2, data, {}) for member in members], per_s)

    async def _send(
        self, events: list[tuple[str, int, dict[str, Any], dict[str, Any]]], per_s: float | None
    ) -> list[Timed]:
        sent, begun = [], time.perf_counter()
        for number, (member, kind, data, more) in enumerate(events):
            if per_s is not None:
                await asyncio.sleep(max(0.0, begun + number / per_s - time.perf_counter()))
            sent.append(await self._dispatch(member, kind, data, more))
        deadline = time.perf_counter() + PATIENCE_S
        while any(each.answered is None for each in sent) and time.perf_counter() < deadline:
            self._moved.clear()
            try:
                await asyncio.wait_for(self._moved.wait(), deadline - time.perf_counter())
            except TimeoutError:
                break
        return sent

    async def _dispatch(self, member: str, kind: int, data: dict[str, Any], more: dict[str, Any]) -> Timed:
        assert self._socket is not None
        id_ = str(((int(time.time() * 1000) - EPOCH_MS) << 22) + next(self._numbers))
        user: dict[str, Any] = {"id": member, "username": f"m{member}", "global_name": f"Member {member}"}
        user |= {"discriminator": "0", "avatar": None, "bot": False}
        event = {
            "id": id_,
            "application_id": APPLICATION,
            "type": kind,
            "data": data,
            "token": f"t{id_}",
            "version": 1,
            "locale": "en-US",
            "guild_locale": "en-US",
            "app_permissions": "8",
            "entitlements": [],
            "attachment_size_limit": 10_000_000,
            "authorizing_integration_owners": {},
            "context": 0,
            "guild_id": GUILD,
            "guild": {"id": GUILD, "features": [], "locale": "en-US"},
            "channel": CHANNEL_DATA,
            "channel_id": CHANNEL,
            "member": {
                "user": user,
                "roles": [],
                "joined_at": "2026-01-01T00:00:00+00:00",
                "deaf": False,
                "mute": False,
                "flags": 0,
                "permissions": "0",
            },
        }
        timed = self.timed[f"t{id_}"] = Timed(time.perf_counter())
        await self._socket.send_json({"op": 0, "t": "INTERACTION_CREATE", "s": 9, "d": event | more})
        return timed

    async def _callback(self, request: web.Request) -> web.Response:
        timed, now = self.timed[request.match_info["token"]], time.perf_counter()
        body = await request.read()
        timed.acknowledged = now
        kind = int(body[body.index(b'"type":') + 7 :].lstrip()[:1])
        if kind not in DEFERRED:
            timed.answered = now
            self._moved.set()
        callback = {"id": request.match_info["id"], "type": 3, "response_message_loading": False}
        return _json({"interaction": callback | {"response_message_id": "1"}, "resource": {"type": kind}})

    async def _edit(self, request: web.Request) -> web.Response:
        await request.read()
        timed = self.timed[request.match_info["token"]]
        timed.answered = timed.answered or time.perf_counter()
        self._moved.set()
        return _json(message([]))

    async def _edit_message(self, request: web.Request) -> web.Response:
        await request.read()
        return _json(message([]))

    async def _me(self, request: web.Request) -> web.Response:
        return _json(_bot() | {"verified": True, "mfa_enabled": False})

    async def _application(self, request: web.Request) -> web.Response:
        told: dict[str, Any] = {"id": APPLICATION, "name": "Bench", "description": "", "summary": ""}
        told |= {"icon": None, "bot_public": True, "bot_require_code_grant": False, "verify_key": "0"}
        told |= {"flags": 0, "owner": _bot(), "team": None, "rpc_origins": [], "redirect_uris": []}
        return _json(told)

    async def _gateway_bot(self, request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return _json({"url": self._socket_address(), "shards": 1, "session_start_limit": limit})

    def _socket_address(self) -> str:
        return self.base.replace("http", "ws").removesuffix("/api/v10") + "/gateway"

    async def _get_commands(self, request: web.Request) -> web.Response:
        return _json(self.commands)

    async def _put_commands(self, request: web.Request) -> web.Response:
        more = {"application_id": APPLICATION, "version": "1"}
        self.commands = [
            {"type": 1, "description": "", "options": []} | command | more | {"id": str(7000 + number)}
            for number, command in enumerate(await request.json())
        ]
        return _json(self.commands)

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41_250}, "t": None, "s": None})
        async for packet in socket:
            if packet.type is not WSMsgType.TEXT:
                continue
            match json.loads(packet.data):
                case {"op": 1}:
                    await socket.send_json({"op": 11, "d": None, "t": None, "s": None})
                case {"op": 2, "d": data}:
                    await self._identify(socket, data)
        return socket

    async def _identify(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> None:
        ready = {
            "v": 10,
            "user": _bot(),
            "guilds": [{"id": GUILD, "unavailable": True}],
            "session_id": "bench",
            "resume_gateway_url": self._socket_address(),
            "shard": data.get("shard"),
            "application": {"id": APPLICATION, "flags": 0},
        }
        await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": ready})
        await socket.send_json({"op": 0, "t": "GUILD_CREATE", "s": 2, "d": _guild()})
        self._socket = socket
        self.ready.set()


def message(components: list[dict[str, Any]], *, flags: int = 1 << 15) -> dict[str, Any]:
    """A message of the bot in the channel."""
    empty = ("mentions", "mention_roles", "attachments", "embeds")
    return {
        "id": "5000",
        "channel_id": CHANNEL,
        "author": _bot(),
        "content": "",
        "components": components,
        "flags": flags,
        "timestamp": "2026-03-02T09:00:00+00:00",
        "edited_timestamp": None,
        "type": 0,
        "tts": False,
        "mention_everyone": False,
        "pinned": False,
    } | {name: [] for name in empty}


def _bot() -> dict[str, Any]:
    return {
        "id": BOT,
        "username": "bench",
        "global_name": "Bench",
        "discriminator": "0",
        "avatar": None,
        "bot": True,
    }


def _guild() -> dict[str, Any]:
    """A guild as it is told of after the login."""
    nothing = ["members", "threads", "emojis", "stickers", "features", "voice_states", "presences"]
    nothing += ["stage_instances", "guild_scheduled_events", "soundboard_sounds"]
    zero = ["verification_level", "default_message_notifications", "explicit_content_filter", "mfa_level"]
    zero += ["premium_tier", "nsfw_level", "system_channel_flags"]
    everyone: dict[str, Any] = {"id": GUILD, "name": "@everyone", "permissions": "0", "position": 0}
    everyone |= {"color": 0, "flags": 0, "hoist": False, "managed": False, "mentionable": False}
    guild: dict[str, Any] = {"id": GUILD, "name": "Bench", "icon": None, "owner_id": "1", "large": False}
    guild |= {"roles": [everyone | {"colors": {"primary_color": 0}}], "member_count": 2, "afk_timeout": 300}
    guild |= {"channels": [CHANNEL_DATA | {"permission_overwrites": [], "topic": None}]}
    guild |= {"preferred_locale": "en-US", "joined_at": "2026-01-01T00:00:00+00:00"}
    return guild | {name: [] for name in nothing} | dict.fromkeys(zero, 0)


def _json(data: Any) -> web.Response:
    return web.Response(body=json.dumps(data).encode(), headers={"Content-Type": "application/json"})
