"""Whatever people press, in whatever order, on whatever clock: what is always true of a day."""

import json
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sportello.domain import commands as c
from sportello.domain import events as e
from sportello.domain.clock import Instant
from sportello.domain.days import fold
from sportello.domain.disciplines import Why, age_s, due
from sportello.domain.errors import Refused
from sportello.domain.plan import Discipline, NextRule
from sportello.domain.queueing import callable_at
from sportello.domain.tickets import IN_HAND, OUTCOMES, ServiceDay, Status, Ticket
from tests.domain.room import CHARTER, PLAN, Room, moment

COUNTERS = st.sampled_from(("1", "2", "3"))
SERVICES = st.sampled_from(("quick", "slow", "firm"))
ACTS = st.sampled_from((c.Recall, c.Start, c.Finish, c.NoShow, c.Hold, c.Requeue, c.Leave, c.Reprint, c.GivePriority))
SECONDS = st.one_of(st.just(0), st.integers(1, 10), st.integers(60, 600))
ODD = ("act", "void", "choose", "check_in", "sit", "leave", "stop", "resume")
STEPS = st.one_of(st.integers(-600, 600), st.integers(-4000, 4000), st.integers(-90_000, 90_000))


class Day(RuleBasedStateMachine):
    """People at a small centre that opens early, with one counter of its own services."""

    @initialize(discipline=st.sampled_from(Discipline), every=st.integers(1, 4), guard=st.integers(1, 3))
    def begin(self, discipline: Discipline, every: int, guard: int) -> None:
        rules = NextRule(discipline=discipline, priority_every=every, guard=guard)
        self.room = Room(replace(PLAN, rule=rules), 8, 45)
        self.given: dict[tuple[int, str], list[int]] = defaultdict(list)
        self.arrivals: dict[str, tuple[Instant, int]] = {}
        self.ended: set[str] = set()  # tickets of days that are over
        self.take([("slow", False, 60), ("quick", False, 0), ("firm", False, 0), ("quick", True, 0)])
        self.room.forward(900)

    def press(self, command: c.Command) -> None:
        before = self.room.day
        try:
            happened = self.room.do(command)
        except Refused:
            assert self.room.day is before
            return
        self.nobody_waited_less(before)
        taken_back = {event.ticket for event in happened if isinstance(event, e.ActUndone)}
        for name in before.tickets.keys() & self.room.day.tickets.keys() - taken_back:
            first = before.tickets[name].first_call()
            assert first in (None, self.room.ticket(name).first_call())
        for event in happened:
            self.note(event)
        calls = [event for event in happened if isinstance(event, e.TicketCalled)]
        if calls and not any(isinstance(event, e.DayOpened) for event in happened):
            self.right_one(before, calls[0])

    def note(self, event: e.Event) -> None:
        kind, data = type(event).__name__, json.loads(json.dumps(e.to_data(event)))
        assert e.from_data(kind, data) == event
        if isinstance(event, e.TicketIssued):
            assert event.ticket not in self.arrivals
            self.given[self.room.day.number, event.letter].append(event.number)
            self.arrivals[event.ticket] = (self.room.at, event.clock_start_ms)

    def nobody_waited_less(self, before: ServiceDay) -> None:
        now = self.room.at
        for name, was in before.tickets.items():
            after = self.room.day.tickets.get(name)
            if after is None:
                self.ended.add(name)
                continue
            then, still = was.wait(now), after.wait(now)
            assert then is not None
            assert still is not None
            assert still.seconds >= then.seconds, (was, after)

    def right_one(self, before: ServiceDay, call: e.TicketCalled) -> None:
        """The order is what the discipline in force promises, told in another way than it is computed."""
        if call.reason == Why.CHOSEN:
            return
        now, rules = self.room.at, before.plan.rule
        could = [one for one in callable_at(before, call.counter, now) if due(one, now)]
        who = next(one for one in could if one.id == call.ticket)
        older = [one for one in could if (age_s(one, now), -one.place) > (age_s(who, now), -who.place)]
        if rules.discipline is Discipline.FIFO:
            assert older == []
        if rules.discipline is Discipline.RATIO:
            assert [one for one in older if one.priority is who.priority] == []
        if rules.discipline is Discipline.EARLIEST_DUE and call.reason != Why.PRIORITY_TURN:
            assert not any(self.overdue(one, rules) for one in older)
            assert call.reason == Why.WAITED_LONG or not any(self.overdue(one, rules) for one in could)
        if call.reason == Why.PRIORITY_TURN and not all(one.priority for one in could) and rules.priority_every > 1:
            assert Why.PRIORITY_TURN not in before.calls[1 - rules.priority_every :]

    def overdue(self, ticket: Ticket, rules: NextRule) -> bool:
        promise = ticket.threshold_s or rules.default_s
        return age_s(ticket, self.room.at) > promise * rules.guard

    # --- what people press -----------------------------------------------------------------------

    @rule(wanted=st.lists(st.tuples(SERVICES, st.booleans(), SECONDS), min_size=1, max_size=4))
    def take(self, wanted: list[tuple[str, bool, int]]) -> None:
        for service, priority, seconds in wanted:
            self.press(c.IssueTicket(service=service, priority=priority))
            self.room.forward(seconds)

    @rule(counters=st.lists(COUNTERS, min_size=1, max_size=4), seconds=SECONDS)
    def call(self, counters: list[str], seconds: int) -> None:
        """Clerks call, some at the same instant: each decision is made on what the one before left."""
        for counter in counters:
            self.press(c.CallNext(counter=counter))
        hands = [hand.id for counter in set(counters) if (hand := self.room.day.in_hand(counter))]
        assert len(hands) == len(set(hands))
        self.room.forward(seconds)

    def those(self, *statuses: Status) -> list[str]:
        return [one.id for one in self.room.day.tickets.values() if one.status in statuses]

    @precondition(lambda self: self.those(*IN_HAND))
    @rule(data=st.data(), act=ACTS, seconds=SECONDS)
    def act(self, data: st.DataObject, act: type[c.Recall], seconds: int) -> None:
        self.press(act(ticket=data.draw(st.sampled_from(self.those(*IN_HAND)))))
        self.room.forward(seconds)

    @precondition(lambda self: self.those(*IN_HAND, Status.WAITING, Status.HELD))
    @rule(data=st.data(), service=SERVICES, to=st.one_of(st.none(), COUNTERS))
    def transfer(self, data: st.DataObject, service: str, to: str | None) -> None:
        some = self.those(*IN_HAND, Status.WAITING, Status.HELD)
        self.press(c.Transfer(ticket=data.draw(st.sampled_from(some)), service=service, to_counter=to))

    @precondition(lambda self: self.those(Status.NO_SHOW, Status.HELD, Status.UNSERVED))
    @rule(data=st.data(), back=st.sampled_from((c.Requeue, c.Resume, c.CallTicket)), counter=COUNTERS)
    def come_back(self, data: st.DataObject, back: type[c.Command], counter: str) -> None:
        ticket = data.draw(st.sampled_from(self.those(Status.NO_SHOW, Status.HELD, Status.UNSERVED)))
        if back is c.CallTicket:
            self.press(c.CallTicket(ticket=ticket, counter=counter, why="prova"))
        elif back is c.Requeue:
            self.press(c.Requeue(ticket=ticket))
        else:
            self.press(c.Resume(ticket=ticket, counter=counter))

    @precondition(lambda self: self.latest())
    @rule(data=st.data(), seconds=st.integers(0, 3), closed=st.booleans())
    def undo(self, data: st.DataObject, seconds: int, closed: bool) -> None:
        """Of what was pressed last somewhere; now and then the clerk was already leaving."""
        one = data.draw(st.sampled_from(self.latest()))
        self.room.forward(seconds)
        if closed:
            self.press(c.CloseCounter(counter=one.acted_by or ""))
        self.press(c.Undo(ticket=one.id, counter=one.acted_by or ""))

    def latest(self) -> list[Ticket]:
        """What an undo might speak of, soon or a little too late."""
        now = self.room.at.mono_ms
        acted = [one for one in self.room.day.tickets.values() if one.before and one.acted_by and one.acted]
        return [one for one in acted if one.acted and one.acted.mono_ms + 7000 >= now]

    @precondition(lambda self: self.room.day.tickets)
    @rule(data=st.data(), kind=st.sampled_from(ODD), counter=COUNTERS)
    def odd(self, data: st.DataObject, kind: str, counter: str) -> None:
        """What happens more seldom, on any ticket whatever its status."""
        ticket = data.draw(st.sampled_from(list(self.room.day.tickets)))
        if kind == "act":
            self.press(data.draw(ACTS)(ticket=ticket))
        elif kind == "void":
            self.press(c.Void(ticket=ticket, why="prova"))
        elif kind == "choose":
            self.press(c.CallTicket(counter=counter, ticket=ticket, why="prova"))
        elif kind == "check_in":
            later = data.draw(st.integers(-60, 90))
            self.press(c.CheckIn(service="slow", booked_ms=self.room.at.wall_ms + later * 60_000))
        elif kind == "sit":
            self.press(c.OpenCounter(counter=counter, clerk="x"))
        elif kind == "leave":
            self.press(c.CloseCounter(counter=counter))
        elif kind == "stop":
            self.press(c.StopIssuing(why="guasto"))
        else:
            self.press(c.ResumeIssuing())

    # --- what clocks do --------------------------------------------------------------------------

    @rule(trouble=st.sampled_from(("none", "none", "close", "set", "doubted", "restart", "dead", "night")), by=STEPS)
    def clock(self, trouble: str, by: int) -> None:
        if trouble == "none":
            self.room.forward(abs(by) % 4000)
        elif trouble == "close":
            self.press(c.CloseDay())
            self.press(c.OpenDay())
        elif trouble == "night":
            self.sleep()
        elif trouble in ("set", "doubted"):
            self.room.step(by, trusted=trouble == "set")
        else:
            lost = trouble == "dead"
            self.room.restart(trusted=not lost, wall=moment(9) - 90_000_000 if lost else None)

    def sleep(self) -> None:
        """Until a little before the doors open on the next working day."""
        today = self.room.at.local().date()
        later = next(day for n in range(1, 8) if (day := today + timedelta(days=n)).weekday() < 5)
        self.room.forward((moment(8, 50, later) - self.room.at.wall_ms) / 1000)

    # --- what is always true ---------------------------------------------------------------------

    @invariant()
    def numbers_have_no_gap_and_no_double(self) -> None:
        for numbers in self.given.values():
            assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def nobody_is_lost(self) -> None:
        day = self.room.day
        assert self.arrivals.keys() - self.ended == day.tickets.keys()
        assert day.queue == {one.id: one for one in day.tickets.values() if one.status is Status.WAITING}
        if not day.open:
            assert all(one.status in OUTCOMES for one in day.tickets.values())

    @invariant()
    def who_is_in_hand_is_in_the_hands_of_one_open_counter(self) -> None:
        day = self.room.day
        in_hand = {one.id: one.counter for one in day.tickets.values() if one.status in IN_HAND}
        hands = {counter.ticket: code for code, counter in day.counters.items() if counter.ticket}
        assert in_hand == hands
        assert all(counter.open for counter in day.counters.values() if counter.ticket)

    @invariant()
    def an_arrival_never_moves(self) -> None:
        for name, ticket in self.room.day.tickets.items():
            assert (ticket.issued, ticket.clock_start_ms) == self.arrivals[name]

    def teardown(self) -> None:
        """The log alone leads to the same day."""
        if not hasattr(self, "room"):
            return
        again = ServiceDay(plan=self.room.day.plan, charters=(CHARTER,))
        for event, at in self.room.log:
            again = fold(again, (event,), at)
        assert again == self.room.day


TestDay = pytest.mark.timeout(60)(Day.TestCase)
TestDay.settings = settings(
    max_examples=250,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
