"""Recorded days as scripts to be lived again: from the log, or from the rows an import brought."""

import json
from collections.abc import Sequence
from datetime import date

from sportello.domain import imported
from sportello.domain.codec import decode
from sportello.domain.events import Recorded
from sportello.domain.plan import Plan
from sportello.domain.script import Script, script
from sportello.domain.tickets import Status
from sportello.ledger import log, queries
from sportello.ledger.db import Db, row

DAYS = """SELECT day FROM ticket WHERE centre = :centre AND day BETWEEN :first AND :last AND status <> 'waiting'
    GROUP BY day ORDER BY day"""

VISITS = """SELECT id, service, priority, arrival_ms, called_ms, ended_ms, status FROM ticket
    WHERE centre = :centre AND day = :day AND source <> '' AND status <> 'voided' AND clock <> 'suspect'
    ORDER BY arrival_ms, id"""

PLAN_BEFORE = """SELECT data FROM plan
    WHERE centre = :centre AND (epoch < :epoch OR (epoch = :epoch AND seq < :seq))
    ORDER BY epoch DESC, seq DESC LIMIT 1"""


def days(db: Db, centre: str, first: date, last: date) -> list[date]:
    """The days of a period on which somebody took a number."""
    found = db.rows(DAYS, {"centre": centre, "first": first.isoformat(), "last": last.isoformat()})
    return [date.fromisoformat(one["day"]) for one in found]


def of_day(db: Db, centre: str, day: date) -> Script | None:
    """The script of one day; None where nothing is recorded of it."""
    charters = queries.charters(db, centre)
    recorded = list(log.of_day(db, centre, day))
    if recorded:
        return script(_plan_before(db, centre, recorded[0]), charters, recorded)
    return imported.script(queries.plan(db, centre), charters, day, _visits(db, centre, day))


def _plan_before(db: Db, centre: str, first: Recorded) -> Plan:
    """The plan in force when the day was opened."""
    found = row(db, PLAN_BEFORE, {"centre": centre, "epoch": first.epoch, "seq": first.seq})
    adopted: Plan = decode(Plan, json.loads(found["data"])) if found else queries.plan(db, centre)
    return adopted


def _visits(db: Db, centre: str, day: date) -> Sequence[imported.Visit]:
    return [
        imported.Visit(
            id=one["id"],
            service=one["service"],
            priority=bool(one["priority"]),
            arrival_ms=one["arrival_ms"],
            called_ms=one["called_ms"],
            ended_ms=one["ended_ms"],
            absent=one["status"] == Status.NO_SHOW,
            left=one["status"] == Status.LEFT,
        )
        for one in db.rows(VISITS, {"centre": centre, "day": day.isoformat()})
    ]
