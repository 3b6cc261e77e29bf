"""``/submit``: take code in, say so at once, and tell the verdict when it is there."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from bot.domain.accepting import DAY, MOST_WAITING, Pace, event_time, next_submission
from bot.domain.code_blocks import MOST_BYTES, CodeRefused, Handed, read_files, read_message, wanted
from bot.domain.content import Challenge, SourceFile
from bot.domain.digests import files_digest
from bot.domain.wording import count
from bot.services.cards import Receipt, VerdictCard
from bot.services.commands import Actor, Platform, SubmitCode
from bot.services.errors import BadCode, NotFound, Refusal, TooMuch
from bot.services.ports import Begin, Clock, Topic, UnitOfWork
from bot.services.presenting import verdict_card
from bot.services.queues import JobState
from bot.services.records import NewSubmission, Place, Submission, SubmissionState
from bot.services.streaks import streak_of
from bot.services.targets import Target, find_challenge
from bot.services.verdicts import settle


class SubmissionService:
    """Take submissions and show their verdicts. ``most_bytes`` bounds the code of one submission.

    ``pace`` bounds how fast they may come (None: no bound). The playground has no bound: it is one person's
    own machine.
    """

    def __init__(
        self, begin: Begin, clock: Clock, most_bytes: int = MOST_BYTES, pace: Pace | None = None
    ) -> None:
        self._pace = pace
        self._begin = begin
        self._clock = clock
        self._most_bytes = most_bytes

    async def submit(self, command: SubmitCode) -> Receipt:
        """Record the code and its grading job in one transaction.

        The same event gives the same receipt. Code that was graded before gets the verdict of then at
        once. Raises ``BadCode``, ``NotFound`` or ``TooMuch``; nothing is recorded then.
        """
        now = self._clock.now()
        at = event_time(command.at, now)
        async with self._begin() as work:
            place = await work.directory.enter(command.actor)
            known = await work.submissions.by_event(command.actor.platform, command.event_id)
            if known is not None:
                return self._receipt(known, 0, "", repeated=True)
            target = await find_challenge(work, place, command.challenge, at)
            handed = self._read(command, target.stored.as_challenge)
            if await work.submissions.waiting(place.community.id, place.member.id) >= MOST_WAITING:
                raise TooMuch(
                    "too_many_waiting",
                    f"{MOST_WAITING} of your submissions still wait. Please wait for one verdict first.",
                )
            attempts = await work.submissions.attempts(
                place.community.id, place.member.id, target.stored.question
            )
            again = await self._next(work, command, place, target, at)
            if again is not None:
                known = await work.submissions.by_event(command.actor.platform, command.event_id)
                if known is not None:  # the same event came in twice at once
                    return self._receipt(known, 0, "", repeated=True)
                raise TooMuch("too_fast", _too_fast(again, at))
            added = await self._record(work, place, command, target, handed, at, attempts + 1)
            if added is None:
                return self._receipt(await self._twin(work, command), 0, "", repeated=True)
            enqueued = await work.queue.enqueue(added)
            if enqueued.state is JobState.DONE and enqueued.judgement is not None:
                await settle(work, added, enqueued.judgement, now)
                waiting = 0
            else:
                waiting = await work.queue.ahead(enqueued.job)
                work.ring(Topic.GRADING)
        return self._receipt(added, waiting, handed.note, repeated=False)

    async def result(self, actor: Actor, submission: int) -> VerdictCard:
        """The verdict, for the submission's author. Raises ``NotFound``; ``Refusal`` while it waits."""
        async with self._begin() as work:
            place = await work.directory.enter(actor)
            found = await work.submissions.get(submission)
            if found is None or found.member != place.member.id or found.community != place.community.id:
                raise NotFound("unknown_submission", "There is no such submission of yours.")
            if found.state is SubmissionState.WAITING:
                raise Refusal(
                    "still_waiting", "That submission still waits for its verdict. It comes by itself."
                )
            streak = await streak_of(work, found.member, self._clock.now())
            return verdict_card(found, streak.current)

    async def _twin(self, work: UnitOfWork, command: SubmitCode) -> Submission:
        """What the same event, coming in twice at once, has recorded a moment before."""
        found = await work.submissions.by_event(command.actor.platform, command.event_id)
        if found is None:
            raise Refusal("try_again", "That did not work. Please hand the code in again.")
        return found

    def _read(self, command: SubmitCode, challenge: Challenge) -> Handed:
        want = wanted(challenge)
        try:
            if command.files:
                handed = read_files(command.files, want, most_bytes=self._most_bytes)
            else:
                handed = read_message(command.text, want, most_bytes=self._most_bytes)
        except CodeRefused as refused:
            raise BadCode(refused.code, refused.text) from refused
        return Handed(complete(challenge, handed.files), handed.note)

    async def _next(
        self, work: UnitOfWork, command: SubmitCode, place: Place, target: Target, at: datetime
    ) -> datetime | None:
        """When the member may hand in again; None when now."""
        if self._pace is None or command.actor.platform is Platform.PLAYGROUND:
            return None
        since = at - max(DAY, self._pace.cooldown)
        handed_in = await work.submissions.handed_in(place.community.id, place.member.id, since)
        again = next_submission(self._pace, handed_in, target.stored.question)
        return again if again is not None and again > at else None

    async def _record(
        self,
        work: UnitOfWork,
        place: Place,
        command: SubmitCode,
        target: Target,
        handed: Handed,
        at: datetime,
        attempt: int,
    ) -> Submission | None:
        return await work.submissions.add(
            NewSubmission(
                platform=command.actor.platform,
                community=place.community.id,
                channel=place.channel.id,
                member=place.member.id,
                event_id=command.event_id,
                version=target.stored.version,
                posting=target.posting.id if target.posting else None,
                attempt=attempt,
                files=handed.files,
                digest=files_digest(handed.files),
                at=at,
                reply=command.reply,
            )
        )

    @staticmethod
    def _receipt(submission: Submission, waiting: int, note: str, *, repeated: bool) -> Receipt:
        meta = submission.stored.item.meta
        return Receipt(
            submission=submission.id,
            challenge=meta.key,
            title=meta.title,
            attempt=submission.attempt,
            waiting=waiting,
            repeated=repeated,
            note=note,
        )


def _too_fast(again: datetime, at: datetime) -> str:
    """When to try again: in seconds or minutes where that is soon, else by the clock."""
    wait = again - at
    if wait >= timedelta(hours=1):
        return f"That is enough for this challenge today. You can hand in again at {again:%H:%M} UTC."
    seconds = math.ceil(wait.total_seconds())
    when = count(seconds, "second") if seconds < 100 else count(math.ceil(seconds / 60), "minute")
    return f"That was quick. You can hand in again in {when}; nothing was counted."


def complete(challenge: Challenge, files: tuple[SourceFile, ...]) -> tuple[SourceFile, ...]:
    """The files handed in, and the starter's for those of a project that were not.

    Raises ``BadCode`` when the file that the tests load is in neither.
    """
    handed = {file.name for file in files}
    project = len(challenge.starter) > 1
    rest = tuple(file for file in challenge.starter if project and file.name not in handed)
    if challenge.entry not in handed | {file.name for file in rest}:
        raise BadCode(
            "no_entry_file", f"None of the files is called {challenge.entry}, which this challenge needs."
        )
    return (*files, *rest)
