"""``warmup doctor``: what is well, what is not, and how to mend it."""

from __future__ import annotations

from typing import Annotated, NoReturn

import typer

from bot.cli.output import emit_json


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(doctor)


def doctor(
    alive: Annotated[
        str,
        typer.Option(
            "--alive", metavar="ROLE", help="Only say whether this role gave a sign of life lately."
        ),
    ] = "",
    streaks: Annotated[
        bool,
        typer.Option("--streaks", help="Only count every score and streak again, and show what differs."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Look at everything that has to work: status 0 when it does, 1 when something has to be mended."""
    from bot.cli.running import run, settings

    if alive:
        from bot.bootstrap.alive import is_alive

        raise typer.Exit(0 if is_alive(settings(), alive) else 1)
    if streaks:
        _count_again(as_json)
    from bot.bootstrap.doctor import examine

    findings = run(examine)
    ok = all(finding.ok for finding in findings)
    if as_json:
        emit_json(
            {
                "ok": ok,
                "checks": [
                    {"name": each.name, "ok": each.ok, "detail": each.detail, "mend": each.mend}
                    for each in findings
                ],
            }
        )
    else:
        for each in findings:
            print(f"{'ok  ' if each.ok else 'MEND'} {each.name}: {each.detail}")
            if each.mend:
                print(f"     {each.mend}")
    raise typer.Exit(0 if ok else 1)


def _count_again(as_json: bool) -> NoReturn:
    from bot.bootstrap.doctor import count_again
    from bot.cli.running import run

    result = run(count_again)
    if as_json:
        emit_json(result)
    else:
        for each in result["differences"]:
            place = f"community {each['community']}, member {each['member']}, {each['what']}"
            print(f"MEND {place}: {each['kept']} is kept, {each['recounted']} is right")
        print(f"{result['streaks']} streaks counted again, {len(result['differences'])} differences")
    raise typer.Exit(0 if result["ok"] else 1)
