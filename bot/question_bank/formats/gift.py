"""GIFT, Moodle's plain-text format: multiple choice and true-or-false, in and out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.content import Item, Kind, Option, Question
from bot.question_bank import limits
from bot.question_bank.formats.base import Format, Reading, ReadOptions, Sample
from bot.question_bank.formats.collector import Collector, extra_of, from_html, shares_fault, with_extra
from bot.question_bank.formats.native.convert import heading
from bot.question_bank.text_files import read_text

NAME = "gift"
SUFFIXES = (".gift", ".txt")
_SPECIAL = "~=#{}:\\"
_ID = re.compile(r"\[id:\s*((?:\\.|[^\]\\])*)\]")
_TAG = re.compile(r"\[tag:\s*((?:\\.|[^\]\\])*)\]")
_OURS = re.compile(r"^//\s*\[warmup:(\{.*\})\]\s*$")
_FORMAT = re.compile(r"^\s*\[(html|markdown|plain|moodle)\]", re.IGNORECASE)
_TITLE = re.compile(r"^\s*::((?:\\.|[^\\])*?)::", re.DOTALL)
_WEIGHT = re.compile(r"^%(-?\d{1,3}(?:[.,]\d{1,5})?)%")
_TRUTH = re.compile(r"^\s*(TRUE|FALSE|T|F)\s*(?=#|$)", re.IGNORECASE)
_ANSWERS = re.compile(r"[=~#]|^\s*(?:T|F|TRUE|FALSE)\s*$")
_BLANK = "_____"
_NOT_TOPICS = re.compile(r"^(top|\$\w+\$|default for .*)$", re.IGNORECASE)


class _Refused(Exception):
    """A question that is not imported: a code and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(slots=True)
class _Block:
    """The lines of one question, and the comments before it."""

    line: int
    topic: str
    lines: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def _blocks(text: str) -> Iterator[_Block]:
    block = _Block(1, "")
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if stripped.startswith("//"):
            block.comments.append(stripped)
        elif stripped.upper().startswith("$CATEGORY:"):
            block.topic = _topic(stripped.partition(":")[2])
        elif stripped:
            block.line = number if not block.lines else block.line
            block.lines.append(line)
        elif block.lines:
            yield block
            block = _Block(number, block.topic)
    if block.lines:
        yield block


def _topic(category: str) -> str:
    last = category.strip().rpartition("/")[2].strip()
    return "" if _NOT_TOPICS.match(last) else last


def _plain(text: str) -> str:
    """The text with its escapes undone; outer space goes, unless it is escaped."""
    return re.sub(
        r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], text.strip(), flags=re.DOTALL
    )


def _find(text: str, wanted: str, start: int = 0) -> int:
    """The first place of an unescaped character of ``wanted``, or -1."""
    index = start
    while index < len(text):
        if text[index] == "\\":
            index += 1
        elif text[index] in wanted:
            return index
        index += 1
    return -1


def _split(text: str) -> tuple[str, str, str]:
    """What stands before, in and after the braces."""
    start = _find(text, "{}")
    if start < 0:
        raise _Refused("missing_options", "It has no `{...}` with answers. Add them.")
    end = _find(text, "}", start)
    nested = _find(text, "{", start + 1)
    if text[start] == "}" or end < 0 or (0 <= nested < end):
        raise _Refused(
            "gift_syntax", "Its braces do not match. Close them, and write `\\{` for a brace in a text."
        )
    if _find(text, "{}", end + 1) >= 0:
        raise _Refused("gift_syntax", "It has two pairs of braces; only one gap is possible. Split it.")
    return text[:start], text[start + 1 : end], text[end + 1 :]


def _feedback(text: str) -> tuple[str, str]:
    mark = _find(text, "#")
    return (text, "") if mark < 0 else (text[:mark], text[mark + 1 :])


def _truth(body: str, match: re.Match[str]) -> list[Option]:
    """``{T#if wrong#if right}`` as two options, each with the feedback it would get."""
    is_true = match[1].upper().startswith("T")
    wrong, right = "", ""
    rest = body[match.end() :]
    if rest.startswith("#"):
        wrong, right = _feedback(rest[1:])
    told = (_plain(right), _plain(wrong)) if is_true else (_plain(wrong), _plain(right))
    return [Option("True", is_true, told[0]), Option("False", not is_true, told[1])]


def _options(body: str) -> list[Option]:
    """The options between the braces."""
    starts = list(_marks(body))
    if not starts:
        raise _Refused(
            "missing_options", "There is nothing to choose between its braces. Add `=right ~wrong`."
        )
    if body[: starts[0]].strip():
        raise _Refused("gift_syntax", "A text stands before the first `=` or `~`. Put one of them before it.")
    parts = [body[start:end] for start, end in zip(starts, [*starts[1:], len(body)], strict=True)]
    if not any(part[0] == "~" for part in parts):
        raise _Refused(
            "unknown_type",
            "It is short answer or matching, which is not imported. Write it with `~wrong` options.",
        )
    made: list[tuple[float, str, str]] = []
    for part in parts:
        text, told = _feedback(part[1:])
        weight = _WEIGHT.match(text.lstrip())
        share = float(weight[1].replace(",", ".")) if weight else 100.0 if part[0] == "=" else 0.0
        text = text.lstrip()[weight.end() :] if weight else text
        if not text.strip():
            raise _Refused(
                "gift_syntax", "An option is empty, as in `~=text`. Write `=` for right, `~` for wrong."
            )
        made.append((share, _plain(text), _plain(told)))
    fault = shares_fault([share for share, _, _ in made])
    if fault:
        raise _Refused(*fault)
    return [Option(text, share > 0, told) for share, text, told in made]


