"""Questions, answers and challenges as cards of components."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest

import discord

from bot.domain.content import Kind, SourceFile
from bot.platforms.discord.buttons import Action, Button, Press, button
from bot.platforms.discord.layout import Card, Line
from bot.platforms.discord.text import Code, Part, Prose, amount, inline_code, moment, plain
from bot.services import cards

BLUE, GREEN, RED, GREY, GOLD = 0x5865F2, 0x2E9E5B, 0xD83C3E, 0x80848E, 0xE0A100
ANSWER_TEXT = 1_000
"""Characters of typed output shown beside the real one."""

KIND_WORDS = {
    Kind.MULTIPLE_CHOICE: "Question",
    Kind.PREDICT_OUTPUT: "What does it print?",
    Kind.FLASHCARD: "Flashcard",
    Kind.FREE_TEXT: "Open question",
    Kind.CHECKLIST: "Checklist",
    Kind.CODE_STDOUT: "Challenge",
    Kind.CODE_TESTS: "Challenge",
    Kind.CODE_PROJECT: "Project",
    Kind.FIX_THE_BUG: "Fix the bug",
    Kind.WRITE_A_TEST: "Write a test",
    Kind.EXTEND: "Extend the code",
}
"""Each kind as a person reads it."""


def heading(title: str, *facts: str) -> str:
    """The card's first lines: its title, and small facts below."""
    below = " · ".join(fact for fact in facts if fact)
    return f"### {plain(title, 150)}" + (f"\n-# {below}" if below else "")


def closing(closed: bool, at: datetime | None) -> str:
    """When a round is over, in the reader's own words and zone."""
    if closed:
        return "closed"
    return f"closes {moment(at)}" if at is not None else ""


def _facts(card: cards.QuestionCard | cards.ChallengeCard, daily: str) -> tuple[str, ...]:
    return (
        f"**{daily}**" if card.local_date else f"**{KIND_WORDS[card.kind]}**",
        f"{card.local_date:%a} {card.local_date.day} {card.local_date:%b}" if card.local_date else "",
        plain(card.topic, 40),
        card.difficulty.value,
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
        heading(card.title, *_facts(card, "Question of the day")),
        GREY if card.closed else BLUE,
        list(pieces),
        " · ".join(filter(None, (amount(card.answered, "answer"), closing(card.closed, card.closes_at)))),
    )


def _ways_to_answer(card: cards.QuestionCard, mark: str) -> list[Button]:
    posting, off, primary = str(card.posting), card.closed, discord.ButtonStyle.primary
    if not card.choices:
        press = Press(Action.TYPE, (posting,), mark)
        return [button("Type what it prints", press, style=primary, disabled=off)]
    if card.several:
        press = Press(Action.CHOOSE, (posting,), mark)
        return [button("Choose all that are right", press, style=primary, disabled=off)]
    return [
        button(choice.letter, Press(Action.ANSWER, (posting, choice.letter), mark), disabled=off)
        for choice in card.choices
    ]


def answer(card: cards.AnswerCard) -> Card:
    """The private result, with the reasons for every option that has one."""
    if card.repeated:
        told = f"Your first answer stands: {'right' if card.correct else 'not right'}"
    elif card.correct:
        told = f"Right, +{amount(card.points, 'point')}" if card.points else "Right"
    else:
        told = "Not right this time"
    pieces: list[Part | Line | Sequence[Button]] = []
    if card.typed:
        pieces.append(Code(card.typed[:ANSWER_TEXT], "text", "**You said**"))
    if card.expected_output:
        pieces.append(Code(card.expected_output, "text", "**It prints**"))
    pieces.extend(reviews(card.choices))
    if card.explanation:
        pieces += [Line(), Prose(card.explanation)]
    if card.note:
        pieces.append(Prose(card.note))
    pieces.append([button("Another question", Press(Action.QUIZ))])
    sign = "✅" if card.correct else "❌"
    streak = f"🔥 streak: {amount(card.streak, 'day')}" if card.streak else ""
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
        words = ["your choice"] if choice.chosen else []
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
        pieces.append(Code(file.text, language, f"Example: {inline_code(file.name)}"))
    left_out = len(card.starter[6:]) + len(card.examples[4:])
    if left_out:
        pieces.append(Prose(f"*{amount(left_out, 'further file')} not shown here.*"))
    pieces.append(actions(card.key, hints=card.hints, mark=mark))
    practice = "" if card.ranked else "practice: no points"
    minutes = f"about {amount(card.minutes, 'minute')}" if card.minutes else ""
    foot = (
        closing(card.closed, card.closes_at),
        f"solved by {card.solved:,}",
        amount(card.hints, "hint") if card.hints else "",
        inline_code(card.key),
    )
    return Card(
        heading(card.title, *_facts(card, "Challenge of the day"), minutes, practice),
        GREY if card.closed else GOLD,
        list(pieces),
        " · ".join(filter(None, foot)),
    )


def actions(key: str, *, hints: int, mark: str = "", again: int = 0) -> list[Button]:
    """Submit, or Try again with the code of submission ``again``; and Hint when there are ``hints``."""
    submit = Press(Action.AGAIN, (str(again),), mark) if again else Press(Action.SUBMIT, (key,), mark)
    row = [button("Try again" if again else "Submit", submit, style=discord.ButtonStyle.primary)]
    if hints:
        row.append(button("Hint", Press(Action.HINT, (key,)), emoji="💡"))
    return row


def hint(card: cards.HintCard) -> Card:
    """One hint, private."""
    cost = f"It takes {amount(card.cost, 'point')} off the solution." if card.cost else ""
    row = actions(card.challenge, hints=card.total - card.number)
    return Card(
        f"### 💡 Hint {card.number} of {card.total}\n-# {plain(card.title, 150)}",
        GOLD,
        [Prose(card.text), row],
        cost,
    )


def recap(card: cards.RecapCard, mark: str = "") -> Card:
    """A round that is over: the answer, how people did, who was first."""
    told = []
    if card.choices or card.answered:
        first = f"; **{plain(card.first)}** was first" if card.first else ""
        told.append(f"{card.correct:,} of {amount(card.answered, 'answer')} right{first}.")
    if card.submitted:
        told.append(f"{card.solved:,} of {card.submitted:,} solved the challenge.")
    pieces: list[Part | Line | Sequence[Button]] = [Prose(" ".join(told) or "Nobody answered this time.")]
    pieces.extend(reviews(card.choices, card.counts))
    if card.explanation:
        pieces += [Line(), Prose(card.explanation)]
    pieces.append([button("Leaderboard", Press(Action.BOARD, ("week", "1"), mark), emoji="🏆")])
    day = f"{card.local_date:%a} {card.local_date.day} {card.local_date:%b}"
    return Card(heading(card.title or "The round is over", "**Closed**", day), GREY, list(pieces))


def notice(card: cards.Notice) -> Card:
    """A sentence for one person, or for the channel."""
    return Card(f"### {'ℹ️' if card.ok else '⚠️'} Warmup", BLUE if card.ok else GOLD, [Prose(card.text)])


def files_text(files: Sequence[SourceFile]) -> str:
    """Files as one text that the parser of submissions takes apart again."""
    if len(files) == 1:
        return files[0].text
    return "\n".join(f"# file: {file.name}\n{file.text}" for file in files)
