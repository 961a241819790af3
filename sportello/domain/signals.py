"""Days on which the figures may have been helped along: questions about the process, never about a person.

A standard on waits can be kept on paper only: a number is called and nobody received, marked absent at once, put back
in line or voided when it has waited long, or no more numbers are given while counters work. Each of these happens
honestly now and then; a question is asked where it happened more often than chance explains.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import comb

from sportello.domain import events as e
from sportello.domain.clock import Instant, Quality, elapsed
from sportello.domain.disciplines import Why
from sportello.domain.events import Recorded
from sportello.domain.script import kept

LATE_S = 3 * 60  # called, and not received for longer than this
AT_ONCE_S = 15  # marked absent sooner than anybody could come
LAST_S = 60  # the last stretch before a threshold
LONG = 0.8  # of the threshold: a wait that is about to miss it
STOPPED_S = 15 * 60  # without numbers, while counters called
ALPHA = 0.001  # chance of a question where nothing is wrong, over the whole answer
FEWEST = 3  # fewer than this are nobody's pattern


class Kind(StrEnum):
    """What is asked about."""

    LATE_START = "late_start"
    QUICK_ABSENCE = "quick_absence"
    JUST_IN_TIME = "just_in_time"
    LONG_REQUEUED = "long_requeued"
    LONG_VOIDED = "long_voided"
    ISSUING_STOPPED = "issuing_stopped"


# how often each may happen honestly, of the occasions it has; docs/radar.md says how these were chosen
HONEST: Mapping[Kind, float] = {
    Kind.LATE_START: 0.06,
    Kind.QUICK_ABSENCE: 0.02,
    Kind.JUST_IN_TIME: 0.10,
    Kind.LONG_REQUEUED: 0.04,
    Kind.LONG_VOIDED: 0.03,
    Kind.ISSUING_STOPPED: 0.0,  # not a matter of chance: each time is told
}


@dataclass(slots=True)
class Count:
    """`n` occasions, of which `k` went the way that is asked about."""

    k: int = 0
    n: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """What is counted of one service day, by kind and service. No counter and no clerk is in it."""

    day: date
    counts: Mapping[tuple[Kind, str], Count]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something to ask about one service: `k` of `n` occasions in the period, and on which days most."""

    kind: Kind
    service: str
    k: int
    n: int
    usual: float  # share that would raise no question
    days: tuple[tuple[date, int, int], ...]  # day, k, n; the most striking first


def questions(days: Sequence[DayCounts]) -> tuple[Question, ...]:
    """Where something happened more often than chance explains, in order of kind and service."""
    sums: dict[tuple[Kind, str], Count] = {}
    for one in days:
        for key, count in one.counts.items():
            total = sums.setdefault(key, Count())
            total.k, total.n = total.k + count.k, total.n + count.n
    tests = max(1, sum(count.n > 0 for count in sums.values()))
    found = [key for key, count in sums.items() if striking(key[0], count, ALPHA / tests)]
    return tuple(_question(kind, service, sums[kind, service], days) for kind, service in sorted(found))


def striking(kind: Kind, count: Count, alpha: float) -> bool:
    """Whether `k` of `n` is more than honest chance gives, at the level `alpha` (one-sided exact binomial test)."""
    if kind is Kind.ISSUING_STOPPED:
        return count.k > 0
    return count.k >= FEWEST and tail(count.k, count.n, HONEST[kind]) < alpha


def tail(k: int, n: int, p: float) -> float:
    """The chance of `k` or more successes in `n` tries of probability `p`."""
    return 1.0 - sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k))


def _question(kind: Kind, service: str, total: Count, days: Sequence[DayCounts]) -> Question:
    own = [(one.day, count.k, count.n) for one in days if (count := one.counts.get((kind, service))) and count.k]
    own.sort(key=lambda row: (-row[1], row[0]))
    return Question(kind=kind, service=service, k=total.k, n=total.n, usual=HONEST[kind], days=tuple(own[:5]))


# --- counting a day ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Visit:
    """A ticket as far as the day has been read."""

    service: str
    issued: Instant
    clock_start_ms: int
    threshold_s: int | None
    wait_s: int | None = None  # to the first call
    called: Instant | None = None  # the last call
    chosen: bool = False
    started: bool = False  # since the last call
    ever_started: bool = False
    recalled: bool = False
    in_hand: bool = False
    done: set[Kind] = field(default_factory=set)

    def waited_s(self, now: Instant) -> int | None:
        since = elapsed(self.issued, now, not_before_ms=self.clock_start_ms)
        return None if since.quality is Quality.SUSPECT else since.seconds

    @property
    def in_time(self) -> bool:
        """Called in the last stretch before its standard would have been missed."""
        return (
            self.wait_s is not None
            and self.threshold_s is not None
            and (self.threshold_s - LAST_S <= self.wait_s <= self.threshold_s)
        )

    def long(self, wait_s: int | None) -> bool:
        return wait_s is not None and self.threshold_s is not None and wait_s >= LONG * self.threshold_s


