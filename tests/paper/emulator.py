"""A printer of the tests: a machine with a wire, a small buffer, a speed, and every bad habit on demand."""

import contextlib
import os
import select
import socket
import struct
import threading
import time
import tty
from dataclasses import dataclass, field
from typing import Self

from PIL import Image

from printers.machine import DOTS_MM, Machine

BUFFER = 4096
TICK_S = 0.002


@dataclass
class Emulator:
    """What it has not worked through outlives a connection; what hangs at its exit outlives a power cut.

    Bytes are counted from the start, over all connections: `taken`. Each fault happens once, then its field is None.
    """

    machine: Machine = field(default_factory=Machine)
    mm_s: float = 600.0
    mute: bool = False  # never says a word
    chatters: bool = False  # says news that nobody asked for with every answer
    quiet_after_cut: bool = False
    stall_after: int | None = None  # reads no more, until `go_on()`
    reset_after: int | None = None  # resets the connection
    power_cut_after: int | None = None
    off_s: float = 0.3  # how long it stays off
    paper_out_after_mm: float | None = None
    refill_s: float | None = None  # so long after the paper ended somebody changes the roll
    flush_at_paper_out: bool = False  # forgets its buffer when the paper ends
    serial: bool = False  # a pseudo-terminal instead of a port
    connections: int = 0
    resets_seen: int = 0
    power_cuts: int = 0
    taken: int = 0

    def __post_init__(self) -> None:
        self._stop, self._stalled = threading.Event(), False
        self._lock = threading.RLock()
        self._off_until, self._went_off = 0.0, False
        self._budget, self._worked_at = 0.0, time.monotonic()
        if self.serial:
            self._master, self._slave = os.openpty()
            tty.setraw(self._slave)
            tty.setraw(self._master)
        else:
            self._listener = self._listening(0)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _listening(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1460)  # as on Ethernet
        listener.settimeout(0.02)
        self.port = listener.getsockname()[1]
        return listener

    @property
    def uri(self) -> str:
        if self.serial:
            return f"serial:{os.ttyname(self._slave)}?flow=none"
        return f"tcp://127.0.0.1:{self.port}"

    @property
    def sheets(self) -> list[Image.Image]:
        with self._lock:
            return list(self.machine.sheets)

    @property
    def busy(self) -> bool:
        """Whether it is between the first byte of a slip and its cut."""
        with self._lock:
            return not self.machine.idle or self.machine.hanging > 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5)
        if self.serial:
            os.close(self._master)
            os.close(self._slave)
        else:
            self._listener.close()

    # --- what people do to it ------------------------------------------------------------------------

    def cut_power(self, off_s: float | None = None) -> None:
        with self._lock:
            self.power_cuts += 1
            self._went_off = True  # however short it was: no connection outlives it
            self.machine.lose_power()
            self._off_until = time.monotonic() + (self.off_s if off_s is None else off_s)

    def end_paper(self) -> None:
        with self._lock:
            self.machine.paper_out = True
            if self.refill_s is not None:
                threading.Timer(self.refill_s, self.refill).start()
            if self.flush_at_paper_out:
                self.machine.clear()

    def refill(self) -> None:
        with self._lock:
            self.machine.paper_out = self.machine.cover_open = False

    def go_on(self) -> None:
        self._stalled = False

    @property
    def off(self) -> bool:
        return time.monotonic() < self._off_until

    # --- at work -------------------------------------------------------------------------------------

    def _serve(self) -> None:
        while not self._stop.is_set():
            if self.serial:
                self._listen(self._master)
                continue
            if self._went_off:
                self._stay_off()
            with contextlib.suppress(TimeoutError, OSError):
                wire, _ = self._listener.accept()
                self.connections += 1
                wire.setblocking(False)
                ended = self._listen(wire.fileno(), wire)
                if ended == "reset":
                    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                wire.close()
            self._work(None)

    def _stay_off(self) -> None:
        """Nobody at the address while the power is away."""
        port, self._went_off = self.port, False
        self._listener.close()
        while self.off and not self._stop.is_set():
            time.sleep(0.005)
        with contextlib.suppress(OSError):
            self._listener = self._listening(port)

    def _listen(self, number: int, wire: socket.socket | None = None) -> str:
        """One connection to its end: closed, reset or off."""
        while not self._stop.is_set():
            if self._went_off and wire is not None:
                return "reset"
            if self.off:
                time.sleep(TICK_S)
                continue
            self._work(number)
            full = self.machine.waiting >= BUFFER
            ready, _, _ = select.select([] if self._stalled or full else [number], [], [], TICK_S)
            if not ready:
                continue
            try:
                arrived = os.read(number, self._at_most())
            except ConnectionResetError:
                self.resets_seen += 1
                return "closed"
            except OSError:
                return "closed"
            if not arrived:
                return "closed"
            self._take(arrived, number)
            if self._due("reset_after"):
                return "reset"
        return "closed"

    def _at_most(self) -> int:
        """Bytes to read now: none beyond one at which something is to happen."""
        points = (self.stall_after, self.reset_after, self.power_cut_after)
        return min([512, *(point - self.taken for point in points if point is not None and point > self.taken)])

    def _take(self, arrived: bytes, number: int) -> None:
        with self._lock:
            if self._went_off:
                return  # nobody was there to take it
            self.taken += len(arrived)
            self._say(self.machine.receive(arrived), number)
        if self._due("stall_after"):
            self._stalled = True
        if self._due("power_cut_after"):
            self.cut_power()

    def _due(self, name: str) -> bool:
        """Whether so many bytes were taken; once."""
        after = getattr(self, name)
        if after is None or self.taken < after:
            return False
        setattr(self, name, None)
        return True

    def _work(self, number: int | None) -> None:
        """Print as many rows as there was time for."""
        with self._lock:
            now = time.monotonic()
            self._budget += (now - self._worked_at) * self.mm_s * DOTS_MM
            self._worked_at = now
            if self.off:
                return
            before = self.machine.rows_fed
            rows = self._rows_to_paper_end(int(self._budget))
            answers = self.machine.work(max(rows, 1)) if rows or self.machine.waiting else b""
            fed = self.machine.rows_fed - before
            self._budget -= fed
            if fed < rows:
                self._budget = min(self._budget, 0.0)  # paper that stood still does not catch up
            self._say(answers, number)
            self._say(self.machine.news_now(), number)

    def _rows_to_paper_end(self, rows: int) -> int:
        if self.paper_out_after_mm is None:
            return rows
        left = round(self.paper_out_after_mm * DOTS_MM) - self.machine.rows_fed
        if left <= 0:
            self.paper_out_after_mm = None
            self.end_paper()
            return 0
        return min(rows, left)

    def _say(self, answer: bytes, number: int | None) -> None:
        if not answer or number is None or self.mute or (self.quiet_after_cut and self.machine.sheets):
            return
        news = b"\x14\x00\x00\x0f" if self.chatters else b""
        with contextlib.suppress(OSError):
            os.write(number, news + answer + news)
