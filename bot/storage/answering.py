"""An answer in two statements: one that sees all that decides about it, and one that records it.

Nothing is locked in between. The second writes only if the member's turn is still the one that was seen, so
that of two answers at once one has to look again; and it shares a lock on the version that withdrawing it
takes whole, so that no answer to a withdrawn question is paid after its payments were looked for.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from bot.domain.content import Item
from bot.domain.ledger import LedgerEntry
from bot.services.commands import Actor
from bot.services.records import Answer, Community, Member, NewAnswer, Posting, Sight, StoredItem
from bot.storage import values
from bot.storage.direct import Direct
from bot.storage.documents import read_item
from bot.storage.keeping import KEEP_SCORES, boards_to_keep, boards_to_make
from bot.storage.leagues import ACCOUNTS, LOCK_PERSON, account_statements
from bot.storage.repositories.ledger import Standpoint, wanted_boards
from bot.storage.repositories.streaks import COLUMNS, facts_of, read_facts
from bot.storage.tables.base import storable

ITEMS = 2_000
"""Questions that are kept in memory, the latest used."""

LOOK = f"""
    WITH place AS MATERIALIZED (
        SELECT communities.id AS community, communities.name AS community_name, communities.zone,
               communities.league_id, communities.kept_from, communities.rewritten, channels.name AS
               channel_name, members.id AS member, members.name AS member_name, members.person_id,
               members.turn
        FROM communities
        JOIN channels ON channels.community_id = communities.id AND channels.external_id = $3
        JOIN members ON members.community_id = communities.id AND members.external_id = $4
        WHERE communities.platform = $1 AND communities.external_id = $2 AND communities.left_at IS NULL
    ), {facts_of("place")}
    SELECT place.*, posting.id AS posting, channels.community_id AS posted_in, posting.channel_id,
           posting.question_id, posting.version_id, posting.round_id, posting.member_id AS asked_by,
           version.number, version.digest, version.void, questions.enabled AND banks.enabled AS enabled,
           banks.name AS bank, rounds.local_date, rounds.opens_at, rounds.closes_at,
           coalesce(rounds.state = 'void', false) AS round_void,
           answers.id AS answer, answers.event_id, answers.chosen, answers.typed, answers.correct,
           answers.points, answers.note, answers.answered_at,
           EXISTS (
               SELECT 1 FROM answers AS other
               JOIN postings AS shown ON shown.id = other.posting_id
               JOIN question_versions AS of ON of.id = shown.version_id
               WHERE other.member_id = place.member AND other.question_id = posting.question_id
                 AND other.posting_id <> posting.id AND of.void = '') AS known,
           ARRAY(SELECT ROW({COLUMNS}) FROM fact) AS facts
    FROM place
    LEFT JOIN postings AS posting ON posting.id = $5
    LEFT JOIN channels ON channels.id = posting.channel_id
    LEFT JOIN question_versions AS version ON version.id = posting.version_id
    LEFT JOIN questions ON questions.id = version.question_id
    LEFT JOIN banks ON banks.id = questions.bank_id
    LEFT JOIN rounds ON rounds.id = posting.round_id
    LEFT JOIN answers ON answers.posting_id = posting.id AND answers.member_id = place.member
"""  # noqa: S608 - made of our own text alone
"""Platform, community, channel and member as the platform names them, and the posting."""

CONTENT = "SELECT content FROM question_versions WHERE id = $1"

RECORD = f"""
    WITH {boards_to_keep("$17", "$18", "$19", "$20", "$21")}, turn AS (
        UPDATE members SET turn = turn + 1
        WHERE id = $1 AND turn = $2
          AND ($11 = 0 OR (SELECT count(*) FROM board) = cardinality($17::text[]) * cardinality($20::text[]))
        RETURNING id
    ), version AS (
        SELECT id FROM question_versions WHERE id = $4 AND void = '' AND EXISTS (SELECT 1 FROM turn) FOR SHARE
    ), added AS (
        INSERT INTO answers (posting_id, question_id, member_id, event_id, chosen, typed, correct,
                             answered_at, points, note)
        SELECT $3, $5, $1, $6, $7::smallint[], $8, $9, $10, $11, $12 FROM version
        ON CONFLICT (posting_id, member_id) DO NOTHING
        RETURNING id
    ), unmarked AS (
        DELETE FROM streak_marks
        WHERE member_id = $1 AND through >= $13::date AND EXISTS (SELECT 1 FROM added)
    ), entered AS (
        INSERT INTO ledger (community_id, member_id, kind, source, day, at, points, solved,
                            question_id, channel_id, topic, why)
        SELECT $14, $1, 'answer', 'answer:' || id, $15, $10, $11, 1, $5, $16, $22, ''
        FROM added WHERE $11 > 0
        RETURNING member_id, points, solved, at
    ), entry AS (
        SELECT member_id, points::int AS points, solved::int AS solved, at FROM entered
    ), {KEEP_SCORES}
    SELECT id FROM added
