"""Slips for lines too slow for pictures, in the printer's own letters."""

import re
from dataclasses import replace

import pytest

from printers import encode, slip, text
from printers.base import Delivery, PrinterError
from sportello.domain.printing import Capability, PrinterSetup
from sportello.i18n import NAMES, translator
from tests.paper.golden import PAGE, kinds
from tests.paper.samples import a_slip

BAUD = 9600
SLOW = PrinterSetup(name="totem", uri=f"serial:/dev/ttyS0?baud={BAUD}")
QUICK = PrinterSetup(name="totem", uri="serial:/dev/ttyS0?baud=115200")
LATIN = ("it", "it-facile", "en", "fr", "es", "ro", "sq", "tr")
_PAGE = re.compile(rb"\x1bt(.)", re.DOTALL)


def written(data: bytes) -> str:
    """The letters, read by the code pages that the job asks for."""
    names = {number: name for name, number in text.PAGES.items()}
    _, *parts = _PAGE.split(data)
    return "".join(part.decode(names[page[0]]) for page, part in zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("width", [576, 384])
@pytest.mark.parametrize("language", NAMES)
def test_no_visitor_waits_for_a_slow_line(language: str, width: int) -> None:
    sheet = slip.render(kinds(language)["copy"], setup=replace(SLOW, width=width), translator=translator)
    assert len(sheet.data) * 10 / BAUD < 1.5
    assert sheet.data.startswith(encode.START)
    assert sheet.data.endswith(encode.CUT)
    assert 80 < sheet.mm < 200


def test_a_quick_line_gets_a_picture() -> None:
    assert b"\x1dv0" in slip.render(a_slip(), setup=QUICK, translator=translator).data
    assert b"\x1dv0" not in slip.render(a_slip(), setup=SLOW, translator=translator).data
    assert not slip.slow("tcp://192.168.1.50:9100?baud=1200")
    assert slip.slow("serial:/dev/ttyUSB0?baud=38400&flow=none")


@pytest.mark.parametrize("language", LATIN)
def test_a_language_in_latin_letters_keeps_every_one_of_them(language: str) -> None:
    made = kinds(language)["no-code"]
    out = written(slip.render(made, setup=SLOW, translator=translator).data)
    forms = str.maketrans({"ș": "ş", "ț": "ţ", "Ș": "Ş", "Ț": "Ţ", "’": "'", "\xa0": " "})
    for part in slip._told(made, language, translator(language), slip.KEY):
        assert set(part.content.translate(forms)) - set("«»–“”œ") <= set(out)
    assert "?" not in out


@pytest.mark.parametrize("language", [language for language in NAMES if language not in LATIN])
def test_a_language_the_printer_cannot_write_gives_way_to_italian(language: str) -> None:
    foreign, italian = (
        slip.render(a_slip(language=spoken, ticket="T1"), setup=SLOW, translator=translator).data
        for spoken in (language, "it")
    )
    assert foreign == italian


def test_what_cannot_be_written_at_all_is_refused_with_the_way_out() -> None:
    with pytest.raises(PrinterError, match="lack 职: set printer and address to 115200 baud") as refused:
        slip.render(a_slip(centre="Centro 职"), setup=SLOW, translator=translator)
    assert refused.value.code == "slow_line"
    assert refused.value.delivery is Delivery.NOT_SENT


def test_a_code_is_there_where_the_printer_draws_it_itself_and_no_word_of_it_where_not() -> None:
    made = a_slip(page=PAGE)
    able = replace(SLOW, capabilities=frozenset({Capability.NATIVE_QR}))
    with_code, without = (slip.render(made, setup=each, translator=translator).data for each in (able, SLOW))
    assert PAGE.encode() in with_code
    assert b"telefono" in with_code
    assert PAGE.encode() not in without
    assert b"telefono" not in without


def test_no_letter_is_taken_for_a_command() -> None:
    hostile = "".join(map(chr, range(32))) + "\x7f"
    made = a_slip(centre=f"Como{hostile}", service={"it": f"Iscri\x10\x04\x01zione{hostile}"})
    plain = a_slip(centre="Como\x7f", service={"it": "Iscrizione\x7f"})
    assert (
        slip.render(made, setup=SLOW, translator=translator).data
        == slip.render(plain, setup=SLOW, translator=translator).data
    )
