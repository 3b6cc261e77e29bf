"""Markdown multiple choice, with the faults of real files."""

import pytest

from bot.question_bank.problems import Severity

BOXES = """\
# A quiz

#### Q1. What is an *abstract* class?

- [ ] One that
  goes on here
- [x] One that cannot be made, as in `ABC()` <b> | @everyone
- [ ] None

[Reference](https://example.org)

**[⬆ Back to Top](#top)**
"""
DETAILS = """\
###### 1. What's the output?

```javascript
# 2. no heading
```

- A: `1` and 2
- B: `2`

<details><summary><b>Answer</b></summary>
<p>

#### Answer: B

Since it is.

</p>
</details>

---

###### 2. Both?

- A: yes
- B: no
- C: too

**Answer:** A and C
"""


def read(read_text, text):
    return read_text(text, name="quiz.md")


def only(read_text, text):
    reading = read(read_text, text)
    assert reading.problems == ()
    return reading.items


def codes(reading):
    return [(each.code.removeprefix("bank."), each.line, each.severity) for each in reading.problems]


def test_task_lists_under_headings(read_text):
    (found,) = only(read_text, BOXES)
    assert found.place.line == 3
    assert found.item.prompt == "What is an *abstract* class?"
    assert [option.text for option in found.item.options] == [
        "One that\n  goes on here",
        "One that cannot be made, as in `ABC()` <b> | @everyone",
        "None",
    ]
    assert found.item.right == {1}
    assert found.item.explanation == "[Reference](https://example.org)"


def test_letters_with_details(read_text):
    first, second = only(read_text, DETAILS)
    assert first.item.prompt == "What's the output?\n\n```javascript\n# 2. no heading\n```"
    assert [option.text for option in first.item.options] == ["`1` and 2", "`2`"]
    assert (first.item.right, first.item.explanation) == ({1}, "Since it is.")
    assert (second.item.right, second.place.line) == ({0, 2}, 22)


@pytest.mark.parametrize("level", ["##", "###", "####", "#####", "######"])
@pytest.mark.parametrize("number", ["Q20. ", "20. ", "20) ", "Q20: ", "Question 20. ", ""])
def test_headings_of_every_level_and_numbering(read_text, level, number):
    (found,) = only(read_text, f"{level} {number}Which?\n\n* [x] a\n* [ ] b\n")
    assert found.item.prompt == "Which?"


def test_the_number_may_be_part_of_the_question(read_text):
    (found,) = only(read_text, "## 3 is what?\n- [x] a\n- [ ] b\n")
    assert found.item.prompt == "3 is what?"


def test_bare_labels_with_a_block_below_are_the_block(read_text):
    text = (
        "#### Q1. Which prints 3?\n\n- [ ] A\n\n```python\nprint(1)\n```\n\n"
        "- [x] B\n\n```python\n  print(3)\n```\n\nSince.\n"
    )
    (found,) = only(read_text, text)
    assert [option.text for option in found.item.options] == [
        "A\n```python\nprint(1)\n```",
        "B\n```python\n  print(3)\n```",
    ]
    assert found.item.explanation == "Since."


def test_a_blank_trailing_option_is_left_out_and_told(read_text):
    reading = read(read_text, "## Which?\n- [x] a\n- [ ] b\n- [ ]\n")
    assert len(reading.items[0].item.options) == 2
    assert codes(reading) == [("blank_option", 4, Severity.WARNING)]


def test_without_headings_numbers_part_questions(read_text):
    first, second = only(read_text, "1. First?\n- [x] a\n- [ ] b\n\n2. Second?\n- [ ] a\n- [x] b\n")
    assert [found.item.prompt for found in (first, second)] == ["First?", "Second?"]
    assert second.place.line == 5


