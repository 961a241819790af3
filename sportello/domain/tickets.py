"""Tickets, their passages through the queues, and the day they live in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from sportello.domain.charter import Channel, Charter, in_force
from sportello.domain.clock import Elapsed, Instant, elapsed
from sportello.domain.past import Past
from sportello.domain.plan import Plan


class Status(StrEnum):
    """Where a ticket is; the last five are outcomes."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    FINISHED = "finished"
    NO_SHOW = "no_show"
    LEFT = "left"
    VOIDED = "voided"
    UNSERVED = "unserved"


IN_HAND = frozenset({Status.CALLED, Status.SERVING})
OUTCOMES = frozenset({Status.FINISHED, Status.NO_SHOW, Status.LEFT, Status.VOIDED, Status.UNSERVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One passage in one queue."""

    service: str
    queued: Instant
    counter: str | None = None  # asked for by a transfer, then the one that called
    back_to: str | None = None  # the counter the visitor returns to afterwards
    called: Instant | None = None  # the first call
    started: Instant | None = None
    ended: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One person's visit. `issued` and `clock_start_ms` never move, whatever happens to the ticket."""

    id: str  # unguessable
    letter: str
    number: int
    issued: Instant
    clock_start_ms: int  # from when the wait counts: issue, opening or appointment, the latest
    language: str
    priority: bool
    channel: Channel
    charter: str  # version in force at issue
    standard: str | None  # code of the standard declared for it
    threshold_s: int | None
    legs: tuple[Leg, ...]
    booked_ms: int | None = None
    quote_s: tuple[int, int] | None = None  # the likely wait told with the number: lower and upper end, seconds
    paper: bool = True  # whether a slip was wanted
    status: Status = Status.WAITING
    counter: str | None = None  # who has it in hand
    calls: int = 0
    copies: int = 0  # further sheets asked for
    reason: str = ""  # why it was called (see `disciplines.Why`)
    before: "Ticket | None" = None  # what an undo returns to
    acted: Instant | None = None
    acted_by: str | None = None  # counter of the last act
    place: int = 0  # how many numbers of any letter were given before it today

    @property
    def leg(self) -> Leg:
        return self.legs[-1]

    @property
    def service(self) -> str:
        return self.legs[-1].service

    @property
    def code(self) -> str:
        """The number as printed, shown and spoken: A042."""
        return f"{self.letter}{self.number:03d}"

    @property
    def eligible_ms(self) -> int:
        """From when it may be called: an appointment not before its time."""
        return self.booked_ms or self.issued.wall_ms

    def first_call(self) -> Instant | None:
        """When the visitor was first called, in whichever passage: one who waits may be sent on uncalled."""
        return next((leg.called for leg in self.legs if leg.called), None)

    def wait(self, now: Instant | None = None) -> Elapsed | None:
        """Clock start to first call; up to `now` while nobody has called, None without either."""
        end = self.first_call() or now
        return elapsed(self.issued, end, not_before_ms=self.clock_start_ms) if end else None

    def with_leg(self, **changes: object) -> tuple[Leg, ...]:
        """The legs with the current one changed."""
        return (*self.legs[:-1], replace(self.leg, **changes))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One call as the room sees and hears it. `n` counts the day's announcements: 1, 2, 3 …, never reused."""

    n: int
    ticket: str
    code: str
    counter: str
    again: bool  # a recall
    at: Instant
    language: str  # of the visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A counter today."""

    code: str
    open: bool = False
    paused: bool = False  # open, but nobody is called for a while
    clerk: str = ""  # pseudonym of who is logged in
    ticket: str | None = None  # in hand
    last: str | None = None  # the ticket an undo at this counter speaks of
    calls: tuple[str, ...] = ()  # why its last calls were made, newest last; without those a clerk chose


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDay:
    """All that a decision needs to know: the day, its plan, and who is where."""

    plan: Plan
    number: int = 0  # days opened since the centre exists
    charters: tuple[Charter, ...] = ()
    label: date | None = None  # None before the very first day
    open: bool = False
    tickets: Mapping[str, Ticket] = field(default_factory=dict)
    queue: Mapping[str, Ticket] = field(default_factory=dict)  # those of `tickets` who wait
    counters: Mapping[str, Counter] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)  # letter -> last number given
    issued: Mapping[str, int] = field(default_factory=dict)  # service -> numbers given
    stopped: Mapping[str, str] = field(default_factory=dict)  # service ("" = all) -> reason of the outage
    calls: tuple[str, ...] = ()  # why the last calls were made, newest last; without those a clerk chose
    announcements: tuple[Announcement, ...] = ()  # the last ones, newest last
    announced: int = 0  # how many today
    turned_away: int = 0
    helps: Mapping[str, Instant] = field(default_factory=dict)  # where somebody asked for a clerk -> since when
    past: Past = field(default_factory=Past)  # what the days before teach about waits
    fence: int = 0  # after a restore, numbers of days up to `fence_until` go on from here
    fence_until: date | None = None

    def charter(self, day: date | None = None) -> Charter | None:
        """The version in force on a day, today's by default."""
        wanted = day or self.label
        return in_force(self.charters, wanted) if wanted else None

    def last_number(self, letter: str) -> int:
        """The last number given today under a letter; numbers that a restore may have lost count as given."""
        fenced = self.label is not None and self.fence_until is not None and self.label <= self.fence_until
        return max(self.numbers.get(letter, 0), self.fence if fenced else 0)

    def waiting(self) -> list[Ticket]:
        """Those who may be called once eligible, in the order they took their numbers."""
        return sorted(self.queue.values(), key=lambda ticket: ticket.place)

    def counter(self, code: str) -> Counter:
        return self.counters.get(code) or Counter(code=code)

    def in_hand(self, counter: str) -> Ticket | None:
        """The ticket a counter has called or is serving."""
        ticket = self.counter(counter).ticket
        return self.tickets.get(ticket) if ticket else None
