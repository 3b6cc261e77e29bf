"""Markdown multiple choice, in the two dialects that people write.

``- [x]`` task lists under a heading for each question, and lettered options (``- A: ...``) with
``Answer: B``, often inside ``<details>``. Read line by line, since real files break Markdown's own
rules in ways that matter: fences that never close, options without a question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.content import Option
from bot.question_bank import limits
from bot.question_bank.formats.base import Format, Reading, ReadOptions, Sample
from bot.question_bank.formats.collector import Collector
from bot.question_bank.formats.native.convert import heading
from bot.question_bank.text_files import read_text

NAME = "markdown"
SUFFIXES = (".md", ".markdown")
_HEADING = re.compile(r"^ {0,3}(?:(#{1,6})\s+|(#{2,6})(?=[^\s#]))(.*?)\s*#*\s*$")
"""As written, and as forgotten: ``##Q1`` without the space is a heading too; ``#include`` is not."""
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})(.*)$")
_BOX = re.compile(r"^(\s*)(?:[-*+]|\d{1,2}[.)])\s*\[\s*([xX✓✔хХ]?)\s*\](.*)$")
_LETTER = re.compile(r"^(\s*)(?:[-*+]\s+)?(?:\*\*)?([A-J])[:.)](?:\*\*)?\s+(.*)$")
_BULLET_LETTER = re.compile(r"^\s*[-*+]\s+(?:\*\*)?[A-J][:.)]")
_ANSWER = re.compile(
    r"^[\s#>*_]*(?:the\s+)?(?:correct\s+)?answers?(?:\s+is)?[\s*_]*:[\s*_]*((?:[A-J]\b[\s,&/*_]*(?:and\b\s*)?)+)(?=$|[\s.:)*_-])",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"^(?:\*\*)?(?:Q(?:uestion)?\s*\d+\s*[.:)]|Q(?:uestion)?\s*\d+\b|\d+\s*[.)])\s*", re.IGNORECASE
)
_NUMBERED_HEADING = re.compile(r"^ {0,3}#{2,6}\s+(?:Q(?:uestion)?\s*)?\d+\s*[.:)]", re.IGNORECASE)
_EXPLAINS = re.compile(r"^\W*(explanation|reference|solution|answer|source|note)s?\b", re.IGNORECASE)
_WRAPPING = re.compile(
    r"^\s*(?:</?(?:details|p|br)\b[^>]*>\s*)*(?:<summary>.*</summary>\s*)?(?:<p>\s*)?$", re.IGNORECASE
)
_RULE = re.compile(r"^\s*(?:-{3,}|\*{3,})\s*$")
_BACK_LINK = re.compile(r"back to (?:the )?top", re.IGNORECASE)
_ITEM = re.compile(r"^\s*\d{1,2}[.)]\s")
_BARE = re.compile(r"^\W*(?:\w{1,2}|option\s+\w)\W*$", re.IGNORECASE)


@dataclass(slots=True)
class _Choice:
    line: int
    letter: str
    right: bool
    lines: list[str]


@dataclass(slots=True)
class _Section:
    """What stands under one heading (or before the first)."""

    line: int
    title: str
    depth: int
    before: list[str] = field(default_factory=list)
    choices: list[_Choice] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    answers: str = ""
    lists: list[int] = field(default_factory=list)
    """The first line of each further list of options: they belong to a question without a heading."""
    open_fence: int = 0
    """The line of a fence that never closes."""


class _Parser:
    """Splits a file into sections, and sections into prompt, options and explanation."""

    def __init__(self) -> None:
        self.sections: list[_Section] = [_Section(1, "", 0)]
        self.fence = ""
        self.fence_line = 0

    def parse(self, text: str) -> list[_Section]:
        for number, line in enumerate(text.split("\n"), start=1):
            self.line(number, line)
        if self.fence:
            self.sections[-1].open_fence = self.fence_line
        return self.sections

    def line(self, number: int, line: str) -> None:
        if self.fence and _NUMBERED_HEADING.match(line):
            self.sections[-1].open_fence = self.fence_line
            self.fence = ""
        mark = _FENCE.match(line)
        if self.fence or mark:
            self.text(line)
            self.turn_fence(number, mark)
            return
        title = _HEADING.match(line)
        if title and not self.belongs_to_answer(title[3]):
            self.sections.append(_Section(number, title[3], len(title[1] or title[2])))
        elif box := _BOX.match(line):
            self.choice(number, "", bool(box[2]), box[3].strip())
        elif (letter := _LETTER.match(line)) and self.expects(letter[2], line):
            self.choice(number, letter[2], False, letter[3].strip())
        elif self.starts_question(line):
            self.sections.append(_Section(number, line.strip(), 7))
        else:
            self.text(line)

    def turn_fence(self, number: int, mark: re.Match[str] | None) -> None:
        if not mark:
            return
        if not self.fence:
            self.fence, self.fence_line = mark[1], number
        elif mark[1].startswith(self.fence) and not mark[2].strip():
            self.fence = ""

    def belongs_to_answer(self, title: str) -> bool:
        """Whether a heading such as "Answer: D" is inside the question before it."""
        section = self.sections[-1]
        if section.choices and (match := _ANSWER.match(title)):
            section.answers = match[1]
            return True
        return bool(section.choices and _EXPLAINS.match(title))

    def expects(self, letter: str, line: str) -> bool:
        """Whether a lettered line is the next option: letters come in order, sentences may begin with A."""
        choices = self.sections[-1].choices
        if choices and not choices[0].letter:
            return False
        wanted = chr(ord("A") + len(choices))
        return letter == wanted and (
            bool(choices) or bool(_BULLET_LETTER.match(line)) or not line.startswith("A. ")
        )

    def starts_question(self, line: str) -> bool:
        """Whether a numbered paragraph after options begins the next question of a file without headings."""
        section = self.sections[-1]
        return bool(section.choices and section.depth in (0, 7) and _NUMBER.match(line))

    def choice(self, number: int, letter: str, right: bool, text: str) -> None:
        section = self.sections[-1]
        if _is_block(section.after):
            section.choices[-1].lines += section.after
            section.after = []
        elif any(part.strip() for part in section.after):
            section.lists.append(number)
            section.after = []
        section.choices.append(_Choice(number, letter, right, [text]))

    def text(self, line: str) -> None:
        """A line of the prompt, of the option above it, or of the explanation."""
        section = self.sections[-1]
        if not section.choices:
            section.before.append(line)
            return
        if match := _ANSWER.match(line):
            section.answers = section.answers or match[1]
            return
        option = section.choices[-1]
        fence_of_option = bool(self.fence) and not section.after
        starts_fence = bool(_FENCE.match(line)) and not any(part.strip() for part in section.after)
        indented = line.startswith("  ") and not section.after
        listed = not section.after and _ITEM.match(line) and self.is_blank(option)
        if (
            fence_of_option
            or indented
            or listed
            or (starts_fence and (line[:1] == " " or self.is_bare(option)))
        ):
            option.lines.append(line)
        elif line.strip() or section.after:
            section.after.append(line)

    @staticmethod
    def is_blank(option: _Choice) -> bool:
        """Whether the option's own line holds nothing to read, so that the list below must be its text."""
        return not re.search(r"\w", re.sub(r"&\w+;", "", option.lines[0]))

    @staticmethod
    def is_bare(option: _Choice) -> bool:
        """Whether the option is a label only, or is one already continued by a block."""
        first = option.lines[0]
        return len(option.lines) > 1 or _Parser.is_blank(option) or bool(_BARE.match(first))


