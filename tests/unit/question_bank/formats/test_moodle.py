"""Moodle's XML exports, CodeRunner questions among them."""

import ast
import base64

import pytest

from bot.domain.content import Kind, Show
from bot.question_bank.formats.moodle import parse_xml
from bot.question_bank.problems import Unreadable

CHOICE = """\
<question type="multichoice">
 <name><text>Joins</text></name>
 <questiontext format="html"><text><![CDATA[<p>Which <b>join</b>?</p><pre>a &lt; b
  c</pre><question type="x">]]></text>{file}</questiontext>
 <generalfeedback format="html"><text>&lt;p&gt;Since \\(x^2\\).&lt;/p&gt;</text></generalfeedback>
 <single>{single}</single><shuffleanswers>true</shuffleanswers><idnumber>join-1</idnumber>
 <answer fraction="{first}" format="html"><text>left</text>
  <feedback format="html"><text>yes</text></feedback></answer>
 <answer fraction="{second}" format="html"><text>&lt;code&gt;inner&lt;/code&gt;</text></answer>
 <answer fraction="0" format="plain_text"><text>a &lt;b&gt; c</text></answer>
 <hint format="html"><text>Think.</text></hint>
 <tags><tag><text>sql</text></tag></tags>
</question>"""
CATEGORY = '<question type="category"><category><text>$course$/top/SQL</text></category></question>'


def quiz(*questions):
    return "\ufeff<?xml version='1.0' encoding='UTF-8'?>\n<quiz>\n" + "\n".join(questions) + "\n</quiz>\n"


def choice(first="100", second="0", single="true", file=""):
    return CHOICE.format(first=first, second=second, single=single, file=file)


def coderunner(cases, *, kind="python3", answer="def twice(n):\n    return 2 * n\n", more=""):
    return (
        '<question type="coderunner"><name><text>Twice</text></name>'
        '<questiontext format="html"><text>Write twice.</text>'
        f"</questiontext><coderunnertype>{kind}</coderunnertype><answer><![CDATA[{answer}]]></answer>"
        f"<answerpreload>def twice(n): ...</answerpreload><allornothing>0</allornothing>{more}"
        f"<testcases>{cases}</testcases></question>"
    )


def case(code="", expected="", stdin="", display="SHOW", extra=""):
    fields = {"testcode": code, "stdin": stdin, "expected": expected, "extra": extra, "display": display}
    body = "".join(f"<{name}><text><![CDATA[{text}]]></text></{name}>" for name, text in fields.items())
    return f'<testcase testtype="0" useasexample="0">{body}</testcase>'


def test_multiple_choice_with_all_its_parts(read_text):
    reading = read_text(quiz(CATEGORY, choice()), name="q.xml")
    assert reading.problems == ()
    (found,) = reading.items
    item = found.item
    assert item.prompt == "Which **join**?\n\n```\na < b\n  c\n```"
    assert [(option.text, option.correct, option.explanation) for option in item.options] == [
        ("left", True, "yes"),
        ("`inner`", False, ""),
        ("a <b> c", False, ""),
    ]
    assert item.explanation == "Since \\(x^2\\)."
    assert (item.meta.key, item.meta.title, item.meta.topic) == ("join-1", "Joins", "SQL")
    assert (item.meta.tags, item.meta.hints, item.shuffle, found.place.line) == (
        ("sql",),
        ("Think.",),
        True,
        4,
    )


def test_several_right_options_share_the_points(read_text):
    (found,) = read_text(quiz(choice("50", "50", "false")), name="q.xml").items
    assert found.item.right == {0, 1}


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (choice("100", "50"), "partial_weight"),
        (choice("50", "50", "true"), "partial_weight"),
        (choice("100", "100", "false"), "several_right"),
        (choice("all"), "wrong_value"),
        (
            choice(file="<file name='a.png'>AAAA</file>").replace(
                "<p>Which", "<img src='@@PLUGINFILE@@/a.png'><p>Which"
            ),
            "picture",
        ),
        ('<question type="cloze"><name><text>c</text></name></question>', "unknown_type"),
        ('<question type="essay"><name><text>c</text></name></question>', "unknown_type"),
        (coderunner(case("x"), kind="c_function"), "unknown_language"),
        (coderunner(case("x"), more="<template>{{ STUDENT_ANSWER }}</template>"), "unknown_type"),
        (coderunner(case("print(twice(1))", "2", extra="x")), "unknown_type"),
        (
            coderunner(case("print(twice({{ n }}))", "2"), more='<templateparams>{"n": 1}</templateparams>'),
            "unknown_type",
        ),
        (coderunner(""), "missing_tests"),
        (coderunner(case("print(twice(1)", "2")), "test_syntax"),
        (coderunner(case("print(thrice(1))", "2")), "missing_reference"),
    ],
)
def test_what_is_refused_is_told_with_its_line(read_text, question, code):
    reading = read_text(quiz(choice(), question), name="q.xml")
    assert len(reading.items) == 1
    assert [(each.code, each.line) for each in reading.problems] == [
        (f"bank.{code}", 3 + choice().count("\n") + 1)
    ]


