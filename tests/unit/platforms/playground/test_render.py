"""Every card becomes HTML that is well formed, complete and harmless."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser

import pytest

from bot.domain.content import Kind
from bot.domain.grading import Judgement, TestLine, TestOutcome, Verdict
from bot.platforms.playground.messages import KINDS, Body, Message, Said
from bot.platforms.playground.render import (
    DAY_WORDS,
    HERE,
    KIND_WORDS,
    OUTCOME_WORDS,
    VERDICT_WORDS,
    Renderer,
    milliseconds,
    streak_summary,
    weeks_of,
)
from bot.services import cards
from tests.unit.platforms.playground import samples

RENDERER = Renderer()
VOID = {"br", "hr", "img", "input", "meta", "link", "use", "path"}


class Checked(HTMLParser):
    """Reads HTML strictly: every tag closed in order, no script, no handler, no inline style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.texts: list[str] = []
        self.buttons: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = dict(attributes)
        assert tag not in ("script", "style", "iframe", "object", "svg/onload")
        assert not any(name.startswith("on") or name == "style" for name in names)
        if names.get("id"):
            self.ids.append(str(names["id"]))
        if tag == "button":
            self.buttons.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if "button" in self.open:
            self.buttons[-1] += data.strip()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def shown(
    body: Body, *, private_to: str | None = None, reader: str = "ada", author: str = "warmup"
) -> Checked:
    message = Message(
        id=5,
        revision=9,
        channel="daily",
        author=author,
        author_name="Warmup" if author == "warmup" else author.title(),
        body=body,
        private_to=private_to,
        created_at=samples.NOW,
    )
    return Checked(RENDERER.message(message, reader).html)


def test_there_is_a_template_for_every_body() -> None:
    assert {path.stem for path in (HERE / "templates" / "cards").iterdir()} == set(KINDS)


def test_there_is_a_word_for_every_outcome() -> None:
    for words, kinds in (
        (VERDICT_WORDS, Verdict),
        (OUTCOME_WORDS, TestOutcome),
        (DAY_WORDS, cards.DayState),
        (KIND_WORDS, Kind),
    ):
        assert set(words) == set(kinds)


@pytest.mark.parametrize("body", [*samples.ORDINARY, samples.WORST], ids=lambda body: type(body).__name__)
def test_every_card_is_well_formed(body: Body) -> None:
    assert shown(body).text


@pytest.mark.parametrize(
    "body",
    [
        Said(samples.HOSTILE),
        cards.Notice(samples.HOSTILE),
        dataclasses.replace(samples.QUESTION, title=samples.HOSTILE, topic=samples.HOSTILE),
        dataclasses.replace(
            samples.CHALLENGE, title=samples.HOSTILE, key=samples.HOSTILE, prompt=samples.HOSTILE
        ),
        dataclasses.replace(samples.HINT, text=samples.HOSTILE, title=samples.HOSTILE),
        dataclasses.replace(samples.STREAK, name=samples.HOSTILE, is_reader=False),
        dataclasses.replace(samples.RECAP, first=samples.HOSTILE),
        dataclasses.replace(
            samples.WRONG,
            judgement=dataclasses.replace(
                samples.WRONG.judgement, headline=samples.HOSTILE, got=samples.HOSTILE, stdout=samples.HOSTILE
            ),
        ),
        dataclasses.replace(
            samples.LEADERBOARD,
            rows=(dataclasses.replace(samples.LEADERBOARD.rows[0], name=samples.HOSTILE),),
        ),
    ],
    ids=lambda body: type(body).__name__,
)
def test_what_people_wrote_is_shown_and_never_run(body: Body) -> None:
    checked = shown(body)
    assert "alert(1)" in checked.text
    assert "@everyone" in checked.text


def test_options_are_buttons_named_by_their_letter_alone() -> None:
    assert shown(samples.QUESTION).buttons[-4:] == ["A", "B", "C", "D"]


def test_several_right_options_are_confirmed() -> None:
    assert "Confirm" in shown(samples.SEVERAL).buttons
    assert "Confirm" not in shown(samples.QUESTION).buttons


def test_a_challenge_can_be_submitted() -> None:
    assert {"Submit", "Hint"} <= set(shown(samples.CHALLENGE).buttons)


def test_a_private_reply_says_so_and_a_public_one_does_not() -> None:
    assert "Only you can see this" in shown(samples.ANSWER, private_to="ada").text
    assert "Only you can see this" not in shown(samples.ANSWER).text


