"""Cards at their worst: everything as long, as deep and as hostile as the services let it be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.domain.content import Difficulty, Kind, SourceFile
from bot.domain.grading import CodeError, Judgement, TestLine, TestOutcome, Usage, Verdict
from bot.services import cards

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOSTILE = (
    "<!channel> <!here> @everyone <@U0ADA> <http://x.example|y> &amp;"
    " *a* _b_ ~c~ `d` ```e``` :tada: \x00 \u202e"
)
LONG = f"{HOSTILE} " * 400
CODE = "```\n<!channel> & \"quotes\" 'x' \\ \n" * 300
MARKDOWN = (
    f"# {HOSTILE}\n\n- a\n  - b\n    - c\n\n> {HOSTILE}\n\n```python\n{CODE}\n```\n\n"
    f"| a | b |\n|-|-|\n| {HOSTILE} | x |\n\n{LONG}"
)
REVIEWS = tuple(
    cards.ChoiceReview(letter, MARKDOWN, letter == "A", letter == "B", LONG) for letter in "ABCDEFGHIJ"
)

QUESTION = cards.QuestionCard(
    posting=2**62,
    kind=Kind.PREDICT_OUTPUT,
    title=LONG,
    prompt=MARKDOWN,
    program=CODE,
    choices=tuple(cards.Choice(letter, MARKDOWN) for letter in "ABCDEFGHIJ"),
    several=True,
    topic=LONG,
    difficulty=Difficulty.HARD,
    points=10**6,
    answered=10**6,
    local_date=date(2026, 11, 20),
    opens_at=NOW,
    closes_at=NOW + timedelta(days=1),
)
CHALLENGE = cards.ChallengeCard(
    posting=2**62,
    key="k" * 300,
    kind=Kind.CODE_PROJECT,
    title=LONG,
    prompt=MARKDOWN,
    language="python",
    entry="solution.py" * 10,
    starter=tuple(SourceFile(f"{number}{'x' * 110}.py", CODE) for number in range(40)),
    examples=tuple(SourceFile(f"test_{number}.py", CODE) for number in range(40)),
    topic=LONG,
    difficulty=Difficulty.HARD,
    points=10**6,
    minutes=10**6,
    hints=99,
    solved=10**6,
    local_date=date(2026, 11, 20),
    opens_at=NOW,
    closes_at=NOW,
)
VERDICT = cards.VerdictCard(
    submission=1,
    challenge="k" * 300,
    title=LONG,
    judgement=Judgement(
        verdict=Verdict.WRONG_ANSWER,
        ranked=False,
        headline=LONG,
        tests=tuple(TestLine(name=LONG, outcome=TestOutcome.ERROR, message=LONG) for _ in range(500)),
        call=CODE,
        expected=CODE,
        got=CODE,
        error=CodeError(type=LONG, message=LONG, file="a.py", line=3, caret=CODE, trace=CODE),
        stdout=CODE,
        usage=Usage(cpu_ms=1.0, wall_ms=2.0, memory_mb=3.0),
        passed=0,
        total=500,
    ),
    attempt=10**6,
    points=10**6,
    streak=10**6,
    files=tuple(SourceFile(f"{number}.py", CODE) for number in range(40)),
    note=LONG,
)
STANDING = cards.Standing(rank=10**6, member=1, name=HOSTILE * 3, points=10**9, solved=10**6, streak=10**6)
LEADERBOARD = cards.LeaderboardPage(
    period=cards.Period.ALL,
    since=NOW,
    rows=(STANDING,) * 10,
    page=2,
    pages=3,
    members=10**6,
    own=replace(STANDING, is_reader=True),
    tie_break=LONG,
)
STREAK = cards.StreakCard(
    member=1,
    name=HOSTILE,
    is_reader=False,
    current=10**6,
    longest=10**6,
    freezes=9,
    answered_today=False,
    closes_at=NOW,
    days=tuple(
        cards.StreakDay(date(2026, 11, 1) + timedelta(days=number), state, LONG)
        for number, state in enumerate(list(cards.DayState) * 2)
    ),
)
ANSWER = cards.AnswerCard(
    posting=1,
    title=LONG,
    correct=False,
    repeated=False,
    points=0,
    choices=REVIEWS,
    explanation=MARKDOWN,
    typed=CODE,
    expected_output=CODE,
    streak=10**6,
    note=LONG,
)
RECAP = cards.RecapCard(
    posting=1,
    title=LONG,
    local_date=date(2026, 11, 20),
    choices=REVIEWS,
    counts=(10**6,) * 10,
    answered=10**6,
    correct=10**6,
    first=HOSTILE * 5,
    explanation=MARKDOWN,
    solved=10**6,
    submitted=10**6,
)
HINT = cards.HintCard(challenge="k" * 300, title=LONG, number=1, total=9, text=MARKDOWN, cost=10**6)
RECEIPT = cards.Receipt(submission=1, challenge="k", title=LONG, attempt=9, waiting=10**6, note=LONG)
NOTICE = cards.Notice(LONG)
EVERY = (QUESTION, CHALLENGE, VERDICT, LEADERBOARD, STREAK, ANSWER, RECAP, HINT, RECEIPT, NOTICE)
