"""A streak as a calendar: weeks in rows, Monday first, a shape for what became of each day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PIL import ImageDraw

from bot.pictures import canvas, lettering
from bot.services.cards import DayState, StreakCard
from bot.services.panels import Picture

HEAD, NUMBERS, WEEKDAYS, LEGEND = 92, 96, 44, 52
CELL = (canvas.WIDTH - 2 * canvas.EDGE) // 7
TALL = 84
MOST_WEEKS = 10
"""Weeks that are drawn; earlier ones are left to the numbers."""
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WORDS = {
    DayState.KEPT: "kept",
    DayState.MISSED: "missed",
    DayState.FROZEN: "freeze",
    DayState.REPAIRED: "repaired",
    DayState.NO_ROUND: "no round",
    DayState.OPEN: "open",
}
Place = tuple[float, float, float]
"""Middle of a sign, and half its size."""


def calendar(card: StreakCard) -> Picture:
    """The days as a picture, with the numbers above and what the signs mean below."""
    weeks = _weeks(card)
    height = HEAD + NUMBERS + WEEKDAYS + TALL * len(weeks) + LEGEND * 2 + canvas.EDGE
    image, draw = canvas.sheet(height)
    name = lettering.writable(card.name)
    title = "Your streak" if card.is_reader else f"{name}: streak" if name else "Streak"
    room = canvas.WIDTH - 2 * canvas.EDGE
    lettering.write(
        draw, (canvas.EDGE, HEAD / 2), lettering.fitted(title, 42, room, bold=True), 42, canvas.INK, bold=True
    )
    for position, (number, what) in enumerate(
        ((card.current, "days now"), (card.longest, "longest"), (card.freezes, "freezes"))
    ):
        at = canvas.EDGE + position * room / 3
        lettering.write(draw, (at, HEAD + 28), f"{number:,}", 48, canvas.INK, bold=True)
        lettering.write(draw, (at, HEAD + 70), what, 24, canvas.FAINT)
    top = HEAD + NUMBERS
    for weekday, day_name in enumerate(DAY_NAMES):
        at = canvas.EDGE + CELL * weekday + CELL / 2
        lettering.write(draw, (at, top + 20), day_name, 24, canvas.FAINT, anchor="m")
    known = {entry.day: entry.state for entry in card.days}
    for row, monday in enumerate(weeks):
        for weekday in range(7):
            day = monday + timedelta(days=weekday)
            _day(draw, day, known.get(day), weekday, top + WEEKDAYS + TALL * row)
    _legend(draw, height - LEGEND * 2 - canvas.EDGE / 2)
    return Picture("streak.png", canvas.png(image), described(card))


def _weeks(card: StreakCard) -> list[date]:
    """The Mondays of the weeks that are drawn."""
    if not card.days:
        return []
    first, last = (day - timedelta(days=day.weekday()) for day in (card.days[0].day, card.days[-1].day))
    count = (last - first).days // 7 + 1
    return [first + timedelta(weeks=week) for week in range(count)][-MOST_WEEKS:]


def _day(draw: ImageDraw.ImageDraw, day: date, state: DayState | None, weekday: int, top: float) -> None:
    left = canvas.EDGE + CELL * weekday
    if state is None:
        return
    box = (left + 3, top + 3, left + CELL - 3, top + TALL - 3)
    draw.rounded_rectangle(box, 12, canvas.PANEL)
    number = f"{day.day} {day:%b}" if day.day == 1 else str(day.day)
    lettering.write(draw, (left + 12, top + 20), number, 20, canvas.FAINT)
    SIGNS[state](draw, (left + CELL / 2 + 6, top + TALL / 2 + 8, 22))


def _kept(draw: ImageDraw.ImageDraw, place: Place) -> None:
    x, y, half = place
    draw.ellipse((x - half, y - half, x + half, y + half), canvas.GREEN)
    unit = half / 22
    tick = [(x - 10 * unit, y + 1 * unit), (x - 3 * unit, y + 9 * unit), (x + 11 * unit, y - 8 * unit)]
    draw.line(tick, canvas.PAPER, round(5 * unit), joint="curve")


def _missed(draw: ImageDraw.ImageDraw, place: Place) -> None:
    x, y, half = place
    arm, thick = half * 0.7, round(half * 0.27)
    draw.line((x - arm, y - arm, x + arm, y + arm), canvas.RED, thick)
    draw.line((x - arm, y + arm, x + arm, y - arm), canvas.RED, thick)


def _frozen(draw: ImageDraw.ImageDraw, place: Place) -> None:
    x, y, half = place
    thick = round(half * 0.2)
    for dx, dy in ((0.0, 1.0), (0.87, 0.5), (0.87, -0.5)):
        draw.line((x - dx * half, y - dy * half, x + dx * half, y + dy * half), canvas.SKY, thick)
    dot = half * 0.28
    draw.ellipse((x - dot, y - dot, x + dot, y + dot), canvas.SKY)


def _repaired(draw: ImageDraw.ImageDraw, place: Place) -> None:
    x, y, half = place
    diamond = [(x, y - half), (x + half, y), (x, y + half), (x - half, y)]
    draw.polygon(diamond, canvas.PURPLE)
    arm, thick = half * 0.45, round(half * 0.2)
    draw.line((x - arm, y, x + arm, y), canvas.PAPER, thick)
    draw.line((x, y - arm, x, y + arm), canvas.PAPER, thick)


def _no_round(draw: ImageDraw.ImageDraw, place: Place) -> None:
    x, y, half = place
    draw.line((x - half * 0.4, y, x + half * 0.4, y), canvas.FAINT, round(half * 0.2))


def _open(draw: ImageDraw.ImageDraw, place: Place) -> None:
    x, y, half = place
    draw.ellipse((x - half, y - half, x + half, y + half), outline=canvas.YELLOW, width=round(half * 0.22))


SIGNS: dict[DayState, Callable[[ImageDraw.ImageDraw, Place], None]] = {
    DayState.KEPT: _kept,
    DayState.MISSED: _missed,
    DayState.FROZEN: _frozen,
    DayState.REPAIRED: _repaired,
    DayState.NO_ROUND: _no_round,
    DayState.OPEN: _open,
}
"""A shape for each state, so that none hangs on its colour."""


def _legend(draw: ImageDraw.ImageDraw, top: float) -> None:
    third = (canvas.WIDTH - 2 * canvas.EDGE) / 3
    for position, (state, words) in enumerate(WORDS.items()):
        x = canvas.EDGE + third * (position % 3)
        y = top + LEGEND * (position // 3) + LEGEND / 2
        SIGNS[state](draw, (x + 16, y, 14))
        lettering.write(draw, (x + 44, y), words, 24, canvas.FAINT)


def described(card: StreakCard) -> str:
    """Everything that the picture says, in words: days in a row with the same end are told together."""
    whose = "Your streak" if card.is_reader else f"Streak of {' '.join(card.name.split())[:60]}"
    told = [f"{whose}: {card.current:,} days now, longest {card.longest:,}, {card.freezes:,} freezes."]
    weeks = _weeks(card)
    days = [entry for entry in card.days if entry.day >= weeks[0]] if weeks else []
    start = 0
    for position, entry in enumerate(days):
        follows = days[position + 1] if position + 1 < len(days) else None
        if follows is None or follows.state is not entry.state:
            first, last = days[start].day, entry.day
            span = f"{first.day} {first:%b}" + ("" if first == last else f" to {last.day} {last:%b}")
            told.append(f"{span}: {WORDS[entry.state]}.")
            start = position + 1
    return " ".join(told)
