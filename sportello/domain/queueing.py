"""What a centre decides: a command against today's state gives the events that follow, or a refusal."""

from datetime import date
from functools import singledispatch
from typing import Any

from sportello.domain import commands as c
from sportello.domain import events as e
from sportello.domain import lep
from sportello.domain.charter import Channel, Charter, Indicator, overlap, standard_for
from sportello.domain.clock import Instant, Quality, elapsed, local_time
from sportello.domain.commands import Occasion
from sportello.domain.days import fold
from sportello.domain.disciplines import Why, choose, promise_s, slack_s
from sportello.domain.errors import Reason, Refused
from sportello.domain.estimates import quote
from sportello.domain.plan import business_day, gives_numbers, is_open, lets_in, session_start_ms
from sportello.domain.slips import JobState
from sportello.domain.tickets import IN_HAND, OUTCOMES, ServiceDay, Status, Ticket

UNDO_S = 5
WALK_IN = "walk-in"  # the note on a call of somebody who took no number at the kiosk
FAR_MS = 12 * 3600 * 1000  # an appointment further away than this is a mistake
LONG_MS = 31 * 24 * 3600 * 1000  # force majeure is recorded for a month at a time, at most
FRESH_S = 6 * 3600  # who came within this time still waits for today, whatever the calendar says
Events = tuple[e.Event, ...]


def decide(day: ServiceDay, command: c.Command, occasion: Occasion) -> Events:
    """The events that follow from a command; `Refused` when it cannot be done. Pure."""
    return _decide(command, day, occasion)


@singledispatch
def _decide(command: Any, day: ServiceDay, occasion: Occasion) -> Events:
    raise TypeError(f"not a command: {command!r}")


# --- the day ---------------------------------------------------------------------------------------


def closing(day: ServiceDay) -> Events:
    """The close-out: who is at a counter is finished, who is in a queue is unserved, then the day ends."""
    ends: list[e.Event] = []
    for ticket in day.tickets.values():
        if ticket.status in IN_HAND:
            ends.append(e.TicketFinished(ticket=ticket.id, counter=ticket.counter or "", at_close=True))
        elif ticket.status not in OUTCOMES:
            ends.append(e.TicketUnserved(ticket=ticket.id))
    assert day.label is not None
    return (*ends, e.DayClosed(label=day.label))


def behind(day: ServiceDay, occasion: Occasion) -> bool:
    """Whether the open day is over by the calendar, and only to be closed.

    A clock that went back, or is not trusted, ends no day. Nor does one that jumps ahead, or midnight, while people
    who came a short time ago are in the room: their numbers would be lost in the middle of the day.
    """
    today = business_day(occasion.at.local())
    over = day.open and day.label is not None and day.label < today and occasion.at.trusted
    return over and not any(
        ticket.status not in OUTCOMES and elapsed(ticket.issued, occasion.at).seconds < FRESH_S
        for ticket in day.tickets.values()
    )


def label_now(day: ServiceDay, occasion: Occasion) -> date:
    """The service day that something done now belongs to; never an earlier one than before."""
    today = business_day(occasion.at.local())
    if day.label is None or behind(day, occasion):
        return today
    return day.label if day.open else max(today, day.label)


def current(day: ServiceDay, occasion: Occasion) -> Events:
    """What brings the day up to date before something new happens: a forgotten close-out, the opening."""
    if day.open and not behind(day, occasion):
        return ()
    today = business_day(occasion.at.local())
    if not day.open and day.label == today:
        raise Refused(Reason.DAY_CLOSED)
    return (*(closing(day) if day.open else ()), opening(day, label_now(day, occasion)))


def opening(day: ServiceDay, label: date) -> e.DayOpened:
    """Open a day; the same label again continues it, with its numbers."""
    charter = day.charter(label)
    if charter is None:
        raise Refused(Reason.NO_CHARTER, f"{label:%d/%m/%Y}")
    number = day.number if label == day.label else day.number + 1
    return e.DayOpened(number=number, label=label, charter=charter.id)


@_decide.register
def _(command: c.OpenDay, day: ServiceDay, occasion: Occasion) -> Events:
    if day.open and not behind(day, occasion):
        raise Refused(Reason.DAY_OPEN)
    return (*(closing(day) if day.open else ()), opening(day, label_now(day, occasion)))


