"""Which discipline keeps the promise to most: the same simulated mornings, decided by the real rules, side by side."""

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from heapq import heappop, heappush
from math import log, sqrt

from sportello.charters import examples, read
from sportello.domain import commands as c
from sportello.domain.charter import Charter
from sportello.domain.clock import ROME, Instant, wall_ms
from sportello.domain.days import fold
from sportello.domain.disciplines import promise_s
from sportello.domain.plan import Discipline, NextRule, Plan, plan_for
from sportello.domain.queueing import decide
from sportello.domain.tickets import ServiceDay, Ticket

SITE = "cpi-como"
DAY = date(2026, 11, 24)  # a Tuesday
LOADS = (0.8, 0.95, 1.05, 1.2)
# who comes without an appointment: service -> share of the morning. Standards of 10, 15, 20 and 30 minutes
MIX = {"A21": 10, "A01": 22, "A06": 16, "C01": 4, "A02": 22, "A10": 10, "A18": 4, "A19": 4, "A20": 8}
PRIORITY = 0.08
AT_OPENING = 0.12  # are there before the doors open
ABSENT = 0.04  # called, and gone
ABSENT_S = 60  # how long a counter waits for them
SPREAD = 0.6  # of service times: standard deviation / mean
EARLY_MIN, OPEN_MIN, LAST_MIN = 30, 240, 210  # minutes before and after the doors open


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody who will come: when (seconds after the doors open), for what, and how long it takes."""

    at_s: float
    service: str
    priority: bool
    absent: bool
    takes_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What became of one ticket. `turn`: the how-manieth call of the morning it was; None: never called."""

    wait_s: int  # up to the first call, or to the close-out
    promise_s: int
    priority: bool
    turn: int | None
    passed_by: int  # how many who came later were called before


@dataclass(slots=True, kw_only=True)
class Morning:
    """A centre at work on one morning."""

    day: ServiceDay
    coming: list[Visit]  # the next one last
    inside: dict[str, Visit] = field(default_factory=dict)  # ticket -> who holds it
    called: list[str] = field(default_factory=list)  # tickets in the order of their calls

    def do(self, command: c.Command, at_s: float, name: str = "") -> None:
        at = instant(at_s)
        occasion = c.Occasion(at=at, actor="simulation", name=name)
        self.day = fold(self.day, decide(self.day, command, occasion), at)

    def let_in(self, until_s: float) -> None:
        while self.coming and self.coming[-1].at_s <= until_s:
            visit = self.coming.pop()
            name = f"t{len(self.inside)}"
            self.inside[name] = visit
            self.do(c.IssueTicket(service=visit.service, priority=visit.priority), visit.at_s, name)

    def end(self, place: str, at_s: float) -> None:
        held = self.day.in_hand(place)
        if held:
            self.do((c.NoShow if self.inside[held.id].absent else c.Finish)(ticket=held.id), at_s)

    def call(self, place: str, at_s: float) -> float | None:
        """When this counter is free again; None when nobody comes any more."""
        self.do(c.CallNext(counter=place), at_s)
        held = self.day.in_hand(place)
        if held is None:
            return self.coming[-1].at_s if self.coming else None
        self.called.append(held.id)
        visit = self.inside[held.id]
        return at_s + (ABSENT_S if visit.absent else visit.takes_s)


def instant(at_s: float) -> Instant:
    """Seconds after the doors open, on the day of the simulation."""
    doors = wall_ms(datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=ROME))
    return Instant(wall_ms=doors + round(at_s * 1000), mono_ms=10_000_000 + round(at_s * 1000), boot="simulation")


def centre(charter: Charter) -> Plan:
    """The centre of Como as its charter founds it, with numbers from half an hour before the doors open."""
    site = charter.site(SITE)
    assert site is not None
    return replace(plan_for(charter, site), early_min=EARLY_MIN, last_number_min=OPEN_MIN - LAST_MIN, patron="")


def minutes(charter: Charter, service: str) -> int:
    sheet = charter.sheet(service)
    assert sheet is not None
    assert sheet.expected_minutes is not None
    return sheet.expected_minutes


def visits(charter: Charter, counters: int, load: float, seed: int) -> list[Visit]:
    """A morning's visitors. `load`: the work they bring / what the counters can do while the doors are open."""
    chance = random.Random(seed)
    mean = sum(share * minutes(charter, service) for service, share in MIX.items()) / sum(MIX.values())
    n = round(load * counters * OPEN_MIN / mean)
    return sorted((_visit(charter, chance) for _ in range(n)), key=lambda visit: visit.at_s)


def _visit(charter: Charter, chance: random.Random) -> Visit:
    service = chance.choices(list(MIX), list(MIX.values()))[0]
    before, during = -EARLY_MIN * chance.random(), LAST_MIN * chance.triangular(0, 1, 0.15)  # most come early
    at_min = before if chance.random() < AT_OPENING else during
    sigma = sqrt(log(1 + SPREAD**2))
    takes_min = chance.lognormvariate(log(minutes(charter, service)) - sigma**2 / 2, sigma)
    return Visit(
        at_s=at_min * 60,
        service=service,
        priority=chance.random() < PRIORITY,
        absent=chance.random() < ABSENT,
        takes_s=max(30, takes_min * 60),
    )


