"""Printers as the centre knows them: how one is set up, what it says of itself, and what it asks of the centre."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlsplit

from sportello.domain.slips import Flight, Job, JobState, Mark

ROLL_MM = 80_000  # of a usual roll of 80 mm paper
SPEED_MM_S = 150


class Capability(StrEnum):
    """What a printer was seen to answer or to do."""

    STATUS = "status"  # DLE EOT
    ASB = "asb"  # tells a change of its state unasked
    FENCE = "fence"  # GS r, answered in order
    PROCESS_ID = "process_id"  # GS ( H: says when a job has been printed
    COUNTERS = "counters"  # counts its cuts
    CLEAR = "clear"  # throws away what it has not printed
    NEAR_END = "near_end"  # feels that the roll is nearly used up
    PRESENTER = "presenter"  # tells whether paper hangs at its exit
    NATIVE_QR = "native_qr"


# what the printer without paper answers; nobody need probe it
VIRTUALLY = frozenset({Capability.PROCESS_ID, Capability.COUNTERS, Capability.CLEAR})


# the forms of a printer's address
FORMS = (
    "virtual:",
    "tcp://192.168.1.50:9100",
    "usblp:/dev/usb/lp0",
    "usb:04b8:0202?serial=XYZ",
    "serial:/dev/ttyUSB0?baud=115200&flow=rtscts",
    "file:/srv/slips.bin",
    "cups:NAME",
)


def understood(uri: str) -> bool:
    """Whether a text has one of the forms of a printer's address; not whether anybody is there."""
    try:
        address = urlsplit(uri)
        port = address.port
    except ValueError:
        return False
    match address.scheme:
        case "virtual":
            return uri == "virtual:"
        case "tcp":
            return bool(address.hostname) and port != 0
        case "usb":
            parts = address.path.split(":")
            return len(parts) == 2 and all(0 < len(part) <= 4 and set(part.lower()) <= _HEX for part in parts)
        case "cups":
            return bool(address.path)
        case "usblp" | "serial":
            return _device(address.path)
        case scheme:
            return scheme == "file" and address.path.startswith("/")


def _device(path: str) -> bool:
    """Whether a path is one of a device: nothing else is to be opened and written to because a page asked for it."""
    return path.startswith("/dev/") and ".." not in path.split("/")


_HEX = frozenset("0123456789abcdef")


class Role(StrEnum):
    MAIN = "main"
    BACKUP = "backup"  # prints only what its main printer cannot


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterSetup:
    """One printer: where it is, and what was learnt of it."""

    name: str
    uri: str
    width: int = 576  # dots in a row
    dialect: str = "escpos"
    capabilities: frozenset[Capability] = frozenset()  # empty until it was probed
    role: Role = Role.MAIN
    backup: str = ""  # the printer that takes over; empty: none
    roll_mm: int = ROLL_MM  # length of a new roll
    speed_mm_s: int = SPEED_MM_S


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterStatus:
    """What a printer says of itself. Each answer is yes, no, or None where it does not say."""

    online: bool | None = None
    paper: bool | None = None  # there is some
    near_end: bool | None = None
    cover_closed: bool | None = None
    error: bool | None = None
    ticket_waiting: bool | None = None  # a slip hangs at the exit
    code: str = ""  # the fault in the words of docs/printing.md; empty where there is none or nobody knows
    source: str = "none"  # where the answer is from: asb, dle, full, port, none

    @property
    def ready(self) -> bool | None:
        """Whether a slip sent now would come out; None when nothing speaks against it and nothing for it."""
        if self.online is False or self.paper is False or self.cover_closed is False or self.error:
            return False
        return True if self.online else None


def main_printer(setups: Sequence[PrinterSetup]) -> PrinterSetup | None:
    """Where slips go: the first that is no backup."""
    return next((one for one in setups if one.role is Role.MAIN), None)


def union(configured: Sequence[PrinterSetup], kept: Sequence[PrinterSetup]) -> Sequence[PrinterSetup]:
    """Every printer, those of centre.toml first: for them the file names address and width, and the rest was learnt."""
    learnt = {one.name: one for one in kept}
    named = [
        replace(learnt.pop(one.name), uri=one.uri, width=one.width) if one.name in learnt else one for one in configured
    ]
    return (*named, *learnt.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Something that only the process which owns the printers can do: look for them, probe one, print a test page."""

    id: int
    kind: str  # discover, probe, test_page
    about: Mapping[str, Any]


class Spool(Protocol):
    """The centre, as who prints sees it. Every call may fail with `OSError`: the centre is away, ask again."""

    def printers(self) -> Sequence[PrinterSetup]:
        """Every printer of this centre, as it is set up now."""

    def peek(self, printer: str, wait_s: float) -> Job | None:
        """The oldest job for this printer, still queued; waits for one up to `wait_s`.

        A backup is also given what its main printer has not been able to print for two seconds.
        """

    def begin(self, job: int, printer: str, mark: Mark) -> bool:
        """Queued to sending, on disk before this answers. False: it is not to be sent any more."""

    def sent(self, job: int) -> None:
        """The last byte was accepted."""

    def settle(self, job: int, *, state: JobState, detail: str = "", evidence: int = 0, mm: int = 0) -> None:
        """What became of it, and how much paper it took.

        `held` while a fault may still be mended, `queued` when it is proven that no whole slip came out, `sent` where
        nothing vouches for it and nothing will. What a person has said in the meantime stands.
        """

    def in_flight(self, printer: str) -> Sequence[Flight]:
        """Begun at this printer and not settled: their fate is told before anything new is begun."""

    def report(self, printer: str, status: PrinterStatus) -> None:
        """What the printer says of itself: on each change, and at least every ten seconds."""

    def take_errand(self, wait_s: float) -> Errand | None:
        """Something to do; waits for it up to `wait_s`."""

    def errand_done(self, errand: int, result: Mapping[str, Any]) -> None:
        """What came of it; a failure is `{"error": …}`."""
