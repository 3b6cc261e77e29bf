"""GIFT, as Moodle and teachers write it."""

import pytest

IMPORTED = [
    ("What?{=yes ~no}", "What?", ["+yes", "-no"], ""),
    (
        "::Title:: [markdown]*What*?{=yes#good ~no # bad\n####All.}",
        "*What*?",
        ["+yes#good", "-no#bad"],
        "All.",
    ),
    ("2\\=2 \\{a\\} \\~ \\# \\: c\\\\d\\ne{=\\=1 ~\\~2}", "2=2 {a} ~ # : c\\d\ne", ["+=1", "-~2"], ""),
    ("Grant is {~here =buried} in it.", "Grant is _____ in it.", ["-here", "+buried"], ""),
    ("So?{T}", "So?", ["+True", "-False"], ""),
    ("So?{FALSE#no#right}", "So?", ["-True#no", "+False#right"], ""),
    ("Two?{~%50%a ~%50%b ~%-100%c}", "Two?", ["+a", "+b", "-c"], ""),
    ("Three?{~%33.33333%a ~%33.33333%b ~%33.33333%c ~d}", "Three?", ["+a", "+b", "+c", "-d"], ""),
    ("[html]<p>A <b>&lt;b&gt;</b></p>{=<code>x</code> ~y}", "A **<b>**", ["+`x`", "-y"], ""),
]
"""Text, prompt, options (``+`` right, ``-`` wrong, ``#`` feedback), explanation."""
REFUSED = [
    ("Teachers {~=right~wrong}", "gift_syntax"),
    ("Short {=a =b}", "unknown_type"),
    ("Match {=a -> b =c -> d}", "unknown_type"),
    ("Number {#3:2}", "unknown_type"),
    ("Essay {}", "missing_options"),
    ("Only a text", "missing_options"),
    ("Open {=a ~b", "gift_syntax"),
    ("Two {=a ~b} gaps {=c ~d}", "gift_syntax"),
    ("Part {=a ~%50%b ~c}", "partial_weight"),
    ("Part {~%50%a ~%20%b ~c}", "partial_weight"),
    ("Any {=a =b ~c}", "several_right"),
]


@pytest.mark.parametrize(("text", "prompt", "options", "explanation"), IMPORTED)
def test_what_is_imported(read_text, text, prompt, options, explanation):
    reading = read_text(text, name="q.gift")
    assert reading.problems == ()
    (found,) = reading.items
    assert found.item.prompt == prompt
    assert [
        f"{'+' if each.correct else '-'}{each.text}{'#' if each.explanation else ''}{each.explanation}"
        for each in found.item.options
    ] == options
    assert found.item.explanation == explanation


@pytest.mark.parametrize(("text", "code"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_is_refused_is_told_with_its_line(read_text, text, code):
    reading = read_text(f"First?{{=a ~b}}\n\n{text}\n\nLast?{{=a ~b}}\n", name="q.gift")
    assert [found.item.prompt for found in reading.items] == ["First?", "Last?"]
    assert [(each.code, each.line) for each in reading.problems] == [(f"bank.{code}", 3)]


def test_categories_ids_and_tags(read_text):
    text = "$CATEGORY: $course$/top/SQL/Joins\n\n// a note\n"
    text += "// [id:q\\]1] [tag:left] [tag:inner join]\nWhich?{=a ~b}\n"
    (found,) = read_text(text, name="q.gift").items
    assert (found.item.meta.topic, found.item.meta.tags) == ("Joins", ("left", "inner join"))
    assert (found.item.meta.key, found.place.line) == ("q-1", 5)


def test_a_file_that_says_it_is_gift_is_read_as_gift_whatever_is_in_it(read_text):
    reading = read_text("$CATEGORY: Unit 9\n\nOnly something to read.\n", name="unit-9.gift")
    assert (reading.format, [each.code for each in reading.problems]) == ("gift", ["bank.missing_options"])
