"""Everything that happened at a centre on one day, for one service: what a reply to a *diffida* is made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sportello.domain.events import Recorded, TicketIssued, TicketTransferred, VisitImported, VisitorTurnedAway
from sportello.ledger import log, walk
from sportello.ledger.acts import Act, acts
from sportello.ledger.db import Db
from sportello.ledger.log import COLUMNS
from sportello.ledger.walk import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A day as the log tells it. `fault`: the first of the events it rests on that is not what was written."""

    centre: str
    day: date
    service: str  # "" is every service
    events: tuple[Recorded, ...]  # in order, each with its hash
    acts: tuple[Act, ...]
    head: log.Head
    fault: Fault | None


def evidence(db: Db, centre: str, day: date, service: str = "") -> Evidence:
    """The day whole, with its chain walked."""
    with db.snapshot():
        return Evidence(
            centre=centre,
            day=day,
            service=service,
            events=tuple(happened(db, centre, day, service)),
            acts=tuple(act for act in acts(db, centre, day, day) if act.service in ("", service) or not service),
            head=log.head(db, centre),
            fault=walk.fault(db, centre, day, day),
        )


def happened(db: Db, centre: str, day: date, service: str = "") -> Iterator[Recorded]:
    """The events of a service day, in order; with `service`, those of tickets that were ever in its queue.

    What concerns every service (the day, the counters, an outage) stays.
    """
    found = db.rows(
        f"""SELECT {COLUMNS} FROM event WHERE centre = :centre AND day = :day ORDER BY epoch, seq""",
        {"centre": centre, "day": day.isoformat()},
    )
    recorded = [one for one in map(log.read, found) if not _elsewhen(one, day)]
    tickets = {_subject(one) for one in recorded if _asks(one, service)}
    return (one for one in recorded if not service or _concerns(one, service, tickets))


def _elsewhen(recorded: Recorded, day: date) -> bool:
    """Whether somebody was turned away on another date: the log files it under the last day that was open."""
    return isinstance(recorded.event, VisitorTurnedAway) and recorded.at.local().date() != day


def _asks(recorded: Recorded, service: str) -> bool:
    """Whether a ticket comes into a service's queue here."""
    event = recorded.event
    return isinstance(event, TicketIssued | TicketTransferred | VisitImported) and event.service == service


def _subject(recorded: Recorded) -> str:
    """The ticket an event speaks of, "" where it speaks of none."""
    event = recorded.event
    return str(getattr(event, "ticket", "") or (event.key if isinstance(event, VisitImported) else ""))


def _concerns(recorded: Recorded, service: str, tickets: set[str]) -> bool:
    subject = _subject(recorded)
    return subject in tickets if subject else getattr(recorded.event, "service", "") in ("", service)