@_decide.register
def _(command: c.CloseDay, day: ServiceDay, occasion: Occasion) -> Events:
    if not day.open:
        raise Refused(Reason.DAY_CLOSED)
    return closing(day)


@_decide.register
def _(command: c.StopIssuing, day: ServiceDay, occasion: Occasion) -> Events:
    _offered(day, command.service, all_allowed=True)
    if not command.why.strip():
        raise Refused(Reason.REASON_REQUIRED)
    return (e.IssuingStopped(service=command.service, why=command.why.strip()),)


@_decide.register
def _(command: c.ResumeIssuing, day: ServiceDay, occasion: Occasion) -> Events:
    _offered(day, command.service, all_allowed=True)
    stopped = command.service in day.stopped or (not command.service and day.stopped)
    return (e.IssuingResumed(service=command.service),) if stopped else ()


@_decide.register
def _(command: c.ResumeRecording, day: ServiceDay, occasion: Occasion) -> Events:
    silent = day.number > 0 and command.since_ms < occasion.at.wall_ms
    return (e.RecordingResumed(since_ms=command.since_ms),) if silent else ()


@_decide.register
def _(command: c.RecordForceMajeure, day: ServiceDay, occasion: Occasion) -> Events:
    if command.service and not any(charter.sheet(command.service) for charter in day.charters):
        raise Refused(Reason.UNKNOWN_SERVICE, command.service)
    if not command.act.strip() or not command.why.strip():
        raise Refused(Reason.REASON_REQUIRED)
    if not command.since_ms < command.until_ms <= command.since_ms + LONG_MS:
        raise Refused(Reason.BAD_SPAN)
    return (
        e.ForceMajeureRecorded(
            record=occasion.name,
            since_ms=command.since_ms,
            until_ms=command.until_ms,
            service=command.service,
            act=command.act.strip(),
            why=command.why.strip(),
        ),
    )


@_decide.register
def _(command: c.WithdrawForceMajeure, day: ServiceDay, occasion: Occasion) -> Events:
    if not command.why.strip():
        raise Refused(Reason.REASON_REQUIRED)
    return (e.ForceMajeureWithdrawn(record=command.record, why=command.why.strip()),)


# --- taking a number -------------------------------------------------------------------------------


def _offered(day: ServiceDay, service: str, *, all_allowed: bool = False) -> None:
    if day.plan.offer(service) is None and not (all_allowed and service == ""):
        raise Refused(Reason.UNKNOWN_SERVICE, service)


def refusal(day: ServiceDay, service: str, occasion: Occasion, *, expected: bool = False) -> Reason | None:
    """Why this service gives no number now, or None when it does. Shown before the tap, decided after it.

    Who is `expected` (by appointment, or by the clerk who lets them in) comes in while the doors are open: last
    numbers, windows and quotas are for the others.
    """
    offer, local = day.plan.offer(service), occasion.at.local()
    label = label_now(day, occasion)
    if offer is None:
        return Reason.UNKNOWN_SERVICE
    admitted = lets_in(day.plan, local) if expected else gives_numbers(day.plan, offer, local)
    if not admitted or (not day.open and day.label == business_day(local)):
        return Reason.CLOSED
    if day.charter(label) is None:
        return Reason.NO_CHARTER
    if not behind(day, occasion) and (service in day.stopped or "" in day.stopped):
        return Reason.ISSUING_STOPPED
    given = day.issued.get(service, 0) if label == day.label else 0
    if not expected and offer.quota is not None and given >= offer.quota:
        return Reason.QUOTA_FULL
    return None


