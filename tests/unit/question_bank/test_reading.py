"""Banks in the native format: what is read, what is refused, and where the fault is said to be."""

import re
from pathlib import Path

import pytest
import yaml

from bot.domain.content import Kind, Show
from bot.question_bank.checks.gate import check_bank, is_ok
from bot.question_bank.reading import read_bank

BANKS = Path(__file__).parent / "banks"
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "bank-format.md"
MALFORMED = yaml.safe_load((BANKS / "malformed.yaml").read_text())
EXAMPLES = [
    block
    for block in re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    if not block.startswith("name:")
]


async def test_a_sound_bank_is_read_whole_and_passes():
    reading = read_bank(BANKS / "valid")
    assert reading.problems == ()
    assert reading.bank.name == "tiny"
    assert [found.item.meta.key for found in reading.items] == [
        "retry",
        "card-walrus",
        "loop-output",
        "truthiness",
    ]
    assert {found.item.meta.licence for found in reading.items} == {"CC-BY-4.0"}
    assert [found.item.meta.topic for found in reading.items] == ["asyncio", "python", "python", "python"]
    assert is_ok(await check_bank(reading.items))


def test_every_question_knows_its_file_and_line():
    places = {found.item.meta.key: found.place for found in read_bank(BANKS / "valid").items}
    assert (places["loop-output"].file, places["loop-output"].line) == ("cards.yaml", 6)
    assert (places["retry"].file, places["retry"].line) == ("asyncio/retry/question.yaml", 1)


def test_a_folder_fills_in_its_question():
    (found,) = read_bank(BANKS / "valid" / "asyncio" / "retry").items
    item = found.item
    assert item.entry == "solution.py"
    assert [(test.file.name, test.show) for test in item.tests] == [
        ("test_retry.py", Show.ALL),
        ("test_limit.py", Show.HIDDEN),
    ]
    assert item.starter[0].text.startswith("def retry")
    assert item.references[0].files[0].text != item.starter[0].text
    assert [(wrong.title, wrong.files[0].name) for wrong in item.wrong] == [
        ("gives_up_at_once", "solution.py")
    ]
    assert item.meta.licence == "CC-BY-4.0", "the bank's page two folders above holds for it"


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: case["code"])
def test_each_fault_has_its_code_file_and_line(case, read_text):
    reading = read_text(case["text"])
    codes = {(each.code, each.file, each.line, each.question) for each in reading.problems}
    assert (case["code"], "q.yaml", case["line"], case.get("question", "q")) in codes
    assert all(each.message.endswith((".", ")")) for each in reading.problems)


def test_good_questions_beside_a_bad_one_are_read(read_text):
    reading = read_text(
        "questions:\n"
        "  - {key: good, prompt: Which?, options: [a, {text: b, right: true}]}\n"
        "  - {key: bad, prompt: Which?, options: [a, b]}\n"
    )
    assert [found.item.meta.key for found in reading.items] == ["good"]
    assert [(each.question, each.line) for each in reading.problems] == [("bad", 3)]


def test_options_stay_what_was_typed(read_text):
    reading = read_text(
        "prompt: Which?\noptions: [yes, 1.0, null, 0x1F, 1:30, ~, 2024-01-01, {text: no, right: on}]"
    )
    (found,) = reading.items
    assert [option.text for option in found.item.options] == [
        "yes", "1.0", "null", "0x1F", "1:30", "~", "2024-01-01", "no",
    ]  # fmt: skip
    assert found.item.right == {7}


def test_null_and_nothing_mean_not_written(read_text):
    reading = read_text(
        "prompt: Which?\nexplanation: null\nhints:\noptions: [a, {text: b, right: true, why: ~}]"
    )
    (found,) = reading.items
    assert (found.item.explanation, found.item.meta.hints, found.item.options[1].explanation) == ("", (), "")


def test_several_documents_are_several_questions(read_text):
    one = "key: {}\nprompt: Which?\noptions: [a, {{text: b, right: true}}]\n"
    reading = read_text(one.format("first") + "---\n" + one.format("second"))
    assert [(found.item.meta.key, found.place.line) for found in reading.items] == [
        ("first", 1),
        ("second", 5),
    ]


