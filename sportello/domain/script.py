"""A day of the log taken apart into what people did: who came, how long each took, when each counter was ready.

What the centre *decided* (who gets a number, who is next) is left out, for `replay` to decide again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby

from sportello.domain import commands as c
from sportello.domain import events as e
from sportello.domain.charter import Channel, Charter
from sportello.domain.clock import Instant
from sportello.domain.days import evolve
from sportello.domain.disciplines import Why, due
from sportello.domain.events import Recorded
from sportello.domain.plan import Plan
from sportello.domain.queueing import WALK_IN, callable_at
from sportello.domain.tickets import IN_HAND, Counter, ServiceDay, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Somebody asked for a number. `ticket` is the name it got, one of our own for who got none."""

    at_ms: int
    ticket: str
    service: str
    priority: bool = False
    booked_ms: int | None = None
    admitted: bool = False  # let in by a clerk, whatever hours and quotas say
    counter: str = ""  # where the clerk took them in at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Stint:
    """One passage of a ticket at a counter: how long, and the act that ended it."""

    service: str
    takes_ms: int | None  # None: the close-out ended it, so nobody knows
    end: c.Command
    called_on: bool = False  # ended by calling somebody else


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """An act on a ticket that was at no counter, `after_ms` since it was issued or last left one."""

    after_ms: int
    act: c.Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """A counter takes somebody. `act` None: whoever is next.

    `chances_ms`: each time somebody could be called here, how long until the counter called, or longer than it was
    given. `after_ms`: for an `act` of the clerk's own choice, the time since the counter was first free.
    """

    act: c.CallTicket | c.Resume | None = None
    after_ms: int = 0
    chances_ms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A counter's day. `presence`: opened, paused, resumed, closed; `tail_ms`: chances it let pass at the end."""

    code: str
    presence: tuple[tuple[int, c.Command], ...] = ()
    takings: tuple[Taking, ...] = ()
    tail_ms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A recorded day. Times are UTC milliseconds; `order` is the real order of calls, by ticket."""

    label: date
    plan: Plan
    charters: tuple[Charter, ...]
    opened_ms: int
    closed_ms: int
    asks: tuple[Ask, ...]
    stints: Mapping[str, tuple[Stint, ...]]
    later: Mapping[tuple[str, int], tuple[Later, ...]]  # (ticket, passages at a counter so far)
    desks: tuple[Desk, ...]
    others: tuple[tuple[int, c.Command], ...] = ()  # outages and changes of the plan
    order: tuple[str, ...] = ()


def ready(day: ServiceDay, counter: str, now: Instant) -> bool:
    """Whether a counter is there with empty hands, and somebody may be called to it."""
    here = day.counter(counter)
    there = here.open and not here.paused and here.ticket is None
    return there and any(due(ticket, now) for ticket in callable_at(day, counter, now))


def script(plan: Plan, charters: Sequence[Charter], recorded: Iterable[Recorded]) -> Script | None:
    """The day that these events tell, from its opening on; None when no day is opened in them."""
    happened = kept(recorded)
    if not any(isinstance(one.event, e.DayOpened) for one in happened):
        return None
    reader = _Reader(day=ServiceDay(plan=plan, charters=tuple(charters)), first_plan=plan)
    reader.begin(happened)
    for _, group in groupby(happened, key=lambda one: (one.epoch, one.command_id)):
        reader.read(tuple(group))
    return reader.script()


ACTS = (e.TicketCalled, e.TicketStarted, e.TicketFinished, e.TicketNoShow, e.TicketHeld, e.TicketResumed,
        e.TicketRequeued, e.TicketTransferred, e.TicketLeft, e.TicketVoided)  # fmt: skip


def kept(recorded: Iterable[Recorded]) -> list[Recorded]:
    """The events without acts that were taken back, and without the taking back."""
    stay: list[Recorded | None] = []
    for one in recorded:
        if isinstance(one.event, e.ActUndone):
            stay[_last_act(stay, one.event.ticket)] = None
        else:
            stay.append(one)
    return [one for one in stay if one is not None]


def _last_act(stay: Sequence[Recorded | None], ticket: str) -> int:
    acts = (n for n in reversed(range(len(stay))) if (one := stay[n]) and isinstance(one.event, ACTS)
            and one.event.ticket == ticket)  # fmt: skip
    return next(acts)


@dataclass(slots=True)
class _Hand:
    """What is gathered of one counter while its day is read."""

    presence: list[tuple[int, c.Command]] = field(default_factory=list)
    takings: list[Taking] = field(default_factory=list)
    chances: list[int] = field(default_factory=list)
    since: int | None = None  # from when somebody could have been called
    free: int | None = None  # since when it has been there with empty hands, goodbyes in between or not


@dataclass(slots=True)
class _Reader:
    """Reads a day from its beginning, one command's events at a time."""

    day: ServiceDay
    first_plan: Plan
    opened_ms: int = 0
    closed_ms: int = 0
    asks: list[Ask] = field(default_factory=list)
    stints: dict[str, list[Stint]] = field(default_factory=dict)
    later: dict[tuple[str, int], list[Later]] = field(default_factory=dict)
    hands: dict[str, _Hand] = field(default_factory=dict)
    others: list[tuple[int, c.Command]] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    begun: dict[str, int] = field(default_factory=dict)  # ticket in hand -> since when
    left: dict[str, int] = field(default_factory=dict)  # ticket -> when it was issued or last left a counter
    seen_ms: int = 0  # up to when the counters were looked at

    def begin(self, happened: Sequence[Recorded]) -> None:
        """Counters that were open before the day was are there from its first moment."""
        first = dict(reversed([(code, one) for one in happened if (code := getattr(one.event, "counter", None))]))
        early = [code for code, one in first.items() if not isinstance(one.event, e.CounterOpened)]
        self.day = replace(self.day, counters={code: Counter(code=code, open=True) for code in early})
        for code in early:
            opened = (happened[0].at.wall_ms, c.OpenCounter(counter=code))
            self.hands[code] = _Hand(presence=[opened])

    def read(self, group: Sequence[Recorded]) -> None:
        at = group[0].at
        for booked_ms in self._falling_due(at.wall_ms):
            self._look(Instant(wall_ms=booked_ms, mono_ms=at.mono_ms - at.wall_ms + booked_ms, boot=at.boot))
        acted = False
        for one in group:
            acted = self._note(one, group) or acted
            self.day = evolve(self.day, one.event, one.at)
        if acted:
            self._look(at)
            self.seen_ms = at.wall_ms

    def _falling_due(self, until_ms: int) -> list[int]:
        """When appointments in the queue may be called, before the next thing happens."""
        booked = (ticket.booked_ms for ticket in self.day.queue.values() if ticket.booked_ms)
        return sorted(at_ms for at_ms in booked if self.seen_ms < at_ms < until_ms)

    def _look(self, now: Instant) -> None:
        """What each counter could do now."""
        for code in {*self.day.counters, *self.hands}:
            hand, here = self.hands.setdefault(code, _Hand()), self.day.counter(code)
            there = here.open and not here.paused and here.ticket is None
            if there and hand.free is None:
                hand.free = now.wall_ms
            can = ready(self.day, code, now)
            if can and hand.since is None:
                hand.since = now.wall_ms
            elif not can and hand.since is not None:
                hand.chances.append(now.wall_ms - hand.since + 1)
                hand.since = None

    # --- one event ---------------------------------------------------------------------------------

    def _note(self, one: Recorded, group: Sequence[Recorded]) -> bool:
        """Keep what somebody did; whether it may have changed who can be called."""
        event, at_ms = one.event, one.at.wall_ms
        match event:
            case e.DayOpened():
                self.opened_ms = self.opened_ms or at_ms
            case e.DayClosed():
                self.closed_ms = at_ms
            case e.TicketIssued():
                self._issued(event, at_ms, group)
            case e.VisitorTurnedAway():
                self.asks.append(Ask(at_ms=at_ms, ticket=f"turned-away-{one.epoch}-{one.seq}", service=event.service))
            case e.TicketCalled() | e.TicketResumed():
                self._taken(event, at_ms)
            case _:
                return self._other(one, group)
        return True

    def _other(self, one: Recorded, group: Sequence[Recorded]) -> bool:
        event, at_ms = one.event, one.at.wall_ms
        match event:
            case e.CounterOpened() | e.CounterClosed() | e.CounterPaused() | e.CounterResumed():
                self.hands.setdefault(event.counter, _Hand()).presence.append(
                    (at_ms, PRESENCE[type(event)](event.counter))
                )
            case e.IssuingStopped():
                self.others.append((at_ms, c.StopIssuing(why=event.why, service=event.service)))
            case e.IssuingResumed():
                self.others.append((at_ms, c.ResumeIssuing(service=event.service)))
            case e.PlanAdopted():
                self.others.append((at_ms, c.AdoptPlan(plan=event.plan)))
            case e.PriorityGiven():
                self._outside(event.ticket, at_ms, c.GivePriority(ticket=event.ticket, priority=event.priority))
            case _ if (act := ending(self.day, event)) is not None:
                self._ended(act, one, group)
            case _:
                return False
        return True

    def _issued(self, event: e.TicketIssued, at_ms: int, group: Sequence[Recorded]) -> None:
        self.left[event.ticket] = at_ms
        at_once = (one.event.counter for one in group if isinstance(one.event, e.TicketCalled))
        self.asks.append(
            Ask(
                at_ms=at_ms,
                ticket=event.ticket,
                service=event.service,
                priority=event.priority,
                booked_ms=event.booked_ms,
                admitted=not event.paper and event.channel is Channel.WALK_IN,
                counter=next(at_once, ""),
            )
        )

    def _taken(self, event: e.TicketCalled | e.TicketResumed, at_ms: int) -> None:
        """A counter has somebody in hand."""
        hand = self.hands.setdefault(event.counter, _Hand())
        if isinstance(event, e.TicketCalled):
            self.order.append(event.ticket)
        self.begun[event.ticket] = at_ms
        free = at_ms if hand.free is None else hand.free
        if act := _own(event):
            taking = Taking(act=act, after_ms=at_ms - free)
        else:
            waited = at_ms - (at_ms if hand.since is None else hand.since)
            taking = Taking(chances_ms=(*hand.chances, waited))
        hand.takings.append(taking)
        hand.chances, hand.since, hand.free = [], None, None

    def _ended(self, act: c.Command, one: Recorded, group: Sequence[Recorded]) -> None:
        """A ticket leaves a counter, or something happens to one that is at none."""
        closing = isinstance(one.event, e.TicketUnserved) or getattr(one.event, "at_close", False)
        ticket: str = act.ticket  # type: ignore[union-attr]
        begun, at_ms, known = self.begun.pop(ticket, None), one.at.wall_ms, self.day.tickets[ticket]
        if begun is None:
            if not closing:
                self._outside(ticket, at_ms, act)
            return
        stint = Stint(
            service=known.service,
            takes_ms=None if closing else at_ms - begun,
            end=act,
            called_on=any(
                isinstance(two.event, e.TicketCalled) and two.event.counter == known.counter for two in group
            ),
        )
        self.stints.setdefault(ticket, []).append(stint)
        self.left[ticket] = at_ms

    def _outside(self, ticket: str, at_ms: int, act: c.Command) -> None:
        phase = (ticket, len(self.stints.get(ticket, ())))
        self.later.setdefault(phase, []).append(Later(after_ms=at_ms - self.left[ticket], act=act))

    def script(self) -> Script:
        return Script(
            label=self.day.label or date.min,
            plan=self.first_plan,
            charters=self.day.charters,
            opened_ms=self.opened_ms,
            closed_ms=self.closed_ms or self.seen_ms,
            asks=tuple(self.asks),
            stints={ticket: tuple(found) for ticket, found in self.stints.items()},
            later={phase: tuple(found) for phase, found in self.later.items()},
            desks=tuple(_desk(code, hand) for code, hand in sorted(self.hands.items())),
            others=tuple(self.others),
            order=tuple(self.order),
        )


