"""The playground's surroundings in memory: a history, signals, and services with one day's content."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from bot.services import cards
from bot.services.commands import (
    Actor,
    AnswerQuestion,
    AskQuiz,
    Platform,
    ShowChallenge,
    ShowLeaderboard,
    ShowStreak,
    SubmitCode,
    TakeHint,
)
from bot.services.errors import BadCode, NotFound, TooMuch, Unavailable
from bot.services.messages import NewMessage, StoredMessage
from bot.services.panels import Panels
from bot.services.ports import Outgoing, Topic
from bot.services.queues import DeliveryKind
from tests.unit.platforms.playground import samples
from tests.unit.platforms.playground.sample_panels import SampleFeature


class FakeBell:
    """Rings when told to."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self.closed = asyncio.Event()

    async def wait(self, timeout_s: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self.event.wait()
        rung = self.event.is_set()
        self.event.clear()
        return rung

    def close(self) -> None:
        self.closed.set()


class FakeSignals:
    """Bells of one process."""

    def __init__(self) -> None:
        self.bells: list[FakeBell] = []
        self.listening = asyncio.Event()

    def bell(self, topic: Topic) -> FakeBell:
        assert topic is Topic.MESSAGES
        self.bells.append(FakeBell())
        self.listening.set()
        return self.bells[-1]

    def ring(self) -> None:
        for bell in self.bells:
            bell.event.set()


class FakeMessages:
    """The ``Messages`` port over a list."""

    def __init__(self, signals: FakeSignals) -> None:
        self.signals = signals
        self.rows: list[StoredMessage] = []
        self.nonces: dict[tuple[str, str], int] = {}
        self.revision = 0
        self.away = False
        self.gone: set[int] = set()
        self.asked = asyncio.Event()

    def _check(self) -> None:
        self.asked.set()
        if self.away:
            raise Unavailable("the fake is away")

    async def add(self, message: NewMessage) -> StoredMessage:
        self._check()
        if message.nonce and (known := self.nonces.get((message.channel, message.nonce))):
            return self.rows[known - 1]
        self.revision += 1
        row = StoredMessage(
            id=len(self.rows) + 1,
            revision=self.revision,
            channel=message.channel,
            author=message.author,
            document=message.document,
            private_to=message.private_to,
            created_at=samples.NOW + timedelta(seconds=len(self.rows)),
        )
        self.rows.append(row)
        if message.nonce:
            self.nonces[message.channel, message.nonce] = row.id
        self.signals.ring()
        return row

    async def edit(
        self, message: int, document: Mapping[str, Any], *, only_revision: int | None = None
    ) -> StoredMessage | None:
        self._check()
        if not 1 <= message <= len(self.rows):
            return None
        row = self.rows[message - 1]
        if only_revision is not None and row.revision != only_revision:
            return None
        self.revision += 1
        row = dataclasses.replace(row, document=document, revision=self.revision, edited_at=samples.NOW)
        self.rows[message - 1] = row
        self.signals.ring()
        return row

    async def get(self, message: int) -> StoredMessage | None:
        self._check()
        if message in self.gone:
            return None
        return self.rows[message - 1] if 1 <= message <= len(self.rows) else None

    async def before(
        self, channel: str, reader: str, message: int | None, limit: int
    ) -> Sequence[StoredMessage]:
        self._check()
        seen = [
            row
            for row in self.rows
            if row.channel == channel
            and row.private_to in (None, reader)
            and (message is None or row.id < message)
        ]
        return seen[-limit:]

    async def since(self, channel: str, revision: int, limit: int) -> Sequence[StoredMessage]:
        self._check()
        later = [row for row in self.rows if row.channel == channel and row.revision > revision]
        return sorted(later, key=lambda row: row.revision)[:limit]

    async def latest_revision(self) -> int:
        self._check()
        return self.revision


class FakeServices:
    """One question (B is right), one challenge (solved by code that says ``enumerate``)."""

    def __init__(self) -> None:
        self.answers: dict[tuple[int, str], cards.AnswerCard] = {}
        self.submitted: list[SubmitCode] = []
        self.points: dict[str, int] = {}
        self.hints: dict[str, int] = {}
        self.poster: Any = None
        self.quiz = SimpleNamespace(ask=self.ask, answer=self.answer, show=self.question)
        self.banks = SimpleNamespace(topics=self.topics)
        self.challenges = SimpleNamespace(show=self.show, hint=self.hint, names=self.names)
        self.submissions = SimpleNamespace(submit=self.submit)
        self.leaderboards = SimpleNamespace(show=self.leaderboard)
        self.streaks = SimpleNamespace(show=self.streak)
        self.community_banks = SimpleNamespace(list=self.bank_names)
        self.sample = SampleFeature()
        self.panels = Panels((self.sample.feature(),))

    def help(self) -> cards.HelpCard:
        return samples.HELP

    async def bank_names(self, actor: Actor) -> Sequence[Any]:
        return [SimpleNamespace(name="python")]

    async def topics(self, actor: Actor, kinds: object) -> Sequence[str]:
        return ("algorithms", "python", "sql", "sqlalchemy")

    async def names(self, actor: Actor) -> Sequence[tuple[str, str]]:
        return (("two-sum", "Two numbers, one target"), ("word-count", "Count the words"))

    async def ask(self, ask: AskQuiz) -> cards.QuestionCard:
        return samples.SEVERAL if ask.topic == "sqlalchemy" else samples.QUESTION

    async def question(self, actor: Actor, posting: int) -> cards.QuestionCard:
        card = samples.QUESTION if posting == samples.QUESTION.posting else samples.SEVERAL
        answered = sum(1 for answered, _ in self.answers if answered == posting)
        return dataclasses.replace(card, answered=card.answered + answered)

    async def answer(self, answer: AnswerQuestion) -> cards.AnswerCard:
        if answer.posting not in (samples.QUESTION.posting, samples.SEVERAL.posting, samples.PREDICT.posting):
            raise NotFound("no_posting", "That question is gone. `/quiz` asks another one.")
        key = answer.posting, answer.actor.member
        if key in self.answers:
            return dataclasses.replace(self.answers[key], repeated=True)
        right = answer.letters == {"B"} or answer.letters == {"A", "C"} or answer.typed.strip() == "0 2 2"
        points = 5 if right else 0
        self.points[answer.actor.name] = self.points.get(answer.actor.name, 0) + points
        self.answers[key] = dataclasses.replace(
            samples.ANSWER,
            posting=answer.posting,
            correct=right,
            points=points,
            choices=tuple(
                dataclasses.replace(choice, chosen=choice.letter in answer.letters)
                for choice in samples.ANSWER.choices
            ),
            typed=answer.typed,
            expected_output="0 2 2" if answer.typed else "",
        )
        return self.answers[key]

    async def show(self, show: ShowChallenge) -> cards.ChallengeCard:
        if show.name not in (None, "two-sum", "word-count"):
            raise NotFound("no_challenge", "There is no such challenge.")
        return samples.PROJECT if show.name == "word-count" else samples.CHALLENGE

    async def hint(self, take: TakeHint) -> cards.HintCard:
        number = self.hints[take.actor.member] = self.hints.get(take.actor.member, 0) + 1
        if number > 2:
            raise NotFound("no_hint", "There are no more hints.")
        return dataclasses.replace(samples.HINT, number=number)

    async def submit(self, code: SubmitCode) -> cards.Receipt:
        text = code.text + "".join(file.text for file in code.files)
        if len(text) > 65_536:
            raise TooMuch("too_large", "That is 1,000 KB of code; at most 64 KB can be graded.")
        if not text.strip():
            raise BadCode("empty", "There is no code in that.")
        self.submitted.append(code)
        return cards.Receipt(
            submission=len(self.submitted),
            challenge="two-sum",
            title=samples.CHALLENGE.title,
            attempt=len(self.submitted),
            waiting=0,
        )

    async def grade(self) -> None:
        """Be the worker: settle the last submission and deliver its verdict."""
        code = self.submitted[-1]
        solved = "enumerate" in code.text + "".join(file.text for file in code.files)
        card = samples.ACCEPTED if solved else samples.WRONG
        if solved:
            self.points[code.actor.name] = self.points.get(code.actor.name, 0) + card.points
        await self.poster.send(
            Outgoing(
                delivery=1,
                nonce=f"verdict-{len(self.submitted)}",
                attempt=1,
                platform=Platform.PLAYGROUND,
                community=code.actor.community,
                channel=code.actor.channel,
                kind=DeliveryKind.VERDICT,
                card=dataclasses.replace(card, files=code.files, submission=len(self.submitted)),
                member=code.actor.member,
                reply=code.reply,
            )
        )

    async def leaderboard(self, show: ShowLeaderboard) -> cards.LeaderboardPage:
        names = sorted(self.points, key=lambda name: (-self.points[name], name))
        rows = tuple(
            cards.Standing(
                1 + sum(other > self.points[name] for other in self.points.values()),
                n,
                name,
                self.points[name],
                0,
                1,
                is_reader=name == show.actor.name,
            )
            for n, name in enumerate(names)
            if self.points[name]
        )
        return cards.LeaderboardPage(
            period=show.period,
            since=samples.NOW,
            rows=rows,
            page=show.page,
            pages=3,
            members=len(rows),
            own=next((row for row in rows if row.is_reader), None),
            tie_break=samples.LEADERBOARD.tie_break,
        )

    async def streak(self, show: ShowStreak) -> cards.StreakCard:
        return dataclasses.replace(
            samples.STREAK, name=show.member or show.actor.name, is_reader=show.member is None
        )