def count_day(day: date, recorded: Iterable[Recorded]) -> DayCounts:
    """Count one service day from its events."""
    reader = _Reader()
    for one in kept(recorded):
        reader.read(one)
    return DayCounts(day=day, counts=reader.counts())


@dataclass(slots=True)
class _Reader:
    visits: dict[str, _Visit] = field(default_factory=dict)
    starts: int = 0
    stops: dict[str, tuple[Instant, int]] = field(default_factory=dict)  # service -> since when, calls before
    calls: int = 0
    stopped: dict[str, int] = field(default_factory=dict)  # service -> stops while counters called

    def read(self, one: Recorded) -> None:
        event, now = one.event, one.at
        match event:
            case e.TicketIssued():
                self.visits[event.ticket] = _Visit(
                    service=event.service,
                    issued=now,
                    clock_start_ms=event.clock_start_ms,
                    threshold_s=event.threshold_s,
                )
            case e.IssuingStopped():
                self.stops.setdefault(event.service, (now, self.calls))
            case e.IssuingResumed():
                for service in [event.service] if event.service else list(self.stops):
                    self._resumed(service, now)
            case e.DayClosed():
                for service in list(self.stops):
                    self._resumed(service, now)
            case _ if visit := self.visits.get(getattr(event, "ticket", "")):
                self._visit(visit, event, now)

    def _resumed(self, service: str, now: Instant) -> None:
        since, before = self.stops.pop(service, (now, self.calls))
        if elapsed(since, now).seconds >= STOPPED_S and self.calls - before >= FEWEST:
            self.stopped[service] = self.stopped.get(service, 0) + 1

    def _visit(self, visit: _Visit, event: e.Event, now: Instant) -> None:
        match event:
            case e.TicketCalled():
                self.calls += 1
                visit.wait_s = visit.waited_s(now) if visit.called is None else visit.wait_s
                visit.called, visit.in_hand, visit.started, visit.recalled = now, True, False, False
                visit.chosen = visit.chosen or event.reason == Why.CHOSEN
            case e.TicketRecalled():
                visit.recalled = True
            case e.TicketStarted():
                self.starts += 1
                visit.started = visit.ever_started = True
                if self._since_call(visit, now) > LATE_S:
                    visit.done.add(Kind.LATE_START)
            case e.TicketNoShow():
                if not visit.recalled and self._since_call(visit, now) <= AT_ONCE_S:
                    visit.done.add(Kind.QUICK_ABSENCE)
                visit.in_hand = False
            case e.TicketHeld() | e.TicketRequeued():
                if visit.in_hand and not visit.started and visit.long(visit.wait_s):
                    visit.done.add(Kind.LONG_REQUEUED)
                visit.in_hand = False
            case e.TicketVoided():
                if visit.long(visit.waited_s(now) if visit.called is None else visit.wait_s):
                    visit.done.add(Kind.LONG_VOIDED)
                visit.in_hand = False
            case e.TicketFinished():
                visit.in_hand = False

    def _since_call(self, visit: _Visit, now: Instant) -> int:
        return elapsed(visit.called, now).seconds if visit.called else 0

    def counts(self) -> Mapping[tuple[Kind, str], Count]:
        says_start = self.starts * 2 >= self.calls  # where nobody presses «inizia», a late start cannot be seen
        found: dict[tuple[Kind, str], Count] = {}
        for visit in self.visits.values():
            for kind, hit in _occasions(visit, says_start=says_start):
                count = found.setdefault((kind, visit.service), Count())
                count.n += 1
                count.k += hit
        for service, stops in self.stopped.items():
            found[Kind.ISSUING_STOPPED, service] = Count(k=stops, n=stops)
        return found


def _occasions(visit: _Visit, *, says_start: bool) -> Iterable[tuple[Kind, bool]]:
    """What could have been done to a visit, and whether it was."""
    done = visit.done
    if visit.called is not None:
        yield Kind.QUICK_ABSENCE, Kind.QUICK_ABSENCE in done
        if says_start and visit.ever_started:
            yield Kind.LATE_START, Kind.LATE_START in done
        if visit.in_time:
            nobody = bool(done & {Kind.QUICK_ABSENCE, Kind.LONG_REQUEUED}) or (says_start and Kind.LATE_START in done)
            yield Kind.JUST_IN_TIME, visit.chosen or nobody
        if visit.long(visit.wait_s):
            yield Kind.LONG_REQUEUED, Kind.LONG_REQUEUED in done
    if visit.long(visit.wait_s) or Kind.LONG_VOIDED in done:
        yield Kind.LONG_VOIDED, Kind.LONG_VOIDED in done
