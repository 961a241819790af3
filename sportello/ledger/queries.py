"""Every question asked of the ledger, each statement whole and visible, the same on SQLite and PostgreSQL."""

import json
from collections.abc import Sequence
from dataclasses import replace

from sportello.domain.charter import Charter
from sportello.domain.codec import decode
from sportello.domain.days import evolve
from sportello.domain.events import Recorded
from sportello.domain.plan import Plan
from sportello.domain.tickets import ServiceDay
from sportello.ledger import log
from sportello.ledger.db import Broken, Db, row


def plan(db: Db, centre: str) -> Plan:
    """The plan in force."""
    found = row(
        db,
        "SELECT data FROM plan WHERE centre = :centre ORDER BY epoch DESC, seq DESC LIMIT 1",
        {"centre": centre},
    )
    if found is None:
        raise Broken(f"the ledger holds no plan for centre «{centre}»: check `code` in centre.toml")
    adopted: Plan = decode(Plan, json.loads(found["data"]))
    return adopted


def charters(db: Db, centre: str) -> tuple[Charter, ...]:
    """Every charter version ever adopted, oldest first."""
    found = db.rows("SELECT data FROM charter WHERE centre = :centre ORDER BY valid_from, id", {"centre": centre})
    return tuple(decode(Charter, json.loads(one["data"])) for one in found)


def service_day(db: Db, centre: str) -> tuple[ServiceDay, int]:
    """The latest service day as it stands, from its own events; and the wall time of the last event, in ms."""
    day = ServiceDay(plan=plan(db, centre), charters=charters(db, centre))
    for record in of_latest_day(db, centre):
        day = evolve(day, record.event, record.at)
    last = row(
        db,
        "SELECT wall_ms FROM event WHERE centre = :centre ORDER BY epoch DESC, seq DESC LIMIT 1",
        {"centre": centre},
    )
    return replace(day, plan=plan(db, centre), charters=charters(db, centre)), last["wall_ms"] if last else 0


def of_latest_day(db: Db, centre: str) -> Sequence[Recorded]:
    """The events since the latest day was opened, without imported history; before them the fence of a restore."""
    opened = row(
        db,
        "SELECT epoch, seq FROM service_day WHERE centre = :centre ORDER BY number DESC LIMIT 1",
        {"centre": centre},
    )
    epoch, seq = (opened["epoch"], opened["seq"]) if opened else (0, 0)
    found = db.rows(
        f"""SELECT {log.COLUMNS} FROM event
            WHERE centre = :centre AND kind NOT IN ('VisitImported', 'BlockImported', 'CharterPublished')
              AND ((epoch = :epoch AND seq >= :seq) OR epoch > :epoch OR (seq = 1 AND epoch <= :epoch))
            ORDER BY epoch, seq""",
        {"centre": centre, "epoch": epoch, "seq": seq},
    )
    return [log.read(one) for one in found]
