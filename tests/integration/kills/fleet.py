"""Two replicas that keep being killed, the platform they talk to, and what must be true whatever happens."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import random
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import asyncpg
from pydantic import SecretStr

from bot.bootstrap.doctor import count_again
from bot.config import Settings
from bot.services.commands import Actor, Platform
from bot.storage.database import Database
from tests.e2e.slack.server import TEAM, SlackServer
from tests.integration.kills.points import POINTS
from tests.integration.kills.replica import EDITION_SIZE, Ask, Plan, live
from tests.integration.services.world import sql_world
from tests.unit.services.fakes.store import START, FakeClock
from tests.unit.services.fakes.world import challenge, question

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.integration.kills.replica"])
CHANNELS = ("C0DAILY", "C1NIGHTLY")
MEMBERS = ("U0ADA", "U0GRACE", "U0LINUS")
QUESTIONS, CHALLENGES = 30, 6
DEATHS_OF_A_JOB = 2
"""Kill rounds in a row that may meet the same submission: after three its worker is to blame."""
MOST_CALM_LIVES = 40


class Misfortune(dict[str, Any]):
    """In place of the server's planned failures: 3 % of requests fail before they count, 3 % after."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self._dice = dice
        self.happened: Counter[str] = Counter()

    def get(self, method: str, default: Any = None) -> Any:
        drawn = self._dice.random()
        if drawn >= 0.06:
            return default
        how = self._dice.choice(("500", "drop") if drawn < 0.03 else ("502-after", "drop-after"))
        self.happened[how] += 1
        return deque([how])


