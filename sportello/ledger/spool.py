"""Print jobs as rows: made in the ticket's own transaction, claimed by one worker, never printed twice as originals."""

import json
from dataclasses import dataclass

from sportello.domain.slips import Job, JobState, Slip
from sportello.ledger.db import Db, Row, row

EXPIRES_MS = 60_000  # the visitor has walked away with the number on the screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """A sheet on its way to paper: which job, at which printer, and how far."""

    job: Job
    printer: str
    state: JobState
    detail: str


def add(db: Db, slip: Slip, printer: str, now_ms: int) -> None:
    """Queue a sheet. The database allows one original and one of each copy per ticket."""
    db.run(
        """INSERT INTO print_job (id, ticket, copy, printer, state, slip, created_ms, changed_ms, evidence, detail)
           SELECT coalesce(max(id), 0) + 1, :ticket, :copy, :printer, :state, :slip, :now, :now, 0, ''
           FROM print_job""",
        {
            "ticket": slip.ticket,
            "copy": slip.copy,
            "printer": printer,
            "state": JobState.QUEUED.value,
            "slip": json.dumps(slip.to_data(), ensure_ascii=False),
            "now": now_ms,
        },
    )


def claim(db: Db, printer: str, now_ms: int) -> Job | None:
    """Take the oldest queued job of a printer, marking it `sending`; originals that waited too long expire."""
    db.run(
        """UPDATE print_job SET state = :expired, changed_ms = :now
           WHERE state = :queued AND copy = 0 AND created_ms < :old""",
        {
            "expired": JobState.EXPIRED.value,
            "queued": JobState.QUEUED.value,
            "now": now_ms,
            "old": now_ms - EXPIRES_MS,
        },
    )
    found = row(
        db,
        """UPDATE print_job SET state = :sending, changed_ms = :now
           WHERE id = (SELECT min(id) FROM print_job WHERE state = :queued AND printer = :printer)
           RETURNING id, ticket, copy, printer, state, slip, detail""",
        {
            "sending": JobState.SENDING.value,
            "queued": JobState.QUEUED.value,
            "printer": printer,
            "now": now_ms,
        },
    )
    return read(found).job if found else None


def queued(db: Db, printer: str) -> bool:
    """Whether a job waits for this printer."""
    found = row(
        db,
        "SELECT 1 AS one FROM print_job WHERE state = :queued AND printer = :printer LIMIT 1",
        {"queued": JobState.QUEUED.value, "printer": printer},
    )
    return found is not None


def settle(db: Db, job: int, state: JobState, *, evidence: int, detail: str, now_ms: int) -> None:
    """What became of a job."""
    db.run(
        """UPDATE print_job SET state = :state, evidence = :evidence, detail = :detail, changed_ms = :now
           WHERE id = :job""",
        {"job": job, "state": state.value, "evidence": evidence, "detail": detail, "now": now_ms},
    )


def orphans(db: Db) -> list[Printing]:
    """Jobs that a worker took and did not settle: their paper may be out or not."""
    found = db.rows(f"{SELECT} WHERE state = :sending ORDER BY id", {"sending": JobState.SENDING.value})
    return [read(one) for one in found]


def of_ticket(db: Db, ticket: str) -> Printing | None:
    """The newest sheet of a ticket."""
    found = row(db, f"{SELECT} WHERE ticket = :ticket ORDER BY copy DESC LIMIT 1", {"ticket": ticket})
    return read(found) if found else None


def of_job(db: Db, job: int) -> Printing | None:
    """One job and where it stands."""
    found = row(db, f"{SELECT} WHERE id = :job", {"job": job})
    return read(found) if found else None


def doubtful(db: Db) -> list[Printing]:
    """Sheets of which nobody knows whether they came out, and those that failed."""
    found = db.rows(f"{SELECT} WHERE state IN ('unknown', 'torn', 'failed', 'expired') ORDER BY id DESC LIMIT 200")
    return [read(one) for one in found]


SELECT = "SELECT id, ticket, copy, printer, state, slip, detail FROM print_job"


def read(found: Row) -> Printing:
    """A row as a job and its state."""
    slip = Slip.from_data(json.loads(found["slip"]))
    return Printing(
        job=Job(id=found["id"], ticket=found["ticket"], copy=found["copy"], slip=slip),
        printer=found["printer"],
        state=JobState(found["state"]),
        detail=found["detail"],
    )
