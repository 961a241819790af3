"""What managers write beside a picture, on its day: a cause, or that the service works in another way from then on.

A note changes no figure. It is a text that somebody may have to take back, so it is kept beside the log, not in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sportello.ledger.db import Db

LONGEST = 200  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """`service` "" speaks of all services; `restart`: from this day the service is read against new limits."""

    id: str
    day: date
    service: str
    text: str
    restart: bool


def keep(db: Db, centre: str, note: Note, *, now_ms: int) -> None:
    """Add a note; the same one sent twice is one."""
    db.run(
        """INSERT INTO chart_note (centre, id, day, service, text, restart, written_ms)
           VALUES (:centre, :id, :day, :service, :text, :restart, :now_ms) ON CONFLICT (centre, id) DO NOTHING""",
        {
            "centre": centre,
            "id": note.id,
            "day": note.day.isoformat(),
            "service": note.service,
            "text": note.text,
            "restart": int(note.restart),
            "now_ms": now_ms,
        },
    )


def remove(db: Db, centre: str, note: str) -> None:
    db.run("DELETE FROM chart_note WHERE centre = :centre AND id = :id", {"centre": centre, "id": note})


def notes(db: Db, centre: str, first: date, last: date, *, service: str = "") -> Sequence[Note]:
    """The notes of these days, in their order; with a service, its own and those that speak of all."""
    found = db.rows(
        """SELECT id, day, service, text, restart FROM chart_note
           WHERE centre = :centre AND day BETWEEN :first AND :last
             AND (:service = '' OR service = '' OR service = :service)
           ORDER BY day, written_ms, id""",
        {"centre": centre, "first": first.isoformat(), "last": last.isoformat(), "service": service},
    )
    return tuple(
        Note(
            id=one["id"],
            day=date.fromisoformat(one["day"]),
            service=one["service"],
            text=one["text"],
            restart=bool(one["restart"]),
        )
        for one in found
    )
