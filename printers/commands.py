"""The bytes that are asked of a printer beside the slip itself, each with its name in the vendors' manuals."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from printers.encode import CUT, START

ONLINE: Final = b"\x10\x04\x01"  # DLE EOT 1, real time
COVER: Final = b"\x10\x04\x02"  # DLE EOT 2
PAPER: Final = b"\x10\x04\x04"  # DLE EOT 4
FULL: Final = b"\x10\x04\x14"  # DLE EOT 20, Custom: paper, user, recoverable and unrecoverable errors
AT_EXIT: Final = 0x20  # in the first byte of what that tells: paper hangs at the exit
FENCE: Final = b"\x1dr\x01"  # GS r 1: answered when everything before it has been worked through
NEWS_ON: Final = b"\x1da\x0e"  # GS a 14: tell changes of drawer-less state, errors and paper unasked
CLEAR: Final = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"  # DLE DC4 8, real time: forget what is not printed
CLEARED: Final = b"\x37\x25\x00"
COMPLETION: Final = bytes(16)  # ends a command broken off in its head, which would take the next for a size
PADDING: Final = bytes(64 * 72)  # fills up the strip of a picture that was broken off; at most 8 mm of paper
WASTE: Final = START + CUT

# question, bits, code: the plainest first
FAULTS: Final = (
    (PAPER, 0x60, "paper_out"),
    (COVER, 0x04, "cover_open"),
    (COVER, 0x20, "paper_out"),
    (COVER, 0x40, "error"),
    (ONLINE, 0x08, "offline"),
)


def process_id(name: str) -> bytes:
    """GS ( H, function 48: the printer says `name` back when what came before has been printed."""
    return b"\x1d(H\x06\x00\x30\x30" + name.encode("ascii")


def printed(name: str) -> bytes:
    """The answer to it."""
    return b"\x37\x22" + name.encode("ascii") + b"\x00"


def native_code(content: str) -> bytes:
    """GS ( k: a QR code that the printer draws itself, model 2, 6 dots a module, error correction M."""
    stored = content.encode("ascii")
    length = (len(stored) + 3).to_bytes(2, "little")
    return (
        b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1"
        + b"\x1d(k" + length + b"1P0" + stored + b"\x1d(k\x03\x001Q0\n"
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What differs between makers. `count`: asks how often it has cut; `cuts` reads the answer."""

    name: str
    count: bytes
    ends: bytes  # how the answer to `count` ends
    cuts: Callable[[bytes], int | None]
    full: bool = False  # knows the full status


def _block(answer: bytes) -> int | None:
    digits = answer[1:-1]
    return int(digits) if answer[:1] == b"\x5f" and digits.isdigit() else None


def _words(answer: bytes) -> int | None:
    digits = answer.removesuffix(b"cuts").strip()
    return int(digits) if digits.isdigit() else None


# GS g 2 0 178 0: the maintenance counter of cuts that nobody can set back
ESCPOS = Dialect(name="escpos", count=b"\x1dg2\x00\xb2\x00", ends=b"\x00", cuts=_block)
CUSTOM = Dialect(name="custom", count=b"\x1d\xe2", ends=b"cuts", cuts=_words, full=True)  # GS E2
DIALECTS = {one.name: one for one in (ESCPOS, CUSTOM)}


def news_fault(state: bytes) -> str:
    """What four bytes of news say is wrong; empty where nothing is."""
    if state[2] & 0x0C:
        return "paper_out"
    if state[0] & 0x20:
        return "cover_open"
    if state[1] & 0x08:
        return "cutter"
    if state[1] & 0x20:
        return "unrecoverable"
    if state[1] & 0x40:
        return "head_hot"
    return "offline" if state[0] & 0x08 else ""
