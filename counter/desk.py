"""What stands on a clerk's desk: a pure view of the day from one counter."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from counter.aside import Absent, Parked, absent, parked
from counter.lines import MINUTE_S, Load, Served, label, loads, minutes, served, standard_min, words
from sportello.domain.clock import Instant, elapsed
from sportello.domain.disciplines import Why, choose
from sportello.domain.plan import Place
from sportello.domain.queueing import UNDO_S, callable_at
from sportello.domain.tickets import ServiceDay, Status, Ticket

AHEAD = 5  # numbers a clerk can call by voice when the connection is lost
ABSENT_CALLS = 2  # after so many calls nobody is there …
ABSENT_S = 60  # … or so long after the first one


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """The ticket in hand."""

    id: str
    number: str
    service: str
    title: str
    language: str
    priority: bool
    status: Status
    calls: int  # since this counter called it
    why: str
    waited_min: int
    standard_min: int | None
    over: bool
    expected_s: int | None  # the time the charter's sheet gives to this service
    came_from: str  # the service before the last transfer, or ""
    back_to: str  # the name of the counter the visitor returns to afterwards, or ""
    arrived: str  # "09:42"


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """Who would be called now."""

    number: str
    why: Why
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoable:
    """The last act of this counter, while it can be taken back."""

    ticket: str
    number: str
    status: Status  # what the act made of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a console shows, without what changes by itself each second."""

    code: str
    name: str
    day_open: bool
    open: bool
    mine: bool  # whether the clerk who looks is the one logged in here
    displaced: bool  # theirs, but held by a newer window
    paused: bool
    hand: Hand | None
    next: Next | None
    ahead: tuple[str, ...]  # the numbers that come next, in order
    called: tuple[str, ...]  # the last numbers called in the room, newest first
    loads: tuple[Load, ...]
    waiting: int
    elsewhere: int  # who waits for other counters only
    held: int
    absent: int
    parked: tuple[Parked, ...]
    back: tuple[Absent, ...]  # absent a short time ago
    served: tuple[Served, ...]  # today in the whole centre
    unprinted: tuple[str, ...]  # numbers that may have no paper
    helps: tuple[str, ...]  # where somebody asks for a clerk, longest first
    undo: Undoable | None
    stopped: tuple[str, ...]  # labels of the services that give no numbers; "" stands for all


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A counter in the list to choose from."""

    code: str
    name: str
    open: bool
    mine: bool
    number: str  # in hand, or ""


def desk(
    day: ServiceDay,
    place: Place,
    clerk: str,
    now: Instant,
    language: str,
    *,
    holding: bool,
    unprinted: tuple[str, ...] = (),
) -> Desk:
    """The desk at `place` as `clerk` (a pseudonym) sees it, in the window that holds it or in an older one.

    `unprinted`: the numbers whose slips are in doubt, of which those still to be served are shown.
    """
    counter, hand = day.counter(place.code), day.in_hand(place.code)
    here = callable_at(day, place.code, now)
    coming = tuple(upcoming(day, place.code, now))
    statuses = [ticket.status for ticket in day.tickets.values()]
    mine = counter.open and counter.clerk == clerk
    return Desk(
        code=place.code,
        name=place.name,
        day_open=day.open,
        open=counter.open,
        mine=mine,
        displaced=mine and not holding,
        paused=counter.paused,
        hand=_hand(day, hand, language) if hand else None,
        next=coming[0] if coming else None,
        ahead=tuple(one.number for one in coming),
        called=tuple(dict.fromkeys(one.code for one in reversed(day.announcements)))[:AHEAD],
        loads=loads(day, here, now, language),
        waiting=len(here),
        elsewhere=len(day.waiting()) - len(here),
        held=statuses.count(Status.HELD),
        absent=statuses.count(Status.NO_SHOW),
        parked=parked(day, place.code),
        back=absent(day, place.code, now),
        served=served(day, language),
        unprinted=tuple(sorted(set(unprinted) & {one.code for one in day.waiting()})),
        helps=tuple(sorted(day.helps, key=lambda where: day.helps[where].wall_ms)),
        undo=undoable(day, place.code, now),
        stopped=tuple(label(day, service, language) if service else "" for service in sorted(day.stopped)),
    )


def _hand(day: ServiceDay, ticket: Ticket, language: str) -> Hand:
    charter = day.charter()
    sheet = charter.sheet(ticket.service) if charter else None
    wait = ticket.wait()
    waited_s = wait.seconds if wait else 0
    return Hand(
        id=ticket.id,
        number=ticket.code,
        service=ticket.service,
        title=words(sheet.title, language) if sheet else ticket.service,
        language=ticket.language,
        priority=ticket.priority,
        status=ticket.status,
        calls=calls_here(ticket),
        why=ticket.reason,
        waited_min=minutes(waited_s, ticket.threshold_s),
        standard_min=standard_min(ticket),
        over=ticket.threshold_s is not None and waited_s > ticket.threshold_s,
        expected_s=sheet.expected_minutes * MINUTE_S if sheet and sheet.expected_minutes else None,
        came_from=label(day, ticket.legs[-2].service, language) if len(ticket.legs) > 1 else "",
        back_to=_named(day, ticket.leg.back_to),
        arrived=f"{ticket.issued.local():%H:%M}",
    )


def _named(day: ServiceDay, counter: str | None) -> str:
    place = day.plan.place(counter) if counter else None
    return place.name if place else counter or ""


def calls_here(ticket: Ticket) -> int:
    """How often a ticket was called since it came into these hands."""
    return ticket.calls - (ticket.before.calls if ticket.before and ticket.status is Status.CALLED else 0)


def too_soon(day: ServiceDay, counter: str, now: Instant) -> bool:
    """Whether it is too early to say that nobody came: called once, and a moment ago."""
    ticket = day.in_hand(counter)
    if ticket is None or ticket.status is not Status.CALLED:
        return False
    return calls_here(ticket) < ABSENT_CALLS and timer_s(day, counter, now) < ABSENT_S


def upcoming(day: ServiceDay, counter: str, now: Instant) -> Iterator[Next]:
    """Who would be called at this counter, one after the other, if nothing else happened."""
    waiting, calls, own = callable_at(day, counter, now), list(day.calls), list(day.counter(counter).calls)
    for _ in range(AHEAD):
        choice = choose(waiting, now, calls, day.plan.rule, own)
        if choice is None:
            return
        yield Next(number=choice.ticket.code, why=choice.why, language=choice.ticket.language)
        waiting.remove(choice.ticket)
        calls.append(choice.why)
        own.append(choice.why)


def undoable(day: ServiceDay, counter: str, now: Instant) -> Undoable | None:
    """What an undo at this counter would take back now."""
    ticket = day.tickets.get(day.counter(counter).last or "")
    if ticket is None or ticket.before is None or ticket.acted is None or ticket.acted_by != counter:
        return None
    if elapsed(ticket.acted, now).seconds >= UNDO_S:
        return None
    return Undoable(ticket=ticket.id, number=ticket.code, status=ticket.status)


def undo_ms(day: ServiceDay, counter: str, now: Instant) -> int:
    """Milliseconds left to take back the last act; 0 when there is nothing to take back."""
    undo = undoable(day, counter, now)
    acted = day.tickets[undo.ticket].acted if undo else None
    return max(0, UNDO_S * 1000 - (now.mono_ms - acted.mono_ms)) if acted else 0


def timer_s(day: ServiceDay, counter: str, now: Instant) -> int:
    """Seconds since the call of the ticket in hand, or since its service began."""
    ticket = day.in_hand(counter)
    if ticket is None:
        return 0
    since = ticket.leg.started if ticket.status is Status.SERVING else ticket.acted
    return elapsed(since, now).seconds if since else 0


def seats(day: ServiceDay, clerk: str) -> tuple[Seat, ...]:
    """The counters of the plan, and who sits where."""
    found = []
    for place in day.plan.places:
        counter, hand = day.counter(place.code), day.in_hand(place.code)
        mine = counter.open and counter.clerk == clerk
        number = hand.code if hand else ""
        found.append(Seat(code=place.code, name=place.name, open=counter.open, mine=mine, number=number))
    return tuple(found)


def version(shown: Desk, language: str) -> str:
    """A short name of what a console shows: another one when anything in it changed."""
    return hashlib.blake2b(f"{language} {shown!r}".encode(), digest_size=8).hexdigest()
