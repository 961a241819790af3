"""Who can come back to a desk with one click: put aside there, or absent a short time ago."""

from dataclasses import dataclass

from sportello.domain.clock import Instant, elapsed, local_time
from sportello.domain.tickets import ServiceDay, Status, Ticket

MARKS = ("circle", "square", "triangle", "diamond", "cross", "ring")  # each has a shape and a colour of its own
BACK_S = 15 * 60  # for how long who was absent stays on the desk; later the list of numbers has them


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A ticket put aside at this counter. `mark`: neighbours in the queue have different ones."""

    id: str
    number: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A ticket that this counter called in vain. `until`: the time to which it is listed, "10:45"."""

    id: str
    number: str
    until: str


def parked(day: ServiceDay, counter: str) -> tuple[Parked, ...]:
    """Those put aside at this counter, in the order in which they were."""
    return tuple(
        Parked(id=ticket.id, number=ticket.code, mark=MARKS[ticket.number % len(MARKS)])
        for ticket in _sent_off(day, counter, Status.HELD)
    )


def absent(day: ServiceDay, counter: str, now: Instant) -> tuple[Absent, ...]:
    """Those whom this counter called in vain a short time ago, newest first."""
    return tuple(
        Absent(id=ticket.id, number=ticket.code, until=f"{local_time(ticket.acted.wall_ms + BACK_S * 1000):%H:%M}")
        for ticket in reversed(_sent_off(day, counter, Status.NO_SHOW))
        if ticket.acted is not None and elapsed(ticket.acted, now).seconds < BACK_S
    )


def _sent_off(day: ServiceDay, counter: str, status: Status) -> list[Ticket]:
    """The tickets this counter put into a status, oldest act first."""
    found = [one for one in day.tickets.values() if one.status is status and one.acted_by == counter and one.acted]
    return sorted(found, key=lambda ticket: ticket.acted.wall_ms if ticket.acted else 0)
