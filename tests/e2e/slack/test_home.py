"""App Home: what is open, one's own streak and rank, and answering from there."""

from __future__ import annotations

import json
from typing import Any

from tests.e2e.slack.conftest import ADA, GRACE, Slack


async def open_home(slack: Slack, user: str = ADA) -> dict[str, Any]:
    slack.server.homes.pop(user, None)
    event = {"type": "app_home_opened", "user": user, "channel": f"D0{user}", "tab": "home"}
    await slack.event(event)
    view: dict[str, Any] = await slack.server.until(lambda: slack.server.homes.get(user))
    return view


async def press_in(slack: Slack, action_id: str, view: dict[str, Any], user: str = ADA) -> None:
    """A button inside a view: such a payload has neither a channel nor a response address."""
    body = slack.press_body({"type": "button", "action_id": action_id, "block_id": "b"}, user, view=view)
    for name in ("channel", "response_url"):
        del body[name]
    await slack.server.send("interactive", {**body, "container": {"type": "view", "view_id": view.get("id")}})


async def test_before_the_first_round_home_tells_how_to_begin(slack: Slack) -> None:
    told = json.dumps(await open_home(slack))
    assert "No daily round is open." in told
    assert "/warmup setup" in told
    assert "You manage this workspace" not in json.dumps(await open_home(slack, GRACE))


async def test_the_open_question_is_read_and_answered_in_a_dialog(slack: Slack) -> None:
    await slack.open_round()
    posting = slack.world.postings()[0].id
    home = await open_home(slack)
    assert f"question|{posting}" in json.dumps(home)
    await press_in(slack, f"question|{posting}", {**home, "type": "home"})
    view = await slack.server.until(
        lambda: next((v for v in slack.server.views.values() if "lists?" in json.dumps(v)), None)
    )
    await press_in(slack, f"answer|{posting}|A", view)
    await slack.server.until(
        lambda: "right" in json.dumps(slack.server.views[view["id"]], ensure_ascii=False).lower()
    )
    assert len(slack.world.store.tables.answers) == 1
    again = json.dumps(await open_home(slack), ensure_ascii=False)
    assert "✅ answered" in again
    assert f"question|{posting}" not in again


async def test_a_challenge_is_read_and_handed_in_from_home(slack: Slack) -> None:
    await slack.open_round()
    home = await open_home(slack)
    await press_in(slack, "challenge|forty-two", {**home, "type": "home"})
    view = await slack.server.until(
        lambda: next((v for v in slack.server.views.values() if "Print 42." in json.dumps(v)), None)
    )
    await press_in(slack, "submit|forty-two", view)
    form = await slack.server.until(
        lambda: next((v for v in slack.server.views.values() if v.get("callback_id") == "code"), None)
    )
    assert form["id"] == view["id"]
    await slack.submit_view(form, {"code": {"value": "print(42)"}})
    await slack.server.until(lambda: slack.world.store.tables.submissions)
    await slack.world.grade()
    await slack.deliver()
    assert "Accepted" in json.dumps(slack.server.in_channel(f"D-{ADA}")[0].values, ensure_ascii=False)
