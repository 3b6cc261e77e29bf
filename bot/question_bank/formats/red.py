"""Trivia lists of Red-DiscordBot: YAML with ``question: [answers]``, kept as flashcards.

An answer there is typed in, and any one of several will do; nothing here judges typed answers, so
what is read becomes a flashcard with all accepted answers on its back.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bot.domain.content import Kind, Question
from bot.question_bank.formats.base import Format, Reading, ReadOptions, Sample
from bot.question_bank.formats.collector import Collector
from bot.question_bank.text_files import read_text
from bot.question_bank.yaml_tree import load_documents

NAME = "red"
_ENTRY = re.compile(r"^(?![\s#-])[^\n]{8,}:[ \t]*\n(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*- ", re.MULTILINE)
_OURS = re.compile(r"^(kind|prompt|questions|options|front|bank|key|name)\s*:", re.MULTILINE)


def read(path: Path, options: ReadOptions) -> Reading:
    """Read a list. Answers stay the texts that were typed, so ``Yes`` and ``1.0`` do too."""
    found = Collector(path.name, options)
    repeated: list[tuple[str, int]] = []
    documents = load_documents(read_text(path, path.name), path.name, repeated)
    for prompt, line in repeated:
        found.reject(
            line, "duplicate_question", "The same question stands above. Merge their answers.", prompt
        )
    for document in documents:
        if not isinstance(document.value, dict):
            found.reject(document.line, "not_a_question", "A list is a mapping: question, then its answers.")
            continue
        author = document.value.get("AUTHOR")
        for question in dict.fromkeys(str(path[0]) for path in document.lines):
            line, answers = document.line_of((question,)), document.value.get(question)
            if question in ("AUTHOR", "CONFIG", "DESCRIPTION"):
                continue
            _card(question, answers, line, author if isinstance(author, str) else "", found)
    return found.reading(NAME)


def _card(prompt: str, answers: Any, line: int, author: str, found: Collector) -> None:
    texts = answers if isinstance(answers, list) else [answers]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        found.reject(line, "missing_answer", "Its answers are not a list of texts. Write `- answer`.", prompt)
        return
    back = texts[0] if len(texts) == 1 else "\n".join(f"- {text}" for text in texts)
    meta = found.meta(prompt.strip(), more=back, author=author)
    found.add(line, Question(meta=meta, kind=Kind.FLASHCARD, prompt=prompt.strip(), answer=str(back)))


def detect(sample: Sample) -> bool:
    """Whether a YAML file maps sentences to lists, and holds none of our own fields."""
    if sample.is_folder or sample.suffix not in (".yaml", ".yml"):
        return False
    return bool(_ENTRY.search(sample.text)) and not _OURS.search(sample.text)


FORMAT = Format(name=NAME, title="Red-DiscordBot trivia list", detect=detect, read=read)
