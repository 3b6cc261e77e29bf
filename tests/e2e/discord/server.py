"""Discord on this machine: its HTTP interface and its gateway, strict where the real one is strict.

Time is the server's own: a test moves ``server.now`` instead of waiting. Faults are scripted by ``fail``.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from tests.e2e.discord import limits

APPLICATION, BOT, GUILD, OWNER, CHANNEL = "9000", "9001", "100", "500", "200"
TOKEN = "a-token-for-tests"
EPOCH = 1420070400000
ACKNOWLEDGE_S, TOKEN_LIFE_S, NONCE_LIFE_S = 3.0, 900.0, 300.0


def user(id: str, name: str, *, bot: bool = False) -> dict[str, Any]:  # noqa: A002
    return {
        "id": id,
        "username": name.lower(),
        "global_name": name,
        "discriminator": "0",
        "avatar": None,
        "bot": bot,
    }


ADA, GRACE = user("501", "Ada"), user("502", "Grace")
ME = user(BOT, "Warmup", bot=True)


@dataclass
class Exchange:
    """One interaction: what came back, and the message that its answer is."""

    id: str
    token: str
    at: float
    kind: int
    acknowledged: bool = False
    responses: list[dict[str, Any]] = field(default_factory=list)
    message: dict[str, Any] | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    edits: int = 0
    pressed: dict[str, Any] | None = None
    """The message whose button was pressed."""
    followups: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text of the answer as it is now."""
        return "\n".join(limits.texts(self.message["components"])) if self.message else ""

    @property
    def buttons(self) -> dict[str, str]:
        """Custom ids by label."""
        components = self.message["components"] if self.message else []
        return {
            each["label"]: each["custom_id"]
            for each in limits.walk(components)
            if each["type"] == limits.BUTTON
        }

    @property
    def modal(self) -> dict[str, Any]:
        """The dialog that was opened."""
        return next(each["data"] for each in self.responses if each["type"] == 9)


@dataclass
class Fault:
    """The next matching requests fail: ``status`` is answered, before or after the request is carried out."""

    method: str
    path: re.Pattern[str]
    status: int
    times: int = 1
    after: bool = False
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


