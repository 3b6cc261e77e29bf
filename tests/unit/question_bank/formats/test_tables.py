"""CSV and XLSX, as people and programs write them."""

import openpyxl
import pytest

from bot.question_bank.formats.base import ReadOptions
from bot.question_bank.reading import read_bank

HEAD = "question,option 1,option 2,option 3,correct,explanation\n"
KAHOOT = [
    "Question - max 120 characters",
    *(f"Answer {number} - max 75 characters" for number in range(1, 5)),
    "Time limit (sec)",
    "Correct answer(s) - choose at least one",
]


def right(read_text, said, options="a,b,c"):
    reading = read_text(f'{HEAD}Which?,{options},"{said}",\n', name="q.csv")
    return sorted(reading.items[0].item.right) if reading.items else reading.problems[0].code


@pytest.mark.parametrize(
    ("said", "expected"),
    [("2", [1]), ("1,3", [0, 2]), ("1;3", [0, 2]), ("B", [1]), ("a, c", [0, 2]), ("b", [1])],
)
def test_right_answers_by_number_letter_or_text(read_text, said, expected):
    assert right(read_text, said) == expected


@pytest.mark.parametrize("said", ["4", "0", "", "none of them", "1.3", "9" * 5_000])
def test_what_names_no_option_is_refused(read_text, said):
    assert right(read_text, said) == "bank.unknown_answer"


def test_a_number_that_is_also_anothers_text_is_not_guessed(read_text):
    assert right(read_text, "2", "3,1,2") == "bank.unknown_answer"
    assert right(read_text, "2", "1,2,3") == [1]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_delimiters_line_ends_and_byte_order_marks(read_text, delimiter, newline, encoding):
    rows = ["question/option 1/option 2/correct", '"What,;|\n is ""it""?"/ä/b/1', "Next?/a/b/2"]
    data = newline.join(rows).replace("/", delimiter).encode(encoding)
    first, second = read_text(data, name="q.csv").items
    assert first.item.prompt == 'What,;|\n is "it"?'
    assert (first.item.options[0].text, first.item.right) == ("ä", {0})
    assert (first.place.line, second.place.line) == (2, 4)


def test_a_mapping_names_columns_that_are_called_otherwise(read_text):
    options = ReadOptions(
        columns={
            "question": "Frage",
            "option1": "Erste",
            "option2": "Zweite",
            "correct": "Lösung",
            "topic": "Thema",
        }
    )
    (found,) = read_text(
        "Frage;Erste;Zweite;Lösung;Thema\nWas?;a;b;2;SQL\n", name="q.csv", options=options
    ).items
    assert (found.item.right, found.item.meta.topic) == ({1}, "SQL")


def test_missing_headings_say_what_is_wanted(read_text):
    (problem,) = read_text("a,b\n1,2\n", name="q.csv").problems
    assert problem.code == "bank.no_header"


def test_columns_that_mean_nothing_are_told(read_text):
    reading = read_text("question,option 1,option 2,correct,Owner\nWhich?,a,b,1,Ann\n", name="q.csv")
    assert [(each.code, each.is_error) for each in reading.problems] == [("bank.unknown_column", False)]


def test_udemy(read_text):
    head = "Question,Question Type," + ",".join(f"Answer Option {n},Explanation {n}" for n in range(1, 4))
    text = f"{head},Correct Answers,Overall Explanation,Domain\n"
    text += 'Which?,multi-select,2,x,3,,1,z,"1,3",Since.,SQL\n'
    (found,) = read_text(text, name="udemy.csv").items
    assert [(option.text, option.correct, option.explanation) for option in found.item.options] == [
        ("2", True, "x"),
        ("3", False, ""),
        ("1", True, "z"),
    ]
    assert (found.item.explanation, found.item.meta.topic) == ("Since.", "SQL")


def test_other_question_types_are_reported(read_text):
    text = (
        "Question Text,Question Type,Option 1,Option 2,Correct Answer,Time in seconds\nSay,Open-Ended,,,,30\n"
    )
    text += "Which?,Multiple Choice,3,1,2,30\n"
    reading = read_text(text.replace("Say,Open-Ended,,", "Say,Open-Ended,a,b"), name="quizizz.csv")
    assert [each.code for each in reading.problems if each.is_error] == ["bank.unknown_type"]
    assert reading.items[0].item.right == {1}


def test_an_unclosed_quote_is_told_with_its_line(read_text):
    reading = read_text(HEAD + 'Which?,a,b,c,1,\nNext?,"a,b,c,1,\n', name="q.csv")
    assert [(each.code, each.line) for each in reading.problems] == [("bank.csv_syntax", 3)]


@pytest.fixture
def workbook(tmp_path):
    def make(rows, name="q.xlsx"):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(tmp_path / name)
        return read_bank(tmp_path / name)

    return make


def test_kahoots_header_in_row_8_and_numbered_empty_rows(workbook):
    rows = [[], ["", "Quiz template"], *[[""]] * 5, ["", *KAHOOT]]
    rows += [[1, "Which?", "a", "b", "c", "d", 20, "1,3"], [2, "How many?", 4, 3, 2, 1, 20, 2]]
    rows += [[number] for number in range(3, 101)]
    reading = workbook(rows)
    assert [(found.place.line, sorted(found.item.right)) for found in reading.items] == [
        (9, [0, 2]),
        (10, [1]),
    ]
    assert [option.text for option in reading.items[1].item.options] == ["4", "3", "2", "1"]


def test_cells_keep_what_was_typed(workbook):
    (found,) = workbook([HEAD.strip().split(","), ["Which?", True, 2.0, 1.5, "A", ""]]).items
    assert [option.text for option in found.item.options] == ["TRUE", "2", "1.5"]


def test_a_broken_workbook_is_refused(read_text):
    (problem,) = read_text(b"PK\x03\x04 nothing", name="q.xlsx").problems
    assert problem.code == "bank.archive"


@pytest.mark.parametrize("heading", ["licence", "License"])
@pytest.mark.parametrize("carried", ["", '"{""licence"": ""MIT"", ""author"": ""Bo""}"'])
def test_each_row_may_name_its_author_and_licence(read_text, heading, carried):
    table = f"question,option 1,option 2,correct,author,{heading},warmup\n"
    rows = f"One?,a,b,1,Ada,CC-BY-4.0,{carried}\nTwo?,a,b,1,,,\n"
    reading = read_text(table + rows, name="q.csv", options=ReadOptions(licence="CC0-1.0", author="All"))
    assert [(each.item.meta.author, each.item.meta.licence) for each in reading.items] == [
        ("Ada", "CC-BY-4.0"),
        ("All", "CC0-1.0"),
    ]
    assert not reading.problems


def test_a_workbook_names_authors_and_licences_too(workbook):
    reading = workbook(
        [
            ["question", "option 1", "option 2", "correct", "author", "license"],
            ["Q?", "a", "b", 1, "Ada", "MIT"],
        ]
    )
    assert (reading.items[0].item.meta.author, reading.items[0].item.meta.licence) == ("Ada", "MIT")