def test_a_question_that_swallows_others_is_refused_at_each_of_its_lists(read_text):
    text = "# Quiz\n" + "".join(
        f"Question {word}?\n\n- [x] a\n- [ ] b\n\n" for word in ("one", "two", "three")
    )
    reading = read(read_text, text)
    assert reading.items == ()
    assert [(code, line) for code, line, _ in codes(reading)] == [
        ("two_option_lists", 4),
        ("two_option_lists", 9),
        ("two_option_lists", 14),
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("- [ ] a\n- [ ] b\n", "missing_right_option"),
        ("- [x] a\n- [x] b\n", "all_options_right"),
        ("- [x] a\n- [ ] b\n- [ ] b\n", "duplicate_option"),
        ("![a](b.png)\n- [x] a\n- [ ] b\n", "picture"),
        ("- [x] ![a](b.png)\n- [ ] b\n", "picture"),
        ("```python\nx\n\n- [x] a\n- [ ] b\n", "unbalanced_fence"),
        ("Nothing to choose.\n", "too_few_options"),
        ("- A: a\n- B: b\n\nAnswer: D\n", "unknown_answer"),
        ("- A: a\n- B: b\n", "missing_right_option"),
    ],
)
def test_what_is_refused_leaves_its_neighbours_alone(read_text, body, code):
    reading = read(read_text, f"## Q1. Which?\n{body}\n## Q2. And this?\n- [x] a\n- [ ] b\n")
    assert [found.item.prompt for found in reading.items] == ["And this?"]
    assert [(name, line) for name, line, _ in codes(reading)] == [(code, 1)]


def test_several_right_marks_are_several_right_options(read_text):
    (found,) = only(read_text, "## Which?\n- [x] a\n- [X] b\n- [ ] c\n")
    assert found.item.right == {0, 1}


def test_keys_come_from_the_words_and_survive_edited_options(read_text):
    (before,) = only(read_text, "## Which is it?\n- [x] a\n- [ ] b\n")
    (after,) = only(read_text, "## Q7. Which is it?\n- [x] a\n- [ ] c\n")
    assert before.item.meta.key == after.item.meta.key


def test_equal_words_with_other_options_are_two_questions(read_text):
    text = "## Which is true?\n- [x] a\n- [ ] b\n\n## Which is true?\n- [x] c\n- [ ] d\n"
    assert len({found.item.meta.key for found in only(read_text, text)}) == 2


def test_long_options_are_kept_whole(read_text):
    (found,) = only(read_text, f"## Which?\n- [x] {'word ' * 200}\n- [ ] b\n")
    assert len(found.item.options[0].text) == 999


def test_a_list_below_an_option_without_words_is_the_option(read_text):
    text = "## Which steps?\n\n- [ ] &shy;\n\n1. Save.\n2. Close.\n\n"
    text += "- [x] &shy;\n\n1. Close.\n2. Save.\n\nSince.\n"
    (found,) = only(read_text, text)
    assert [option.text for option in found.item.options] == [
        "1. Save.\n2. Close.",
        "1. Close.\n2. Save.",
    ]
    assert found.item.explanation == "Since."


def test_code_between_two_options_belongs_to_the_first(read_text):
    """In the wild a label without words, and the option's code after an empty line."""
    text = "## Which prints 1?\n\n- [ ] &shy;\n\n```py\nprint(2)\n```\n\n- [x] .\n\n```py\nprint(1)\n```\n\n"
    text += "- [ ] nothing of this:\n\n```py\nx\n```\n\n- [ ] All.\n\nBecause.\n"
    (found,) = only(read_text, text)
    assert [option.text for option in found.item.options] == [
        "```py\nprint(2)\n```",
        "```py\nprint(1)\n```",
        "nothing of this:\n```py\nx\n```",
        "All.",
    ]
    assert found.item.explanation == "Because."


def test_a_heading_may_lack_its_space(read_text):
    text = "####Q1. Which?\n- [x] a\n- [ ] b\n\n####Q2. And now?\n- [х] c\n- [ ] d\n"
    assert [found.item.prompt for found in only(read_text, text)] == ["Which?", "And now?"]
    assert [found.item.options[0].correct for found in only(read_text, text)] == [True, True]
