"""What the tallies do not keep: hours, languages, and how long the other parts of a visit took. Asked of the tickets.

Each question speaks of a span of days, so that it costs what the days shown cost, however many are stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter
from typing import NamedTuple

from sportello.domain.charter import Channel
from sportello.ledger import tallies
from sportello.ledger.db import Db, Row
from sportello.ledger.queries import Cell

MOMENTS = f"""SELECT day, hour, service, priority, channel, coalesce(charter, '') AS charter, language, source,
        {tallies.KIND} AS kind, status, coalesce(wait_s, 0) AS wait_s, walk_s, service_s, journey_s
    FROM ticket
    WHERE centre = :centre AND day BETWEEN :first AND :last AND (:service = '' OR service = :service)
        AND (:language = '' OR language = :language) AND (:priority < 0 OR priority = :priority)
        AND (:channel = '' OR channel = :channel)"""

# neither the language, nor the counter: a list says nothing of anybody's origin or of anybody's work
OF_DAY = """SELECT id, day, hour, number, service, arrival_ms, clock_start_ms, called_ms, started_ms, ended_ms, status,
        wait_s, walk_s, service_s, calls, legs, threshold_s, clock
    FROM ticket
    WHERE centre = :centre AND day = :day AND (:service = '' OR service = :service) AND (:hour < 0 OR hour = :hour)
    ORDER BY arrival_ms, id"""

MOMENT = itemgetter("day", "hour", "service", "priority", "channel", "charter", "language", "source", "kind", "status",
                    "wait_s", "walk_s", "service_s", "journey_s")  # fmt: skip


class Moment(NamedTuple):
    """One ticket as the pictures see it. Seconds; None where an end is missing."""

    day: str
    hour: int
    service: str
    priority: int
    channel: str
    charter: str
    language: str
    source: str
    kind: str
    status: str
    wait_s: int
    walk_s: int | None
    service_s: int | None
    journey_s: int | None

    def cell(self, group: str = "") -> Cell:
        return Cell(
            service=self.service,
            priority=bool(self.priority),
            channel=Channel(self.channel),
            charter=self.charter,
            group=group,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which tickets: of a span of days, and of one service, class, channel and language, or of all."""

    first: date
    last: date
    service: str = ""
    priority: bool | None = None
    channel: Channel | None = None
    language: str = ""
    services: frozenset[str] = frozenset()  # of a macro-area; empty: all


def moments(db: Db, centre: str, chosen: Chosen) -> list[Moment]:
    """The tickets chosen, in no order."""
    values = {
        "centre": centre,
        "first": chosen.first.isoformat(),
        "last": chosen.last.isoformat(),
        "service": chosen.service,
        "language": chosen.language,
        "priority": -1 if chosen.priority is None else int(chosen.priority),
        "channel": chosen.channel.value if chosen.channel else "",
    }
    return [Moment(*MOMENT(one)) for one in db.rows(MOMENTS, values)]


def tickets(
    db: Db, centre: str, first: date, last: date, *, service: str = "", weekday: int | None = None, hour: int = -1
) -> Iterator[Row]:
    """The tickets of a cell, the newest day first; `weekday` 0 is Monday, `hour` of arrival, -1 is any."""
    day = last
    while day >= first:
        if weekday is None or day.weekday() == weekday:
            values = {"centre": centre, "day": day.isoformat(), "service": service, "hour": hour}
            yield from db.rows(OF_DAY, values)
        day -= timedelta(days=1)
