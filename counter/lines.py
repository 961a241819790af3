"""Who waits, as a clerk reads it: one line for each ticket, and the load of each service."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sportello.domain.charter import Text
from sportello.domain.clock import Instant
from sportello.domain.disciplines import age_s, by_arrival
from sportello.domain.queueing import callable_at
from sportello.domain.tickets import ServiceDay, Status, Ticket

MINUTE_S = 60
CHOOSABLE = (Status.WAITING, Status.HELD, Status.NO_SHOW, Status.UNSERVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One ticket in a list. `minutes`: see `minutes()`."""

    id: str
    number: str
    service: str
    label: str
    minutes: int  # since the clock of the visit started
    standard_min: int | None
    over: bool
    priority: bool
    language: str
    status: Status
    sent_to: str  # the counter a transfer asked for, or ""
    here: bool  # among those this counter is to call


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Those who wait for one service. `standard_min` is of the ticket that waited longest."""

    letter: str
    label: str
    waiting: int
    longest_min: int
    standard_min: int | None
    over: int  # how many waited longer than was promised to them


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """How many visits of a service ended today, in the whole centre: never by who received them."""

    letter: str
    label: str
    visits: int


def words(text: Text, language: str) -> str:
    """A text of the charter; Italian where the language has none."""
    return text.get(language) or text.get("it", "")


def label(day: ServiceDay, service: str, language: str) -> str:
    """The short name of a service."""
    charter = day.charter()
    sheet = charter.sheet(service) if charter else None
    return words(sheet.label, language) if sheet else service


def over(ticket: Ticket, now: Instant) -> bool:
    """Whether a ticket waits longer than was promised to it."""
    return ticket.threshold_s is not None and age_s(ticket, now) > ticket.threshold_s


def minutes(wait_s: int, threshold_s: int | None) -> int:
    """Whole minutes: rounded down while the promise is kept, up once it is not, so that 15:20 of 15 reads 16."""
    return -(-wait_s // MINUTE_S) if threshold_s is not None and wait_s > threshold_s else wait_s // MINUTE_S


def standard_min(ticket: Ticket) -> int | None:
    return ticket.threshold_s // MINUTE_S if ticket.threshold_s is not None else None


def line(day: ServiceDay, ticket: Ticket, now: Instant, language: str, *, here: bool) -> Line:
    return Line(
        id=ticket.id,
        number=ticket.code,
        service=ticket.service,
        label=label(day, ticket.service, language),
        minutes=minutes(age_s(ticket, now), ticket.threshold_s),
        standard_min=standard_min(ticket),
        over=ticket.status is Status.WAITING and over(ticket, now),
        priority=ticket.priority,
        language=ticket.language,
        status=ticket.status,
        sent_to=(ticket.leg.counter or "") if ticket.status is Status.WAITING else "",
        here=here,
    )


def lines(day: ServiceDay, counter: str, now: Instant, language: str, sought: str = "") -> dict[Status, list[Line]]:
    """Today's tickets a clerk may choose from, by status, in order of arrival; only those that match `sought`."""
    mine = {ticket.id for ticket in callable_at(day, counter, now)}
    found: dict[Status, list[Line]] = {status: [] for status in CHOOSABLE}
    for ticket in sorted(day.tickets.values(), key=by_arrival):
        if ticket.status in found:
            one = line(day, ticket, now, language, here=ticket.id in mine)
            if matches(one, sought):
                found[ticket.status].append(one)
    return found


def matches(one: Line, sought: str) -> bool:
    """Whether the number or the name of the service holds what was typed: "a42" finds A042."""
    wanted = sought.casefold().replace(" ", "")
    short = f"{one.number[0]}{one.number[1:].lstrip('0')}"
    texts = (one.number, short, one.label.replace(" ", ""))
    return any(wanted in text.casefold() for text in texts)


def loads(day: ServiceDay, tickets: Iterable[Ticket], now: Instant, language: str) -> tuple[Load, ...]:
    """The load of each service somebody waits for, by queue letter."""
    by_service: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        by_service.setdefault(ticket.service, []).append(ticket)
    found = (_load(day, service, waiting, now, language) for service, waiting in by_service.items())
    return tuple(sorted(found, key=lambda one: (one.letter, one.label)))


def served(day: ServiceDay, language: str) -> tuple[Served, ...]:
    """Today's finished visits of the centre by service, by queue letter."""
    counted = Counter(ticket.service for ticket in day.tickets.values() if ticket.status is Status.FINISHED)
    found = (
        Served(letter=_letter(day, service), label=label(day, service, language), visits=visits)
        for service, visits in counted.items()
    )
    return tuple(sorted(found, key=lambda one: (one.letter, one.label)))


def _letter(day: ServiceDay, service: str) -> str:
    """The letter under which a service gives numbers; none once the plan has dropped it."""
    offer = day.plan.offer(service)
    return offer.letter if offer else ""


def _load(day: ServiceDay, service: str, waiting: list[Ticket], now: Instant, language: str) -> Load:
    longest = max(waiting, key=lambda ticket: age_s(ticket, now))
    return Load(
        letter=_letter(day, service) or longest.letter,
        label=label(day, service, language),
        waiting=len(waiting),
        longest_min=minutes(age_s(longest, now), longest.threshold_s),
        standard_min=standard_min(longest),
        over=sum(over(ticket, now) for ticket in waiting),
    )
