"""A Slack of our own on loopback: the Web API, Socket Mode, response addresses and files, with the limits,
deadlines and failures of the real one. Its clock is handed in, so that no test waits for one to go by.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import aiohttp
from aiohttp import WSMsgType, web

from tests.e2e.slack.limits import message_faults, view_faults

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-1-test", "xapp-1-test", "8f742231b10e8888abcd99yyyzzz85a5"
CLIENT = ("1.2", "client-secret")
TEAM, BOT_USER, CHANNEL = "T0TEAM", "U0BOT", "C0DAILY"
TRIGGER_S, RESPONSE_S, RESPONSE_USES = 3.0, 1_800.0, 5


@dataclass
class Call:
    """One request to the Web API or to a response address, and what was answered."""

    method: str
    values: dict[str, Any]
    answer: dict[str, Any]
    token: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        return bool(self.answer.get("ok"))


@dataclass
class Message:
    channel: str
    ts: str
    values: dict[str, Any]
    user: str = ""
    """The only person who sees it; empty for everybody."""


@dataclass
class Response:
    """A response address: used at most five times in half an hour."""

    user: str
    channel: str
    issued: float
    uses: int = 0


@dataclass
class Upload:
    """A file that the bot has sent: its three steps, and where it was shared."""

    name: str
    length: int
    alt: str = ""
    content: bytes | None = None
    complete: bool = False
    channel: str = ""
    looks: int = 0


@dataclass
class SlackServer:
    """State and behaviour. ``now`` is the clock, in seconds."""

    now: Callable[[], float]
    calls: list[Call] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=lambda: {BOT_TOKEN: TEAM})
    """The bot tokens that count, with their workspaces."""
    codes: dict[str, str] = field(default_factory=dict)
    """What a browser brings back from the page of consent, with the workspace that allowed it."""
    looks: int = 1
    """How often ``files.info`` is asked before Slack is done with a file."""
    archived: set[str] = field(default_factory=set)
    no_direct: set[str] = field(default_factory=set)
    joined: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    """Channels that cannot be joined, only be invited to."""
    acknowledged: list[dict[str, Any]] = field(default_factory=list)
    failures: dict[str, deque[str]] = field(default_factory=dict)
    base: str = ""
    patience_s: float = 30.0
    """How long a test waits for something that does not come."""

    def __post_init__(self) -> None:
        self._changed = asyncio.Condition()
        self._sockets: list[web.WebSocketResponse] = []
        self._triggers: dict[str, float] = {}
        self._used_triggers: set[str] = set()
        self._responses: dict[str, Response] = {}
        self._ids = count(1)
        self.connections = 0

    # what tests do and look at

    def fail(self, method: str, *how: str) -> None:
        """Let the next calls of a method fail: ``500``, ``429``, ``502-after`` (taken all the same),
        ``drop`` or ``drop-after`` (no answer), or an error such as ``not_in_channel``.
        """
        self.failures.setdefault(method, deque()).extend(how)

    def add_user(self, user: str, name: str, **more: Any) -> None:
        self.users[user] = {"id": user, "name": name.lower(), "profile": {"display_name": name}, **more}

    def trigger(self) -> str:
        trigger = f"{next(self._ids)}.trigger"
        self._triggers[trigger] = self.now()
        return trigger

    def response_url(self, user: str, channel: str = CHANNEL) -> str:
        key = f"r{next(self._ids)}"
        self._responses[key] = Response(user, channel, self.now())
        return f"{self.base}/response/{key}"

    def ts(self) -> str:
        return f"{int(self.now())}.{next(self._ids):06d}"

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until something is there; what it is."""
        async with asyncio.timeout(self.patience_s), self._changed:
            return await self._changed.wait_for(condition)

    async def private(self, user: str, nth: int = 1) -> dict[str, Any]:
        """The nth message that only this person sees."""

        def shown() -> dict[str, Any] | None:
            found = [message.values for message in self.messages if message.user == user]
            return found[nth - 1] if len(found) >= nth else None

        found: dict[str, Any] = await self.until(shown)
        return found

    def in_channel(self, channel: str = CHANNEL) -> list[Message]:
        return [message for message in self.messages if message.channel == channel and not message.user]

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    async def send(self, kind: str, payload: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Push one envelope down the newest connection and wait for its acknowledgement."""
        await self.until(lambda: self._sockets)
        envelope = f"e{next(self._ids)}"
        document = {"type": kind, "envelope_id": envelope, "payload": payload, **more}
        await self._sockets[-1].send_str(json.dumps(document))
        return await self.until(
            lambda: next((ack for ack in self.acknowledged if ack["envelope_id"] == envelope), None)
        )

    async def disconnect(self, *, politely: bool = True) -> None:
        """End the connection, with the warning that Slack gives or without."""
        socket = self._sockets.pop()
        if politely:
            await socket.send_str(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))
        else:
            await socket.close()

    # the Web API

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        values = await self._values(request)
        how = self.failures.get(method)
        failure = how.popleft() if how else ""
        refused = await self._fail_before(request, failure)
        if refused is not None:
            return refused
        authorized = request.headers.get("Authorization", "") or f"Bearer {values.get('token', '')}"
        token = authorized.removeprefix("Bearer ")
        known = {APP_TOKEN} if method == "apps.connections.open" else set(self.tokens)
        if method == "oauth.v2.access":
            answer = self._access(authorized, values)
        elif token not in known:
            answer = {"ok": False, "error": "invalid_auth"}
        elif failure and not failure.endswith("-after"):
            answer = {"ok": False, "error": failure}
        else:
            handle = getattr(self, "_" + method.replace(".", "_"), None)
            answer = handle(values) if handle else {"ok": False, "error": "unknown_method"}
        await self._record(Call(method, values, answer, token))
        if failure == "502-after":
            return web.Response(status=502, text="<html>bad gateway</html>", content_type="text/html")
        if failure == "drop-after":
            self._drop(request)
        return web.json_response(answer)

    async def _fail_before(self, request: web.Request, failure: str) -> web.Response | None:
        match failure:
            case "500":
                return web.json_response({"ok": False, "error": "internal_error"}, status=500)
            case "429":
                return web.json_response(
                    {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "7"}
                )
            case "drop":
                self._drop(request)
        return None

    @staticmethod
    def _drop(request: web.Request) -> None:
        assert request.transport is not None
        request.transport.abort()

    @staticmethod
    async def _values(request: web.Request) -> dict[str, Any]:
        if request.content_type == "application/json":
            values: dict[str, Any] = await request.json()
            return values
        form = {**request.query, **await request.post()}
        return {name: _parsed(name, value) for name, value in form.items()}

    async def _record(self, call: Call) -> None:
        async with self._changed:
            self.calls.append(call)
            self._changed.notify_all()

    def _auth_test(self, values: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "team_id": TEAM, "team": "Team", "user_id": BOT_USER, "bot_id": "B0BOT"}

    def _access(self, authorized: str, values: dict[str, Any]) -> dict[str, Any]:
        """Exchange a code for the token of the workspace that gave it; each code counts once."""
        if authorized != "Basic " + base64.b64encode(":".join(CLIENT).encode()).decode():
            return {"ok": False, "error": "bad_client_secret"}
        team = self.codes.pop(values.get("code", ""), "")
        if not team:
            return {"ok": False, "error": "invalid_code"}
        token = f"xoxb-{next(self._ids)}-{team}"
        self.tokens[token] = team
        return {
            "ok": True,
            "access_token": token,
            "token_type": "bot",
            "scope": "commands,chat:write",
            "bot_user_id": f"UBOT{team}",
            "app_id": "A0APP",
            "team": {"id": team, "name": f"Team {team}"},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": "U0INSTALLER"},
        }

    def _apps_connections_open(self, values: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "url": self.base.replace("http", "ws") + "/socket"}

    def _users_info(self, values: dict[str, Any]) -> dict[str, Any]:
        user = self.users.get(values["user"])
        return {"ok": True, "user": user} if user else {"ok": False, "error": "user_not_found"}

    def _users_list(self, values: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "members": list(self.users.values())}

    def _conversations_open(self, values: dict[str, Any]) -> dict[str, Any]:
        if values["users"] in self.no_direct:
            return {"ok": False, "error": "cannot_dm_bot"}
        return {"ok": True, "channel": {"id": f"D-{values['users']}"}}

    def _conversations_join(self, values: dict[str, Any]) -> dict[str, Any]:
        if values["channel"] in self.closed:
            return {"ok": False, "error": "method_not_supported_for_channel_type"}
        self.joined.add(values["channel"])
        return {"ok": True, "channel": {"id": values["channel"]}}

    def _conversations_history(self, values: dict[str, Any]) -> dict[str, Any]:
        return self._page(values, lambda message: not message.values.get("thread_ts"), newest=True)

    def _conversations_replies(self, values: dict[str, Any]) -> dict[str, Any]:
        return self._page(
            values, lambda message: message.values.get("thread_ts") == values["ts"], newest=False
        )

    def _page(
        self, values: dict[str, Any], wanted: Callable[[Message], bool], *, newest: bool
    ) -> dict[str, Any]:
        if values["channel"].startswith("C") and values["channel"] not in self.joined:
            return {"ok": False, "error": "not_in_channel"}
        found = [message for message in self.in_channel(values["channel"]) if wanted(message)]
        if newest:
            found.reverse()
        start, limit = int(values.get("cursor") or 0), int(values.get("limit", 100))
        shown = []
        for message in found[start : start + limit]:
            document = {"ts": message.ts, "text": message.values.get("text", "")}
            if str(values.get("include_all_metadata")).lower() in ("1", "true"):
                document["metadata"] = message.values.get("metadata")
            shown.append(document)
        more = str(start + limit) if start + limit < len(found) else ""
        return {"ok": True, "messages": shown, "response_metadata": {"next_cursor": more}}

    def _chat_postMessage(self, values: dict[str, Any]) -> dict[str, Any]:
        return self._post(values, "")

    def _chat_postEphemeral(self, values: dict[str, Any]) -> dict[str, Any]:
        posted = self._post(values, values["user"])
        return {**posted, "message_ts": posted.get("ts")}

    def _post(self, values: dict[str, Any], user: str) -> dict[str, Any]:
        if values["channel"] in self.archived:
            return {"ok": False, "error": "is_archived"}
        faults = self._message_faults(values)
        if faults:
            return {"ok": False, "error": "invalid_blocks", "errors": faults}
        message = Message(values["channel"], self.ts(), values, user)
        self.messages.append(message)
        return {"ok": True, "channel": message.channel, "ts": message.ts}

    def _chat_update(self, values: dict[str, Any]) -> dict[str, Any]:
        found = [m for m in self.messages if (m.channel, m.ts) == (values["channel"], values["ts"])]
        faults = self._message_faults(values)
        if not found or found[0].user or faults:
            return {"ok": False, "error": "invalid_blocks" if faults else "message_not_found"}
        found[0].values.update({name: values[name] for name in ("text", "blocks")})
        return {"ok": True, "ts": values["ts"]}

    def _message_faults(self, values: dict[str, Any]) -> list[str]:
        blocks = values.get("blocks") or []
        pictures = [block["slack_file"]["id"] for block in blocks if block["type"] == "image"]
        strange = [f"invalid slack file {file}" for file in pictures if not self._is_ready(file)]
        return [*message_faults(blocks, values.get("text", "")), *strange]

    def _is_ready(self, file: str) -> bool:
        return file in self.uploads and self.uploads[file].complete and self.uploads[file].looks > self.looks

    def _views_push(self, values: dict[str, Any]) -> dict[str, Any]:
        return self._views_open(values)

    def _views_open(self, values: dict[str, Any]) -> dict[str, Any]:
        trigger = values["trigger_id"]
        if self.now() - self._triggers.get(trigger, 0.0) > TRIGGER_S:
            return {"ok": False, "error": "expired_trigger_id"}
        if trigger in self._used_triggers:
            return {"ok": False, "error": "exchanged_trigger_id"}
        view_id = f"V{next(self._ids)}"
        answer = self._keep_view(view_id, values["view"])
        if answer["ok"]:
            self._used_triggers.add(trigger)
        return answer

    def _views_update(self, values: dict[str, Any]) -> dict[str, Any]:
        if values["view_id"] not in self.views:
            return {"ok": False, "error": "not_found"}
        return self._keep_view(values["view_id"], values["view"])

    def _views_publish(self, values: dict[str, Any]) -> dict[str, Any]:
        faults = view_faults(values["view"])
        if faults:
            return {"ok": False, "error": "invalid_arguments", "errors": faults}
        self.homes[values["user_id"]] = values["view"]
        return {"ok": True, "view": {"id": "VH"}}

    def _keep_view(self, view_id: str, view: dict[str, Any]) -> dict[str, Any]:
        faults = view_faults(view)
        if faults:
            return {"ok": False, "error": "invalid_arguments", "errors": faults}
        hashed = hashlib.sha256(json.dumps(view).encode()).hexdigest()[:12]
        self.views[view_id] = {"root_view_id": view_id, **view, "id": view_id, "hash": hashed}
        return {"ok": True, "view": {"id": view_id, "hash": hashed}}

    def _files_info(self, values: dict[str, Any]) -> dict[str, Any]:
        if values["file"] in self.uploads:
            upload = self.uploads[values["file"]]
            upload.looks += 1
            ready = self._is_ready(values["file"])
            return {"ok": True, "file": {"id": values["file"], "mimetype": "image/png" if ready else ""}}
        return {"ok": True, "file": self.file(values["file"])}

    def _files_getUploadURLExternal(self, values: dict[str, Any]) -> dict[str, Any]:
        file = f"F{next(self._ids):08d}"
        self.uploads[file] = Upload(values["filename"], int(values["length"]), values.get("alt_txt", ""))
        return {"ok": True, "upload_url": f"{self.base}/upload/{file}", "file_id": file}

    def _files_completeUploadExternal(self, values: dict[str, Any]) -> dict[str, Any]:
        for file in json.loads(values["files"]):
            upload = self.uploads[file["id"]]
            if upload.content is None or len(upload.content) != upload.length:
                return {"ok": False, "error": "file_not_found"}
            upload.complete, upload.channel = True, values.get("channel_id", "")
        return {"ok": True, "files": [{"id": file["id"]} for file in json.loads(values["files"])]}

    def file(self, key: str) -> dict[str, Any]:
        """A file as payloads show it."""
        return {
            "id": key,
            "name": key,
            "size": len(self.files[key]),
            "url_private_download": f"{self.base}/files/{key}",
        }

    # what is not the Web API

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        values = await request.json()
        how = self.failures.get("response")
        failure = how.popleft() if how else ""
        refused = await self._fail_before(request, failure)
        if refused is not None:
            return refused
        address = self._responses.get(request.match_info["key"])
        status, text = 200, "ok"
        if address is None or self.now() - address.issued > RESPONSE_S:
            status, text = 404, "expired_url"
        elif address.uses >= RESPONSE_USES:
            status, text = 404, "used_url"
        else:
            address.uses += 1
            faults = self._message_faults(values)
            if faults:
                status, text = 400, "invalid_blocks " + "; ".join(faults)
            else:
                user = "" if values.get("response_type") == "in_channel" else address.user
                self.messages.append(Message(address.channel, self.ts(), values, user))
        await self._record(Call("response", values, {"ok": status == 200, "error": text}))
        if failure == "drop-after":
            self._drop(request)
        return web.Response(status=status, text=text)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {BOT_TOKEN}":
            return web.Response(text="<html>sign in</html>", content_type="text/html")
        return web.Response(body=self.files[request.match_info["key"]])

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        self.uploads[request.match_info["key"]].content = await request.read()
        return web.Response(text="OK")

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"type": "hello", "num_connections": 1}))
        async with self._changed:
            self._sockets.append(socket)
            self.connections += 1
            self._changed.notify_all()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                async with self._changed:
                    self.acknowledged.append(json.loads(message.data))
                    self._changed.notify_all()
        if socket in self._sockets:
            self._sockets.remove(socket)
        return socket

    @asynccontextmanager
    async def running(self) -> Any:
        """Serve on a free port of loopback."""
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/response/{key}", self._respond)
        app.router.add_get("/files/{key}", self._file)
        app.router.add_post("/upload/{key}", self._upload)
        app.router.add_get("/socket", self._socket)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.base = f"http://{host}:{port}"
        try:
            yield self
        finally:
            for socket in list(self._sockets):
                await socket.close()
            await runner.cleanup()


def _parsed(name: str, value: Any) -> Any:
    """Structures travel as JSON in forms."""
    if name in ("blocks", "view", "metadata") and isinstance(value, str):
        return json.loads(value)
    return value


async def post_signed(
    session: aiohttp.ClientSession,
    url: str,
    body: str,
    *,
    at: float,
    secret: str = SECRET,
    headers: dict[str, str] | None = None,
) -> int:
    """Send a request as Slack does in HTTP mode; its status. ``headers`` replace those of the signature."""
    base = f"v0:{int(at)}:{body}".encode()
    signature = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    signed = {"X-Slack-Request-Timestamp": str(int(at)), "X-Slack-Signature": signature}
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    async with session.post(
        url, data=body, headers=kind | (signed if headers is None else headers)
    ) as response:
        return response.status
