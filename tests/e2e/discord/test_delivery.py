"""Rounds and verdicts reach Discord once, whatever fails on the way."""

from __future__ import annotations

import pytest

from bot.services.deliveries import DeliveryService
from tests.e2e.discord import limits
from tests.e2e.discord.server import ADA, CHANNEL, GRACE, OWNER
from tests.e2e.discord.world import Guild

POST = rf"^/channels/{CHANNEL}/messages$"


def text_of(message: dict) -> str:
    return "\n".join(limits.texts(message["components"]))


def buttons_of(message: dict) -> dict[str, str]:
    return {
        each["label"]: each["custom_id"] for each in limits.walk(message["components"]) if "label" in each
    }


async def test_a_round_is_posted_with_a_thread_to_talk_about_it(guild: Guild) -> None:
    await guild.post_round()
    question, challenge = guild.server.posts()
    assert "Question of the day" in text_of(question)
    assert "Challenge of the day" in text_of(challenge)
    assert [thread["id"] for thread in guild.server.threads] == [question["id"], challenge["id"]]
    (rules,) = guild.server.channels[question["id"]]
    assert "||like this||" in rules["content"]
    assert question["allowed_mentions"] == {"parse": []}


async def test_the_number_of_answers_is_shown_without_spoilers(guild: Guild) -> None:
    await guild.post_round()
    question = guild.server.posts()[0]
    letter = next(
        each["custom_id"] for each in limits.walk(question["components"]) if each.get("label") == "A"
    )
    pressed = await guild.server.press(letter, question, by=GRACE)
    await guild.server.until(lambda: pressed.message)
    await guild.server.until(lambda: "1 answer" in text_of(guild.server.posts()[0]))
    assert "Grace" not in text_of(guild.server.posts()[0])
    ids = [each["custom_id"] for each in limits.walk(question["components"]) if "custom_id" in each]
    assert all("~" in each for each in ids), "the mark of the delivery stays"


async def test_a_round_closes_with_answer_distribution_and_who_was_first(guild: Guild) -> None:
    await guild.post_round()
    question = guild.server.posts()[0]
    for by, label in ((GRACE, "A"), (ADA, "B")):
        pressed = await guild.server.press(buttons_of(question)[label], question, by=by)
        await guild.server.until(lambda pressed=pressed: pressed.message)
    guild.pass_time(30 * 3600)
    await guild.world.services.rounds.tick()
    await guild.deliver()
    recap = next(text_of(post) for post in guild.server.posts() if "Closed" in text_of(post))
    assert "1 of 2 answers right; **Ada** was first." in recap


@pytest.mark.failure(2)
@pytest.mark.failure(10)
async def test_a_502_although_the_post_was_taken_leaves_one_message(guild: Guild) -> None:
    guild.server.fail("POST", POST, 503, after=True)
    await guild.post_round()
    guild.pass_time(120)
    await guild.deliver()
    assert len(guild.server.posts()) == 2


@pytest.mark.failure(2)
async def test_a_doubtful_post_is_found_again_when_discord_has_forgotten_the_nonce(guild: Guild) -> None:
    guild.server.fail("POST", POST, 503, after=True)
    await guild.post_round()
    guild.pass_time(3_600)
    await guild.deliver()
    assert len(guild.server.posts()) == 2


@pytest.mark.failure(9)
async def test_an_outage_of_ten_minutes_delays_the_round_and_extends_it(guild: Guild) -> None:
    server = guild.server
    server.fail("POST", POST, 503, times=1_000)
    await guild.post_round()
    before = {round_.id: round_.closes_at for round_ in guild.world.store.tables.rounds.values()}
    for _ in range(10):
        guild.pass_time(60)
        await guild.deliver()
    assert server.posts() == []
    server.faults.clear()
    guild.pass_time(300)
    await guild.deliver()
    assert len(server.posts()) == 2
    after = {round_.id: round_.closes_at for round_ in guild.world.store.tables.rounds.values()}
    assert all(after[key] > before[key] for key in before)


@pytest.mark.failure(11)
async def test_a_rate_limit_is_waited_for_as_long_as_discord_asks(guild: Guild) -> None:
    server = guild.server
    body = {"message": "You are being rate limited.", "retry_after": 90.0, "global": False}
    server.fail("POST", POST, 429, body=body, times=2, headers={"Retry-After": "90"})
    await guild.post_round()
    sent = len(
        [request for request in server.requests if request == ("POST", f"/channels/{CHANNEL}/messages")]
    )
    guild.pass_time(60)
    await guild.deliver()
    assert len(server.requests_to(f"/channels/{CHANNEL}/messages")) == sent, (
        "nothing is tried before the time is over"
    )
    guild.pass_time(60)
    await guild.deliver()
    assert len(server.posts()) == 2


@pytest.mark.failure(12)
async def test_a_channel_that_is_gone_is_paused_and_its_owner_told_once(guild: Guild) -> None:
    server = guild.server
    server.closed_to_us.add(CHANNEL)
    await guild.post_round()
    for _ in range(3):
        guild.pass_time(24 * 3600)
        await guild.world.services.rounds.tick()
        await guild.deliver()
    told = server.posts(server.direct[OWNER])
    assert len(told) == 1
    assert "cannot post in" in text_of(told[0])
    assert len(server.requests_to(f"/channels/{CHANNEL}/messages")) <= 3, "no loop"


@pytest.mark.failure(13)
async def test_two_replicas_post_a_round_once(guild: Guild) -> None:
    guild.server.fail("POST", POST, 503, after=True)
    await guild.post_round()
    other = DeliveryService(
        guild.world.store.begin, guild.deliveries._posters, guild.deliveries._clock, guild.world.signals
    )
    guild.pass_time(120)
    while await other.run_once() or await guild.deliveries.run_once():
        pass
    assert len(guild.server.posts()) == 2


async def test_a_verdict_in_a_channel_takes_the_receipts_place_after_hours(guild: Guild) -> None:
    await guild.post_round()
    await guild.server.say("<@9001>\n```\nprint(42)\n```")
    await guild.server.until(lambda: "Grading" in text_of(guild.server.posts()[-1]))
    await guild.world.grade()
    guild.pass_time(3 * 3600)
    await guild.deliver()
    assert "Accepted" in text_of(guild.server.posts()[-1])
