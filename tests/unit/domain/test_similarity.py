"""Nearly identical programs are found whatever their names and layout; different ones are not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.content import SourceFile
from bot.domain.similarity import Handed, alike, fingerprints, tokens

ORIGINAL = '''
def group(words):
    """Words by their letters."""
    groups = {}
    for word in words:
        key = "".join(sorted(word))
        groups.setdefault(key, []).append(word)
    found = [sorted(members) for members in groups.values()]
    return sorted(found, key=lambda members: (len(members), members[0]))


def longest(groups, least=2):
    best = None
    for members in groups:
        if len(members) < least:
            continue
        if best is None or len(members) > len(best):
            best = members
    return best or []
'''
OTHER = """
from collections import defaultdict


def group(words):
    by_letters = defaultdict(set)
    while words:
        first, *words = words
        by_letters[frozenset((letter, first.count(letter)) for letter in first)].add(first)
    ordered = list(map(sorted, by_letters.values()))
    ordered.sort(key=lambda some: some[0])
    ordered.sort(key=len)
    return ordered


def longest(groups, least=2):
    large = [some for some in groups if len(some) >= least]
    return max(large, key=len, default=[])
"""


def files(text: str, name: str = "solution.py") -> tuple[SourceFile, ...]:
    return (SourceFile(name, text),)


def disguised(text: str) -> str:
    """The same program under other names, with comments and another layout."""
    for old, new in (("groups", "g"), ("word", "w"), ("members", "mm"), ("best", "top"), ("found", "res")):
        text = re.sub(rf"\b{old}(s?)\b", rf"{new}\1", text)
    text = text.replace('"""Words by their letters."""', "'''mine'''  # all my own work")
    return text.replace("    ", "\t").replace("least=2", "least = 3")


def pairs(*texts: str, given_files: tuple[SourceFile, ...] = ()) -> list[tuple[int, int]]:
    handed = [Handed(number, number, files(text)) for number, text in enumerate(texts, start=1)]
    return [(pair.first, pair.second) for pair in alike(handed, given_files)]


def test_other_names_comments_and_layout_hide_nothing() -> None:
    assert pairs(ORIGINAL, OTHER, disguised(ORIGINAL)) == [(1, 3)]


def test_a_piece_taken_over_whole_is_found_in_a_longer_program() -> None:
    assert pairs(ORIGINAL, OTHER + disguised(ORIGINAL)) == [(1, 2)]


def test_what_the_challenge_gave_is_nobodys_copy() -> None:
    assert pairs(ORIGINAL, ORIGINAL, given_files=files(ORIGINAL)) == []


def test_one_member_may_repeat_themselves() -> None:
    handed = [Handed(number, 7, files(ORIGINAL)) for number in (1, 2)]
    assert alike(handed, ()) == []


def test_short_programs_say_nothing() -> None:
    assert pairs("print(sum(range(10)))\n", "print(sum(range(10)))\n") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT name FROM users -- all\nWHERE age > 18", "select NAME from USERS where AGE > 21"),
        ("def broken(:\n  x = 'a'", "def   broken ( : x = 'b'"),
    ],
)
def test_other_languages_and_broken_code_are_read_by_their_words(one: str, other: str) -> None:
    name = "query.sql" if "SELECT" in one else "solution.py"
    assert tokens(files(one, name)) == tokens(files(other, name))


@given(st.text(max_size=300))
def test_whatever_is_handed_in_can_be_read(text: str) -> None:
    assert fingerprints(files(text)) == fingerprints(files(text))
