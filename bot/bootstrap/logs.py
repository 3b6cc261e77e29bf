"""Log lines: for people on a terminal, JSON elsewhere; never a secret, never much of a member's text."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.config import LogFormat, Settings

HIDDEN = "[hidden]"
TEXT_LIMIT = 300
"""Characters of one field that are kept; members' text and code end up in fields."""
TRACE_LIMIT = 8_000
SECRET_KEY = re.compile(r"token|secret|password|authorization|cookie|database_url|dsn", re.IGNORECASE)
URL_PASSWORD = re.compile(r"(\w+://[^\s:/@]*:)[^\s@/]+(?=@)")
TOKEN_PATH = re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w.\-]+")
"""Discord's addresses for answers hold a token that lets anybody answer for some minutes."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
CHATTY = (
    "apscheduler",
    "discord",
    "slack_bolt",
    "slack_sdk",
    "sqlalchemy.engine",
    "uvicorn",
    "alembic",
)
"""Libraries that tell more than an operator wants to read at the level "info"."""


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Send the log lines of this process, structlog's and the standard library's, to ``stream``."""
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        Discreet(settings.secrets),
    ]
    for_people = settings.log_format is LogFormat.CONSOLE or (
        settings.log_format is LogFormat.AUTO and stream.isatty()
    )
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
        )
        if for_people
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), _without_colours],
            processors=[*shared, structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    quiet = logging.DEBUG if settings.log_level == "debug" else logging.WARNING
    for name in CHATTY:
        logging.getLogger(name).setLevel(quiet)


def _without_colours(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Drop uvicorn's second copy of its message, with escape codes in it."""
    event.pop("color_message", None)
    return event


class Discreet:
    """A structlog processor that hides secrets, bounds texts and makes control characters visible."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted((secret for secret in secrets if len(secret) >= 4), key=len, reverse=True)

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """Give the event with every field made safe to write down."""
        for key, value in list(event.items()):
            if key.startswith("_"):
                continue  # structlog's own
            if SECRET_KEY.search(key):
                event[key] = HIDDEN
            elif isinstance(value, str):
                event[key] = self._text(value, TRACE_LIMIT if key in {"exception", "stack"} else TEXT_LIMIT)
            elif not isinstance(value, bool | int | float | None):
                event[key] = self._text(repr(value), TEXT_LIMIT)
        return event

    def _text(self, text: str, limit: int) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        text = URL_PASSWORD.sub(rf"\g<1>{HIDDEN}", text)
        text = TOKEN_PATH.sub(rf"\g<1>{HIDDEN}", text)
        if len(text) > limit:
            text = f"{text[: limit // 2]} [... {len(text) - limit} characters ...] {text[-limit // 2 :]}"
        if limit == TEXT_LIMIT:
            text = text.replace("\n", "\\n").replace("\t", " ")
        return CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
