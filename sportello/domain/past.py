"""What the days before teach about a wait: how long services take, and how waits compared with the work ahead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from heapq import heappop, heappush
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from sportello.domain.clock import local_ms
from sportello.domain.plan import Discipline, NextRule, Plan

DAYS = 40  # open days that are looked back on,
VISITS = 10_000  # or fewer, in a centre where they would bring more visits than this
HALF_HOUR_MS = 30 * 60_000
USUAL_S = 15 * 60.0  # a visit of which nothing is known
NEVER_S = 6 * 3600
LONGEST_MS = 12 * 3600 * 1000
LONGEST_S = 2 * 3600  # a counter that forgot to press «finish» teaches no more than this
ABSENT_S = 90  # how long a counter waits for somebody who does not come
PRIOR = 5  # visits for which the mean of all services stands in, while a service is new
SLOT_MS = 10 * 60_000
NEAR_SLOTS = 3  # counters are those seen at work at once within half an hour before and after
AIM = 0.80  # share of the visits that a quoted range is to cover
LEVEL = 0.75  # share of the similar visits a range holds; rounding outward and short waits bring it to AIM
GAIN = 2.0  # how much a share of misses too many or too few moves it
LOWEST, HIGHEST = 0.70, 0.85  # how far the misses of the last days may move it
TOLD = 50  # quotes that must have been given for a service before its own misses move its level

Waiting = tuple[int, bool, float]  # one who waits: due at (ms), priority, seconds of work for the counters in question


class Kind(IntEnum):
    """Visitors who wait by rules of their own, and are compared with their like."""

    ORDINARY = 0
    PRIORITY = 1
    APPOINTMENT = 2


def kind_of(*, priority: bool, booked: bool) -> Kind:
    return Kind.APPOINTMENT if booked else Kind.PRIORITY if priority else Kind.ORDINARY


class Visit(NamedTuple):
    """A visit of a day that is over. A named tuple: twenty thousand of them are read at once."""

    day: date
    service: str
    kind: Kind
    start_ms: int  # from when the wait counts
    threshold_s: int | None  # the standard declared for it
    called_ms: int | None  # None: never called
    ended_ms: int | None  # None: nobody knows
    wait_s: int | None  # up to the first call; None where no clock can be relied upon
    absent: bool = False  # called, and did not come
    quote_s: tuple[int, int] | None = None

    def waited_s(self) -> int | None:
        """Seconds to the first call, longer than any range for who was never called; None for who gave up."""
        if self.called_ms is None:
            return NEVER_S if self.ended_ms is None else None
        return self.wait_s


Pool = list[tuple[float, int]]  # similar visits: seconds of work that were ahead of each counter, seconds waited
Key = tuple[str | int, Kind, int] | tuple[str | int, Kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The last open days, as far as they tell how long somebody will wait. Empty: nothing is known."""

    means: Mapping[str, float] = field(default_factory=dict)  # service -> mean seconds at the counter
    pools: Mapping[Key, Pool] = field(default_factory=dict)  # each in order of the work ahead
    levels: Mapping[str, float] = field(default_factory=dict)  # service, "" = all -> share of a pool a range holds

    def level(self, service: str) -> float:
        return self.levels.get(service) or self.levels.get("", LEVEL)


def keys(service: str, kind: Kind, half_hour: int, promise_s: int) -> tuple[Key, ...]:
    """The pools a visit belongs to, the most like it first: the same time of day, the service, the same standard."""
    return (service, kind, half_hour), (promise_s, kind, half_hour), (service, kind), (promise_s, kind)


def queue_ahead(waiting: Iterable[Waiting], due_ms: int, kind: Kind, rule: NextRule) -> float:
    """Seconds of work in the queue before somebody who is due at `due_ms`, in the order the discipline calls."""
    ordinary = priority = 0.0
    for other_ms, first, work_s in waiting:
        if first and rule.discipline is not Discipline.FIFO:
            priority += work_s
        elif other_ms <= due_ms:
            ordinary += work_s
    if kind is Kind.PRIORITY and rule.discipline is not Discipline.FIFO:
        return priority + min(ordinary, priority * (rule.priority_every - 1))
    return ordinary + priority


