"""Aiken: a question line, lettered options, ``ANSWER: B``."""

from __future__ import annotations

import re
from pathlib import Path

from bot.domain.content import Option
from bot.question_bank import limits
from bot.question_bank.formats.base import Format, Reading, ReadOptions, Sample
from bot.question_bank.formats.collector import Collector
from bot.question_bank.formats.native.convert import heading
from bot.question_bank.text_files import read_text

NAME = "aiken"
_OPTION = re.compile(r"^([A-Z])[.)]\s+(.*)$")
_ANSWER = re.compile(r"^ANSWER:\s*(.*?)\s*$")


def read(path: Path, options: ReadOptions) -> Reading:
    """Read a file; a question ends with its answer, whatever blank lines stand between."""
    found = Collector(path.name, options)
    prompt: list[str] = []
    choices: list[tuple[str, str]] = []
    start = 1
    for number, line in enumerate(
        read_text(path, path.name, at_most=limits.FOREIGN_BYTES).split("\n"), start=1
    ):
        answer, option = _ANSWER.match(line), _OPTION.match(line)
        if answer:
            _question(start, prompt, choices, answer[1], found)
            prompt, choices = [], []
        elif option and prompt and option[1] == chr(ord("A") + len(choices)):
            choices.append((option[1], option[2].strip()))
        elif line.strip():
            if choices:
                name = heading("\n".join(prompt))
                found.reject(
                    start, "missing_answer", "It has no `ANSWER:` line after its options. Add it.", name
                )
                prompt, choices = [], []
            start = start if prompt else number
            prompt.append(line)
    if prompt:
        found.reject(start, "missing_answer", "It has no `ANSWER:` line. Add it.", heading("\n".join(prompt)))
    return found.reading(NAME)


def _question(
    line: int, prompt: list[str], choices: list[tuple[str, str]], answer: str, found: Collector
) -> None:
    text = "\n".join(prompt).strip()
    if not text or answer not in {letter for letter, _ in choices}:
        message = f"`ANSWER: {answer[:20]}` names none of its options. Write one letter."
        found.reject(line, "unknown_answer", message, heading(text))
        return
    found.choice(line, text, [Option(said, letter == answer) for letter, said in choices])


def detect(sample: Sample) -> bool:
    """Whether a text file has lettered options and ``ANSWER:`` lines."""
    if sample.is_folder or sample.suffix not in (".txt", ".aiken"):
        return False
    lines = sample.text.split("\n")
    return any(_ANSWER.match(line) for line in lines) and any(_OPTION.match(line) for line in lines)


FORMAT = Format(name=NAME, title="Aiken", detect=detect, read=read)
