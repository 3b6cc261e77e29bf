"""Code exercises of other projects: Exercism tracks, HumanEval and MBPP lines."""

import gzip
import json

import pytest

from bot.domain.content import Difficulty, Kind
from bot.question_bank import limits
from bot.question_bank.reading import read_bank

HUMAN_EVAL = {
    "task_id": "Set/1",
    "prompt": 'def one():\r\n    return 1\r\n\r\n\r\ndef more(n: int) -> int:\r\n    """ Add one. """\r\n',
    "entry_point": "more",
    "canonical_solution": "    return n + one()\r\n",
    "test": "\n\nMETADATA = {}\n\n\ndef check(candidate):\n    assert candidate(1) == one() + 1\n",
}
MBPP = {
    "task_id": 7,
    "text": "Write a function to add two numbers. It is easy.",
    "code": "class Sum:\r\n  pass\r\ndef add(a, b):\r\n  return a + b",
    "test_setup_code": "import math",
    "test_list": ["assert add(1, 2) == 3", "assert add(0, math.inf) == math.inf"],
}


def run(challenge, files):
    """Whether the tests of a challenge pass on these files, run here (the data is our own)."""
    solution = {}
    exec(files[0].text, solution)
    imports, _, rest = challenge.tests[0].file.text.partition("\n")
    names = imports.removeprefix("from solution import ").split(", ")
    space = {name: solution[name] for name in names}
    exec(rest, space)
    try:
        for name in [name for name in space if name.startswith("test_")]:
            space[name]()
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize("record", [HUMAN_EVAL, MBPP], ids=["HumanEval", "MBPP"])
def test_solutions_pass_their_tests_and_starters_do_not(read_text, record):
    reading = read_text(json.dumps(record), name="q.jsonl")
    assert reading.problems == ()
    item = reading.items[0].item
    assert item.kind is Kind.CODE_TESTS
    assert run(item, item.references[0].files)
    assert "\r" not in item.references[0].files[0].text
    assert not run(item, item.starter)


def test_keys_are_the_tasks_own(read_text):
    reading = read_text(json.dumps(HUMAN_EVAL) + "\n" + json.dumps(MBPP), name="q.jsonl")
    assert [found.item.meta.key for found in reading.items] == ["set-1", "mbpp-7"]
    assert reading.items[1].item.starter[0].text == "def add(a, b):\n    ...\n"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "json_syntax"),
        ("[]", "missing_field"),
        ('{"task_id": 1}', "missing_field"),
        (json.dumps(HUMAN_EVAL | {"entry_point": "other"}), "missing_reference"),
        (json.dumps(MBPP | {"code": "def add(:"}), "reference_syntax"),
        (json.dumps(MBPP | {"test_list": []}), "missing_reference"),
        ("[" * 100_000, "json_syntax"),
        ('{"entry_point": ' + "9" * 10_000 + "}", "json_syntax"),
    ],
    ids=lambda value: value[:20],
)
def test_a_bad_line_is_told_with_its_number(read_text, line, code):
    reading = read_text(json.dumps(MBPP) + "\n" + line + "\n", name="q.jsonl")
    assert len(reading.items) == 1
    assert [(each.code, each.line) for each in reading.problems] == [(f"bank.{code}", 2)]


def test_gzip_is_read_and_a_bomb_refused(read_text):
    assert len(read_text(gzip.compress(json.dumps(MBPP).encode()), name="q.jsonl.gz").items) == 1
    (bomb,) = read_text(gzip.compress(b"\n" * (limits.FOREIGN_BYTES + 1)), name="bomb.jsonl.gz").problems
    assert bomb.code == "bank.too_large"
    (broken,) = read_text(gzip.compress(b"{}" * 1_000)[:-9], name="broken.jsonl.gz").problems
    assert broken.code == "bank.archive"


@pytest.fixture
def track(tmp_path):
    def make(files, config=None):
        folder = tmp_path / "exercises" / "practice" / "two-fer"
        named = {"solution": ["two_fer.py"], "test": ["two_fer_test.py"], "example": [".meta/example.py"]}
        config = {"files": named} | (config or {})
        standard = {
            ".meta/config.json": json.dumps(config),
            ".meta/example.py": "def two_fer(): return 1\n",
            ".docs/introduction.md": "# Intro\n",
            ".docs/instructions.md": "Write it.\n",
            "two_fer.py": "def two_fer(): pass\n",
            "two_fer_test.py": "from two_fer import two_fer\ndef test_it(): assert two_fer() == 1\n",
        }
        for name, text in (standard | files).items():
            if text is not None:
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        entry = {"slug": "two-fer", "name": "Two Fer", "difficulty": 5, "topics": ["strings"]}
        (tmp_path / "config.json").write_text(json.dumps({"exercises": {"practice": [entry]}}))
        return read_bank(tmp_path)

    return make


def test_a_tracks_pages_to_read_are_no_exercises(track, tmp_path):
    page = tmp_path / "concepts" / "loops" / ".meta" / "config.json"
    page.parent.mkdir(parents=True)
    page.write_text('{"blurb": "Loops.", "authors": []}')
    reading = track({})
    assert ([found.item.meta.key for found in reading.items], reading.problems) == (["two-fer"], ())


def test_an_exercise_of_a_track(track):
    reading = track({"helper.py": "X = 1\n"})
    assert (reading.problems, reading.format) == ((), "exercism")
    item = reading.items[0].item
    assert (item.meta.key, item.meta.title, item.meta.difficulty) == ("two-fer", "Two Fer", Difficulty.MEDIUM)
    assert (item.meta.tags, item.prompt) == (("strings",), "# Intro\n\nWrite it.")
    assert (item.entry, item.references[0].files[0].name) == ("two_fer.py", "two_fer.py")
    assert [file.name for file in item.given] == ["helper.py"], "a helper that the config does not name"
    assert reading.items[0].place.file == "exercises/practice/two-fer/.meta/config.json"


@pytest.mark.parametrize(
    ("files", "config", "code"),
    [
        ({}, {"files": {"solution": ["a.rs"], "test": ["b.rs"]}}, "unknown_language"),
        ({}, {"files": {"test": ["two_fer_test.py"]}}, "missing_field"),
        ({}, {"files": {"solution": ["../../x.py"], "test": ["two_fer_test.py"]}}, "archive"),
        ({"two_fer_test.py": None}, None, "missing_tests"),
        ({".docs/instructions.md": None, ".docs/introduction.md": None}, None, "empty_prompt"),
        ({".meta/config.json": "{"}, None, "json_syntax"),
    ],
)
def test_an_exercise_that_is_incomplete_is_told(track, files, config, code):
    reading = track(files, config)
    assert reading.items == ()
    assert [each.code for each in reading.problems] == [f"bank.{code}"]
