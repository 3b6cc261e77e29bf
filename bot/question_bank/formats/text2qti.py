"""text2qti, the plain text that teachers turn into quizzes for Canvas: choices, several answers, essays.

An element starts at a line's first column with its mark (``1.``, ``a)``, ``*b)``, ``[*]``, ``...``); blank
and indented lines continue it. Code that makes questions is never run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.content import Kind, Option, Question
from bot.question_bank import limits
from bot.question_bank.formats.base import Format, Reading, ReadOptions, Sample
from bot.question_bank.formats.collector import Collector
from bot.question_bank.formats.native.convert import heading
from bot.question_bank.text_files import read_text

NAME = "text2qti"
_MARKS = {
    "question": r"\d+\.",
    "right": r"\*[a-zA-Z]\)|\[\*\]",
    "wrong": r"[a-zA-Z]\)|\[ ?\]",
    "typed": r"\*|=",
    "feedback": r"\.\.\.",
    "if_right": r"\+",
    "if_wrong": r"-",
    "solution": r"!",
    "title": r"[Tt]itle:",
    "text": r"[Tt]ext:|[Tt]ext [Tt]itle:",
    "quiz_title": r"[Qq]uiz [Tt]itle:",
    "shuffle": r"[Ss]huffle answers:",
    "setting": (
        r"[Pp]oints:|[Pp]ick:|[Ss]olutions pick:|[Pp]oints per question:|[Qq]uiz description:|"
        r"[Ss]how correct answers:|[Oo]ne question at a time:|[Cc]an't go back:|[Ff]eedback is solution:|"
        r"[Ss]olutions sample groups:|[Ss]olutions randomize groups:"
    ),
}
_START = re.compile("|".join(rf"(?P<{name}>(?:{marks})[ \t]+(?=\S))" for name, marks in _MARKS.items()))
_ALONE = re.compile(r"(?P<essay>___+)|(?P<upload>\^\^\^+)|(?P<group>GROUP|END_GROUP)|(?P<code>```+\s*\S.*)")
_COMMENT, _END_COMMENT = "COMMENT", "END_COMMENT"
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")


@dataclass(slots=True)
class _Element:
    """One mark and what follows it."""

    line: int
    kind: str
    mark: str
    lines: list[str]
    indent: int = 0
    """How far its first line's text stands in, which its other lines lose."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


@dataclass(slots=True)
class _Quiz:
    """What holds for the questions that follow."""

    title: str = ""
    shuffle: bool = False
    next_title: str = ""
    parts: list[_Element] = field(default_factory=list)
    """The elements of the question that is being read."""


def _elements(text: str) -> Iterator[_Element]:
    """The elements of a file; a line that belongs to none is one of kind ``stray``."""
    current: _Element | None = None
    comment, fence = False, ""
    for number, line in enumerate(text.split("\n"), start=1):
        if comment or (not fence and line.rstrip() == _COMMENT):
            comment = line.rstrip() != _END_COMMENT
            continue
        if not fence and line.startswith("%"):
            continue
        inside = bool(fence) or not line.strip() or line[0] in " \t"
        if current and current.kind == "code":
            fence = "" if line.rstrip() == fence else fence
            current.lines.append(line)
            if not fence:
                yield current
                current = None
            continue
        if inside and current:
            mark = _FENCE.match(line)
            if mark:
                fence = mark[1] if not fence else ("" if line.strip() == fence else fence)
            current.lines.append(_dedented(line, current.indent))
            continue
        if not line.strip():
            continue
        if current:
            yield current
        current = _started(number, line)
        if current.kind == "code":
            fence = line[: len(line) - len(line.lstrip("`"))]
    if current:
        yield current


def _started(number: int, line: str) -> _Element:
    alone = _ALONE.fullmatch(line.rstrip())
    if alone:
        return _Element(number, str(alone.lastgroup), line.strip(), [])
    mark = _START.match(line)
    if not mark:
        return _Element(number, "stray", line.strip(), [line.strip()])
    return _Element(number, str(mark.lastgroup), mark[0].strip(), [line[mark.end() :]], mark.end())


def _dedented(line: str, indent: int) -> str:
    lead = len(line) - len(line.lstrip(" "))
    return line[min(lead, indent) :] if line[:1] == " " else line.removeprefix("\t")


