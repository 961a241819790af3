"""Exact histograms of waits for periods that are over, so that a year's figures cost what twelve months cost.

A histogram counts tickets by whole second of wait in 32-bit lanes; lanes add up as one big integer.
"""

import zlib
from array import array
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from sportello.ledger.db import Db, Row

LANE = 4  # bytes of a counter
KEY = itemgetter("service", "priority", "channel", "charter", "kind")

# What became of a ticket's wait. `no_show` are also counted in `called`: they were called.
KIND = """CASE WHEN status = 'voided' THEN 'voided'
    WHEN clock = 'suspect' THEN 'suspect'
    WHEN called_ms IS NOT NULL THEN 'called'
    WHEN status = 'left' THEN 'left'
    WHEN status = 'unserved' THEN 'unserved'
    ELSE 'waiting' END"""

COUNTED = f"""SELECT day, service, priority, channel, coalesce(charter, '') AS charter, {KIND} AS kind,
        coalesce(wait_s, 0) AS wait_s, count(*) AS n,
        sum(CASE WHEN status = 'no_show' THEN 1 ELSE 0 END) AS no_show
    FROM ticket WHERE centre = :centre AND day BETWEEN :first AND :last
    GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7"""

INSERT = """INSERT INTO tally (centre, level, period, service, priority, channel, charter, kind, n, counts)
    VALUES (:centre, :level, :period, :service, :priority, :channel, :charter, :kind, :n, :counts)"""

MARK = "closed"  # the kind of the row that says a period's tallies are there


def pack(lanes: int) -> bytes:
    """A histogram as it is stored."""
    return zlib.compress(lanes.to_bytes((lanes.bit_length() + 7) // 8, "little"), 1)


def unpack(stored: bytes) -> int:
    """A stored histogram as one integer, to be added to others."""
    return int.from_bytes(zlib.decompress(stored), "little")


def lane(second: int, n: int) -> int:
    """`n` tickets that waited `second` seconds."""
    return n << (8 * LANE * second)


def counts(lanes: int) -> "array[int]":
    """Tickets by whole second: index 0, 1, 2 … seconds."""
    size = -(-lanes.bit_length() // (8 * LANE)) * LANE
    return array("I", lanes.to_bytes(size, "little"))


def histogram(pairs: Iterable[tuple[int, int]]) -> int:
    """(second, tickets) pairs as one integer."""
    found = dict(pairs)
    dense = array("I", bytes(LANE * (max(found, default=-1) + 1)))
    for second, n in found.items():
        dense[second] = n
    return int.from_bytes(dense.tobytes(), "little")


def drop(db: Db, centre: str, days: Iterable[date]) -> None:
    """Forget the tallies of days that changed, and of their months."""
    stale = {day.isoformat() for day in days}
    for period in sorted(stale | {day[:7] for day in stale}):
        db.run(
            "DELETE FROM tally WHERE centre = :centre AND period = :period",
            {"centre": centre, "period": period},
        )


def fill(db: Db, centre: str, days: Iterable[date]) -> None:
    """Make the tallies of closed days, then of the months they belong to."""
    names = sorted({day.isoformat() for day in days})
    drop(db, centre, map(date.fromisoformat, names))
    for day in names:
        found = db.rows(COUNTED, {"centre": centre, "first": day, "last": day})
        db.many(INSERT, (*_day_rows(centre, day, found), _mark(centre, "day", day)))
    for month in sorted({day[:7] for day in names}):
        found = db.rows(
            """SELECT service, priority, channel, charter, kind, n, counts FROM tally
               WHERE centre = :centre AND level = 'day' AND period BETWEEN :first AND :last AND kind <> :mark
               ORDER BY service, priority, channel, charter, kind""",
            {"centre": centre, "first": f"{month}-01", "last": f"{month}-31", "mark": MARK},
        )
        db.many(INSERT, (*_month_rows(centre, month, found), _mark(centre, "month", month)))


def _row(centre: str, level: str, period: str, key: tuple[Any, ...], n: int, lanes: int) -> dict[str, Any]:
    names = ("service", "priority", "channel", "charter", "kind")
    return {
        "centre": centre,
        "level": level,
        "period": period,
        **dict(zip(names, key, strict=True)),
        "n": n,
        "counts": pack(lanes),
    }


def _mark(centre: str, level: str, period: str) -> dict[str, Any]:
    return _row(centre, level, period, ("", 0, "", "", MARK), 0, 0)


def _day_rows(centre: str, day: str, found: list[Row]) -> Iterator[dict[str, Any]]:
    for key, group in groupby(found, key=KEY):
        cells = list(group)
        lanes = histogram((cell["wait_s"], cell["n"]) for cell in cells)
        yield _row(centre, "day", day, key, sum(cell["n"] for cell in cells), lanes)
        absent = sum(cell["no_show"] for cell in cells)
        if absent:
            yield _row(centre, "day", day, (*key[:-1], "no_show"), absent, 0)


def _month_rows(centre: str, month: str, found: list[Row]) -> Iterator[dict[str, Any]]:
    for key, group in groupby(found, key=KEY):
        cells = list(group)
        lanes = sum(unpack(cell["counts"]) for cell in cells)
        yield _row(centre, "month", month, key, sum(cell["n"] for cell in cells), lanes)
