"""The print worker: takes jobs from the centre one by one, and says what became of each."""

import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from printers import fonts, slip
from printers.base import Delivery, Evidence, Level, Printer, PrinterError
from printers.drivers import open_printer
from sportello.domain.printing import PrinterSetup, Spool
from sportello.domain.slips import Job, JobState, Mark
from sportello.i18n import translator

log = logging.getLogger(__name__)

CLAIM_S = 2.0  # how long to wait for a job
IDLE_S = 2.0  # after this without a job the printer is let go: many take one connection only
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 5.0  # after a fault of the printer
AWAY_S = 0.5  # between two tries to reach the centre
TELL_S = 60.0  # for the centre to hear an outcome; an original is of no use after that
FAREWELL_S = 3.0  # at the end, for a slip under way


def run(spool: Spool, printers: Sequence[PrinterSetup], stop: threading.Event, *, folder: Path) -> None:
    """Serve every printer, a thread to each, until `stop` is set. `folder` is for the pictures of virtual printers.

    Refuses to start (`PrinterError`) with a wrong setting or without fonts; after that it never gives up.
    """
    fonts.check()
    stations = [Station(spool, config, open_printer(config, folder)) for config in printers]
    threads = [threading.Thread(target=each.serve, args=(stop,), name=each.name, daemon=True) for each in stations]
    for thread in threads:
        thread.start()
    stop.wait()
    ends = time.monotonic() + FAREWELL_S
    for thread in threads:
        thread.join(max(0.0, ends - time.monotonic()))


class Station:
    """One printer at work."""

    def __init__(self, spool: Spool, config: PrinterSetup, printer: Printer) -> None:
        self.name = config.name
        self._spool = spool
        self._width = config.width
        self._printer = printer
        self._pause_s = FIRST_PAUSE_S
        self._used_at = time.monotonic()
        self._heard = True  # the centre answered the last time

    def serve(self, stop: threading.Event) -> None:
        """Print until told to stop; a fault, whatever it is, costs a pause and nothing else."""
        while not stop.is_set():
            try:
                sound = self._turn(stop)
            except OSError as fault:
                self._miss_centre(fault)
                stop.wait(AWAY_S)
                continue
            except Exception:
                log.exception("printer %s: unexpected fault, going on", self.name)
                sound = False
            self._rest(stop, sound=sound)
        self._printer.close()

    def _miss_centre(self, fault: OSError) -> None:
        if self._heard:
            log.warning("printer %s: the centre does not answer (%s); trying until it does", self.name, fault)
        self._heard = False

    def _rest(self, stop: threading.Event, *, sound: bool) -> None:
        if sound:
            self._pause_s = FIRST_PAUSE_S
        else:
            stop.wait(self._pause_s)
            self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)

    def _turn(self, stop: threading.Event) -> bool:
        """One job, if there is one. False asks for a pause."""
        for flight in self._spool.in_flight(self.name):
            self._spool.settle(flight.job.id, state=JobState.UNKNOWN, detail="worker stopped")
        job = self._spool.peek(self.name, CLAIM_S)
        self._heard = True
        if job is None:
            if time.monotonic() - self._used_at >= IDLE_S:
                self._printer.close()
            return True
        mark = Mark(process_id=f"{job.id % 10_000:04d}", counter=None, attempt=job.attempt + 1)
        if not self._spool.begin(job.id, self.name, mark):
            return True
        state, detail, level = self._print(job)
        log.info("printer %s: job %s, %s, %s %s", self.name, job.id, job.slip.number, state, detail)
        self._used_at = time.monotonic()
        self._settle(job, state, detail, level, stop)
        return state not in (JobState.QUEUED, JobState.TORN, JobState.UNKNOWN)

    def _print(self, job: Job) -> tuple[JobState, str, Level]:
        try:
            data = slip.render(job.slip, width=self._width, translator=translator)
        except PrinterError as fault:
            return JobState.FAILED, str(fault), Level.ACCEPTED
        except Exception as fault:  # one slip that cannot be drawn must not hold up the others
            log.exception("printer %s: job %s cannot be drawn", self.name, job.id)
            return JobState.FAILED, f"render: {fault}", Level.ACCEPTED
        try:
            return _delivered(self._printer.print(data, label=label(job)))
        except PrinterError as fault:
            return _broken(fault), str(fault), Level.ACCEPTED
        except Exception as fault:  # whatever it was, bytes may have gone out
            log.exception("printer %s: job %s broke off", self.name, job.id)
            return JobState.UNKNOWN, f"unexpected: {fault}", Level.ACCEPTED

    def _settle(self, job: Job, state: JobState, detail: str, level: Level, stop: threading.Event) -> None:
        """Tell the centre, again and again until it hears: nothing can be claimed meanwhile anyway."""
        ends = time.monotonic() + TELL_S
        while True:
            try:
                return self._spool.settle(job.id, state=state, detail=detail, evidence=level)
            except OSError as fault:
                log.warning("printer %s: job %s is %s, untold (%s)", self.name, job.id, state, fault)
            if time.monotonic() > ends or stop.wait(AWAY_S):
                return None


def label(job: Job) -> str:
    """The sheet's name for people: job, number, ticket, and which copy."""
    copy = f"-copy{job.copy}" if job.copy else ""
    return f"{job.id:08d}-{job.slip.number}-{job.ticket}{copy}"


def _delivered(evidence: Evidence) -> tuple[JobState, str, Level]:
    state = JobState.CONFIRMED if evidence.level >= Level.PARSED else JobState.SENT
    return state, evidence.detail, evidence.level


def _broken(fault: PrinterError) -> JobState:
    match fault.delivery:
        case Delivery.TORN:
            return JobState.TORN
        case Delivery.UNKNOWN:
            return JobState.UNKNOWN
        case Delivery.NOT_SENT:
            return JobState.QUEUED if fault.retry else JobState.FAILED
