"""Persons, leagues and one-time codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import joinedload

from bot.services.commands import Platform
from bot.services.repositories.people import Account, CodePurpose, League
from bot.storage import values
from bot.storage.leagues import accounts_changed, league_changed, take_community_turns, take_turns
from bot.storage.repositories.base import Repository
from bot.storage.tables import CodeFailureRow, CodeRow, CommunityRow, LeagueRow, MemberRow, PersonRow

ADOPT = text("""
    UPDATE members SET person_id = same.person_id, hidden = same.hidden
    FROM (
        SELECT members.person_id, members.hidden FROM members
        JOIN communities ON communities.id = members.community_id AND communities.platform = 'discord'
        WHERE members.external_id = :external AND members.person_id IS NOT NULL
        ORDER BY members.id LIMIT 1
    ) AS same
    WHERE members.id = :member AND members.person_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM members AS other
                      WHERE other.person_id = same.person_id AND other.community_id = members.community_id)
""")
"""A Discord account that comes to another server is the human that it is elsewhere."""

ELSEWHERE = text("""
    SELECT members.id FROM members
    JOIN communities ON communities.id = members.community_id AND communities.platform = 'discord'
    WHERE members.external_id = :external AND members.id <> :member AND members.person_id IS NULL
    ORDER BY members.id LIMIT 1
""")

IN_ONE_COMMUNITY = text("""
    SELECT EXISTS (
        SELECT 1 FROM members WHERE id = ANY (:ids) GROUP BY community_id HAVING count(*) > 1
    )
""")


class SqlPeople(Repository):
    """Implements ``bot.services.repositories.people.People``."""

    async def accounts(self, member: int) -> Sequence[Account]:
        """Every member that is the same human as this one, itself among them, by id."""
        return [_account(row) for row in await self._same(member)]

    async def _same(self, member: int) -> Sequence[MemberRow]:
        person = select(MemberRow.person_id).where(MemberRow.id == member).scalar_subquery()
        return await self.all(
            select(MemberRow)
            .where(or_(MemberRow.id == member, MemberRow.person_id == person))
            .options(joinedload(MemberRow.community, innerjoin=True))
            .order_by(MemberRow.id)
        )

    async def recognise(self, member: int, external: str) -> None:
        """Make a Discord account's member in a new server the same human as in its other servers."""
        which = {"member": member, "external": external}
        await self.session.execute(ADOPT, which)  # new here: there is nothing of theirs on any board yet
        known = await self.session.scalars(select(MemberRow.person_id).where(MemberRow.id == member))
        if known.one() is None:
            other = (await self.session.execute(ELSEWHERE, which)).scalar_one_or_none()
            if other is not None:
                await self.join(member, other)

    async def join(self, first: int, second: int) -> None:
        """Make the humans of two members one; if one of them hid, all their accounts do."""
        for member in sorted((first, second)):
            await self.lock_member(member)
        rows = {row.id: row for member in (first, second) for row in await self._same(member)}
        await take_turns(self.session, rows)
        clash = await self.session.execute(IN_ONE_COMMUNITY, {"ids": list(rows)})
        if clash.scalar_one():
            raise ValueError("both have an account in one community")
        known = sorted({row.person_id for row in rows.values() if row.person_id is not None})
        person = known[0] if known else await self._new_person()
        hidden = any(row.hidden for row in rows.values())
        await self.session.execute(
            update(MemberRow).where(MemberRow.id.in_(rows)).values(person_id=person, hidden=hidden)
        )
        if known[1:]:
            await self.session.execute(delete(PersonRow).where(PersonRow.id.in_(known[1:])))
        await accounts_changed(self.session, rows)

    async def _new_person(self) -> int:
        return (await self.session.scalars(insert(PersonRow).returning(PersonRow.id))).one()

    async def part(self, member: int) -> None:
        """Make the account of this member a human of its own."""
        await self.lock_member(member)
        rows = await self._same(member)
        own = next(row for row in rows if row.id == member)
        leaving = [row.id for row in rows if row.id == member or is_same_account(row, own)]
        await take_turns(self.session, [row.id for row in rows])
        person = await self._new_person() if len(leaving) > 1 else None
        await self.session.execute(
            update(MemberRow).where(MemberRow.id.in_(leaving)).values(person_id=person)
        )
        staying = [row.id for row in rows if row.id not in leaving]
        if len(staying) == 1:
            await self.session.execute(
                update(MemberRow).where(MemberRow.id.in_(staying)).values(person_id=None)
            )
        await accounts_changed(self.session, [row.id for row in rows])

    async def hidden(self, member: int) -> bool:
        """Whether the member is shown to nobody else."""
        found = await self.session.scalars(select(MemberRow.hidden).where(MemberRow.id == member))
        return found.one()

    async def hide(self, member: int, hidden: bool) -> None:
        """Hide or show every account of the member's human."""
        same = [row.id for row in await self._same(member)]
        await self.session.execute(update(MemberRow).where(MemberRow.id.in_(same)).values(hidden=hidden))


