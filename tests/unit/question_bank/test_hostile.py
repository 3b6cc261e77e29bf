"""Files made to break a reader: each is refused, or read, in bounded time and without an exception."""

import json
import random
import string
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.question_bank.checks.static import check_static
from bot.question_bank.formats.collector import from_html
from bot.question_bank.reading import format_names, read_bank

SUFFIXES = {
    "markdown": ".md",
    "anki": ".txt",
    "apkg": ".apkg",
    "csv": ".csv",
    "xlsx": ".xlsx",
    "opentdb": ".json",
    "aiken": ".txt",
    "text2qti": ".txt",
    "gift": ".gift",
    "jsonl": ".jsonl",
    "moodle": ".xml",
    "red": ".yaml",
    "native": ".yaml",
}
PIECES = [
    *string.printable,
    *[
        "- [x] ",
        "- [ ]",
        "## Q1. ",
        "```",
        "~~~",
        "{=a ~b}",
        "::",
        "####",
        "ANSWER: A\n",
        "A. x\n",
        "%50%",
        "\\",
        "\n  ",
        "&a ",
        "*a",
        "!!x ",
        "{{c1::x}}",
    ],
    *[
        "<quiz>",
        "</quiz>",
        "<question type='multichoice'>",
        "</question>",
        "<![CDATA[",
        "]]>",
        "\u2028",
        "\x00",
        "é",
        "😀",
    ],
    *[
        "question,option 1,option 2,correct\n",
        "#separator:tab\n",
        "\t",
        '"',
        "key: ",
        "- ",
        '{"question": ',
        "[",
    ],
]


def test_every_format_of_one_file_is_fuzzed():
    assert set(SUFFIXES) | {"exercism"} == set(format_names())


@pytest.mark.parametrize("name", SUFFIXES)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_no_text_makes_a_reader_stumble(name, text, tmp_path_factory):
    path = tmp_path_factory.mktemp("fuzz") / f"q{SUFFIXES[name]}"
    path.write_text(text, encoding="utf-8")
    reading = read_bank(path, name)
    assert reading.items or reading.problems
    assert all(each.message and each.code.startswith("bank.") for each in reading.problems)


@pytest.mark.parametrize("name", SUFFIXES)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=400))
def test_no_bytes_make_a_reader_stumble(name, data, tmp_path_factory):
    path = tmp_path_factory.mktemp("fuzz") / f"q{SUFFIXES[name]}"
    path.write_bytes(data)
    reading = read_bank(path, name)
    assert reading.items or reading.problems


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("markdown", "- [ ] a\n"),
        ("markdown", "**a "),
        ("markdown", "> "),
        ("gift", "{"),
        ("gift", "\\"),
        ("gift", "[tag:"),
        ("gift", "a ~=b# {} "),
        ("csv", '"'),
        ("opentdb", "["),
        ("opentdb", '{"results":'),
        ("moodle", "<quiz>"),
        ("native", "[ "),
        ("native", "- "),
        ("native", "? "),
        ("native", "a: &a [*a, "),
        ("native", "!"),
        ("red", "a:\n- "),
        ("anki", "{{c1::"),
        ("anki", "<pre>"),
        ("anki", "a\t"),
        ("jsonl", "["),
        ("aiken", "A. x\n"),
        ("text2qti", "a)  x\n"),
        ("text2qti", "1.  x\n"),
        ("markdown", "\n"),
        ("markdown", "```a\n"),
        ("markdown", "![a"),
        ("markdown", "<p>"),
        ("gift", "!["),
        ("anki", "{{c1::a::"),
    ],
)
def test_repetition_costs_no_more_than_its_length(name, piece, tmp_path):
    """The suite's own timeout would end a quadratic reader: a megabyte of each is read."""
    path = tmp_path / f"q{SUFFIXES[name]}"
    start, end = ("## Q1. x\n- [x] a\n- [ ] b\ny", "\nz") if name == "markdown" else ("", "")
    path.write_text(start + piece * (1_000_000 // len(piece)) + end)
    reading = read_bank(path, name)
    assert reading.items or reading.problems


@pytest.mark.parametrize("piece", ["<pre>", "<a", "<!--", "&", "<img ", "<b>", "\n", "</pre>"])
def test_html_costs_no_more_than_its_length(piece):
    assert len(from_html("x" + piece * (1_000_000 // len(piece)) + "y")) >= 2


@pytest.mark.parametrize("name", sorted(SUFFIXES))
def test_a_file_beyond_the_bounds_is_refused_unread(name, tmp_path):
    path = tmp_path / f"q{SUFFIXES[name]}"
    with path.open("wb") as stream:
        stream.truncate(300 * 1024 * 1024)
    (problem,) = read_bank(path, name).problems
    assert problem.code in ("bank.too_large", "bank.archive")


@pytest.mark.parametrize("member", ["../../evil.xml", "/etc/evil.xml", "..\\evil.xml"])
def test_workbooks_whose_members_lead_elsewhere_are_refused(member, tmp_path):
    path = tmp_path / "q.xlsx"
    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(member, "x")
    assert [each.code for each in read_bank(path).problems] == ["bank.archive"]


def test_a_workbook_that_is_a_bomb_is_refused(tmp_path):
    path = tmp_path / "q.xlsx"
    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", "0" * 100_000_000)
    assert [each.code for each in read_bank(path).problems] == ["bank.too_large"]


def test_entities_in_a_workbook_are_refused(tmp_path):
    path = tmp_path / "q.xlsx"
    openpyxl.Workbook().save(path)
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData>&a;</sheetData></worksheet>'
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members = {name: bomb.encode() if "sheet1" in name else data for name, data in members.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    reading = read_bank(path)
    assert reading.items == ()
    assert [each.code for each in reading.problems] in (["bank.archive"], ["bank.no_header"])


def test_shuffled_bytes_of_a_sound_bank_never_raise(tmp_path):
    source = (Path(__file__).parent / "banks" / "malformed.yaml").read_bytes()
    chance = random.Random(7)
    for round_number in range(60):
        data = bytearray(source)
        for _ in range(20):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path = tmp_path / f"q{round_number}.yaml"
        path.write_bytes(data)
        reading = read_bank(path, "native")
        assert reading.items or reading.problems


@pytest.mark.parametrize("name", ["jsonl", "moodle", "native"])
def test_code_that_nests_deeper_than_the_parser_goes_is_told(name, tmp_path):
    deep = "(" * 5_000
    path = tmp_path / f"q{SUFFIXES[name]}"
    path.write_text(
        {
            "jsonl": json.dumps({"task_id": 1, "text": "Do it.", "code": deep, "test_list": ["assert a(1)"]}),
            "moodle": '<quiz><question type="coderunner"><name><text>x</text></name>'
            f"<questiontext><text>x</text></questiontext><coderunnertype>python3</coderunnertype><answer>{deep}</answer><testcases>"
            "<testcase><testcode><text>f()</text></testcode></testcase></testcases></question></quiz>",
            "native": f"kind: code_tests\nprompt: x\nstarter: a\nsolution: {deep!r}\ntests: {deep!r}\n",
        }[name]
    )
    reading = read_bank(path)
    assert [each.code for each in (*reading.problems, *check_static(reading.items)) if each.is_error]
