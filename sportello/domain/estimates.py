"""How long somebody who takes a number now will wait: a range learnt from the days before, or nothing."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from sportello.domain.charter import Channel, standard_for
from sportello.domain.clock import Instant, elapsed, local_ms
from sportello.domain.past import (
    HALF_HOUR_MS,
    USUAL_S,
    Kind,
    Lanes,
    Pool,
    Waiting,
    due_ms,
    keys,
    kind_of,
    promised,
    queue_ahead,
    remaining,
)
from sportello.domain.plan import sessions
from sportello.domain.tickets import Counter, ServiceDay

ENOUGH = 24  # similar visits that must be known before a wait is told
MOST = 60  # of the similar visits, those nearest in the work that was ahead of them
STEP_S = 5 * 60  # ranges are told in steps of five minutes
NEAR, NEAR_S = 1.4, 180  # work ahead is similar within this factor and so many seconds
EASE_S = 300  # short waits differ by minutes, long ones by shares of themselves
ABOVE = 0.16  # at most this share of the similar visits may have waited longer than a range says
TWICE_S = 50 * 60  # a range says nothing when its upper end is more than twice the lower and this,
WIDEST_S = 60 * 60  # or when it is wider than this
LATE_S = 30 * 60  # or when it goes on so long after the doors close: who then still waits may not be called

FAR_MS = 1 << 62  # due after everybody else

Range = tuple[int, int]  # seconds, lower and upper end, both inside


def estimate(day: ServiceDay, service: str, now: Instant, *, priority: bool = False) -> Range | None:
    """The likely wait of who takes a number for a service now; None when it cannot be told credibly."""
    charter = day.charter(now.local().date()) or day.charter()
    promise = charter and standard_for(charter, service=service, site=day.plan.site, priority=priority)
    threshold_s = promise.threshold_s if promise else None
    return quote(day, service, now, start_ms=now.wall_ms, threshold_s=threshold_s, priority=priority)


def quote(
    day: ServiceDay,
    service: str,
    now: Instant,
    *,
    start_ms: int,
    threshold_s: int | None,
    priority: bool = False,
    channel: Channel = Channel.WALK_IN,
) -> Range | None:
    """The range told with a number whose wait counts from `start_ms` and whose standard is `threshold_s`.

    It holds the shortest run of five-minute steps in which enough of the most similar visits were called. Nothing is
    told where no counter takes the service now, where too few visits are similar, where the clock is not trusted,
    or where the range would be too wide to be of use.
    """
    kind = kind_of(priority=priority, booked=channel is Channel.APPOINTMENT)
    promise_s = promised(threshold_s, day.plan.rule)
    counters = at_work(day, service)
    if not counters or not now.trusted or not day.past.pools:
        return None
    ahead_s = work_ahead(day, service, now, counters, due_ms(start_ms, promise_s, day.plan.rule), kind)
    half_hour = (start_ms - local_ms(now.local().date(), 0)) // HALF_HOUR_MS
    for key in keys(service, kind, half_hour, promise_s):
        similar = nearest(day.past.pools.get(key, ()), ahead_s)
        if len(similar) >= ENOUGH:
            found = shortest(adjusted(similar, ahead_s), day.past.level(service))
            return found if found and (start_ms + found[1] * 1000) <= ends_ms(day, now) + LATE_S * 1000 else None
    return None


def ends_ms(day: ServiceDay, now: Instant) -> int:
    """When the session ends that is on or comes next today."""
    local = now.local()
    if day.plan.always_open:
        return FAR_MS
    minute = local.hour * 60 + local.minute
    end = next((one.end for one in sessions(day.plan, local.date()) if minute < one.end), None)
    return now.wall_ms if end is None else local_ms(local.date(), end)


def at_work(day: ServiceDay, service: str) -> list[Counter]:
    """The counters that are open, do not pause, and take this service."""
    return [
        counter
        for place in day.plan.places
        if (not place.services or service in place.services)
        and (counter := day.counters.get(place.code)) is not None
        and counter.open
        and not counter.paused
    ]


def work_ahead(
    day: ServiceDay, service: str, now: Instant, counters: Sequence[Counter], before_ms: int, kind: Kind
) -> float:
    """Seconds of work for each of these counters before somebody who is due at `before_ms` has their turn."""
    taken = {place.code: place.services for place in day.plan.places}
    lanes = Lanes(tuple(taken.get(code, ()) for code, one in day.counters.items() if one.open and not one.paused))
    shares: dict[str, float] = {}
    queue = list(_waiting(day, service, lanes, shares, now))
    busy = [held for counter in counters if (held := day.in_hand(counter.code)) is not None]
    if not queue and len(busy) < len(counters):
        return 0.0
    work_s = queue_ahead(queue, before_ms, kind, day.plan.rule)
    for ticket in busy:
        since = ticket.leg.called or ticket.leg.queued
        since_s = (now.mono_ms - since.mono_ms) / 1000 if since.boot == now.boot else elapsed(since, now).seconds
        work_s += remaining(mean_s(day, ticket.service), since_s)
    return work_s / max(1, len(counters))


def _waiting(day: ServiceDay, service: str, lanes: Lanes, shares: dict[str, float], now: Instant) -> Iterator[Waiting]:
    """Who waits and may be called, with the part of their work that falls to the counters of a service."""
    rule, now_ms = day.plan.rule, now.wall_ms
    for ticket in day.queue.values():
        if ticket.booked_ms is not None and ticket.booked_ms > now_ms:
            continue
        other = ticket.legs[-1].service
        if other not in shares:
            shares[other] = mean_s(day, other) * lanes.share(service, other)
        due = due_ms(ticket.clock_start_ms, promised(ticket.threshold_s, rule), rule)
        yield due, ticket.priority, shares[other]


def mean_s(day: ServiceDay, service: str) -> float:
    """Seconds a visit for this service takes at the counter: as learnt, as the charter expects, or as is usual."""
    learnt = day.past.means.get(service)
    if learnt is not None:
        return learnt
    charter = day.charter()
    sheet = charter.sheet(service) if charter else None
    return sheet.expected_minutes * 60.0 if sheet and sheet.expected_minutes else USUAL_S


def nearest(pool: Pool | tuple[()], ahead_s: float) -> Pool:
    """The visits of a pool that had about as much work ahead of them, at most MOST."""
    first = bisect_left(pool, (ahead_s / NEAR - NEAR_S,))
    last = bisect_left(pool, (ahead_s * NEAR + NEAR_S,))
    if last - first > MOST:
        middle = (bisect_left(pool, (ahead_s,)) + bisect_left(pool, (ahead_s + 1,))) // 2
        first = max(first, min(middle - MOST // 2, last - MOST))
        last = first + MOST
    return list(pool[first:last])


def adjusted(similar: Pool, ahead_s: float) -> list[float]:
    """Their waits, as they would have been with exactly this much work ahead."""
    eased = ahead_s + EASE_S
    return [max(0.0, ahead_s + (wait - before) * eased / (before + EASE_S)) for before, wait in similar]


def shortest(waits: Sequence[float], level: float) -> Range | None:
    """The shortest range, in whole steps, that holds this share of the waits; None when it is too wide to tell."""
    counts = [0] * (int(max(waits)) // STEP_S + 1)
    for wait in waits:
        counts[int(wait) // STEP_S] += 1
    needed, rest = level * len(waits), ABOVE * len(waits)
    best: tuple[int, int, int] | None = None  # width, held the other way round, first step
    first, held, above = 0, 0, len(waits)
    for last, count in enumerate(counts):
        held, above = held + count, above - count
        while held - counts[first] >= needed and first < last:
            held -= counts[first]
            first += 1
        if held >= needed and above <= rest:
            found = (last + 1 - first, -held, first)
            best = found if best is None else min(best, found)
    assert best is not None, "all the waits are a range"
    return useful((best[2] * STEP_S, (best[2] + best[0]) * STEP_S))


def useful(found: Range) -> Range | None:
    """The range, unless it is too wide to be of use."""
    low, high = found
    return found if high <= 2 * low + TWICE_S and high - low <= WIDEST_S else None


def together(found: Sequence[Range | None]) -> Range | None:
    """One range for several services, such as those of a letter; None unless each has its own."""
    known = [one for one in found if one is not None]
    if not known or len(known) < len(found):
        return None
    return useful((min(low for low, _ in known), max(high for _, high in known)))


def likely_after_closing(day: ServiceDay, service: str, now: Instant, *, priority: bool = False) -> bool:
    """Whether a number taken now will hardly be called before the session ends.

    By the lower end of the range; where none is told, by the plain work ahead of the counters that are open, or,
    before any is, of those planned.
    """
    likely = estimate(day, service, now, priority=priority)
    wait_s = likely[0] if likely else plain(day, service, now, priority=priority)
    return now.wall_ms + wait_s * 1000 > ends_ms(day, now)


def plain(day: ServiceDay, service: str, now: Instant, *, priority: bool = False) -> float:
    """Seconds until a counter is free for somebody who comes now, were every visit an average one."""
    kind = kind_of(priority=priority, booked=False)
    counters = at_work(day, service)
    if counters:
        return work_ahead(day, service, now, counters, FAR_MS, kind)
    planned = Lanes(tuple(place.services for place in day.plan.places))
    work_s = queue_ahead(_waiting(day, service, planned, {}, now), FAR_MS, kind, day.plan.rule)
    return work_s / max(1.0, len(planned.services) * planned.part(service))
