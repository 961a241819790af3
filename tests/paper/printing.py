"""One slip printed through a device, as a station does it."""

import re
import time
from itertools import count
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from printers import encode, slip
from printers.base import Evidence, PrinterError
from printers.device import Device
from printers.machine import DOTS_MM
from sportello.domain.printing import Capability, PrinterSetup
from sportello.domain.slips import Mark
from tests.paper.emulator import Emulator
from tests.paper.samples import a_slip, translator

PICTURE = slip.draw(a_slip(), width=576, translator=translator)
DATA = encode.job(PICTURE)
HEADS = [found.start() for found in re.finditer(rb"\x1dv0[\x00\x03]", DATA)]  # where each raster of it begins
MM = PICTURE.height // DOTS_MM + 10
ALL = frozenset({Capability.STATUS, Capability.FENCE, Capability.PROCESS_ID, Capability.COUNTERS, Capability.CLEAR})
ASKED = frozenset({Capability.STATUS, Capability.FENCE})
_IDS = count(1)


def device(uri: str, capabilities: frozenset[Capability] = frozenset(), dialect: str = "escpos") -> Device:
    setup = PrinterSetup(name="totem", uri=uri, capabilities=capabilities, dialect=dialect)
    return Device(setup, Path("unused"))


def mark(counter: int | None) -> Mark:
    return Mark(process_id=f"{next(_IDS) % 10_000:04d}", counter=counter, attempt=1)


def put(printer: Device, data: bytes = DATA, ticket: str = "T1", faults: list[str] | None = None) -> Evidence:
    """Ready, send, confirm; faults seen on the way are added to `faults`."""
    heard = faults if faults is not None else []
    known = mark(printer.ready(ticket))
    printer.send(data, ticket, known, heard.append)
    return printer.confirm(known, MM, heard.append)


def broken(printer: Device, ticket: str) -> Mark:
    """A slip that breaks on the way; the mark it was begun with."""
    known = mark(printer.ready(ticket))
    with pytest.raises(PrinterError):
        _send(printer, ticket, known)
    return known


def _send(printer: Device, ticket: str, known: Mark) -> None:
    printer.send(DATA, ticket, known, lambda _: None)
    printer.confirm(known, MM, lambda _: None)


def wait_for_sheets(paper: Emulator, n: int, patience_s: float = 5.0) -> None:
    ends = time.monotonic() + patience_s
    while len(paper.sheets) < n and time.monotonic() < ends:
        time.sleep(0.01)
    assert len(paper.sheets) == n


def ends_with(sheet: Image.Image, picture: Image.Image = PICTURE) -> bool:
    """Whether the slip stands on the sheet dot by dot, whatever hung above it."""
    if sheet.height < picture.height:
        return False
    tail = sheet.crop((0, sheet.height - picture.height, sheet.width, sheet.height))
    return ImageChops.logical_xor(tail, picture).getbbox() is None


def same(sheet: Image.Image, picture: Image.Image = PICTURE) -> bool:
    return sheet.height == picture.height and ends_with(sheet, picture)