def _finish(quiz: _Quiz, found: Collector) -> None:
    """Turn the gathered elements into a question, or into the reason why not."""
    if not quiz.parts:
        return
    first, *rest = quiz.parts
    quiz.parts = []
    prompt, name, kinds = first.text, heading(first.text), {each.kind for each in rest}
    stray = next((each for each in rest if each.kind == "stray"), None)
    if stray:
        message = (
            f"The line `{stray.mark[:60]}` starts with no mark and is not indented. Indent it under its mark."
        )
        found.reject(stray.line, "text2qti_syntax", message, name)
    elif kinds & {"typed", "upload"}:
        message = "It is answered by typing or with a file, which is not imported. Write it with choices."
        found.reject(first.line, "unknown_type", message, name)
    elif "essay" in kinds:
        _essay(first, rest, found)
    elif kinds & {"right", "wrong"}:
        made = _options(rest)
        meta = found.meta(prompt, more="\n".join(option.text for option in made), title=quiz.next_title)
        found.choice(
            first.line, prompt, made, explanation=_explanation(rest), shuffle=quiz.shuffle, meta=meta
        )
    else:
        message = "It has no choices. Write `a)` and `*b)`, or `[ ]` and `[*]`, below it."
        found.reject(first.line, "too_few_options", message, name)
    quiz.next_title = ""


def _options(parts: list[_Element]) -> list[Option]:
    made: list[Option] = []
    for each in parts:
        if each.kind in ("right", "wrong"):
            made.append(Option(each.text, each.kind == "right"))
        elif each.kind == "feedback" and made:
            made[-1] = Option(made[-1].text, made[-1].correct, each.text)
    return made


def _explanation(parts: list[_Element]) -> str:
    """What is said of the question as a whole, in the file's order."""
    said: list[str] = []
    choosing = False
    for each in parts:
        choosing = choosing or each.kind in ("right", "wrong")
        if each.kind in ("if_right", "if_wrong", "solution") or (each.kind == "feedback" and not choosing):
            said.append(each.text)
    return "\n\n".join(said)


def _essay(first: _Element, parts: list[_Element], found: Collector) -> None:
    """An essay with a model answer is a question to answer in one's own words."""
    solution = next((each.text for each in parts if each.kind == "solution"), "")
    if not solution:
        message = "It is an essay without a model answer. Add one in a line that starts with `!`."
        found.reject(first.line, "missing_answer", message, heading(first.text))
        return
    meta = found.meta(first.text, more=solution)
    shown = _explanation([each for each in parts if each.kind != "solution"])
    found.add(
        first.line,
        Question(meta=meta, kind=Kind.FREE_TEXT, prompt=first.text, answer=solution, explanation=shown),
    )


def read(path: Path, options: ReadOptions) -> Reading:
    """Read a quiz; groups are read as the questions in them, and what has no counterpart is reported."""
    found = Collector(path.name, options)
    quiz = _Quiz()
    for each in _elements(read_text(path, path.name, at_most=limits.FOREIGN_BYTES)):
        if each.kind in ("question", "title", "text", "quiz_title", "group", "code"):
            _finish(quiz, found)
        if each.kind == "question" or quiz.parts:
            if each.kind != "setting":
                quiz.parts.append(each)
        elif each.kind == "title":
            quiz.next_title = each.text
        elif each.kind == "quiz_title":
            quiz.title = quiz.title or each.text
        elif each.kind == "shuffle":
            quiz.shuffle = each.text.lower() == "true"
        elif each.kind == "text":
            found.warn(each.line, "text_left_out", "A text between questions is left out.", each.text[:60])
        elif each.kind == "code":
            message = "Code that makes questions is not run. Run text2qti yourself and paste what it makes."
            found.reject(each.line, "unknown_type", message, each.mark)
        elif each.kind not in ("setting", "group"):
            message = f"The line `{each.mark[:60]}` belongs to no question. Begin one with `1.` before it."
            found.reject(each.line, "text2qti_syntax", message)
    _finish(quiz, found)
    return found.reading(NAME, quiz.title)


def detect(sample: Sample) -> bool:
    """Whether a text file has numbered questions with this format's marks for choices."""
    if sample.is_folder or sample.suffix not in (".txt", ".md", ".text2qti"):
        return False
    starts = [match for line in sample.text.split("\n") if (match := _START.match(line))]
    kinds = {match.lastgroup for match in starts}
    return "quiz_title" in kinds or kinds >= {"question", "right"}


FORMAT = Format(name=NAME, title="text2qti", detect=detect, read=read)
