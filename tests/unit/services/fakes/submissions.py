"""Submissions in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.grading import Judgement, Verdict
from bot.services.commands import Platform
from bot.services.records import NewSubmission, Submission, SubmissionState
from tests.unit.services.fakes.store import Store


class FakeSubmissions:
    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    def _every(self) -> list[Submission]:
        return list(self.store.tables.submissions.values())

    async def add(self, submission: NewSubmission) -> Submission | None:
        if await self.by_event(submission.platform, submission.event_id) is not None:
            return None
        added = Submission(
            id=next(self.store.ids),
            platform=submission.platform,
            community=submission.community,
            channel=submission.channel,
            member=submission.member,
            event_id=submission.event_id,
            stored=self.store.tables.versions[submission.version][1],
            posting=submission.posting,
            attempt=submission.attempt,
            files=submission.files,
            digest=submission.digest,
            at=submission.at,
            reply=submission.reply,
        )
        self.store.tables.submissions[added.id] = added
        return added

    async def by_event(self, platform: Platform, event_id: str) -> Submission | None:
        return next((s for s in self._every if (s.platform, s.event_id) == (platform, event_id)), None)

    async def get(self, submission: int) -> Submission | None:
        return self.store.tables.submissions.get(submission)

    async def tries(self, community: int, member: int, question: int) -> Sequence[Submission]:
        mine = (community, member, question)
        return [s for s in self._every if (s.community, s.member, s.stored.question) == mine]

    async def attempts(self, community: int, member: int, question: int) -> int:
        return sum(
            (s.community, s.member, s.stored.question) == (community, member, question)
            and not (s.judgement is not None and s.judgement.verdict is Verdict.INTERNAL_ERROR)
            for s in self._every
        )

    async def handed_in(self, community: int, member: int, since: datetime) -> Sequence[tuple[int, datetime]]:
        return [
            (s.stored.question, s.at)
            for s in self._every
            if (s.community, s.member) == (community, member)
            and s.at > since
            and not (s.judgement is not None and s.judgement.verdict is Verdict.INTERNAL_ERROR)
        ]

    async def waiting(self, community: int, member: int) -> int:
        return sum(
            (s.community, s.member) == (community, member) and s.state is SubmissionState.WAITING
            for s in self._every
        )

    async def record(self, submission: int, judgement: Judgement, points: int, note: str) -> None:
        self.store.tables.submissions[submission] = replace(
            self.store.tables.submissions[submission],
            state=SubmissionState.JUDGED,
            judgement=judgement,
            points=points,
            note=note,
        )

    async def solved(self, community: int, question: int, posting: int | None) -> int:
        return len(
            {
                s.member
                for s in self._every
                if s.community == community
                and s.stored.question == question
                and (posting is None or s.posting == posting)
                and s.judgement is not None
                and s.judgement.accepted
            }
        )

    async def submitted(self, posting: int) -> int:
        return len({s.member for s in self._every if s.posting == posting})