"""  # noqa: S608 - made of our own text alone
"""The turn, the answer, its ledger row and all its scores."""

MAKE_BOARDS = boards_to_make("$1", "$2", "$3", "$4", "$5")


class SqlAnswering:
    """The part of ``bot.services.ports.Quick`` that takes answers."""

    def __init__(self, direct: Direct) -> None:
        self._direct = direct
        self._items: OrderedDict[tuple[int, str], Item] = OrderedDict()

    async def look(self, actor: Actor, posting: int) -> Sight | None:
        """What decides about an answer; None when the actor's place is new or has another name."""
        wanted = posting if -(2**63) <= posting < 2**63 else None
        found = await self._direct.read(
            LOOK,
            str(actor.platform),
            storable(actor.community),
            storable(actor.channel),
            storable(actor.member),
            wanted,
        )
        if not found:
            return None
        row = found[0]
        if not values.is_named(actor, row["community_name"], row["channel_name"], row["member_name"]):
            return None
        return Sight(
            community=Community(
                id=row["community"],
                platform=actor.platform,
                external=actor.community,
                name=row["community_name"],
                zone=row["zone"],
                league=row["league_id"],
            ),
            member=Member(
                id=row["member"], external=actor.member, name=row["member_name"], person=row["person_id"]
            ),
            posting=await self._posting(row),
            first=_first(row),
            known=row["known"],
            facts=read_facts(row["facts"])[row["member"]],
            kept_from=row["kept_from"],
        )

    async def record(self, sight: Sight, answer: NewAnswer, payment: LedgerEntry, note: str) -> Answer | None:
        """Record the answer and pay for it; None when something has changed since it was looked at."""
        assert sight.posting is not None
        stored = sight.posting.stored
        standpoint = Standpoint(sight.kept_from, sight.community.league, sight.member.person)
        wanted = list(wanted_boards(payment, standpoint).values())
        parameters = (
            answer.member,
            sight.facts.turn,
            answer.posting,
            stored.version,
            stored.question,
            storable(answer.event_id),
            sorted(answer.chosen),
            storable(answer.typed),
            answer.correct,
            answer.at,
            payment.points,
            note,
            sight.posting.local_date,
            payment.community,
            payment.day,
            payment.channel,
            *wanted,
            storable(payment.topic),
        )
        number = await self._write(standpoint, payment, parameters)
        if number is None:
            await self._direct.write(MAKE_BOARDS, *wanted)
            return None
        return Answer(
            id=number,
            posting=answer.posting,
            member=answer.member,
            event_id=storable(answer.event_id),
            chosen=answer.chosen,
            typed=storable(answer.typed),
            correct=answer.correct,
            points=payment.points,
            at=answer.at,
            note=note,
        )

    async def _write(
        self, standpoint: Standpoint, payment: LedgerEntry, parameters: tuple[Any, ...]
    ) -> int | None:
        """The number of the answer, if it was recorded."""
        if standpoint.league is None or standpoint.person is None or not payment.points:
            return _number(await self._direct.write(RECORD, *parameters))
        async with self._direct.connection() as connection, connection.transaction():
            await connection.execute(LOCK_PERSON.format("$1"), standpoint.person)
            number = _number(await connection.fetch(RECORD, *parameters))
            if number is None:
                return None
            accounts = [row["id"] for row in await connection.fetch(ACCOUNTS.format("$1"), standpoint.person)]
            for statement in account_statements("$1", "$2"):
                await connection.execute(statement, standpoint.league, accounts)
            return number

    async def _posting(self, row: Any) -> Posting | None:
        if row["posting"] is None:
            return None
        return Posting(
            id=row["posting"],
            community=row["posted_in"],
            channel=row["channel_id"],
            stored=StoredItem(
                question=row["question_id"],
                version=row["version_id"],
                number=row["number"],
                bank=row["bank"],
                item=await self._item(row["version_id"], row["digest"]),
                enabled=row["enabled"],
                void=row["void"],
            ),
            round=row["round_id"],
            local_date=row["local_date"],
            opens_at=values.utc(row["opens_at"]) if row["opens_at"] else None,
            closes_at=values.utc(row["closes_at"]) if row["closes_at"] else None,
            member=row["asked_by"],
            void=row["void"] != "" or row["round_void"],
        )

    async def _item(self, version: int, digest: str) -> Item:
        """What the version says: it never changes, so it is read once."""
        key = version, digest
        if key not in self._items:
            (row,) = await self._direct.read(CONTENT, version)
            self._items[key] = read_item(json.loads(row["content"]))
            if len(self._items) > ITEMS:
                self._items.popitem(last=False)
        self._items.move_to_end(key)
        return self._items[key]


def _number(rows: Sequence[Any]) -> int | None:
    return int(rows[0]["id"]) if rows else None


def _first(row: Any) -> Answer | None:
    if row["answer"] is None:
        return None
    return Answer(
        id=row["answer"],
        posting=row["posting"],
        member=row["member"],
        event_id=row["event_id"],
        chosen=frozenset(row["chosen"]),
        typed=row["typed"],
        correct=row["correct"],
        points=row["points"],
        at=values.utc(row["answered_at"]),
        note=row["note"],
    )
