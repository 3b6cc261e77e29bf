"""How alike two submissions are, whatever their names, spacing and comments: winnowing over tokens.

A program becomes a row of token kinds: every name that is no keyword is the same, every number is the same,
every text is the same, comments and layout are gone. Fingerprints are chosen from the hashes of all runs of
``RUN`` tokens by winnowing (Schleimer, Wilkerson, Aiken: "Winnowing: local algorithms for document
fingerprinting", 2003), so that any shared run of ``RUN + WINDOW - 1`` tokens is sure to share one. What the
challenge itself gave (its starter and given files) is taken out first.

What comes of it is for people to look at. It proves nothing: short challenges have few different solutions.
"""

from __future__ import annotations

import hashlib
import io
import keyword
import re
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.content import SourceFile

RUN = 8
WINDOW = 5
ENOUGH = 12
"""Own fingerprints below which a program is too short to say anything."""
NEAR = 0.8
"""Share of the smaller program's fingerprints from which two count as nearly identical."""
MOST_TOKENS = 20_000

_LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.DEDENT,
}
_PLAIN = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"[^\"]*\"|\d+(?:\.\d+)?|\w+|[^\s\w]", re.DOTALL)
"""For other languages and for what Python cannot read: comments, texts, numbers, words, signs."""


def tokens(files: Iterable[SourceFile]) -> list[str]:
    """The normalised tokens of all files, in the files' order of names."""
    found: list[str] = []
    for file in sorted(files, key=lambda file: file.name):
        found += (_python(file.text) if file.name.endswith(".py") else None) or _words(file.text)
        found.append("<file>")
    return found[:MOST_TOKENS]


def _python(text: str) -> list[str] | None:
    try:
        read = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return None
    return [_kind(token) for token in read if token.type not in _LAYOUT]


def _kind(token: tokenize.TokenInfo) -> str:
    if token.type == tokenize.NAME:
        return token.string if keyword.iskeyword(token.string) else "name"
    if token.type == tokenize.NUMBER:
        return "number"
    if token.type == tokenize.OP:
        return token.string
    return "text"


def _words(text: str) -> list[str]:
    found = []
    for word in _PLAIN.findall(text):
        if word.startswith(("--", "/*")):
            continue
        if word[0] in "'\"":
            found.append("text")
        elif word[0].isdigit():
            found.append("number")
        else:
            found.append(word.lower())
    return found


def fingerprints(files: Iterable[SourceFile]) -> frozenset[int]:
    """The winnowed fingerprints of a program."""
    row = tokens(files)
    hashes = [_hash(row[start : start + RUN]) for start in range(len(row) - RUN + 1)]
    if len(hashes) <= WINDOW:
        return frozenset(hashes)
    return frozenset(min(hashes[start : start + WINDOW]) for start in range(len(hashes) - WINDOW + 1))


def _hash(run: Sequence[str]) -> int:
    return int.from_bytes(hashlib.blake2b("\x1f".join(run).encode(), digest_size=8).digest(), "big")


def _every_run(files: Iterable[SourceFile]) -> frozenset[int]:
    row = tokens(files)
    return frozenset(_hash(row[start : start + RUN]) for start in range(len(row) - RUN + 1))


@dataclass(frozen=True, slots=True)
class Handed:
    """One member's submission."""

    submission: int
    member: int
    files: tuple[SourceFile, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two submissions by different members, the earlier one first, and how alike they are (0 to 1)."""

    first: int
    second: int
    share: float


def alike(handed: Sequence[Handed], given: Sequence[SourceFile], near: float = NEAR) -> list[Pair]:
    """Pairs of submissions that are nearly identical, most alike first; ``given`` is what everybody had.

    The measure is the share of the smaller program's own fingerprints that the other has too.
    """
    common = _every_run(given)
    prints = {one.submission: fingerprints(one.files) - common for one in handed}
    long_enough = [one for one in handed if len(prints[one.submission]) >= ENOUGH]
    found = []
    for at, one in enumerate(long_enough):
        for other in long_enough[at + 1 :]:
            if one.member == other.member:
                continue
            mine, theirs = prints[one.submission], prints[other.submission]
            share = len(mine & theirs) / min(len(mine), len(theirs))
            if share >= near:
                first, second = sorted((one.submission, other.submission))
                found.append(Pair(first, second, share))
    return sorted(found, key=lambda pair: (-pair.share, pair.first, pair.second))
