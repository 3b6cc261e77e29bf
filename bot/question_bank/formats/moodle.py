"""Moodle XML: multiple choice, true-or-false, essays with notes for graders, CodeRunner; and export."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from bot.domain.content import Item, Kind, Meta, Option, Question
from bot.question_bank import limits
from bot.question_bank.formats import coderunner
from bot.question_bank.formats.base import Format, Reading, ReadOptions, Sample
from bot.question_bank.formats.collector import Collector, extra_of, from_html, shares_fault, with_extra
from bot.question_bank.formats.native.convert import heading
from bot.question_bank.problems import Place, Unreadable, problem
from bot.question_bank.text_files import read_text

NAME = "moodle"
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_QUESTION = re.compile(r"<question\s+type\s*=")
_CDATA = re.compile(r"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_NOT_TOPICS = re.compile(r"^(top|\$\w+\$|default for .*)$", re.IGNORECASE)


def parse_xml(text: str, file: str) -> ET.Element:
    """The root of an XML document without a DTD, entities or outside references.

    Raises:
        Unreadable: a syntax error with its line, or a declaration that could do harm.
    """
    try:
        root: ET.Element = defusedxml.ElementTree.fromstring(_DECLARATION.sub("", text), forbid_dtd=True)
    except ET.ParseError as error:
        place = Place(file=file, line=error.position[0])
        message = f"Not valid XML here: {error.msg}. Export it again."
        raise Unreadable(problem(place, "xml_syntax", message)) from error
    except DefusedXmlException as error:
        message = "It declares a DTD or entities, which are refused. Export it without them."
        raise Unreadable(problem(Place(file=file), "xml_entities", message)) from error
    except (RecursionError, ValueError) as error:
        message = "It nests too deep or is not XML. Export it again."
        raise Unreadable(problem(Place(file=file), "xml_syntax", message)) from error
    return root


def _lines(text: str, count: int) -> list[int]:
    """The line of each question; CDATA, which may hold anything, is not searched."""
    bare = _CDATA.sub(lambda match: "\n" * match[0].count("\n"), text)
    marks = [bare.count("\n", 0, match.start()) + 1 for match in _QUESTION.finditer(bare)]
    return marks if len(marks) == count else [0] * count


def _raw(element: ET.Element, path: str) -> str:
    return (element.findtext(path) or "").replace("\r\n", "\n")


def _text(element: ET.Element | None) -> str:
    """A text element in Markdown, according to its own or its parent's ``format``."""
    if element is None:
        return ""
    text = _raw(element, "text")
    if element.get("format", "html") in ("markdown", "plain_text"):
        return text.strip()
    return from_html(text)


def _topic(path: str) -> str:
    last = path.strip().rpartition("/")[2].strip()
    return "" if _NOT_TOPICS.match(last) else last