def test_true_or_false(read_text):
    answers = (
        '<answer fraction="0"><text>true</text></answer><answer fraction="100"><text>false</text></answer>'
    )
    stem = '<questiontext format="html"><text>So?</text></questiontext>'
    text = f'<question type="truefalse">{stem}{answers}</question>'
    (found,) = read_text(quiz(text), name="q.xml").items
    assert [(option.text, option.correct) for option in found.item.options] == [
        ("True", False),
        ("False", True),
    ]


def test_an_essay_with_notes_for_graders_is_free_text(read_text):
    text = (
        '<question type="essay"><questiontext format="html"><text>Why?</text></questiontext>'
        '<graderinfo format="html"><text>Since.</text></graderinfo></question>'
    )
    (found,) = read_text(quiz(text), name="q.xml").items
    assert (found.item.kind, found.item.answer) == (Kind.FREE_TEXT, "Since.")


def test_coderunner_programs_are_judged_by_their_output(read_text):
    cases = case(stdin="2\n", expected="4\n") + case(stdin="3\n", expected="6\n", display="HIDE")
    (found,) = read_text(quiz(coderunner(cases, answer="print(2 * int(input()))")), name="q.xml").items
    item = found.item
    assert item.kind is Kind.CODE_STDOUT
    assert [(each.stdin, each.expected, each.show) for each in item.cases] == [
        ("2\n", "4\n", Show.ALL),
        ("3\n", "6\n", Show.HIDDEN),
    ]
    assert item.starter[0].text == "def twice(n): ..."


def test_coderunner_functions_are_judged_by_tests_that_print(read_text, capsys):
    cases = case("print(twice(4))", "8\n") + case(
        "for n in range(2):\n    print(twice(n))", "0\n2", display="HIDE_IF_SUCCEED"
    )
    (found,) = read_text(quiz(coderunner(cases)), name="q.xml").items
    item = found.item
    assert (item.kind, item.partial_credit) == (Kind.CODE_TESTS, True)
    assert item.tests[0].show_by_test == (("test_2", Show.UNTIL_FAILED),)
    source = item.tests[0].file.text.replace("from solution import twice", "twice = lambda n: 2 * n")
    space = {}
    exec(compile(ast.parse(source), "test", "exec"), space)
    space["test_1"](capsys)
    space["test_2"](capsys)


def test_coderunner_files_are_given(read_text):
    file = f'<file name="data.txt" encoding="base64">{base64.b64encode(b"1 2").decode()}</file>'
    (found,) = read_text(quiz(coderunner(case("print(twice(1))", "2") + file)), name="q.xml").items
    assert [(each.name, each.text) for each in found.item.given] == [("data.txt", "1 2")]


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE quiz [<!ENTITY a "x">]><quiz>&a;</quiz>',
        '<!DOCTYPE quiz SYSTEM "file:///etc/passwd"><quiz/>',
        '<!DOCTYPE q [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><quiz>&b;</quiz>',
        '<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>',
    ],
)
def test_entities_and_outside_references_are_refused(text):
    with pytest.raises(Unreadable) as caught:
        parse_xml(text, "q.xml")
    assert caught.value.problem.code == "bank.xml_entities"


def test_a_syntax_error_has_its_line(read_text):
    (problem,) = read_text("<quiz>\n<question>\n</quiz>", name="q.xml").problems
    assert (problem.code, problem.line) == ("bank.xml_syntax", 3)


def test_a_coderunner_answer_may_import_what_its_tests_use(read_text):
    cases = case("print(twice(1))", "2")
    (found,) = read_text(quiz(coderunner(cases, answer="from given import twice")), name="q.xml").items
    assert "from solution import twice" in found.item.tests[0].file.text
