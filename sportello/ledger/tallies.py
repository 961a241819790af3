"""Exact histograms of waits for periods that are over, so that a year's figures cost what twelve months cost.

A histogram counts tickets by whole second of wait in lanes of 16 or, for very many, 32 bits; lanes add up as one
big integer.
"""

import hashlib
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from sportello.ledger.db import Db, Row

NARROW = 1 << 16  # fewer tickets than this fit lanes of 16 bits
KEY = attrgetter("service", "priority", "channel", "charter", "kind")
CELL = itemgetter("period", "service", "priority", "channel", "charter", "kind")


class Level(StrEnum):
    """How much time one tally covers."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many tickets of one kind a period saw; `lanes` is the histogram of their waits, as wide as `width(n)`."""

    period: str  # "2026-03-02" or "2026-03"
    service: str
    priority: int
    channel: str
    charter: str  # "" where none was in force
    kind: str
    n: int
    lanes: int


# What became of a ticket's wait. `no_show` are also counted in `called`: they were called.
KIND = """CASE WHEN status = 'voided' THEN 'voided'
    WHEN clock = 'suspect' THEN 'suspect'
    WHEN called_ms IS NOT NULL THEN 'called'
    WHEN status = 'left' THEN 'left'
    WHEN status = 'unserved' THEN 'unserved'
    ELSE 'waiting' END"""

COUNTED = f"""SELECT day AS period, service, priority, channel, coalesce(charter, '') AS charter, {KIND} AS kind,
        coalesce(wait_s, 0) AS wait_s, count(*) AS n,
        sum(CASE WHEN status = 'no_show' THEN 1 ELSE 0 END) AS no_show
    FROM ticket
    WHERE centre = :centre AND day BETWEEN :first AND :last AND (:service = '' OR service = :service)
        AND (:language = '' OR language = :language)
    GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7"""

HOURLY = COUNTED.replace("SELECT day AS period", "SELECT hour AS period")

KEPT = """SELECT period, service, priority, channel, charter, kind, n, counts FROM tally
    WHERE centre = :centre AND level = :level AND period BETWEEN :first AND :last AND kind <> :mark
        AND (:service = '' OR service = :service)
    ORDER BY period, service, priority, channel, charter, kind"""

DAYS = "SELECT day FROM ticket WHERE centre = :centre AND day BETWEEN :first AND :last GROUP BY day ORDER BY day"

OPEN = "SELECT label FROM service_day WHERE centre = :centre AND closed_ms IS NULL"

INSERT = """INSERT INTO tally (centre, level, period, service, priority, channel, charter, kind, n, counts)
    VALUES (:centre, :level, :period, :service, :priority, :channel, :charter, :kind, :n, :counts)"""

MARK = "closed"  # the kind of the row that says a period's tallies are there; of a day, with its events' hash

HASHES = """SELECT hash FROM event
    WHERE centre = :centre AND day = :day
        AND kind IN ('DayOpened', 'DayClosed', 'TicketIssued', 'TicketCalled', 'TicketStarted', 'TicketFinished',
            'TicketNoShow', 'TicketHeld', 'TicketResumed', 'TicketRequeued', 'TicketTransferred', 'TicketLeft',
            'TicketVoided', 'TicketUnserved', 'PriorityGiven', 'ActUndone', 'VisitImported')
    ORDER BY epoch, seq"""
NOTHING = hashlib.sha256().hexdigest()


def width(n: int) -> str:
    """The lane (as a type code of `array`) that `n` tickets cannot overflow, should they all have waited alike."""
    return "H" if n < NARROW else "I"


