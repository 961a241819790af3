"""How a day changes: one event folded into what is known."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import singledispatch
from typing import Any, TypeVar

from sportello.domain import events as e
from sportello.domain.clock import Instant
from sportello.domain.disciplines import Why
from sportello.domain.tickets import IN_HAND, Announcement, Counter, Leg, ServiceDay, Status, Ticket

SHORT = 8  # how many last announcements are remembered for the board
LONG = 24  # how many reasons of last calls are remembered for the disciplines: more than any rule looks back
K = TypeVar("K")
V = TypeVar("V")


def fold(day: ServiceDay, happened: Iterable[e.Event], at: Instant) -> ServiceDay:
    """The day after these events, all at one instant."""
    for event in happened:
        day = evolve(day, event, at)
    return day


@singledispatch
def _evolve(event: Any, day: ServiceDay, at: Instant) -> ServiceDay:
    return day  # facts that change nothing in today's queue


def evolve(day: ServiceDay, event: e.Event, at: Instant) -> ServiceDay:
    """The day after one event."""
    return _evolve(event, day, at)


def _set(mapping: Mapping[K, V], key: K, value: V) -> dict[K, V]:
    return {**mapping, key: value}


def _kept(day: ServiceDay, ticket: Ticket, **changes: Any) -> ServiceDay:
    """The day with a ticket as it now is; who waits is in the queue, which stays short however long the day."""
    queue = dict(day.queue)
    if ticket.status is Status.WAITING:
        queue[ticket.id] = ticket
    else:
        queue.pop(ticket.id, None)
    return replace(day, tickets=_set(day.tickets, ticket.id, ticket), queue=queue, **changes)


def _acted(day: ServiceDay, ticket: Ticket, at: Instant, by: str | None, **changes: Any) -> ServiceDay:
    """One ticket changed by an act of a counter, and with it the hands of the counters concerned."""
    before = replace(ticket, before=None)
    after = replace(ticket, before=before, acted=at, acted_by=by or ticket.counter, **changes)
    return _placed(day, ticket, after, by)


def _placed(day: ServiceDay, ticket: Ticket, after: Ticket, counter: str | None) -> ServiceDay:
    """Put `after` in the place of `ticket`, and keep the counters' hands in step."""
    counters = dict(day.counters)
    if ticket.counter and ticket.status in IN_HAND and ticket.counter in counters:
        held = counters[ticket.counter]
        counters[ticket.counter] = replace(held, ticket=None if held.ticket == ticket.id else held.ticket)
    if after.status in IN_HAND and after.counter:
        taker = counters.get(after.counter) or Counter(code=after.counter, open=True)
        counters[after.counter] = replace(taker, ticket=after.id)
    if counter and counter in counters:
        counters[counter] = replace(counters[counter], last=after.id)
    return _kept(day, after, counters=counters)


def _announced(day: ServiceDay, ticket: Ticket, counter: str, at: Instant) -> ServiceDay:
    """The day with one more call to show and speak."""
    new = Announcement(
        n=day.announced + 1,
        ticket=ticket.id,
        code=ticket.code,
        counter=counter,
        again=ticket.calls > 0,
        at=at,
        language=ticket.language,
    )
    return replace(day, announced=new.n, announcements=(*day.announcements, new)[-SHORT:])


def _remembered(day: ServiceDay, code: str, reason: str) -> ServiceDay:
    """The day with the reason of one more call, kept for the centre and for the counter that made it.

    A call out of turn is nobody's turn: it neither uses one up nor brings the next one nearer.
    """
    if reason == Why.CHOSEN:
        return day
    counter = day.counter(code)
    mine = replace(counter, calls=(*counter.calls, reason)[-LONG:])
    return replace(day, calls=(*day.calls, reason)[-LONG:], counters=_set(day.counters, code, mine))


def _forgotten(calls: tuple[str, ...], reason: str) -> tuple[str, ...]:
    """The reasons without the newest one of this kind: its call was taken back."""
    newest = next((n for n in reversed(range(len(calls))) if calls[n] == reason), None)
    return calls if newest is None else (*calls[:newest], *calls[newest + 1 :])


@_evolve.register
def _(event: e.EpochBegun, day: ServiceDay, at: Instant) -> ServiceDay:
    return replace(day, fence=event.fence, fence_until=event.until)


@_evolve.register
def _(event: e.PlanAdopted, day: ServiceDay, at: Instant) -> ServiceDay:
    return replace(day, plan=event.plan)


@_evolve.register
def _(event: e.CharterPublished, day: ServiceDay, at: Instant) -> ServiceDay:
    eve = event.charter.valid_from - timedelta(days=1)
    kept = (replace(one, valid_to=eve) if one.id == event.ends else one for one in day.charters)
    return replace(day, charters=(*kept, event.charter))


