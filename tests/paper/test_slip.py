"""What the visitor reads on the paper."""

import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageOps

from printers import fonts, slip
from printers.layout import MARGIN, wrapped
from printers.slip import render
from tests.paper.samples import a_slip, translator

GOLDEN = Path(__file__).parent / "golden"
CASES: dict[str, tuple[int, dict[str, Any]]] = {
    "it-576": (576, {}),
    "it-384": (384, {}),
    "en-576-copy": (576, {"language": "en", "copy": 1, "demo": True}),
    "it-576-reserved": (576, {"service": None, "estimate_s": None, "standard_s": None, "ahead": 0}),
}


def words(**facts: object) -> list[str]:
    made = a_slip(**facts)
    texts = slip._told(made, made.language, translator(made.language), 45)
    return [text.content for text in texts]


def inked_rows(picture: Image.Image) -> tuple[int, int]:
    """Top and bottom of the tallest stretch of inked rows."""
    best, first = (0, 0), None
    for row in range(picture.height + 1):
        inked = row < picture.height and picture.crop((0, row, picture.width, row + 1)).getbbox() is not None
        if inked and first is None:
            first = row
        elif not inked and first is not None:
            best = max(best, (first, row), key=lambda span: span[1] - span[0])
            first = None
    return best


@pytest.mark.parametrize("name", CASES)
def test_the_slip_looks_as_it_was_approved(name: str) -> None:
    width, facts = CASES[name]
    picture = ImageOps.invert(slip.draw(a_slip(**facts), width=width, translator=translator))
    with Image.open(GOLDEN / f"{name}.png") as approved:
        assert ImageChops.logical_xor(picture, approved.convert("1")).getbbox() is None


@pytest.mark.parametrize(("width", "millimetres"), [(576, 15), (384, 11)])
def test_the_number_is_giant(width: int, millimetres: int) -> None:
    picture = slip.draw(a_slip(service=None), width=width, translator=translator)
    top, bottom = inked_rows(picture)
    assert (bottom - top) / 8 >= millimetres  # 8 dots to the millimetre


def test_a_longer_number_still_stands_on_one_line() -> None:
    picture = slip.draw(a_slip(number="AB1042", service=None), width=384, translator=translator)
    top, bottom = inked_rows(picture)
    left, _, right, _ = picture.crop((0, top, 384, bottom)).getbbox() or (0, 0, 0, 0)
    assert left >= MARGIN // 2
    assert right <= 384 - MARGIN // 2


def test_the_same_slip_gives_the_same_bytes() -> None:
    first, second = (render(a_slip(copy=2), width=576, translator=translator) for _ in range(2))
    assert first == second


def test_a_sensitive_service_is_not_on_the_paper() -> None:
    assert not any("Dichiarazione" in text for text in words(service=None))


def test_a_constructed_standard_is_called_so_beside_the_figure() -> None:
    promise = "Il nostro impegno: entro 30 minuti nel 90% dei casi"
    assert f"{promise} (dato dimostrativo)" in words()
    assert promise in words(demonstrative=False)


def test_the_share_is_not_rounded_to_something_nicer() -> None:
    assert any("nel 92,5% dei casi" in text for text in words(standard_share="0.925"))
    assert any("in 92.5% of cases" in text for text in words(standard_share="0.925", language="en"))


@pytest.mark.parametrize(
    ("estimate", "told"),
    [
        ((0, 120), "Attesa stimata: meno di 5 minuti"),
        ((1300, 1700), "Attesa stimata: da 20 a 30 minuti"),
        ((1500, 1500), "Attesa stimata: circa 25 minuti"),
        (None, None),
    ],
)
def test_the_wait_is_told_in_steps_of_five_minutes(estimate: tuple[int, int] | None, told: str | None) -> None:
    estimates = [text for text in words(estimate_s=estimate) if text.startswith("Attesa")]
    assert estimates == ([told] if told else [])


def test_a_foreign_slip_says_it_again_in_italian_for_the_staff() -> None:
    alone = slip.draw(a_slip(), width=576, translator=translator)
    both = slip.draw(a_slip(language="en"), width=576, translator=translator)
    assert both.height > alone.height + 200


def test_a_language_that_the_fonts_cannot_write_gives_way_to_italian() -> None:
    hindi = a_slip(language="hi", service={"it": "Iscrizione", "hi": "पंजीकरण"}, ticket="T1")
    italian = a_slip(language="it", service={"it": "Iscrizione"}, ticket="T1")
    assert render(hindi, width=576, translator=translator) == render(italian, width=576, translator=translator)


@pytest.mark.parametrize(
    "text", ["Perché città €", "Răspuns țară șomaj", "Запис ґ є ї", "Përgjigje", "Señor", "İçin ğ ı ş"]
)
def test_the_letters_of_the_european_languages_are_there(text: str) -> None:
    assert fonts.covers(text)
    assert "".join(run for run, _ in fonts.runs(text, fonts.BOLD, 34)) == text


def test_a_letter_no_font_has_is_left_out_and_never_drawn_as_a_box() -> None:
    assert not fonts.covers("Como ☂ पं")
    assert "".join(run for run, _ in fonts.runs("Como☂प!", fonts.REGULAR, 34)) == "Como!"


def test_a_word_wider_than_the_paper_is_broken_and_loses_no_letter() -> None:
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"
    lines = wrapped(word, fonts.BOLD, 45, 368)
    assert len(lines) > 2
    assert "".join(lines) == word


def test_without_fribidi_the_worker_refuses_to_start(tmp_path: Path) -> None:
    (tmp_path / "libfribidi.so.0").write_bytes(b"")
    check = textwrap.dedent("""
        from printers import fonts
        fonts.check()
    """)
    made = subprocess.run(
        [sys.executable, "-c", check],
        env={"LD_LIBRARY_PATH": str(tmp_path)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode != 0
    assert "install libfribidi0" in made.stderr


def test_a_slip_is_drawn_in_less_than_80_ms_of_processor_time() -> None:
    spent = []
    for _ in range(20):
        begun = time.process_time()
        render(a_slip(language="en"), width=576, translator=translator)
        spent.append(time.process_time() - begun)
    assert sorted(spent)[18] < 0.080