def pack(lanes: int) -> bytes:
    """A histogram as it is stored."""
    return zlib.compress(lanes.to_bytes((lanes.bit_length() + 7) // 8, "little"), 1)


def unpack(stored: bytes) -> int:
    """A stored histogram as one integer, to be added to others of the same width."""
    return int.from_bytes(zlib.decompress(stored), "little")


def counts(lanes: int, code: str) -> "array[int]":
    """Tickets by whole second: index 0, 1, 2 … seconds."""
    size = array(code).itemsize
    return array(code, lanes.to_bytes(-(-lanes.bit_length() // (8 * size)) * size, "little"))


def laid(dense: Sequence[int], code: str) -> int:
    """Tickets by whole second as one integer, in lanes of one width."""
    return int.from_bytes(array(code, dense).tobytes(), "little")


def histogram(pairs: Iterable[tuple[int, int]], n: int) -> int:
    """(second, tickets) pairs of `n` tickets as one integer."""
    found = dict(pairs)
    dense = array(width(n), [0]) * (max(found, default=-1) + 1)
    for second, tickets in found.items():
        dense[second] = tickets
    return laid(dense, width(n))


def total(tallies: Iterable[Tally]) -> "array[int]":
    """The histograms of several tallies as one: narrow lanes are added for as long as they cannot overflow."""
    wide, narrow, held = 0, 0, 0
    for tally in tallies:
        if held + tally.n >= NARROW:
            wide, narrow, held = wide + laid(counts(narrow, "H"), "I"), 0, 0
        if tally.n >= NARROW:
            wide += tally.lanes
        else:
            narrow, held = narrow + tally.lanes, held + tally.n
    return counts(wide + laid(counts(narrow, "H"), "I"), "I") if wide else counts(narrow, "H")


def added(histograms: Iterable[Sequence[int]]) -> "array[int]":
    """Several histograms by whole second as one."""
    return counts(sum(laid(one, "I") for one in histograms), "I")


def drop(db: Db, centre: str, days: Iterable[date]) -> None:
    """Forget the tallies of days that changed, and of their months."""
    stale = {(Level.DAY, day.isoformat()) for day in days}
    for level, period in sorted(stale | {(Level.MONTH, day[:7]) for _, day in stale}):
        db.run(
            "DELETE FROM tally WHERE centre = :centre AND level = :level AND period = :period",
            {"centre": centre, "level": level.value, "period": period},
        )


def fill(db: Db, centre: str, days: Iterable[date]) -> None:
    """Make the tallies of closed days, then of those months in which every day has its own."""
    wanted = set(days)
    drop(db, centre, wanted)
    still_open = {found["label"] for found in db.rows(OPEN, {"centre": centre})}
    names = sorted({day.isoformat() for day in wanted} - still_open)
    for day in names:
        _keep(db, centre, Level.DAY, day, counted(db, centre, day, day), seal=digest(db, centre, day))
    for month in sorted({day[:7] for day in names}):
        if _whole(db, centre, month, still_open):
            days_of_it = kept(db, centre, Level.DAY, f"{month}-01", f"{month}-31")
            _keep(db, centre, Level.MONTH, month, _summed(month, days_of_it))


def digest(db: Db, centre: str, day: str) -> str:
    """SHA-256 over the hashes of the day's events that bear on its figures, in order."""
    seal = hashlib.sha256()
    for found in db.rows(HASHES, {"centre": centre, "day": day}):
        seal.update(found["hash"].encode())
    return seal.hexdigest()


def digests(db: Db, centre: str, first: str, last: str) -> dict[str, str]:
    """The hashes kept with the tallies of closed days."""
    found = db.rows(
        """SELECT period, counts FROM tally WHERE centre = :centre AND level = 'day'
           AND period BETWEEN :first AND :last AND service = '' AND kind = :mark""",
        {"centre": centre, "first": first, "last": last, "mark": MARK},
    )
    return {one["period"]: bytes(one["counts"]).decode() for one in found}


def _whole(db: Db, centre: str, month: str, still_open: set[str]) -> bool:
    """Whether every day of a month has its tally: none is open, none waits for the end of an import."""
    first, last = f"{month}-01", f"{month}-31"
    lived = {found["day"] for found in db.rows(DAYS, {"centre": centre, "first": first, "last": last})}
    return not any(day[:7] == month for day in still_open) and lived <= marked(db, centre, Level.DAY, first, last)


def counted(
    db: Db, centre: str, first: str, last: str, service: str = "", *, language: str = "", statement: str = COUNTED
) -> Iterator[Tally]:
    """Tallies by day (or HOURLY: by hour of arrival), counted from the tickets; "" is every service or language."""
    values = {"centre": centre, "first": first, "last": last, "service": service, "language": language}
    yield from gathered(db.rows(statement, values))


def gathered(found: Iterable[Row]) -> Iterator[Tally]:
    """Rows of tickets counted by whole second, in the order of CELL, as tallies."""
    for key, group in groupby(found, key=CELL):
        cells = list(group)
        n = sum(cell["n"] for cell in cells)
        yield _tally(key, n, histogram(((cell["wait_s"], cell["n"]) for cell in cells), n))
        absent = sum(cell["no_show"] for cell in cells)
        if absent:
            yield _tally((*key[:-1], "no_show"), absent, 0)


def kept(db: Db, centre: str, level: Level, first: str, last: str, service: str = "") -> Iterator[Tally]:
    """The stored tallies of a run of periods; `service` "" is every service."""
    values = {
        "centre": centre,
        "level": level.value,
        "first": first,
        "last": last,
        "service": service,
        "mark": MARK,
    }
    for found in db.rows(KEPT, values):
        key = (found["period"], found["service"], found["priority"], found["channel"], found["charter"], found["kind"])
        yield _tally(key, found["n"], unpack(found["counts"]))


def marked(db: Db, centre: str, level: Level, first: str, last: str) -> set[str]:
    """The periods between two whose tallies are there."""
    found = db.rows(
        """SELECT period FROM tally WHERE centre = :centre AND level = :level
           AND period BETWEEN :first AND :last AND service = '' AND kind = :mark""",
        {"centre": centre, "level": level.value, "first": first, "last": last, "mark": MARK},
    )
    return {one["period"] for one in found}


def _summed(month: str, days: Iterable[Tally]) -> Iterator[Tally]:
    for key, group in groupby(sorted(days, key=KEY), key=KEY):
        cells = list(group)
        n = sum(cell.n for cell in cells)
        yield _tally((month, *key), n, laid(total(cells), width(n)))


def _tally(key: tuple[Any, ...], n: int, lanes: int) -> Tally:
    period, service, priority, channel, charter, kind = key
    return Tally(
        period=str(period),
        service=service,
        priority=priority,
        channel=channel,
        charter=charter,
        kind=kind,
        n=n,
        lanes=lanes,
    )


def _keep(db: Db, centre: str, level: Level, period: str, tallies: Iterable[Tally], *, seal: str = "") -> None:
    """Store a period's tallies, and the mark that says they are all there."""
    mark = _tally((period, "", 0, "", "", MARK), 0, 0)
    rows = [_row(centre, level, one, pack(one.lanes)) for one in tallies]
    db.many(INSERT, [*rows, _row(centre, level, mark, seal.encode())])


def _row(centre: str, level: Level, tally: Tally, counts: bytes) -> dict[str, Any]:
    return {
        "centre": centre,
        "level": level.value,
        "period": tally.period,
        "service": tally.service,
        "priority": tally.priority,
        "channel": tally.channel,
        "charter": tally.charter,
        "kind": tally.kind,
        "n": tally.n,
        "counts": counts,
    }
