"""The playground as an ASGI application: the page, its JSON endpoints and its live stream."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import asdict
from typing import Any, TypeVar
from urllib.parse import unquote

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.domain.content import SourceFile
from bot.platforms.playground import commands as typed
from bot.platforms.playground import people
from bot.platforms.playground.conversation import Conversation
from bot.platforms.playground.events import (
    ChosenAnswer,
    HandedCode,
    HandedFile,
    Posted,
    PressedButton,
    SaidMessage,
    TurnedPage,
    WantedForm,
    WantedHint,
)
from bot.platforms.playground.files import file_of
from bot.platforms.playground.live import Live, TooManyClients
from bot.platforms.playground.messages import History
from bot.platforms.playground.people import CHANNEL, People
from bot.platforms.playground.poster import PlaygroundPoster
from bot.platforms.playground.render import HERE, Renderer
from bot.platforms.playground.replies import Event, Reaction, Upload
from bot.platforms.playground.security import AllowedHosts, Door
from bot.services.app import Services
from bot.services.errors import Refusal
from bot.services.messages import Messages
from bot.services.ports import Signals

BODY_LIMIT = 2_000_000
"""Bytes of a request. Above what the services refuse as too much code, so that they can say why."""
PAGE_SIZE = 40
"""Messages on a fresh page; earlier ones come on demand."""
YEAR_S = 365 * 24 * 3600

_Model = TypeVar("_Model", bound=Posted)


class Playground:
    """One playground: its application, its poster for the outbox, and a way to end its streams.

    ``port`` is the one that browsers use (it is part of the ``Host`` header that is accepted).
    """

    def __init__(
        self,
        services: Services,
        messages: Messages,
        signals: Signals,
        *,
        port: int,
        allowed_hosts: Collection[str] = (),
    ) -> None:
        history = History(messages)
        self._history = history
        self._conversation = Conversation(services, history)
        self._renderer = Renderer()
        self._live = Live(history, signals, self._renderer)
        self.poster = PlaygroundPoster(history)
        self.app = Starlette(
            routes=[
                Route("/", self._page),
                Route("/commands", self._commands),
                Route("/earlier", self._earlier),
                Route("/editor", self._editor),
                Route("/events", self._events),
                Route("/files/{message:int}/{number:int}/{name}", self._file),
                Route("/people", self._become, methods=["POST"]),
                Route("/messages", self._endpoint(SaidMessage, self._say), methods=["POST"]),
                Route("/answers", self._endpoint(ChosenAnswer, self._answer), methods=["POST"]),
                Route("/submissions", self._endpoint(HandedCode, self._submit), methods=["POST"]),
                Route("/hints", self._endpoint(WantedHint, self._hint), methods=["POST"]),
                Route("/turns", self._endpoint(TurnedPage, self._turn), methods=["POST"]),
                Route("/presses", self._endpoint(PressedButton, self._press), methods=["POST"]),
                Route("/forms", self._endpoint(WantedForm, self._form), methods=["POST"]),
                Mount("/static", StaticFiles(directory=HERE / "static")),
            ],
            middleware=[
                Middleware(Door, hosts=AllowedHosts(port, allowed_hosts)),
                Middleware(RequestBodyLimitMiddleware, max_body_size=BODY_LIMIT),
            ],
            exception_handlers={HTTPException: _plain_error, Refusal: _refused, Exception: _broken},
        )

    def close(self) -> None:
        """End the live streams; call it before the server stops."""
        self._live.close()

    async def _page(self, request: Request) -> Response:
        visitor = people.from_cookie(request.cookies.get(people.COOKIE))
        # The revision first: a message between the two reads comes again by the stream, and is not lost.
        revision = await self._history.latest_revision()
        messages = await self._history.before(CHANNEL, visitor.me.id, None, PAGE_SIZE)
        html = self._renderer.page(
            messages=[self._renderer.message(message, visitor.me.id) for message in messages],
            earlier=len(messages) == PAGE_SIZE,
            people=visitor,
            channel=CHANNEL,
            revision=revision,
            name_limit=people.NAME_LIMIT,
            theme=_theme_of(request),
            newcomer=people.COOKIE not in request.cookies,
        )
        response = HTMLResponse(html, headers={"Cache-Control": "no-store"})
        _remember(response, visitor)
        return response

    async def _commands(self, request: Request) -> Response:
        visitor = _visitor(request)
        commands, groups = await self._conversation.completions(visitor)
        return JSONResponse({"commands": [asdict(command) for command in commands], "groups": groups})

    async def _earlier(self, request: Request) -> Response:
        visitor = _visitor(request)
        before = request.query_params.get("before", "")
        if not re.fullmatch(r"[1-9]\d{0,17}", before):
            raise HTTPException(400, "Say before which message, as a number.")
        messages = await self._history.before(CHANNEL, visitor.me.id, int(before), PAGE_SIZE)
        shown = [self._renderer.message(message, visitor.me.id).as_json() for message in messages]
        return JSONResponse({"messages": shown, "more": len(messages) == PAGE_SIZE})

    async def _editor(self, request: Request) -> Response:
        visitor = _visitor(request)
        event = Event(people=visitor, id=request.query_params.get("event", "")[:64])
        reaction = await self._conversation.editor(event, request.query_params.get("challenge") or None)
        return self._react(visitor, reaction)

    async def _file(self, request: Request) -> Response:
        message = await self._history.get(request.path_params["message"])
        if message is None or not message.visible_to(_visitor(request).me.id):
            raise HTTPException(404, "There is no such file (any more).")
        return file_of(message, request.path_params["number"])

    async def _events(self, request: Request) -> Response:
        visitor = _visitor(request)
        after = request.headers.get("last-event-id") or request.query_params.get("after", "")
        if not re.fullmatch(r"\d{1,18}", after):
            raise HTTPException(400, "Say after which revision, as a number.")
        stream = self._live.stream(visitor.me.id, int(after))
        try:
            first = await anext(stream, "")
        except TooManyClients:
            raise HTTPException(503, "Too many pages are open: close one.", {"Retry-After": "10"}) from None

        async def events() -> Any:
            try:
                yield first
                async for event in stream:
                    yield event
            finally:
                await stream.aclose()  # type: ignore[attr-defined]

        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(events(), media_type="text/event-stream", headers=headers)

    async def _become(self, request: Request) -> Response:
        visitor = people.from_cookie(request.cookies.get(people.COOKIE))
        form = await request.form(max_files=0, max_fields=4)
        person = people.named(str(form.get("name", "")))
        response = RedirectResponse("./", status_code=303)
        _remember(response, visitor.become(person) if person else visitor)
        return response

    async def _say(self, event: Event, said: SaidMessage) -> Reaction:
        return await self._conversation.say(event, said.text, _uploads(said.files), said.reply_to)

    async def _answer(self, event: Event, answer: ChosenAnswer) -> Reaction:
        return await self._conversation.answer(
            event, answer.posting, frozenset(answer.letters), answer.typed, answer.message
        )

    async def _submit(self, event: Event, submission: HandedCode) -> Reaction:
        files = tuple(SourceFile(file.name, file.text) for file in submission.files)
        return await self._conversation.submit(event, submission.challenge, files=files)

    async def _hint(self, event: Event, hint: WantedHint) -> Reaction:
        return await self._conversation.hint(event, hint.challenge)

    async def _turn(self, event: Event, turn: TurnedPage) -> Reaction:
        return await self._conversation.turn(
            event, turn.message, typed.Leaderboard(turn.period, turn.page, turn.scope, turn.topic)
        )

    async def _press(self, event: Event, pressed: PressedButton) -> Reaction:
        return await self._conversation.panels.press(event, pressed.message, pressed.press, pressed.values)

    async def _form(self, event: Event, wanted: WantedForm) -> Reaction:
        return await self._conversation.panels.form(event, wanted.press)

    def _endpoint(
        self, model: type[_Model], act: Callable[[Event, Any], Awaitable[Reaction]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that checks the JSON of an event, acts on it, and answers with what to show."""

        async def endpoint(request: Request) -> Response:
            if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
                raise HTTPException(415, "Events are JSON.")
            try:
                posted = model.model_validate_json(await request.body())
            except ValidationError:
                raise HTTPException(400, "That request is not one this page would send. Reload it.") from None
            visitor = _visitor(request)
            event = Event(people=visitor, id=f"{visitor.me.id}:{posted.event}")
            return self._react(visitor, await act(event, posted))

        return endpoint

    def _react(self, visitor: People, reaction: Reaction) -> Response:
        answer: dict[str, Any] = {
            "messages": [
                self._renderer.message(message, visitor.me.id).as_json() for message in reaction.messages
            ]
        }
        if reaction.stale:
            answer["stale"] = True
        if reaction.problem:
            answer["problem"] = reaction.problem
        if reaction.form is not None:
            answer["form"] = asdict(reaction.form)
        if reaction.editor is not None:
            card = reaction.editor
            starter = card.starter or (SourceFile(card.entry, ""),)
            answer["editor"] = {
                "challenge": card.key,
                "title": card.title,
                "language": card.language,
                "files": [asdict(file) for file in starter],
            }
        return JSONResponse(answer)


