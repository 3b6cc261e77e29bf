"""When printed output is what was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.comparing import difference, fits, same_numbers, same_output, where_different
from bot.domain.content import Match


@pytest.mark.parametrize("got", ["a\nb\n", "a\nb", "a  \nb\t\n\n\n", "a\r\nb\r\n"])
def test_exact_ignores_trailing_space_and_trailing_empty_lines(got: str) -> None:
    assert same_output("a\nb\n", got, Match.EXACT, 0.0)


@pytest.mark.parametrize("got", ["a\n\nb", " a\nb", "a b", "A\nb", "", "a\nb\nc"])
def test_exact_ignores_nothing_else(got: str) -> None:
    assert not same_output("a\nb", got, Match.EXACT, 0.0)


@pytest.mark.parametrize(
    ("expected", "got", "same"),
    [
        ("3.14159", "3.141592", True),
        ("3.14159", "3.15", False),
        ("1000000.0", "1000000.5", True),
        ("mean 2.5 of 4", "mean 2.5000001 of 4", True),
        ("mean 2.5 of 4", "median 2.5 of 4", False),
        ("1 2", "1 2 3", False),
        ("0", "-0.0", True),
        ("3", "3.0", True),
        ("1e400", "1e400", True),
        ("1e400", "1e500", False),
        ("9" * 500, "8" * 500, False),
        ("nan", "nan", True),
    ],
)
def test_numbers_may_differ_by_the_tolerance(expected: str, got: str, same: bool) -> None:
    assert same_numbers(expected, got, 1e-6) is same
    assert same_output(expected, got, Match.TOLERANCE, 1e-6) is same


@pytest.mark.parametrize(
    ("pattern", "line", "same"),
    [
        ("took {float}ms", "took 1.25ms", True),
        ("took {float}ms", "took .5ms", True),
        ("took {float}ms", "took fast ms", False),
        ("{int} rows", "-12 rows", True),
        ("{int} rows", "1.5 rows", False),
        ("hello {word}!", "hello Ada_1!", True),
        ("hello {word}s", "hello cats", True),
        ("hello {word}!", "hello Ada Lovelace!", False),
        ("id {any} end", "id  end", True),
        ("id {any}", "id what ever", True),
        ("{any}b{any}", "aaabccc", True),
        ("a.c", "abc", False),
        ("{int}.{int}", "3.14", True),
        ("{other}", "{other}", True),
    ],
)
def test_patterns(pattern: str, line: str, same: bool) -> None:
    assert fits(pattern, line) is same


def test_patterns_go_line_by_line() -> None:
    assert same_output("n {int}\nend\n", "n 7\nend", Match.PATTERN, 0.0)
    assert not same_output("n {int}\nend\n", "n 7\nend\nmore", Match.PATTERN, 0.0)


def test_a_hostile_line_takes_bounded_time() -> None:
    assert not fits("{any}a{any}a{any}a{any}b", "a" * 4_000)
    assert not fits("{word}{word}{word}!", "a" * 4_000)
    assert not fits("{any}", "a" * 70_000)


def test_unordered_counts_lines() -> None:
    assert same_output("a\nb\nb", "b\na\nb", Match.UNORDERED, 0.0)
    assert not same_output("a\nb\nb", "a\na\nb", Match.UNORDERED, 0.0)


def test_a_checkers_output_is_not_compared() -> None:
    with pytest.raises(ValueError, match="checker"):
        same_output("", "", Match.CHECKER, 0.0)


@given(st.text(max_size=80))
def test_everything_equals_itself(text: str) -> None:
    for match in (Match.EXACT, Match.TOLERANCE, Match.UNORDERED):
        assert same_output(text, text, match, 1e-6)


@given(st.text(max_size=80), st.text(max_size=80))
def test_comparing_is_symmetric_and_exact_is_the_strictest(one: str, other: str) -> None:
    exact = same_output(one, other, Match.EXACT, 0.0)
    assert exact == same_output(other, one, Match.EXACT, 0.0)
    assert exact == (where_different(one, other) == "")
    if exact:
        assert same_output(one, other, Match.TOLERANCE, 0.0)
        assert same_output(one, other, Match.UNORDERED, 0.0)


def test_a_difference_names_the_lines() -> None:
    assert difference("a\nb\nc", "a\nx\nc").splitlines()[3:] == [" a", "-b", "+x", " c"]
    assert difference("one", "two") == ""


@pytest.mark.parametrize(
    ("expected", "got", "told"),
    [
        ("a\nb", "a\nc", "Line 2 is 'c'; it should be 'b'."),
        ("a", "a\nb", "Line 2 is one too many: 'b'."),
        ("a\n\nb", "a", "Line 2 is missing: it should be ''."),
        ("x" * 500, "y", "Line 1 is 'y'; it should be '" + "x" * 80 + "...'."),
        ("a\n", "a", ""),
    ],
)
def test_the_first_line_that_differs_is_told(expected: str, got: str, told: str) -> None:
    assert where_different(expected, got) == told


@pytest.mark.parametrize(
    ("match", "expected", "got", "told", "marked"),
    [
        (
            Match.TOLERANCE,
            "mean 3.5\nmedian 3.0\ndeviation 2.29128785",
            "mean 3.5\nmedian 0\ndeviation 2.29128784747792",
            "Line 2 is 'median 0'; it should be 'median 3.0'.",
            ["-median 3.0", "+median 0"],
        ),
        (
            Match.TOLERANCE,
            "1.0\n2.0\n3.0",
            "2.0000001\n3.0000001",
            "Line 1 is '2.0000001'; it should be '1.0'.",
            ["-1.0"],
        ),
        (
            Match.PATTERN,
            "took {float} s\ndone",
            "took 1.5 s\nfailed",
            "Line 2 is 'failed'; it should be 'done'.",
            ["-done", "+failed"],
        ),
        (Match.UNORDERED, "a\nb\nc", "c\nb", "A line is missing: 'a'.", ["-a"]),
        (Match.UNORDERED, "a\nb", "b\na\nb", "A line is one too many: 'b'.", ["+b"]),
    ],
    ids=["tolerance", "a line left out", "pattern", "unordered, missing", "unordered, too many"],
)
def test_only_lines_that_differ_under_the_rule_are_marked(
    match: Match, expected: str, got: str, told: str, marked: list[str]
) -> None:
    assert where_different(expected, got, match, 1e-6) == told
    shown = difference(expected, got, match, 1e-6).splitlines()[3:]
    assert [line for line in shown if line[0] in "+-"] == marked


@given(
    st.lists(st.sampled_from(["a", "b", "1.0", "1.0000001", "{int}", "7"]), max_size=6),
    st.lists(st.sampled_from(["a", "b", "1.0", "1.0000001", "{int}", "7"]), max_size=6),
    st.sampled_from([Match.EXACT, Match.TOLERANCE, Match.PATTERN, Match.UNORDERED]),
)
def test_what_is_told_to_differ_is_what_decides(one: list[str], other: list[str], match: Match) -> None:
    expected, got = "\n".join(one), "\n".join(other)
    same = same_output(expected, got, match, 1e-6)
    assert same == (where_different(expected, got, match, 1e-6) == "")
    assert not same or difference(expected, got, match, 1e-6) == ""


def test_a_difference_of_huge_outputs_stays_small() -> None:
    assert len(difference("x\n" * 100_000, "y\n" * 100_000)) < 5_000
