"""Every sentence is said in every language that is offered, with nothing lost on the way."""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from deploy.catalogues import CATALOGUES, KEYWORDS, ROOT, SPEAKING, sentences, updated
from sportello.domain.errors import Reason, Refused
from sportello.i18n import DEFAULT, NAMES, WHYS, sentence, translator

OTHERS = [language for language in NAMES if language != DEFAULT]
PERCENT = re.compile(r"%\((\w+)\)([sd])")


def catalogue(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    with catalogue(language).open("rb") as text:
        return read_po(text, locale=language)


def pairs(message: Message) -> Iterator[tuple[str, str]]:
    """Each form of a sentence with its translation."""
    said = [message.id] if isinstance(message.id, str) else list(message.id)
    translated = [message.string] if isinstance(message.string, str) else list(message.string or ())
    for place, text in enumerate(translated):
        yield said[min(place, len(said) - 1)], text


def placeholders(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    braces = [] if PERCENT.search(text) else sorted(name for _, name, _, _ in Formatter().parse(text) if name)
    return sorted(PERCENT.findall(text)), braces


def test_every_language_offered_has_a_catalogue_and_no_other() -> None:
    assert {path.parent.parent.name for path in CATALOGUES.glob("*/LC_MESSAGES/messages.po")} == set(OTHERS)


def test_no_sentence_hides_inside_another() -> None:
    """Nobody looks for sentences inside the braces of an f-string."""
    for package in SPEAKING:
        for file in (ROOT / package).rglob("*.py"):
            for text in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(text, ast.JoinedStr):
                    calls = {ast.unparse(call.func) for call in ast.walk(text) if isinstance(call, ast.Call)}
                    assert not calls & KEYWORDS.keys(), f"{file}:{text.lineno}"


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_of_the_code_is_translated(language: str) -> None:
    known = read(language)
    missing = []
    for message in sentences():
        first = message.id if isinstance(message.id, str) else message.id[0]
        found = known.get(first) if first else None
        if first and (found is None or not all(text for _, text in pairs(found))):
            missing.append(first)
    assert not missing, f"{len(missing)} sentences (make messages): {missing[:10]}"


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_changes_a_placeholder(language: str) -> None:
    for message in read(language):
        if message.id:
            for said, translated in pairs(message):
                assert placeholders(said) == placeholders(translated), f"{said!r} → {translated!r}"


@pytest.mark.parametrize("language", OTHERS)
def test_no_catalogue_keeps_what_nobody_says_any_more(language: str) -> None:
    said = {message.id if isinstance(message.id, str) else message.id[0] for message in sentences()}
    kept = {message.id if isinstance(message.id, str) else message.id[0] for message in read(language)}
    assert kept <= said | {""}, "run «make messages»"


@pytest.mark.parametrize("language", OTHERS)
def test_looking_for_sentences_loses_no_translation(language: str) -> None:
    again = read_po(BytesIO(updated(catalogue(language))), locale=language)
    before = read(language)
    assert {message.id: message.string for message in before} == {message.id: message.string for message in again}


@pytest.mark.parametrize("language", NAMES)
def test_every_refusal_and_reason_is_a_sentence_in_every_language(language: str) -> None:
    for reason in Reason:
        told = sentence(Refused(reason, "A042"), language)
        assert told.endswith(".")
        assert "{" not in told
    for why in WHYS.values():
        assert translator(language)(why)


def test_languages_differ() -> None:
    told = {language: sentence(Refused(Reason.CLOSED), language) for language in NAMES}
    assert len(set(told.values())) == len(NAMES)
