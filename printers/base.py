"""What every printer promises, and how it says that it could not."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Delivery(StrEnum):
    """What is known of the paper when a print was broken off."""

    NOT_SENT = "not_sent"  # no byte of the slip left us: it may be sent again
    TORN = "torn"  # the cut never left us: a piece at most hangs in the printer
    UNKNOWN = "unknown"  # the whole slip left us, and nobody answered for it


class PrinterError(Exception):
    """The centre's staff must look at the printer.

    `code` is a stable word; `detail` one English line for the log; `retry` says whether waiting may mend it.
    """

    def __init__(self, code: str, detail: str, *, delivery: Delivery, retry: bool) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.delivery = delivery
        self.retry = retry


class Level(IntEnum):
    """How sure we are that the slip is on paper; the rungs of docs/printing.md."""

    ACCEPTED = 0  # the bytes were taken, which proves nothing
    NO_FAULT = 1  # the printer says that nothing is wrong now
    PARSED = 2  # the printer has worked through everything up to the cut
    PRINTED = 3  # the printer says that printing has ended
    CUT = 4  # its counter of cuts went up: that outlives a crash of ours and a power cut of its own
    TAKEN = 5  # the visitor took the paper from the exit
    SAID = 6  # a person has it in hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the printer itself gave as proof."""

    level: Level
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What goes to the printer, and how long the paper gets: mm without the feed to the blade."""

    data: bytes
    mm: int