def _issue(
    day: ServiceDay,
    command: c.IssueTicket | c.CheckIn | c.WalkIn,
    occasion: Occasion,
    *,
    booked_ms: int | None = None,
    paper: bool = True,
) -> Events:
    _offered(day, command.service)
    why = refusal(day, command.service, occasion, expected=booked_ms is not None or not paper)
    if why is not None:
        return (e.VisitorTurnedAway(service=command.service, why=why),)
    before = current(day, occasion)
    today = fold(day, before, occasion.at)
    offer, charter = today.plan.offer(command.service), today.charter()
    assert offer is not None
    if charter is None:
        raise Refused(Reason.NO_CHARTER)
    channel = Channel.WALK_IN if booked_ms is None else Channel.APPOINTMENT
    promise = standard_for(
        charter, service=command.service, site=today.plan.site, channel=channel, priority=command.priority
    )
    issued_ms = occasion.at.wall_ms
    start_ms = max(session_start_ms(today.plan, occasion.at.local(), issued_ms), booked_ms or 0)
    threshold_s = promise.threshold_s if promise else None
    issued = e.TicketIssued(
        ticket=occasion.name,
        letter=offer.letter,
        number=today.last_number(offer.letter) + 1,
        service=command.service,
        language=command.language,
        priority=command.priority,
        channel=channel,
        booked_ms=booked_ms,
        clock_start_ms=start_ms,
        charter=charter.id,
        standard=promise.code if promise else None,
        threshold_s=threshold_s,
        quote_s=quote(
            today,
            command.service,
            occasion.at,
            start_ms=start_ms,
            threshold_s=threshold_s,
            priority=command.priority,
            channel=channel,
        ),
        paper=paper,
    )
    return (*before, issued)


@_decide.register
def _(command: c.IssueTicket, day: ServiceDay, occasion: Occasion) -> Events:
    return _issue(day, command, occasion)


@_decide.register
def _(command: c.CheckIn, day: ServiceDay, occasion: Occasion) -> Events:
    if abs(command.booked_ms - occasion.at.wall_ms) > FAR_MS:
        raise Refused(Reason.BAD_TIME, f"{local_time(command.booked_ms):%d/%m/%Y %H:%M}")
    return _issue(day, command, occasion, booked_ms=command.booked_ms)


@_decide.register
def _(command: c.WalkIn, day: ServiceDay, occasion: Occasion) -> Events:
    _known(day, command.counter)
    if command.at_once:
        _as_seen(day, command)
    issued = _issue(day, command, occasion, paper=False)
    if not command.at_once or not isinstance(issued[-1], e.TicketIssued):
        return issued
    today = fold(day, issued, occasion.at)
    ticket = today.tickets[occasion.name]
    return (*issued, *_ready(today, command.counter), _chosen(today, ticket, command.counter, WALK_IN, occasion))


# --- counters --------------------------------------------------------------------------------------


def _known(day: ServiceDay, counter: str) -> None:
    if day.plan.place(counter) is None:
        raise Refused(Reason.UNKNOWN_COUNTER, counter)


@_decide.register
def _(command: c.OpenCounter, day: ServiceDay, occasion: Occasion) -> Events:
    _known(day, command.counter)
    before: Events = ()
    local = occasion.at.local()
    closed_today = not day.open and day.label == business_day(local)
    if (is_open(day.plan, local) or behind(day, occasion)) and not closed_today:
        before = current(day, occasion)
    here = fold(day, before, occasion.at).counter(command.counter)
    if here.open and here.clerk == command.clerk:
        return before
    return (*before, e.CounterOpened(counter=command.counter, clerk=command.clerk))


@_decide.register
def _(command: c.CloseCounter, day: ServiceDay, occasion: Occasion) -> Events:
    _known(day, command.counter)
    held = day.in_hand(command.counter)
    if held:
        raise Refused(Reason.COUNTER_BUSY, held.code)
    return (e.CounterClosed(counter=command.counter),) if day.counter(command.counter).open else ()


@_decide.register
def _(command: c.PauseCounter, day: ServiceDay, occasion: Occasion) -> Events:
    _known(day, command.counter)
    held = day.in_hand(command.counter)
    if held:
        raise Refused(Reason.COUNTER_BUSY, held.code)
    here = day.counter(command.counter)
    return (e.CounterPaused(counter=command.counter),) if here.open and not here.paused else ()


@_decide.register
def _(command: c.ResumeCounter, day: ServiceDay, occasion: Occasion) -> Events:
    _known(day, command.counter)
    return (e.CounterResumed(counter=command.counter),) if day.counter(command.counter).paused else ()


@_decide.register
def _(command: c.CallStaff, day: ServiceDay, occasion: Occasion) -> Events:
    return () if command.where in day.helps else (e.StaffCalled(where=command.where),)


