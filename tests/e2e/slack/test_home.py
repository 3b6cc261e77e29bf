"""App Home: what is open, one's own streak and rank, and answering from there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.services.learning.records import Deck
from tests.e2e.slack.conftest import ADA, GRACE, Slack
from tests.unit.services.fakes.world import challenge, question


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
    assert "Set up a channel" in told
    assert "Set up a channel" not in json.dumps(await open_home(slack, GRACE))


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


def panel_doors(view: dict[str, Any]) -> list[str]:
    return [e["action_id"] for b in view["blocks"] if b.get("block_id") == "doors" for e in b["elements"]]


async def test_cards_due_for_review_are_counted_and_a_button_opens_them(slack: Slack) -> None:
    await slack.open_round()
    await open_home(slack)
    member = next(iter(slack.world.store.tables.members))
    slack.world.store.tables.decks[member] = tuple(
        Deck(topic=topic, due=due, cards=5, next_due_at=None) for topic, due in (("sql", 2), ("python", 1))
    )
    view = await open_home(slack)
    assert "3 cards due for review" in json.dumps(view)
    assert panel_doors(view)[0] == "open|review|"


@pytest.mark.parametrize("name", ["privacy", "link"])
async def test_what_is_ones_own_opens_from_home_in_a_dialog(slack: Slack, name: str) -> None:
    view = await open_home(slack)
    door = next(action for action in panel_doors(view) if action.startswith(f"open|{name}|"))
    await press_in(slack, door, {**view, "type": "home"})
    opened = await slack.server.until(lambda: slack.server.views and next(iter(slack.server.views.values())))
    assert opened["type"] == "modal"


async def test_admins_see_the_schedule_and_the_banks_and_nobody_else_does(slack: Slack) -> None:
    await slack.open_round()
    seen = json.dumps(await open_home(slack))
    assert "#daily" in seen
    assert "09:00 (UTC)" in seen
    assert "basics" in seen
    other = json.dumps(await open_home(slack, GRACE))
    assert '"For admins"' not in other
    assert "basics" not in other


async def test_an_admin_sets_a_channel_up_from_home(slack: Slack) -> None:
    await slack.world.load(question("lists"), challenge("forty-two"))
    home = await open_home(slack)
    await press_in(slack, "setup", {**home, "type": "home"})
    view = await slack.server.until(
        lambda: next((v for v in slack.server.views.values() if v.get("callback_id") == "setup"), None)
    )
    days = [{"value": "1"}]
    await slack.submit_view(
        view,
        {
            "channel": {"selected_conversation": "C0OTHER"},
            "time": {"selected_time": "07:30"},
            "zone": {"value": "Europe/Berlin"},
            "days": {"selected_options": days},
            "content": {"selected_options": [{"value": "question"}]},
        },
    )
    await slack.server.until(lambda: "07:30" in json.dumps(slack.server.views[view["id"]]))
    (channel,) = (c for c in slack.world.store.tables.channels.values() if c.schedule is not None)
    assert channel.external == "C0OTHER"