class Discord:
    """The server. ``changed`` is notified after every request, so that tests wait for what they look for."""

    def __init__(self) -> None:
        self.now = 1_772_442_000.0  # 2026-03-02 09:00 UTC, as the fake clock of the services
        self.commands: list[dict[str, Any]] = []
        self.registrations = 0
        self.channels: dict[str, list[dict[str, Any]]] = {CHANNEL: []}
        self.closed_to_us: set[str] = set()
        """Channels without permission; members without direct messages."""
        self.threads: list[dict[str, Any]] = []
        self.direct: dict[str, str] = {}
        self.exchanges: dict[str, Exchange] = {}
        self.requests: list[tuple[str, str]] = []
        self.refused: list[str] = []
        """Everything that was answered with 400, for ``nothing_refused``."""
        self.late: list[str] = []
        self.faults: list[Fault] = []
        self.files: dict[str, bytes] = {}
        self.roles: dict[str, int] = {}
        """Each role's place in the list; we may give those below ``own_role``."""
        self.own_role = 5
        self.held: set[tuple[str, str]] = set()
        """Who has which role."""
        self.identified = 0
        self.resumed = 0
        self.intents = 0
        self._nonces: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {}
        self._sequence = 0
        self._log: list[dict[str, Any]] = []
        self._sockets: list[web.WebSocketResponse] = []
        self._numbers = count(1)
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self.base = ""

    # life

    async def start(self) -> None:
        app = web.Application(middlewares=[self._faults_and_errors], client_max_size=30_000_000)
        api = "/api/v10"
        route = app.router.add_route
        route("GET", f"{api}/users/@me", self._me)
        route("GET", f"{api}/oauth2/applications/@me", self._application)
        route("GET", f"{api}/gateway/bot", self._gateway_bot)
        route("GET", f"{api}/applications/{{app}}/commands", self._get_commands)
        route("PUT", f"{api}/applications/{{app}}/commands", self._put_commands)
        route("POST", f"{api}/interactions/{{id}}/{{token}}/callback", self._callback)
        route("PATCH", f"{api}/webhooks/{{app}}/{{token}}/messages/@original", self._edit_original)
        route("POST", f"{api}/webhooks/{{app}}/{{token}}", self._follow_up)
        route("POST", f"{api}/channels/{{channel}}/messages", self._post)
        route("GET", f"{api}/channels/{{channel}}/messages", self._history)
        route("PATCH", f"{api}/channels/{{channel}}/messages/{{message}}", self._edit)
        route("POST", f"{api}/channels/{{channel}}/messages/{{message}}/threads", self._thread)
        route("POST", f"{api}/users/@me/channels", self._open_direct)
        route("GET", f"{api}/guilds/{{guild}}", self._guild)
        for method in ("PUT", "DELETE"):
            route(method, f"{api}/guilds/{{guild}}/members/{{member}}/roles/{{role}}", self._role)
        route("GET", "/files/{name}", self._file)
        route("GET", "/gateway", self._gateway)
        route("GET", "/gateway/", self._gateway)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.address = f"http://127.0.0.1:{port}"
        self.base = f"{self.address}{api}"

    async def stop(self) -> None:
        await self.drop_connections()
        if self._runner is not None:
            await self._runner.cleanup()

    # what tests do

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until a request makes the condition true; the test's own timeout ends a wait in vain."""
        async with self._changed:
            await self._changed.wait_for(condition)
        return condition()

    def snowflake(self) -> str:
        return str(((int(self.now * 1000) - EPOCH) << 22) + next(self._numbers))

    def fail(self, method: str, path: str, status: int, **more: Any) -> None:
        self.faults.append(Fault(method, re.compile(path), status, **more))

    async def slash(self, name: str, options: dict[str, Any] | None = None, **more: Any) -> Exchange:
        """Somebody runs a command."""
        name, _, sub = name.partition(" ")
        data = {"id": "1", "name": name, "type": 1, "options": self._options(name, options or {}, sub)}
        return await self._interact(2, data | more.pop("data_more", {}), **more)

    async def complete(self, name: str, option: str, typed: str, **more: Any) -> list[dict[str, Any]]:
        """Somebody types into an option."""
        focused = [{"name": option, "type": 3, "value": typed, "focused": True}]
        exchange = await self._interact(4, {"id": "1", "name": name, "type": 1, "options": focused}, **more)
        await self.until(lambda: exchange.acknowledged)
        return exchange.responses[0]["data"]["choices"]

    async def press(self, custom_id: str, message: dict[str, Any], **more: Any) -> Exchange:
        """Somebody presses a button on a message."""
        data = {"custom_id": custom_id, "component_type": 2}
        return await self._interact(3, data, message=message, **more)

    async def fill(
        self,
        modal: dict[str, Any],
        uploads: dict[str, bytes] | None = None,
        before: Callable[[], None] = lambda: None,
        message: dict[str, Any] | None = None,
        locale: str = "en-US",
        by: dict[str, Any] = ADA,
        **fields: Any,
    ) -> Exchange:
        """Somebody sends a dialog off; fields that are not named keep what they began with."""
        components, resolved = [], {}
        for label in modal["components"]:
            given = label["component"]
            sent = {"type": given["type"], "custom_id": given["custom_id"], "id": 1}
            if given["type"] == limits.TEXT_INPUT:
                sent["value"] = fields.get(given["custom_id"], given.get("value") or "")
            elif given["type"] == limits.FILE_UPLOAD:
                resolved = self.attach(uploads or {})
                sent["values"] = list(resolved)
            elif given["type"] == limits.RADIO:
                chosen = [each["value"] for each in given["options"] if each.get("default")]
                sent["value"] = fields.get(given["custom_id"], chosen[0] if chosen else None)
            else:
                chosen = [each["value"] for each in given["options"] if each.get("default")]
                sent["values"] = list(fields.get(given["custom_id"], chosen))
            components.append({"type": limits.LABEL, "id": 1, "component": sent})
        data = {
            "custom_id": modal["custom_id"],
            "components": components,
            "resolved": {"attachments": resolved},
        }
        return await self._interact(5, data, before=before, message=message, locale=locale, by=by)

    def attach(self, uploads: dict[str, bytes]) -> dict[str, dict[str, Any]]:
        """Files as they are after an upload."""
        found = {}
        for name, content in uploads.items():
            id_ = self.snowflake()
            self.files[id_] = content
            url = f"{self.address}/files/{id_}"
            found[id_] = {"id": id_, "filename": name, "size": len(content), "url": url, "proxy_url": url}
        return found

    async def say(
        self, text: str, *, author: dict[str, Any] = ADA, guild: bool = True, **more: Any
    ) -> dict[str, Any]:
        """Somebody writes; only what mentions the bot, or is direct, arrives with its text."""
        channel = CHANNEL if guild else await self.direct_channel(author["id"])
        mentioned = f"<@{BOT}>" in text or more.pop("pings", False)
        message = self._message(channel, {"content": text if mentioned or not guild else ""}, author) | more
        message["mentions"] = [ME] if mentioned else []
        self.channels[channel].append(message)
        place = {"guild_id": GUILD, "member": self._member(author)} if guild else {}
        await self.dispatch("MESSAGE_CREATE", message | place)
        return message

    def message(self, text: str, author: dict[str, Any]) -> dict[str, Any]:
        """A message that somebody wrote before."""
        self.channels[CHANNEL].append(message := self._message(CHANNEL, {"content": text}, author))
        return message

    async def menu(self, name: str, message: dict[str, Any], **more: Any) -> Exchange:
        """Somebody chooses a command in a message's menu."""
        data = {"id": "2", "name": name, "type": 3, "target_id": message["id"]}
        return await self._interact(2, data | {"resolved": {"messages": {message["id"]: message}}}, **more)

    async def invalidate(self) -> None:
        """The gateway has forgotten every session."""
        for socket in self._sockets:
            await socket.send_json({"op": 9, "d": False, "t": None, "s": None})
        self._sockets.clear()

    async def tell_again(self) -> None:
        """The last event comes a second time."""
        await self.dispatch(self._log[-1]["t"], self._log[-1]["d"])

    def requests_to(self, path: str) -> list[tuple[str, str]]:
        """Requests whose path begins so."""
        return [request for request in self.requests if request[1].startswith(path)]

    async def drop_connections(self, code: int = 4000) -> None:
        """The gateway closes every connection."""
        for socket in self._sockets:
            await socket.close(code=code)
        self._sockets.clear()

    async def dispatch(self, event: str, data: dict[str, Any]) -> None:
        """Tell every connection of an event; those that resume hear what they missed."""
        self._sequence += 1
        packet = {"op": 0, "t": event, "s": self._sequence, "d": data}
        self._log.append(packet)
        for socket in self._sockets:
            if not socket.closed:
                await socket.send_json(packet)

    def posts(self, channel: str = CHANNEL) -> list[dict[str, Any]]:
        """The bot's own messages in a channel."""
        return [each for each in self.channels[channel] if each["author"]["id"] == BOT]

    # inside

    def _options(self, name: str, options: dict[str, Any], sub: str = "") -> list[dict[str, Any]]:
        command = next(each for each in self.commands if each["name"] == name)
        if sub:
            command = next(each for each in command["options"] if each["name"] == sub)
        known = {each["name"]: each["type"] for each in command.get("options", [])}
        given = [{"name": key, "type": known[key], "value": value} for key, value in options.items()]
        return [{"name": sub, "type": 1, "options": given}] if sub else given

    async def _interact(
        self,
        kind: int,
        data: dict[str, Any],
        *,
        by: dict[str, Any] = ADA,
        admin: bool = False,
        guild: bool = True,
        message: dict[str, Any] | None = None,
        thread: bool = False,
        locale: str = "en-US",
        before: Callable[[], None] = lambda: None,
    ) -> Exchange:
        exchange = Exchange(self.snowflake(), f"token-{next(self._numbers)}", self.now, kind)
        self.exchanges[exchange.token] = exchange
        packet: dict[str, Any] = {
            "id": exchange.id,
            "application_id": APPLICATION,
            "type": kind,
            "data": data,
            "token": exchange.token,
            "version": 1,
            "locale": locale,
            "app_permissions": "8",
            "entitlements": [],
            "attachment_size_limit": 10_000_000,
            "authorizing_integration_owners": {},
        }
        if guild:
            channel: dict[str, Any] = {"id": CHANNEL, "type": 0, "name": "daily", "guild_id": GUILD}
            if thread:
                meta = {
                    "archived": False,
                    "auto_archive_duration": 1440,
                    "archive_timestamp": "2026-03-02T09:00:00+00:00",
                    "locked": False,
                }
                channel |= {
                    "id": "299",
                    "type": 11,
                    "parent_id": CHANNEL,
                    "thread_metadata": meta,
                    "owner_id": BOT,
                }
                channel |= {"message_count": 0, "member_count": 1}
            packet |= {
                "guild_id": GUILD,
                "guild": {"id": GUILD, "features": [], "locale": "en-US"},
                "context": 0,
            }
            packet["member"] = self._member(by) | {"permissions": str(0x20 if admin else 0)}
        else:
            channel = {"id": await self.direct_channel(by["id"]), "type": 1, "recipients": [by]}
            packet |= {"user": by, "context": 1}
        packet |= {"channel": channel, "channel_id": channel["id"]}
        if message is not None:
            packet["message"] = exchange.pressed = message
        before()
        await self.dispatch("INTERACTION_CREATE", packet)
        return exchange

    @staticmethod
    def _member(who: dict[str, Any]) -> dict[str, Any]:
        return {
            "user": who,
            "roles": [],
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
        } | {
            "flags": 0,
            "permissions": "0",
        }

    async def direct_channel(self, member: str) -> str:
        if member not in self.direct:
            self.direct[member] = f"30{len(self.direct)}"
            self.channels[self.direct[member]] = []
        return self.direct[member]

    def _message(self, channel: str, payload: dict[str, Any], author: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": self.snowflake(),
            "channel_id": channel,
            "author": author,
            "content": payload.get("content") or "",
            "components": payload.get("components") or [],
            "flags": payload.get("flags", 0),
            "allowed_mentions": payload.get("allowed_mentions"),
            "timestamp": "2026-03-02T09:00:00+00:00",
            "edited_timestamp": None,
            "type": 0,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "pinned": False,
        } | ({"message_reference": payload["message_reference"]} if payload.get("message_reference") else {})

    @web.middleware
    async def _faults_and_errors(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        path = request.path.removeprefix("/api/v10")
        self.requests.append((request.method, path))
        try:
            fault = next(
                (each for each in self.faults if each.method == request.method and each.path.search(path)),
                None,
            )
            if fault is not None:
                fault.times -= 1
                if fault.times == 0:
                    self.faults.remove(fault)
                if fault.after:
                    await handler(request)
                return _json(fault.body, status=fault.status, headers={"Via": "test"} | fault.headers)
            return await handler(request)
        except limits.Invalid as error:
            self.refused.append(f"{request.method} {path}: {error}")
            return _error(400, 50035, str(error))
        finally:
            async with self._changed:
                self._changed.notify_all()

    async def _me(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            return _error(401, 0, "401: Unauthorized")
        return _json(ME | {"verified": True, "mfa_enabled": False})

    async def _application(self, request: web.Request) -> web.Response:
        return _json(
            {
                "id": APPLICATION,
                "name": "Warmup",
                "description": "",
                "icon": None,
                "bot_public": True,
                "bot_require_code_grant": False,
                "verify_key": "0",
                "flags": 0,
                "summary": "",
                "owner": user(OWNER, "Owner"),
                "team": None,
                "rpc_origins": [],
                "redirect_uris": [],
                "interactions_endpoint_url": None,
                "role_connections_verification_url": None,
            }
        )

    async def _gateway_bot(self, request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        url = f"{self.address.replace('http', 'ws')}/gateway"
        return _json({"url": url, "shards": 1, "session_start_limit": limit})

    async def _get_commands(self, request: web.Request) -> web.Response:
        return _json(self.commands)

    async def _put_commands(self, request: web.Request) -> web.Response:
        commands = await request.json()
        limits.check_commands(commands)
        self.registrations += 1
        stored = []
        for number, command in enumerate(commands):
            more = {"id": str(7000 + number), "application_id": APPLICATION, "version": "1"}
            stored.append({"type": 1, "description": "", "options": []} | command | more)
        self.commands = stored
        return _json(stored)

    async def _callback(self, request: web.Request) -> web.Response:
        exchange = self.exchanges.get(request.match_info["token"])
        if exchange is None or exchange.id != request.match_info["id"]:
            return _error(404, 10062, "Unknown interaction")
        if self.now - exchange.at > ACKNOWLEDGE_S:
            self.late.append(exchange.id)
            return _error(404, 10062, "Unknown interaction")
        if exchange.acknowledged:
            return _error(400, 40060, "Interaction has already been acknowledged.")
        payload, files = await _payload(request)
        data = payload.get("data") or {}
        match payload["type"]:
            case 4 | 7:
                limits.check_message(data, files)
                exchange.files = files
                exchange.message = self._message(CHANNEL, data, ME) | {"nonce": None}
            case 5:
                exchange.message = self._message(CHANNEL, data, ME)
            case 6:
                limits.need(exchange.pressed, "type", "nothing was pressed")
                exchange.message = exchange.pressed
            case 8:
                limits.check_choices(data["choices"])
            case 9:
                limits.need(exchange.kind != 5, "type", "a dialog cannot answer a dialog")
                limits.check_modal(data)
        exchange.acknowledged = True
        exchange.responses.append(payload)
        resource: dict[str, Any] = {"type": payload["type"]}
        if exchange.message is not None and payload["type"] in (4, 7):
            resource["message"] = exchange.message
        callback = {"id": exchange.id, "type": exchange.kind, "response_message_loading": False}
        callback["response_message_id"] = exchange.message["id"] if exchange.message else None
        return _json({"interaction": callback, "resource": resource})

    async def _edit_original(self, request: web.Request) -> web.Response:
        exchange = self.exchanges.get(request.match_info["token"])
        if exchange is None or exchange.message is None:
            return _error(404, 10015, "Unknown Webhook")
        if self.now - exchange.at > TOKEN_LIFE_S:
            return _error(401, 50027, "Invalid Webhook Token")
        payload, exchange.files = await _payload(request)
        limits.check_message(payload, exchange.files)
        exchange.message |= {"components": payload["components"]}
        exchange.message["flags"] |= payload.get("flags", 0) & limits.V2
        exchange.edits += 1
        return _json(exchange.message)

    async def _follow_up(self, request: web.Request) -> web.Response:
        exchange = self.exchanges.get(request.match_info["token"])
        if exchange is None or not exchange.acknowledged:
            return _error(404, 10015, "Unknown Webhook")
        payload, files = await _payload(request)
        limits.check_message(payload, files)
        exchange.followups.append(message := self._message(CHANNEL, payload, ME))
        return _json(message)

    def _closed(self, channel: str) -> web.Response | None:
        if channel not in self.channels:
            return _error(404, 10003, "Unknown Channel")
        if channel in self.closed_to_us:
            return _error(403, 50001, "Missing Access")
        return None

    async def _post(self, request: web.Request) -> web.Response:
        channel = request.match_info["channel"]
        closed = self._closed(channel)
        if closed is not None:
            return closed
        payload, files = await _payload(request)
        limits.check_message(payload, files)
        nonce = (channel, str(payload.get("nonce", "")))
        if payload.get("enforce_nonce") and nonce in self._nonces:
            at, sent = self._nonces[nonce]
            if self.now - at < NONCE_LIFE_S:
                return _json(sent)
        message = self._message(channel, payload, ME)
        self.channels[channel].append(message)
        if payload.get("enforce_nonce"):
            self._nonces[nonce] = (self.now, message)
        return _json(message)

    async def _history(self, request: web.Request) -> web.Response:
        channel = request.match_info["channel"]
        closed = self._closed(channel)
        limit = int(request.query.get("limit", "50"))
        return closed or _json(self.channels[channel][::-1][:limit])

    async def _edit(self, request: web.Request) -> web.Response:
        channel, id_ = request.match_info["channel"], request.match_info["message"]
        closed = self._closed(channel)
        if closed is not None:
            return closed
        message = next((each for each in self.channels[channel] if each["id"] == id_), None)
        if message is None:
            return _error(404, 10008, "Unknown Message")
        payload, files = await _payload(request)
        limits.check_message(payload, files)
        message["components"] = payload["components"]
        return _json(message)

    async def _thread(self, request: web.Request) -> web.Response:
        payload = await request.json()
        limits.need(1 <= len(payload["name"]) <= 100, "name", "1 to 100")
        limits.need(
            payload["auto_archive_duration"] in (60, 1440, 4320, 10080), "auto_archive_duration", "unknown"
        )
        id_ = request.match_info["message"]
        if any(each["id"] == id_ for each in self.threads):
            return _error(400, 160004, "A thread has already been created for this message")
        self.threads.append({"id": id_, "name": payload["name"]})
        self.channels[id_] = []
        return _json({"id": id_, "name": payload["name"], "type": 11})

    async def _open_direct(self, request: web.Request) -> web.Response:
        member = str((await request.json())["recipient_id"])
        channel = await self.direct_channel(member)
        if member in self.closed_to_us:
            self.closed_to_us.add(channel)
        return _json({"id": channel, "type": 1, "recipients": [user(member, "Somebody")]})

    async def _guild(self, request: web.Request) -> web.Response:
        return _json({"id": GUILD, "name": "Guild", "owner_id": OWNER})

    async def _role(self, request: web.Request) -> web.Response:
        """Only below our own role, as on Discord."""
        member, role = request.match_info["member"], request.match_info["role"]
        if role not in self.roles:
            return _error(404, 10011, "Unknown Role")
        if member not in (ADA["id"], GRACE["id"], OWNER):
            return _error(404, 10007, "Unknown Member")
        if self.roles[role] >= self.own_role:
            return _error(403, 50013, "Missing Permissions")
        change = self.held.add if request.method == "PUT" else self.held.discard
        change((member, role))
        return web.Response(status=204, headers={"Via": "test"})

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["name"]])

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41_250}, "t": None, "s": None})
        async for packet in socket:
            if packet.type is not WSMsgType.TEXT:
                continue
            received = json.loads(packet.data)
            match received["op"]:
                case 1:
                    await socket.send_json({"op": 11, "d": None, "t": None, "s": None})
                case 2:
                    await self._identify(socket, received["d"])
                case 6:
                    await self._resume(socket, received["d"])
        return socket

    async def _identify(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> None:
        self.intents = data["intents"]
        self.identified += 1
        ready = {
            "v": 10,
            "user": ME,
            "guilds": [{"id": GUILD, "unavailable": True}],
            "session_id": "session",
            "resume_gateway_url": f"{self.address.replace('http', 'ws')}/gateway",
            "shard": data.get("shard"),
            "application": {"id": APPLICATION, "flags": 0},
        }
        self._sockets.append(socket)
        self._sequence += 1
        await socket.send_json({"op": 0, "t": "READY", "s": self._sequence, "d": ready})
        await self.dispatch("GUILD_CREATE", self.whole_guild())
        async with self._changed:
            self._changed.notify_all()

    def whole_guild(self) -> dict[str, Any]:
        channel = {
            "id": CHANNEL,
            "type": 0,
            "name": "daily",
            "position": 0,
            "permission_overwrites": [],
            "topic": None,
        }
        everyone = {
            "id": GUILD,
            "name": "@everyone",
            "permissions": "0",
            "position": 0,
            "color": 0,
            "flags": 0,
        }
        everyone |= {"hoist": False, "managed": False, "mentionable": False, "colors": {"primary_color": 0}}
        return {
            "id": GUILD,
            "name": "Guild",
            "icon": None,
            "owner_id": OWNER,
            "roles": [everyone],
            "channels": [channel],
            "members": [],
            "threads": [],
            "emojis": [],
            "stickers": [],
            "features": [],
            "member_count": 2,
            "large": False,
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "premium_tier": 0,
            "nsfw_level": 0,
            "preferred_locale": "en-US",
            "system_channel_flags": 0,
            "joined_at": "2026-01-01T00:00:00+00:00",
        }

    async def _resume(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> None:
        self.resumed += 1
        for packet in self._log:
            if packet["s"] > data["seq"]:
                await socket.send_json(packet)
        self._sockets.append(socket)
        await socket.send_json({"op": 0, "t": "RESUMED", "s": self._sequence, "d": {}})
        async with self._changed:
            self._changed.notify_all()


async def _payload(request: web.Request) -> tuple[dict[str, Any], dict[str, bytes]]:
    """A request's JSON, and its uploads by name."""
    if request.content_type != "multipart/form-data":
        return await request.json(), {}
    form = await request.post()
    payload = json.loads(str(form["payload_json"]))
    files = {each.filename: each.file.read() for each in form.values() if isinstance(each, web.FileField)}
    named = payload.get("data", payload)["attachments"]
    limits.need({each["filename"] for each in named} == set(files), "attachments", "differ")
    return payload, files


def _json(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Discord names no character set, and the client takes nothing else for JSON."""
    body = json.dumps(data).encode()
    return web.Response(
        body=body, status=status, headers={"Content-Type": "application/json"} | (headers or {})
    )


def _error(status: int, code: int, message: str) -> web.Response:
    return _json({"code": code, "message": message}, status=status, headers={"Via": "test"})
