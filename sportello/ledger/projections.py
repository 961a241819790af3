"""From events to the tables people read. Run on each event as it is recorded, and on all of them by a rebuild."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import singledispatch
from typing import Any

from sportello.domain import events as e
from sportello.domain.clock import Instant, Quality, elapsed, local_time
from sportello.domain.codec import encode
from sportello.domain.days import evolve
from sportello.domain.events import Recorded
from sportello.domain.passages import Passage, passages, seconds
from sportello.domain.tickets import OUTCOMES, ServiceDay, Status, Ticket
from sportello.ledger import declared, tallies
from sportello.ledger.db import Db, row
from sportello.ledger.log import since
from sportello.ledger.schema import READ

COLUMNS = ("centre", "id", "day", "number", "service", "priority", "channel", "language", "charter", "standard",
           "threshold_s", "source", "demo", "arrival_ms", "clock_start_ms", "called_ms", "started_ms", "ended_ms",
           "status", "counter", "calls", "reason", "legs", "passages", "wait_s", "start_s", "served_s", "walk_s",
           "service_s", "journey_s", "clock", "hour", "quote_low_s", "quote_high_s")  # fmt: skip
LASTING = frozenset(COLUMNS[:9]) - {"priority"} | {"source", "demo", "arrival_ms", "clock_start_ms", "hour",
           "quote_low_s", "quote_high_s"}  # fmt: skip

PASSAGE_COLUMNS = ("centre", "ticket", "n", "day", "hour", "service", "priority", "channel", "language", "charter",
                   "status", "counter", "queued_ms", "called_ms", "started_ms", "ended_ms", "wait_s", "start_s",
                   "served_s", "clock")  # fmt: skip


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})"


def _excluded(columns: Iterable[str]) -> str:
    return ", ".join(f"{name} = excluded.{name}" for name in columns)


TICKET = _insert("ticket", COLUMNS)
KEEP_FIRST = f"{TICKET} ON CONFLICT (centre, id) DO NOTHING"
CHANGE = f"""{TICKET} ON CONFLICT (centre, id)
    DO UPDATE SET {_excluded(name for name in COLUMNS if name not in LASTING)}"""
PASSAGE = f"""{_insert("passage", PASSAGE_COLUMNS)} ON CONFLICT (centre, ticket, n)
    DO UPDATE SET {_excluded(PASSAGE_COLUMNS[6:])}"""


def project(db: Db, recorded: Sequence[Recorded], day: ServiceDay) -> ServiceDay:
    """Write what these events mean into the read tables; `day` before them, the day after them is returned."""
    visits: list[Recorded] = []
    for record in recorded:
        day = evolve(day, record.event, record.at)
        if isinstance(record.event, e.VisitImported):
            visits.append(record)
        else:
            _imported(db, visits)
            visits = []
            _project(record.event, db, record, day)
    _imported(db, visits)
    return day


def rebuild(db: Db, centre: str, day: ServiceDay) -> Iterator[tuple[int, ServiceDay]]:
    """Make the read tables again from the log; yields how many events are done, and the day they lead to."""
    for table in READ:
        db.run(f"DELETE FROM {table} WHERE centre = :centre", {"centre": centre})
    batch: list[Recorded] = []
    done = 0
    for record in since(db, centre):
        batch.append(record)
        if len(batch) == 1000:
            done, day, batch = done + len(batch), project(db, batch, day), []
            yield done, day
    yield done + len(batch), project(db, batch, day)


@singledispatch
def _project(event: Any, db: Db, record: Recorded, day: ServiceDay) -> None:
    """Most events are about one ticket: its row, and its legs after the first, are written as they now stand."""
    ticket = day.tickets.get(getattr(event, "ticket", ""))
    if ticket is None:
        return
    assert day.label is not None
    if not day.open:
        tallies.drop(db, record.centre, [day.label])  # something taken back after the close-out
    db.run(CHANGE, ticket_row(record.centre, day.label, ticket))
    _pass(db, record, day.label, ticket)


def _pass(db: Db, record: Recorded, day: date, ticket: Ticket) -> None:
    """The passages after the first, as they now stand: most visits have none."""
    if len(ticket.legs) == 1 and not isinstance(record.event, e.ActUndone):
        return
    found = list(passages(ticket))
    for passage in found[1:]:
        db.run(PASSAGE, passage_row(record.centre, day, ticket, passage))
    if isinstance(record.event, e.ActUndone):
        db.run(
            "DELETE FROM passage WHERE centre = :centre AND ticket = :ticket AND n > :passages",
            {"centre": record.centre, "ticket": ticket.id, "passages": len(found)},
        )


@_project.register
def _(event: e.SlipSettled, db: Db, record: Recorded, day: ServiceDay) -> None:
    """Paper changes no figure; the job's row is the spool's."""


@_project.register
def _(event: e.PlanAdopted, db: Db, record: Recorded, day: ServiceDay) -> None:
    db.run(
        "INSERT INTO plan (centre, epoch, seq, wall_ms, data) VALUES (:centre, :epoch, :seq, :wall_ms, :data)",
        {**_place(record), "wall_ms": record.at.wall_ms, "data": _json(event.plan)},
    )


@_project.register
def _(event: e.CharterPublished, db: Db, record: Recorded, day: ServiceDay) -> None:
    for charter in day.charters:
        if charter.id in (event.ends, event.charter.id):
            db.run(
                """INSERT INTO charter (centre, id, epoch, seq, valid_from, valid_to, wall_ms, data)
                   VALUES (:centre, :id, :epoch, :seq, :valid_from, :valid_to, :wall_ms, :data)
                   ON CONFLICT (centre, id) DO UPDATE SET valid_to = excluded.valid_to, data = excluded.data""",
                {
                    **_place(record),
                    "id": charter.id,
                    "valid_from": charter.valid_from.isoformat(),
                    "valid_to": charter.valid_to.isoformat() if charter.valid_to else None,
                    "wall_ms": record.at.wall_ms,
                    "data": _json(charter),
                },
            )


@_project.register
def _(event: e.DayOpened, db: Db, record: Recorded, day: ServiceDay) -> None:
    db.run(
        """INSERT INTO service_day (centre, number, label, charter, epoch, seq, opened_ms, closed_ms)
           VALUES (:centre, :number, :label, :charter, :epoch, :seq, :opened_ms, NULL)
           ON CONFLICT (centre, number) DO UPDATE SET closed_ms = NULL""",
        {
            **_place(record),
            "number": event.number,
            "label": event.label.isoformat(),
            "charter": event.charter,
            "opened_ms": record.at.wall_ms,
        },
    )
    if any(counter.open for counter in day.counters.values()):
        _desk_open(db, record, day)
    tallies.drop(db, record.centre, [event.label])


@_project.register
def _(event: e.CounterOpened, db: Db, record: Recorded, day: ServiceDay) -> None:
    if day.open:
        _desk_open(db, record, day)


def _desk_open(db: Db, record: Recorded, day: ServiceDay) -> None:
    """From now on somebody receives: the first time of a day is kept."""
    db.run(
        """UPDATE service_day SET desk_ms = :now_ms
           WHERE centre = :centre AND number = :number AND desk_ms IS NULL""",
        {"centre": record.centre, "number": day.number, "now_ms": record.at.wall_ms},
    )


@_project.register
def _(event: e.EpochBegun, db: Db, record: Recorded, day: ServiceDay) -> None:
    """A copy put back: what the box recorded after it was made is lost."""
    last = row(
        db,
        "SELECT wall_ms FROM event WHERE centre = :centre AND epoch < :epoch ORDER BY epoch DESC, seq DESC LIMIT 1",
        {"centre": record.centre, "epoch": record.epoch},
    )
    if last is not None:
        _silent(db, record, last["wall_ms"])


@_project.register
def _(event: e.RecordingResumed, db: Db, record: Recorded, day: ServiceDay) -> None:
    _silent(db, record, event.since_ms)


def _silent(db: Db, record: Recorded, since_ms: int) -> None:
    db.run(
        """INSERT INTO silence (centre, epoch, seq, since_ms, until_ms)
           VALUES (:centre, :epoch, :seq, :since_ms, :until_ms)""",
        {**_place(record), "since_ms": since_ms, "until_ms": max(since_ms, record.at.wall_ms)},
    )


@_project.register
def _(event: e.EvidenceDeclared, db: Db, record: Recorded, day: ServiceDay) -> None:
    declared.keep_evidence(db, record.centre, event, record.at.wall_ms)


@_project.register
def _(event: e.LepDeclared, db: Db, record: Recorded, day: ServiceDay) -> None:
    declared.keep_lep(db, record.centre, event, record.at.wall_ms)


@_project.register
def _(event: e.LepLabelled, db: Db, record: Recorded, day: ServiceDay) -> None:
    declared.keep_letter(db, record.centre, event)


@_project.register
def _(event: e.ForceMajeureRecorded, db: Db, record: Recorded, day: ServiceDay) -> None:
    db.run(
        """INSERT INTO force_majeure (centre, record, epoch, seq, since_ms, until_ms, first_day, last_day, service,
               act, why, recorded_ms, withdrawn)
           VALUES (:centre, :record, :epoch, :seq, :since_ms, :until_ms, :first_day, :last_day, :service,
               :act, :why, :recorded_ms, NULL)""",
        {
            **_place(record),
            "record": event.record,
            "since_ms": event.since_ms,
            "until_ms": event.until_ms,
            "first_day": local_time(event.since_ms).date().isoformat(),
            "last_day": local_time(event.until_ms).date().isoformat(),
            "service": event.service,
            "act": event.act,
            "why": event.why,
            "recorded_ms": record.at.wall_ms,
        },
    )


@_project.register
def _(event: e.ForceMajeureWithdrawn, db: Db, record: Recorded, day: ServiceDay) -> None:
    db.run(
        """UPDATE force_majeure SET withdrawn = :why
           WHERE centre = :centre AND record = :record AND withdrawn IS NULL""",
        {"centre": record.centre, "record": event.record, "why": event.why},
    )


@_project.register
def _(event: e.DayClosed, db: Db, record: Recorded, day: ServiceDay) -> None:
    db.run(
        "UPDATE service_day SET closed_ms = :closed_ms WHERE centre = :centre AND number = :number",
        {"centre": record.centre, "number": day.number, "closed_ms": record.at.wall_ms},
    )
    tallies.fill(db, record.centre, [event.label])


@_project.register
def _(event: e.VisitorTurnedAway, db: Db, record: Recorded, day: ServiceDay) -> None:
    db.run(
        """INSERT INTO turned_away (centre, epoch, seq, day, service, why, wall_ms)
           VALUES (:centre, :epoch, :seq, :day, :service, :why, :wall_ms)""",
        {
            **_place(record),
            "day": record.at.local().date().isoformat(),
            "service": event.service,
            "why": event.why,
            "wall_ms": record.at.wall_ms,
        },
    )


@_project.register
def _(event: e.BlockImported, db: Db, record: Recorded, day: ServiceDay) -> None:
    tallies.fill(db, record.centre, event.days)


def _imported(db: Db, visits: Sequence[Recorded]) -> None:
    """Visits from another system, many at a time. One already there is left as it is."""
    if not visits:
        return
    db.many(KEEP_FIRST, [visit_row(record.centre, record.event) for record in visits])
    tallies.drop(db, visits[0].centre, {record.event.day for record in visits})  # type: ignore[union-attr]


def _place(record: Recorded) -> dict[str, Any]:
    return {"centre": record.centre, "epoch": record.epoch, "seq": record.seq}


def _json(value: object) -> str:
    return json.dumps(encode(value), ensure_ascii=False, separators=(",", ":"))


def _ms(instant: Instant | None) -> int | None:
    return instant.wall_ms if instant else None


def _span(start: Instant | None, end: Instant | None) -> int | None:
    """Whole seconds between two instants; None unless both are known and can be relied upon."""
    if start is None or end is None:
        return None
    span = elapsed(start, end)
    return span.seconds if span.quality is not Quality.SUSPECT else None


def ticket_row(centre: str, day: date, ticket: Ticket) -> dict[str, Any]:
    """A ticket as its row. `service` is the one asked for at the kiosk; later ones are legs."""
    first, last = ticket.legs[0], ticket.legs[-1]
    met, *later = passages(ticket)
    over = ticket.status in OUTCOMES
    return {
        "centre": centre,
        "id": ticket.id,
        "day": day.isoformat(),
        "number": ticket.code,
        "service": first.service,
        "priority": int(ticket.priority),
        "channel": ticket.channel.value,
        "language": ticket.language,
        "charter": ticket.charter,
        "standard": ticket.standard,
        "threshold_s": ticket.threshold_s,
        "source": "",
        "demo": 0,
        "arrival_ms": ticket.issued.wall_ms,
        "clock_start_ms": ticket.clock_start_ms,
        "called_ms": _ms(met.called),
        "started_ms": _ms(met.started),
        "ended_ms": _ms(last.ended) if over else None,
        "status": ticket.status.value,
        "counter": last.counter,
        "calls": ticket.calls,
        "reason": str(ticket.reason),
        "legs": len(ticket.legs),
        "passages": 1 + len(later),
        "wait_s": met.wait.seconds if met.wait else None,
        "start_s": seconds(met.start),
        "served_s": seconds(met.served),
        "walk_s": _span(met.called, met.started),
        "service_s": _span(last.started, last.ended),
        "journey_s": _span(ticket.issued, last.ended),
        "clock": (met.wait.quality if met.wait else Quality.EXACT).value,
        "hour": local_time(ticket.clock_start_ms).hour,
        "quote_low_s": ticket.quote_s[0] if ticket.quote_s else None,
        "quote_high_s": ticket.quote_s[1] if ticket.quote_s else None,
    }


def passage_row(centre: str, day: date, ticket: Ticket, passage: Passage) -> dict[str, Any]:
    """A later passage of a visit as its row; its wait is its own, from when it was queued."""
    return {
        "centre": centre,
        "ticket": ticket.id,
        "n": passage.n,
        "day": day.isoformat(),
        "hour": passage.queued.local().hour,
        "service": passage.service,
        "priority": int(ticket.priority),
        "channel": ticket.channel.value,
        "language": ticket.language,
        "charter": ticket.charter,
        "status": passage.status.value,
        "counter": passage.counter,
        "queued_ms": passage.queued.wall_ms,
        "called_ms": _ms(passage.called),
        "started_ms": _ms(passage.started),
        "ended_ms": _ms(passage.ended),
        "wait_s": passage.wait.seconds if passage.wait else None,
        "start_s": seconds(passage.start),
        "served_s": seconds(passage.served),
        "clock": (passage.wait.quality if passage.wait else Quality.EXACT).value,
    }


def visit_row(centre: str, visit: e.Event) -> dict[str, Any]:
    """An imported visit as a ticket row; its times are wall times of another system, taken as they are."""
    assert isinstance(visit, e.VisitImported)
    until = visit.called_ms if visit.called_ms is not None else _gave_up(visit)
    return {
        "centre": centre,
        "id": visit.key,
        "day": visit.day.isoformat(),
        "number": visit.number,
        "service": visit.service,
        "priority": int(visit.priority),
        "channel": "walk_in",
        "language": "",
        "charter": visit.charter,
        "standard": visit.standard,
        "threshold_s": visit.threshold_s,
        "source": visit.source,
        "demo": int(visit.demo),
        "arrival_ms": visit.arrival_ms,
        "clock_start_ms": visit.arrival_ms,
        "called_ms": visit.called_ms,
        "started_ms": visit.started_ms,
        "ended_ms": visit.ended_ms,
        "status": visit.outcome,
        "counter": None,
        "calls": int(visit.called_ms is not None),
        "reason": "",
        "legs": 1,
        "passages": 1,
        "wait_s": _seconds(visit.arrival_ms, until),
        "start_s": _seconds(visit.arrival_ms, visit.started_ms),
        "served_s": _seconds(visit.started_ms, visit.ended_ms),
        "walk_s": _seconds(visit.called_ms, visit.started_ms),
        "service_s": _seconds(visit.started_ms, visit.ended_ms),
        "journey_s": _seconds(visit.arrival_ms, visit.ended_ms),
        "clock": Quality.ANCHORED.value,
        "hour": local_time(visit.arrival_ms).hour,
        "quote_low_s": None,
        "quote_high_s": None,
    }


def _gave_up(visit: e.VisitImported) -> int | None:
    return visit.ended_ms if visit.outcome == Status.LEFT else None


def _seconds(start_ms: int | None, end_ms: int | None) -> int | None:
    return None if start_ms is None or end_ms is None else max(0, end_ms - start_ms) // 1000
