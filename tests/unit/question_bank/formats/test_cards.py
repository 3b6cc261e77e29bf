"""Anki notes and decks, Red's trivia lists, Aiken."""

import json
import sqlite3
import zipfile

import pytest

from bot.domain.content import Kind
from bot.question_bank.reading import read_bank


def cards(reading):
    return [(found.item.prompt, found.item.answer, found.item.explanation) for found in reading.items]


def codes(reading):
    return [(each.code, each.line) for each in reading.problems]


def test_notes_as_text(read_text):
    text = (
        "#separator:tab\n#html:true\n#tags column:3\n"
        '<b>What</b> is &lt;?\t"less, ""or"" so\nand on"\tops math\n'
        "Next\tback\t\n"
    )
    reading = read_text(text, name="notes.txt")
    assert cards(reading) == [("**What** is <?", 'less, "or" so\nand on', ""), ("Next", "back", "")]
    assert reading.items[0].item.meta.tags == ("ops", "math")
    assert [found.place.line for found in reading.items] == [4, 6]


def test_plain_notes_keep_their_angle_brackets(read_text):
    assert cards(read_text("#separator:semicolon\n#html:false\nlist<int>;a <b> c\n", name="notes.txt")) == [
        ("list<int>", "a <b> c", "")
    ]


def test_cloze_notes_make_a_card_for_each_gap(read_text):
    text = "#separator:tab\n#html:true\n{{c1::WHERE}} filters rows, {{c2::HAVING::keyword}} groups\tExtra\n"
    assert cards(read_text(text, name="notes.txt")) == [
        ("[...] filters rows, HAVING groups", "WHERE filters rows, HAVING groups", "Field 2: Extra"),
        ("WHERE filters rows, [keyword] groups", "WHERE filters rows, HAVING groups", "Field 2: Extra"),
    ]


def test_sounds_pictures_and_empty_backs_are_told(read_text):
    text = '#separator:tab\n#html:true\n[sound:a.mp3]\tb\n"<img src=""a.png"">"\tb\nfront\t\nfine\tcard\n'
    reading = read_text(text, name="notes.txt")
    assert len(reading.items) == 1
    assert codes(reading) == [("bank.sound", 3), ("bank.picture", 4), ("bank.missing_answer", 5)]


@pytest.fixture
def deck(tmp_path):
    def collection(notes):
        path = tmp_path / "collection"
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE col (models TEXT)")
            fields = [{"name": "Front"}, {"name": "Back"}, {"name": "Source"}]
            connection.execute("INSERT INTO col VALUES (?)", [json.dumps({"1": {"flds": fields}})])
            connection.execute(
                "CREATE TABLE notes (id INTEGER, guid TEXT, mid INTEGER, tags TEXT, flds TEXT)"
            )
            rows = [
                (number, f"g{number}", 1, " sql ", "\x1f".join(note)) for number, note in enumerate(notes)
            ]
            connection.executemany("INSERT INTO notes VALUES (?, ?, ?, ?, ?)", rows)
        connection.close()
        return path.read_bytes()

    def make(members):
        path = tmp_path / "deck.apkg"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content if isinstance(content, bytes) else collection(content))
        return read_bank(path)

    return make


def test_a_deck_is_read_from_its_newer_collection(deck):
    reading = deck(
        {
            "collection.anki2": [("Please update", "to the latest Anki version", "")],
            "collection.anki21": [("What is <i>NULL</i>?", "unknown", "a book")],
        }
    )
    assert cards(reading) == [("What is *NULL*?", "unknown", "Source: a book")]
    assert reading.items[0].item.meta.tags == ("sql",)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"collection.anki21b": b"zstd", "collection.anki2": b""}, "archive"),
        ({"media": b"{}"}, "archive"),
        ({"collection.anki2": b"not a database" * 100}, "archive"),
        ({"collection.anki2": b"", "../../evil": b"x"}, "archive"),
        ({"collection.anki2": b"\0" * 20_000_000}, "too_large"),
    ],
    ids=["newest format", "no collection", "broken", "zip-slip", "bomb"],
)
def test_decks_that_are_refused(deck, members, code):
    reading = deck(members)
    assert [each.code for each in reading.problems] == [f"bank.{code}"]


RED = """\
AUTHOR: Ann
CONFIG:
  delay: 5
Is the answer to this question yes?:
- Yes
What is one point zero?:
- 1.0
- one
"Which sign: a colon?":
- ":"
What is one point zero?:
- 1
A question without answers?:
"""


def test_red_lists_become_cards_whose_answers_stay_as_typed(read_text):
    reading = read_text(RED, name="list.yaml")
    assert reading.format == "red"
    assert cards(reading) == [
        ("Is the answer to this question yes?", "Yes", ""),
        ("What is one point zero?", "- 1.0\n- one", ""),
        ("Which sign: a colon?", ":", ""),
    ]
    assert {found.item.meta.author for found in reading.items} == {"Ann"}
    assert codes(reading) == [("bank.duplicate_question", 11), ("bank.missing_answer", 13)]


def test_aiken(read_text):
    text = (
        "Which is\nit?\nA. one\nB) two\nANSWER: B\n\nNo answer?\nA. x\nB. y\n\nNext?\nA. a\nB. b\nANSWER: C\n"
    )
    reading = read_text(text, name="q.txt")
    assert reading.format == "aiken"
    (found,) = reading.items
    assert (found.item.kind, found.item.prompt, found.item.right) == (
        Kind.MULTIPLE_CHOICE,
        "Which is\nit?",
        {1},
    )
    assert codes(reading) == [("bank.missing_answer", 7), ("bank.unknown_answer", 11)]
