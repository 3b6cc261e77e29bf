"""``/league``: communities, on whatever platforms, that share a leaderboard.

An admin of one community founds the league and asks for a code; an admin of another enters it there. So
both sides have agreed, and neither needs to trust an id that somebody typed.
"""

from __future__ import annotations

import secrets

from bot.services.cards import Notice
from bot.services.communities import admins_only
from bot.services.errors import Refusal
from bot.services.linking import PLATFORMS
from bot.services.one_time_codes import MINUTES, RandomBytes, give_code, take_code, wrong_code
from bot.services.panels import (
    Feature,
    OpenPanel,
    Option,
    Panel,
    PanelCommand,
    Press,
    PressPanel,
    Prose,
    Table,
    Tone,
)
from bot.services.ports import Begin, Clock, UnitOfWork
from bot.services.records import Place
from bot.services.repositories.people import CodePurpose, League

LONGEST_NAME = 60


class LeagueService:
    """Founds leagues, lets communities in and out."""

    def __init__(self, begin: Begin, clock: Clock, random_bytes: RandomBytes = secrets.token_bytes) -> None:
        self._begin = begin
        self._clock = clock
        self._random_bytes = random_bytes

    @property
    def feature(self) -> Feature:
        """The commands and their buttons."""
        name = Option(name="name", summary="What the league is called", required=True)
        code = Option(name="code", summary="The code from an admin of the league", required=True)

        def command(word: str, summary: str, *options: Option, admin: bool = True) -> PanelCommand:
            return PanelCommand(name="league", word=word, summary=summary, options=options, admin=admin)

        return Feature(
            commands=(
                (command("show", "The communities that share a leaderboard", admin=False), self.open),
                (command("create", "Found a league with this community", name), self.create),
                (command("join", "Join a league with a code", code), self.join),
                (command("leave", "Leave the league"), self.ask_to_leave),
            ),
            presses={"league.code": self.show_code, "league.leave": self.leave},
        )

    async def open(self, request: OpenPanel) -> Panel | Notice:
        """Which league this is, and who is in it."""
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            league = await work.leagues.of(place.community.id)
        if league is None:
            return Notice(
                "This community is in no league. Its admins can found one with `/league create`, or join one "
                "with `/league join` and a code."
            )
        return _overview(league, request.actor.is_admin)

    async def create(self, request: OpenPanel) -> Panel:
        """Found a league. Raises ``NotAllowed``, and ``Refusal`` in a league or without a name."""
        admins_only(request.actor)
        name = " ".join(request.values.get("name", "").split())[:LONGEST_NAME]
        if not name:
            raise Refusal("no_name", "Give the league a name: `/league create NAME`.")
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            await _in_no_league(work, place)
            league = await work.leagues.found(place.community.id, name)
            await self._note(work, place, "league.created", name)
        return _overview(league, True, "The league is founded.")

    async def show_code(self, request: PressPanel) -> Panel:
        """A code with which one more community joins."""
        admins_only(request.actor)
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            if await work.leagues.of(place.community.id) is None:
                raise Refusal("no_league", "This community is in no league: `/league create` founds one.")
            code = await give_code(
                work, CodePurpose.LEAGUE, place.member.id, self._clock.now(), self._random_bytes
            )
        return Panel(
            title="A code for one more community",
            blocks=(
                Prose(
                    f"Let an admin of the other community type there\n\n```\n/league join {code}\n```\n\n"
                    f"within {MINUTES} minutes. It works once."
                ),
            ),
            tone=Tone.MAIN,
        )

    async def join(self, request: OpenPanel) -> Panel:
        """Join the league of the community whose admin asked for the code."""
        admins_only(request.actor)
        now = self._clock.now()
        league = None
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            await _in_no_league(work, place)
            typed = request.values.get("code", "")
            issuer = await take_code(work, CodePurpose.LEAGUE, place.member.id, typed, now)
            if issuer is not None:
                league = await self._enter(work, place, issuer)
        if league is None:
            raise wrong_code()
        return _overview(league, True, "This community has joined.")

    async def _enter(self, work: UnitOfWork, place: Place, issuer: int) -> League:
        home = next(
            account.community for account in await work.people.accounts(issuer) if account.member.id == issuer
        )
        league = await work.leagues.of(home)
        if league is None:
            raise Refusal("no_league", "That community has left its league. Ask its admins.")
        await work.leagues.enter(place.community.id, league.id)
        await self._note(work, place, "league.joined", league.name)
        joiner = place.community.name or place.community.external
        await work.audit.note(home, None, "league.joined_by", joiner, self._clock.now())
        joined = await work.leagues.of(place.community.id)
        assert joined is not None
        return joined

    async def ask_to_leave(self, request: OpenPanel) -> Panel | Notice:
        """Say what leaving means, and offer it."""
        admins_only(request.actor)
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            league = await work.leagues.of(place.community.id)
        if league is None:
            return Notice("This community is in no league.", ok=False)
        return Panel(
            title=f"Leave {league.name}?",
            blocks=(Prose("Members keep their points here. They go from the league's leaderboard."),),
            presses=((Press(label="Leave the league", name="league.leave", tone=Tone.BAD),),),
        )

    async def leave(self, request: PressPanel) -> Notice:
        """Take the community out of its league."""
        admins_only(request.actor)
        async with self._begin() as work:
            place = await work.directory.enter(request.actor)
            league = await work.leagues.of(place.community.id)
            if league is None:
                return Notice("This community is in no league.", ok=False)
            await work.leagues.leave(place.community.id)
            await self._note(work, place, "league.left", league.name)
        return Notice(f"This community has left {league.name}.")

    async def _note(self, work: UnitOfWork, place: Place, action: str, detail: str) -> None:
        await work.audit.note(place.community.id, place.member.id, action, detail, self._clock.now())


async def _in_no_league(work: UnitOfWork, place: Place) -> None:
    league = await work.leagues.of(place.community.id)
    if league is not None:
        raise Refusal(
            "in_a_league", f"This community is in the league {league.name}. `/league leave` takes it out."
        )


def _overview(league: League, admin: bool, done: str = "") -> Panel:
    number = len(league.communities)
    told = f"{number} communities share one leaderboard." if number > 1 else "One community, so far."
    rows = tuple(
        (name or "(without a name)", PLATFORMS[platform]) for _, name, platform in league.communities
    )
    presses = (
        ((Press(label="A code for one more community", name="league.code", tone=Tone.MAIN),),)
        if admin
        else ()
    )
    return Panel(
        title=league.name,
        blocks=(Prose(f"{done} {told}".strip()), Table(("Community", "Platform"), rows)),
        presses=presses,
        footer="/leaderboard league shows it. /link makes your accounts one line.",
        tone=Tone.GOOD if done else Tone.PLAIN,
    )
