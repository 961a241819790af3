"""From a picture in black and white to the bytes of an ESC/POS printer."""

import re
from collections.abc import Iterator

from PIL import Image

STRIP_ROWS = 64  # printers lose step in taller strips (python-escpos #631 and its kin)
START = b"\x1b@"  # ESC @: forget what the last job set
CUT = b"\x1dV\x42\x00"  # GS V 66 0: feed to the blade, then cut

_REAL_TIME = re.compile(rb"\x10(?=[\x04\x05\x14])")


def job(picture: Image.Image) -> bytes:
    """One whole slip: start, picture, cut. In the picture (mode "1") a set pixel is ink."""
    return b"".join((START, *strips(picture), CUT))


def strips(picture: Image.Image) -> Iterator[bytes]:
    """The picture as GS v 0 rasters, each without the white to its right.

    White rows go as rasters one byte wide: ESC J would do it in a unit that differs between printers.
    """
    width = (picture.width + 7) // 8
    pixels = picture.tobytes()
    rows = [pixels[start : start + width].rstrip(b"\0") for start in range(0, len(pixels), width)]
    for first, last in _runs(rows):
        for top in range(first, last, STRIP_ROWS):
            yield _raster(rows[top : min(top + STRIP_ROWS, last)])


def _runs(rows: list[bytes]) -> Iterator[tuple[int, int]]:
    """The stretches of rows that are all white or all inked: a border falls only beside a white row."""
    first = 0
    for row in range(1, len(rows) + 1):
        if row == len(rows) or bool(rows[row]) != bool(rows[first]):
            yield first, row
            first = row


def _raster(rows: list[bytes]) -> bytes:
    width = max(1, *map(len, rows))
    pixels = b"".join(row.ljust(width, b"\0") for row in rows)
    head = b"\x1dv0\0" + width.to_bytes(2, "little") + len(rows).to_bytes(2, "little")
    return head + without_real_time(pixels)


def without_real_time(pixels: bytes) -> bytes:
    """The pixels with no real-time command hidden in them.

    Printers obey DLE EOT, DLE ENQ and DLE DC4 (10 04, 10 05, 10 14) even in the middle of a picture; one more dot
    of ink beside the one that 10 stands for takes the command away and cannot be seen.
    """
    return _REAL_TIME.sub(b"\x18", pixels)