@_evolve.register
def _(event: e.DayOpened, day: ServiceDay, at: Instant) -> ServiceDay:
    if event.label == day.label and event.number == day.number:
        return replace(day, open=True)
    return ServiceDay(
        plan=day.plan,
        charters=day.charters,
        number=event.number,
        label=event.label,
        open=True,
        counters=day.counters,
        stopped=day.stopped,
        past=day.past,
        fence=day.fence,
        fence_until=day.fence_until,
    )


@_evolve.register
def _(event: e.DayClosed, day: ServiceDay, at: Instant) -> ServiceDay:
    return replace(day, open=False, counters={}, stopped={}, helps={})


@_evolve.register
def _(event: e.CounterOpened, day: ServiceDay, at: Instant) -> ServiceDay:
    counter = replace(day.counter(event.counter), open=True, paused=False, clerk=event.clerk)
    return replace(day, counters=_set(day.counters, event.counter, counter))


@_evolve.register
def _(event: e.CounterClosed, day: ServiceDay, at: Instant) -> ServiceDay:
    counter = replace(day.counter(event.counter), open=False, paused=False, clerk="", last=None)
    return replace(day, counters=_set(day.counters, event.counter, counter))


@_evolve.register
def _(event: e.CounterPaused, day: ServiceDay, at: Instant) -> ServiceDay:
    counter = replace(day.counter(event.counter), paused=True, last=None)
    return replace(day, counters=_set(day.counters, event.counter, counter))


@_evolve.register
def _(event: e.CounterResumed, day: ServiceDay, at: Instant) -> ServiceDay:
    counter = replace(day.counter(event.counter), paused=False)
    return replace(day, counters=_set(day.counters, event.counter, counter))


@_evolve.register
def _(event: e.StaffCalled, day: ServiceDay, at: Instant) -> ServiceDay:
    return replace(day, helps=_set(day.helps, event.where, at))


@_evolve.register
def _(event: e.StaffAnswered, day: ServiceDay, at: Instant) -> ServiceDay:
    return replace(day, helps={where: since for where, since in day.helps.items() if where != event.where})


@_evolve.register
def _(event: e.IssuingStopped, day: ServiceDay, at: Instant) -> ServiceDay:
    return replace(day, stopped=_set(day.stopped, event.service, event.why))


@_evolve.register
def _(event: e.IssuingResumed, day: ServiceDay, at: Instant) -> ServiceDay:
    left = {service: why for service, why in day.stopped.items() if event.service and service != event.service}
    return replace(day, stopped=left)


@_evolve.register
def _(event: e.VisitorTurnedAway, day: ServiceDay, at: Instant) -> ServiceDay:
    return replace(day, turned_away=day.turned_away + 1)


@_evolve.register
def _(event: e.TicketIssued, day: ServiceDay, at: Instant) -> ServiceDay:
    ticket = Ticket(
        id=event.ticket,
        letter=event.letter,
        number=event.number,
        issued=at,
        clock_start_ms=event.clock_start_ms,
        language=event.language,
        priority=event.priority,
        channel=event.channel,
        charter=event.charter,
        standard=event.standard,
        threshold_s=event.threshold_s,
        legs=(Leg(service=event.service, queued=at),),
        booked_ms=event.booked_ms,
        quote_s=event.quote_s,
        paper=event.paper,
        place=len(day.tickets),
    )
    return _kept(
        day,
        ticket,
        numbers=_set(day.numbers, event.letter, event.number),
        issued=_set(day.issued, event.service, day.issued.get(event.service, 0) + 1),
    )


@_evolve.register
def _(event: e.TicketCalled, day: ServiceDay, at: Instant) -> ServiceDay:
    ticket = day.tickets[event.ticket]
    called = _acted(
        day,
        ticket,
        at,
        event.counter,
        status=Status.CALLED,
        counter=event.counter,
        calls=ticket.calls + 1,
        reason=event.reason,
        legs=ticket.with_leg(called=ticket.leg.called or at, counter=event.counter),
    )
    return _announced(_remembered(called, event.counter, event.reason), ticket, event.counter, at)


@_evolve.register
def _(event: e.TicketRecalled, day: ServiceDay, at: Instant) -> ServiceDay:
    ticket = day.tickets[event.ticket]
    again = _kept(day, replace(ticket, calls=ticket.calls + 1))
    return _announced(again, ticket, event.counter, at)


