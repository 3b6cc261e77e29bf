"""Questions, answers and challenges as cards of components."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest

import discord

from bot.domain.content import Kind, SourceFile
from bot.locales import msgid, spoken, tr
from bot.platforms.discord.buttons import Action, Button, Press, button
from bot.platforms.discord.layout import Card, Line
from bot.platforms.discord.text import Code, Part, Prose, amount, inline_code, moment, plain, short_date
from bot.services import cards

BLUE, GREEN, RED, GREY, GOLD = 0x5865F2, 0x2E9E5B, 0xD83C3E, 0x80848E, 0xE0A100
ANSWER_TEXT = 1_000
"""Characters of typed output shown beside the real one."""

KIND_WORDS = {
    Kind.MULTIPLE_CHOICE: msgid("Question"),
    Kind.PREDICT_OUTPUT: msgid("What does it print?"),
    Kind.FLASHCARD: msgid("Flashcard"),
    Kind.FREE_TEXT: msgid("Open question"),
    Kind.CHECKLIST: msgid("Checklist"),
    Kind.CODE_STDOUT: msgid("Challenge"),
    Kind.CODE_TESTS: msgid("Challenge"),
    Kind.CODE_PROJECT: msgid("Project"),
    Kind.FIX_THE_BUG: msgid("Fix the bug"),
    Kind.WRITE_A_TEST: msgid("Write a test"),
    Kind.EXTEND: msgid("Extend the code"),
}
"""Each kind as a person reads it."""


def heading(title: str, *facts: str) -> str:
    """The card's first lines: its title, and small facts below."""
    below = " · ".join(fact for fact in facts if fact)
    return f"### {plain(title, 150)}" + (f"\n-# {below}" if below else "")


def streak_line(days: int) -> str:
    """The streak in a card's small print."""
    return f"🔥 {tr('streak: {days}', days=amount(days, 'day'))}" if days else ""


def closing(closed: bool, at: datetime | None) -> str:
    """When a round is over, in the reader's own words and zone."""
    if closed:
        return tr("closed")
    return tr("closes {moment}", moment=moment(at)) if at is not None else ""


def _facts(card: cards.QuestionCard | cards.ChallengeCard, daily: str) -> tuple[str, ...]:
    return (
        f"**{tr(daily if card.local_date else KIND_WORDS[card.kind])}**",
        short_date(card.local_date) if card.local_date else "",
        plain(card.topic, 40),
        tr(card.difficulty.value),
        amount(card.points, "point"),
    )


def question(card: cards.QuestionCard, mark: str = "") -> Card:
    """A question: its options in the body, letters on the buttons."""
    pieces: list[Part | Line | Sequence[Button]] = [Prose(card.prompt)]
    if card.program:
        pieces.append(Code(card.program, "python"))
    pieces.extend(Prose(choice.text, f"**{choice.letter}.** ") for choice in card.choices)
    pieces.append(_ways_to_answer(card, mark))
    return Card(
        heading(card.title, *_facts(card, msgid("Question of the day"))),
        GREY if card.closed else BLUE,
        list(pieces),
        " · ".join(filter(None, (amount(card.answered, "answer"), closing(card.closed, card.closes_at)))),
    )


def _asked(posting: str, letter: str = "") -> tuple[str, ...]:
    """What an answer's button carries; the language as well, so that the question is drawn again in it."""
    if spoken() == "en":
        return (posting, letter) if letter else (posting,)
    return posting, letter, spoken()


def _ways_to_answer(card: cards.QuestionCard, mark: str) -> list[Button]:
    posting, off, primary = str(card.posting), card.closed, discord.ButtonStyle.primary
    if not card.choices:
        press = Press(Action.TYPE, _asked(posting), mark)
        return [button(tr("Type what it prints"), press, style=primary, disabled=off)]
    if card.several:
        press = Press(Action.CHOOSE, _asked(posting), mark)
        return [button(tr("Choose all that are right"), press, style=primary, disabled=off)]
    return [
        button(choice.letter, Press(Action.ANSWER, _asked(posting, choice.letter), mark), disabled=off)
        for choice in card.choices
    ]


def answer(card: cards.AnswerCard) -> Card:
    """The private result, with the reasons for every option that has one."""
    if card.repeated:
        told = tr(
            "Your first answer stands: right" if card.correct else "Your first answer stands: not right"
        )
    elif card.correct:
        told = tr("Right, +{points}", points=amount(card.points, "point")) if card.points else tr("Right")
    else:
        told = tr("Not right this time")
    pieces: list[Part | Line | Sequence[Button]] = []
    if card.typed:
        pieces.append(Code(card.typed[:ANSWER_TEXT], "text", f"**{tr('You said')}**"))
    if card.expected_output:
        pieces.append(Code(card.expected_output, "text", f"**{tr('It prints')}**"))
    pieces.extend(reviews(card.choices))
    if card.explanation:
        pieces += [Line(), Prose(card.explanation)]
    if card.note:
        pieces.append(Prose(tr(card.note)))
    pieces.append([button(tr("Another question"), Press(Action.QUIZ))])
    sign = "✅" if card.correct else "❌"
    streak = streak_line(card.streak)
    return Card(
        f"### {sign} {told}\n-# {plain(card.title, 150)}",
        GREEN if card.correct else RED,
        list(pieces),
        streak,
    )