def is_same_account(row: MemberRow, other: MemberRow) -> bool:
    """Whether two members are one account of a platform: Discord's ids are the same in every server."""
    discord = str(Platform.DISCORD)
    return (
        row.external_id == other.external_id
        and row.community.platform == discord
        and other.community.platform == discord
    )


def _account(row: MemberRow) -> Account:
    return Account(
        member=values.member(row),
        community=row.community_id,
        community_name=row.community.name,
        platform=Platform(row.community.platform),
    )


class SqlCodes(Repository):
    """Implements ``bot.services.repositories.people.Codes``."""

    async def issue(self, purpose: CodePurpose, member: int, digest: str, expires_at: datetime) -> None:
        """Keep a member's code in the place of the one before."""
        changes = {"digest": digest, "expires_at": expires_at}
        await self.session.execute(
            upsert(CodeRow)
            .values(purpose=str(purpose), member_id=member, **changes)
            .on_conflict_do_update(index_elements=["purpose", "member_id"], set_=changes)
        )

    async def redeem(self, purpose: CodePurpose, digest: str, now: datetime) -> int | None:
        """Use a code up; gives the member that asked for it."""
        used = await self.session.scalars(
            delete(CodeRow)
            .where(CodeRow.purpose == str(purpose), CodeRow.digest == digest, CodeRow.expires_at > now)
            .returning(CodeRow.member_id)
        )
        return used.one_or_none()

    async def failures(self, member: int, since: datetime) -> int:
        """How many wrong codes the member entered since then."""
        await self.lock_member(member)
        counted = select(func.count()).where(CodeFailureRow.member_id == member, CodeFailureRow.at >= since)
        return (await self.session.scalars(counted)).one()

    async def failed(self, member: int, at: datetime) -> None:
        """Count a wrong code."""
        await self.session.execute(insert(CodeFailureRow).values(member_id=member, at=at))


class SqlLeagues(Repository):
    """Implements ``bot.services.repositories.people.Leagues``."""

    async def of(self, community: int) -> League | None:
        """The community's league."""
        league = await self.one(
            select(LeagueRow)
            .join(CommunityRow, CommunityRow.league_id == LeagueRow.id)
            .where(CommunityRow.id == community)
        )
        if league is None:
            return None
        rows = await self.all(
            select(CommunityRow).where(CommunityRow.league_id == league.id).order_by(CommunityRow.id)
        )
        listed = tuple((row.id, row.name, Platform(row.platform)) for row in rows)
        return League(id=league.id, name=league.name, communities=listed)

    async def found(self, community: int, name: str) -> League:
        """A new league with this one community."""
        made = insert(LeagueRow).values(name=name).returning(LeagueRow.id)
        await self.enter(community, (await self.session.scalars(made)).one())
        league = await self.of(community)
        assert league is not None
        return league

    async def enter(self, community: int, league: int) -> None:
        """Put the community into the league."""
        await take_community_turns(self.session, community)
        await self.session.execute(
            update(CommunityRow).where(CommunityRow.id == community).values(league_id=league)
        )
        await league_changed(self.session, league)

    async def leave(self, community: int) -> None:
        """Take the community out of its league; the last one takes the league with it."""
        league = await self.of(community)
        if league is None:
            return
        await take_community_turns(self.session, community)
        await self.session.execute(
            update(CommunityRow).where(CommunityRow.id == community).values(league_id=None)
        )
        await league_changed(self.session, league.id)
        if len(league.communities) == 1:
            await self.session.execute(delete(LeagueRow).where(LeagueRow.id == league.id))
