"""The playground over HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx
import pytest

from bot.platforms.playground.app import BODY_LIMIT, PAGE_SIZE, Playground
from bot.platforms.playground.messages import Draft, History, Said
from tests.unit.platforms.playground import sample_panels, samples
from tests.unit.platforms.playground.fakes import FakeMessages, FakeServices, FakeSignals

BASE = "http://127.0.0.1:8000"
EVENT = "event-0001"


class Site:
    """A playground, and a browser's requests to it."""

    def __init__(self) -> None:
        self.signals = FakeSignals()
        self.messages = FakeMessages(self.signals)
        self.history = History(self.messages)
        self.services = FakeServices()
        self.playground = Playground(self.services, self.messages, self.signals, port=8000)  # type: ignore[arg-type]
        self.services.poster = self.playground.poster
        transport = httpx.ASGITransport(self.playground.app, raise_app_exceptions=False)
        self.browser = httpx.AsyncClient(transport=transport, base_url=BASE, headers={"Origin": BASE})


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    async with site.browser:
        yield site


async def test_the_page_shows_the_history_and_remembers_who_one_is(site: Site) -> None:
    await site.history.add(Draft(channel="daily", body=samples.QUESTION))
    await site.history.add(Draft(channel="daily", body=Said("only for grace"), private_to="grace"))
    answer = await site.browser.get("/")
    assert answer.status_code == 200
    assert samples.QUESTION.title in answer.text
    assert "only for grace" not in answer.text
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


async def test_every_answer_is_locked_down(site: Site) -> None:
    for path in ("/", "/static/chat.js", "/static/page.css", "/nowhere", "/earlier"):
        headers = (await site.browser.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"


async def test_the_page_asks_no_other_host_for_anything(site: Site) -> None:
    await site.history.add(Draft(channel="daily", body=samples.CHALLENGE))
    html = (await site.browser.get("/")).text
    assert "http://" not in html
    assert "https://" not in html
    assert "style=" not in html
    assert "<script>" not in html


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1:9999"])
async def test_another_host_name_is_refused(site: Site, host: str) -> None:
    answer = await site.browser.get("/", headers={"Host": host})
    assert answer.status_code == 421
    assert "WARMUP_WEB_ALLOWED_HOSTS" in answer.text


@pytest.mark.parametrize(
    "path", ["/messages", "/answers", "/submissions", "/hints", "/turns", "/people", "/presses", "/forms"]
)
async def test_another_site_cannot_post(site: Site, path: str) -> None:
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await site.browser.post(path, json={"event": EVENT, "text": "hi"}, headers=headers)
        assert answer.status_code == 403
    assert site.messages.rows == []


async def test_a_form_of_another_kind_is_no_event(site: Site) -> None:
    answer = await site.browser.post("/messages", data={"event": EVENT, "text": "hi"})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("path", "event"),
    [
        ("/messages", {"text": "no id"}),
        ("/messages", {"event": "x", "text": "short id"}),
        ("/messages", {"event": EVENT, "text": 5}),
        ("/messages", {"event": EVENT, "text": "hi", "private_to": "grace"}),
        ("/answers", {"event": EVENT, "posting": -1, "letters": ["A"]}),
        ("/answers", {"event": EVENT, "posting": 10**30, "letters": ["A"]}),
        ("/answers", {"event": EVENT, "posting": 7, "letters": ["Z"]}),
        ("/submissions", {"event": EVENT, "files": []}),
        ("/turns", {"event": EVENT, "message": 1, "period": "yesterday", "page": 1}),
    ],
)
async def test_what_the_page_would_not_send_is_refused(site: Site, path: str, event: object) -> None:
    answer = await site.browser.post(path, json=event)
    assert answer.status_code == 400
    assert "Reload" in answer.json()["error"]
    assert site.messages.rows == []


@pytest.mark.parametrize("query", ["", "?before=x", "?before=0", "?before=-1", f"?before={10**19}"])
async def test_earlier_than_nothing_is_refused(site: Site, query: str) -> None:
    assert (await site.browser.get(f"/earlier{query}")).status_code == 400


async def test_a_message_is_posted_and_given_back_as_html(site: Site) -> None:
    answer = await site.browser.post("/messages", json={"event": EVENT, "text": "hi <b>all</b>"})
    (shown,) = answer.json()["messages"]
    assert "hi &lt;b&gt;all&lt;/b&gt;" in shown["html"]


async def test_the_same_event_twice_is_one_message(site: Site) -> None:
    for _ in range(2):
        await site.browser.post("/messages", json={"event": EVENT, "text": "once"})
    assert len(site.messages.rows) == 1


async def test_one_page_of_a_browser_can_be_somebody_else(site: Site) -> None:
    for name in ("Grace", "Zoé"):
        headers = {"Warmup-Person": quote(name)}
        await site.browser.post(
            "/messages", json={"event": f"event-{name[0]}-01", "text": "x"}, headers=headers
        )
    assert [row.author for row in site.messages.rows] == ["grace", "zoé"]


async def test_becoming_somebody_new(site: Site) -> None:
    answer = await site.browser.post("/people", data={"name": "Zoé"})
    assert (answer.status_code, answer.headers["location"]) == (303, "./")
    assert 'data-my-name="Zoé"' in (await site.browser.get("/")).text


