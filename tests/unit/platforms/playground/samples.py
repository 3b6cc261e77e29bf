"""One of every card, ordinary and at its worst, for the tests of how they look."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta

from bot.domain.content import Difficulty, Kind, SourceFile
from bot.domain.grading import CodeError, Judgement, TestLine, TestOutcome, Usage, Verdict
from bot.services import cards

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)

STARTER = '''def two_sum(numbers: list[int], target: int) -> tuple[int, int]:
    """Return the indices of the two numbers that add up to target."""
    ...
'''

QUESTION = cards.QuestionCard(
    posting=7,
    kind=Kind.MULTIPLE_CHOICE,
    title="A list that remembers",
    prompt="What does the second call print?\n\n```python\ndef add(item, bag=[]):\n    bag.append(item)\n"
    "    print(bag)\n\nadd(1)\nadd(2)  # this one\n```\n",
    program="",
    choices=tuple(
        cards.Choice(letter, text)
        for letter, text in zip(
            "ABCD",
            ("`[2]`", "`[1, 2]`", "`[2, 1]`", "It raises a `TypeError`: a default must be **immutable**"),
            strict=True,
        )
    ),
    several=False,
    topic="python",
    difficulty=Difficulty.EASY,
    points=5,
    answered=3,
    local_date=TODAY,
    opens_at=NOW,
    closes_at=NOW + timedelta(days=1),
)

SEVERAL = cards.QuestionCard(
    posting=8,
    kind=Kind.MULTIPLE_CHOICE,
    title="Loading strategies",
    prompt="Which of these load a collection **without** one more query for each parent?",
    program="",
    choices=tuple(
        cards.Choice(letter, text)
        for letter, text in zip(
            "ABCD", ("`selectinload()`", "`lazy='select'`", "`joinedload()`", "`noload()`"), strict=True
        )
    ),
    several=True,
    topic="sqlalchemy",
    difficulty=Difficulty.HARD,
    points=15,
    answered=0,
    local_date=None,
    opens_at=None,
    closes_at=None,
)

PREDICT = cards.QuestionCard(
    posting=9,
    kind=Kind.PREDICT_OUTPUT,
    title="Rounding",
    prompt="Type what this program prints.",
    program="print(round(0.5), round(1.5), round(2.5))\n",
    choices=(),
    several=False,
    topic="python",
    difficulty=Difficulty.MEDIUM,
    points=10,
    answered=1,
    local_date=None,
    opens_at=None,
    closes_at=None,
)

ANSWER = cards.AnswerCard(
    posting=7,
    title="A list that remembers",
    correct=True,
    repeated=False,
    points=5,
    choices=(
        cards.ChoiceReview("A", "`[2]`", False, False, "That would need a new list for each call."),
        cards.ChoiceReview("B", "`[1, 2]`", True, True, "The default is made once, when `def` runs."),
        cards.ChoiceReview("C", "`[2, 1]`", False, False, ""),
        cards.ChoiceReview("D", "It raises a `TypeError`", False, False, "Mutable defaults are allowed."),
    ),
    explanation="Default values are evaluated **once**. Use `bag=None` and make the list inside.",
    streak=4,
)

WRONG_ANSWER = cards.AnswerCard(
    posting=7,
    title="A list that remembers",
    correct=False,
    repeated=True,
    points=0,
    choices=(
        cards.ChoiceReview("A", "`[2]`", False, True, "That would need a new list for each call."),
        cards.ChoiceReview("B", "`[1, 2]`", True, False, "The default is made once, when `def` runs."),
    ),
    explanation="Default values are evaluated once.",
    note="Your first answer counts.",
)

CHALLENGE = cards.ChallengeCard(
    posting=11,
    key="two-sum",
    kind=Kind.CODE_TESTS,
    title="Two numbers, one target",
    prompt="Return the **indices** of the two numbers in `numbers` that add up to `target`.\n\n"
    "- Each input has exactly one answer.\n- The smaller index comes first.\n",
    language="python",
    entry="solution.py",
    starter=(SourceFile("solution.py", STARTER),),
    examples=(
        SourceFile(
            "test_two_sum.py",
            "from solution import two_sum\n\n\ndef test_small():\n    assert two_sum([2, 7, 11], 9) == (0, 1)\n",  # noqa: E501
        ),
    ),
    topic="algorithms",
    difficulty=Difficulty.MEDIUM,
    points=20,
    minutes=15,
    hints=2,
    solved=1,
    local_date=TODAY,
    opens_at=NOW,
    closes_at=NOW + timedelta(days=1),
)

PROJECT = dataclasses.replace(
    CHALLENGE,
    posting=None,
    key="word-count",
    kind=Kind.CODE_PROJECT,
    title="Count the words",
    starter=(SourceFile("count.py", "def count(text): ...\n"), SourceFile("report.py", "import count\n")),
    local_date=None,
)

HINT = cards.HintCard(
    challenge="two-sum",
    title="Two numbers, one target",
    number=1,
    total=2,
    text="A `dict` from number to index answers in one pass.",
    cost=4,
)

RECEIPT = cards.Receipt(
    submission=5, challenge="two-sum", title="Two numbers, one target", attempt=2, waiting=3
)

WRONG = cards.VerdictCard(
    submission=5,
    challenge="two-sum",
    title="Two numbers, one target",
    judgement=Judgement(
        verdict=Verdict.WRONG_ANSWER,
        ranked=True,
        headline="test_duplicates fails: two_sum([3, 3], 6) gave (0, 0), expected (0, 1).",
        tests=(
            TestLine(name="test_small", outcome=TestOutcome.PASSED),
            TestLine(name="test_duplicates", outcome=TestOutcome.FAILED, message="(0, 0) != (0, 1)"),
            TestLine(name="a hidden test", outcome=TestOutcome.MISSING),
        ),
        call="two_sum([3, 3], 6)",
        expected="(0, 1)",
        got="(0, 0)",
        stdout="looking at 3\nlooking at 3\n",
        usage=Usage(wall_ms=31, cpu_ms=12.4, memory_mb=1.2),
        passed=1,
        total=3,
    ),
    attempt=2,
    points=0,
    streak=3,
    files=(SourceFile("solution.py", STARTER),),
)

CRASH = cards.VerdictCard(
    submission=6,
    challenge="two-sum",
    title="Two numbers, one target",
    judgement=Judgement(
        verdict=Verdict.COMPILE_ERROR,
        ranked=True,
        headline="Your code does not compile: line 2 has an unclosed bracket.",
        error=CodeError(
            type="SyntaxError",
            message="'(' was never closed",
            file="solution.py",
            line=2,
            caret="    return tuple(sorted(pair\n                ^",
        ),
    ),
    attempt=1,
    points=0,
    streak=3,
    files=(SourceFile("solution.py", "def two_sum(numbers, target):\n    return tuple(sorted(pair\n"),),
)

ACCEPTED = cards.VerdictCard(
    submission=7,
    challenge="two-sum",
    title="Two numbers, one target",
    judgement=Judgement(
        verdict=Verdict.ACCEPTED,
        ranked=True,
        headline="All 3 tests pass.",
        tests=tuple(TestLine(name=f"test_{n}", outcome=TestOutcome.PASSED) for n in range(3)),
        usage=Usage(wall_ms=20, cpu_ms=8.0, memory_mb=1.1),
        passed=3,
        total=3,
    ),
    attempt=3,
    points=20,
    streak=4,
    files=(SourceFile("solution.py", "def two_sum(numbers, target):\n    return 0, 1\n"),),
)

LEADERBOARD = cards.LeaderboardPage(
    period=cards.Period.WEEK,
    since=NOW,
    rows=(
        cards.Standing(1, 2, "Grace", 60, 2, 6),
        cards.Standing(1, 1, "Ada", 60, 2, 4, is_reader=True),
        cards.Standing(3, 3, "Linus", 25, 1, 0),
        cards.Standing(4, 4, "Mei", 5, 0, 1),
    ),
    page=1,
    pages=3,
    members=24,
    own=cards.Standing(1, 1, "Ada", 60, 2, 4, is_reader=True),
    tie_break="Equal points share a rank; whoever got there first is listed first.",
)

_STATES = (
    [cards.DayState.KEPT] * 9
    + [cards.DayState.FROZEN, cards.DayState.KEPT, cards.DayState.MISSED, cards.DayState.NO_ROUND]
    + [cards.DayState.KEPT] * 9
    + [cards.DayState.REPAIRED, cards.DayState.OPEN]
)

STREAK = cards.StreakCard(
    member=1,
    name="Ada",
    is_reader=True,
    current=9,
    longest=11,
    freezes=1,
    answered_today=False,
    closes_at=NOW + timedelta(hours=9),
    days=tuple(
        cards.StreakDay(TODAY - timedelta(days=len(_STATES) - 1 - n), state, f"because of {state.value}")
        for n, state in enumerate(_STATES)
    ),
)

RECAP = cards.RecapCard(
    posting=7,
    title="A list that remembers",
    local_date=TODAY - timedelta(days=1),
    choices=ANSWER.choices,
    counts=(1, 3, 0, 1),
    answered=5,
    correct=3,
    first="Grace",
    explanation="Default values are evaluated **once**.",
    solved=2,
    submitted=4,
)

HELP = cards.HelpCard(
    intro="One question and one challenge every day. **Answer with a letter**, hand in code with `/submit`.",
    commands=(
        cards.CommandHelp("/quiz [topic] [difficulty]", "A question: today's, or one you have not seen."),
        cards.CommandHelp("/challenge [name]", "Today's challenge, or the one you name."),
        cards.CommandHelp("/submit [challenge]", "Hand in code: a code block, a file, or the dialog."),
        cards.CommandHelp("/leaderboard [today|week|month|all] [page]", "Who leads."),
        cards.CommandHelp("/streak [member]", "Days in a row, and why."),
    ),
)

NOTICE = cards.Notice("There is no topic `sqll`; did you mean `sql`?", ok=False)

ORDINARY = (
    QUESTION,
    ANSWER,
    WRONG_ANSWER,
    SEVERAL,
    PREDICT,
    CHALLENGE,
    PROJECT,
    HINT,
    RECEIPT,
    WRONG,
    CRASH,
    ACCEPTED,
    LEADERBOARD,
    STREAK,
    RECAP,
    HELP,
    NOTICE,
)

HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(1)> `a|b` @everyone \" ' & </textarea></li>"
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitän" * 6
RTL = "هذا سؤال طويل بالعربية عن القوائم"
EMOJI = "👩‍👩‍👧‍👦🏳️‍🌈🎉" * 4
SIXTY_LINES = "\n".join(f"value_{n} = compute({n})  # {'<' * (n % 30)} {'x' * (n * 3)}" for n in range(60))

WORST = cards.QuestionCard(
    posting=12,
    kind=Kind.MULTIPLE_CHOICE,
    title=f"{HOSTILE} {LONG_WORD}",
    prompt=f"{RTL}\n\n{EMOJI}\n\n{LONG_WORD}\n\n{HOSTILE}\n\n```python\n{SIXTY_LINES}\n```\n",
    program=SIXTY_LINES,
    choices=tuple(
        cards.Choice(letter, text)
        for letter, text in zip(
            "ABCDEFGHIJ",
            (
                "word " * 400,
                LONG_WORD * 8,
                f"```python\n{SIXTY_LINES}\n```",
                RTL * 20,
                EMOJI * 20,
                HOSTILE,
                "",
                "-",
                "| a | b |\n|---|---|\n| `x|y` | 2 |",
                "# heading\n> quote\n\n[link](javascript:alert(1)) ![image](http://x/y.png)",
            ),
            strict=True,
        )
    ),
    several=True,
    topic="python",
    difficulty=Difficulty.HARD,
    points=1,
    answered=123456,
    local_date=TODAY,
    opens_at=NOW,
    closes_at=NOW,
    closed=True,
)
