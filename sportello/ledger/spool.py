"""Print jobs as rows: made in the ticket's own transaction, begun by one worker, never printed twice as originals."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sportello.domain.slips import MAY, Flight, Job, JobState, Mark, Slip
from sportello.ledger.db import Db, Row, row

EXPIRES_MS = 60_000  # the visitor has walked away with the number on the screen

STALE_MS = 20_000  # a slip takes some seconds, and a fault is held for twenty


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """A sheet on its way to paper: which job, at which printer, and how far."""

    job: Job
    printer: str
    state: JobState
    detail: str
    evidence: int
    changed_ms: int
    done: bool  # nothing more is to be expected of it but a person's word
    diverted_from: str  # the printer that could not print it; empty where it was its own


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


def oldest(db: Db, printer: str) -> Job | None:
    """The job that has waited longest for a printer."""
    found = row(db, f"{SELECT} WHERE state = 'queued' AND printer = :printer ORDER BY id LIMIT 1", {"printer": printer})
    return read(found).job if found else None


def overdue(db: Db, now_ms: int) -> Sequence[Printing]:
    """Originals that nobody waits for any more."""
    found = db.rows(
        f"{SELECT} WHERE state = 'queued' AND copy = 0 AND created_ms < :old ORDER BY id",
        {"old": now_ms - EXPIRES_MS},
    )
    return [read(one) for one in found]


def begin(db: Db, job: int, printer: str, mark: Mark, now_ms: int) -> bool:
    """Queued to sending, with what is known before the first byte. False: somebody else has it, or it is too old."""
    begun = db.run(
        """UPDATE print_job SET state = 'sending', printer = :printer, attempt = :attempt, process_id = :process_id,
               counter = :counter, sending_ms = :now, sent_ms = NULL, changed_ms = :now, detail = '',
               diverted_from = CASE WHEN printer = :printer THEN diverted_from ELSE printer END
           WHERE id = :job AND state = 'queued' AND (copy > 0 OR created_ms >= :old)""",
        {
            "job": job,
            "printer": printer,
            "attempt": mark.attempt,
            "process_id": mark.process_id,
            "counter": mark.counter,
            "now": now_ms,
            "old": now_ms - EXPIRES_MS,
        },
    )
    return begun == 1


def move(db: Db, job: int, to: JobState, *, now_ms: int, detail: str = "", evidence: int = 0) -> bool:
    """One step on a job's way that ends nothing; whether the rules allow it."""
    found = of_job(db, job)
    if found is None or to not in MAY[found.state]:
        return False
    db.run(
        """UPDATE print_job SET state = :state, detail = :detail, evidence = :evidence, changed_ms = :now,
               sent_ms = CASE WHEN :state = 'sent' THEN :now ELSE sent_ms END
           WHERE id = :job""",
        {"job": job, "state": to.value, "detail": detail, "evidence": evidence, "now": now_ms},
    )
    return True


def settle(db: Db, job: int, to: JobState, *, evidence: int, detail: str, mm: int, now_ms: int) -> bool:
    """What became of a job, for good as far as machines can tell; whether the rules allow it.

    `sent` ends it where nothing vouches for the slip and nothing will.
    """
    found = of_job(db, job)
    stays = found is not None and found.state is to is JobState.SENT and not found.done
    if not stays and not move(db, job, to, now_ms=now_ms, detail=detail, evidence=evidence):
        return False
    db.run(
        """UPDATE print_job SET done_ms = :now, changed_ms = :now, mm = mm + :mm, detail = :detail, evidence = :evidence
           WHERE id = :job""",
        {"job": job, "mm": mm, "now": now_ms, "detail": detail, "evidence": evidence},
    )
    return True


def in_flight(db: Db, printer: str) -> Sequence[Flight]:
    """Jobs whose bytes may be in this printer."""
    found = db.rows(
        f"""{SELECT} WHERE state IN ('sending', 'held', 'sent') AND done_ms IS NULL AND printer = :printer
            ORDER BY id""",
        {"printer": printer},
    )
    return [
        Flight(
            job=read(one).job,
            state=JobState(one["state"]),
            mark=Mark(process_id=one["process_id"], counter=one["counter"], attempt=one["attempt"]),
        )
        for one in found
    ]


def of_ticket(db: Db, ticket: str) -> Printing | None:
    """The newest sheet of a ticket."""
    found = row(db, f"{SELECT} WHERE ticket = :ticket ORDER BY copy DESC LIMIT 1", {"ticket": ticket})
    return read(found) if found else None


def of_job(db: Db, job: int) -> Printing | None:
    """One job and where it stands."""
    found = row(db, f"{SELECT} WHERE id = :job", {"job": job})
    return read(found) if found else None


def doubtful(db: Db, now_ms: int) -> Sequence[Printing]:
    """The newest sheet of each ticket where that did not come out, or nobody knows whether it did; newest first.

    One that is under way for far too long is in doubt too: whoever had it in hand may be gone.
    """
    found = db.rows(
        f"""{SELECT} WHERE (state IN ('unknown', 'torn', 'failed', 'expired', 'held')
                OR (state IN ('sending', 'sent') AND done_ms IS NULL AND changed_ms < :stale))
            AND NOT EXISTS (SELECT 1 FROM print_job newer
                WHERE newer.ticket = print_job.ticket AND newer.copy > print_job.copy)
            ORDER BY id DESC LIMIT 200""",
        {"stale": now_ms - STALE_MS},
    )
    return [read(one) for one in found]


SELECT = """SELECT id, ticket, copy, printer, state, slip, detail, evidence, attempt, process_id, counter, changed_ms,
    done_ms, diverted_from FROM print_job"""


def read(found: Row) -> Printing:
    """A row as a job and its state."""
    slip = Slip.from_data(json.loads(found["slip"]))
    return Printing(
        job=Job(id=found["id"], ticket=found["ticket"], copy=found["copy"], slip=slip, attempt=found["attempt"]),
        printer=found["printer"],
        state=JobState(found["state"]),
        detail=found["detail"],
        evidence=found["evidence"],
        changed_ms=found["changed_ms"],
        done=found["done_ms"] is not None,
        diverted_from=found["diverted_from"],
    )