def test_a_right_answer_explains_every_option() -> None:
    text = shown(samples.ANSWER).text
    assert "Right, +5 points" in text
    assert "The default is made once" in text
    assert "That would need a new list" in text


def test_a_later_answer_says_that_the_first_stands() -> None:
    assert "Your first answer stands: not right" in shown(samples.WRONG_ANSWER).text


def test_a_verdict_says_what_failed_on_what_and_why() -> None:
    text = shown(samples.WRONG).text
    for part in (
        "Wrong answer",
        "two_sum([ 3 , 3 ], 6 )",
        "Expected (0, 1)",
        "Got (0, 0)",
        "1 of 3 tests passed",
    ):
        assert part.replace(" ", "") in text.replace(" ", "")


def test_a_syntax_error_shows_the_line_and_the_caret() -> None:
    text = shown(samples.CRASH).text
    assert "SyntaxError on line 2 of solution.py" in text
    assert "^" in text


def test_a_verdict_says_a_thing_once() -> None:
    error = "SyntaxError: invalid syntax (solution.py, line 2)"
    lines = tuple(TestLine(name=name, outcome=TestOutcome.ERROR, message=error) for name in ("one", "two"))
    crash = dataclasses.replace(samples.CRASH.judgement, headline=error, tests=lines, total=2)
    text = shown(dataclasses.replace(samples.CRASH, judgement=crash)).text
    assert text.count("invalid syntax") == 1


def test_our_own_fault_is_not_shown_as_the_members() -> None:
    card = dataclasses.replace(
        samples.WRONG,
        judgement=Judgement(
            verdict=Verdict.INTERNAL_ERROR, ranked=False, headline="Nothing is lost.", note="secret path"
        ),
    )
    text = shown(card).text
    assert "Our fault" in text
    assert "secret path" not in text


def test_the_readers_own_row_is_shown_wherever_it_is() -> None:
    far = dataclasses.replace(samples.LEADERBOARD, own=cards.Standing(17, 9, "Zoe", 1, 0, 0, is_reader=True))
    far = dataclasses.replace(far, rows=tuple(dataclasses.replace(row, is_reader=False) for row in far.rows))
    assert "17 Zoe you 1" in shown(far).text


def test_an_empty_leaderboard_invites() -> None:
    empty = dataclasses.replace(samples.LEADERBOARD, rows=(), own=None, pages=1, members=0)
    assert "The first right answer takes the lead" in shown(empty).text


def test_the_calendar_has_a_row_for_each_week_and_a_cell_for_each_day() -> None:
    weeks = weeks_of(samples.STREAK)
    assert all(len(week) == 7 for week in weeks)
    assert [entry for week in weeks for entry in week if entry] == list(samples.STREAK.days)
    assert all(entry.day.weekday() == column for week in weeks for column, entry in enumerate(week) if entry)


def test_the_calendar_is_told_in_words() -> None:
    assert streak_summary(samples.STREAK).startswith("The last 24 days: 19 kept, 1 covered by a freeze")
    assert streak_summary(dataclasses.replace(samples.STREAK, days=())) == "No challenge days yet."
    assert weeks_of(dataclasses.replace(samples.STREAK, days=())) == []


def test_durations_are_read_at_a_glance() -> None:
    assert [milliseconds(value) for value in (0, 12.4, 999, 1250)] == ["0 ms", "12 ms", "999 ms", "1.25 s"]


def drawn(body: Body) -> str:
    message = Message(id=1, revision=1, channel="daily", body=body, created_at=samples.NOW)
    return RENDERER.message(message, "ada").html


@pytest.mark.parametrize("scope", list(cards.Scope))
@pytest.mark.parametrize("period", list(cards.Period))
def test_a_leaderboard_is_drawn_for_every_period_and_scope(period: cards.Period, scope: cards.Scope) -> None:
    topic = "<sql>" if scope is cards.Scope.TOPIC else ""
    for rows in (samples.LEADERBOARD.rows, ()):
        card = dataclasses.replace(samples.LEADERBOARD, period=period, scope=scope, topic=topic, rows=rows)
        html = drawn(card)
        assert "cannot be shown" not in html
        assert f'data-period="{period}"' in html
        assert "<sql>" not in html


def test_a_message_that_cannot_be_drawn_keeps_no_other_from_being_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = dataclasses.replace(samples.LEADERBOARD, rows=(), period="of another version")
    assert "This message cannot be shown" in drawn(broken)
    assert "a message cannot be drawn" in caplog.text