def due_ms(start_ms: int, promise_s: int, rule: NextRule) -> int:
    """The order of calls as a time: of the declared standard, or of the arrival where standards are not looked at."""
    return start_ms + (promise_s * 1000 if rule.discipline is Discipline.EARLIEST_DUE else 0)


def remaining(mean_s: float, since_s: float) -> float:
    """Seconds a visit at a counter may still take: never nothing, for it is not over."""
    return max(mean_s - since_s, mean_s / 4)


# --- learning --------------------------------------------------------------------------------------


def learn(visits: Iterable[Visit], plan: Plan) -> Past:
    """What these visits teach; in order of day and start."""
    known = list(visits)
    means = _means(known)
    lanes, services = Lanes(tuple(place.services for place in plan.places)), {visit.service for visit in known}
    shares = {one: {other: lanes.share(one, other) for other in services} for one in services}
    parts = {one: lanes.part(one) for one in services}
    pools: dict[Key, Pool] = {}
    for _, lived in groupby(known, key=attrgetter("day")):
        day = list(lived)
        midnight = local_ms(day[0].day, 0)
        room = _Room(plan=plan, means=means, counters=_at_work(day, means))
        for visit in day:
            ahead_s = room.ahead_s(visit, shares[visit.service], parts[visit.service])
            room.add(visit)
            waited_s = visit.waited_s()
            if waited_s is not None:
                promise_s = promised(visit.threshold_s, plan.rule)
                half_hour = (visit.start_ms - midnight) // HALF_HOUR_MS
                for key in keys(visit.service, visit.kind, half_hour, promise_s):
                    pools.setdefault(key, []).append((ahead_s, waited_s))
    for pool in pools.values():
        pool.sort()
    return Past(means=means, pools=pools, levels=_levels(known))


def _means(visits: Sequence[Visit]) -> dict[str, float]:
    """Mean seconds from call to end by service, drawn towards the mean of all where few are known."""
    sums: dict[str, list[float]] = {}
    for visit in visits:
        if visit.absent or (visit.ended_ms is not None and visit.called_ms is not None):
            taken = ABSENT_S if visit.absent else (visit.ended_ms - visit.called_ms) / 1000  # type: ignore[operator]
            found = sums.setdefault(visit.service, [0.0, 0])
            found[0] += min(LONGEST_S, max(0.0, taken))
            found[1] += 1
    of_all = sum(total for total, _ in sums.values()) / max(1, sum(n for _, n in sums.values()))
    return {service: (total + PRIOR * of_all) / (n + PRIOR) for service, (total, n) in sums.items()}


@dataclass(frozen=True, slots=True)
class Lanes:
    """Counters, each by the services it takes: none named is every service."""

    services: tuple[tuple[str, ...], ...]

    def alike(self) -> bool:
        """Whether every counter takes every service: the common case, and the quick one."""
        return not any(self.services)

    def part(self, service: str) -> float:
        """The share of the counters that take a service."""
        if self.alike():
            return 1.0
        return sum(not taken or service in taken for taken in self.services) / len(self.services)

    def share(self, service: str, other: str) -> float:
        """How much of the work for `other` falls to the counters that take `service`."""
        if self.alike():
            return 1.0
        there = [taken for taken in self.services if not taken or other in taken]
        return sum(not taken or service in taken for taken in there) / len(there) if there else 0.0