@_decide.register
def _(command: c.AnswerStaff, day: ServiceDay, occasion: Occasion) -> Events:
    return (e.StaffAnswered(where=command.where, counter=command.counter),) if command.where in day.helps else ()


def _ready(day: ServiceDay, counter: str) -> Events:
    """A counter that calls is open; whoever is in its hands is finished by calling the next."""
    _known(day, counter)
    if not day.open:
        raise Refused(Reason.DAY_CLOSED)
    held = day.in_hand(counter)
    finished = (_ended(held, counter),) if held else ()
    return (*_opened(day, counter), *finished)


def _opened(day: ServiceDay, counter: str) -> Events:
    """Nobody is in the hands of a closed counter, or of one that pauses."""
    here = day.counter(counter)
    if not here.open:
        return (e.CounterOpened(counter=counter, clerk=""),)
    return (e.CounterResumed(counter=counter),) if here.paused else ()


def _ended(ticket: Ticket, counter: str, *, at_close: bool = False) -> e.Event:
    """Finished here: back to the counter that asked for it, or done."""
    if ticket.leg.back_to is None or at_close:
        return e.TicketFinished(ticket=ticket.id, counter=counter, at_close=at_close)
    before = ticket.legs[-2].service
    return e.TicketTransferred(ticket=ticket.id, counter=counter, service=before, to_counter=ticket.leg.back_to)


def _kept_for(day: ServiceDay, ticket: Ticket, now: Instant | None) -> str | None:
    """The counter a ticket was sent to by name: while it is open, or else for as long as the promise is."""
    name = ticket.leg.counter
    there = name is not None and day.counter(name).open and day.plan.place(name) is not None
    if name is None or there or now is None:
        return name
    return name if elapsed(ticket.leg.queued, now).seconds <= promise_s(ticket, day.plan.rule) else None


def callable_at(day: ServiceDay, counter: str, now: Instant | None = None) -> list[Ticket]:
    """Who waits for this counter: its services, and who was sent to it by name.

    With `now`, also who was sent to a counter that is closed, and has waited for it long enough.
    """
    place = day.plan.place(counter)
    services = place.services if place else ()
    return [
        ticket
        for ticket in day.waiting()
        if _kept_for(day, ticket, now) in (None, counter)
        and (not services or ticket.service in services or ticket.leg.counter == counter)
    ]


def _as_seen(day: ServiceDay, command: c.CallNext | c.CallTicket | c.WalkIn) -> None:
    """Who calls must have seen who is in hand, for calling finishes them. Programs may leave it unsaid."""
    held = day.in_hand(command.counter)
    if command.in_hand is not None and command.in_hand != (held.id if held else ""):
        raise Refused(Reason.HAND_CHANGED, held.code if held else "")


@_decide.register
def _(command: c.CallNext, day: ServiceDay, occasion: Occasion) -> Events:
    _as_seen(day, command)
    turned = current(day, occasion) if behind(day, occasion) else ()  # nobody is called on a day that is over
    today = fold(day, turned, occasion.at)
    before = (*turned, *_ready(today, command.counter))
    own = today.counter(command.counter).calls
    waiting = callable_at(today, command.counter, occasion.at)
    choice = choose(waiting, occasion.at, today.calls, today.plan.rule, own)
    if choice is None:
        return before
    called = e.TicketCalled(ticket=choice.ticket.id, counter=command.counter, reason=choice.why, slack_s=choice.slack_s)
    return (*before, called)


@_decide.register
def _(command: c.CallTicket, day: ServiceDay, occasion: Occasion) -> Events:
    ticket = _ticket(day, command.ticket)
    _as_seen(day, command)
    if not command.why.strip():
        raise Refused(Reason.REASON_REQUIRED)
    if ticket.status in IN_HAND:
        raise Refused(Reason.ALREADY_CALLED, ticket.counter or "")
    if ticket.status not in (Status.WAITING, Status.HELD, Status.NO_SHOW):
        raise Refused(Reason.WRONG_STATUS, ticket.code)
    return (*_ready(day, command.counter), _chosen(day, ticket, command.counter, command.why.strip(), occasion))


