"""A question or challenge as a panel for admins: with its answer, and where it is from."""

from __future__ import annotations

from bot.domain.content import Challenge, Question
from bot.services.panels import Block, Code, Facts, Panel, Press, Prose, Tone
from bot.services.records import StoredItem

PREVIEW, FLAG, VOID, DISMISS = "question.preview", "question.flag", "question.void", "question.dismiss"
"""Names of the presses of ``bot.services.questions``; each takes the question's number."""


def void_press(stored: StoredItem) -> Press:
    """Asks for the reason, then sets the question aside."""
    about = (str(stored.question),)
    return Press(label="Set aside…", name=VOID, arguments=about, tone=Tone.BAD, asks=True)


def preview_press(stored: StoredItem) -> Press:
    """Shows the question with its answer."""
    return Press(label="Look at it", name=PREVIEW, arguments=(str(stored.question),))


def preview(stored: StoredItem) -> Panel:
    """A question or challenge with everything its author wrote for people, and where it is from."""
    item, meta = stored.item, stored.item.meta
    facts = (
        ("Bank", f"{stored.bank}/{meta.key}"),
        ("Topic", f"{meta.topic}, {meta.difficulty}"),
        ("Version", str(stored.number)),
        ("Author", meta.author or "not stated"),
        ("Licence", meta.licence or "not stated"),
    )
    blocks: list[Block] = [Facts(facts), Prose(item.prompt)]
    blocks += _of_question(item) if isinstance(item, Question) else _of_challenge(item)
    blocks += [Prose(f"**Hint {number}** {hint}") for number, hint in enumerate(meta.hints, 1)]
    if item.explanation:
        blocks.append(Prose(item.explanation))
    flag = Press(label="Flag", name=FLAG, arguments=(str(stored.question),), asks=True)
    return Panel(
        title=meta.title, blocks=tuple(blocks), presses=((flag, void_press(stored)),), replaces=False
    )


def _of_question(question: Question) -> list[Block]:
    blocks: list[Block] = [Code(question.program, "python")] if question.program else []
    for option in question.options:
        why = f"\n> {' '.join(option.explanation.split())}" if option.explanation else ""
        blocks.append(Prose(f"{'✅' if option.correct else '▫️'} {option.text}{why}"))
    if question.expected_output is not None:
        blocks.append(Code(question.expected_output))
    if question.answer:
        blocks.append(Prose(question.answer))
    blocks += [Prose(f"- {point}") for point in question.rubric]
    return blocks


def _of_challenge(challenge: Challenge) -> list[Block]:
    blocks: list[Block] = [Code(file.text, challenge.language) for file in challenge.starter]
    if challenge.references:
        blocks.append(Prose("**A solution**"))
        blocks += [Code(file.text, challenge.language) for file in challenge.references[0].files]
    counts = (("Test files", str(len(challenge.tests))), ("Runs", str(len(challenge.cases))))
    return [*blocks, Facts(tuple(pair for pair in counts if pair[1] != "0"))]
