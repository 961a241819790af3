"""One printer at work: one job in flight, the fate of an old one before any new one, a word on each."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from printers import slip
from printers.base import Delivery, Evidence, Level, PrinterError
from printers.device import Device
from sportello.domain.printing import VIRTUALLY, Capability, PrinterSetup, PrinterStatus, Spool
from sportello.domain.slips import Flight, Job, JobState, Mark
from sportello.i18n import translator

log = logging.getLogger(__name__)

PEEK_S = 0.5  # how long to wait for a job; a fault of an idle printer is heard as late as that
LOOK_S, LOOK_TOLD_S = 2.0, 5.0  # between two looks at an idle printer; at one that tells its news
REPORT_S = 8.0  # the centre takes a longer silence for a fault
PAUSE_S = 0.5  # after a fault
AWAY_S = 0.5  # between two tries to reach the centre
FATE_S = 5.0  # for a printer to come back and tell what became of a slip
TELL_S = 60.0  # for the centre to hear an outcome
FEED_MM = 10  # from the last dot to the blade


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is known of a slip at the end."""

    state: JobState
    detail: str = ""
    level: Level = Level.ACCEPTED


class Stop(Protocol):
    """Tells a station to end; `threading.Event` is one."""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float) -> bool: ...


class Station:
    """One printer at work, in a thread of its own."""

    def __init__(self, spool: Spool, setup: PrinterSetup, folder: Path) -> None:
        self.setup = setup
        self.lock = threading.Lock()  # held while the printer is in use: errands wait for it
        self.device = Device(known(setup), folder)
        self._spool = spool
        self._status: PrinterStatus | None = None
        self._told_at = self._looked_at = -REPORT_S
        self._heard = True  # the centre answered the last time
        self._turned_at = time.monotonic()

    @property
    def stirred_at(self) -> float:
        """When it last did anything, on the monotonic clock in s: even a slip that is held up lets it look about."""
        return max(self._turned_at, self.device.stirred_at)

    def serve(self, stop: Stop) -> None:
        """Print until told to stop; a fault, whatever it is, costs a pause and nothing else."""
        while not stop.is_set():
            try:
                sound = self._turn(stop)
                self._heard = True
            except OSError as fault:
                self._miss_centre(fault)
                stop.wait(AWAY_S)
                continue
            except Exception:
                log.exception("printer %s: unexpected fault, going on", self.setup.name)
                sound = False
            if not sound:
                stop.wait(PAUSE_S)
        with self.lock:
            self.device.close()

    def _miss_centre(self, fault: OSError) -> None:
        if self._heard:
            log.warning("printer %s: the centre does not answer (%s); trying until it does", self.setup.name, fault)
        self._heard = False

    def _turn(self, stop: Stop) -> bool:
        """An old job's fate, or one new job. False asks for a pause."""
        self._turned_at = time.monotonic()
        with self.lock:
            for flight in self._spool.in_flight(self.setup.name):
                self._settle(flight.job, self._fate(flight, stop), 0, stop)
            self._look()
        job = self._spool.peek(self.setup.name, PEEK_S)
        if job is None:
            return True
        with self.lock:
            return self._print(job, stop)

    # --- one slip ------------------------------------------------------------------------------------

    def _print(self, job: Job, stop: Stop) -> bool:
        """From the picture to the proof. False: nothing could be sent."""
        try:
            sheet = slip.render(job.slip, setup=self.setup, translator=translator)
        except Exception as fault:  # one slip that cannot be drawn must not hold up the others
            log.exception("printer %s: job %s cannot be drawn", self.setup.name, job.id)
            code = fault.code if isinstance(fault, PrinterError) else "render"
            self._settle(job, Outcome(state=JobState.FAILED, detail=f"{code}: {fault}"), 0, stop)
            return True
        try:
            counter = self.device.ready(job.ticket)
        except PrinterError as fault:
            self._look_again(fault)
            return False
        attempt = job.attempt + 1
        mark = Mark(process_id=f"{job.id % 100:02d}{attempt % 100:02d}", counter=counter, attempt=attempt)
        if not self._spool.begin(job.id, self.setup.name, mark):
            return True
        mm = sheet.mm + FEED_MM
        outcome = self._sent(job, sheet.data, mark, mm, stop)
        used_mm = mm if outcome.state in (JobState.CONFIRMED, JobState.SENT) else mm // 2
        self._settle(job, outcome, used_mm, stop)
        return outcome.state in (JobState.CONFIRMED, JobState.SENT)

    def _sent(self, job: Job, data: bytes, mark: Mark, mm: int, stop: Stop) -> Outcome:
        """Send one slip and hear what proves it."""
        held = self._holder(job)
        whole = False
        try:
            self.device.send(data, job.ticket, mark, held, label=label(job))
            whole = True
            self._spool.sent(job.id)
            return _delivered(self.device.confirm(mark, mm, held))
        except PrinterError as fault:
            log.warning("printer %s: job %s: %s", self.setup.name, job.id, fault)
            self._look_again(fault)
            if fault.delivery is Delivery.NOT_SENT:
                return Outcome(state=JobState.QUEUED, detail=fault.code)
            whole = whole or fault.delivery is Delivery.UNKNOWN
            return self._told(job.ticket, mark, stop, whole=whole, code=fault.code)

    def _holder(self, job: Job) -> Callable[[str], None]:
        def held(code: str) -> None:
            """A fault on the way: the visitor is told at once, while there is still hope."""
            self._report(PrinterStatus(online=False, code=code, source="asb"))
            self._spool.settle(job.id, state=JobState.HELD, detail=code)

        return held

    # --- what became of one --------------------------------------------------------------------------

    def _fate(self, flight: Flight, stop: Stop) -> Outcome:
        """A job that a process before us left in flight: its bytes may be anywhere on the way."""
        log.warning("printer %s: job %s was left %s", self.setup.name, flight.job.id, flight.state)
        return self._told(flight.job.ticket, flight.mark, stop, whole=True, code="worker_stopped")

    def _told(self, ticket: str, mark: Mark, stop: Stop, *, whole: bool, code: str) -> Outcome:
        """Ask the printer what became of a slip, for as long as it may come back.

        `whole`: its cut may have left us. Then nobody but the printer can say that it will not come out.
        """
        ends, cleared = time.monotonic() + FATE_S, False
        while True:
            try:
                proof = self.device.fate(ticket, mark)
                return _delivered(proof) if proof else Outcome(state=JobState.QUEUED, detail=code)
            except PrinterError as fault:
                if fault.delivery is Delivery.UNKNOWN:
                    break
                self._look_again(fault)
                if time.monotonic() > ends:
                    cleared = self.device.give_up()
                    break
            if stop.wait(PAUSE_S):
                break
        torn = cleared or not whole
        return Outcome(state=JobState.TORN if torn else JobState.UNKNOWN, detail=code)

    # --- telling -------------------------------------------------------------------------------------

    def _settle(self, job: Job, outcome: Outcome, mm: int, stop: Stop) -> None:
        """Tell the centre, again and again until it hears: nothing new can be begun meanwhile anyway."""
        log.info("printer %s: job %s is %s (%s)", self.setup.name, job.id, outcome.state, outcome.detail)
        ends = time.monotonic() + TELL_S
        while True:
            try:
                self._spool.settle(
                    job.id, state=outcome.state, detail=outcome.detail, evidence=int(outcome.level), mm=mm
                )
                return
            except OSError as fault:
                log.warning("printer %s: job %s is %s, untold (%s)", self.setup.name, job.id, outcome.state, fault)
            self._turned_at = time.monotonic()
            if self._turned_at > ends or stop.wait(AWAY_S):
                return

    def _look(self) -> None:
        """Look at an idle printer now and then, and say what it says."""
        now = time.monotonic()
        every = LOOK_TOLD_S if Capability.ASB in self.setup.capabilities else LOOK_S
        if self.device.news() is not None or now - self._looked_at >= every:
            self._looked_at = now
            self._report(self.device.status())
        elif now - self._told_at >= REPORT_S and self._status is not None:
            self._report(self._status)

    def _look_again(self, fault: PrinterError) -> PrinterStatus:
        """The printer after a fault: by its own word, or by what went wrong."""
        status = self.device.status()
        known = status if status.code or status.ready else PrinterStatus(online=False, code=fault.code)
        self._report(known)
        return known

    def _report(self, status: PrinterStatus) -> None:
        now = time.monotonic()
        if status != self._status or now - self._told_at >= REPORT_S:
            self._status, self._told_at = status, now
            self._spool.report(self.setup.name, status)


def known(setup: PrinterSetup) -> PrinterSetup:
    """The set-up with what is known of our own virtual printer, which nobody need probe."""
    return replace(setup, capabilities=VIRTUALLY) if setup.uri == "virtual:" else setup


def label(job: Job) -> str:
    """The sheet's name for people: job, number, ticket, and which copy."""
    copy = f"-copy{job.copy}" if job.copy else ""
    return f"{job.id:08d}-{job.slip.number}-{job.ticket}{copy}"


def _delivered(evidence: Evidence) -> Outcome:
    state = JobState.CONFIRMED if evidence.level >= Level.PARSED else JobState.SENT
    return Outcome(state=state, detail=evidence.detail, level=evidence.level)
