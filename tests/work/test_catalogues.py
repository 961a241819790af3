"""Every sentence is said in every language that is offered, with nothing lost on the way."""

import ast
import re
from collections import Counter
from functools import cache
from gettext import c2py
from io import BytesIO
from string import Formatter

import pytest
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from deploy import catalogues
from deploy.catalogues import CATALOGUES, KEYWORDS, ROOT, SPEAKING, catalogue, forms, missing, sentences, updated
from printers import fonts
from sportello.domain.errors import Reason, Refused
from sportello.i18n import DEFAULT, NAMES, STAFF, WHYS, direction, locale, sentence, tag, translator

OTHERS = [language for language in NAMES if language != DEFAULT]
PERCENT = re.compile(r"%\((\w+)\)([sd])")


read = cache(catalogues.read)


def kept(language: str) -> set[str]:
    """What a catalogue holds, each sentence by its first form."""
    return {message.id if isinstance(message.id, str) else message.id[0] for message in read(language)} - {""}


@cache
def said(language: str) -> set[str]:
    """What the code says in a language."""
    return {message.id if isinstance(message.id, str) else message.id[0] for message in sentences(language)} - {""}


@cache
def forms_of_one_number(plural: str) -> frozenset[int]:
    """The plural forms that are used for a single number, which they may then say as a word: one, two."""
    form_of = c2py(plural)
    used = Counter(int(form_of(number)) for number in range(1000))
    return frozenset(form for form, times in used.items() if times == 1)


def placeholders(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    braces = [] if PERCENT.search(text) else sorted(name for _, name, _, _ in Formatter().parse(text) if name)
    return sorted(PERCENT.findall(text)), braces


def without_number(found: tuple[list[tuple[str, str]], list[str]]) -> tuple[list[tuple[str, str]], list[str]]:
    return [each for each in found[0] if each[0] != "num"], found[1]


def test_every_language_offered_has_a_catalogue_and_no_other() -> None:
    assert {path.parent.parent.name for path in CATALOGUES.glob("*/LC_MESSAGES/messages.po")} == {
        locale(language).partition("_")[0] for language in OTHERS
    }


def test_no_sentence_hides_inside_another() -> None:
    """Nobody looks for sentences inside the braces of an f-string."""
    for package in SPEAKING:
        for file in (ROOT / package).rglob("*.py"):
            for text in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(text, ast.JoinedStr):
                    calls = {ast.unparse(call.func) for call in ast.walk(text) if isinstance(call, ast.Call)}
                    assert not calls & KEYWORDS.keys(), f"{file}:{text.lineno}"


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_said_in_every_language_that_meets_it(language: str) -> None:
    empty = missing(language)
    assert not empty, f"{len(empty)} sentences (make messages): {empty[:10]}"


@pytest.mark.parametrize("language", OTHERS)
def test_no_catalogue_keeps_what_nobody_says_any_more(language: str) -> None:
    assert kept(language) <= said(language), "run «make messages»"


def test_a_visitors_language_says_what_visitors_meet_and_the_staffs_says_everything() -> None:
    assert said("ar") < said("en")
    assert {"Questo numero oggi non c'è. Controlli il numero.", "Stampa il numero", "Tabellone"} <= said("ar")
    assert not {"Scriva il motivo.", "Nuova password"} & said("ar")
    assert all(said(language) == said("ar") for language in OTHERS if language not in STAFF)


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_changes_a_placeholder(language: str) -> None:
    known = read(language)
    for message in known:
        for place, (told, translated) in enumerate(forms(message) if message.id else ()):
            if not translated:
                continue
            braces, figures = placeholders(told), placeholders(translated)
            if not isinstance(message.id, str) and place in forms_of_one_number(known.plural_expr):
                braces, figures = without_number(braces), without_number(figures)
            assert braces == figures, f"{told!r} → {translated!r}"


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_counts_as_its_language_does(language: str) -> None:
    """Arabic has six forms, Romanian and Ukrainian three, Chinese one."""
    known = read(language)
    assert (known.num_plurals, known.plural_expr) == get_plural(catalogue(language).parent.parent.name)[:2]


@pytest.mark.parametrize("language", OTHERS)
def test_looking_for_sentences_loses_no_translation(language: str) -> None:
    again = read_po(BytesIO(updated(language)), locale=catalogue(language).parent.parent.name)
    done = {message.id: message.string for message in read(language) if any(text for _, text in forms(message))}
    assert done.items() <= {message.id: message.string for message in again}.items()


@pytest.mark.parametrize("language", NAMES)
def test_no_sentence_for_visitors_has_a_letter_without_a_glyph(language: str) -> None:
    spoken = (
        [] if language == DEFAULT else [text for message in read(language) for _, text in forms(message) if message.id]
    )
    letters = {*"".join(spoken), *"".join(said("ar")), *NAMES[language]} - {"\n"}
    assert not [letter for letter in letters if not fonts.covers(letter)]


@pytest.mark.parametrize("language", NAMES)
def test_every_refusal_and_reason_is_a_sentence_in_every_language(language: str) -> None:
    for reason in Reason:
        told = sentence(Refused(reason, "A042"), language)
        assert told.endswith((".", "。", "۔", "।"))
        assert "{" not in told
    for why in WHYS.values():
        assert translator(language)(why)


def test_languages_differ() -> None:
    """Easy Italian alone may say a sentence as Italian does."""
    told = {language: sentence(Refused(Reason.CLOSED), language) for language in NAMES if language != "it-facile"}
    assert len(set(told.values())) == len(told)


def test_a_language_says_which_way_and_as_what_it_is_written() -> None:
    assert [language for language in NAMES if direction(language) == "rtl"] == ["ar", "ur"]
    assert (tag("it-facile"), tag("zh"), tag("ro")) == ("it", "zh-Hans", "ro")


def test_a_language_nobody_knows_is_italian() -> None:
    assert locale("xx") == DEFAULT
    assert translator("xx")("Benvenuti.") == "Benvenuti."
