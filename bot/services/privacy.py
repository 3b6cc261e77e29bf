"""``/privacy``: what is kept about oneself, to be taken along, hidden from others, or forgotten.

docs/privacy.md says what stays after a deletion, and why.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.wording import count
from bot.services.cards import Notice
from bot.services.errors import Refusal
from bot.services.linking import PLATFORMS
from bot.services.panels import (
    Attachment,
    Facts,
    Feature,
    Form,
    Input,
    OpenPanel,
    Panel,
    PanelCommand,
    Press,
    PressPanel,
    Prose,
    Tone,
)
from bot.services.ports import Begin, Clock, UnitOfWork
from bot.services.repositories.people import Account

WORD = "delete"
"""What is typed to delete everything, so that no slip of a finger does."""
LARGEST_PLAIN = 4_000_000
"""Bytes of an export beyond which it is compressed: what every platform takes as a file."""

TOLD = {
    "answers": "Answers to questions",
    "submissions": "Code handed in",
    "hints_taken": "Hints taken",
    "ledger": "Entries of points and streaks",
    "review_cards": "Cards in review",
}
"""The tables that are counted on the screen; the export has all of them."""


class PrivacyService:
    """A member's rights over what is kept about them, in all the accounts they have linked."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    @property
    def feature(self) -> Feature:
        """The commands and their buttons."""

        def command(word: str, summary: str) -> PanelCommand:
            return PanelCommand(name="privacy", word=word, summary=summary)

        return Feature(
            commands=(
                (command("show", "What Warmup keeps about you, and who sees it"), self.open),
                (command("export", "Everything about you, as a file"), self.export),
                (command("delete", "Delete everything about you"), self.ask_to_delete),
            ),
            presses={
                "privacy.export": self.export,
                "privacy.hide": self.hide,
                "privacy.ask": self.ask_to_delete,
                "privacy.delete": self.delete,
            },
            forms={"privacy.delete": self.confirm},
        )

    async def open(self, request: OpenPanel | PressPanel) -> Panel:
        """What is kept, who sees it, and what can be done."""
        async with self._begin() as work:
            member = (await work.directory.enter(request.actor)).member.id
            accounts = await work.people.accounts(member)
            held = await work.privacy.held([account.member.id for account in accounts])
            hidden = await work.people.hidden(member)
        return _overview(accounts, held, hidden)

    async def hide(self, request: PressPanel) -> Panel:
        """Be left out of what others see, or not any more."""
        hidden = request.arguments == ("on",)
        async with self._begin() as work:
            member = (await work.directory.enter(request.actor)).member.id
            await work.people.hide(member, hidden)
            accounts = await work.people.accounts(member)
            held = await work.privacy.held([account.member.id for account in accounts])
        return _overview(accounts, held, hidden)

    async def export(self, request: OpenPanel | PressPanel) -> Panel:
        """One JSON file with everything that is kept about the member."""
        async with self._begin() as work:
            member = (await work.directory.enter(request.actor)).member.id
            accounts = await work.people.accounts(member)
            tables = await work.privacy.export([account.member.id for account in accounts])
        now = self._clock.now()
        return Panel(
            title="Everything about you",
            blocks=(
                Prose(
                    "One JSON file: your accounts, answers, code, verdicts, points and what each was for. "
                    "Keep it safe: it is yours alone."
                ),
                _file(accounts, tables, now),
            ),
            replaces=False,
        )

    async def ask_to_delete(self, request: OpenPanel | PressPanel) -> Panel:
        """Say what goes and what stays, and offer it."""
        async with self._begin() as work:
            member = (await work.directory.enter(request.actor)).member.id
            accounts = await work.people.accounts(member)
        several = ", in every account that you have linked" if len(accounts) > 1 else ""
        return Panel(
            title="Delete everything about you?",
            blocks=(
                Prose(
                    f"This removes your answers, code, verdicts, points, streak, reviews and ranks{several}. "
                    "**It cannot be taken back.** Take an export first, if you want to keep something."
                ),
                Facts((("Accounts", "; ".join(_where(account) for account in accounts)),)),
                Prose(
                    "What stays: messages that are in the chat already (they belong to the platform), and "
                    "the record of what admins did, without who did it."
                ),
            ),
            presses=(
                (
                    Press(label="Delete everything", name="privacy.delete", tone=Tone.BAD, asks=True),
                    Press(label="Export first", name="privacy.export"),
                ),
            ),
            tone=Tone.BAD,
            replaces=False,
        )

    async def confirm(self, request: PressPanel) -> Form:
        """The word has to be typed."""
        return Form(
            "Delete everything",
            (Input(name="word", label=f"Type “{WORD}” to go on", most=20, hint="It cannot be taken back."),),
            send="Delete",
        )

    async def delete(self, request: PressPanel) -> Notice:
        """Forget the member, in all linked accounts. Raises ``Refusal`` unless the word was typed."""
        if request.values.get("word", "").strip().strip("“”\"'").casefold() != WORD:
            raise Refusal("not_confirmed", f"Nothing was deleted: type “{WORD}” to go on.")
        now = self._clock.now()
        async with self._begin() as work:
            member = (await work.directory.enter(request.actor)).member.id
            accounts = await work.people.accounts(member)
            for account in accounts:
                await _forget(work, account, now)
        told = count(len(accounts), "account")
        return Notice(f"Everything about you is deleted, in {told}. If you come back, you begin anew.")


async def _forget(work: UnitOfWork, account: Account, now: datetime) -> None:
    await work.privacy.forget(account.member.id)
    await work.audit.note(account.community, None, "member.forgotten", "", now)


def _overview(accounts: Sequence[Account], held: Mapping[str, int], hidden: bool) -> Panel:
    pairs = [("Accounts", "; ".join(_where(account) for account in accounts))]
    pairs += [(told, f"{held.get(table, 0):,}") for table, told in TOLD.items()]
    pairs.append(("On leaderboards", "hidden from everybody else" if hidden else "shown with your name"))
    switch = Press(label="Show me to others", name="privacy.hide", arguments=("off",))
    if not hidden:
        switch = Press(label="Hide me from others", name="privacy.hide", arguments=("on",))
    return Panel(
        title="Your privacy",
        blocks=(
            Prose(
                "Answers, code, verdicts and progress are yours alone. Others see your name, points and "
                "streak on the leaderboard, and who was first in a recap, unless you hide."
            ),
            Facts(tuple(pairs)),
        ),
        presses=(
            (
                Press(label="Export everything", name="privacy.export", tone=Tone.MAIN),
                switch,
                Press(label="Delete everything…", name="privacy.ask", tone=Tone.BAD),
            ),
        ),
    )


def _where(account: Account) -> str:
    community = account.community_name or "a community without a name"
    return f"{account.member.name} in {community} ({PLATFORMS[account.platform]})"


def _file(
    accounts: Sequence[Account], tables: Mapping[str, Sequence[Mapping[str, Any]]], now: datetime
) -> Attachment:
    document = {
        "exported_at": now.isoformat(),
        "accounts": [
            {
                "platform": str(account.platform),
                "community": account.community_name,
                "account": account.member.external,
                "name": account.member.name,
                "member": account.member.id,
            }
            for account in accounts
        ],
        **{name: rows for name, rows in tables.items() if rows},
    }
    content = json.dumps(document, ensure_ascii=False, indent=2).encode("utf-8", "replace")
    name = f"warmup-export-{now:%Y-%m-%d}.json"
    if len(content) > LARGEST_PLAIN:
        return Attachment(f"{name}.gz", gzip.compress(content, mtime=0), "application/gzip")
    return Attachment(name, content, "application/json")