def morning(plan: Plan, charter: Charter, comers: Sequence[Visit]) -> Morning:
    """The whole morning, decided by the rules of `sportello.domain`, to the close-out."""
    now = Morning(day=ServiceDay(plan=plan, charters=(charter,)), coming=list(reversed(comers)))
    now.do(c.OpenDay(), -EARLY_MIN * 60 - 1)
    free = [(0.0, place.code) for place in plan.places]  # when each counter is free
    while free and free[0][0] < OPEN_MIN * 60:
        at_s, place = heappop(free)
        now.let_in(at_s)
        now.end(place, at_s)
        again = now.call(place, at_s)
        if again is not None:
            heappush(free, (again, place))
    now.let_in(OPEN_MIN * 60)
    now.do(c.CloseDay(), OPEN_MIN * 60)
    return now


def seen(now: Morning) -> list[Seen]:
    turns = {ticket: turn for turn, ticket in enumerate(now.called)}
    tickets = sorted(now.day.tickets.values(), key=lambda ticket: ticket.place)
    order = [turns.get(ticket.id) for ticket in tickets]
    return [_seen(ticket, order[n], order[n + 1 :]) for n, ticket in enumerate(tickets)]


def _seen(ticket: Ticket, turn: int | None, later: Sequence[int | None]) -> Seen:
    wait = ticket.wait(instant(OPEN_MIN * 60))
    assert wait is not None
    return Seen(
        wait_s=wait.seconds,
        promise_s=promise_s(ticket, NextRule()),
        priority=ticket.priority,
        turn=turn,
        passed_by=sum(1 for other in later if other is not None and (turn is None or other < turn)),
    )


def row(load: float, name: str, found: Sequence[Seen]) -> Sequence[str]:
    """One line of the table: a discipline at a load, over all its mornings."""
    called = [one for one in found if one.turn is not None]
    ordinary, priority = ([one for one in found if one.priority is flag] for flag in (False, True))
    return (
        f"{load:.2f}",
        name,
        share(found),
        *(f"{ranked(called, rank) / 60:.0f}" for rank in (50, 90, 100)),
        f"{len(found) - len(called)}",
        f"{max(one.wait_s / one.promise_s for one in found):.1f}",
        f"{sum(one.passed_by for one in found) / len(found):.1f}",
        f"{max(one.passed_by for one in found)}",
        share(ordinary),
        f"{ranked([one for one in ordinary if one.turn is not None], 90) / 60:.0f}",
        share(priority),
        f"{ranked([one for one in priority if one.turn is not None], 90) / 60:.0f}",
    )


def share(found: Sequence[Seen]) -> str:
    """Called within the standard, of all who took a number: who is never called is a breach."""
    return f"{100 * kept(found):.1f}"


def kept(found: Sequence[Seen]) -> float:
    return sum(one.turn is not None and one.wait_s <= one.promise_s for one in found) / max(1, len(found))


def ranked(found: Sequence[Seen], rank: int) -> int:
    """Nearest-rank percentile of the waits, seconds."""
    waits = sorted(one.wait_s for one in found)
    return waits[-(-len(waits) * rank // 100) - 1] if waits else 0


def rules(guards: Sequence[int]) -> dict[str, NextRule]:
    """Each discipline as a new centre has it, and the default one with other guards."""
    others = {f"… guard {guard}": NextRule(guard=guard) for guard in guards}
    return {one.value: NextRule(discipline=one) for one in Discipline} | others


def measure(charter: Charter, load: float, rule: NextRule, days: int, seed: int) -> list[Seen]:
    """What `days` mornings at this load come to under a rule; the same mornings for the same seed."""
    plan = replace(centre(charter), rule=rule)
    mornings = (visits(charter, len(plan.places), load, seed * 1_000_003 + n) for n in range(days))
    return [one for comers in mornings for one in seen(morning(plan, charter, comers))]


HEAD = ("load", "discipline", "kept %", "P50", "P90", "max", "unserved", "worst ×", "passed", "most",
        "ord. %", "ord. P90", "prio. %", "prio. P90")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=40, help="mornings at each load (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--guards", type=int, nargs="*", default=(), help="further guards of earliest_due to compare")
    asked = parser.parse_args()
    charter = read(examples()["como"], "como")
    rows, compared = [], rules(asked.guards)
    for load in LOADS:
        for name, rule in compared.items():
            rows.append(row(load, name, measure(charter, load, rule, asked.days, asked.seed)))
            progress(len(rows), len(LOADS) * len(compared))
    form = "{:<6}{:<16}" + "{:>10}" * (len(HEAD) - 2)
    print(f"{asked.days} mornings at each load, seed {asked.seed}; waits in minutes")
    for line in (HEAD, *rows):
        print(form.format(*line))


def progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r[{'#' * done}{'.' * (of - done)}]", end="\n" if done == of else "", file=sys.stderr)


if __name__ == "__main__":
    main()