async def test_a_name_that_is_none_changes_nobody(site: Site) -> None:
    await site.browser.post("/people", data={"name": "Warmup"})
    assert 'data-me="ada"' in (await site.browser.get("/")).text


async def test_a_megabyte_of_code_is_refused_by_a_card(site: Site) -> None:
    event = {"event": EVENT, "challenge": "two-sum", "files": [{"name": "a.py", "text": "x" * 1_000_000}]}
    answer = await site.browser.post("/submissions", json=event)
    assert answer.status_code == 200
    assert "at most 64 KB" in answer.json()["messages"][0]["html"]


async def test_a_flood_is_refused_before_it_is_read(site: Site) -> None:
    answer = await site.browser.post(
        "/messages", content=b"x" * (BODY_LIMIT + 1), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_editor_gets_the_starter(site: Site) -> None:
    answer = (await site.browser.get("/editor", params={"challenge": "two-sum"})).json()
    assert answer["editor"]["files"] == [{"name": "solution.py", "text": samples.STARTER}]
    assert answer["editor"]["title"] == samples.CHALLENGE.title


async def test_the_completion_knows_what_can_be_typed(site: Site) -> None:
    known = (await site.browser.get("/commands")).json()
    assert [command["name"] for command in known["commands"]][:3] == ["quiz", "challenge", "submit"]
    assert ["two-sum", "Two numbers, one target"] in known["groups"]["challenges"]
    assert ["hard", "difficulty"] in known["groups"]["difficulties"]
    for command in known["commands"]:
        assert set(command["arguments"]) <= set(known["groups"])


async def test_earlier_messages_come_page_by_page(site: Site) -> None:
    for number in range(PAGE_SIZE + 3):
        await site.history.add(Draft(channel="daily", body=Said(f"number {number}"), author="ada"))
    page = (await site.browser.get("/")).text
    assert "number 2<" not in page
    assert "number 3<" in page
    earlier = (await site.browser.get("/earlier", params={"before": 4})).json()
    assert [message["id"] for message in earlier["messages"]] == [1, 2, 3]
    assert earlier["more"] is False


@pytest.mark.failure(6)
async def test_a_lost_database_is_said_in_words(site: Site) -> None:
    site.messages.away = True
    for answer in (
        await site.browser.post("/messages", json={"event": EVENT, "text": "x"}),
        await site.browser.get("/events?after=0"),
        await site.browser.get("/"),
    ):
        assert answer.status_code == 503
        assert "try again" in answer.json()["error"]


async def test_a_fault_of_ours_shows_no_trace(site: Site) -> None:
    site.services.quiz.ask = None
    answer = await site.browser.post("/messages", json={"event": EVENT, "text": "/quiz"})
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "on our side" in answer.json()["error"]


async def opened_panel(site: Site, who: str = "Ada") -> tuple[int, str]:
    answer = await site.browser.post(
        "/messages", json={"event": EVENT, "text": "/progress"}, headers={"Warmup-Person": who}
    )
    message = answer.json()["messages"][0]
    return message["id"], message["html"]


async def test_a_panel_is_opened_asked_and_pressed(site: Site) -> None:
    message, html = await opened_panel(site)
    assert 'data-press="sample.next:1"' in html
    asked = await site.browser.post("/forms", json={"event": EVENT + "2", "press": "sample.say"})
    assert [field["name"] for field in asked.json()["form"]["inputs"]] == ["word", "more", "one", "some"]
    press = {"event": EVENT + "3", "message": message, "press": "sample.say", "values": {"word": "nothing"}}
    assert (await site.browser.post("/presses", json=press)).json()["problem"] == "Say something, please."
    pressed = await site.browser.post(
        "/presses", json={"event": EVENT + "4", "message": message, "press": "sample.next:1"}
    )
    assert "Card 2" in pressed.json()["messages"][0]["html"]


async def test_the_files_of_a_panel_are_for_its_reader_alone(site: Site) -> None:
    _, html = await opened_panel(site, "Grace")
    paths = [path.replace("&amp;", "&") for path in re.findall(r'"(files/[^"]+)"', html)]
    picture, download = [await site.browser.get(f"/{path}") for path in paths]
    assert (picture.headers["content-type"], picture.content) == ("image/png", sample_panels.PNG)
    assert download.headers["content-disposition"] == "attachment; filename*=UTF-8''export%20%C3%BC.json"
    assert download.json() == {"answers": 12}
    for path in paths:
        assert (await site.browser.get("/" + path.replace("as=grace", "as=ada"))).status_code == 404
    assert (await site.browser.get("/files/1/0/x?as=grace")).status_code == 404
    assert (await site.browser.get("/files/1/99/x?as=grace")).status_code == 404


async def test_the_completion_knows_the_panels_commands(site: Site) -> None:
    answer = (await site.browser.get("/commands")).json()
    shown = {command["name"]: command for command in answer["commands"]}
    assert shown["deck show"]["usage"] == "/deck show [new|due] [count] [of]"
    assert answer["groups"]["deck show order"] == [["new", "What comes first"], ["due", "What comes first"]]