def _uploads(files: list[HandedFile]) -> tuple[Upload, ...]:
    return tuple(file.upload for file in files)


def _visitor(request: Request) -> People:
    """Who a page is: two pages of one browser may be two people, so the page says its own name."""
    visitor = people.from_cookie(request.cookies.get(people.COOKIE))
    name = unquote(request.headers.get("warmup-person", "")) or request.query_params.get("as", "")
    person = people.named(name)
    return visitor.become(person) if person else visitor


def _theme_of(request: Request) -> str:
    theme = request.cookies.get("warmup_theme", "")
    return theme if theme in ("light", "dark") else ""


def _remember(response: Response, visitor: People) -> None:
    response.set_cookie(
        people.COOKIE, visitor.to_cookie(), max_age=YEAR_S, path="/", httponly=True, samesite="strict"
    )


async def _plain_error(_request: Request, error: Exception) -> Response:
    """An error of HTTP as the page's script reads it."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    text = error.detail if isinstance(error, HTTPException) else ""
    headers = error.headers if isinstance(error, HTTPException) else None
    return JSONResponse({"error": text}, status_code=status, headers=headers)


async def _refused(_request: Request, error: Exception) -> Response:
    """A refusal that no message could be made of: the database is away."""
    return JSONResponse({"error": str(error)}, status_code=503)


async def _broken(_request: Request, _error: Exception) -> Response:
    return JSONResponse(
        {"error": "Something went wrong on our side. It is in the log; please try again."}, status_code=500
    )
