"""What every way to a printer promises."""

import errno
import os
import select
import time
from typing import Protocol

CHUNK = 1024  # small enough that a stopped printer shows soon
DRAIN_S = 0.5


class Broken(Exception):
    """The way is of no more use; `code` is a word of docs/printing.md."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".rstrip())
        self.code = code


class Link(Protocol):
    """One connection to one printer. Used by one thread. Anything may raise `Broken`."""

    def write(self, data: bytes, wait_s: float) -> int:
        """Hand over the first bytes of `data`, waiting for room; how many were taken, 0 when none were in time."""

    def read(self, wait_s: float) -> bytes:
        """What the printer said, waiting for some; nothing when it said nothing in time."""

    def pending(self) -> int:
        """Bytes that were taken and are known not to have arrived; 0 where nobody can tell."""

    def begin(self, label: str) -> None:
        """A job begins; `label` names it for people."""

    def finish(self) -> None:
        """It was handed over whole."""

    def close(self) -> None:
        """Let the printer go without harming what it still prints."""

    def abort(self) -> None:
        """Let it go, and throw away what it has not taken."""


def code_of(fault: OSError) -> str:
    """What went wrong, as a word for staff."""
    match fault.errno:
        case errno.ECONNREFUSED:
            return "refused"
        case errno.EACCES | errno.EPERM:
            return "permission"
        case errno.EBUSY:
            return "busy"
        case errno.ENOENT:
            return "not_found"
        case errno.ENODEV | errno.ENXIO | errno.EIO:
            return "unplugged"
        case errno.ECONNRESET | errno.EPIPE | errno.ECONNABORTED:
            return "reset"
        case errno.ETIMEDOUT:
            return "no_progress"
        case _:
            return "unreachable"


def given(number: int, data: bytes, wait_s: float) -> int:
    """How many bytes an open file that does not block took within `wait_s` seconds; `Broken` when it is gone."""
    try:
        _, room, _ = select.select((), (number,), (), max(wait_s, 0.0))
        return os.write(number, data[:CHUNK]) if room else 0
    except BlockingIOError:
        return 0
    except OSError as fault:
        raise Broken(code_of(fault), str(fault)) from fault


class Descriptor:
    """A way that the system knows as an open file: a character device, a terminal, a socket."""

    def __init__(self, number: int) -> None:
        self._number = number
        os.set_blocking(number, False)

    def write(self, data: bytes, wait_s: float) -> int:
        return given(self._number, data, wait_s)

    def read(self, wait_s: float) -> bytes:
        try:
            heard, _, _ = select.select((self._number,), (), (), max(wait_s, 0.0))
            said = os.read(self._number, 4096) if heard else b""
        except BlockingIOError:
            return b""
        except OSError as fault:
            raise Broken(code_of(fault), str(fault)) from fault
        if heard and not said:
            self._ended()
        return said

    def _ended(self) -> None:
        """Readable, and nothing to read: for a device, nothing has happened."""

    def pending(self) -> int:
        return 0

    def begin(self, label: str) -> None:
        """The wire knows no jobs."""

    def finish(self) -> None:
        """Every byte was handed over as it was written."""

    def close(self) -> None:
        """Listen for a moment, so that nothing unread is thrown back at the printer."""
        ends = time.monotonic() + DRAIN_S / 10
        while (left := ends - time.monotonic()) > 0:
            try:
                if not self.read(left):
                    break
            except Broken:
                break
        self.abort()

    def abort(self) -> None:
        if self._number >= 0:
            os.close(self._number)
        self._number = -1
