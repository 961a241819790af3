"""Who is expected: the codes of appointments, told by the system that books them. No names, and nothing of the past."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sportello.ledger.db import Db, row


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A code, and what it stands for. `booked_ms`: when, UTC milliseconds."""

    code: str
    day: date
    service: str
    booked_ms: int


def keep_day(db: Db, day: date, expected: Iterable[Appointment], today: date) -> None:
    """The appointments of a day, in the place of those told before; days that are over are forgotten."""
    forget(db, today)
    db.run("DELETE FROM appointment WHERE day = :day", {"day": str(day)})
    db.many(
        "INSERT INTO appointment (day, code, service, booked_ms) VALUES (:day, :code, :service, :booked_ms)",
        [
            {"day": str(one.day), "code": one.code, "service": one.service, "booked_ms": one.booked_ms}
            for one in expected
        ],
    )


def forget(db: Db, today: date) -> None:
    """Nothing is known any more of the days that are over."""
    db.run("DELETE FROM appointment WHERE day < :today", {"today": str(today)})


def find(db: Db, code: str, today: date) -> Appointment | None:
    """The appointment with this code: today's, or else the next one to come."""
    found = row(
        db,
        """SELECT code, day, service, booked_ms FROM appointment
           WHERE code = :code AND day >= :today ORDER BY day LIMIT 1""",
        {"code": code, "today": str(today)},
    )
    return (
        Appointment(
            code=found["code"],
            day=date.fromisoformat(found["day"]),
            service=found["service"],
            booked_ms=found["booked_ms"],
        )
        if found
        else None
    )


def days(db: Db, today: date) -> Mapping[date, int]:
    """How many are expected, day by day, from today on."""
    found = db.rows(
        "SELECT day, count(*) AS n FROM appointment WHERE day >= :today GROUP BY day ORDER BY day",
        {"today": str(today)},
    )
    return {date.fromisoformat(one["day"]): one["n"] for one in found}
