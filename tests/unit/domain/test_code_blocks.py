"""Code as people hand it in: every fence, every quote, every file, and what is refused."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.code_blocks import CodeRefused, Handed, Wanted, read_files, read_message, wanted
from bot.domain.content import Challenge, Difficulty, Kind, Meta, SourceFile, TestFile

WANT = Wanted("solution.py")
ADD = "def add(a, b):\n    return a + b\n"


def text_of(message: str, want: Wanted = WANT) -> str:
    """The code of a message that holds one file."""
    handed = read_message(message, want)
    (file,) = handed.files
    assert file.name == want.entry
    return file.text


def code_of(message: str) -> str:
    return text_of(message).strip()


def refusal(message: str, want: Wanted = WANT) -> CodeRefused:
    with pytest.raises(CodeRefused) as refused:
        read_message(message, want)
    assert refused.value.text.endswith((".", "file.")), "every refusal is a sentence"
    return refused.value


@pytest.mark.parametrize(
    "message",
    [
        f"```\n{ADD}```",
        f"```py\n{ADD}```",
        f"```python3\n{ADD}```",
        f"```Python\n{ADD}```",
        f"```py  \n{ADD}```  ",
        f"````\n{ADD}````",
        f"````md\n{ADD}````",
        f"~~~\n{ADD}~~~",
        f"~~~python\n{ADD}~~~",
        f"```py\n{ADD}",
        f"Here is mine:\n```py\n{ADD}```\nthanks!",
        f"/submit ```py\n{ADD}```",
        f"```py\n{ADD.rstrip()}```",
        f"```\n\n\n{ADD}\n\n```",
        "  ```py\n  def add(a, b):\n      return a + b\n  ```",
        "> ```py\n> def add(a, b):\n>     return a + b\n> ```",
        "- answer:\n    ```py\n    def add(a, b):\n        return a + b\n    ```",
        ADD.replace("\n", "\r\n").join(["```py\r\n", "```"]),
        "\ufeff```py\n" + ADD + "```",
        ADD,
        "\n\n" + ADD,
        "\ufeff" + ADD,
        "    def add(a, b):\n        return a + b\n",
        "\tdef add(a, b):\n\t\treturn a + b\n",
        ">>> def add(a, b):\n...     return a + b\n...\n>>> ",
    ],
)
def test_however_it_was_typed_it_is_the_same_function(message: str) -> None:
    assert ast.dump(ast.parse(text_of(message))) == ast.dump(ast.parse(ADD))


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("```print(42)```", "print(42)"),
        ("```py print(42)```", "print(42)"),
        ("here you are: ```print(42)``` ok?", "print(42)"),
        ("`print(42)`", "print(42)"),
        ("my answer is `print(42)`", "print(42)"),
        ("``print(`42`)``", "print(`42`)"),
        ("```sql\nSELECT 1;\n```", "SELECT 1;"),
        ("```print(1)\nprint(2)\n```", "print(1)\nprint(2)"),
        ("print(42)", "print(42)"),
        ("x = 1", "x = 1"),
        ("import os", "import os"),
    ],
)
def test_short_answers(message: str, code: str) -> None:
    assert code_of(message) == code


def test_a_fence_inside_a_longer_fence_is_code() -> None:
    code = 'DOC = """\n```\nexample\n```\n"""\n'
    assert text_of(f"````py\n{code}````") == code


def test_tildes_do_not_close_backticks() -> None:
    assert "~~~" in text_of('```py\nx = """\n~~~\n"""\n```')


def test_of_several_blocks_the_longest_is_graded_and_the_note_says_so() -> None:
    handed = read_message("```\nprint(1)\n```\nor\n```\nprint(1 + 1)\n```", WANT)
    assert handed.files == (SourceFile("solution.py", "print(1 + 1)\n"),)
    assert "2 code blocks" in handed.note


def test_blocks_with_headers_are_the_files_of_a_project() -> None:
    message = (
        "```py\n# file: app/main.py\nimport store\n```\nand\n```py\n# file: app/store.py\nrows = []\n```"
    )
    assert read_message(message, WANT) == Handed(
        (SourceFile("app/main.py", "import store\n"), SourceFile("app/store.py", "rows = []\n"))
    )


def test_one_block_may_hold_several_files() -> None:
    message = "```py\n# file: a.py\nx = 1\n\n# FILE: `b.py`\ny = 2\n```"
    assert read_message(message, WANT).files == (SourceFile("a.py", "x = 1\n"), SourceFile("b.py", "y = 2\n"))


def test_a_header_further_down_in_ordinary_code_is_a_comment() -> None:
    code = "x = 1\n# file: b.py\ny = 2\n"
    assert text_of(f"```\n{code}```") == code


def test_blocks_without_a_header_beside_named_ones_are_left_out_and_said() -> None:
    handed = read_message("```\n# file: a.py\nx = 1\n```\n```\noutput\n```", WANT)
    assert [file.name for file in handed.files] == ["a.py"]
    assert "left out" in handed.note


class TestMending:
    def test_curly_quotes_are_undone_when_the_code_does_not_compile(self) -> None:
        assert code_of("```\nprint(\u201chi\u201d, \u2018x\u2019)\n```") == "print(\"hi\", 'x')"

    def test_odd_spaces_are_undone_when_the_code_does_not_compile(self) -> None:
        assert code_of("```\nif\u00a0True:\n\u00a0\u00a0x\u00a0=\u00a01\n```") == "if True:\n  x = 1"

    def test_curly_quotes_and_odd_spaces_in_strings_stay_when_the_code_compiles(self) -> None:
        code = 'print("\u201chi\u201d\u00a0there \u2026 \ufeff")'
        assert code_of(f"```\n{code}\n```") == code

    def test_an_interactive_session_loses_its_prompts_and_its_output(self) -> None:
        session = ">>> def f():\n...     return 1\n...\n>>> f()\n1\n>>> x = 2\n"
        assert text_of(f"```pycon\n{session}```") == "def f():\n    return 1\n\nf()\nx = 2\n"

    def test_prompts_inside_a_docstring_stay(self) -> None:
        code = 'def f():\n    """Like so:\n\n    >>> f()\n    1\n    """\n    return 1\n'
        assert text_of(f"```\n{code}```") == code

    def test_tabs_mixed_with_spaces_are_mended(self) -> None:
        ast.parse(text_of("```\nif True:\n\tx = 1\n        y = 2\n```"))

    def test_code_that_nothing_mends_comes_as_it_was_typed(self) -> None:
        code = "def f(:\n    print(\u201chi\u201d\n"
        assert text_of(f"```\n{code}```") == code

    def test_other_languages_are_left_alone(self) -> None:
        sql = "SELECT \u201cname\u201d\tFROM t;\n"
        assert text_of(f"```sql\n{sql}```", Wanted("query.sql")) == sql


UNSAFE = ["../a.py", "/etc/passwd", "a/../b.py", "a\\b.py", "C:\\a.py", ".hidden.py", "a//../b.py", "~/a.py"]
UNSAFE += ["-x.py", "a/" * 9 + "b.py", "x" * 200 + ".py", "a b.py", "\u00e4.py", "..", ".", "a/.git/b"]
SHADOWING = [
    "test_solution.py",
    "conftest.py",
    "pkg/test_x.py",
    "x_test.py",
    "pytest.ini",
    "sitecustomize.py",
]


class TestRefusals:
    @pytest.mark.parametrize(
        "message", ["", "   \n\t ", "```\n```", "```x\n```", "```py\n\n```", "``` ```", "\ufeff"]
    )
    def test_empty(self, message: str) -> None:
        assert refusal(message).code in ("empty", "no_code")

    @pytest.mark.parametrize(
        "message",
        [
            "I think the answer is a loop over the list and then you add them",
            "hello",
            "please help me!",
            "What does this do?",
            "The answer, of course, is 42.",
            "yes",
            "a or b",
            "\u00bfc\u00f3mo est\u00e1s?",
            "\u4f60\u597d",
        ],
    )
    def test_prose(self, message: str) -> None:
        assert refusal(message).code == "no_code"
        assert "three backticks" in refusal(message).text

    @pytest.mark.parametrize(
        "message", ["print(1)\x00", "\x7fELF\x01\x02\x03\x04" * 10, "\ufffd" * 40, "\ud800x = 1"]
    )
    def test_binary(self, message: str) -> None:
        assert refusal(message).code == "binary"

    def test_too_large(self) -> None:
        assert refusal("x" * 1_000_000).code == "too_large"
        assert refusal("# " + "\u4f60" * 40_000).code == "too_large"
        assert "64 KB" in refusal("x = 1\n" * 20_000).text

    def test_just_small_enough(self) -> None:
        assert read_message("x = 1\n" * 10_000, WANT).files

    @pytest.mark.parametrize("name", UNSAFE)
    def test_unsafe_names(self, name: str) -> None:
        assert refusal(f"```\n# file: {name}\nx = 1\n```").code == "bad_file_name"

    @pytest.mark.parametrize("name", SHADOWING)
    def test_names_that_would_shadow_tests(self, name: str) -> None:
        assert refusal(f"```\n# file: {name}\nx = 1\n```").code == "reserved_file_name"

    def test_names_of_the_challenges_own_files(self) -> None:
        want = Wanted("solution.py", kept=frozenset({"models.py"}))
        assert refusal("```\n# file: models.py\nx = 1\n```", want).code == "reserved_file_name"

    def test_a_challenge_may_ask_for_a_test(self) -> None:
        message = "```\ndef test_it(): pass\n```"
        assert text_of(message, Wanted("test_solution.py")).startswith("def test_it")

    def test_the_same_name_twice_and_a_file_that_is_a_folder(self) -> None:
        assert refusal("```\n# file: a.py\nx\n# file: a.py\ny\n```").code == "double_name"
        assert refusal("```\n# file: a\nx\n# file: a/b.py\ny\n```").code == "double_name"

    def test_too_many_files(self) -> None:
        files = "\n".join(f"# file: f{number}.py\nx = 1" for number in range(41))
        assert refusal(f"```\n{files}\n```").code == "too_many_files"


class TestFiles:
    def test_one_file_takes_the_entrys_name(self) -> None:
        handed = read_files([SourceFile("my homework (1).py", ADD)], WANT)
        assert handed.files == (SourceFile("solution.py", ADD),)

    def test_one_file_that_the_challenge_knows_keeps_its_name(self) -> None:
        want = Wanted("app.py", names=frozenset({"app.py", "store.py"}))
        assert read_files([SourceFile("store.py", ADD)], want).files[0].name == "store.py"

    def test_a_dialogs_text_may_be_fenced_or_have_headers(self) -> None:
        assert read_files([SourceFile("", f"```py\n{ADD}```")], WANT).files[0].text == ADD
        assert read_files([SourceFile("", f"# file: a.py\n{ADD}")], WANT).files[0].name == "a.py"

    def test_a_dialogs_text_is_code_even_when_it_does_not_look_like_it(self) -> None:
        assert read_files([SourceFile("", "hello")], WANT).files[0].text == "hello"

    def test_several_files_keep_their_names(self) -> None:
        files = (SourceFile("a.py", "x = 1\r\n"), SourceFile("b/c.py", "y = 2\n"))
        assert read_files(files, WANT).files == (
            SourceFile("a.py", "x = 1\n"),
            SourceFile("b/c.py", "y = 2\n"),
        )

    @pytest.mark.parametrize(
        ("files", "code"),
        [
            ([], "empty"),
            ([SourceFile("a.py", " \n")], "empty"),
            ([SourceFile("a.py", "x"), SourceFile("../b.py", "y")], "bad_file_name"),
            ([SourceFile(f"f{n}.py", "x" * 40_000) for n in range(2)], "too_large"),
            ([SourceFile("a.py", "x = '\x00'")], "binary"),
        ],
    )
    def test_refusals(self, files: list[SourceFile], code: str) -> None:
        with pytest.raises(CodeRefused) as refused:
            read_files(files, WANT)
        assert refused.value.code == code


def test_what_a_challenge_wants() -> None:
    challenge = Challenge(
        meta=Meta(key="k", title="K", topic="t", difficulty=Difficulty.EASY),
        kind=Kind.CODE_PROJECT,
        prompt="",
        entry="app.py",
        starter=(SourceFile("app.py", ""), SourceFile("store.py", "")),
        given=(SourceFile("models.py", ""),),
        tests=(TestFile(SourceFile("test_app.py", "")),),
    )
    assert wanted(challenge) == Wanted(
        "app.py", frozenset({"app.py", "store.py"}), frozenset({"models.py", "test_app.py"})
    )


MARKS = ["```", "~~~", "````", "`", "py", "\n", "\r\n", "# file: a.py", "# file: ../x", "x = 1", "    ", "\t"]
MARKS += [">>> ", "... ", "> ", "\u201c", "\u00a0", "\ufeff", "prose here", "\x00", "def f():", '"""']
PIECES = st.lists(st.sampled_from(MARKS), max_size=25).map("".join)


