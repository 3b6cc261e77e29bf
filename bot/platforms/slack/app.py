"""The Bolt application: every payload is acknowledged at once, and worked on after that.

Bolt polls every ten milliseconds for an acknowledgement unless it processes before it responds; so it does,
the listeners only read and acknowledge, and ``after`` holds the work, which the transport starts when the
acknowledgement is on its way. No database is asked before.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.platforms.slack import dialogs
from bot.platforms.slack.cards import notice
from bot.platforms.slack.client import LIBRARY_LOG, Clients
from bot.platforms.slack.commands import Names
from bot.platforms.slack.conversation import Conversation
from bot.platforms.slack.counting import Counts
from bot.platforms.slack.events import Event, Reader, Seen
from bot.platforms.slack.handing_in import HandingIn
from bot.platforms.slack.panels import forms
from bot.platforms.slack.people import People
from bot.platforms.slack.replies import Replies
from bot.platforms.slack.settings import Admins
from bot.platforms.slack.uploads import Uploads
from bot.platforms.slack.workspaces import Workspaces
from bot.services.app import Services
from bot.services.cards import Notice
from bot.services.errors import NotAllowed, Refusal
from bot.services.ports import Clock

log = logging.getLogger(__name__)

EVERYTHING = re.compile(r"^.*$", re.DOTALL)
SHORTCUT = "submit_message"
"""The callback of the message shortcut "Submit for grading"."""
OUR_FAULT = Notice("Something went wrong on our side; nothing is lost. Please try once more.", ok=False)
NOT_HERE = "Warmup is not set up for this workspace. Please ask whoever runs it to install it here."

Work = Callable[[Event], Awaitable[None]]
"""What there is to do about an event, once its workspace is known."""
Begun = Callable[[], Awaitable[None]]
AT_ONCE = 32
"""Events that are worked on at the same time: more of them would only wait for the database together, and
let new events wait for their acknowledgement."""
REMOVALS = ("app_uninstalled", "tokens_revoked")


class _LaterAuthorized(AsyncAuthorize):
    """Lets Bolt go on without a token: whose it is needs the database, after the acknowledgement."""

    async def __call__(
        self, *, enterprise_id: str | None = None, team_id: str | None = None, **_: Any
    ) -> AuthorizeResult:
        """No token yet."""
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


class SlackApp:
    """The app in all its workspaces: hands payloads to the conversation. ``drain`` waits for what goes on."""

    def __init__(
        self,
        services: Services,
        clients: Clients,
        workspaces: Workspaces,
        clock: Clock,
        *,
        signing_secret: str = "",
        names: Names | None = None,
        admins: frozenset[str] = frozenset(),
    ) -> None:
        self.workspaces = workspaces
        self._clock = clock
        self._names = names or Names()
        self._seen = Seen()
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self.people = People(admins)
        self.replies = Replies(clients)
        self.conversation = Conversation(
            services=services,
            replies=self.replies,
            people=self.people,
            code=HandingIn(services, self.replies, clients),
            admins=Admins(services, self.replies, self.people),
            names=self._names,
            uploads=Uploads(clients),
            counts=Counts(services, self.replies),
        )
        self.bolt = AsyncApp(
            name="warmup",
            client=clients.web(),
            authorize=_LaterAuthorized(),  # type: ignore[no-untyped-call]
            signing_secret=signing_secret,
            process_before_response=True,
            logger=LIBRARY_LOG,
        )
        self._listen()

    async def dispatch(self, request: AsyncBoltRequest) -> tuple[BoltResponse, Begun | None]:
        """Bolt's answer to a payload, and the work to start once the answer has been sent."""
        response = await self.bolt.async_dispatch(request)
        return response, request.context.get("after")

    def start(self, work: Begun | None) -> None:
        """Begin the work of an acknowledged payload."""
        if work is not None:
            task = asyncio.ensure_future(self._in_turn(work))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _in_turn(self, work: Begun) -> None:
        async with self._turns:
            await work()

    async def drain(self, grace_s: float) -> None:
        """Wait for what is under way, then cancel what is left: redelivered events begin it again."""
        await self.conversation.counts.close()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=grace_s)
        left = set(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _listen(self) -> None:
        self.bolt.command(EVERYTHING)(self._on_command)
        self.bolt.action(EVERYTHING)(self._on_action)
        self.bolt.view(EVERYTHING)(self._on_view)
        self.bolt.shortcut(SHORTCUT)(self._on_shortcut)
        for kind in ("app_mention", "message", "app_home_opened", "user_change", *REMOVALS):
            self.bolt.event(kind)(self._on_event)

    @property
    def _reader(self) -> Reader:
        return Reader(self._clock.now())

    async def _on_command(self, ack: Any, body: dict[str, Any], context: Any) -> None:
        await ack()
        name = self._names.plain(str(body.get("command", "")))
        text = str(body.get("text") or "")
        self._after(
            context, self._reader.command(body), partial(self.conversation.command, name=name, text=text)
        )

    async def _on_action(self, ack: Any, body: dict[str, Any], context: Any) -> None:
        await ack()
        for action in (body.get("actions") or ())[:1]:
            event = self._reader.interaction(body, action.get("action_ts"))
            self._after(context, event, partial(self.conversation.pressed, action=action, body=body))

    async def _on_view(self, ack: Any, body: dict[str, Any], context: Any) -> None:
        view = body.get("view") or {}
        event = self._reader.interaction(body)
        event = replace(event, id=f"view:{view.get('id', '')}:{view.get('hash', '')}")
        talk = self.conversation
        work: Work | None = None
        match view.get("callback_id"):
            case "code":
                await ack(response_action="update", view=dialogs.loading("Submit code"))
                work = partial(talk.code.submitted, who=talk.actor, view=view)
            case "setup":
                await ack(response_action="update", view=dialogs.loading("Daily rounds"))
                work = partial(talk.admins.submitted, who=talk.actor, view=view)
            case forms.FORM:
                await self._form(ack, event, view, context)
            case forms.FILES:
                await ack(response_action="update", view=dialogs.loading("Warmup"))
                work = partial(talk.panels.files_submitted, view=view)
            case "output":
                await ack()
                work = partial(talk.typed_output, submitted=view)
            case _:
                await ack()
        if work is not None:
            self._after(context, event, work)

    async def _form(self, ack: Any, event: Event, view: Mapping[str, Any], context: Any) -> None:
        """A panel's form waits for its answer for a moment, so that what was typed is there if it is no."""
        if self._seen.again(event.id):
            await ack()
            return
        try:
            submitted = await self.conversation.panels.submitted(await self._placed(event), view)
        except Exception:
            log.exception("a form could not be taken")
            await ack(response_action="update", view=dialogs.told("Warmup", OUR_FAULT.text, ok=False))
            return
        if submitted.view is None:
            await ack()
        else:
            await ack(response_action="update", view=submitted.view)
        context["after"] = partial(self._guarded, event, lambda _: submitted.after())

    async def _on_shortcut(self, ack: Any, body: dict[str, Any], context: Any) -> None:
        await ack()
        event = self._reader.interaction(body, body.get("action_ts"))
        message = body.get("message") or {}
        self._after(
            context,
            event,
            partial(self.conversation.code.shortcut, who=self.conversation.actor, message=message),
        )

    async def _on_event(self, ack: Any, body: dict[str, Any], context: Any) -> None:
        await ack()
        inner = body.get("event") or {}
        event = self._reader.message(body)
        match inner.get("type"):
            case "app_mention" if _is_persons(inner):
                self._after(context, event, partial(self._said, message=inner))
            case "message" if inner.get("channel_type") == "im" and _is_persons(inner):
                self._after(context, event, partial(self._said, message=inner))
            case "app_home_opened" if inner.get("tab") == "home":
                self._after(context, event, self.conversation.home)
            case "user_change":
                user = inner.get("user") or {}
                self.people.forget(event.team, str(user.get("id", "")))
            case "app_uninstalled":
                context["after"] = partial(self._removed, event.team)
            case "tokens_revoked" if (inner.get("tokens") or {}).get("bot"):
                context["after"] = partial(self._removed, event.team)

    async def _removed(self, team: str) -> None:
        """The app was removed, or the bot's token taken away. Slack may tell both, and more than once."""
        try:
            await self.workspaces.gone(team)
        except Exception:
            log.exception("a removal could not be recorded")
        else:
            log.info("a workspace has removed the app: %s", team)

    async def _said(self, event: Event, message: Mapping[str, Any]) -> None:
        """A mention or a direct message: code is handed in, everything else is answered with help."""
        if not await self.conversation.code.written(event, self.conversation.actor, message):
            await self.conversation.help(event)

    async def _placed(self, event: Event) -> Event:
        """The event with what only its workspace knows. Raises ``NotAllowed`` where it has none."""
        workspace = await self.workspaces.get(event.team)
        if workspace is None:
            raise NotAllowed("not_installed", NOT_HERE)
        return replace(event, token=workspace.token, team_name=workspace.name, bot_user=workspace.bot_user)

    def _after(self, context: Any, event: Event, work: Work) -> None:
        if self._seen.again(event.id):
            log.info("a redelivered event changes nothing")
            return
        context["after"] = partial(self._guarded, event, work)

    async def _guarded(self, event: Event, work: Work) -> None:
        """Refusals are shown; anything else is logged, and said in one sentence."""
        try:
            event = await self._placed(event)
            await work(event)
        except Refusal as refusal:
            await self.replies.private(event, notice(Notice(self._names.told(refusal.text), ok=False)))
        except Exception:
            log.exception("an event could not be handled")
            await self.replies.private(event, notice(OUR_FAULT))


def _is_persons(message: Mapping[str, Any]) -> bool:
    """Whether a person wrote it: no bot, no edit, no deletion."""
    return not message.get("bot_id") and message.get("subtype") in (None, "file_share")
