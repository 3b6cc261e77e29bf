"""The services' cards as messages: questions, challenges, hints, receipts, notices, help.

``cards_results`` has what comes after: verdicts, boards, streaks, recaps.
"""

from __future__ import annotations

from datetime import date

from bot.domain.content import Kind, SourceFile
from bot.domain.wording import count
from bot.platforms.slack import actions as does
from bot.platforms.slack.blocks import (
    Block,
    Card,
    Element,
    actions,
    button,
    card,
    code_block,
    context,
    header,
    moment,
    plain,
    rich,
    section,
    span,
    words,
)
from bot.platforms.slack.markdown import elements, markdown, spans
from bot.services import cards

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


def day_text(day: date) -> str:
    """A challenge day, which belongs to its channel and to no reader's zone: ``Mon 3 Nov``."""
    return f"{day:%a} {day.day} {day:%b}"


def facts(item: cards.QuestionCard | cards.ChallengeCard, kind: str) -> Block:
    """The line above a prompt."""
    told = [kind, item.topic, str(item.difficulty), count(item.points, "point")]
    if isinstance(item, cards.ChallengeCard):
        told += [f"about {count(item.minutes, 'minute')}"] if item.minutes else []
        told += [] if item.ranked else ["practice: no points"]
    told += [day_text(item.local_date)] if item.local_date else []
    return context(" · ".join(told))


def closing(item: cards.QuestionCard | cards.ChallengeCard) -> str | Element:
    """When the round ends, or that it has; empty without a round."""
    if item.closed:
        return "Closed"
    return moment("Open until", item.closes_at) if item.closes_at else ""


def question(item: cards.QuestionCard) -> Card:
    """A question with lettered buttons, boxes to tick when several are right, or a dialog to type in."""
    kind = "Question of the day" if item.local_date else KIND_WORDS[item.kind]
    body = elements(item.prompt)
    if item.program:
        body.append(code_block(item.program))
    for choice in item.choices:
        body.append(section(span(f"\n{choice.letter}  ", bold=True), *spans(choice.text)))
    answered = f"{count(item.answered, 'answer')}" if item.answered else ""
    return card(
        f"{kind}: {item.title}",
        header(item.title),
        facts(item, kind),
        rich(*body) if body else None,
        None if item.closed else _controls(item),
        context(closing(item), answered) if closing(item) or answered else None,
    )


def _controls(item: cards.QuestionCard) -> Block:
    letters = [choice.letter for choice in item.choices]
    if not letters:
        return actions(button("Type the output", does.type_output(item.posting), style="primary"))
    if not item.several:
        return actions(*(button(letter, does.answer(item.posting, letter)) for letter in letters))
    boxes = {
        "type": "checkboxes",
        "action_id": does.tick(item.posting),
        "options": [{"text": plain(letter, 75), "value": letter} for letter in letters[:10]],
    }
    confirm = button("Confirm", does.confirm(item.posting), style="primary")
    return actions(boxes, confirm, block_id=does.ticks_block(item.posting))


def review(choices: tuple[cards.ChoiceReview, ...]) -> list[Element]:
    """Every option with its mark and its explanation."""
    made = []
    for choice in choices:
        mark = "✅" if choice.right else "❌" if choice.chosen else "▫️"
        yours = "  (your choice)" if choice.chosen else ""
        runs = [span(f"{mark} {choice.letter}  ", bold=True), *spans(choice.text), span(yours, italic=True)]
        if choice.explanation:
            runs += [span("\n"), *spans(choice.explanation)]
        made.append(section(*(run for run in runs if run["text"] != "\u200b"), span("\n")))
    return made


def answer(item: cards.AnswerCard) -> Card:
    """The private result of an answer."""
    if item.repeated:
        verdict = f"Your first answer stands: {'right' if item.correct else 'not right'}"
    elif item.correct:
        verdict = f"✅ Right, +{count(item.points, 'point')}" if item.points else "✅ Right"
    else:
        verdict = "❌ Not right this time"
    body: list[Element] = []
    if item.typed:
        body += [section(span("You said", bold=True)), code_block(item.typed)]
    if item.expected_output:
        body += [section(span("It prints", bold=True)), code_block(item.expected_output)]
    body += review(item.choices)
    body += elements(item.explanation)
    small = [item.note, f"🔥 Streak: {count(item.streak, 'day')}" if item.streak else ""]
    return card(
        f"{verdict}: {item.title}",
        words(verdict, bold=True),
        context(item.title),
        rich(*body) if body else None,
        context(*small) if any(small) else None,
    )


def challenge(item: cards.ChallengeCard) -> Card:
    """A challenge with its starter code, its examples and a button that opens the dialog."""
    kind = "Challenge of the day" if item.local_date else KIND_WORDS[item.kind]
    body = elements(item.prompt)
    for file in item.starter:
        body += titled(file)
    for file in item.examples:
        body += titled(file, "Example: ")
    controls = [button("Submit code", does.submit(item.key), style="primary")]
    if item.hints:
        controls.append(button("Hint", does.hint(item.key)))
    numbers = [f"solved by {item.solved}"]
    numbers += [count(item.hints, "hint")] if item.hints else []
    return card(
        f"{kind}: {item.title}",
        header(item.title),
        facts(item, kind),
        rich(*body) if body else None,
        actions(*controls),
        context(closing(item), " · ".join(numbers), item.key),
    )


def titled(file: SourceFile, before: str = "") -> list[Element]:
    """A file under its name."""
    return [section(span(f"\n{before}"), span(file.name, code=True)), code_block(file.text)]


def hint(item: cards.HintCard) -> Card:
    """One hint, private."""
    title = f"💡 Hint {item.number} of {item.total}"
    controls = [button("Submit code", does.submit(item.challenge))]
    if item.number < item.total:
        controls.insert(0, button("Next hint", does.hint(item.challenge)))
    cost = f"It takes {count(item.cost, 'point')} off the solution." if item.cost else ""
    return card(
        f"{title}: {item.title}",
        words(title, bold=True),
        context(item.title),
        markdown(item.text),
        actions(*controls),
        context(cost) if cost else None,
    )


def receipt(item: cards.Receipt) -> Card:
    """Said at once; the verdict follows as a message of its own."""
    ahead = (
        f"{count(item.waiting, 'submission')} ahead in the queue." if item.waiting else "Next in the queue."
    )
    title = f"⏳ Grading your code: {item.title}, attempt {item.attempt}"
    return card(
        title,
        words(title, bold=True),
        words(item.note) if item.note else None,
        context(f"{ahead} The verdict follows here."),
    )


def notice(item: cards.Notice) -> Card:
    """A sentence for one person, with the code in it shown as code."""
    return card(item.text, markdown(item.text) or words(item.text))


def help_(item: cards.HelpCard, rows: tuple[tuple[str, str], ...]) -> Card:
    """What the bot can do; ``rows`` are this platform's commands: how to type each, and what it does."""
    listed = [section(span(usage, code=True), span(f"  {summary}\n")) for usage, summary in rows]
    return card("What Warmup can do", markdown(item.intro), rich(*listed))
