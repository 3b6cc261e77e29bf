"""``/bank import|export|enable|disable`` as panels: a community's own banks, from chat."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.wording import count
from bot.services.banks import LoadReport
from bot.services.cards import Notice
from bot.services.communities import admins_only
from bot.services.community_banks import BankFiles, CommunityBankService
from bot.services.errors import BadSetting
from bot.services.panels import (
    Attachment,
    Block,
    Facts,
    Feature,
    OpenPanel,
    Option,
    OptionKind,
    Panel,
    PanelCommand,
    Prose,
    Table,
    Tone,
)
from bot.services.ports import Begin, Clock

SHOWN_PROBLEMS = 10
"""Rejected questions that a panel lists; the report file has all of them."""
YES, NO = "yes", "no"
BANK = Option(name="name", summary="Which bank", required=True, completes="banks")
IMPORT = PanelCommand(
    name="bank",
    word="import",
    summary="Questions from a file, for this community alone",
    options=(
        Option(name="file", summary="The bank, in any format", kind=OptionKind.FILE, required=True),
        Option(name="name", summary="What the bank is called, if the file does not say"),
        Option(name="dry_run", summary="Only say what would be done", choices=(NO, YES)),
        Option(name="keep_good", summary="Load what is sound although something is not", choices=(NO, YES)),
        Option(name="licence", summary="The licence of questions that name none"),
        Option(name="author", summary="The author of questions that name none"),
    ),
    admin=True,
)


class BankPanels:
    """The community's own banks for its admins; every method raises ``NotAllowed`` for others."""

    def __init__(self, begin: Begin, clock: Clock, files: BankFiles) -> None:
        self._banks = CommunityBankService(begin, clock)
        self._files = files

    @property
    def feature(self) -> Feature:
        """The commands."""

        def command(word: str, summary: str) -> PanelCommand:
            return PanelCommand(name="bank", word=word, summary=summary, options=(BANK,), admin=True)

        return Feature(
            commands=(
                (IMPORT, self.load),
                (command("export", "A bank of this community's own as a file"), self.export),
                (command("enable", "Use a bank of this community's own again"), self.enable),
                (command("disable", "Do not use a bank of this community's own any more"), self.disable),
            )
        )

    async def load(self, request: OpenPanel) -> Panel:
        """Read the file, check what can be told by reading, and load all of it or nothing."""
        admins_only(request.actor)
        if not request.files:
            raise BadSetting("no_file", "Add the file to import.")
        values, upload = request.values, request.files[0]
        read = await self._files.read(
            upload.name,
            upload.content,
            licence=values.get("licence", ""),
            author=values.get("author", "") or request.actor.name,
        )
        name, dry_run = values.get("name", "") or read.bank, values.get("dry_run") == YES
        report = await self._banks.load(
            request.actor, read, name=name, dry_run=dry_run, keep_good=values.get("keep_good") == YES
        )
        return reported(report, name, dry_run=dry_run)

    async def export(self, request: OpenPanel) -> Panel:
        """The bank in the native format."""
        name = request.values["name"]
        items = await self._banks.items(request.actor, name)
        file = await self._files.write(name, items)
        facts = [("Bank", name), ("Questions", f"{len(items):,}")]
        if file.left_out:
            facts.append(("Left out", f"{file.left_out:,}, which the format cannot hold"))
        attached = Attachment(file.name, file.content, "application/octet-stream")
        return Panel(title="Question bank", blocks=(Facts(tuple(facts)), attached))

    async def enable(self, request: OpenPanel) -> Notice:
        """Use it again."""
        return await self._use(request, True)

    async def disable(self, request: OpenPanel) -> Notice:
        """Use it no more; what was answered stays."""
        return await self._use(request, False)

    async def _use(self, request: OpenPanel, enabled: bool) -> Notice:
        await self._banks.enable(request.actor, request.values["name"], enabled)
        return Notice(f"The bank is {'in use' if enabled else 'not used any more'}.")


def reported(report: LoadReport, name: str, *, dry_run: bool) -> Panel:
    """What an import did, or would do; with a file of everything that was rejected."""
    if dry_run:
        first = "A dry run: nothing was written."
    elif report.loaded:
        first = "Imported."
    else:
        first = "**Nothing was imported.** Mend what is below, or say `keep_good:yes`."
    facts = (
        ("Bank", name),
        ("Format", report.format),
        ("New", f"{report.added:,}"),
        ("Changed", f"{report.updated:,}"),
        ("As they were", f"{report.unchanged:,}"),
    )
    blocks: list[Block] = [Prose(first), Facts(facts)]
    if report.rejected:
        blocks += _rejected(report)
    sound = report.loaded or (dry_run and not report.rejected)
    return Panel(title="Question bank", blocks=tuple(blocks), tone=Tone.PLAIN if sound else Tone.BAD)


def _rejected(report: LoadReport) -> Sequence[Block]:
    shown = report.rejected[:SHOWN_PROBLEMS]
    rows = tuple(
        (f"{each.file}:{each.line}" if each.line else each.file, each.question, each.reason) for each in shown
    )
    every = [
        f"{each.file}:{each.line or '?'} {each.question}: {each.reason}".strip() for each in report.rejected
    ]
    told = f"{count(len(every), 'question')} rejected"
    told += (
        f"; the first {SHOWN_PROBLEMS}, and all of them in the file:" if len(every) > SHOWN_PROBLEMS else ":"
    )
    file = Attachment("rejected.txt", "\n".join([*every, ""]).encode(errors="replace"), "text/plain")
    return (Prose(told), Table(("Where", "Question", "Why"), rows), file)