class Fleet:
    """Everything around the replicas; ``seed`` decides what happens."""

    def __init__(self, url: str, server: SlackServer, folder: Path, seed: int) -> None:
        self.url = url
        self.server = server
        self.dice = random.Random(seed)
        self.clock = FakeClock()
        self.kills: Counter[str] = Counter()
        self.lives = 0
        self._folder = folder
        self._edition = 0
        self._asks: dict[str, Ask] = {}
        self._done: set[str] = set()
        self._crossed: dict[str, int] = {}
        self.misfortune = Misfortune(random.Random(seed + 1))
        server.now = lambda: self.clock.now().timestamp()

    async def set_up(self) -> None:
        """Questions, channels with daily rounds, and a first calm day."""
        async with Database(self.url, pool_size=2) as database:
            world = sql_world(database)
            await world.load(
                *(question(f"q{n:02}") for n in range(QUESTIONS)),
                *(challenge(f"c{n}") for n in range(CHALLENGES)),
            )
            for number, channel in enumerate(CHANNELS):
                await world.set_up(_actor(MEMBERS[0], channel, admin=True), at=time(9 + number))
        for member in MEMBERS:
            self.server.add_user(member, member.title())
        self.server.failures = self.misfortune
        await self.until_quiet()

    async def kill_round(self, points: Sequence[str]) -> None:
        """Two replicas at once, each to die at one of the points; a little later there is another try."""
        await self._make_asks()
        self._edition += 1
        await asyncio.gather(*(self._life(self.dice.choice(points)) for _ in range(2)))
        await self._pass(timedelta(minutes=self.dice.randint(2, 9)))

    async def until_quiet(self) -> None:
        """Replicas that live on, until nothing is left to do; fails when that does not come."""
        for _ in range(MOST_CALM_LIVES):
            await self._life("")
            await self._pass(timedelta(minutes=6))
            if not await self._value("SELECT count(*) FROM deliveries WHERE state = 'waiting'"):
                return
        raise AssertionError("the outbox does not empty")

    async def a_day_passes(self) -> None:
        """Mostly a day; at times a few hours, a week-end without us, or the clock is set back."""
        await self._pass(
            self.dice.choice([timedelta(hours=24)] * 6 + [timedelta(hours=5), timedelta(days=3)])
        )
        if self.dice.random() < 0.2:
            await self._pass(timedelta(minutes=-7))

    async def _life(self, armed: str) -> None:
        self.lives += 1
        heard = self._folder / f"life-{self.lives}"
        waiting = tuple(ask for event, ask in self._asks.items() if event not in self._done)
        plan = Plan(
            url=self.url,
            platform=f"{self.server.base}/api/",
            now=self.clock.now(),
            edition=self._edition,
            asks=waiting,
            heard=heard,
            armed=armed,
            skip=self.dice.randrange(self._crossed.get(armed, 1)) if armed else 0,
        )
        status = await run(live, plan)
        assert status in (0, -signal.SIGKILL), f"a replica ended with {status} at {armed or 'no point'}"
        if status:
            assert armed
            self.kills[armed] += 1
        for what, detail in told(heard):
            if what == "done":
                self._done.add(detail)
            elif what == "crossed" and not armed:
                self._crossed |= json.loads(detail)
            else:
                assert what == "crossed", detail

    async def _make_asks(self) -> None:
        """Each member answers what is open, if they feel like it, and hands something in."""
        now = self.clock.now()
        rows = await self._rows(
            "SELECT postings.id, channels.external_id AS channel FROM postings"
            " JOIN rounds ON rounds.id = round_id JOIN channels ON channels.id = postings.channel_id"
            " WHERE NOT postings.challenge AND opens_at <= $1 AND closes_at > $1 + interval '3 hours'",
            now,
        )
        number = len(self._asks)
        for member in MEMBERS:
            for row in rows:
                event = f"answer:{row['id']}:{member}"
                if event not in self._asks and self.dice.random() < 0.8:
                    actor, letter = _actor(member, row["channel"]), self.dice.choice("ABB")
                    self._asks[event] = Ask(event, actor, now, posting=row["id"], letter=letter)
            event = f"code:{number}:{member}"
            text = f"```\nprint({self.dice.choice((41, 42))})  # {number}\n```"
            named = f"c{self.dice.randrange(CHALLENGES)}"
            self._asks[event] = Ask(event, _actor(member, CHANNELS[0]), now, challenge=named, text=text)

    async def _pass(self, span: timedelta) -> None:
        """Move the replicas' clock; leases of jobs go by the database's, and grow as much older."""
        self.clock.time += span
        if span > timedelta():
            await self._value(
                "UPDATE grading_jobs SET leased_until = leased_until - $1::interval WHERE state = 'running'",
                span,
            )

    # what must be true

    async def check(self) -> None:
        """Nothing is lost, nothing is there twice, every sum and streak is what a recount gives."""
        await self._check_answers()
        await self._check_verdicts()
        await self._check_messages()
        editions = await self._rows(
            "SELECT DISTINCT content ->> 'prompt' AS prompt, count(*) AS size FROM questions"
            " JOIN question_versions ON question_id = questions.id"
            " AND question_versions.number = questions.number"
            " WHERE key LIKE 'edition-%' GROUP BY 1"
        )
        assert [row["size"] for row in editions] == [EDITION_SIZE]
        counted = await count_again(Settings(DATABASE_URL=SecretStr(self.url)))
        assert counted["ok"], counted["differences"]

    async def _check_answers(self) -> None:
        rows = await self._rows("SELECT event_id, correct, points FROM answers")
        asked = {event: ask for event, ask in self._asks.items() if ask.posting}
        _same(Counter(row["event_id"] for row in rows), Counter(list(asked)))
        for row in rows:
            assert row["correct"] == (asked[row["event_id"]].letter == "B")
            assert bool(row["points"]) <= row["correct"]

    async def _check_verdicts(self) -> None:
        rows = await self._rows(
            "SELECT id, event_id, verdict, points, member_id, question_id FROM submissions"
        )
        asked = {event: ask for event, ask in self._asks.items() if ask.challenge}
        _same(Counter(row["event_id"] for row in rows), Counter(list(asked)))
        for row in rows:
            right = "print(42)" in asked[row["event_id"]].text
            assert row["verdict"] == ("accepted" if right else "wrong_answer"), dict(row)
        paid = Counter((row["member_id"], row["question_id"]) for row in rows if row["points"])
        solved = {(row["member_id"], row["question_id"]) for row in rows if row["verdict"] == "accepted"}
        _same(paid, Counter(solved))
        verdicts = await self._rows("SELECT subject FROM deliveries WHERE kind = 'verdict'")
        _same(Counter(row["subject"] for row in verdicts), Counter(row["id"] for row in rows))

    async def _check_messages(self) -> None:
        rows = await self._rows("SELECT nonce, kind, state, error FROM deliveries")
        assert {row["state"] for row in rows} == {"sent"}, [
            dict(row) for row in rows if row["state"] != "sent"
        ]
        shown = Counter(
            message.values["metadata"]["event_payload"]["nonce"] for message in self.server.messages
        )
        _same(shown, Counter(row["nonce"] for row in rows))
        dates = await self._rows("SELECT channel_id, local_date FROM rounds")
        assert len(dates) == len({(row["channel_id"], row["local_date"]) for row in dates})
        posted = Counter(
            payload["posting"]
            for message in self.server.messages
            if "posting" in (payload := message.values["metadata"]["event_payload"])
        )
        postings = await self._rows("SELECT id FROM postings WHERE round_id IS NOT NULL")
        _same(posted, Counter(row["id"] for row in postings))

    async def _rows(self, statement: str, *values: object) -> list[Any]:
        connection = await asyncpg.connect(self.url)
        try:
            return list(await connection.fetch(statement, *values))
        finally:
            await connection.close()

    async def _value(self, statement: str, *values: object) -> Any:
        rows = await self._rows(statement, *values)
        return rows[0][0] if rows else None


def points_of(*actions: str) -> list[str]:
    """The points of some actions, as they are armed."""
    return [f"{action}.{point}" for action in actions for point in POINTS[action]]


async def run(life: Callable[[Plan], None], plan: Plan) -> int:
    """Run a life in a process of its own; its exit status, negative for a signal."""
    process = PROCESSES.Process(target=life, args=(plan,))
    await asyncio.to_thread(process.start)
    try:
        await asyncio.to_thread(process.join)
        assert process.exitcode is not None
        return process.exitcode
    finally:
        process.close()


def told(heard: Path) -> Iterator[tuple[str, str]]:
    """What a life wrote down, line by line."""
    for line in heard.read_text().splitlines() if heard.exists() else ():
        what, _, detail = line.partition(" ")
        yield what, detail


def plan_of(url: str, folder: Path, armed: str = "", skip: int = 0) -> Plan:
    """A plan for a life that only needs a database."""
    return Plan(url, "", START, 0, (), folder / f"{armed}-{skip}", armed, skip)


def _same(found: Counter[Any], wanted: Counter[Any]) -> None:
    """Each exactly as often as it should be; says which are not."""
    assert found == wanted, f"lost: {dict(wanted - found)}, doubled: {dict(found - wanted)}"


def _actor(member: str, channel: str, *, admin: bool = False) -> Actor:
    return Actor(
        platform=Platform.SLACK,
        community=TEAM,
        channel=channel,
        member=member,
        name=member.title(),
        is_admin=admin,
    )