def _is_block(lines: list[str]) -> bool:
    """Whether the lines are fenced code and nothing else: between two options it belongs to the first."""
    inside, fence, seen = False, "", False
    for line in lines:
        mark = _FENCE.match(line)
        if inside:
            inside = not (mark and mark[1].startswith(fence) and not mark[2].strip())
        elif mark:
            inside, fence, seen = True, mark[1], True
        elif line.strip():
            return False
    return seen and not inside


def _option_text(lines: list[str]) -> str:
    """The option without a first line that only puts something beside the box (``&shy;``, ``.``)."""
    text = "\n".join(lines).strip()
    rest = "\n".join(lines[1:]).strip()
    return rest if rest and not re.search(r"\w", re.sub(r"&\w+;", "", lines[0])) else text


def _explanation(lines: list[str]) -> str:
    kept = [
        line for line in lines if not (line.strip() and _WRAPPING.match(line)) and not _BACK_LINK.search(line)
    ]
    while kept and (not kept[-1].strip() or _RULE.match(kept[-1])):
        kept.pop()
    return "\n".join(kept).strip()


def _collect(section: _Section, found: Collector) -> None:
    lines = "\n".join([section.title, *section.before]).strip().split("\n")
    prompt = "\n".join([_NUMBER.sub("", lines[0]).removesuffix("**"), *lines[1:]]).strip()
    name = heading(prompt)
    if section.open_fence:
        message = f"The code fence of line {section.open_fence} never closes. Close it with ```` ``` ````."
        found.reject(section.line, "unbalanced_fence", message, name)
        return
    if not section.choices:
        if _NUMBERED_HEADING.match("#" * max(section.depth, 2) + " " + section.title):
            found.reject(section.line, "too_few_options", "It has no options. Add a `- [ ]` list.", name)
        return
    if section.lists:
        for line in [section.choices[0].line, *section.lists]:
            message = (
                "Several lists of options stand under one heading. Give each question a heading of its own."
            )
            found.reject(line, "two_option_lists", message, name)
        return
    choices = section.choices
    if len(choices) > 2 and not "".join(choices[-1].lines).strip() and not choices[-1].right:
        found.warn(choices[-1].line, "blank_option", "An empty last option was left out.", name)
        choices = choices[:-1]
    letters = set(re.findall(r"\b[A-J]\b", section.answers.upper()))
    unknown = letters - {choice.letter for choice in choices}
    if choices[0].letter and unknown:
        message = f"The answer names {', '.join(sorted(unknown))}, which is no option. Correct it."
        found.reject(section.line, "unknown_answer", message, name)
        return
    options = [
        Option(_option_text(choice.lines), choice.right or choice.letter in letters) for choice in choices
    ]
    found.choice(section.line, prompt, options, explanation=_explanation(section.after))


def read(path: Path, options: ReadOptions) -> Reading:
    """Read a Markdown file of either dialect."""
    found = Collector(path.name, options)
    for section in _Parser().parse(read_text(path, path.name, at_most=limits.FOREIGN_BYTES)):
        _collect(section, found)
    return found.reading(NAME)


def detect(sample: Sample) -> bool:
    """Whether a Markdown file has ``- [x]`` options, or lettered ones with answers."""
    if sample.is_folder or sample.suffix not in SUFFIXES:
        return False
    lines = sample.text.split("\n")
    return any(_BOX.match(line) for line in lines) or (
        any(_BULLET_LETTER.match(line) for line in lines) and any(_ANSWER.match(line) for line in lines)
    )


FORMAT = Format(name=NAME, title="Markdown multiple choice", detect=detect, read=read)