@_evolve.register
def _(event: e.TicketStarted, day: ServiceDay, at: Instant) -> ServiceDay:
    ticket = day.tickets[event.ticket]
    legs = ticket.with_leg(started=ticket.leg.started or at)
    return _acted(day, ticket, at, event.counter, status=Status.SERVING, legs=legs)


@_evolve.register
def _(event: e.TicketFinished, day: ServiceDay, at: Instant) -> ServiceDay:
    ticket = day.tickets[event.ticket]
    legs = ticket.legs if event.at_close else ticket.with_leg(ended=at)
    return _acted(day, ticket, at, event.counter, status=Status.FINISHED, legs=legs)


@_evolve.register
def _(event: e.TicketNoShow, day: ServiceDay, at: Instant) -> ServiceDay:
    ticket = day.tickets[event.ticket]
    return _acted(day, ticket, at, event.counter, status=Status.NO_SHOW, counter=None)


@_evolve.register
def _(event: e.TicketHeld, day: ServiceDay, at: Instant) -> ServiceDay:
    ticket = day.tickets[event.ticket]
    return _acted(day, ticket, at, event.counter, status=Status.HELD, counter=None)


@_evolve.register
def _(event: e.TicketResumed, day: ServiceDay, at: Instant) -> ServiceDay:
    ticket = day.tickets[event.ticket]
    legs = ticket.with_leg(started=ticket.leg.started or at, counter=event.counter)
    return _acted(day, ticket, at, event.counter, status=Status.SERVING, counter=event.counter, legs=legs)


@_evolve.register
def _(event: e.TicketRequeued, day: ServiceDay, at: Instant) -> ServiceDay:
    ticket = day.tickets[event.ticket]
    legs = ticket.with_leg(counter=None) if ticket.leg.called else ticket.legs  # sent by name, and not there yet
    return _acted(day, ticket, at, event.counter, status=Status.WAITING, counter=None, legs=legs)


@_evolve.register
def _(event: e.TicketTransferred, day: ServiceDay, at: Instant) -> ServiceDay:
    ticket = day.tickets[event.ticket]
    onward = Leg(service=event.service, queued=at, counter=event.to_counter, back_to=event.back_to)
    legs = (*ticket.with_leg(ended=at), onward)
    return _acted(day, ticket, at, event.counter, status=Status.WAITING, counter=None, legs=legs)


@_evolve.register
def _(event: e.TicketLeft, day: ServiceDay, at: Instant) -> ServiceDay:
    ticket = day.tickets[event.ticket]
    legs = ticket.with_leg(ended=at)
    return _acted(day, ticket, at, event.counter, status=Status.LEFT, counter=None, legs=legs)


@_evolve.register
def _(event: e.TicketVoided, day: ServiceDay, at: Instant) -> ServiceDay:
    ticket = day.tickets[event.ticket]
    return _acted(day, ticket, at, event.counter, status=Status.VOIDED, counter=None)


@_evolve.register
def _(event: e.TicketUnserved, day: ServiceDay, at: Instant) -> ServiceDay:
    return _acted(day, day.tickets[event.ticket], at, None, status=Status.UNSERVED, counter=None)


@_evolve.register
def _(event: e.PriorityGiven, day: ServiceDay, at: Instant) -> ServiceDay:
    ticket = day.tickets[event.ticket]
    changed = replace(ticket, priority=event.priority, threshold_s=event.threshold_s, standard=event.standard)
    return _kept(day, changed)


@_evolve.register
def _(event: e.ActUndone, day: ServiceDay, at: Instant) -> ServiceDay:
    ticket = day.tickets[event.ticket]
    assert ticket.before is not None, "decide() allows an undo only where there is something to undo"
    undone = _placed(day, ticket, _lasting(ticket.before, ticket), None)
    if ticket.status is Status.CALLED:
        shown = tuple(one for one in day.announcements if one.ticket != ticket.id)
        undone = replace(undone, announcements=shown, calls=_forgotten(day.calls, ticket.reason))
    counter = undone.counter(event.counter)
    kept = _forgotten(counter.calls, ticket.reason) if ticket.status is Status.CALLED else counter.calls
    return replace(undone, counters=_set(undone.counters, event.counter, replace(counter, last=None, calls=kept)))


def _lasting(before: Ticket, ticket: Ticket) -> Ticket:
    """`before` with what an undo does not take back: sheets printed, and a precedence given since."""
    return replace(
        before,
        copies=ticket.copies,
        priority=ticket.priority,
        threshold_s=ticket.threshold_s,
        standard=ticket.standard,
    )


@_evolve.register
def _(event: e.CopyAsked, day: ServiceDay, at: Instant) -> ServiceDay:
    ticket = day.tickets[event.ticket]
    return _kept(day, replace(ticket, copies=event.copy))
