"""The process that owns the printers: a station for each, started and ended as they are set up."""

import logging
import threading
import time
from pathlib import Path

from printers import errands, fonts, watchdog
from printers.station import Station
from sportello.domain.printing import PrinterSetup, Spool

log = logging.getLogger(__name__)

SETUPS_S = 5.0  # between two looks at which printers there are
HUNG_S = 20.0  # a station that has not stirred for longer hangs in a call that does not come back
FAREWELL_S = 3.0  # at the end, for a slip under way


class _At:
    """A station at work, and how to end it."""

    def __init__(self, spool: Spool, setup: PrinterSetup, folder: Path) -> None:
        self.station = Station(spool, setup, folder)
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.station.serve, args=(self.stop,), name=setup.name, daemon=True)
        self.thread.start()

    @property
    def hangs(self) -> bool:
        return time.monotonic() - self.station.stirred_at > HUNG_S

    def end(self, patience_s: float) -> None:
        self.stop.set()
        self.thread.join(max(0.0, patience_s))


def run(spool: Spool, stop: threading.Event, *, folder: Path) -> None:
    """Serve every printer, a thread to each, until `stop` is set. `folder` is for the pictures of virtual printers.

    Refuses to start (`PrinterError`) without fonts; after that it never gives up. While no station hangs it tells a
    service manager, who starts another process when it hears that no more.
    """
    fonts.check()
    at_work: dict[str, _At] = {}
    runner = threading.Thread(
        target=errands.serve, args=(spool, lambda: _stations(at_work), stop, folder), name="errands", daemon=True
    )
    runner.start()
    watchdog.tell("READY=1")
    heard = True  # the centre answered the last time
    while not stop.is_set():
        try:
            wanted, heard = {setup.name: setup for setup in spool.printers()}, True
        except OSError as fault:
            if heard and not at_work:
                log.warning("the centre does not answer (%s); trying until it does", fault)
            heard = False
            wanted = {name: one.station.setup for name, one in at_work.items()}
        for name, one in list(at_work.items()):
            if wanted.get(name) != one.station.setup:
                at_work.pop(name).end(FAREWELL_S)
        for name, setup in wanted.items():
            if name not in at_work:
                at_work[name] = _At(spool, setup, folder)
        if not any(one.hangs for one in at_work.values()):
            watchdog.tell("WATCHDOG=1")
        stop.wait(SETUPS_S if at_work else 0.5)
    ends = time.monotonic() + FAREWELL_S
    for one in at_work.values():
        one.stop.set()
    for one in at_work.values():
        one.end(ends - time.monotonic())


def _stations(at_work: dict[str, _At]) -> dict[str, Station]:
    return {name: one.station for name, one in list(at_work.items())}
