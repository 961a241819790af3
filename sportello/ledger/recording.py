"""When the box was to record, and when it did: plan, days opened, silences."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sportello.domain.clock import local_ms
from sportello.domain.codec import decode
from sportello.domain.coverage import Coverage, Gap, Span, coverage, gaps
from sportello.domain.plan import Plan, sessions
from sportello.ledger.db import Db, row

SILENCES = """SELECT since_ms, until_ms FROM silence
    WHERE centre = :centre AND until_ms > :since_ms AND since_ms < :until_ms ORDER BY epoch, seq"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What was expected of a centre's box in a period, and what it did. Days before its first are not its own."""

    centre: str
    opened: tuple[Span, ...]  # the doors' opening hours
    silences: tuple[Span, ...]
    working: tuple[date, ...]  # days with opening hours that are over, or have begun
    desks: frozenset[date]  # days on which a counter received

    def coverage(self, first: date, last: date) -> Coverage:
        """Of the days `first` to `last`."""
        return coverage(self._within(first, last), self.silences)

    def gaps(self, first: date, last: date) -> tuple[Gap, ...]:
        return tuple(gaps(self.centre, self._within(first, last), self.silences))

    def desk_days(self, first: date, last: date) -> tuple[int, int]:
        """Working days, and those of them on which a desk was open."""
        days = [day for day in self.working if first <= day <= last]
        return len(days), sum(day in self.desks for day in days)

    def _within(self, first: date, last: date) -> Sequence[Span]:
        begins, ends = local_ms(first, 0), local_ms(last + timedelta(days=1), 0)
        return [span for span in self.opened if begins <= span[0] < ends]


def recording(db: Db, centre: str, first: date, last: date, *, as_of_ms: int | None = None) -> Recording:
    """What a box was to record on the days `first` to `last`, and what it did.

    It begins with the first service day and ends with the last event. With `as_of_ms` the hours up to then are
    expected too, and from the last event on they were not recorded: for a log that should have gone on.
    """
    bounds = row(
        db,
        """SELECT min(label) AS first, (SELECT wall_ms FROM event WHERE centre = :centre
               ORDER BY epoch DESC, seq DESC LIMIT 1) AS head_ms
           FROM service_day WHERE centre = :centre""",
        {"centre": centre},
    )
    if bounds is None or bounds["first"] is None:
        return Recording(centre=centre, opened=(), silences=(), working=(), desks=frozenset())
    begins, head_ms = max(first, date.fromisoformat(bounds["first"])), bounds["head_ms"]
    end_ms = head_ms if as_of_ms is None else as_of_ms
    opened = [
        (day, (since, min(until, end_ms))) for day, (since, until) in _hours(db, centre, begins, last) if since < end_ms
    ]
    tail = [(head_ms, end_ms)] if end_ms > head_ms else []
    return Recording(
        centre=centre,
        opened=tuple(span for _, span in opened),
        silences=(*_silences(db, centre, begins, last), *tail),
        working=tuple(dict.fromkeys(day for day, _ in opened)),
        desks=_desks(db, centre, begins, last),
    )


def _hours(db: Db, centre: str, first: date, last: date) -> Iterator[tuple[date, Span]]:
    """The opening hours of each day, by the plan that was in force when they began."""
    found = db.rows("SELECT wall_ms, data FROM plan WHERE centre = :centre ORDER BY epoch, seq", {"centre": centre})
    adopted: list[tuple[int, Plan]] = [(one["wall_ms"], decode(Plan, json.loads(one["data"]))) for one in found]
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        noon = local_ms(day, 12 * 60)
        known = [plan for since, plan in adopted if since <= noon] or [plan for _, plan in adopted[:1]]
        for opening in sessions(known[-1], day) if known else ():
            yield day, (local_ms(day, opening.start), local_ms(day, opening.end))


def _silences(db: Db, centre: str, first: date, last: date) -> Iterator[Span]:
    values = {
        "centre": centre,
        "since_ms": local_ms(first, 0),
        "until_ms": local_ms(last + timedelta(days=1), 0),
    }
    for one in db.rows(SILENCES, values):
        yield one["since_ms"], one["until_ms"]


def _desks(db: Db, centre: str, first: date, last: date) -> frozenset[date]:
    found = db.rows(
        """SELECT label FROM service_day
           WHERE centre = :centre AND label BETWEEN :first AND :last AND desk_ms IS NOT NULL""",
        {"centre": centre, "first": first.isoformat(), "last": last.isoformat()},
    )
    return frozenset(date.fromisoformat(one["label"]) for one in found)
