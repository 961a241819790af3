"""Whether the wait told with a number is kept: simulated centres, each number quoted from the days before it."""

import argparse
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import groupby
from math import pi, sin

from sportello import demo
from sportello.charters import examples, read
from sportello.domain import commands as c
from sportello.domain.charter import Charter, Sheet
from sportello.domain.clock import Instant, local_ms
from sportello.domain.days import fold
from sportello.domain.estimates import STEP_S, Range
from sportello.domain.past import DAYS, HALF_HOUR_MS, Kind, Past, Visit, kind_of, learn
from sportello.domain.plan import Opening, Plan, plan_for, sessions
from sportello.domain.queueing import decide
from sportello.domain.tickets import ServiceDay, Status, Ticket

SITES = ("cpi-como", "cpi-erba", "cpi-menaggio")  # 6, 3 and 2 counters
LOADS = (0.6, 0.8, 0.95, 1.1)  # the work visitors bring / what all counters can do while the doors are open
FIRST = date(2026, 1, 12)
SEASON, YEAR = 0.15, 120  # open days of the year: they come more and less by so much
MISSING = 0.2  # days on which one counter stays closed
NEW, NEW_FROM = "A06", 35  # a service that begins on this day
LATE_MS = 45 * 60_000  # how long after the doors close the clerks stay
SMALLEST = (0, STEP_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told with one number, and how long it then waited."""

    site: str
    load: float
    day: int
    service: str
    kind: Kind
    half_hour: int
    quote: Range | None
    wait_s: int | None  # None: never called
    others: Mapping[str, Range | None]  # what simpler ways would have told


@dataclass(slots=True, kw_only=True)
class Centre:
    """A centre at work on one day, decided by the real rules."""

    day: ServiceDay
    chance: random.Random
    coming: list[demo.Arrival]  # the next one last
    takes: dict[str, int] = field(default_factory=dict)  # ticket -> milliseconds its counter is taken
    absent: set[str] = field(default_factory=set)

    def do(self, command: c.Command, at_ms: int, name: str = "") -> None:
        at = instant(at_ms)
        occasion = c.Occasion(at=at, actor="simulation", name=name)
        self.day = fold(self.day, decide(self.day, command, occasion), at)

    def work(self, counters: Sequence[str], opening: Opening, label: date) -> None:
        """One session, from the doors to the last visitor the clerks still take."""
        start_ms, end_ms = local_ms(label, opening.start), local_ms(label, opening.end)
        free: list[tuple[int, str]] = []
        for code in counters:
            self.do(c.OpenCounter(counter=code, clerk="x"), start_ms)
            heappush(free, (start_ms + 1000, code))
        while free and free[0][0] < end_ms + LATE_MS:
            now_ms, code = heappop(free)
            self._let_in(min(now_ms, end_ms - 1))
            self._end(code, now_ms)
            again = self._call(code, now_ms, end_ms)
            if again is not None:
                heappush(free, (again, code))
        for code in counters:
            self._end(code, end_ms + LATE_MS)

    def _let_in(self, until_ms: int) -> None:
        while self.coming and self.coming[-1].at_ms <= until_ms:
            one, name = self.coming.pop(), f"t{len(self.day.tickets)}"
            self.do(c.IssueTicket(service=one.sheet.code, priority=one.priority), one.at_ms, name)
            self.takes[name] = one.service_s * 1000 + self.chance.randint(15_000, 70_000)
            if self.chance.random() < demo.ABSENT:
                self.absent.add(name)
                self.takes[name] = 90_000

    def _end(self, code: str, now_ms: int) -> None:
        held = self.day.in_hand(code)
        if held:
            self.do((c.NoShow if held.id in self.absent else c.Finish)(ticket=held.id), now_ms)

    def _call(self, code: str, now_ms: int, end_ms: int) -> int | None:
        """When this counter looks again; None when nobody comes any more in this session."""
        self.do(c.CallNext(counter=code), now_ms)
        held = self.day.in_hand(code)
        if held is not None:
            return now_ms + self.takes[held.id]
        if self.coming and self.coming[-1].at_ms < end_ms:
            return max(now_ms, self.coming[-1].at_ms) + self.chance.randint(2_000, 15_000)
        return None


def instant(at_ms: int) -> Instant:
    return Instant(wall_ms=at_ms, mono_ms=at_ms - local_ms(FIRST, 0) + 10_000_000, boot="simulation")


def open_days(plan: Plan, n: int) -> Iterator[date]:
    label = FIRST
    while n:
        if sessions(plan, label):
            yield label
            n -= 1
        label += timedelta(days=1)


def one_day(start: ServiceDay, sheets: Sequence[Sheet], label: date, load: float, chance: random.Random) -> ServiceDay:
    """A whole day: its visitors as the demo makes them, its counters, its close-out."""
    plan = start.plan
    counters = [place.code for place in plan.places]
    if len(counters) > 1 and chance.random() < MISSING:
        counters.remove(chance.choice(counters))
    whole = demo.arrivals(plan, sheets, label, len(plan.places), chance, load)
    at = Centre(day=start, chance=chance, coming=sorted(whole, key=lambda one: -one.at_ms))
    hours = sessions(plan, label)
    at.do(c.OpenDay(), local_ms(label, hours[0].start) - 1000)
    for opening in hours:
        at.work(counters, opening, label)
    at.do(c.CloseDay(), local_ms(label, hours[-1].end) + LATE_MS + 60_000)
    return at.day


def visit_of(ticket: Ticket, label: date) -> Visit:
    """A ticket as the ledger gives it back on later days."""
    wait, leg = ticket.wait(), ticket.legs[0]
    return Visit(
        day=label,
        service=leg.service,
        kind=kind_of(priority=ticket.priority, booked=ticket.booked_ms is not None),
        start_ms=ticket.clock_start_ms,
        threshold_s=ticket.threshold_s,
        called_ms=leg.called.wall_ms if leg.called else None,
        ended_ms=leg.ended.wall_ms if leg.ended else None,
        wait_s=wait.seconds if wait else None,
        absent=ticket.status is Status.NO_SHOW,
        quote_s=ticket.quote_s,
    )


def replay(charter: Charter, site: str, load: float, *, days: int, before: int, seed: int) -> Iterator[Told]:
    """`days` days of a centre, after `before` of which only the waits are known."""
    found = charter.site(site)
    assert found is not None
    plan, chance = plan_for(charter, found), random.Random(seed)
    lived: list[list[Visit]] = []
    start = ServiceDay(plan=plan, charters=(replace(charter, valid_from=FIRST),))
    for n, label in enumerate(open_days(plan, before + days)):
        sheets = [sheet for sheet in charter.sheets if sheet.code != NEW or n >= NEW_FROM]
        past = learn((visit for day in lived[-DAYS:] for visit in day), plan) if n >= before else Past()
        season = load * (1 + SEASON * sin(2 * pi * n / YEAR))
        ended = one_day(replace(start, past=past), sheets, label, season, chance)
        visits = sorted((visit_of(one, label) for one in ended.tickets.values()), key=lambda one: one.start_ms)
        if n >= before:
            yield from _told(site, load, n, visits, lived[-DAYS:])
        lived.append(visits)
        start = replace(ended, past=Past())


def _told(site: str, load: float, n: int, visits: Sequence[Visit], lived: Sequence[Sequence[Visit]]) -> Iterator[Told]:
    midnight = local_ms(visits[0].day, 0) if visits else 0
    by_half_hour = _by_half_hour(lived)
    for visit in visits:
        half_hour = (visit.start_ms - midnight) // HALF_HOUR_MS
        called = [one for one in visits if one.called_ms is not None and one.called_ms <= visit.start_ms]
        today = sorted((one for one in called if one.service == visit.service), key=lambda one: one.called_ms or 0)
        yield Told(
            site=site,
            load=load,
            day=n,
            service=visit.service,
            kind=visit.kind,
            half_hour=half_hour,
            quote=visit.quote_s,
            wait_s=visit.wait_s,
            others={
                LAST: middle([one.wait_s or 0 for one in today[-10:]], 10),
                QUANTILES: middle(by_half_hour.get((visit.service, half_hour), []), 30),
            },
        )


LAST, QUANTILES = "today's last ten", "plain quantiles by half-hour"


def _by_half_hour(lived: Sequence[Sequence[Visit]]) -> dict[tuple[str, int], list[int]]:
    found: dict[tuple[str, int], list[int]] = {}
    for day in lived:
        midnight = local_ms(day[0].day, 0) if day else 0
        for visit in day:
            if visit.wait_s is not None:
                key = visit.service, (visit.start_ms - midnight) // HALF_HOUR_MS
                found.setdefault(key, []).append(visit.wait_s)
    return found


def middle(waits: Iterable[int], enough: int) -> Range | None:
    """P10 to P90 of some waits, rounded outward to the same steps."""
    ranked = sorted(waits)
    if len(ranked) < enough:
        return None
    low, high = ranked[len(ranked) // 10], ranked[len(ranked) * 9 // 10]
    return low // STEP_S * STEP_S, max(STEP_S, -(-high // STEP_S) * STEP_S)


# --- what came of it ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How ranges were kept. Who was never called waited longer than any range said."""

    n: int
    quoted: int
    inside: int
    below: int
    above: int
    width_min: float

    @property
    def coverage(self) -> float:
        return self.inside / max(1, self.quoted)


def score(told: Iterable[Told], quote: Callable[[Told], Range | None] = lambda one: one.quote) -> Score:
    every = [(quote(one), one.wait_s) for one in told]
    pairs = [(found, wait) for found, wait in every if found is not None]
    below = sum(wait is not None and wait < found[0] for found, wait in pairs)
    above = sum(wait is None or wait > found[1] for found, wait in pairs)
    return Score(
        n=len(every),
        quoted=len(pairs),
        inside=len(pairs) - below - above,
        below=below,
        above=above,
        width_min=sum(found[1] - found[0] for found, _ in pairs) / 60 / max(1, len(pairs)),
    )


HEAD = ("", "numbers", "quoted", "inside %", "shorter %", "longer %", "width min")
FORM = "{:<34}" + "{:>11}" * (len(HEAD) - 1)


def row(name: object, found: Score) -> str:
    share = [f"{100 * part / max(1, found.quoted):.1f}" for part in (found.inside, found.below, found.above)]
    return FORM.format(str(name), found.n, found.quoted, *share, f"{found.width_min:.1f}")


def divided(told: Sequence[Told], by: Callable[[Told], object]) -> Iterator[str]:
    for name, group in groupby(sorted(told, key=lambda one: str(by(one))), key=by):
        yield row(name, score(group))


def clock(one: Told) -> str:
    return f"{one.half_hour // 2:02d}:{one.half_hour % 2 * 30:02d}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=60, help="days that are quoted (default: %(default)s)")
    parser.add_argument("--before", type=int, default=20, help="days of history before them (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    charter = read(examples()["como"], "como")
    told: list[Told] = []
    for n, (site, load) in enumerate((site, load) for site in SITES for load in LOADS):
        told += replay(charter, site, load, days=asked.days, before=asked.before, seed=asked.seed * 100 + n)
    print(f"{len(SITES)} centres at {len(LOADS)} loads, {asked.days} days each after {asked.before}, seed {asked.seed}")
    print(FORM.format(*HEAD))
    print(row("all", score(told)))
    print(row("… told more than «0–5 minutes»", score(told, lambda one: None if one.quote == SMALLEST else one.quote)))
    for other in (LAST, QUANTILES):
        print(row(other, score(told, partial(_other, other))))
    for by in (lambda one: f"load {one.load}", lambda one: one.site, clock, lambda one: one.kind.name.lower(),
               lambda one: one.service):  # fmt: skip
        print()
        print("\n".join(divided(told, by)))


def _other(name: str, one: Told) -> Range | None:
    return one.others[name]


if __name__ == "__main__":
    main()