def _chosen(day: ServiceDay, ticket: Ticket, counter: str, note: str, occasion: Occasion) -> e.TicketCalled:
    """A call out of turn."""
    slack = slack_s(ticket, occasion.at, day.plan.rule)
    return e.TicketCalled(ticket=ticket.id, counter=counter, reason=Why.CHOSEN, slack_s=slack, note=note)


# --- one ticket ------------------------------------------------------------------------------------


def _ticket(day: ServiceDay, ticket: str) -> Ticket:
    found = day.tickets.get(ticket)
    if found is None:
        raise Refused(Reason.UNKNOWN_TICKET, ticket)
    return found


def _held_by(day: ServiceDay, command: Any, *statuses: Status) -> tuple[Ticket, str]:
    """The ticket in one of these statuses, and the counter that has it in hand."""
    ticket = _ticket(day, command.ticket)
    if ticket.status not in statuses or ticket.counter is None:
        raise Refused(Reason.WRONG_STATUS, ticket.code)
    if command.counter not in (None, ticket.counter):
        raise Refused(Reason.ELSEWHERE, ticket.counter)
    return ticket, ticket.counter


def _in_queue(day: ServiceDay, command: Any, *statuses: Status) -> Ticket:
    """The ticket in one of these statuses, and not in another counter's hands."""
    ticket = _ticket(day, command.ticket)
    if ticket.status not in statuses:
        raise Refused(Reason.WRONG_STATUS, ticket.code)
    if ticket.status in IN_HAND and command.counter not in (None, ticket.counter):
        raise Refused(Reason.ELSEWHERE, ticket.counter or "")
    if not day.open:
        raise Refused(Reason.DAY_CLOSED)
    return ticket


@_decide.register
def _(command: c.Recall, day: ServiceDay, occasion: Occasion) -> Events:
    ticket, counter = _held_by(day, command, Status.CALLED)
    return (e.TicketRecalled(ticket=ticket.id, counter=counter),)


@_decide.register
def _(command: c.Start, day: ServiceDay, occasion: Occasion) -> Events:
    ticket, counter = _held_by(day, command, Status.CALLED)
    return (e.TicketStarted(ticket=ticket.id, counter=counter),)


@_decide.register
def _(command: c.Finish, day: ServiceDay, occasion: Occasion) -> Events:
    ticket, counter = _held_by(day, command, Status.CALLED, Status.SERVING)
    return (_ended(ticket, counter, at_close=behind(day, occasion)),)


@_decide.register
def _(command: c.NoShow, day: ServiceDay, occasion: Occasion) -> Events:
    ticket, counter = _held_by(day, command, Status.CALLED)
    return (e.TicketNoShow(ticket=ticket.id, counter=counter),)


@_decide.register
def _(command: c.Hold, day: ServiceDay, occasion: Occasion) -> Events:
    ticket, counter = _held_by(day, command, Status.CALLED, Status.SERVING)
    return (e.TicketHeld(ticket=ticket.id, counter=counter),)


@_decide.register
def _(command: c.Resume, day: ServiceDay, occasion: Occasion) -> Events:
    ticket = _in_queue(day, command, Status.HELD)
    counter = command.counter or ticket.leg.counter or ""
    _known(day, counter)
    held = day.in_hand(counter)
    if held:
        raise Refused(Reason.COUNTER_BUSY, held.code)
    return (*_opened(day, counter), e.TicketResumed(ticket=ticket.id, counter=counter))


@_decide.register
def _(command: c.Requeue, day: ServiceDay, occasion: Occasion) -> Events:
    back = (Status.CALLED, Status.SERVING, Status.HELD, Status.NO_SHOW, Status.UNSERVED)
    ticket = _in_queue(day, command, *back)
    return (e.TicketRequeued(ticket=ticket.id, counter=command.counter or ticket.counter),)


@_decide.register
def _(command: c.Transfer, day: ServiceDay, occasion: Occasion) -> Events:
    ticket = _in_queue(day, command, Status.WAITING, Status.CALLED, Status.SERVING, Status.HELD)
    _offered(day, command.service)
    if command.to_counter:
        _known(day, command.to_counter)
    return (
        e.TicketTransferred(
            ticket=ticket.id,
            counter=command.counter or ticket.counter,
            service=command.service,
            to_counter=command.to_counter or None,
            back_to=(command.counter or ticket.counter) if command.returns else None,
        ),
    )