def reviews(choices: Sequence[cards.ChoiceReview], counts: Sequence[int] = ()) -> list[Prose]:
    """Every option: right or not, chosen or not, how many chose it, and why it is so."""
    parts = []
    for choice, number in zip_longest(choices, counts[: len(choices)]):
        sign = "✅" if choice.right else "❌" if choice.chosen else "▫️"
        words = [tr("your choice")] if choice.chosen else []
        if number is not None:
            words.append(f"{number:,}")
        told = f" *({', '.join(words)})*" if words else ""
        why = f"\n> {' '.join(choice.explanation.split())}" if choice.explanation.strip() else ""
        parts.append(Prose(f"{choice.text.strip()}{why}", f"{sign} **{choice.letter}.**{told} "))
    return parts


def challenge(card: cards.ChallengeCard, mark: str = "") -> Card:
    """A challenge with its starter, examples, Hint and Submit."""
    pieces: list[Part | Line | Sequence[Button]] = [Prose(card.prompt)]
    pieces.extend(Code(file.text, card.language, inline_code(file.name)) for file in card.starter[:6])
    for file in card.examples[:4]:
        language = "python" if file.name.endswith(".py") else "text"
        pieces.append(Code(file.text, language, f"{tr('Example')}: {inline_code(file.name)}"))
    left_out = len(card.starter[6:]) + len(card.examples[4:])
    if left_out:
        pieces.append(Prose(tr("*{files} not shown here.*", files=amount(left_out, "further file"))))
    pieces.append(actions(card.key, hints=card.hints, mark=mark))
    practice = "" if card.ranked else tr("practice: no points")
    minutes = tr("about {minutes}", minutes=amount(card.minutes, "minute")) if card.minutes else ""
    foot = (
        closing(card.closed, card.closes_at),
        tr("solved by {number}", number=f"{card.solved:,}"),
        amount(card.hints, "hint") if card.hints else "",
        inline_code(card.key),
    )
    return Card(
        heading(card.title, *_facts(card, msgid("Challenge of the day")), minutes, practice),
        GREY if card.closed else GOLD,
        list(pieces),
        " · ".join(filter(None, foot)),
    )


def actions(key: str, *, hints: int, mark: str = "", again: int = 0) -> list[Button]:
    """Submit, or Try again with the code of submission ``again``; and Hint when there are ``hints``."""
    submit = Press(Action.AGAIN, (str(again),), mark) if again else Press(Action.SUBMIT, (key,), mark)
    row = [button(tr("Try again" if again else "Submit"), submit, style=discord.ButtonStyle.primary)]
    if hints:
        row.append(button(tr("Hint"), Press(Action.HINT, (key,)), emoji="💡"))
    return row


def hint(card: cards.HintCard) -> Card:
    """One hint, private."""
    cost = tr("It takes {points} off the solution.", points=amount(card.cost, "point")) if card.cost else ""
    row = actions(card.challenge, hints=card.total - card.number)
    counted = tr("Hint {number} of {total}", number=card.number, total=card.total)
    return Card(
        f"### 💡 {counted}\n-# {plain(card.title, 150)}",
        GOLD,
        [Prose(card.text), row],
        cost,
    )


def recap(card: cards.RecapCard, mark: str = "") -> Card:
    """A round that is over: the answer, how people did, who was first."""
    told = []
    if card.choices or card.answered:
        right = {"right": f"{card.correct:,}", "answers": amount(card.answered, "answer")}
        if card.first:
            told.append(
                tr("{right} of {answers} right; **{name}** was first.", name=plain(card.first), **right)
            )
        else:
            told.append(tr("{right} of {answers} right.", **right))
    if card.submitted:
        numbers = {"solved": f"{card.solved:,}", "submitted": f"{card.submitted:,}"}
        told.append(tr("{solved} of {submitted} solved the challenge.", **numbers))
    pieces: list[Part | Line | Sequence[Button]] = [Prose(" ".join(told) or tr("Nobody answered this time."))]
    pieces.extend(reviews(card.choices, card.counts))
    if card.explanation:
        pieces += [Line(), Prose(card.explanation)]
    pieces.append([button(tr("Leaderboard"), Press(Action.BOARD, ("week", "1"), mark), emoji="🏆")])
    closed = f"**{tr('Closed')}**"
    title = card.title or tr("The round is over")
    return Card(heading(title, closed, short_date(card.local_date)), GREY, list(pieces))


def notice(card: cards.Notice) -> Card:
    """A sentence for one person, or for the channel."""
    return Card(f"### {'ℹ️' if card.ok else '⚠️'} Warmup", BLUE if card.ok else GOLD, [Prose(tr(card.text))])


def files_text(files: Sequence[SourceFile]) -> str:
    """Files as one text that the parser of submissions takes apart again."""
    if len(files) == 1:
        return files[0].text
    return "\n".join(f"# file: {file.name}\n{file.text}" for file in files)
