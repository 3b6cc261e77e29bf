"""A page of a leaderboard: rank, name, a bar as long as the points are many, and the streak."""

from __future__ import annotations

from PIL import ImageDraw

from bot.pictures import canvas, lettering
from bot.services.cards import LeaderboardPage, Period, Standing
from bot.services.panels import Picture

ROW, HEAD = 84, 104
TITLES = {
    Period.TODAY: "Today",
    Period.WEEK: "This week",
    Period.MONTH: "This month",
    Period.ALL: "All time",
}
MEDALS = {1: canvas.ORANGE, 2: canvas.FAINT, 3: canvas.RED}
NAME_LEFT_OUT = "(name in the text)"
LONGEST_NAME = 40


def leaderboard(page: LeaderboardPage) -> Picture:
    """The page as a picture; the reader's own line comes last when it is on another page."""
    rows = list(page.rows)
    apart = page.own is not None and not any(row.is_reader for row in rows)
    if page.own is not None and apart:
        rows.append(page.own)
    gap = 24 if apart else 0
    image, draw = canvas.sheet(HEAD + ROW * max(1, len(rows)) + gap + canvas.EDGE)
    lettering.write(draw, (canvas.EDGE, HEAD / 2), "Leaderboard", 42, canvas.INK, bold=True)
    told = f"{TITLES[page.period]} · {page.page}/{max(1, page.pages)}"
    lettering.write(draw, (canvas.WIDTH - canvas.EDGE, HEAD / 2), told, 28, canvas.FAINT, anchor="r")
    most = max((row.points for row in rows), default=0)
    for position, row in enumerate(rows):
        top = HEAD + ROW * position
        if apart and position == len(rows) - 1:
            draw.line((canvas.EDGE, top + 10, canvas.WIDTH - canvas.EDGE, top + 10), canvas.LINE, 3)
            top += gap
        _row(draw, row, top, most)
    if not rows:
        empty = "Nobody has earned points yet"
        lettering.write(draw, (canvas.EDGE, HEAD + ROW / 2), empty, 30, canvas.FAINT)
    return Picture("leaderboard.png", canvas.png(image), described(page))


def _row(draw: ImageDraw.ImageDraw, row: Standing, top: int, most: int) -> None:
    left, right = canvas.EDGE, canvas.WIDTH - canvas.EDGE
    box = (left, top + 4, right, top + ROW - 6)
    draw.rounded_rectangle(box, 14, canvas.PANEL, canvas.INK if row.is_reader else None, 3)
    middle = top + ROW / 2 - 13
    colour = MEDALS.get(row.rank)
    if colour is not None:
        draw.ellipse((left + 14, middle - 18, left + 62, middle + 30), outline=colour, width=5)
    rank = f"{row.rank:,}"
    lettering.write(
        draw, (left + 38, middle + 6), rank, 28 if len(rank) < 3 else 20, canvas.INK, bold=True, anchor="m"
    )
    points = f"{row.points:,}"
    lettering.write(draw, (right - 18, middle), points, 30, canvas.INK, bold=True, anchor="r")
    room = right - 18 - lettering.width(points, 30, bold=True) - (left + 80) - 20
    streak = f"streak {row.streak:,}" if row.streak else ""
    if streak:
        at = right - 18 - lettering.width(points, 30, bold=True) - 24
        lettering.write(draw, (at, middle), streak, 22, canvas.SKY, anchor="r")
        room -= lettering.width(streak, 22) + 24
    you = "  you" if row.is_reader else ""
    name = lettering.writable(row.name)
    size, ink = (30, canvas.INK) if name else (24, canvas.FAINT)
    shown = lettering.fitted(name or NAME_LEFT_OUT, size, room - lettering.width(you, 24))
    lettering.write(draw, (left + 80, middle), shown, size, ink, bold=row.is_reader and bool(name))
    if you:
        at = left + 80 + lettering.width(shown, size, bold=bool(name))
        lettering.write(draw, (at, middle), you, 24, canvas.YELLOW)
    full = right - 18 - (left + 80)
    long = full * row.points / most if most > 0 else 0
    base = top + ROW - 22
    draw.rounded_rectangle((left + 80, base, right - 18, base + 8), 4, canvas.LINE)
    if long >= 8:
        draw.rounded_rectangle((left + 80, base, left + 80 + long, base + 8), 4, colour or canvas.SKY)


def described(page: LeaderboardPage) -> str:
    """Everything that the picture says, in words."""
    lines = [f"Leaderboard, {TITLES[page.period].lower()}, page {page.page} of {max(1, page.pages)}."]
    lines += [_told(row) for row in page.rows]
    if page.own is not None and not any(row.is_reader for row in page.rows):
        lines.append(_told(page.own))
    return " ".join(lines if len(lines) > 1 else [*lines, "Nobody has earned points yet."])


def _told(row: Standing) -> str:
    name = " ".join(row.name.split())[:LONGEST_NAME]
    you = " (you)" if row.is_reader else ""
    streak = f", streak {row.streak:,}" if row.streak else ""
    return f"{row.rank:,}. {name}{you}: {row.points:,}{streak}."
