"""Log lines hold no secret, little of anybody's text, and stay on one line."""

import io
import json
import logging

import pytest
import structlog

from bot.bootstrap import logs
from bot.config import Settings


@pytest.fixture
def lines():
    """Configure logging into a buffer with a secret known; gives the parsed lines so far."""
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    settings = Settings(
        _env_file=None, discord_token="tok-SECRET-123", database_url="postgresql://u:pa55@h/db"
    )
    logs.configure(settings, stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_both_ways_of_logging_give_json_with_time_level_and_logger(lines):
    structlog.get_logger("bot.web").info("started", port=8000)
    logging.getLogger("bot.storage").warning("slow: %s ms", 12)
    first, second = lines()
    assert (first["event"], first["port"], first["level"], first["logger"]) == (
        "started",
        8000,
        "info",
        "bot.web",
    )
    assert (second["event"], second["level"]) == ("slow: 12 ms", "warning")
    assert first["timestamp"].endswith("Z")
    assert set(first) == {"event", "port", "level", "logger", "timestamp"}


def test_fields_of_the_standard_librarys_records_are_kept(lines):
    logging.getLogger("bot.services").error("lease lost", extra={"job": 7})
    (line,) = lines()
    assert line["job"] == 7
    assert set(line) == {"event", "job", "level", "logger", "timestamp"}


def test_secrets_are_hidden_wherever_they_turn_up(lines):
    log = structlog.get_logger()
    log.info(
        "connecting with tok-SECRET-123", url="postgresql://bob:hunter2@db/x", slack_token="xoxb-anything"
    )
    try:
        raise RuntimeError("refused: tok-SECRET-123")
    except RuntimeError:
        log.exception("failed", settings=["tok-SECRET-123"])
    text = json.dumps(lines())
    for secret in ("tok-SECRET-123", "hunter2", "xoxb-anything", "pa55"):
        assert secret not in text
    assert "RuntimeError: refused: [hidden]" in text


def test_tokens_of_short_life_in_addresses_are_hidden(lines):
    logging.getLogger("discord.http").warning(
        "We are being rate limited. PATCH /api/v10/webhooks/123/aW50ZXJh.Y3Rpb24-x_1/messages/@original"
    )
    (line,) = lines()
    assert "/webhooks/123/[hidden]/messages/@original" in line["event"]
    assert "aW50ZXJh" not in line["event"]


def test_a_members_text_is_bounded_and_cannot_start_a_line_of_its_own(lines):
    structlog.get_logger().info("submitted", code="x" * 5000 + "\n" + '{"event": "forged"}' + "\x1b[2J")
    (line,) = lines()
    assert len(line["code"]) < 400
    assert "characters ...]" in line["code"]
    assert "\x1b" not in line["code"]


def test_debug_lines_need_the_level(lines):
    structlog.get_logger().debug("detail")
    logging.getLogger("discord.gateway").info("chatter")
    assert lines() == []


def test_on_a_terminal_lines_are_for_people():
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure(Settings(_env_file=None, log_format="console"), stream)
    try:
        structlog.get_logger("bot").info("ready", port=8000)
        assert "ready" in stream.getvalue()
        assert "port=8000" in stream.getvalue()
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()
