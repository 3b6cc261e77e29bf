"""Formats are recognised by content; folders of several formats are one bank; what is unsaid can be said."""

import json
import re
from pathlib import Path

import pytest

from bot.question_bank.formats.base import ReadOptions
from bot.question_bank.reading import read_bank

HOWTO = (Path(__file__).parents[3] / "docs" / "howto-banks.md").read_text()
TRIVIA = {"question": "Which?", "correct_answer": "a", "incorrect_answers": ["b"]}
FILES = {
    "boxes.md": ("## Which?\n- [x] a\n- [ ] b\n", "markdown"),
    "letters.md": ("## Which?\n- A: a\n- B: b\n\nAnswer: A\n", "markdown"),
    "q.csv": ("question,option 1,option 2,correct\nWhich?,a,b,1\n", "csv"),
    "trivia.json": (json.dumps({"results": [TRIVIA]}), "opentdb"),
    "ours.json": (
        '{"prompt": "Which?", "options": ["a", {"text": "b", "right": true}]}',
        "native",
    ),
    "aiken.txt": ("Which?\nA. a\nB. b\nANSWER: A\n", "aiken"),
    "quiz.txt": ("Quiz title: One\n\n1.  Which?\n*a)  a\nb)  b\n", "text2qti"),
    "gift.txt": ("Which?{=a ~b}\n", "gift"),
    "q.gift": ("Which?{T}\n", "gift"),
    "notes.txt": ("#separator:tab\n#html:false\nfront\tback\n", "anki"),
    "q.xml": ('<?xml version="1.0"?>\n<quiz><question type="cloze"/></quiz>', "moodle"),
    "list.yaml": ("Which one is it?:\n- this\n", "red"),
    "ours.yaml": ("prompt: Which?\noptions: [a, {text: b, right: true}]\n", "native"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_recognised_by_what_is_in_it(name, read_text):
    text, format_name = FILES[name]
    reading = read_text(text, name=name)
    assert reading.format == format_name
    assert {each.code for each in reading.problems} <= {"bank.unknown_type"}


@pytest.mark.parametrize(
    ("name", "text"), [("letter.txt", "Dear all,\n"), ("page.md", "# A page\n"), ("x.docx", "PK")]
)
def test_what_no_format_recognises_is_told_with_the_formats_there_are(name, text, read_text):
    (problem,) = read_text(text, name=name).problems
    assert problem.code == "bank.unknown_format"
    assert "gift" in problem.message


def test_a_folder_of_several_formats_is_one_bank(tmp_path):
    for name in ("boxes.md", "notes.txt", "q.gift"):
        (tmp_path / name).write_text(FILES[name][0])
    (tmp_path / "notes.docx").write_text("x")
    reading = read_bank(tmp_path)
    assert [found.place.file for found in reading.items] == ["boxes.md", "notes.txt", "q.gift"]
    told = [(each.file, each.code, each.is_error) for each in reading.problems]
    assert told == [("notes.docx", "bank.unknown_format", False)]


def test_equal_questions_of_two_files_are_told_and_different_ones_told_apart(tmp_path):
    (tmp_path / "a.md").write_text("## Which?\n- [x] a\n- [ ] b\n")
    (tmp_path / "b.md").write_text("## Which?\n- [x] c\n- [ ] d\n")
    (tmp_path / "c.md").write_text("## Which?\n- [x] a\n- [ ] b\n")
    reading = read_bank(tmp_path)
    assert [found.place.file for found in reading.items] == ["a.md", "b.md"]
    assert [(each.code, each.file) for each in reading.problems] == [("bank.duplicate_question", "c.md")]


def test_an_empty_folder_is_a_problem(tmp_path):
    assert [each.code for each in read_bank(tmp_path).problems] == ["bank.no_questions"]


def test_what_a_file_does_not_say_can_be_said(read_text):
    options = ReadOptions(name="mine", topic="sql", licence="MIT", author="Ann")
    reading = read_text(FILES["boxes.md"][0], name="boxes.md", options=options)
    (found,) = reading.items
    assert reading.bank.name == "mine"
    assert (found.item.meta.topic, found.item.meta.licence, found.item.meta.author) == ("sql", "MIT", "Ann")


def test_a_licence_that_is_said_does_not_replace_one_that_is_written(read_text):
    text = "prompt: Which?\nlicence: CC0-1.0\noptions: [a, {text: b, right: true}]\n"
    (found,) = read_text(text, options=ReadOptions(licence="MIT")).items
    assert found.item.meta.licence == "CC0-1.0"


def test_the_example_of_the_howto_is_a_sound_bank(tmp_path):
    page, questions = re.findall(r"^```yaml\n(.*?)^```$", HOWTO, re.DOTALL | re.MULTILINE)
    (tmp_path / "bank.yaml").write_text(page)
    (tmp_path / "joins.yaml").write_text(questions)
    reading = read_bank(tmp_path)
    assert (reading.problems, reading.bank.name, len(reading.items)) == ((), "my-bank", 1)
    assert reading.items[0].item.meta.licence == "CC-BY-4.0"
