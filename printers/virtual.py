"""A printer without paper: it obeys the very bytes a real one gets, and keeps each slip as a picture."""

import os
import re
import time
from enum import StrEnum
from pathlib import Path

from PIL import Image, ImageOps

from printers.links.base import CHUNK, Broken
from printers.machine import Machine

KEPT = 200
FAULT_FILE = "fault"  # one word of `Fault` in this file, beside the pictures, makes the printer misbehave
CUTS_FILE = "cuts"  # how often it has cut: a real one keeps that too when it is switched off
SLOW_S = 3.0
TORN_AT = 8000  # bytes of a slip after which it is torn

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


class Fault(StrEnum):
    """How it can misbehave when it is told to."""

    PAPER_OUT = "paper_out"
    MUTE = "mute"  # prints, and never says a word
    SLOW = "slow"
    TORN = "torn"  # goes away half-way through a slip, and stays away
    SILENT = "silent"  # prints a slip, says nothing of it, and goes away


class Virtual:
    """A link to a machine of our own that draws into `folder`, which holds the newest 200 slips.

    Raises `Broken` where it went away with a slip.
    """

    def __init__(self, folder: Path, *, width: int) -> None:
        self._folder = folder
        if self._fault() in (Fault.TORN, Fault.SILENT) and self._drew_since():
            raise Broken("unreachable")
        self._machine = Machine(width=width, cuts=_cuts(folder))
        self._said = bytearray()
        self._sent = 0
        self._label = "slip"

    def write(self, data: bytes, wait_s: float) -> int:
        fault, data = self._fault(), data[:CHUNK]
        self._machine.paper_out = fault is Fault.PAPER_OUT
        self._sent += len(data)
        if fault is Fault.TORN and self._sent > TORN_AT:
            self._machine.tear_off()
            self._keep()
            raise Broken("reset")
        self._hear(self._machine.receive(data) + self._machine.work(), fault)
        return len(data)

    def read(self, wait_s: float) -> bytes:
        fault = self._fault()
        self._machine.paper_out = fault is Fault.PAPER_OUT
        self._hear(self._machine.work() + self._machine.news_now(), fault)
        if not self._said:
            time.sleep(max(wait_s, 0.0))
        said, self._said = bytes(self._said), bytearray()
        return said

    def _hear(self, answers: bytes, fault: Fault | None) -> None:
        if fault is Fault.SILENT and self._machine.sheets:
            answers = b""  # after a cut, not a word
        if fault is not Fault.MUTE:
            self._said += answers
        if self._machine.sheets and fault is Fault.SLOW:
            time.sleep(SLOW_S)
        self._keep()

    def pending(self) -> int:
        return 0

    def begin(self, label: str) -> None:
        self._label, self._sent = label, 0

    def finish(self) -> None:
        """It is drawn already."""

    def close(self) -> None:
        """There is nothing to let go."""

    def abort(self) -> None:
        self._sent = 0
        self._machine.clear()

    def _fault(self) -> Fault | None:
        try:
            return Fault((self._folder / FAULT_FILE).read_text().strip())
        except (FileNotFoundError, ValueError):
            return None

    def _drew_since(self) -> bool:
        """Whether a slip was drawn since the fault began."""
        try:
            began = (self._folder / FAULT_FILE).stat().st_mtime_ns
            return any(path.stat().st_mtime_ns >= began for path in newest(self._folder)[:1])
        except FileNotFoundError:  # it ended meanwhile
            return False

    def _keep(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = _UNSAFE.sub("-", self._label)
        if self._machine.sheets:
            (self._folder / CUTS_FILE).write_text(str(self._machine.cuts))
        while self._machine.sheets:
            path = self._folder / f"{name}.png"
            taken = sum(1 for _ in self._folder.glob(f"{name}*.png"))
            _write(path if not taken else self._folder / f"{name}-{taken}.png", self._machine.sheets.pop(0))
        for old in newest(self._folder)[KEPT:]:
            old.unlink(missing_ok=True)


def _cuts(folder: Path) -> int:
    try:
        return int((folder / CUTS_FILE).read_text())
    except (FileNotFoundError, ValueError):
        return 0


def newest(folder: Path) -> list[Path]:
    """The kept pictures, the latest first."""
    found = (
        [(entry.stat().st_mtime_ns, entry.name) for entry in os.scandir(folder) if entry.name.endswith(".png")]
        if folder.is_dir()
        else []
    )
    return [folder / name for _, name in sorted(found, reverse=True)]


def _write(path: Path, sheet: Image.Image) -> None:
    """Black on white with a margin, whole or not at all: the page may be looking."""
    partial = path.with_suffix(".partial")
    ImageOps.expand(ImageOps.invert(sheet), border=24, fill=255).save(partial, "PNG")
    partial.replace(path)
