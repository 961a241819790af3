"""What goes down the wire is the picture, all of it, and nothing a printer could take for a command."""

import random
import re

import pytest
from escpos.printer import Dummy
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageOps

from printers import encode, slip
from printers.layout import Code, picture
from printers.machine import pictures
from sportello.i18n import NAMES
from sportello.i18n import translator as catalogues
from tests.paper.golden import PAGE, SERVICE
from tests.paper.samples import a_slip, translator

REAL_TIME = re.compile(rb"\x10(?:\x04[\x01-\x08\x12\x14]|\x05[\x00-\x02]|\x14[\x01-\x08])")
HOSTILE = b"\x10\x04\x05\x14\x01\x02\x00\x08"


@pytest.mark.parametrize("width", [576, 384])
def test_the_picture_survives_packing_dot_by_dot(width: int) -> None:
    picture = slip.draw(a_slip(), width=width, translator=translator)
    (sheet,) = pictures(encode.job(picture), width)
    assert ImageChops.logical_xor(sheet, picture).getbbox() is None


def test_the_decoder_reads_what_another_encoder_wrote() -> None:
    picture = slip.draw(a_slip(), width=576, translator=translator)
    other = Dummy()
    other.image(ImageOps.invert(picture.convert("L")), impl="bitImageRaster")
    (sheet,) = pictures(other.output, 576)
    assert ImageChops.logical_xor(sheet, picture).getbbox() is None


def test_packing_leaves_out_the_white() -> None:
    picture = slip.draw(a_slip(), width=576, translator=translator)
    assert len(encode.job(picture)) < 0.6 * len(picture.tobytes())


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize(("width", "most"), [(576, 50_000), (384, 40_000)])
def test_a_slip_keeps_to_its_bytes_in_every_language(width: int, most: int, language: str) -> None:
    facts = {"language": language, "service": SERVICE, "page": PAGE, "demonstrative": False}
    for ahead in range(5):
        picture = slip.draw(a_slip(ahead=ahead, **facts), width=width, translator=catalogues)
        assert len(encode.job(picture)) <= most


def test_a_mark_above_a_narrow_line_does_not_make_it_wide() -> None:
    paper = Image.new("1", (576, 40))
    paper.paste(1, (0, 4, 100, 36))  # narrow
    paper.paste(1, (0, 36, 576, 40))  # wide
    assert len(encode.job(paper)) < 32 * 13 + 4 * 72 + 60
    (sheet,) = pictures(encode.job(paper), 576)
    assert ImageChops.logical_xor(sheet, paper).getbbox() is None


def test_no_strip_is_taller_than_printers_bear() -> None:
    data = encode.job(slip.draw(a_slip(), width=576, translator=translator))
    at, heights = 2, []
    while data[at : at + 3] == b"\x1dv0":
        across, rows = data[at + 4] + 256 * data[at + 5], data[at + 6] + 256 * data[at + 7]
        heights.append(rows)
        at += 8 + across * rows
    assert data[at:] == encode.CUT
    assert max(heights) <= encode.STRIP_ROWS


@given(st.binary(min_size=72, max_size=72 * 40))
def test_no_picture_holds_a_real_time_command(noise: bytes) -> None:
    rows = len(noise) // 72
    picture = Image.frombytes("1", (576, rows), noise[: rows * 72])
    assert not REAL_TIME.search(encode.job(picture))


def test_ten_thousand_pictures_hold_no_real_time_command() -> None:
    """Half of them of the very bytes that a command is made of, a quarter such that the printer doubles them."""
    chance, would_have = random.Random(1), 0
    for n in range(10_000):
        rows = chance.randint(1, 12) * 2
        dots = bytes(chance.choices(HOSTILE, k=8 * rows)) if n % 2 else chance.randbytes(8 * rows)
        picture = Image.frombytes("1", (64, rows), dots)
        if n % 4 == 1:
            picture = picture.resize((128, rows * 2), Image.Resampling.NEAREST)
        would_have += bool(REAL_TIME.search(dots))
        assert not REAL_TIME.search(encode.job(picture))
    assert would_have > 4000


def test_a_hundred_grey_logos_hold_no_real_time_command() -> None:
    """Dithering makes the patterns that hold them most often."""
    chance, would_have = random.Random(2), 0
    for _ in range(100):
        logo = Image.linear_gradient("L").rotate(chance.randrange(360), expand=True).resize((576, 192))
        deep = chance.uniform(0.05, 0.5)
        dithered = logo.point([int(grey * deep) for grey in range(256)]).convert("1")
        would_have += bool(REAL_TIME.search(dithered.tobytes()))
        assert not REAL_TIME.search(encode.job(dithered))
    assert would_have > 10


def test_a_code_goes_at_half_its_size() -> None:
    code = picture([Code(content="HTTPS://CODA.CPI-COMO.EXAMPLE/T/01JD9Z7QK3M5", side=220)], 576)
    data = encode.job(code)
    assert len(data) < code.width * code.height // 8 / 4
    (sheet,) = pictures(data, 576)
    assert ImageChops.logical_xor(sheet, code).getbbox() is None


def test_hostile_dots_lose_their_meaning_and_one_white_dot() -> None:
    chance = random.Random(1)
    hostile = bytes(chance.choice((0x10, 0x04, 0x05, 0x14, 0x01)) for _ in range(72 * 64))
    assert REAL_TIME.search(hostile)
    made = encode.without_real_time(hostile)
    assert not REAL_TIME.search(made)
    assert {(a, b) for a, b in zip(hostile, made, strict=True) if a != b} == {(0x10, 0x18)}
