"""Force majeure: the acts that were recorded. `measures` knows which tickets they touch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sportello.ledger.db import Db

ACTS = """SELECT record, since_ms, until_ms, service, act, why, recorded_ms, withdrawn FROM force_majeure
    WHERE centre = :centre AND first_day <= :last AND last_day >= :first ORDER BY epoch, seq"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act of force majeure as it stands. `withdrawn`: why it was taken back, None while it holds."""

    record: str
    since_ms: int
    until_ms: int
    service: str  # "" is every service
    act: str
    why: str
    recorded_ms: int
    withdrawn: str | None


def acts(db: Db, centre: str, first: date, last: date) -> Sequence[Act]:
    """Every act that speaks of the days `first` to `last`, those withdrawn too, as they were recorded."""
    values = {"centre": centre, "first": first.isoformat(), "last": last.isoformat()}
    return tuple(Act(**{name: one[name] for name in Act.__slots__}) for one in db.rows(ACTS, values))
