"""What admins set up, and what others are told when they try."""

from __future__ import annotations

import json
from datetime import time
from typing import Any

import pytest

from tests.e2e.slack.conftest import ADA, GRACE, Slack
from tests.unit.services.fakes.world import challenge, question


def chosen(*values: str) -> dict[str, Any]:
    return {"selected_options": [{"value": value} for value in values]}


async def setup_dialog(slack: Slack) -> dict[str, Any]:
    await slack.world.load(question("lists"), challenge("forty-two"))
    await slack.command("warmup", "setup")
    view: dict[str, Any] = await slack.server.until(
        lambda: next((v for v in slack.server.views.values() if v.get("callback_id") == "setup"), None)
    )
    return view


FILLED = {
    "time": {"selected_time": "08:30"},
    "zone": {"value": "Europe/Berlin"},
    "days": chosen("1", "3", "5"),
    "content": chosen("question"),
    "difficulties": chosen("easy"),
    "topics": chosen("python"),
    "now": chosen("now"),
}


async def test_the_dialog_gives_the_channel_its_rounds(slack: Slack) -> None:
    view = await setup_dialog(slack)
    assert "Europe/Berlin" in json.dumps(view)
    await slack.submit_view(view, FILLED)
    await slack.server.until(lambda: "on its way" in json.dumps(slack.server.views[view["id"]]))
    [channel] = [c for c in slack.world.store.tables.channels.values() if c.schedule]
    schedule = channel.schedule
    assert (channel.external, schedule.post_at, schedule.zone) == ("C0DAILY", time(8, 30), "Europe/Berlin")
    assert (schedule.days, schedule.topics, schedule.challenge) == ({1, 3, 5}, ("python",), False)
    await slack.deliver()
    assert len(slack.server.in_channel()) == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"zone": {"value": "Berlin"}}, "I do not know the time zone"),
        ({"time": {"selected_time": None}}, "Choose a time"),
        ({"days": chosen()}, "at least one day"),
    ],
)
async def test_what_cannot_be_saved_is_told_in_the_dialog(
    slack: Slack, wrong: dict[str, Any], told: str
) -> None:
    view = await setup_dialog(slack)
    await slack.submit_view(view, FILLED | wrong)
    shown = await slack.server.until(
        lambda: next((v for v in slack.server.views.values() if "Not saved" in json.dumps(v)), None)
    )
    assert told in json.dumps(shown)


async def test_setup_by_text_takes_the_askers_zone(slack: Slack) -> None:
    await slack.command("warmup", "setup 9:15")
    assert "09:15 (Europe/Berlin)" in json.dumps(await slack.server.private(ADA))


@pytest.mark.parametrize("text", ["setup 09:00", "pause", "resume", "freeze <@U0ADA|ada>"])
async def test_members_who_do_not_manage_the_workspace_are_refused(slack: Slack, text: str) -> None:
    await slack.open_round()
    await slack.command("warmup", text, GRACE)
    assert "Only those who manage" in json.dumps(await slack.server.private(GRACE))


async def test_members_on_the_list_may_as_well(slack: Slack) -> None:
    slack.app.people._admins = frozenset({GRACE})
    await slack.open_round()
    await slack.command("warmup", "pause", GRACE)
    assert "paused" in json.dumps(await slack.server.private(GRACE))
    await slack.command("warmup", "resume", GRACE)
    assert "Daily rounds come" in json.dumps(await slack.server.private(GRACE, 2))


async def test_a_streak_is_helped_by_mention(slack: Slack) -> None:
    await slack.open_round()
    await slack.command("streak", user=GRACE)
    await slack.server.private(GRACE)
    await slack.command("warmup", f"freeze <@{GRACE}|grace> was ill")
    assert "Grace has a streak of 0 and 1 freeze" in json.dumps(await slack.server.private(ADA))
    await slack.command("warmup", f"repair <@{GRACE}|grace> yesterday")
    assert "is no day" in json.dumps(await slack.server.private(ADA, 2))


async def test_banks_are_listed(slack: Slack) -> None:
    await slack.open_round()
    await slack.command("bank")
    assert "basics" in json.dumps(await slack.server.private(ADA))
    await slack.command("bank", "paint")
    assert "Say what to do with question banks" in json.dumps(await slack.server.private(ADA, 2))


async def test_hints_come_one_by_one(slack: Slack) -> None:
    await slack.open_round()
    await slack.command("hint")
    assert "Hint 1 of 2" in json.dumps(await slack.server.private(ADA))
    await slack.press("hint|forty-two")
    assert "Hint 2 of 2" in json.dumps(await slack.server.private(ADA, 2))


async def test_the_leaderboard_turns_its_pages_in_place(slack: Slack) -> None:
    await slack.open_round()
    await slack.command("leaderboard", "all")
    assert "All time" in json.dumps(await slack.server.private(ADA))
    body = {"type": "static_select", "action_id": "period", "selected_option": {"value": "today"}}
    await slack.server.send("interactive", slack.press_body(body))
    turned = await slack.server.private(ADA, 2)
    assert "Today" in json.dumps(turned)
    assert turned["replace_original"] is True


async def test_another_members_streak_is_shown_by_name(slack: Slack) -> None:
    await slack.open_round()
    await slack.command("streak", f"<@{GRACE}|grace>")
    assert "have not seen that member" in json.dumps(await slack.server.private(ADA))
    await slack.command("streak", user=GRACE)
    await slack.server.private(GRACE)
    await slack.command("streak", f"<@{GRACE}|grace>")
    assert "Grace: a streak" in json.dumps(await slack.server.private(ADA, 2))
