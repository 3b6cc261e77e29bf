"""Gathers what a foreign format holds: questions with keys of their own, and problems, by line."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bot.domain.content import Bank, Challenge, Difficulty, Item, Kind, Meta, Option, Question
from bot.question_bank import limits
from bot.question_bank.formats.base import Reading, ReadOptions
from bot.question_bank.formats.native.convert import heading
from bot.question_bank.formats.native.reading import slug
from bot.question_bank.problems import Found, Place, Problem, Severity, problem
from bot.question_bank.schema.fields import KEY

_KEY_WORDS = 40
_PICTURE = re.compile(r"!\[[^\]\n]{0,300}\]\(|<img\b", re.IGNORECASE)


class Collector:
    """The questions and problems of one file, in the order in which they stand in it."""

    def __init__(self, file: str, options: ReadOptions) -> None:
        self.file = file
        self.options = options
        self.items: list[Found] = []
        self.problems: list[Problem] = []
        self._keys: dict[str, str] = {}

    def key_for(self, prompt: str, more: str = "", wanted: str = "") -> str:
        """A key from the question's words, so that it stays when options are edited.

        ``more`` (options, program) tells apart questions with the same words. A question that is in the
        file twice gets the same key twice, which the reader reports.
        """
        if wanted:
            return wanted if re.fullmatch(KEY, wanted) else slug(wanted, "q")
        key = f"{slug(heading(prompt), 'q')[:_KEY_WORDS].strip('-._')}-{_digest(prompt)}"
        content = _digest(f"{prompt}\0{more}")
        if self._keys.setdefault(key, content) != content:
            key = f"{key}-{_digest(more)}"
        return key

    def meta(
        self,
        prompt: str,
        *,
        more: str = "",
        key: str = "",
        title: str = "",
        topic: str = "",
        difficulty: Difficulty | None = None,
        tags: Iterable[str] = (),
        hints: Iterable[str] = (),
        author: str = "",
    ) -> Meta:
        """What every kind has, with what the file does not say taken from the options of the import."""
        return Meta(
            key=self.key_for(prompt, more, key),
            title=(title or heading(prompt))[: limits.TITLE_CHARS],
            topic=topic or self.options.topic,
            difficulty=difficulty or self.options.difficulty,
            tags=tuple(tags),
            hints=tuple(hints),
            author=author or self.options.author,
            licence=self.options.licence,
        )

    def choice(
        self,
        line: int,
        prompt: str,
        options: Iterable[Option],
        *,
        explanation: str = "",
        shuffle: bool = False,
        meta: Meta | None = None,
    ) -> None:
        """Add a multiple-choice question; one whose pictures would be missing is rejected."""
        options = tuple(options)
        if _PICTURE.search(prompt) or any(_PICTURE.search(option.text) for option in options):
            message = "It shows a picture, which is not imported. Say in words what the picture shows."
            self.reject(line, "picture", message, heading(prompt))
            return
        meta = meta or self.meta(prompt, more="\n".join(option.text for option in options))
        if _PICTURE.search(explanation):
            self.warn(line, "picture", "A picture in the explanation is not imported.", meta.key)
        self.add(line, Question(
            meta=meta, kind=Kind.MULTIPLE_CHOICE, prompt=prompt, options=options, shuffle=shuffle,
            explanation=explanation,
        ))  # fmt: skip

    def add(self, line: int, item: Item) -> None:
        """Add a question or challenge; one beyond the bounds of the native format is rejected."""
        texts = [item.prompt, item.explanation]
        if isinstance(item, Challenge):
            longest = limits.CODE_CHARS
            texts += [file.text for variant in item.references for file in variant.files]
            texts += [test.file.text for test in item.tests]
        else:
            longest = limits.PROMPT_CHARS
            texts += [item.answer, *(option.text for option in item.options)]
        if max(map(len, texts)) > longest:
            self.reject(
                line,
                "too_large",
                f"A text of it is longer than {longest} characters. Shorten it.",
                item.meta.key,
            )
            return
        self.items.append(Found(item, Place(file=self.file, line=line)))

    def reject(self, line: int, code: str, message: str, question: str = "") -> None:
        """Report something that is not imported."""
        self.problems.append(
            problem(Place(file=self.file, line=line), code, message, question=question[:100])
        )

    def warn(self, line: int, code: str, message: str, question: str = "") -> None:
        """Report something that was imported with a change."""
        place = Place(file=self.file, line=line)
        self.problems.append(
            problem(place, code, message, question=question[:100], severity=Severity.WARNING)
        )

    def reading(self, format_name: str, bank: str = "") -> Reading:
        """All that was gathered."""
        name = self.options.name or slug(bank or self.file.rpartition("/")[2].partition(".")[0])
        if not self.items and not self.problems:
            self.reject(
                0, "no_questions", "No question was found in it. Check that it is the right file and format."
            )
        return Reading(
            format=format_name,
            bank=Bank(name=name, licence=self.options.licence, author=self.options.author),
            items=tuple(self.items),
            problems=tuple(self.problems),
        )


def _digest(text: str) -> str:
    words = " ".join(text.split()).lower()
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def extra_of(meta: Meta) -> dict[str, Any]:
    """What other programs' formats have no place for, to be carried in a corner they ignore."""
    return {
        "topic": meta.topic,
        "difficulty": meta.difficulty.value,
        "level": meta.level,
        "minutes": meta.minutes,
        "hints": list(meta.hints),
        "author": meta.author,
        "licence": meta.licence,
    }


