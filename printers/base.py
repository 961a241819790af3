"""What every printer promises, and how it says that it could not."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Protocol


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the printer itself gave as proof."""

    level: Level
    detail: str = ""


class Printer(Protocol):
    """One device that turns bytes into paper. Used by one thread only."""

    def print(self, data: bytes, *, label: str) -> Evidence:
        """Print one slip; `label` names it for people. Raises `PrinterError`."""

    def close(self) -> None:
        """Let the device go until the next slip."""