def _marks(body: str) -> Iterator[int]:
    index = _find(body, "~=")
    while index >= 0:
        yield index
        index = _find(body, "~=", index + 1)


def _question(block: _Block, found: Collector) -> None:
    text = "\n".join(block.lines)
    title = _TITLE.match(text)
    text = text[title.end() :] if title else text
    style = _FORMAT.match(text)
    text = text[style.end() :] if style else text
    before, body, after = _split(text)
    general = body.find("####")
    explanation = _plain(body[general + 4 :]) if general >= 0 else ""
    body = body[:general] if general >= 0 else body
    if body.lstrip().startswith("#"):
        raise _Refused("unknown_type", "A numeric question is not imported. Write it as multiple choice.")
    truth = _TRUTH.match(body)
    options = _truth(body, truth) if truth else _options(body)
    prompt = _plain(before) + (f" {_BLANK} {_plain(after)}" if after.strip() else "")
    if style and style[1].lower() == "html":
        prompt, explanation = from_html(prompt), from_html(explanation)
        options = [
            Option(from_html(each.text), each.correct, from_html(each.explanation)) for each in options
        ]
    comments = "\n".join(block.comments)
    said = next((match[1] for comment in block.comments if (match := _OURS.match(comment))), "{}")
    ours = json.loads(said)
    key = _ID.search(comments)
    meta = found.meta(
        prompt,
        more="\n".join(option.text for option in options),
        key=re.sub(r"\\(.)", r"\1", key[1]) if key else "",
        title=_plain(title[1]) if title else "",
        topic=block.topic,
        tags=[re.sub(r"\\(.)", r"\1", tag) for tag in _TAG.findall(comments)],
    )
    meta = with_extra(meta, ours)
    shuffle = bool(ours.get("shuffle", False))
    found.choice(block.line, prompt, options, explanation=explanation, shuffle=shuffle, meta=meta)


def read(path: Path, options: ReadOptions) -> Reading:
    """Read a GIFT file. Kinds that have no counterpart, and weights that would be lost, are reported."""
    found = Collector(path.name, options)
    for block in _blocks(read_text(path, path.name, at_most=limits.FOREIGN_BYTES)):
        name = heading(" ".join(block.lines))
        try:
            _question(block, found)
        except _Refused as refused:
            found.reject(block.line, refused.code, str(refused), name)
        except (ValueError, AttributeError, TypeError):
            found.reject(
                block.line, "wrong_value", "Its `// [warmup: ...]` line was changed. Remove that line.", name
            )
    return found.reading(NAME)


def detect(sample: Sample) -> bool:
    """Whether a file says that it is GIFT, or is a text with braces that hold answers."""
    if sample.is_folder or sample.suffix not in SUFFIXES:
        return False
    if sample.suffix == ".gift":
        return True
    braces = re.findall(r"\{([^{}]*)\}", sample.text)
    has_answers = any(_ANSWERS.search(body) for body in braces)
    return has_answers and not sample.text.lstrip().startswith("{")


FORMAT = Format(name=NAME, title="GIFT", detect=detect, read=read)


def _escaped(text: str) -> str:
    marked = (f"\\{letter}" if letter in _SPECIAL else letter for letter in text.strip())
    return "".join(marked).replace("\n", "\\n")


def _bracketed(text: str) -> str:
    return re.sub(r"([\]\\])", r"\\\1", text)


def write_gift(items: Iterable[Item]) -> tuple[str, list[Item]]:
    """The multiple-choice questions as a GIFT file, and the items that the format cannot hold."""
    blocks: list[str] = []
    left_out: list[Item] = []
    for item in items:
        if isinstance(item, Question) and item.kind is Kind.MULTIPLE_CHOICE:
            blocks.append(_block(item))
        else:
            left_out.append(item)
    return "\n\n".join(blocks) + "\n", left_out


def _block(item: Question) -> str:
    meta = item.meta
    share = round(100 / len(item.right), 5) if len(item.right) > 1 else 0
    ours = {**extra_of(meta), "shuffle": item.shuffle}
    tags = "".join(f" [tag:{_bracketed(tag)}]" for tag in meta.tags)
    lines = [
        f"$CATEGORY: {meta.topic.replace('/', ' ')}",
        "",
        f"// [warmup:{json.dumps(ours)}]",
        f"// [id:{meta.key}]{tags}",
        f"::{_escaped(meta.title)}::[markdown]{_escaped(item.prompt)} {{",
    ]
    for option in item.options:
        mark = (f"~%{share}%" if share else "=") if option.correct else "~"
        told = f" #{_escaped(option.explanation)}" if option.explanation.strip() else ""
        lines.append(f"  {mark}{_guarded(_escaped(option.text))}{told}")
    if item.explanation.strip():
        lines.append(f"  ####{_escaped(item.explanation)}")
    return "\n".join([*lines, "}"])


def _guarded(text: str) -> str:
    """A text that begins like a weight, kept from being taken for one."""
    return f"\\{text}" if text.startswith("%") else text
