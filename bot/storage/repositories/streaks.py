"""What streaks are computed from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import text

from bot.domain.grading import Verdict
from bot.domain.ledger import LedgerKind
from bot.domain.streaks import ChallengeDay, Gift, History, Kept, KeptBy
from bot.storage import values
from bot.storage.repositories.base import Repository

BY_VERDICT = {
    "": KeptBy.WAITING,
    str(Verdict.ACCEPTED): KeptBy.SOLVED,
    str(Verdict.INTERNAL_ERROR): KeptBy.FAULT,
}
"""What the verdict on a round's submission (none yet: empty) means for its day; others mean nothing."""

HISTORY = text("""
    SELECT 'day' AS what, CAST(NULL AS bigint) AS member, rounds.local_date AS day,
           min(rounds.opens_at) AS at, max(rounds.closes_at) AS until,
           CASE WHEN bool_and(rounds.state = 'void')
                THEN coalesce(nullif(max(rounds.reason), ''), 'withdrawn') ELSE '' END AS word
    FROM rounds JOIN channels ON channels.id = rounds.channel_id
    WHERE channels.community_id = :community AND rounds.state <> 'skipped'
    GROUP BY rounds.local_date
    UNION ALL
    SELECT 'answer', answers.member_id, rounds.local_date, answers.answered_at, NULL, ''
    FROM answers
    JOIN postings ON postings.id = answers.posting_id
    JOIN rounds ON rounds.id = postings.round_id
    WHERE answers.member_id = ANY(:members)
    UNION ALL
    SELECT 'submission', submissions.member_id, rounds.local_date, submissions.handed_in_at, NULL,
           coalesce(submissions.verdict, '')
    FROM submissions
    JOIN postings ON postings.id = submissions.posting_id
    JOIN rounds ON rounds.id = postings.round_id
    WHERE submissions.member_id = ANY(:members)
      AND (submissions.verdict IS NULL OR submissions.verdict = ANY(:verdicts))
    UNION ALL
    SELECT ledger.kind, ledger.member_id, ledger.day, ledger.at, NULL, ledger.why
    FROM ledger
    WHERE ledger.member_id = ANY(:members) AND ledger.community_id = :community
      AND ledger.kind IN ('freeze_granted', 'streak_repaired')
    ORDER BY day, at
""")
"""All of it in one round trip."""


class SqlStreaks(Repository):
    """Implements ``bot.services.repositories.Streaks``."""

    async def history(self, community: int, members: Collection[int]) -> History:
        """The community's days, and what each member did and was given."""
        rows = await self.session.execute(
            HISTORY,
            {
                "community": community,
                "members": list(members),
                "verdicts": [word for word in BY_VERDICT if word],
            },
        )
        days: list[ChallengeDay] = []
        kept: dict[int, list[Kept]] = defaultdict(list)
        gifts: dict[int, list[Gift]] = defaultdict(list)
        for what, member, day, at, until, word in rows:
            match what:
                case "day":
                    days.append(ChallengeDay(day, values.utc(at), values.utc(until), word))
                case "answer":
                    kept[member].append(Kept(day, values.utc(at), KeptBy.ANSWER))
                case "submission":
                    kept[member].append(Kept(day, values.utc(at), BY_VERDICT[word]))
                case LedgerKind.FREEZE_GRANTED:
                    gifts[member].append(Gift(values.utc(at), None, word))
                case LedgerKind.STREAK_REPAIRED:
                    gifts[member].append(Gift(values.utc(at), day, word))
        return History(days, dict(kept), dict(gifts))

    async def days(self, community: int) -> Sequence[ChallengeDay]:
        """Every local date with at least one round that was not skipped, oldest first."""
        return (await self.history(community, [])).days

    async def kept(self, community: int, members: Collection[int]) -> Mapping[int, Sequence[Kept]]:
        """What each member did for challenge days, with the events' times."""
        return (await self.history(community, members)).kept

    async def gifts(self, community: int, members: Collection[int]) -> Mapping[int, Sequence[Gift]]:
        """Freezes granted and days repaired, from the ledger."""
        return (await self.history(community, members)).gifts