def with_extra(meta: Meta, extra: dict[str, Any]) -> Meta:
    """``meta`` with what ``extra_of`` carried.

    Raises:
        ValueError, TypeError: somebody edited it into something else.
    """
    if not extra:
        return meta
    minutes = extra.get("minutes")
    return replace(
        meta,
        topic=str(extra.get("topic", meta.topic)),
        difficulty=Difficulty(extra.get("difficulty", meta.difficulty)),
        level=str(extra.get("level", "")),
        minutes=None if minutes is None else int(minutes),
        hints=tuple(map(str, extra.get("hints", ()))),
        author=str(extra.get("author", meta.author)),
        licence=str(extra.get("licence", meta.licence)),
    )


def shares_fault(shares: Sequence[float]) -> tuple[str, str] | None:
    """Why options worth these percentages of the points are not simply right or wrong: a code and a message.

    All right ones together must make 100; only then is "all of these and no other" what the teacher meant.
    """
    whole = [share for share in shares if share >= 100]
    parts = [share for share in shares if 0 < share < 100]
    if len(whole) > 1:
        return (
            "several_right",
            "Any one of several right options would do, which is no kind here. Split the points between "
            "them.",
        )
    if parts and (whole or abs(sum(parts) - 100) > 1):
        return "partial_weight", "Partly right options are no kind here. Make each one right or wrong."
    return None


_BLOCK = re.compile(r"</?(?:p|div|li|ul|ol|h[1-6]|tr|table|blockquote)\b[^<>]*>|<br\s*/?>", re.IGNORECASE)
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`", "tt": "`"}
_INLINE = re.compile(r"</?(b|strong|i|em|code|tt)\b[^<>]*>", re.IGNORECASE)
_PRE = re.compile(r"<pre\b[^<>]*>", re.IGNORECASE)
_END_PRE = re.compile(r"</pre\s*>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_IMAGE = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--[^<>]*-->")


def from_html(text: str) -> str:
    """HTML as other programs export it, in Markdown: code, emphasis and paragraphs kept, other tags dropped.

    A picture becomes a Markdown picture without an address, so that it is noticed.
    """
    parts: list[str] = []
    end = 0
    while (start := _PRE.search(text, end)) and (close := _END_PRE.search(text, start.end())):
        code = html.unescape(_TAG.sub("", _BREAK.sub("\n", text[start.end() : close.start()])))
        parts.append(_flow(text[end : start.start()]))
        parts.append("\n```\n" + code.strip("\n") + "\n```\n")
        end = close.end()
    parts.append(_flow(text[end:]))
    return re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip()


def _flow(text: str) -> str:
    text = _IMAGE.sub("![picture]()", text)
    text = _INLINE.sub(lambda match: _MARKS[match[1].lower()], text)
    text = _TAG.sub("", _BLOCK.sub("\n", text))
    return html.unescape(text).replace("\xa0", " ")
