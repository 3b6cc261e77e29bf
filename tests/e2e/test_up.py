"""``warmup up`` as a person runs it: it starts, says what to open, stops in order, survives being killed."""

import asyncio
import os
import signal
import socket
import uuid

import pytest

from tests.e2e.running import Running, command_line, ended, start

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
async def up(tmp_path):
    """Starts ``up`` in one data folder, as often as asked; whatever still runs is ended with the test."""
    started: list[Running] = []

    async def begin(**environment) -> Running:
        running = await start(tmp_path / "data", "up", **environment)
        started.append(running)
        return running

    yield begin
    for running in started:
        await running.end(signal.SIGKILL)


async def say(running: Running, text: str) -> None:
    """Write into the playground's channel as a visitor."""
    response = await running.post("/messages", {"event": str(uuid.uuid4()), "text": text})
    assert response.status_code == 200, response.text


@pytest.mark.failure(36)
async def test_it_starts_says_what_to_open_and_stops_within_ten_seconds(up):
    running = await up()
    await running.until_ready()

    async def posted() -> bool:
        page = (await running.get("/")).text
        return "Question of the day" in page and 'class="card challenge"' in page

    await running.until(posted, "the day's question and challenge")
    tree = running.tree()
    assert len(tree) > 3  # itself, the database, the worker
    async with asyncio.timeout(10):
        assert await running.end(signal.SIGTERM) == 0
    assert {pid for pid in tree if not ended(pid)} == set()


@pytest.mark.failure(36)
async def test_a_worker_that_does_not_let_go_does_not_hold_it_up(up):
    running = await up()
    await running.until_ready()
    (worker,) = [pid for pid in running.tree() if b"\0worker\0" in command_line(pid)]
    os.kill(worker, signal.SIGSTOP)
    async with asyncio.timeout(10):
        assert await running.end(signal.SIGTERM) == 0
    assert ended(worker)


@pytest.mark.failure(37)
async def test_killed_it_leaves_nothing_running_and_loses_nothing(up):
    first = await up()
    await first.until_ready()
    await say(first, "remember the milk")
    tree = first.tree()
    await first.end(signal.SIGKILL)

    async def gone() -> bool:
        return all(ended(pid) for pid in tree)

    await first.until(gone, "the end of every process")
    second = await up()
    await second.until_ready()
    assert "remember the milk" in (await second.get("/")).text


@pytest.mark.failure(40)
async def test_a_second_start_on_the_same_folder_says_that_the_first_is_running(up):
    first = await up()
    await first.until_ready()
    second = await up()
    assert await second.ended() == 1
    assert "Warmup is already running on" in second.said
    assert (await first.get("/readyz")).status_code == 200


async def test_a_taken_port_is_one_clear_sentence(up):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        running = await up(WARMUP_WEB_PORT=str(port))
        assert await running.ended() == 1
    assert running.said == (
        f"warmup: Cannot listen on 127.0.0.1 port {port}: it is taken: "
        "stop the other program or set WARMUP_WEB_PORT to another port.\n"
    )


async def test_a_folder_that_cannot_be_made_is_one_clear_sentence(up, tmp_path):
    (tmp_path / "file").write_text("")
    running = await up(WARMUP_DATA_DIR=str(tmp_path / "file" / "data"))
    assert await running.ended() == 1
    assert "WARMUP_DATA_DIR" in running.said
    assert "Traceback" not in running.said


@pytest.mark.failure(3)
async def test_a_worker_that_is_killed_is_started_again(up):
    running = await up()
    await running.until_ready()
    before = running.tree()
    (worker,) = [pid for pid in before if b"\0worker\0" in command_line(pid)]
    os.kill(worker, signal.SIGKILL)

    async def another() -> bool:
        return any(b"\0worker\0" in command_line(pid) for pid in running.tree() - before)

    await running.until(another, "another worker")
    await running.until_ready()
    assert "a process ended and is started again" in running.said


async def test_a_bot_without_a_token_says_which_one_to_set(up, tmp_path):
    first = await up()
    await first.until_ready()
    bot = await start(tmp_path / "data", "bot")
    try:

        async def told() -> bool:
            return "set DISCORD_TOKEN, or SLACK_BOT_TOKEN with SLACK_APP_TOKEN" in bot.said

        await bot.until(told, "what to set")
    finally:
        assert await bot.end(signal.SIGTERM) == 0
