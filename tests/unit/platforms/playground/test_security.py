"""Whose requests come in: this machine's own page, and nobody else's."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from bot.platforms.playground.security import AllowedHosts, is_own_request

HOST = "127.0.0.1:8000"
SAME = {"sec-fetch-site": "same-origin", "origin": f"http://{HOST}"}


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000", "[::1]:8000"])
def test_loopback_with_the_port_is_ours(host: str) -> None:
    assert AllowedHosts(8000).allows(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8000",
        "127.0.0.1",
        "127.0.0.1:9",
        "127.0.0.1.evil.example:8000",
        "localhost:8000.evil",
        "127.0.0.1:8000@evil.example",
        "[::1]",
        "::1:8000",
        "0.0.0.0:8000",
        "localhost:",
        "localhost:80000000",
    ],
)
def test_any_other_name_is_not(host: str) -> None:
    assert not AllowedHosts(8000).allows(host)


def test_configured_names_are_ours_with_any_port_unless_they_name_one() -> None:
    hosts = AllowedHosts(8000, ("Quiz.lan", "other.lan:8443"))
    assert hosts.allows("quiz.lan")
    assert hosts.allows("quiz.lan:9000")
    assert hosts.allows("other.lan:8443")
    assert not hosts.allows("other.lan:8000")
    assert not hosts.allows("sub.quiz.lan")


def test_on_port_80_browsers_leave_the_port_out() -> None:
    assert AllowedHosts(80).allows("localhost")


@pytest.mark.parametrize(
    ("method", "headers", "own"),
    [
        ("POST", SAME, True),
        ("POST", {"origin": f"http://{HOST}"}, True),
        ("POST", {"sec-fetch-site": "same-origin"}, True),
        ("POST", {}, False),
        ("POST", {"origin": "null"}, False),
        ("POST", {"origin": "http://evil.example"}, False),
        ("POST", {"origin": "http://127.0.0.1:9000"}, False),
        ("POST", {**SAME, "origin": "http://evil.example"}, False),
        ("POST", {**SAME, "sec-fetch-site": "cross-site"}, False),
        ("POST", {**SAME, "sec-fetch-site": "same-site"}, False),
        ("POST", {"sec-fetch-site": "none"}, False),
        ("DELETE", {"origin": "http://evil.example"}, False),
        ("GET", {}, True),
        ("GET", {"sec-fetch-site": "none"}, True),
        ("GET", {"sec-fetch-site": "cross-site"}, False),
        (
            "GET",
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
            True,
        ),
        (
            "GET",
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
            False,
        ),
    ],
)
def test_only_a_page_of_this_server_may_change_anything(
    method: str, headers: dict[str, str], own: bool
) -> None:
    assert is_own_request(method, Headers({"host": HOST, **headers})) is own
