"""A printer without paper: it reads the very bytes a real one gets, and keeps each slip as a picture."""

import os
import re
import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from PIL import Image, ImageOps

from printers.base import Delivery, Evidence, Level, PrinterError

KEPT = 200
FAULT_FILE = "fault"  # one word of `Fault` in this file, beside the pictures, makes the printer misbehave
SLOW_S = 3.0

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


class Fault(StrEnum):
    """How it can misbehave when it is told to."""

    PAPER_OUT = "paper_out"  # nothing is taken
    MUTE = "mute"  # prints, and proves nothing
    SLOW = "slow"
    TORN = "torn"  # stops half-way
    SILENT = "silent"  # takes everything and never says what became of it


class VirtualPrinter:
    """Draws into `folder`, which holds the newest 200 slips."""

    def __init__(self, folder: Path, *, width: int) -> None:
        self._folder = folder
        self._width = width

    def print(self, data: bytes, *, label: str) -> Evidence:
        fault = self._fault()
        if fault is Fault.PAPER_OUT:
            raise PrinterError("paper_out", label, delivery=Delivery.NOT_SENT, retry=True)
        if fault is Fault.SLOW:
            time.sleep(SLOW_S)
        if fault is Fault.TORN:
            self._keep(data[: len(data) // 2], label)
            raise PrinterError("reset", label, delivery=Delivery.TORN, retry=True)
        self._keep(data, label)
        if fault is Fault.SILENT:
            raise PrinterError("no_confirmation", label, delivery=Delivery.UNKNOWN, retry=True)
        return Evidence(level=Level.ACCEPTED if fault is Fault.MUTE else Level.PRINTED)

    def close(self) -> None:
        """There is nothing to let go."""

    def _fault(self) -> Fault | None:
        try:
            return Fault((self._folder / FAULT_FILE).read_text().strip())
        except (FileNotFoundError, ValueError):
            return None

    def _keep(self, data: bytes, label: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = _UNSAFE.sub("-", label)
        for part, picture in enumerate(pictures(data, self._width)):
            _write(self._folder / (f"{name}.png" if part == 0 else f"{name}-{part}.png"), picture)
        for old in newest(self._folder)[KEPT:]:
            old.unlink(missing_ok=True)


def newest(folder: Path) -> list[Path]:
    """The kept pictures, the latest first."""
    found = (
        [(entry.stat().st_mtime_ns, entry.name) for entry in os.scandir(folder) if entry.name.endswith(".png")]
        if folder.is_dir()
        else []
    )
    return [folder / name for _, name in sorted(found, reverse=True)]


def pictures(data: bytes, width: int) -> Iterator[Image.Image]:
    """The sheets in a job, cut where the job cuts; what follows the last cut is a torn sheet."""
    strips: list[Image.Image] = []
    at = 0
    while at < len(data):
        command = data[at : at + 3]
        if command == b"\x1dv0":
            strip, at = _strip(data, at)
            strips.append(strip)
        elif command == b"\x1dVB":
            yield _sheet(strips, width)
            strips, at = [], at + 4
        else:
            at += 2 if command[:2] == b"\x1b@" else 1
    if strips:
        yield _sheet(strips, width)


def _strip(data: bytes, at: int) -> tuple[Image.Image, int]:
    """One raster, and where the next command begins; the missing end of a torn one is white."""
    across, rows = (int.from_bytes(data[at + n : at + n + 2], "little") for n in (4, 6))
    end = at + 8 + across * rows
    pixels = data[at + 8 : end].ljust(across * rows, b"\0")
    return Image.frombytes("1", (across * 8, rows), pixels), end


def _sheet(strips: list[Image.Image], width: int) -> Image.Image:
    """A set pixel is ink; what lies beyond the width is lost, as on a real head."""
    sheet = Image.new("1", (width, max(1, sum(strip.height for strip in strips))), 0)
    top = 0
    for strip in strips:
        sheet.paste(strip, (0, top))
        top += strip.height
    return sheet


def _write(path: Path, sheet: Image.Image) -> None:
    """Black on white with a margin, whole or not at all: the page may be looking."""
    partial = path.with_suffix(".partial")
    ImageOps.expand(ImageOps.invert(sheet), border=24, fill=255).save(partial, "PNG")
    partial.replace(path)
