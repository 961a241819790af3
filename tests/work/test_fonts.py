"""The letters of the pages: every one that a visitor may read is in a file of ours, and the build makes them alike."""

import re
from pathlib import Path
from unicodedata import category

import pytest

from deploy import fonts
from deploy.catalogues import ROOT, forms, read
from sportello.founding import charter_named
from sportello.i18n import DEFAULT, NAMES

FOLDER = ROOT / "sportello" / "static" / "vendor" / "fonts"
SPAN = re.compile(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?")


def given(family: str = "") -> set[int]:
    """The letters that the style sheet of the pages gives to a file."""
    rules = (FOLDER / "fonts.css").read_text(encoding="utf-8").splitlines()
    found = [SPAN.findall(rule.partition("unicode-range:")[2]) for rule in rules if family in rule]
    return {
        code for spans in found for first, last in spans for code in range(int(first, 16), int(last or first, 16) + 1)
    }


def read_in(language: str) -> str:
    """What a visitor may read in a language: the sentences, and the charters that ship with us."""
    spoken = [] if language == DEFAULT else [text for message in read(language) for _, text in forms(message)]
    sheets = [sheet for name in ("como", "toscana") for sheet in charter_named(name).sheets]
    texts = [text.get(language, "") for sheet in sheets for text in (sheet.label, sheet.bring, sheet.who_for)]
    return "".join([NAMES[language], *spoken, *texts])


@pytest.mark.parametrize("language", NAMES)
def test_every_letter_of_the_pages_is_in_a_file_of_ours(language: str) -> None:
    letters = given()
    drawn = {letter for letter in read_in(language) if category(letter) not in ("Cc", "Cf")}  # others are not drawn
    assert not {letter for letter in drawn if ord(letter) not in letters}


def test_the_languages_own_names_need_no_other_file() -> None:
    latin = given('"Titillium Web"; font-weight: 700')
    assert {ord(letter) for name in NAMES.values() for letter in name} <= given('"Autonyms"') | latin


def test_no_letter_is_given_to_two_files_of_a_family_and_weight() -> None:
    """But for Chinese, whose whole file stands behind the small one."""
    rules = (FOLDER / "fonts.css").read_text(encoding="utf-8").splitlines()
    seen: set[tuple[str, int]] = set()
    for rule in rules:
        if not rule.startswith("@font-face") or "chinese-simplified" in rule:
            continue
        face = rule.partition(" font-display")[0]
        own = {(face, code) for code in given(rule)}
        assert not own & seen, rule
        seen |= own


def test_the_same_sources_make_the_same_font() -> None:
    whole = FOLDER / "noto-sans-arabic-arabic-400-normal.woff2"
    first, second = (fonts.cut(whole, [0x20, *map(ord, letters)]) for letters in ("سلام", "مالس"))
    assert first == second
    assert len(first) < whole.stat().st_size / 4


def test_a_new_letter_makes_the_fonts_anew(tmp_path: Path) -> None:
    for path in ("sportello/i18n.py", "web/package-lock.json", "sportello/locale/ar/LC_MESSAGES/messages.po"):
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes((ROOT / path).read_bytes())
    before = fonts.stamp_of(tmp_path)
    with (tmp_path / "sportello/i18n.py").open("a", encoding="utf-8") as text:
        text.write("# ፊደል\n")
    assert "ፊ" in fonts.letters(tmp_path)
    assert fonts.stamp_of(tmp_path) != before
