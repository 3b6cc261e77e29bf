"""``/link``: one human with accounts on several platforms.

One account asks for a code, the other enters it. Linked accounts are one line on a league's board, and one
question pays them once there; on the board of a community, each account stands for itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from bot.domain.wording import count
from bot.services.cards import Notice
from bot.services.errors import Refusal
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
from bot.services.repositories.people import Account, CodePurpose


class LinkingService:
    """Links accounts and parts them."""

    def __init__(self, begin: Begin, clock: Clock, random_bytes: RandomBytes = secrets.token_bytes) -> None:
        self._begin = begin
        self._clock = clock
        self._random_bytes = random_bytes

    @property
    def feature(self) -> Feature:
        """The command and its buttons."""
        code = Option(name="code", summary="The code that your other account was shown")
        link = PanelCommand(
            name="link", summary="Link your accounts on Discord and Slack to be one person", options=(code,)
        )
        return Feature(
            commands=((link, self.open),),
            presses={"link.code": self.show_code, "link.part": self.part},
        )

    async def open(self, request: OpenPanel) -> Panel | Notice:
        """Without a code: which accounts are linked. With one: link the account that asked for it."""
        typed = request.values.get("code", "")
        if typed:
            return await self._enter(request, typed)
        async with self._begin() as work:
            member = (await work.directory.enter(request.actor)).member.id
            accounts = await work.people.accounts(member)
        return _overview(accounts, member)

    async def show_code(self, request: PressPanel) -> Panel:
        """A new code, shown once."""
        async with self._begin() as work:
            member = (await work.directory.enter(request.actor)).member.id
            code = await give_code(work, CodePurpose.PERSON, member, self._clock.now(), self._random_bytes)
        return Panel(
            title="Your code",
            blocks=(
                Prose(
                    f"Where your other account is, type\n\n```\n/link {code}\n```\n\n"
                    f"within {MINUTES} minutes. "
                    "Give it to nobody else: whoever enters it becomes you on shared leaderboards."
                ),
            ),
            tone=Tone.MAIN,
        )

    async def _enter(self, request: OpenPanel, typed: str) -> Panel:
        async with self._begin() as work:
            member = (await work.directory.enter(request.actor)).member.id
            issuer = await take_code(work, CodePurpose.PERSON, member, typed, self._clock.now())
            if issuer is not None:
                await self._join(work, issuer, member)
                accounts = await work.people.accounts(member)
        if issuer is None:
            raise wrong_code()
        return _overview(accounts, member, "Your accounts are linked.")

    @staticmethod
    async def _join(work: UnitOfWork, issuer: int, member: int) -> None:
        if issuer in {account.member.id for account in await work.people.accounts(member)}:
            raise Refusal("same_account", "These accounts are one person already. Use the code elsewhere.")
        try:
            await work.people.join(issuer, member)
        except ValueError:
            raise Refusal(
                "one_community",
                "Both of these accounts play in one and the same community, where two accounts stay two.",
            ) from None

    async def part(self, request: PressPanel) -> Panel:
        """Unlink the account that presses. Points stay with the account that earned them."""
        async with self._begin() as work:
            member = (await work.directory.enter(request.actor)).member.id
            await work.people.part(member)
            accounts = await work.people.accounts(member)
        return _overview(accounts, member, "This account stands for itself again.")


PLATFORMS = {"discord": "Discord", "slack": "Slack", "playground": "Playground"}
"""Platforms as they are called."""


def _overview(accounts: Sequence[Account], member: int, done: str = "") -> Panel:
    told = (
        f"You are one person with {count(len(accounts), 'account')}. On the leaderboard of a league they are "
        "one line."
        if len(accounts) > 1
        else "This account is not linked. Link it with your account on another platform, and on the "
        "leaderboard of a league both are one line."
    )
    rows = tuple(
        (
            PLATFORMS[account.platform],
            account.community_name or "(without a name)",
            account.member.name + (" (here)" if account.member.id == member else ""),
        )
        for account in accounts
    )
    presses = [Press(label="Show a code", name="link.code", tone=Tone.MAIN)]
    if len(accounts) > 1:
        presses.append(Press(label="Unlink this account", name="link.part", tone=Tone.BAD))
    return Panel(
        title="Linked accounts",
        blocks=(Prose(f"{done} {told}".strip()), Table(("Platform", "Community", "Account"), rows)),
        presses=(tuple(presses),),
        tone=Tone.GOOD if done else Tone.PLAIN,
    )
