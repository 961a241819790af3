"""Our bytes, drawn by a printer that others wrote: dot by dot what we meant, in every language and width."""

import random
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw

from printers import encode, slip
from sportello.domain.printing import Capability, PrinterSetup
from sportello.i18n import NAMES, translator
from tests.paper.emupos import Emupos, differing, emupos
from tests.paper.golden import PAGE, WIDTHS, drawn, kinds
from tests.paper.reading import codes
from tests.paper.samples import a_slip


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emupos]:
    with emupos(tmp_path_factory.mktemp("emupos")) as machine:
        yield machine


def single(width: int, rows: int, *boxes: tuple[int, int, int, int]) -> Image.Image:
    picture = Image.new("1", (width, rows))
    for box in boxes:
        ImageDraw.Draw(picture).rectangle(box, fill=255)
    return picture


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", NAMES)
def test_another_printer_draws_every_slip_as_we_meant_it(other: Emupos, language: str, width: int) -> None:
    meant = list(drawn(language, width).values())
    sheets = other.sheets(b"".join(encode.job(picture) for picture in meant), width=width)
    assert [differing(*pair) for pair in zip(meant, sheets, strict=True)] == [0, 0, 0]
    assert not other.not_known
    assert codes(sheets[0]) == codes(sheets[1]) == (PAGE, PAGE)


def test_a_slip_in_the_printers_own_letters_holds_nothing_but_commands_and_letters(other: Emupos) -> None:
    for width in WIDTHS:
        slow = PrinterSetup(
            name="totem",
            uri="serial:/dev/ttyS0?baud=9600",
            width=width,
            capabilities=frozenset({Capability.NATIVE_QR}),
        )
        for language in NAMES:
            sheet = slip.render(kinds(language)["original"], setup=slow, translator=translator)
            (out,) = other.sheets(sheet.data, width=width)
            assert codes(out)[0] == PAGE
    assert not other.not_known


@pytest.mark.parametrize("width", WIDTHS)
def test_the_edges_of_packing_are_drawn_as_meant(other: Emupos, width: int) -> None:
    strip, last = encode.STRIP_ROWS, width - 1
    meant = [
        single(width, 3 * strip),  # nothing but white
        single(width, 3 * strip + 1, (0, 0, last, 3 * strip)),  # nothing but ink, one row more than whole strips
        single(width, strip + 2, (last, strip + 1, last, strip + 1)),  # the last dot of all
        single(width, 2 * strip, (8, 8, 71, 71), (90, 8, 97, 9)),  # squares that the printer doubles
        single(width, 2 * strip, *((0, row, last, row) for row in range(0, 2 * strip, 2))),  # a border in every row
        Image.frombytes("1", (width, 200), random.Random(1).randbytes(width // 8 * 200).replace(b"\x10", b"\x18")),
    ]
    sheets = [sheet for picture in meant for sheet in other.sheets(encode.job(picture), width=width)]
    assert [differing(*pair) for pair in zip(meant, sheets, strict=True)] == [0] * len(meant)
    assert not other.not_known


def test_one_dot_more_would_be_noticed(other: Emupos) -> None:
    meant = slip.draw(a_slip(), width=576, translator=translator)
    spoilt = meant.copy()
    spoilt.putpixel((575, meant.height - 1), 255)
    (sheet,) = other.sheets(encode.job(spoilt), width=576)
    assert differing(meant, sheet) == 1
    assert codes(sheet) == ("", "")


def test_a_byte_that_is_no_command_would_be_noticed(other: Emupos) -> None:
    assert not other.sheets(b"\x1b@\x1d\xf0\x1dV\x42\x00", width=576)
    assert other.not_known.pop() == "1d f0"
    assert not other.not_known
