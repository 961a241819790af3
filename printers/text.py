"""The slip in the printer's own letters, for a serial line on which a picture would take many seconds."""

import textwrap
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from typing import Any

from printers import commands, encode
from printers.base import Delivery, PrinterError, Sheet
from printers.layout import Bar, Block, Code, Number, Rule, Text
from printers.machine import DOTS_MM

# The code pages that nearly every ESC/POS printer has under these numbers; together they write the Latin languages
PAGES = {"CP437": 0, "CP850": 2, "CP858": 19, "CP852": 18, "CP857": 13}
CELL, ROWS = 12, 24  # dots of a letter of font A
KEY_PX = 45  # texts from here on are twice as wide, where the paper is
WIDE = 48  # letters in a row of 80 mm paper

# Romanian has its comma below only in newer code pages: the printers' own letters carry a cedilla
_FORMS = str.maketrans(
    {
        "ș": "ş", "ț": "ţ", "Ș": "Ş", "Ț": "Ţ", "œ": "oe", "Œ": "OE",
        "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...",
        "\u00a0": " ", "\u202f": " ",
    }
)  # fmt: skip


def covers(content: str) -> bool:
    """Whether the printer's own letters can write it."""
    return not _lacking(content)


def sheet(blocks: Sequence[Block], *, width: int) -> Sheet:
    """The blocks as letters, codes drawn by the printer itself. Raises `PrinterError` where a letter is lacking."""
    written = (block.content for block in blocks if isinstance(block, Text | Number | Bar))
    if lacking := {letter for content in written for letter in _lacking(content)}:
        raise PrinterError(
            "slow_line",
            f"too slow for a picture, and the printer's own letters lack {' '.join(sorted(lacking))}: "
            "set printer and address to 115200 baud",
            delivery=Delivery.NOT_SENT,
            retry=False,
        )
    page = _Page(width // CELL)
    for block in blocks:
        page.put(block)
    return Sheet(data=encode.START + page.data + encode.CUT, mm=page.rows // DOTS_MM)


def _lacking(content: str) -> Iterable[str]:
    encoder = _encoder()
    return [one for one in _plain(content) if not any(encoder.can_encode(page, one) for page in PAGES)]


def _plain(content: str) -> str:
    """In the forms that printers have, and without what would be a command to them."""
    return "".join(letter for letter in content.translate(_FORMS) if letter >= " ")


@cache
def _encoder() -> Any:
    from escpos.magicencode import Encoder  # half a second, which only a slow line costs

    return Encoder(PAGES)


class _Page:
    """Lines one after the other; `rows` of dots so far."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self.rows = 0

    @cached_property
    def _printer(self) -> Any:
        from escpos.magicencode import MagicEncode
        from escpos.printer import Dummy

        printer = Dummy()
        printer.magic = MagicEncode(printer, encoder=_encoder())
        return printer

    @property
    def data(self) -> bytes:
        return bytes(self._printer.output)

    def put(self, block: Block) -> None:
        """One block. Every letter is at least twice as high as the printer's own, which is smaller than 10 pt."""
        match block:
            case Rule():
                self._line("-" * self._columns, wide=1, high=1)
            case Number(content=content, px=px):
                size = max(1, min(8, px // ROWS, self._columns // len(content)))
                self._line(content, wide=size, high=size, bold=True, centred=True)
            case Bar(content=content):
                self._line(content.center(self._columns // 2), wide=2, high=2, bold=True, centred=True, invert=True)
            case Code(content=content):
                self._printer.set(align="center")
                self._printer._raw(commands.native_code(content))
                self.rows += 200
            case Text():
                self._paragraph(block)

    def _paragraph(self, text: Text) -> None:
        wide = 2 if text.px >= KEY_PX and self._columns >= WIDE else 1
        for content in textwrap.wrap(_plain(text.content), self._columns // wide):
            self._line(content, wide=wide, high=2, bold=text.bold, centred=text.centred)

    def _line(
        self, content: str, *, wide: int, high: int, bold: bool = False, centred: bool = False, invert: bool = False
    ) -> None:
        self._printer.set(
            align="center" if centred else "left",
            bold=bold,
            invert=invert,
            custom_size=True,
            width=wide,
            height=high,
        )
        self._printer.text(f"{_plain(content)}\n")
        self.rows += ROWS * high + ROWS // 3