class _Quiz:
    """Reads the questions of one file, in order, since categories hold for what follows them."""

    def __init__(self, found: Collector) -> None:
        self.found = found
        self.topic = ""

    def question(self, element: ET.Element, line: int) -> None:
        kind = element.get("type", "")
        name = _raw(element, "name/text").strip()
        if kind == "category":
            self.topic = _topic(_raw(element, "category/text"))
        elif kind in ("multichoice", "truefalse"):
            self.choice(element, line, name, is_truth=kind == "truefalse")
        elif kind == "essay" and _text(element.find("graderinfo")):
            self.essay(element, line, name)
        elif kind == "coderunner":
            self.code(element, line, name)
        else:
            message = f"The type `{kind[:40]}` has no counterpart here. Write it as multiple choice."
            self.found.reject(line, "unknown_type", message, name)

    def meta(self, element: ET.Element, prompt: str, name: str, more: str = "") -> Meta:
        tags = [_raw(tag, "text").strip() for tag in element.findall("tags/tag")]
        return self.found.meta(
            prompt,
            more=more,
            key=_raw(element, "idnumber").strip(),
            title=name or heading(prompt),
            topic=self.topic,
            tags=[tag for tag in tags if tag],
            hints=[hint for hint in map(_text, element.findall("hint")) if hint],
        )

    def choice(self, element: ET.Element, line: int, name: str, *, is_truth: bool) -> None:
        prompt = _text(element.find("questiontext"))
        answers = element.findall("answer")
        try:
            shares = [float(answer.get("fraction", "0")) for answer in answers]
        except ValueError:
            self.found.reject(line, "wrong_value", "A `fraction` is not a number. Correct it.", name)
            return
        fault = shares_fault(shares)
        if (
            fault is None
            and _raw(element, "single").strip() == "true"
            and sum(share > 0 for share in shares) > 1
        ):
            fault = ("partial_weight", "Only one may be chosen, but several earn points. Make one right.")
        if fault:
            self.found.reject(line, *fault, name)
            return
        options = [
            Option(
                _raw(answer, "text").strip().capitalize() if is_truth else _text(answer),
                share > 0,
                _text(answer.find("feedback")),
            )
            for answer, share in zip(answers, shares, strict=True)
        ]
        meta = self.meta(element, prompt, name, "\n".join(option.text for option in options))
        shuffle = not is_truth and _raw(element, "shuffleanswers").strip() in ("1", "true")
        try:
            meta = with_extra(meta, json.loads(_raw(element, "warmup") or "{}"))
        except (ValueError, TypeError, AttributeError):
            self.found.reject(line, "wrong_value", "Its `<warmup>` element was changed. Remove it.", name)
            return
        explanation = _text(element.find("generalfeedback"))
        self.found.choice(line, prompt, options, explanation=explanation, shuffle=shuffle, meta=meta)

    def essay(self, element: ET.Element, line: int, name: str) -> None:
        prompt, answer = _text(element.find("questiontext")), _text(element.find("graderinfo"))
        meta = self.meta(element, prompt, name, answer)
        explanation = _text(element.find("generalfeedback"))
        self.found.add(
            line,
            Question(meta=meta, kind=Kind.FREE_TEXT, prompt=prompt, answer=answer, explanation=explanation),
        )

    def code(self, element: ET.Element, line: int, name: str) -> None:
        prompt = _text(element.find("questiontext"))
        meta = self.meta(element, prompt, name, _raw(element, "answer"))
        try:
            challenge = coderunner.challenge(element, prompt, meta, _text(element.find("generalfeedback")))
        except coderunner.NotImported as refused:
            self.found.reject(line, refused.code, str(refused), name)
            return
        self.found.add(line, challenge)


def read(path: Path, options: ReadOptions) -> Reading:
    """Read an export of a Moodle question bank."""
    text = read_text(path, path.name, at_most=limits.FOREIGN_BYTES)
    elements = parse_xml(text, path.name).findall("question")
    quiz = _Quiz(Collector(path.name, options))
    for element, line in zip(elements, _lines(text, len(elements)), strict=True):
        quiz.question(element, line)
    return quiz.found.reading(NAME)


def detect(sample: Sample) -> bool:
    """Whether it is XML whose root is ``<quiz>``."""
    return not sample.is_folder and sample.suffix == ".xml" and "<quiz" in sample.text


FORMAT = Format(name=NAME, title="Moodle XML", detect=detect, read=read)


def _add(parent: ET.Element, tag: str, text: str, markup: str = "markdown") -> ET.Element:
    element = ET.SubElement(parent, tag, {"format": markup} if markup else {})
    ET.SubElement(element, "text").text = text.strip()
    return element


def write_moodle(items: Iterable[Item]) -> tuple[str, list[Item]]:
    """The multiple-choice questions as Moodle XML, and the items that are left out."""
    quiz = ET.Element("quiz")
    left_out: list[Item] = []
    for item in items:
        if not isinstance(item, Question) or item.kind is not Kind.MULTIPLE_CHOICE:
            left_out.append(item)
            continue
        category = ET.SubElement(ET.SubElement(quiz, "question", {"type": "category"}), "category")
        ET.SubElement(category, "text").text = f"$course$/top/{item.meta.topic.replace('/', ' ')}"
        _write(ET.SubElement(quiz, "question", {"type": "multichoice"}), item)
    ET.indent(quiz)
    return ET.tostring(quiz, encoding="unicode", xml_declaration=False) + "\n", left_out


def _write(element: ET.Element, item: Question) -> None:
    meta = item.meta
    _add(element, "name", meta.title, "")
    _add(element, "questiontext", item.prompt)
    _add(element, "generalfeedback", item.explanation)
    ET.SubElement(element, "idnumber").text = meta.key
    ET.SubElement(element, "single").text = str(len(item.right) == 1).lower()
    ET.SubElement(element, "shuffleanswers").text = str(item.shuffle).lower()
    share = f"{100 / max(len(item.right), 1):.5f}".rstrip("0").rstrip(".")
    for option in item.options:
        answer = _add(element, "answer", option.text)
        answer.set("fraction", share if option.correct else "0")
        _add(answer, "feedback", option.explanation)
    for hint in meta.hints:
        _add(element, "hint", hint)
    tags = ET.SubElement(element, "tags")
    for tag in meta.tags:
        _add(tags, "tag", tag, "")
    ET.SubElement(element, "warmup").text = json.dumps(extra_of(meta))
