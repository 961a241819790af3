"""How often the radar asks: about months in which clerks help the figures along, and about honest, noisy ones."""

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappop, heappush
from itertools import count

from benchmarks.disciplines import OPEN_MIN, Visit, centre, instant, progress, visits
from sportello.charters import examples, read
from sportello.domain import commands as c
from sportello.domain.charter import Charter
from sportello.domain.clock import Instant
from sportello.domain.days import fold
from sportello.domain.disciplines import slack_s
from sportello.domain.errors import Refused
from sportello.domain.events import Recorded
from sportello.domain.plan import Plan
from sportello.domain.queueing import decide
from sportello.domain.signals import LONG, DayCounts, Kind, count_day, questions
from sportello.domain.tickets import ServiceDay, Ticket

LOAD = 1.05  # work brought / what the counters can do: a centre that is tempted
HELD, REQUEUED, VOIDED, SLOW = 0.02, 0.02, 0.01, 0.03  # honest noise: shares of the calls
OUTAGE = 0.05  # honest mornings on which the network was away and everybody stood still
Step = Callable[[float], None]


@dataclass(slots=True, kw_only=True)
class Room:
    """One morning with people in it; `cheat` helps the figures along in a share `often` of its occasions."""

    day: ServiceDay
    comers: Sequence[Visit]
    chance: random.Random
    cheat: Kind | None
    often: float
    when: Callable[[float], Instant] = instant  # so many seconds after the doors open
    name: str = "t"  # what the numbers' names begin with
    log: list[Recorded] = field(default_factory=list)
    inside: dict[str, Visit] = field(default_factory=dict)
    agenda: list[tuple[float, int, Step]] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=count)
    frozen_until: float = -1e9

    def run(self) -> list[Recorded]:
        self.do(c.OpenDay(), -1801)
        for n, comer in enumerate(self.comers):
            self.at(comer.at_s, self._arrival(comer, f"{self.name}{n}"))
        if self.chance.random() < OUTAGE:
            self.at(self.chance.uniform(1800, 9000), self._outage)
        if self.cheat is Kind.ISSUING_STOPPED and self.chance.random() < self.often:
            self.at(2 * 3600, lambda at_s: self.do(c.StopIssuing(why="sala piena"), at_s))
            self.at(3 * 3600, lambda at_s: self.do(c.ResumeIssuing(), at_s))
        for place in self.day.plan.places:
            self.at(0, self._free(place.code))
        while self.agenda and self.agenda[0][0] < OPEN_MIN * 60:
            at_s, _, step = heappop(self.agenda)
            step(at_s)
        self.do(c.CloseDay(), OPEN_MIN * 60)
        return self.log

    def at(self, at_s: float, step: Step) -> None:
        heappush(self.agenda, (at_s, next(self.order), step))

    def do(self, command: c.Command, at_s: float, name: str = "") -> None:
        at = self.when(at_s)
        try:
            events = decide(self.day, command, c.Occasion(at=at, actor="simulation", name=name))
        except Refused:
            return
        self.day, act = fold(self.day, events, at), f"{len(self.log)}"
        self.log += [
            Recorded(
                centre="x", epoch=1, seq=len(self.log) + n, at=at, day=None, actor="x", command_id=act, event=event
            )
            for n, event in enumerate(events, start=1)
        ]

    def _arrival(self, comer: Visit, name: str) -> Step:
        def step(at_s: float) -> None:
            self.inside[name] = comer
            self.do(c.IssueTicket(service=comer.service, priority=comer.priority), at_s, name)

        return step

    def _outage(self, at_s: float) -> None:
        self.do(c.StopIssuing(why="guasto"), at_s)
        self.frozen_until = at_s + 1500
        self.at(self.frozen_until, lambda later_s: self.do(c.ResumeIssuing(), later_s))

    # --- a counter -----------------------------------------------------------------------------------

    def _free(self, place: str) -> Step:
        def step(at_s: float) -> None:
            if at_s < self.frozen_until:
                self.at(self.frozen_until + 1, step)
                return
            self._before_calling(place, at_s)
            self.do(c.CallNext(counter=place), at_s + 1)
            held = self.day.in_hand(place)
            if held is None:
                self.at(at_s + 20, step)
            else:
                self._received(place, held, at_s + 1)

        return step

    def _before_calling(self, place: str, at_s: float) -> None:
        """Clerks who look at the clock of those who wait."""
        now, rule = self.when(at_s), self.day.plan.rule
        for ticket in self.day.waiting():
            slack, promise = slack_s(ticket, now, rule), ticket.threshold_s or 0
            if self.cheat is Kind.JUST_IN_TIME and 0 <= slack < 60 and self._now():
                self.do(c.CallTicket(counter=place, ticket=ticket.id, why="urgente"), at_s)
                self.do(c.Requeue(ticket=ticket.id), at_s + 0.5)
            if self.cheat is Kind.LONG_VOIDED and slack < (1 - LONG) * promise and self._now(0.3):
                self.do(c.Void(ticket=ticket.id, why="errore di stampa"), at_s)

    def _received(self, place: str, ticket: Ticket, at_s: float) -> None:
        comer, noise = self.inside[ticket.id], self.chance.random()
        walk_s = self.chance.uniform(15, 90) + (self.chance.uniform(120, 300) if noise < SLOW else 0)
        long = slack_s(ticket, self.when(at_s), self.day.plan.rule) < (1 - LONG) * (ticket.threshold_s or 0)
        if self.cheat is Kind.QUICK_ABSENCE and self._now():
            self._end(place, c.NoShow(ticket=ticket.id), at_s + self.chance.uniform(3, 10))
        elif self.cheat is Kind.LONG_REQUEUED and long and self._now():
            self._end(place, c.Requeue(ticket=ticket.id), at_s + 8)
        elif comer.absent:
            self.at(at_s + 45, lambda later_s: self.do(c.Recall(ticket=ticket.id), later_s))
            self._end(place, c.NoShow(ticket=ticket.id), at_s + 90)
        elif noise > 1 - REQUEUED:
            self._end(place, c.Requeue(ticket=ticket.id), at_s + self.chance.uniform(20, 60))
        elif noise > 1 - REQUEUED - VOIDED:
            self._end(place, c.Void(ticket=ticket.id, why="doppione"), at_s + 30)
        else:
            late_s = self.chance.uniform(240, 900) if self.cheat is Kind.LATE_START and self._now() else 0
            self._served(place, ticket, at_s, walk_s + late_s, comer.takes_s)

    def _served(self, place: str, ticket: Ticket, at_s: float, walk_s: float, takes_s: float) -> None:
        self.at(at_s + walk_s, lambda later_s: self.do(c.Start(ticket=ticket.id), later_s))
        held = self.chance.random() < HELD
        self._end(place, (c.Hold if held else c.Finish)(ticket=ticket.id), at_s + walk_s + takes_s)

    def _end(self, place: str, act: c.Command, at_s: float) -> None:
        self.at(at_s, lambda later_s: self.do(act, later_s))
        self.at(at_s + self.chance.uniform(2, 20), self._free(place))

    def _now(self, part: float = 1.0) -> bool:
        return self.chance.random() < self.often * part


