"""Other settings for a day that was: more counters, another rule, quota, hours, or more appointments."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sportello.domain import commands as c
from sportello.domain.clock import local_ms
from sportello.domain.plan import WEEKDAYS, NextRule, Opening, Place, Plan, sessions
from sportello.domain.script import Ask, Desk, Script, Stint

EARLY_MS = 5 * 60_000  # how long before the hour somebody with an appointment comes
NEAR_MS = 30 * 60_000  # a counter that opened so near the doors' opening opens with them
ADDED = "+"  # what the code of a counter begins with that was not there


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """So many counters more, or fewer, between two times of day."""

    by: int
    hours: Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be otherwise; what is not named stays as it was on each day."""

    shifts: tuple[Shift, ...] = ()
    rule: NextRule | None = None
    quotas: Mapping[str, int | None] = field(default_factory=dict)  # service -> numbers a day, None: no limit
    booked: Decimal = Decimal(0)  # share of those without an appointment who come by one
    hours: tuple[Opening, ...] | None = None


def changed(script: Script, change: Change, chance: random.Random) -> Script:
    """The same people on the same day, met by other settings. `chance` picks who comes by appointment."""
    if change.hours is not None:
        script = _with_hours(script, change.hours)
    script = _planned(script, change)
    for shift in change.shifts:
        script = _more(script, shift) if shift.by > 0 else _fewer(script, shift)
    return _booked(script, change.booked, chance) if change.booked else script


def lasting_otherwise(script: Script, pool: Mapping[str, Sequence[int]], chance: random.Random) -> Script:
    """The day with each passage as long as another one of its service, milliseconds drawn from `pool`."""

    def another(stint: Stint) -> Stint:
        known = pool.get(stint.service)
        usual = stint.takes_ms is not None and isinstance(stint.end, c.Finish) and known
        return replace(stint, takes_ms=chance.choice(known)) if usual and known else stint

    return replace(script, stints={ticket: tuple(map(another, own)) for ticket, own in script.stints.items()})


# --- the plan ----------------------------------------------------------------------------------------


def _planned(script: Script, change: Change) -> Script:
    """The plan of the morning and those adopted during the day, all changed."""
    others = tuple(
        (at_ms, replace(one, plan=_plan(one.plan, change)) if isinstance(one, c.AdoptPlan) else one)
        for at_ms, one in script.others
    )
    return replace(script, plan=_plan(script.plan, change), others=others)


def _plan(plan: Plan, change: Change) -> Plan:
    offers = tuple(
        replace(offer, quota=change.quotas[offer.service]) if offer.service in change.quotas else offer
        for offer in plan.offers
    )
    more = max((shift.by for shift in change.shifts), default=0)
    added = tuple(Place(code=f"{ADDED}{n}", name=f"{ADDED}{n}") for n in range(1, more + 1))
    return replace(plan, offers=offers, rule=change.rule or plan.rule, places=(*plan.places, *added))


def _with_hours(script: Script, hours: tuple[Opening, ...]) -> Script:
    """Other opening hours. Counters that opened with the doors still do, and who was served last still is."""
    before, weekday = sessions(script.plan, script.label), WEEKDAYS[script.label.weekday()]
    plan = replace(script.plan, hours={**script.plan.hours, weekday: hours}, always_open=False)
    if not before or not hours:
        return replace(script, plan=plan)
    doors = local_ms(script.label, before[0].start)
    earlier_ms = doors - local_ms(script.label, hours[0].start)
    later_ms = local_ms(script.label, hours[-1].end) - local_ms(script.label, before[-1].end)
    desks = tuple(_with_doors(desk, doors, earlier_ms) for desk in script.desks)
    return replace(
        script,
        plan=plan,
        desks=desks,
        opened_ms=min(script.opened_ms, script.opened_ms - earlier_ms),
        closed_ms=script.closed_ms + max(0, later_ms),
    )


def _with_doors(desk: Desk, doors_ms: int, earlier_ms: int) -> Desk:
    if not desk.presence or abs(desk.presence[0][0] - doors_ms) > NEAR_MS:
        return desk
    at_ms, first = desk.presence[0]
    return replace(desk, presence=((at_ms - earlier_ms, first), *desk.presence[1:]))


# --- counters ----------------------------------------------------------------------------------------


def _span(script: Script, hours: Opening) -> tuple[int, int]:
    return local_ms(script.label, hours.start), local_ms(script.label, hours.end)


def _more(script: Script, shift: Shift) -> Script:
    start, end = _span(script, shift.hours)
    desks = list(script.desks)
    for n in range(1, shift.by + 1):
        code = f"{ADDED}{n}"
        presence = ((start, c.OpenCounter(counter=code)), (end, c.CloseCounter(counter=code)))
        known = next((desk for desk in desks if desk.code == code), None)
        if known:
            desks[desks.index(known)] = replace(known, presence=(*known.presence, *presence))
        else:
            desks.append(Desk(code=code, presence=presence))
    return replace(script, desks=tuple(desks))


def _fewer(script: Script, shift: Shift) -> Script:
    """The counters that called least go without their clerk for a while."""
    start, end = _span(script, shift.hours)
    there = [desk for desk in script.desks if desk.takings and desk.presence and desk.presence[0][0] < end]
    gone = {desk.code for desk in sorted(there, key=lambda desk: len(desk.takings))[: -shift.by]}
    desks = tuple(_without(desk, start, end) if desk.code in gone else desk for desk in script.desks)
    return replace(script, desks=desks)


def _without(desk: Desk, start: int, end: int) -> Desk:
    """A counter paused between two instants; its clerk's own choices are left to the rule."""
    outside = [(at_ms, one) for at_ms, one in desk.presence if not start <= at_ms < end]
    inside = [(end, one) for at_ms, one in desk.presence if start <= at_ms < end]
    pause = (start, c.PauseCounter(counter=desk.code)), (end, c.ResumeCounter(counter=desk.code))
    return replace(
        desk,
        presence=tuple(sorted((*outside, *pause, *inside), key=lambda pair: pair[0])),
        takings=tuple(replace(taking, act=None) for taking in desk.takings),
    )


# --- appointments ------------------------------------------------------------------------------------


def _booked(script: Script, share: Decimal, chance: random.Random) -> Script:
    """Some of those who came on their own come by appointment instead, at hours spread over the opening."""
    free = [ask for ask in script.asks if ask.booked_ms is None and not ask.admitted]
    chosen = sorted(chance.sample(free, round(len(free) * share)), key=lambda ask: ask.at_ms)
    hours = dict(zip((ask.ticket for ask in chosen), _slots(script, len(chosen)), strict=True))
    asks = (_at(ask, hours[ask.ticket]) if ask.ticket in hours else ask for ask in script.asks)
    return replace(script, asks=tuple(sorted(asks, key=lambda ask: ask.at_ms)))


def _at(ask: Ask, booked_ms: int) -> Ask:
    return replace(ask, at_ms=booked_ms - EARLY_MS, booked_ms=booked_ms)


def _slots(script: Script, n: int) -> Iterator[int]:
    """`n` hours of appointment, evenly over the time in which numbers are given."""
    open_ms = (_span(script, opening) for opening in sessions(script.plan, script.label))
    lived = ((max(start, script.opened_ms), min(end, script.closed_ms)) for start, end in open_ms)
    spans = [(start, end) for start, end in lived if start < end] or [(script.opened_ms, script.closed_ms)]
    length = sum(end - start for start, end in spans)
    for place in range(n):
        into = length * (2 * place + 1) // (2 * n)
        for start, end in spans:
            if into < end - start:
                yield start + into // 60_000 * 60_000
                break
            into -= end - start
