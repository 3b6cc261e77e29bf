"""Pictures of leaderboards and streaks: readable, in many scripts, and said in words as well."""

from __future__ import annotations

import asyncio
import io
from datetime import date, timedelta

import pytest
from PIL import Image, ImageDraw

from bot.pictures import Painter, canvas, lettering
from bot.pictures.calendar import SIGNS, calendar
from bot.pictures.leaderboard import leaderboard
from bot.services.cards import DayState, LeaderboardPage, Period, Standing, StreakCard, StreakDay
from tests.unit.platforms.playground import samples

NAMES = ("Ada", "Владимир", "مريم", "שרה", "अनीता", "José", "ნინო", "สมชาย", "Ελένη", "𓀀𓀁")
PAGE = LeaderboardPage(
    period=Period.WEEK,
    since=None,
    rows=tuple(Standing(n + 1, n, name, 1_000 - 90 * n, 3, n) for n, name in enumerate(NAMES)),
    page=1,
    pages=3,
    members=30,
    own=Standing(17, 99, "Grace", 3, 0, 0, is_reader=True),
    tie_break="",
)
DAYS = tuple(StreakDay(date(2026, 1, 29) + timedelta(days=n), tuple(DayState)[n % 6], "") for n in range(42))
CARD = StreakCard(
    member=1,
    name="Ada",
    is_reader=False,
    current=17,
    longest=40,
    freezes=2,
    answered_today=False,
    closes_at=None,
    days=DAYS,
)


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def test_a_leaderboard_has_a_line_for_each_rank_and_the_readers_own() -> None:
    whole, without = opened(leaderboard(PAGE).png), opened(leaderboard(samples.LEADERBOARD).png)
    assert whole.width == without.width == canvas.WIDTH
    assert whole.height > without.height


def test_its_words_say_everything_that_it_shows() -> None:
    alt = leaderboard(PAGE).alt
    assert alt.startswith("Leaderboard, this week, page 1 of 3. 1. Ada: 1,000. 2. Владимир: 910, streak 1.")
    assert alt.endswith("17. Grace (you): 3.")


@pytest.mark.parametrize("name", NAMES[:-1])
def test_common_scripts_are_written(name: str) -> None:
    assert lettering.writable(name) == name


def test_a_name_that_no_font_can_write_is_left_out_and_never_shown_as_boxes() -> None:
    assert lettering.writable("𓀀𓀁") == ""
    assert lettering.writable("Ada 🔥\u202e\u200b") == "Ada", "emoji and what turns a line around are dropped"
    assert "𓀀𓀁" in leaderboard(PAGE).alt


def test_a_long_name_is_cut_to_its_room() -> None:
    cut = lettering.fitted("x" * 200, 30, 300)
    assert cut.endswith("…")
    assert lettering.width(cut, 30) <= 300
    assert lettering.fitted("Ada", 30, 300) == "Ada"


def test_every_state_of_a_day_has_a_shape_of_its_own() -> None:
    shapes = set()
    for sign in SIGNS.values():
        image = Image.new("1", (60, 60))
        grey = Image.new("L", (60, 60))
        sign(_Shapes(grey), (30, 30, 22))
        image = grey.point(lambda value: 255 * (value > 0))
        shapes.add(image.tobytes())
    assert len(shapes) == len(DayState)


class _Shapes(ImageDraw.ImageDraw):
    """Draws everything in one colour, as somebody sees it who sees none, and the paper's as none."""

    def _getink(self, ink: object, fill: object = None) -> tuple[int | None, int | None]:
        def seen(colour: object) -> int | None:
            return None if colour is None else 0 if colour == canvas.PAPER else 255

        return seen(ink), seen(fill)


def test_a_calendar_tells_days_of_the_same_state_together() -> None:
    kept = tuple(StreakDay(date(2026, 3, 2) + timedelta(days=n), DayState.KEPT, "") for n in range(5))
    missed = StreakDay(date(2026, 3, 7), DayState.MISSED, "")
    card = StreakCard(
        member=1,
        name="Ada",
        is_reader=True,
        current=0,
        longest=5,
        freezes=1,
        answered_today=False,
        closes_at=None,
        days=(*kept, missed),
    )
    assert calendar(card).alt == (
        "Your streak: 0 days now, longest 5, 1 freezes. 2 Mar to 6 Mar: kept. 7 Mar: missed."
    )


def test_a_streak_without_a_day_is_drawn_all_the_same() -> None:
    assert opened(calendar(samples.STREAK).png).width == canvas.WIDTH


async def test_the_same_card_is_drawn_once_and_not_kept_for_ever() -> None:
    painter = Painter(most_kept=1)
    first, again = await asyncio.gather(painter.leaderboard(PAGE), painter.leaderboard(PAGE))
    await painter.streak(CARD)
    anew = await painter.leaderboard(PAGE)
    assert again.png == first.png == anew.png
    assert anew is not first