PRESENCE: Mapping[type[e.Event], Callable[[str], c.Command]] = {
    e.CounterOpened: lambda counter: c.OpenCounter(counter=counter),
    e.CounterClosed: lambda counter: c.CloseCounter(counter=counter),
    e.CounterPaused: lambda counter: c.PauseCounter(counter=counter),
    e.CounterResumed: lambda counter: c.ResumeCounter(counter=counter),
}


def _desk(code: str, hand: _Hand) -> Desk:
    return Desk(code=code, presence=tuple(hand.presence), takings=tuple(hand.takings), tail_ms=tuple(hand.chances))


def _own(event: e.TicketCalled | e.TicketResumed) -> c.CallTicket | c.Resume | None:
    """The clerk's own choice, None for whoever was next."""
    if isinstance(event, e.TicketResumed):
        return c.Resume(ticket=event.ticket, counter=event.counter)
    if event.reason == Why.CHOSEN:
        return c.CallTicket(counter=event.counter, ticket=event.ticket, why=event.note or WALK_IN)
    return None


def ending(day: ServiceDay, event: e.Event) -> c.Command | None:
    """The act by which a ticket leaves a counter or the queue; None for an event that is none."""
    match event:
        case e.TicketFinished() | e.TicketUnserved():
            return c.Finish(ticket=event.ticket)
        case e.TicketNoShow():
            return c.NoShow(ticket=event.ticket)
        case e.TicketHeld():
            return c.Hold(ticket=event.ticket)
        case e.TicketRequeued():
            return c.Requeue(ticket=event.ticket)
        case e.TicketLeft():
            return c.Leave(ticket=event.ticket)
        case e.TicketVoided():
            return c.Void(ticket=event.ticket, why=event.why)
        case e.TicketTransferred():
            return _transfer(day.tickets[event.ticket], event)
        case _:
            return None


def _transfer(ticket: Ticket, event: e.TicketTransferred) -> c.Command:
    """Sent on; or done here, and back to the counter that had sent them."""
    if ticket.status in IN_HAND and ticket.leg.back_to is not None and ticket.leg.back_to == event.to_counter:
        return c.Finish(ticket=ticket.id)
    return c.Transfer(
        ticket=ticket.id,
        service=event.service,
        to_counter=event.to_counter,
        counter=event.back_to,
        returns=event.back_to is not None,
    )


def services(found: Script) -> Iterator[tuple[str, int]]:
    """Each stint that is known to its end: service, milliseconds."""
    for stints in found.stints.values():
        for stint in stints:
            if stint.takes_ms is not None and isinstance(stint.end, c.Finish):
                yield stint.service, stint.takes_ms
