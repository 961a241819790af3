"""From events to the tables people read. Run on each event as it is recorded, and on all of them by a rebuild."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from functools import singledispatch
from typing import Any

from sportello.domain import events as e
from sportello.domain.clock import Instant, Quality, elapsed, local_time
from sportello.domain.codec import encode
from sportello.domain.days import evolve
from sportello.domain.events import Recorded
from sportello.domain.tickets import OUTCOMES, Leg, ServiceDay, Status, Ticket
from sportello.ledger import tallies
from sportello.ledger.db import Db
from sportello.ledger.log import since
from sportello.ledger.schema import READ

TICKET = """INSERT INTO ticket (centre, id, day, number, service, priority, channel, language, charter, standard,
        threshold_s, source, demo, arrival_ms, clock_start_ms, called_ms, started_ms, ended_ms, status, counter,
        calls, reason, legs, wait_s, walk_s, service_s, journey_s, clock, hour, quote_low_s, quote_high_s)
    VALUES (:centre, :id, :day, :number, :service, :priority, :channel, :language, :charter, :standard,
        :threshold_s, :source, :demo, :arrival_ms, :clock_start_ms, :called_ms, :started_ms, :ended_ms, :status,
        :counter, :calls, :reason, :legs, :wait_s, :walk_s, :service_s, :journey_s, :clock, :hour, :quote_low_s,
        :quote_high_s)"""

KEEP_FIRST = f"{TICKET} ON CONFLICT (centre, id) DO NOTHING"

CHANGE = f"""{TICKET} ON CONFLICT (centre, id) DO UPDATE SET priority = excluded.priority,
        standard = excluded.standard, threshold_s = excluded.threshold_s, called_ms = excluded.called_ms,
        started_ms = excluded.started_ms, ended_ms = excluded.ended_ms, status = excluded.status,
        counter = excluded.counter, calls = excluded.calls, reason = excluded.reason, legs = excluded.legs,
        wait_s = excluded.wait_s, walk_s = excluded.walk_s, service_s = excluded.service_s,
        journey_s = excluded.journey_s, clock = excluded.clock"""

LEG = """INSERT INTO leg (centre, ticket, n, day, service, counter, queued_ms, called_ms, started_ms, ended_ms,
        wait_s, clock)
    VALUES (:centre, :ticket, :n, :day, :service, :counter, :queued_ms, :called_ms, :started_ms, :ended_ms,
        :wait_s, :clock)
    ON CONFLICT (centre, ticket, n) DO UPDATE SET counter = excluded.counter, called_ms = excluded.called_ms,
        started_ms = excluded.started_ms, ended_ms = excluded.ended_ms, wait_s = excluded.wait_s,
        clock = excluded.clock"""


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
    if isinstance(event, e.ActUndone):
        db.run(
            "DELETE FROM leg WHERE centre = :centre AND ticket = :ticket AND n > :legs",
            {"centre": record.centre, "ticket": ticket.id, "legs": len(ticket.legs)},
        )
    for n, leg in list(enumerate(ticket.legs, start=1))[1:]:
        db.run(LEG, leg_row(record.centre, day.label, ticket, n, leg))


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
                """INSERT INTO charter (centre, id, valid_from, valid_to, wall_ms, data)
                   VALUES (:centre, :id, :valid_from, :valid_to, :wall_ms, :data)
                   ON CONFLICT (centre, id) DO UPDATE SET valid_to = excluded.valid_to, data = excluded.data""",
                {
                    "centre": record.centre,
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
    tallies.drop(db, record.centre, [event.label])


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
    met = next((leg for leg in ticket.legs if leg.called), first)  # the passage of the first call
    gave_up = last.ended if ticket.status is Status.LEFT else None
    wait = ticket.wait(gave_up)
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
        "wait_s": wait.seconds if wait else None,
        "walk_s": _span(met.called, met.started),
        "service_s": _span(last.started, last.ended),
        "journey_s": _span(ticket.issued, last.ended),
        "clock": (wait.quality if wait else Quality.EXACT).value,
        "hour": local_time(ticket.clock_start_ms).hour,
        "quote_low_s": ticket.quote_s[0] if ticket.quote_s else None,
        "quote_high_s": ticket.quote_s[1] if ticket.quote_s else None,
    }


def leg_row(centre: str, day: date, ticket: Ticket, n: int, leg: Leg) -> dict[str, Any]:
    """A later passage of a journey as its row; its wait is its own, from when it was queued."""
    wait = elapsed(leg.queued, leg.called) if leg.called else None
    return {
        "centre": centre,
        "ticket": ticket.id,
        "n": n,
        "day": day.isoformat(),
        "service": leg.service,
        "counter": leg.counter,
        "queued_ms": leg.queued.wall_ms,
        "called_ms": _ms(leg.called),
        "started_ms": _ms(leg.started),
        "ended_ms": _ms(leg.ended),
        "wait_s": wait.seconds if wait else None,
        "clock": (wait.quality if wait else Quality.EXACT).value,
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
        "wait_s": _seconds(visit.arrival_ms, until),
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