@_decide.register
def _(command: c.Leave, day: ServiceDay, occasion: Occasion) -> Events:
    ticket = _in_queue(day, command, Status.WAITING, Status.CALLED, Status.HELD)
    return (e.TicketLeft(ticket=ticket.id, counter=command.counter or ticket.counter),)


@_decide.register
def _(command: c.Void, day: ServiceDay, occasion: Occasion) -> Events:
    ticket = _in_queue(day, command, Status.WAITING, Status.CALLED, Status.HELD, Status.NO_SHOW)
    if not command.why.strip():
        raise Refused(Reason.REASON_REQUIRED)
    return (e.TicketVoided(ticket=ticket.id, counter=command.counter or ticket.counter, why=command.why.strip()),)


@_decide.register
def _(command: c.GivePriority, day: ServiceDay, occasion: Occasion) -> Events:
    ticket = _in_queue(day, command, Status.WAITING, Status.HELD)
    if ticket.priority is command.priority:
        return ()
    charter = day.charter()
    promise = charter and standard_for(
        charter,
        service=ticket.legs[0].service,
        site=day.plan.site,
        channel=ticket.channel,
        priority=command.priority,
    )
    return (
        e.PriorityGiven(
            ticket=ticket.id,
            priority=command.priority,
            threshold_s=promise.threshold_s if promise else None,
            standard=promise.code if promise else None,
        ),
    )


@_decide.register
def _(command: c.Undo, day: ServiceDay, occasion: Occasion) -> Events:
    ticket = _ticket(day, command.ticket)
    if not day.open:
        raise Refused(Reason.DAY_CLOSED)
    if ticket.before is None or ticket.acted is None or ticket.acted_by != command.counter:
        raise Refused(Reason.TOO_LATE_TO_UNDO, ticket.code)
    since = elapsed(ticket.acted, occasion.at)
    if since.seconds > UNDO_S or since.quality is Quality.SUSPECT:
        raise Refused(Reason.TOO_LATE_TO_UNDO, ticket.code)
    together = _one_act(day, ticket)
    held = day.in_hand(command.counter)
    takes_back = any(other.before.status in IN_HAND for other in together if other.before)
    if held and held not in together and takes_back:
        raise Refused(Reason.COUNTER_BUSY, held.code)
    opened = _opened(day, command.counter) if takes_back else ()
    return (*opened, *(e.ActUndone(ticket=other.id, counter=command.counter) for other in together))


def _one_act(day: ServiceDay, ticket: Ticket) -> tuple[Ticket, ...]:
    """The tickets the last act on this one changed: a call and the finish it brought are taken back together."""
    pair = [
        one
        for one in day.tickets.values()
        if one.before and one.acted == ticket.acted and one.acted_by == ticket.acted_by
        if (ticket.status is Status.CALLED and _sent_off(one)) or (_sent_off(ticket) and one.status is Status.CALLED)
    ]
    return (ticket, *pair[-1:])


def _sent_off(ticket: Ticket) -> bool:
    """Whether the last act on it ended its passage: for good, or to go back to the counter that sent it."""
    sent_back = len(ticket.legs) > 1 and ticket.legs[-2].back_to is not None
    return ticket.status is Status.FINISHED or (ticket.status is Status.WAITING and sent_back)


# --- paper -----------------------------------------------------------------------------------------


@_decide.register
def _(command: c.Reprint, day: ServiceDay, occasion: Occasion) -> Events:
    ticket = _ticket(day, command.ticket)
    if ticket.status in OUTCOMES:
        raise Refused(Reason.NOTHING_TO_PRINT, ticket.code)
    return (e.CopyAsked(ticket=ticket.id, copy=ticket.copies + 1),)


@_decide.register
def _(command: c.SettleSlip, day: ServiceDay, occasion: Occasion) -> Events:
    return (
        e.SlipSettled(
            job=command.job,
            ticket=command.ticket,
            copy=command.copy,
            printer=command.printer,
            state=JobState(command.state),
            evidence=command.evidence,
            detail=command.detail,
            mm=command.mm,
        ),
    )


# --- what is declared ------------------------------------------------------------------------------


