"""The print jobs of a centre: what may be printed where, what became of it, and how much paper is left."""

import logging
from collections.abc import Callable, Sequence
from uuid import uuid4

from sportello.centre import Centre
from sportello.domain.commands import SettleSlip
from sportello.domain.errors import Refused
from sportello.domain.printing import PrinterStatus
from sportello.domain.slips import Flight, Job, JobState, Mark
from sportello.ledger import printers, spool
from sportello.ledger.db import Db
from sportello.ledger.spool import Printing
from sportello.stations import UNREADY_MS

LOG = logging.getLogger(__name__)
LONGEST_WAIT_S = 30.0
NOBODY_MS = 5_000  # without a word of any printer since the start, a job has waited for long after this
HUMAN = 6  # the highest evidence: a person holds the paper


def peek(centre: Centre, printer: str, wait_s: float) -> Job | None:
    """The oldest job for a printer, its own or one it takes over; waits for one up to `wait_s`."""
    ends_ms = centre.now().mono_ms + round(min(wait_s, LONGEST_WAIT_S) * 1000)
    while True:
        changed, at = _watch(centre), centre.now()
        expire(centre)
        given, soon_ms = centre.stations.gives_way(centre.printers(), printer, at)
        with centre.reading() as db:
            found = [job for name in (printer, *given) if (job := spool.oldest(db, name))]
        left_ms = ends_ms - at.mono_ms
        if found or left_ms <= 0:
            return min(found, key=lambda job: job.id, default=None)
        patience_ms = left_ms if soon_ms is None else min(left_ms, soon_ms)
        centre.wait_until(changed, patience_ms / 1000)


def _watch(centre: Centre) -> Callable[[], bool]:
    """Whether anything was recorded since now, or a printer became ready, or ceased to be."""
    place, version = centre.place, centre.stations.version
    return lambda: (centre.place, centre.stations.version) != (place, version)


def stuck(centre: Centre, one: Printing) -> bool:
    """Whether a queued job has nowhere to go: neither its printer nor a backup of it has been ready for a while."""
    at = centre.now()
    setup = next((each for each in centre.printers() if each.name == one.printer), None)
    names = [name for name in (one.printer, setup.backup if setup else "") if name]
    if not any(centre.stations.heard(name, at) for name in names):
        return at.wall_ms - one.changed_ms >= NOBODY_MS
    away = [centre.stations.unready_for_ms(name, at) for name in names]
    return all(ms is not None and ms >= UNREADY_MS for ms in away)


def expire(centre: Centre) -> None:
    """Originals that nobody waits for any more are not printed."""
    with centre.reading() as db:
        late = spool.overdue(db, centre.now().wall_ms)
    for one in late:
        settle(centre, one.job.id, JobState.EXPIRED, actor="centre")


def begin(centre: Centre, job: int, printer: str, mark: Mark) -> bool:
    """Note on disk that the first byte is about to go out. False: it must not."""
    return centre.write(lambda db: spool.begin(db, job, printer, mark, centre.now().wall_ms))


def sent(centre: Centre, job: int) -> bool:
    """The last byte was accepted."""
    return centre.write(lambda db: spool.move(db, job, JobState.SENT, now_ms=centre.now().wall_ms))


def settle(
    centre: Centre, job: int, state: JobState, *, actor: str = "", detail: str = "", evidence: int = 0, mm: int = 0
) -> bool:
    """What became of a job; whether that was news. An outcome is an event; held, or back in the queue, is not.

    A worker may say the same twice, or say what a person knew before: neither changes anything.
    """
    with centre.reading() as db:
        found = spool.of_job(db, job)
    if found is None:
        LOG.warning("there is no print job %s: what is said of it is dropped", job)
        return False
    if state in (JobState.HELD, JobState.QUEUED):
        return centre.write(lambda db: _under_way(centre, db, found, state, detail, mm))
    outcome = SettleSlip(
        job=job,
        ticket=found.job.ticket,
        copy=found.job.copy,
        printer=found.printer,
        state=state.value,
        detail=detail,
        evidence=evidence,
        mm=mm,
    )
    try:
        centre.handle(outcome, actor=actor or f"printer:{found.printer}", command_id=uuid4().hex)
    except Refused:
        LOG.warning("print job %s is %s: it does not become %s", job, found.state, state)
        return False
    return True


def _under_way(centre: Centre, db: Db, found: Printing, state: JobState, detail: str, mm: int) -> bool:
    moved = spool.move(db, found.job.id, state, now_ms=centre.now().wall_ms, detail=detail)
    if moved and mm:
        printers.use_paper(db, found.printer, mm, slips=0)
    return moved


def in_flight(centre: Centre, printer: str) -> Sequence[Flight]:
    """Jobs whose bytes may be in this printer."""
    with centre.reading() as db:
        return spool.in_flight(db, printer)


def in_doubt(centre: Centre) -> Sequence[Printing]:
    """Today's sheets that may not be in their visitors' hands, newest first."""
    day = centre.day
    with centre.reading() as db:
        return [one for one in spool.doubtful(db, centre.now().wall_ms) if one.job.ticket in day.tickets]


def vouched(one: Printing, detail: str) -> SettleSlip:
    """A person says that the sheet came out."""
    return SettleSlip(
        job=one.job.id,
        ticket=one.job.ticket,
        copy=one.job.copy,
        printer=one.printer,
        state=JobState.CONFIRMED.value,
        detail=detail,
        evidence=HUMAN,
    )


def report(centre: Centre, printer: str, status: PrinterStatus) -> None:
    """What a printer says of itself."""
    setup = next((one for one in centre.printers() if one.name == printer), None)
    if setup is None:
        LOG.warning("there is no printer «%s»: a report on it is dropped", printer)
        return
    centre.stations.report(setup, status, centre.now())
