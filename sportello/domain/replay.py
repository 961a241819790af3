"""A recorded day lived again: the same people, the same counters, decided anew by the rules of the live queue.

With the settings of that day the calls come in the real order; with others they show what would have happened.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from heapq import heappop, heappush
from itertools import count
from statistics import median

from sportello.domain import commands as c
from sportello.domain import events as e
from sportello.domain.clock import Instant
from sportello.domain.days import fold
from sportello.domain.errors import Refused
from sportello.domain.queueing import decide
from sportello.domain.script import Ask, Desk, Script, Taking, ready, services
from sportello.domain.tickets import ServiceDay

Step = Callable[[int], bool]  # done at an instant; whether it may have changed who can be called
USUAL_MS = 10 * 60_000  # a visit to a counter, where the day taught nothing
PROMPT_MS = 10_000  # how long a counter takes to call, where the day taught nothing
ACTOR = "replay"


class Turn(IntEnum):
    """What goes first of things at one instant."""

    PRESENCE = 0  # who is there, outages, the plan
    LATER = 1  # acts on tickets at no counter
    ASK = 2
    END = 3  # of a passage at a counter
    DUE = 4  # an appointment's hour
    CALL = 5


@dataclass(slots=True)
class _Chair:
    """A counter of the replay: how far it is in its recorded day."""

    desk: Desk
    taking: int = 0  # the next of its takings
    chance: int = 0  # and of that one's chances
    asked: int | None = None  # the number of the call that is to come
    until_ms: int = 0  # how long its hands are full
    wanted: list[c.Command] = field(default_factory=list)  # pauses and goodbyes that wait for empty hands

    @property
    def next(self) -> Taking | None:
        return self.desk.takings[self.taking] if self.taking < len(self.desk.takings) else None

    def chance_ms(self, usual_ms: int) -> int:
        """How long until it calls, now that somebody can be called."""
        chances = self.next.chances_ms if self.next else self.desk.tail_ms
        return chances[self.chance] if self.chance < len(chances) else usual_ms


def replay(script: Script) -> ServiceDay:
    """The day as it ends: every ticket with its calls and what became of it."""
    return Replay(script).run()


class Replay:
    """One day at work. `order` is filled with the tickets as they are called."""

    def __init__(self, script: Script) -> None:
        self.order: list[str] = []
        self._script = script
        self._day = ServiceDay(plan=script.plan, charters=script.charters)
        self._chairs = {desk.code: _Chair(desk=desk) for desk in script.desks}
        self._phase: dict[str, int] = {}  # ticket -> passages at a counter so far
        self._agenda: list[tuple[int, Turn, int, Step]] = []
        self._dropped: set[int] = set()  # what was planned and is not to happen
        self._n = count()
        self._lasts = _medians(script)
        self._prompt_ms = _prompt(script)

    def run(self) -> ServiceDay:
        """Live the day to its close-out."""
        script = self._script
        self._do(c.OpenDay(), script.opened_ms)
        presence = (one for desk in script.desks for one in desk.presence)
        for at_ms, command in (*script.others, *presence):
            self._plan(at_ms, Turn.PRESENCE, partial(self._presence, command))
        for ask in script.asks:
            self._plan(ask.at_ms, Turn.ASK, partial(self._ask, ask))
        while self._agenda and self._agenda[0][0] <= script.closed_ms:
            at_ms, _, n, step = heappop(self._agenda)
            if n in self._dropped:
                self._dropped.discard(n)
            elif step(at_ms):
                self._look(at_ms)
        self._do(c.CloseDay(), script.closed_ms)
        return self._day

    def _plan(self, at_ms: int, turn: Turn, step: Step) -> int:
        n = next(self._n)
        heappush(self._agenda, (at_ms, turn, n, step))
        return n

    def _do(self, command: c.Command, at_ms: int, name: str = "") -> tuple[e.Event, ...]:
        """What the rules of the live queue make of it; nothing where they refuse."""
        at = _instant(at_ms)
        try:
            events = decide(self._day, command, c.Occasion(at=at, actor=ACTOR, name=name))
        except Refused:
            return ()
        self._day = fold(self._day, events, at)
        return events

    # --- who comes, and what they do ---------------------------------------------------------------

    def _presence(self, command: c.Command, at_ms: int) -> bool:
        code = getattr(command, "counter", None)
        if code is not None and self._day.counter(code).ticket and not isinstance(command, c.OpenCounter):
            self._chairs[code].wanted.append(command)
            return False
        return bool(self._do(command, at_ms))

    def _ask(self, ask: Ask, at_ms: int) -> bool:
        if ask.counter and self._taken_in(ask, at_ms):
            return True
        events = self._do(self._asking(ask), at_ms, ask.ticket)
        if not any(isinstance(event, e.TicketIssued) for event in events):
            return bool(events)
        if ask.booked_ms is not None and ask.booked_ms > at_ms:
            self._plan(ask.booked_ms, Turn.DUE, lambda _: True)
        self._plan_later(ask.ticket, at_ms)
        return True

    def _taken_in(self, ask: Ask, at_ms: int) -> bool:
        """Whether the counter that took this visitor in at once can do so again."""
        chair = self._chairs[ask.counter]
        own = chair.next.act if chair.next else None
        free = self._day.counter(ask.counter).ticket is None or chair.until_ms == at_ms
        if not (free and isinstance(own, c.CallTicket) and own.ticket == ask.ticket):
            return False
        command = c.WalkIn(counter=ask.counter, service=ask.service, priority=ask.priority, at_once=True)
        self._do(command, at_ms, ask.ticket)
        self._took(chair, ask.ticket, at_ms)
        return True

    def _asking(self, ask: Ask) -> c.Command:
        if ask.booked_ms is not None:
            return c.CheckIn(service=ask.service, booked_ms=ask.booked_ms, priority=ask.priority)
        if ask.admitted:
            return c.WalkIn(counter=self._day.plan.places[0].code, service=ask.service, priority=ask.priority)
        return c.IssueTicket(service=ask.service, priority=ask.priority)

    def _plan_later(self, ticket: str, at_ms: int) -> None:
        """What its holder did, or what was done to it, while it was at no counter."""
        phase = self._phase.get(ticket, 0)
        for later in self._script.later.get((ticket, phase), ()):
            self._plan(at_ms + later.after_ms, Turn.LATER, partial(self._later, ticket, phase, later.act))

    def _later(self, ticket: str, phase: int, act: c.Command, at_ms: int) -> bool:
        """An act on a ticket that is still where it was."""
        return self._phase.get(ticket, 0) == phase and bool(self._do(act, at_ms))

    # --- counters ----------------------------------------------------------------------------------

    def _look(self, at_ms: int) -> None:
        """Each free counter makes up its mind when to call."""
        now = _instant(at_ms)
        for chair in self._chairs.values():
            own = chair.next is not None and chair.next.act is not None
            if own:
                self._look_own(chair, at_ms)
            elif ready(self._day, chair.desk.code, now):
                if chair.asked is None:
                    chair.asked = self._plan(
                        at_ms + chair.chance_ms(self._prompt_ms), Turn.CALL, partial(self._call, chair)
                    )
            elif chair.asked is not None:
                self._dropped.add(chair.asked)
                chair.asked, chair.chance = None, chair.chance + 1

    def _look_own(self, chair: _Chair, at_ms: int) -> None:
        """The clerk's own choice comes so long after the counter was first free."""
        here = self._day.counter(chair.desk.code)
        free = here.open and not here.paused and here.ticket is None
        if free and chair.asked is None and chair.next is not None:
            chair.asked = self._plan(at_ms + chair.next.after_ms, Turn.CALL, partial(self._call, chair))

    def _call(self, chair: _Chair, at_ms: int) -> bool:
        """The counter takes somebody, if there is anybody to take; who is in its hands is finished by that."""
        own, code = chair.next.act if chair.next else None, chair.desk.code
        self._unplan(chair)
        self._do(own or c.CallNext(counter=code), at_ms)
        ticket = self._day.counter(code).ticket
        if own or ticket:
            self._took(chair, ticket, at_ms)
        return True

    def _unplan(self, chair: _Chair) -> None:
        if chair.asked is not None:
            self._dropped.add(chair.asked)
        chair.asked = None

    def _took(self, chair: _Chair, ticket: str | None, at_ms: int) -> None:
        """One taking is over, and somebody is in hand or nobody was there."""
        own = chair.next.act if chair.next else None
        self._unplan(chair)
        chair.taking, chair.chance = min(chair.taking + 1, len(chair.desk.takings)), 0
        if ticket is None:
            return
        if not isinstance(own, c.Resume):
            self.order.append(ticket)
        chair.until_ms = at_ms + self._takes_ms(ticket, at_ms)
        self._plan(chair.until_ms, Turn.END, partial(self._leave, ticket, self._phase.get(ticket, 0), chair))

    def _takes_ms(self, ticket: str, at_ms: int) -> int:
        """How long it stays at the counter: as it was, or as its service usually takes."""
        stints, phase = self._script.stints.get(ticket, ()), self._phase.get(ticket, 0)
        known = stints[phase].takes_ms if phase < len(stints) else None
        if known is not None:
            return known
        usual = self._lasts.get(self._day.tickets[ticket].service, USUAL_MS)
        unended = phase < len(stints) and stints[phase].takes_ms is None
        return max(usual, self._script.closed_ms - at_ms + 1) if unended else usual

    def _leave(self, ticket: str, phase: int, chair: _Chair, at_ms: int) -> bool:
        """A passage ends by the act that ended it, or is simply finished where the day knows none."""
        stints, code = self._script.stints.get(ticket, ()), chair.desk.code
        stint = stints[phase] if phase < len(stints) else None
        self._phase[ticket] = phase + 1
        if self._day.counter(code).ticket == ticket:
            if stint and stint.called_on and not chair.wanted:
                self._call(chair, at_ms)
            else:
                self._do(stint.end if stint else c.Finish(ticket=ticket), at_ms)
        if self._day.counter(code).ticket == ticket:
            self._do(c.Finish(ticket=ticket), at_ms)
        self._plan_later(ticket, at_ms)
        while chair.wanted and self._day.counter(code).ticket is None:
            self._do(chair.wanted.pop(0), at_ms)
        return True


def _instant(at_ms: int) -> Instant:
    return Instant(wall_ms=at_ms, mono_ms=at_ms, boot=ACTOR)


def _medians(script: Script) -> Mapping[str, int]:
    """How long each service usually took that day."""
    taken: dict[str, list[int]] = {}
    for service, takes_ms in services(script):
        taken.setdefault(service, []).append(takes_ms)
    return {service: round(median(found)) for service, found in taken.items()}


def _prompt(script: Script) -> int:
    """How long a counter usually took to call once somebody was there."""
    taken: Sequence[int] = [one.chances_ms[-1] for desk in script.desks for one in desk.takings if one.chances_ms]
    return round(median(taken)) if taken else PROMPT_MS