@_decide.register
def _(command: c.DeclareEvidence, day: ServiceDay, occasion: Occasion) -> Events:
    """Only a promise that is verified by hand has evidence by hand: a measured one is never helped along."""
    charter = next((one for one in day.charters if one.id == command.charter), None)
    standards = charter.standards if charter else ()
    if not any(one.code == command.standard and one.indicator is Indicator.MANUAL for one in standards):
        raise Refused(Reason.UNKNOWN_STANDARD, command.standard)
    _written(value=command.value, document=command.document, office=command.office)
    if command.first > command.last:
        raise Refused(Reason.INCOMPLETE, "last")
    return (
        e.EvidenceDeclared(
            charter=command.charter,
            standard=command.standard,
            first=command.first,
            last=command.last,
            value=command.value.strip(),
            outcome=command.outcome,
            document=command.document.strip(),
            dated=command.dated,
            office=command.office.strip(),
        ),
    )


@_decide.register
def _(command: c.DeclareLep, day: ServiceDay, occasion: Occasion) -> Events:
    if command.lep not in lep.CODES:
        raise Refused(Reason.UNKNOWN_LEP, command.lep)
    _written(office=command.office)
    if command.delivered is not lep.Delivered.NO:
        _written(evidence=command.evidence)
    return (
        e.LepDeclared(
            lep=command.lep,
            year=command.year,
            delivered=command.delivered,
            evidence=command.evidence.strip(),
            office=command.office.strip(),
        ),
    )


@_decide.register
def _(command: c.LabelLep, day: ServiceDay, occasion: Occasion) -> Events:
    if command.lep not in lep.CODES:
        raise Refused(Reason.UNKNOWN_LEP, command.lep)
    _written(letter=command.letter)
    return (e.LepLabelled(lep=command.lep, letter=command.letter.strip()),)


def _written(**texts: str) -> None:
    """Whoever declares something says where it is written and who answers for it."""
    for name, text in texts.items():
        if not text.strip():
            raise Refused(Reason.INCOMPLETE, name)


# --- plan, charter, history ------------------------------------------------------------------------


@_decide.register
def _(command: c.AdoptPlan, day: ServiceDay, occasion: Occasion) -> Events:
    return (e.PlanAdopted(plan=command.plan),) if command.plan != day.plan else ()


@_decide.register
def _(command: c.PublishCharter, day: ServiceDay, occasion: Occasion) -> Events:
    """A version may end an open-ended one before it; it may never share a day with another."""
    new = command.charter
    if any(one.id == new.id for one in day.charters):
        raise Refused(Reason.CHARTER_OVERLAP, new.id)
    endless = (one for one in day.charters if one.valid_to is None and one.valid_from < new.valid_from)
    ends = next(endless, None)
    clash = next((one for one in day.charters if one is not ends and overlap(one, new)), None)
    if clash is not None:
        raise Refused(Reason.CHARTER_OVERLAP, clash.id)
    if ends is not None and day.label is not None and new.valid_from <= day.label:
        raise Refused(Reason.CHARTER_OVERLAP, ends.id)  # would rewrite days already lived under it
    return (e.CharterPublished(charter=new, ends=ends.id if ends else None),)


@_decide.register
def _(command: c.ImportVisits, day: ServiceDay, occasion: Occasion) -> Events:
    visits = tuple(_imported(day, command, visit) for visit in command.visits)
    if not command.closing:
        return visits
    ended = e.BlockImported(source=command.source, demo=command.demo, visits=command.total, days=command.days)
    return (*visits, ended)


def _imported(day: ServiceDay, command: c.ImportVisits, visit: c.Visit) -> e.VisitImported:
    charter: Charter | None = day.charter(visit.day)
    promise = charter and standard_for(charter, service=visit.service, site=day.plan.site, priority=visit.priority)
    return e.VisitImported(
        key=visit.key,
        source=command.source,
        demo=command.demo,
        service=visit.service,
        day=visit.day,
        number=visit.number,
        priority=visit.priority,
        charter=charter.id if charter else None,
        standard=promise.code if promise else None,
        threshold_s=promise.threshold_s if promise else None,
        arrival_ms=visit.arrival_ms,
        called_ms=visit.called_ms,
        started_ms=visit.started_ms,
        ended_ms=visit.ended_ms,
        outcome=visit.outcome,
    )
