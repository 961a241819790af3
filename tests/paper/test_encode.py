"""What goes down the wire is the picture, all of it, and nothing a printer could take for a command."""

import random
import re

import pytest
from escpos.printer import Dummy
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageOps

from printers import encode, slip
from printers.machine import pictures
from tests.paper.samples import a_slip, translator

REAL_TIME = re.compile(rb"\x10(?:\x04[\x01-\x08\x12\x14]|\x05[\x00-\x02]|\x14[\x01-\x08])")


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


def test_hostile_dots_lose_their_meaning_and_one_white_dot() -> None:
    chance = random.Random(1)
    hostile = bytes(chance.choice((0x10, 0x04, 0x05, 0x14, 0x01)) for _ in range(72 * 64))
    assert REAL_TIME.search(hostile)
    made = encode.without_real_time(hostile)
    assert not REAL_TIME.search(made)
    assert {(a, b) for a, b in zip(hostile, made, strict=True) if a != b} == {(0x10, 0x18)}