def test_json_is_read_too(read_text):
    reading = read_text(
        '{"questions": [{"key": "q", "prompt": "Which?", "options": ["a", {"text": "b", "right": true}]}]}',
        name="bank.json",
    )
    assert [found.item.meta.key for found in reading.items] == ["q"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_byte_order_marks_and_line_ends_do_not_matter(read_text, encoding, newline):
    text = "prompt: |\n  Größe?\n  Yes.\noptions: [a, {text: b, right: true}]\n".replace("\n", newline)
    (found,) = read_text(text.encode(encoding)).items
    assert found.item.prompt == "Größe?\nYes.\n"


@pytest.mark.parametrize(
    ("data", "line"),
    [("prompt: x".encode("utf-16"), 1), (b"prompt: x\nkey: \xff\n", 2), (b"prompt: x\n\n\0", 3)],
    ids=["utf-16", "latin-1", "nul"],
)
def test_other_encodings_are_refused_with_the_way_out(read_text, data, line):
    reading = read_text(data, format_name="native")
    (problem,) = reading.problems
    assert (problem.code, problem.line) == ("bank.encoding", line)
    assert "UTF-8" in problem.message


def test_an_alias_bomb_is_refused(read_text):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    (problem,) = read_text("prompt: x\n" + "\n".join(lines)).problems
    assert problem.code == "bank.too_large"


def test_a_file_over_the_bound_is_refused(read_text):
    (problem,) = read_text("prompt: x\n" + "#" * (5 * 1024 * 1024)).problems
    assert problem.code == "bank.too_large"


def test_gigantic_numbers_are_a_wrong_value(read_text):
    reading = read_text(f"prompt: x\nminutes: {'9' * 10_000}\noptions: [a, {{text: b, right: true}}]")
    assert [(each.code, each.line) for each in reading.problems] == [("bank.wrong_value", 2)]
    assert all(len(each.message) < 1_000 for each in reading.problems)


@pytest.mark.parametrize("name", ["../x.py", "/etc/passwd", "a/../../b.py", ".hidden", "a//b.py", "C:\\x.py"])
def test_file_names_stay_inside_the_challenge(read_text, name):
    reading = read_text(f"kind: code_tests\nprompt: x\nsolution: {{'{name}': x}}\ntests: x = 1\n")
    assert [each.code for each in reading.problems] == ["bank.wrong_value"]


def test_links_are_not_followed(tmp_path):
    bank = tmp_path / "bank"
    bank.mkdir()
    (tmp_path / "secret.yaml").write_text("prompt: secret\noptions: [a, {text: b, right: true}]\n")
    (bank / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    reading = read_bank(bank)
    assert reading.items == ()
    assert [(each.code, each.file) for each in reading.problems] == [("bank.link", "link.yaml")]


def test_a_misspelt_folder_of_a_question_is_an_error(tmp_path):
    question = tmp_path / "q"
    (question / "test").mkdir(parents=True)
    (question / "question.yaml").write_text("kind: code_tests\nprompt: x\ntests: 'def test_a(): pass'\n")
    (question / "test" / "test_b.py").write_text("")
    (problem,) = read_bank(tmp_path).problems
    assert (problem.code, problem.file) == ("bank.unknown_file", "q/test")


def test_a_field_in_the_page_and_in_a_file_is_an_error(tmp_path):
    (tmp_path / "question.yaml").write_text("prompt: x\noptions: [a, {text: b, right: true}]\n")
    (tmp_path / "prompt.md").write_text("y")
    assert [each.code for each in read_bank(tmp_path).problems] == ["bank.given_twice"]


@pytest.mark.parametrize("path", ["no/such/file.yaml"])
def test_a_missing_path_is_a_problem_not_a_crash(path):
    (problem,) = read_bank(Path(path)).problems
    assert problem.code == "bank.not_found"


def test_an_unknown_format_names_the_known_ones(read_text):
    (problem,) = read_text("prompt: x", format_name="docx").problems
    assert problem.code == "bank.unknown_format"
    assert "native" in problem.message


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.splitlines()[0])
def test_every_example_of_the_formats_page_is_a_sound_question(example, read_text):
    reading = read_text(example)
    assert reading.problems == ()
    assert len(reading.items) == 1


def test_the_page_shows_every_kind(read_text):
    kinds = {read_text(example).items[0].item.kind for example in EXAMPLES}
    assert kinds == set(Kind)


@pytest.mark.parametrize(
    ("beside", "text"),
    [
        ("q.yaml", "prompt: Which?\noptions: [a, {text: b, right: true}]\n"),
        ("q.aiken", "Which?\nA. a\nB. b\nANSWER: B\n"),
    ],
)
def test_another_programs_yaml_in_a_folder_is_passed_over_with_a_warning(tmp_path, beside, text):
    (tmp_path / "_config.yml").write_text("title: My site\nplugins:\n  - jekyll-feed\n")
    (tmp_path / beside).write_text(text)
    reading = read_bank(tmp_path)
    assert [found.item.prompt for found in reading.items] == ["Which?"]
    (warning,) = reading.problems
    assert (warning.code, warning.file, warning.is_error) == ("bank.passed_over", "_config.yml", False)


def test_a_question_with_a_misspelt_field_is_not_passed_over(tmp_path):
    (tmp_path / "q.yaml").write_text("promt: Which?\noptions: [a, {text: b, right: true}]\n")
    (tmp_path / "r.yaml").write_text("prompt: Which?\noptions: [a, {text: b, right: true}]\n")
    assert any(each.is_error and each.file == "q.yaml" for each in read_bank(tmp_path).problems)