def read_or_refused(message: str) -> Handed | CodeRefused:
    try:
        return read_message(message, WANT)
    except CodeRefused as refused:
        return refused


@given(st.one_of(PIECES, st.text(max_size=300)))
def test_whatever_comes_in_it_is_files_or_a_refusal_in_words(message: str) -> None:
    result = read_or_refused(message)
    if isinstance(result, CodeRefused):
        assert result.code
        assert result.text.endswith(".")
    else:
        assert all(".." not in file.name and not file.name.startswith("/") for file in result.files)
        assert any(file.text.strip() for file in result.files)


STATEMENTS = st.lists(
    st.sampled_from(
        ["x = 1", "y = 'a\u00a0b'", 'def f():\n    return "\u201c\u201d"', "# `tick`", "print('~~~')"]
    ),
    min_size=1,
    max_size=6,
).map(lambda lines: "\n".join([*lines, "done = True"]) + "\n")


@given(
    STATEMENTS,
    st.sampled_from(["```", "````", "~~~", "~~~~~"]),
    st.sampled_from(["", "py", "python3", "c++"]),
)
def test_code_that_compiles_comes_out_of_any_fence_as_it_went_in(code: str, fence: str, tag: str) -> None:
    assert text_of(f"hi\n{fence}{tag}\n{code}{fence}\nbye") == code
    assert read_files([SourceFile("x.py", code)], WANT).files[0].text == code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("print(\u201chello\u201d)\n", "curly quotes, special spaces or dashes"),
        ("x\u00a0= 1\nprint(x)\n", "curly quotes, special spaces or dashes"),
        ("if True:\n\tx = 1\n        y = 2\nprint(x)\n", "tabs"),
        (">>> x = 1\n>>> print(x)\n1\n", "prompts of an interactive session"),
    ],
)
def test_the_note_says_what_was_put_right(text: str, said: str) -> None:
    handed = read_message(f"```python\n{text}```", WANT)
    assert handed.note == f"Put right before grading: {said}."


@pytest.mark.parametrize("text", ["print('\u201chello\u201d')\n", "if 1:\n\tprint(2)\n", "    print(1)\n"])
def test_nothing_is_said_where_nothing_had_to_be_put_right(text: str) -> None:
    assert read_message(f"```python\n{text}```", WANT).note == ""
