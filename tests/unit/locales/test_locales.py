"""Every sentence that is marked as one is there in every language, with the same values in it."""

from __future__ import annotations

import string

import polib
import pytest

from bot import locales
from bot.locales import LANGUAGES, Said, language_of, say, speaking, spoken, tr
from bot.locales.languages import CATALOGUES
from tests.unit.locales import sentences

TRANSLATED = tuple(code for code in LANGUAGES if code != "en")


def entries(language: str) -> dict[str, polib.POEntry]:
    return {entry.msgid: entry for entry in polib.pofile(str(CATALOGUES / f"{language}.po"))}


def names(pattern: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_marked_sentence_has_a_translation(language: str) -> None:
    assert sorted(sentences.marked() - entries(language).keys()) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_are_whole_and_take_the_same_values(language: str) -> None:
    for entry in entries(language).values():
        forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        assert all(forms), entry.msgid
        if "{" in entry.msgid:
            assert {frozenset(names(form)) for form in forms} == {frozenset(names(entry.msgid))}, entry.msgid
        assert all(form.count("`") == entry.msgid.count("`") for form in forms), entry.msgid


def test_all_languages_have_the_same_sentences() -> None:
    assert len({frozenset(entries(language)) for language in TRANSLATED}) == 1


def test_a_sentence_is_english_by_itself_and_another_language_when_that_is_spoken() -> None:
    said = say("Right, +{points}", points=locales.amount(2_000, "point"))
    assert said == "Right, +2,000 points"
    with speaking("de"):
        assert tr(said) == "Richtig, +2,000 Punkte"
        assert tr("Right, +{points}", points=locales.amount(1, "point")) == "Richtig, +1 Punkt"
        with speaking("ja"):
            assert tr(said) == "正解、+2,000ポイント"
        assert spoken() == "de"
    assert tr(said) == said
    assert isinstance(said, Said)


def test_what_has_no_translation_stays_english() -> None:
    with speaking("es"):
        assert tr("Nobody ever wrote this {sentence}.") == "Nobody ever wrote this {sentence}."
        assert tr("") == ""


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-US", "en"),
        ("de", "de"),
        ("es-419", "es"),
        ("es-ES", "es"),
        ("ja", "ja"),
        ("pt-BR", "en"),
        ("", "en"),
    ],
)
def test_the_nearest_language_is_chosen(locale: str, language: str) -> None:
    assert language_of(locale) == language


def test_values_of_people_are_never_read_as_patterns() -> None:
    with speaking("de"):
        assert tr("Streak: {name}", name="{points} {0} %s") == "Serie: {points} {0} %s"