def month(charter: Charter, plan: Plan, cheat: Kind | None, often: float, days: int, seed: int) -> list[DayCounts]:
    """What the radar counts of a month of mornings, the same for the same seed."""
    first, found = date(2026, 11, 2), []
    for n in range(days):
        chance = random.Random(seed * 1009 + n)
        comers = visits(charter, len(plan.places), LOAD * chance.uniform(0.8, 1.1), seed * 1009 + n)
        room = Room(
            day=ServiceDay(plan=plan, charters=(charter,)), comers=comers, chance=chance, cheat=cheat, often=often
        )
        found.append(count_day(first + timedelta(days=n), room.run()))
    return found


def rate(charter: Charter, plan: Plan, cheat: Kind | None, often: float, months: int, days: int) -> tuple[int, int]:
    """Of so many months, about how many a question of this kind (any kind, for honest ones) was asked."""
    asked = 0
    for seed in range(1, months + 1):
        kinds = {one.kind for one in questions(month(charter, plan, cheat, often, days, seed))}
        asked += bool(kinds) if cheat is None else cheat in kinds
    return asked, months


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=20, help="months of each sort (default: %(default)s)")
    parser.add_argument("--days", type=int, default=20, help="mornings in a month (default: %(default)s)")
    asked = parser.parse_args()
    charter = read(examples()["como"], "como")
    plan = centre(charter)
    sorts: list[tuple[Kind | None, float]] = [
        (None, 0.0),
        *((kind, often) for kind in Kind for often in (0.1, 0.2, 0.4)),
    ]
    rows = []
    for done, (cheat, often) in enumerate(sorts, start=1):
        hits, of = rate(charter, plan, cheat, often, asked.months, asked.days)
        rows.append((cheat or "honest", f"{often:.0%}", f"{hits} of {of}"))
        progress(done, len(sorts))
    print(f"{asked.months} months of {asked.days} mornings at a load of {LOAD}")
    for name, often_text, found in rows:
        print(f"{name:<18}{often_text:>6}{found:>12}")


if __name__ == "__main__":
    main()