@dataclass(slots=True)
class _Room:
    """A day of the past as it stood when each of its visitors came."""

    plan: Plan
    means: Mapping[str, float]
    counters: Mapping[int, int]  # slot of ten minutes -> counters at work then
    queue: list[tuple[int, int, bool, float, str, int]] = field(default_factory=list)  # until, due, …, end
    hands: list[tuple[int, int, float, str]] = field(default_factory=list)  # until, since, mean, service

    def ahead_s(self, visit: Visit, shares: Mapping[str, float], part: float) -> float:
        """Seconds of work before this visit for each counter that takes its service."""
        now = visit.start_ms
        self._until(now)
        counters = self.counters.get(now // SLOT_MS, 1)
        if not self.queue and len(self.hands) < counters:
            return 0.0
        waiting = [(due, first, mean_s * shares[other]) for _, due, first, mean_s, other, _ in self.queue]
        work_s = queue_ahead(waiting, self._due_ms(visit), visit.kind, self.plan.rule)
        for _, since, mean_s, other in self.hands:
            left_s = mean_s - (now - since) / 1000  # as `remaining()`, in the loop that is run most
            work_s += (left_s if left_s > mean_s / 4 else mean_s / 4) * shares[other]
        return work_s / max(1.0, counters * part)

    def _until(self, now: int) -> None:
        """Who was called meanwhile goes to a counter, who is done leaves it."""
        gone = [one for one in self.queue if one[0] <= now]
        if gone:
            self.queue = [one for one in self.queue if one[0] > now]
            self.hands += [(end, called, mean_s, service) for called, _, _, mean_s, service, end in gone]
        self.hands = [one for one in self.hands if one[0] > now]

    def add(self, visit: Visit) -> None:
        mean_s = self.means.get(visit.service, USUAL_S)
        until = visit.called_ms or visit.ended_ms or visit.start_ms + LONGEST_MS
        end = until if visit.called_ms is None else _ended(visit, self.means)  # who gave up went to no counter
        self.queue.append((until, self._due_ms(visit), visit.kind is Kind.PRIORITY, mean_s, visit.service, end))

    def _due_ms(self, visit: Visit) -> int:
        return due_ms(visit.start_ms, promised(visit.threshold_s, self.plan.rule), self.plan.rule)


def promised(threshold_s: int | None, rule: NextRule) -> int:
    return rule.default_s if threshold_s is None else threshold_s


def _ended(visit: Visit, means: Mapping[str, float]) -> int:
    """When its counter was free again, as far as is known."""
    assert visit.called_ms is not None
    if visit.absent:
        return visit.called_ms + ABSENT_S * 1000
    return visit.ended_ms or visit.called_ms + round(means.get(visit.service, USUAL_S) * 1000)


def _at_work(visits: Sequence[Visit], means: Mapping[str, float]) -> dict[int, int]:
    """Counters by slot: the most that were busy at once shortly before or after.

    An imported visit does not say at which counter it was.
    """
    calls = sorted((visit.called_ms, _ended(visit, means)) for visit in visits if visit.called_ms is not None)
    most: dict[int, int] = {}
    busy: list[int] = []
    for called, ended in calls:
        while busy and busy[0] <= called:
            heappop(busy)
        heappush(busy, ended)
        slot = called // SLOT_MS
        most[slot] = max(most.get(slot, 0), len(busy))
    near = range(-NEAR_SLOTS, NEAR_SLOTS + 1)
    slots = range(min(most, default=0) - NEAR_SLOTS, max(most, default=0) + NEAR_SLOTS + 1)
    return {slot: max(most.get(slot + by, 1) for by in near) for slot in slots}


def _levels(visits: Sequence[Visit]) -> dict[str, float]:
    """How much of a pool a range has to hold, corrected by the misses of the quotes that were given.

    The correction is bounded: short waits, which the smallest range nearly always holds, never pay for long ones.
    """
    found: dict[str, list[int]] = {}
    for visit in visits:
        waited_s = visit.waited_s()
        if visit.quote_s is not None and waited_s is not None:
            hit = visit.quote_s[0] <= waited_s <= visit.quote_s[1]
            for service in (visit.service, ""):
                told = found.setdefault(service, [0, 0])
                told[0] += hit
                told[1] += 1
    return {
        service: min(HIGHEST, max(LOWEST, LEVEL + GAIN * (AIM - hits / n)))
        for service, (hits, n) in found.items()
        if n >= TOLD
    }
