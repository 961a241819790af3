"""From a picture in black and white to the bytes of an ESC/POS printer."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from PIL import Image

STRIP_ROWS = 64  # printers lose step in taller strips (python-escpos #631 and its kin)
WORTH = 100  # bytes that one more raster must save
START = b"\x1b@"  # ESC @: forget what the last job set
PLAIN, DOUBLED = b"\0", b"\3"  # of GS v 0: as it is, or each dot two by two
CUT = b"\x1dV\x42\x00"  # GS V 66 0: feed to the blade, then cut

_REAL_TIME = re.compile(rb"\x10(?=[\x04\x05\x14])")


def job(picture: Image.Image) -> bytes:
    """One whole slip: start, picture, cut. In the picture (mode "1") a set pixel is ink."""
    return b"".join((START, *strips(picture), CUT))


def strips(picture: Image.Image) -> Iterator[bytes]:
    """The picture as GS v 0 rasters, each without the white to its right.

    White rows go as rasters one byte wide: ESC J would do it in a unit that differs between printers. A stretch made
    of squares of four dots, as a code for telephones is, goes at half its size for the printer to double.
    """
    width = (picture.width + 7) // 8
    pixels = picture.tobytes()
    rows = [pixels[start : start + width].rstrip(b"\0") for start in range(0, len(pixels), width)]
    for first, last in _runs(rows):
        for top in range(first, last, STRIP_ROWS):
            yield from map(_raster, _parts(rows[top : min(top + STRIP_ROWS, last)]))


def _runs(rows: list[bytes]) -> Iterator[tuple[int, int]]:
    """The stretches of rows that are all white or all inked."""
    first = 0
    for row in range(1, len(rows) + 1):
        if row == len(rows) or bool(rows[row]) != bool(rows[first]):
            yield first, row
            first = row


def _parts(rows: list[bytes]) -> Sequence[list[bytes]]:
    """The rows of one raster; cut where the white beside narrow rows, under an accent or a tail, would weigh much."""
    if len(rows) < 2 or rows[0::2] == rows[1::2]:
        return [rows]
    above = list(accumulate(map(len, rows), max))
    below = list(accumulate(map(len, reversed(rows)), max))[::-1]
    size, cut = min((n * above[n - 1] + (len(rows) - n) * below[n], n) for n in range(1, len(rows)))
    if len(rows) * above[-1] - size < WORTH:
        return [rows]
    return [*_parts(rows[:cut]), *_parts(rows[cut:])]


def _raster(rows: list[bytes]) -> bytes:
    halved = _halved(rows)
    mode, rows = (DOUBLED, halved) if halved else (PLAIN, rows)
    width = max(1, *map(len, rows))
    pixels = b"".join(row.ljust(width, b"\0") for row in rows)
    head = b"\x1dv0" + mode + width.to_bytes(2, "little") + len(rows).to_bytes(2, "little")
    return head + without_real_time(pixels)


def _halved(rows: list[bytes]) -> list[bytes]:
    """The same at half its size; nothing where that would lose a dot, or save none."""
    if rows[0::2] != rows[1::2] or not any(rows):
        return []
    width = 2 * -(-max(map(len, rows)) // 2)
    whole = Image.frombytes("1", (width * 8, len(rows)), b"".join(row.ljust(width, b"\0") for row in rows))
    half = whole.resize((whole.width // 2, whole.height // 2), Image.Resampling.NEAREST)
    if half.resize(whole.size, Image.Resampling.NEAREST).tobytes() != whole.tobytes():
        return []
    pixels = half.tobytes()
    return [pixels[start : start + width // 2] for start in range(0, len(pixels), width // 2)]


def without_real_time(pixels: bytes) -> bytes:
    """The pixels with no real-time command hidden in them.

    Printers obey DLE EOT, DLE ENQ and DLE DC4 (10 04, 10 05, 10 14) even in the middle of a picture; one more dot
    of ink beside the one that 10 stands for takes the command away and cannot be seen.
    """
    return _REAL_TIME.sub(b"\x18", pixels)
