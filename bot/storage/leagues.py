"""The boards of leagues, put together afresh when accounts or communities come or go.

Whoever changes that takes the turn of every member concerned first. An answer of theirs that is on its way
then has to look again, so that none is entered on the board of before.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.truth import make_boards, mend

LOCK_PERSON = "SELECT id FROM persons WHERE id = {0} FOR UPDATE"
ACCOUNTS = "SELECT id FROM members WHERE person_id = {0}"

TURNS = text("UPDATE members SET turn = turn + 1 WHERE id = ANY(:members)")
COMMUNITY_TURNS = text("UPDATE members SET turn = turn + 1 WHERE community_id = :community")
LEAGUES = text("""
    SELECT DISTINCT communities.league_id FROM members
    JOIN communities ON communities.id = members.community_id
    WHERE members.id = ANY(:members) AND communities.league_id IS NOT NULL
""")
OF_LEAGUE = ("communities.league_id = :league", "scope = 'league' AND owner = :league")
MAKE_LEAGUE = text(make_boards(*OF_LEAGUE))
MEND_LEAGUE = text(mend(*OF_LEAGUE))


def account_statements(league: str, accounts: str) -> tuple[str, str]:
    """Two statements, one after the other: the boards that some accounts need, and their lines mended.

    The arguments are the parameters' places.
    """
    entries = f"communities.league_id = {league} AND ledger.member_id = ANY({accounts})"
    lines = f"scope = 'league' AND owner = {league}"
    return make_boards(entries, lines), mend(entries, lines, f"scores.member_id = ANY({accounts})")


async def take_turns(session: AsyncSession, members: Collection[int]) -> None:
    """Before some members become one human or stop being one."""
    await session.execute(TURNS, {"members": sorted(members)})


async def accounts_changed(session: AsyncSession, members: Collection[int]) -> None:
    """Mend the lines of members who became one human or stopped being one: all accounts concerned."""
    accounts = sorted(members)
    for league in (await session.scalars(LEAGUES, {"members": accounts})).all():
        for statement in account_statements(":league", ":accounts"):
            await session.execute(text(statement), {"league": league, "accounts": accounts})


async def take_community_turns(session: AsyncSession, community: int) -> None:
    """Before a community enters or leaves a league."""
    await session.execute(COMMUNITY_TURNS, {"community": community})


async def league_changed(session: AsyncSession, league: int) -> None:
    """Mend the league's whole board after a community came or went."""
    await session.execute(MAKE_LEAGUE, {"league": league})
    await session.execute(MEND_LEAGUE, {"league": league})
