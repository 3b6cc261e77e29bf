"""How review looks: the overview, a card's front and back, and what to say when nothing is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from fsrs import Rating

from bot.domain.content import Kind
from bot.domain.options import LETTERS, chosen_positions
from bot.domain.picking import point
from bot.domain.reviewing import RATINGS, Memory, span_words
from bot.domain.wording import count
from bot.services.learning.drawing import asked, explained, in_rows, letters
from bot.services.learning.records import Deck, Habit, Origin, ReviewCard
from bot.services.panels import Block, Facts, Form, Input, Panel, Press, Prose, Table, Tone

MOST_DECKS = 10
"""Topics that get a button."""
TITLE = "Review"
WHERE_FROM = {Origin.MISTAKE: "you got this one wrong", Origin.FLASHCARD: "flashcard"}


def deck_mark(topic: str | None) -> str:
    """A topic as a button carries it: a number, whatever the topic is called; empty for all."""
    return str(point("deck", topic)) if topic is not None else ""


def overview(member: int, decks: Sequence[Deck], habit: Habit, reviewed: int) -> Panel:
    """What is due, by topic, and what can be done about it."""
    due = sum(deck.due for deck in decks)
    cards = sum(deck.cards for deck in decks)
    left = max(0, habit.reviews_a_day - reviewed)
    later = [deck.next_due_at for deck in decks if deck.next_due_at is not None]
    blocks: list[Block] = [Prose(_state(due, cards, left))]
    if decks:
        rows = tuple((deck.topic, str(deck.due), str(deck.cards)) for deck in decks)
        blocks.append(Table(("Topic", "Due", "Cards"), rows, frozenset({1, 2})))
    facts: list[tuple[str, str | datetime]] = [("Reviewed today", f"{reviewed} of {habit.reviews_a_day}")]
    if later:
        facts.append(("Next card due", min(later)))
    facts.append(("Reminder", _reminder(habit)))
    blocks.append(Facts(tuple(facts)))
    start = Press(
        label=f"Review {min(due, left)} now" if due and left else "Review",
        name="review.next",
        arguments=(str(member), ""),
        tone=Tone.MAIN,
        disabled=not (due and left),
    )
    topics = [
        Press(
            label=f"{deck.topic[:60]} ({deck.due})",
            name="review.next",
            arguments=(str(member), deck_mark(deck.topic)),
        )
        for deck in decks
        if deck.due and left
    ][:MOST_DECKS]
    return Panel(
        title=TITLE,
        blocks=tuple(blocks),
        presses=(
            (start, Press(label="Settings", name="review.settings", arguments=(str(member),), asks=True)),
            *(in_rows(topics) if len(topics) > 1 else ()),
            *(((stop_press(member),),) if habit.remind_at else ()),
        ),
        footer="Questions you get wrong come here by themselves, when you are about to forget them.",
    )


def stop_press(member: int) -> Press:
    """The one tap that ends reminders."""
    return Press(label="Stop reminders", name="review.stop", arguments=(str(member),))


def _state(due: int, cards: int, left: int) -> str:
    if not cards:
        return (
            "Your deck is empty. Answer questions with `/quiz`: those you get wrong come back here, "
            "and flashcards are added a few a day."
        )
    if due and not left:
        return f"That is enough for today. **{count(due, 'card')}** can wait until tomorrow."
    if due:
        return f"**{count(due, 'card')}** {'is' if due == 1 else 'are'} due."
    return "Nothing is due. Well remembered!"


def _reminder(habit: Habit) -> str:
    if habit.remind_at is None:
        return "off"
    return f"daily at {habit.remind_at:%H:%M} ({habit.zone}), when cards are due"


def front(card: ReviewCard, deck: str, left: int, said: str = "") -> Panel:
    """The question alone."""
    question = card.stored.as_question
    base = (str(card.id), str(card.reviews), deck)
    presses: list[tuple[Press, ...]] = []
    if question.options:
        presses += in_rows(
            [
                Press(label=letter, name="review.flip", arguments=(*base, letter))
                for letter in letters(question)
            ]
        )
    turn = Press(label="Show the answer", name="review.flip", arguments=base, tone=Tone.MAIN)
    if question.kind is Kind.PREDICT_OUTPUT and not question.options:
        typed = Press(label="Type the output", name="review.type", arguments=base, asks=True, tone=Tone.MAIN)
        presses.append((typed, Press(label="Show the answer", name="review.flip", arguments=base)))
    else:
        presses.append((turn,))
    return Panel(
        title=f"Review: {question.meta.topic}",
        blocks=(*((Prose(said),) if said else ()), *asked(question, card.id)),
        presses=tuple(presses),
        footer=f"{WHERE_FROM[card.origin]} · {count(left, 'card')} to go".capitalize(),
    )


def back(
    card: ReviewCard,
    deck: str,
    choices: Mapping[Rating, Memory],
    now: datetime,
    *,
    letter: str = "",
    typed: str = "",
    right: bool | None = None,
) -> Panel:
    """The answer, and the four buttons with when the card would come back. ``right``: None when not asked."""
    question = card.stored.as_question
    chosen = (
        chosen_positions(question, card.id, frozenset({letter})) if letter in LETTERS and letter else None
    )
    likely = Rating.Again if right is False else Rating.Good
    rate = tuple(
        Press(
            label=f"{label} · {span_words(choices[rating].due_at - now)}",
            name="review.rate",
            arguments=(str(card.id), str(card.reviews), deck, str(int(rating))),
            tone=Tone.MAIN if rating is likely else Tone.PLAIN,
        )
        for rating, label in RATINGS.items()
    )
    drop = Press(label="Never again", name="review.drop", arguments=(str(card.id), deck))
    verdict = {True: "Right. ", False: "Not this time. ", None: ""}[right]
    return Panel(
        title=f"Review: {question.meta.topic}",
        blocks=(
            *explained(question, card.id, chosen or frozenset(), typed),
            Prose(f"**{verdict}How well did you know it?**"),
        ),
        presses=(rate, (drop, Press(label="Overview", name="review.home", arguments=(str(card.member),)))),
        tone={True: Tone.GOOD, False: Tone.BAD, None: Tone.PLAIN}[right],
        footer="Each button says when the card comes back.",
    )


def finished(member: int, said: str, reviewed: int, due: int, next_due_at: datetime | None) -> Panel:
    """Nothing more to show now."""
    capped = "That is your bound for today; the rest can wait until tomorrow." if due else "All done for now."
    facts: list[tuple[str, str | datetime]] = [("Reviewed today", str(reviewed))]
    if next_due_at is not None and not due:
        facts.append(("Next card due", next_due_at))
    return Panel(
        title=TITLE,
        blocks=(Prose(f"{said} {capped}".strip()), Facts(tuple(facts))),
        presses=((Press(label="Overview", name="review.home", arguments=(str(member),)),),),
        tone=Tone.GOOD,
    )


def reminder(member: int, due: int) -> Panel:
    """A direct message at the member's own hour."""
    return Panel(
        title=f"{count(due, 'card')} to review",
        blocks=(Prose("A few minutes now keep them from being forgotten."),),
        presses=(
            (
                Press(label="Review", name="review.next", arguments=(str(member), ""), tone=Tone.MAIN),
                stop_press(member),
            ),
        ),
        footer="You asked for this with /review. One tap stops it.",
        replaces=False,
    )


def settings_form(habit: Habit) -> Form:
    """How much a day, and when to be reminded."""
    return Form(
        title="How you review",
        inputs=(
            Input(name="cards", label="Reviews a day, at most", value=str(habit.reviews_a_day), most=3),
            Input(name="new", label="New flashcards a day, at most", value=str(habit.new_a_day), most=3),
            Input(
                name="remind",
                label="Remind me daily at (empty: never)",
                value=f"{habit.remind_at:%H:%M}" if habit.remind_at else "",
                hint="19:30",
                required=False,
                most=5,
            ),
            Input(name="zone", label="Your time zone", value=habit.zone, hint="Europe/Berlin", most=60),
        ),
        send="Keep",
    )
