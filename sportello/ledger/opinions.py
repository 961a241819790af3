"""How visitors said it went: counts by day and service, never by ticket."""

from collections.abc import Mapping
from datetime import date

from sportello.ledger.db import Db


def count(db: Db, day: date, service: str, score: int) -> None:
    """One more visitor said `score`, 1 to 5; `service` "" where nobody knows which."""
    db.run(
        """INSERT INTO opinion (day, service, score, n) VALUES (:day, :service, :score, 1)
           ON CONFLICT (day, service, score) DO UPDATE SET n = opinion.n + 1""",
        {"day": str(day), "service": service, "score": score},
    )


def counts(db: Db, first: date, last: date) -> Mapping[str, Mapping[int, int]]:
    """How many said what from `first` to `last`, by service."""
    found: dict[str, dict[int, int]] = {}
    rows = db.rows(
        """SELECT service, score, sum(n) AS n FROM opinion WHERE day BETWEEN :first AND :last
           GROUP BY service, score ORDER BY service, score""",
        {"first": str(first), "last": str(last)},
    )
    for one in rows:
        found.setdefault(one["service"], {})[one["score"]] = int(one["n"])
    return found
