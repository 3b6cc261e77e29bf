"""What streaks are computed from, and marks that spare the way from the first day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.grading import Verdict
from bot.domain.ledger import LedgerKind
from bot.domain.streaks import ChallengeDay, Gift, Kept, KeptBy, Mark, Past
from bot.services.records import StreakFacts
from bot.storage import values
from bot.storage.repositories.base import Repository

BY_VERDICT = {
    "": KeptBy.WAITING,
    str(Verdict.ACCEPTED): KeptBy.SOLVED,
    str(Verdict.INTERNAL_ERROR): KeptBy.FAULT,
}
"""What the verdict on a round's submission (none yet: empty) means for its day; others mean nothing."""
VERDICTS = ", ".join(f"'{word}'" for word in BY_VERDICT if word)


def facts_of(someone: str, *, whole: bool = False) -> str:
    """Common table expressions that end in ``fact``, with columns as ``read_facts`` takes them.

    ``someone`` is a table with the columns member, community, turn and rewritten. From the mark on, rounds
    lead to what somebody did: the work is that of a few days, however much a member has answered before.
    """
    none = "NULL, NULL, NULL, NULL, NULL"
    valid = "false" if whole else "mark.rewritten = someone.rewritten"
    return f"""
    who AS (
        SELECT someone.member, someone.community, someone.turn, someone.rewritten,
               mark.through, mark.closes_at, mark.length, mark.longest, mark.freezes,
               coalesce(mark.through, '-infinity') AS since,
               coalesce(mark.closes_at, '-infinity') AS since_at
        FROM {someone} AS someone
        LEFT JOIN streak_marks AS mark ON mark.member_id = someone.member AND {valid}
    ), recent AS (
        SELECT oldest.community, rounds.*
        FROM (SELECT community, min(since) AS since FROM who GROUP BY community) AS oldest
        JOIN channels ON channels.community_id = oldest.community
        JOIN rounds ON rounds.channel_id = channels.id AND rounds.local_date > oldest.since
                   AND rounds.state <> 'skipped'
    ), fact AS (
        SELECT 'who' AS what, member, community, through AS day, closes_at AS at,
               CAST(NULL AS timestamptz) AS until, '' AS word,
               length, longest, freezes, turn, rewritten
        FROM who
        UNION ALL
        SELECT 'day', NULL, community, local_date, min(opens_at), max(closes_at),
               CASE WHEN bool_and(state = 'void') THEN coalesce(nullif(max(reason), ''), 'withdrawn')
                    ELSE '' END, {none}
        FROM recent GROUP BY community, local_date
        UNION ALL
        SELECT 'answer', who.member, NULL, recent.local_date, answers.answered_at, NULL, '', {none}
        FROM who JOIN recent ON recent.community = who.community AND recent.local_date > who.since
        JOIN postings ON postings.round_id = recent.id
        JOIN answers ON answers.posting_id = postings.id AND answers.member_id = who.member
        UNION ALL
        SELECT 'submission', who.member, NULL, recent.local_date, submissions.handed_in_at, NULL,
               coalesce(submissions.verdict, ''), {none}
        FROM who JOIN recent ON recent.community = who.community AND recent.local_date > who.since
        JOIN postings ON postings.round_id = recent.id
        JOIN submissions ON submissions.posting_id = postings.id AND submissions.member_id = who.member
        WHERE submissions.verdict IS NULL OR submissions.verdict IN ({VERDICTS})
        UNION ALL
        SELECT ledger.kind, who.member, NULL, ledger.day, ledger.at, NULL, ledger.why, {none}
        FROM who JOIN ledger ON ledger.member_id = who.member AND ledger.question_id IS NULL
        WHERE ledger.kind = 'freeze_granted' AND ledger.at > who.since_at
           OR ledger.kind = 'streak_repaired' AND ledger.day > who.since
    )"""  # noqa: S608 - made of our own text alone


COLUMNS = "what, fact.member, fact.community, day, at, until, word, length, longest, freezes, turn, rewritten"
SOME = """
    (SELECT members.id AS member, members.community_id AS community, members.turn, communities.rewritten
     FROM members JOIN communities ON communities.id = members.community_id WHERE members.id = ANY({0}))
"""
FACTS = f"WITH {facts_of(SOME)} SELECT {COLUMNS} FROM fact"  # noqa: S608 - made of our own text alone
WHOLE = f"WITH {facts_of(SOME, whole=True)} SELECT {COLUMNS} FROM fact"  # noqa: S608 - our own text alone
"""What some members' streaks are computed from; the place of the members' numbers is to be filled in."""

