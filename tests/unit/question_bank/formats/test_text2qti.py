"""text2qti quizzes, as teachers write them for Canvas."""

import pytest

from bot.domain.content import Kind

QUIZ = """\
Quiz title: Sums and beasts
shuffle answers: true
% a remark
COMMENT
1.  Not a question
a)  no
*b) no
END_COMMENT

Title: Adding
Points: 2
1.  What is 2+3?

    ```python
1. not a question
    ```
... Counting helps.
+   Well done.
-   Count again.
a)  6
... One too many.
*b) 5

GROUP
pick: 1
2.  Which are dinosaurs?
[ ] Woolly mammoth
[*] Tyrannosaurus rex
[*] Triceratops,
    with three horns
END_GROUP

3.  Why?
!   Because
    of that.
____
"""


def test_a_quiz_is_read_whole(read_text):
    reading = read_text(QUIZ, name="quiz.txt")
    assert (reading.format, reading.bank.name, reading.problems) == ("text2qti", "sums-and-beasts", ())
    one, several, essay = (found.item for found in reading.items)
    assert one.prompt == "What is 2+3?\n\n```python\n1. not a question\n```"
    assert (one.meta.title, one.shuffle) == ("Adding", True)
    assert [(option.text, option.correct, option.explanation) for option in one.options] == [
        ("6", False, "One too many."),
        ("5", True, ""),
    ]
    assert one.explanation == "Counting helps.\n\nWell done.\n\nCount again."
    assert [option.text for option in several.options if option.correct] == [
        "Tyrannosaurus rex",
        "Triceratops,\nwith three horns",
    ]
    assert (essay.kind, essay.answer) == (Kind.FREE_TEXT, "Because\nof that.")
    assert [found.place.line for found in reading.items] == [12, 26, 33]


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("1.  Root of 2?\n=   1.4142 +- 0.0001\n", 1, "unknown_type"),
        ("1.  Who?\n*   Santa\n*   Claus\n", 1, "unknown_type"),
        ("1.  Upload.\n^^^^\n", 1, "unknown_type"),
        ("1.  Write.\n____\n", 1, "missing_answer"),
        ("1.  Which?\n", 1, "too_few_options"),
        ("1.  Which?\n*a) this\nb)  that\nloose\n", 4, "text2qti_syntax"),
        ("a)  of nothing\n", 1, "text2qti_syntax"),
        ("```{.python .run}\nprint('1.  Which?')\n```\n", 1, "unknown_type"),
    ],
)
def test_what_has_no_counterpart_is_told_with_its_line(read_text, text, line, code):
    (only,) = read_text(text, name="quiz.txt", format_name="text2qti").problems
    assert (only.line, only.code) == (line, f"bank.{code}")
