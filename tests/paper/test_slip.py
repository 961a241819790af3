"""What the visitor reads on the paper."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from PIL import Image

from printers import encode, fonts, slip
from printers.layout import MARGIN, Bar, Number, Text, _length, picture, wrapped
from sportello.domain.slips import Slip
from sportello.founding import charter_named
from sportello.i18n import NAMES
from sportello.i18n import translator as catalogue
from tests.paper import golden
from tests.paper.reading import codes
from tests.paper.samples import a_slip, translator

POINT = 72 / 203.2  # of a dot, at 8 dots a millimetre
MOST = {576: 50_000, 384: 40_000}  # bytes of a slip in two languages


def words(**facts: object) -> list[str]:
    made = a_slip(**facts)
    texts = slip._told(made, made.language, translator(made.language), 45)
    return [text.content for text in texts]


def inked_rows(paper: Image.Image) -> tuple[int, int]:
    """Top and bottom of the tallest stretch of inked rows."""
    best, first = (0, 0), None
    for row in range(paper.height + 1):
        inked = row < paper.height and paper.crop((0, row, paper.width, row + 1)).getbbox() is not None
        if inked and first is None:
            first = row
        elif not inked and first is not None:
            best = max(best, (first, row), key=lambda span: span[1] - span[0])
            first = None
    return best


def drawn(made: Slip, width: int = 576) -> Image.Image:
    return slip.draw(made, width=width, translator=translator)


@pytest.mark.parametrize("width", golden.WIDTHS)
@pytest.mark.parametrize("language", NAMES)
def test_the_slip_looks_as_it_was_approved(language: str, width: int, tmp_path: Path) -> None:
    approved = json.loads(golden.APPROVED.read_text())
    if approved["drawn_with"] != golden.drawn_with():
        pytest.skip(f"approved as drawn with {approved['drawn_with']}, and this is {golden.drawn_with()}")
    unlike = []
    for kind, now in golden.drawn(language, width).items():
        name = f"{language}-{width}-{kind}"
        if golden.digest(now) != approved["slips"][name]:
            now.save(tmp_path / f"{name}.png")
            unlike.append(name)
    assert not unlike, f"look at {tmp_path}; to approve: python -m tests.paper.golden"


@pytest.mark.parametrize("width", golden.WIDTHS)
def test_two_readers_read_the_code_on_every_slip(width: int) -> None:
    read = {codes(golden.drawn(language, width)["original"]) for language in NAMES}
    assert read == {(golden.PAGE, golden.PAGE)}


@pytest.mark.parametrize("width", golden.WIDTHS)
def test_the_widest_service_in_two_languages_is_few_bytes(width: int) -> None:
    services = [sheet.label for name in ("como", "toscana") for sheet in charter_named(name).sheets]
    sizes = {}
    for language in NAMES:
        widest = max(services, key=lambda label: _length(label.get(language, ""), fonts.BOLD, slip.KEY))
        made = a_slip(language=language, service=widest, page=golden.PAGE)
        sizes[language] = len(encode.job(slip.draw(made, width=width, translator=catalogue)))
    assert {language: size for language, size in sizes.items() if size > MOST[width]} == {}


@pytest.mark.parametrize("width", golden.WIDTHS)
@pytest.mark.parametrize("language", NAMES)
def test_what_matters_is_16_points_high_and_nothing_less_than_10(language: str, width: int) -> None:
    made = golden.kinds(language)["copy"]
    blocks = slip.blocks(made, width, catalogue, fonts.covers)
    sizes = [(block.content, block.px * POINT) for block in blocks if isinstance(block, Text | Bar | Number)]
    facts = [part.content for part in slip._facts(made, language, catalogue(language), slip.KEY)]
    assert len(facts) == 3
    assert [max(size for content, size in sizes if content == fact) >= 16 for fact in facts] == [True] * 3
    assert min(size for _, size in sizes) >= 10


def test_a_letter_of_16_points_is_that_high_on_the_paper() -> None:
    capital = picture([Text(content="H", px=slip.KEY)], 576).getbbox()
    assert capital is not None
    assert (capital[3] - capital[1]) * POINT >= 0.7 * 16  # a capital of Noto Sans is 0.714 em high


@pytest.mark.parametrize(("width", "millimetres"), [(576, 15), (384, 11)])
def test_the_number_is_giant(width: int, millimetres: int) -> None:
    top, bottom = inked_rows(drawn(a_slip(service=None), width))
    assert (bottom - top) / 8 >= millimetres  # 8 dots to the millimetre


def test_a_longer_number_still_stands_on_one_line() -> None:
    paper = drawn(a_slip(number="AB1042", service=None), 384)
    top, bottom = inked_rows(paper)
    left, _, right, _ = paper.crop((0, top, 384, bottom)).getbbox() or (0, 0, 0, 0)
    assert left >= MARGIN // 2
    assert right <= 384 - MARGIN // 2


def test_the_same_slip_gives_the_same_bytes() -> None:
    first, second = (encode.job(drawn(a_slip(copy=2))) for _ in range(2))
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
    assert drawn(a_slip(language="en")).height > drawn(a_slip()).height + 150


def test_the_promise_stands_once_on_a_slip_in_two_languages() -> None:
    blocks = slip.blocks(a_slip(language="en"), 576, translator, fonts.covers)
    told = [block.content for block in blocks if isinstance(block, Text)]
    assert "Persone prima di Lei: 7" in told
    assert [text for text in told if "commitment" in text or "impegno" in text] == told[4:5]


def test_a_language_that_the_fonts_cannot_write_gives_way_to_italian() -> None:
    hindi = a_slip(language="hi", service={"it": "Iscrizione", "hi": "पंजीकरण"}, ticket="T1")
    italian = a_slip(language="it", service={"it": "Iscrizione"}, ticket="T1")
    assert drawn(hindi).tobytes() == drawn(italian).tobytes()


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