REMEMBER = """
    INSERT INTO streak_marks AS mark (member_id, rewritten, through, closes_at, length, longest, freezes)
    SELECT same.id, same.rewritten, same.through, same.closes_at, same.length, same.longest, same.freezes
    FROM (
        SELECT members.id, given.* FROM unnest(
            CAST({0} AS bigint[]), CAST({1} AS bigint[]), CAST({2} AS bigint[]), CAST({3} AS date[]),
            CAST({4} AS timestamptz[]), CAST({5} AS int[]), CAST({6} AS int[]), CAST({7} AS int[]))
            AS given (member, turn, rewritten, through, closes_at, length, longest, freezes)
        JOIN members ON members.id = given.member AND members.turn = given.turn
        FOR NO KEY UPDATE OF members SKIP LOCKED
    ) AS same
    ON CONFLICT (member_id) DO UPDATE SET
        rewritten = excluded.rewritten, through = excluded.through, closes_at = excluded.closes_at,
        length = excluded.length, longest = excluded.longest, freezes = excluded.freezes
"""
"""Keeps marks of members whose turn is still the same; passes over those that somebody is at."""

TURN = text("UPDATE members SET turn = turn + 1 WHERE id = :member")
FORGET = text("DELETE FROM streak_marks WHERE member_id = :member AND through >= :day")
DAY = text("""
    SELECT rounds.local_date FROM postings JOIN rounds ON rounds.id = postings.round_id
    WHERE postings.id = :posting
""")


async def forget_marks(session: AsyncSession, member: int, day: date) -> None:
    """What a member did or was given for a challenge day changes: a mark that holds the day is forgotten.

    The turn comes first: whoever is computing a mark at the moment then cannot keep it.
    """
    await session.execute(TURN, {"member": member})
    await session.execute(FORGET, {"member": member, "day": day})


async def forget_marks_of(session: AsyncSession, member: int, posting: int | None) -> None:
    """As ``forget_marks``, for the day of a round's posting; nothing for one without a round."""
    if posting is not None:
        day = (await session.scalars(DAY, {"posting": posting})).one_or_none()
        if day is not None:
            await forget_marks(session, member, day)


class SqlStreaks(Repository):
    """Implements ``bot.services.repositories.Streaks``."""

    async def facts(self, members: Collection[int], *, whole: bool = False) -> Mapping[int, StreakFacts]:
        """What each member's streak is computed from."""
        statement = text((WHOLE if whole else FACTS).format(":members"))
        rows = await self.session.execute(statement, {"members": list(members)})
        return read_facts(rows)

    async def remember(self, marks: Sequence[tuple[StreakFacts, Mark]]) -> None:
        """Keep marks for members for whom nothing has changed."""
        names = [f"p{number}" for number in range(8)]
        given = dict(zip(names, mark_columns(marks), strict=True))
        await self.session.execute(text(REMEMBER.format(*(f":{name}" for name in names))), given)


def mark_columns(marks: Sequence[tuple[StreakFacts, Mark]]) -> tuple[list[Any], ...]:
    """The parameters of ``REMEMBER``."""
    return (
        [facts.member for facts, _ in marks],
        [facts.turn for facts, _ in marks],
        [facts.rewritten for facts, _ in marks],
        [mark.through for _, mark in marks],
        [mark.closes_at for _, mark in marks],
        [mark.current for _, mark in marks],
        [mark.longest for _, mark in marks],
        [mark.freezes for _, mark in marks],
    )


def read_facts(rows: Iterable[Any]) -> Mapping[int, StreakFacts]:
    """Every member's facts from the rows of ``fact``."""
    who: dict[int, tuple[int, Mark | None, int, int]] = {}
    days: dict[int, list[ChallengeDay]] = {}
    kept: dict[int, list[Kept]] = {}
    gifts: dict[int, list[Gift]] = {}
    for what, member, community, day, at, until, word, *numbers in rows:
        match what:
            case "who":
                who[member] = (community, _mark(day, at, numbers), numbers[3], numbers[4])
            case "day":
                days.setdefault(community, []).append(
                    ChallengeDay(day, values.utc(at), values.utc(until), word)
                )
            case "answer":
                kept.setdefault(member, []).append(Kept(day, values.utc(at), KeptBy.ANSWER))
            case "submission":
                kept.setdefault(member, []).append(Kept(day, values.utc(at), BY_VERDICT[word]))
            case LedgerKind.FREEZE_GRANTED:
                gifts.setdefault(member, []).append(Gift(values.utc(at), None, word))
            case LedgerKind.STREAK_REPAIRED:
                gifts.setdefault(member, []).append(Gift(values.utc(at), day, word))
    for some in days.values():
        some.sort(key=lambda one: one.day)
    return {
        member: StreakFacts(
            member=member,
            past=Past(
                mark=mark,
                days=_after(mark, days.get(community, ())),
                kept=kept.get(member, ()),
                gifts=gifts.get(member, ()),
            ),
            turn=turn,
            rewritten=rewritten,
        )
        for member, (community, mark, turn, rewritten) in who.items()
    }


def _after(mark: Mark | None, days: Sequence[ChallengeDay]) -> Sequence[ChallengeDay]:
    return [day for day in days if day.day > mark.through] if mark else days


def _mark(through: Any, closes_at: Any, numbers: Sequence[int]) -> Mark | None:
    if through is None:
        return None
    return Mark(
        through=through,
        closes_at=values.utc(closes_at),
        current=numbers[0],
        longest=numbers[1],
        freezes=numbers[2],
    )
