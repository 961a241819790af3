"""What would have happened with other settings: recorded days lived again, and the answer in a range and in words."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sportello.domain.changes import Change, changed, lasting_otherwise
from sportello.domain.charter import Waits, judge
from sportello.domain.clock import Instant, elapsed
from sportello.domain.plan import WEEKDAYS, Opening
from sportello.domain.replay import Replay
from sportello.domain.script import Script, services
from sportello.domain.tickets import ServiceDay, Status, Ticket
from sportello.ledger import scripts
from sportello.ledger.sqlite import connect

TRIES = 5  # times each day is lived with the change
DRAWS = 400  # samples of the days, for the range
LOW, HIGH = 10, 90  # the range holds eight samples in ten
SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How many had a standard, how many were called within it, and how many got no number."""

    n: int = 0
    within: int = 0
    turned_away: int = 0

    @property
    def share(self) -> float | None:
        return self.within / self.n if self.n else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A recorded day as it was, and as it would have been."""

    label: date
    real: Kept
    other: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`low` and `high`: in eight samples of the days out of ten the share is between them."""

    days: tuple[Day, ...]
    recorded: int  # days of this centre's own log: of imported ones nobody knows which counter called
    reproduced: int  # of these, days whose calls came in the real order with the real settings
    low: float | None
    high: float | None

    @property
    def real(self) -> Kept:
        return together(one.real for one in self.days)

    @property
    def other(self) -> Kept:
        return together(one.other for one in self.days)


def answer(
    scripts: Sequence[Script],
    change: Change,
    *,
    service: str = "",
    tries: int = TRIES,
    done: Callable[[], object] = lambda: None,
) -> Answer:
    """Live the days with their own settings and with the change; `service` "" counts everybody.

    The share with the change is that of the days as they were; in further tries each passage at a counter lasts as long
    as another of its service, and the range comes from drawing days and tries at random (always the same draw).
    `done` is called after each day.
    """
    chance = random.Random(SEED)
    lived = [Replay(one) for one in scripts]
    ends = [one.run() for one in lived]
    real = [kept(end, service) for end in ends]
    reproduced = sum(
        tuple(again.order) == one.order and bool(one.order) for again, one in zip(lived, scripts, strict=True)
    )
    pool = durations(scripts)
    others: list[list[Kept]] = []
    for one, end in zip(scripts, ends, strict=True):
        new = changed(one, change, chance)
        versions = (new, *(lasting_otherwise(new, pool, chance) for _ in range(tries - 1)))
        others.append([kept(Replay(version).run(), service, promised(end)) for version in versions])
        done()
    days = tuple(
        Day(label=one.label, real=was, other=found[0]) for one, was, found in zip(scripts, real, others, strict=True)
    )
    low, high = _range(others, chance, together(one.other for one in days))
    return Answer(
        days=days,
        recorded=sum(bool(one.order) for one in scripts),
        reproduced=reproduced,
        low=low,
        high=high,
    )


def of_database(
    path: Path,
    centre: str,
    first: date,
    last: date,
    change: Change,
    *,
    weekday: str = "",
    service: str = "",
    most: int,
    done: Callable[[], object] = lambda: None,
) -> Answer:
    """The answer about a period of a centre's file, or of its last `most` days; `weekday` "" is every day."""
    db = connect(path)
    try:
        days = scripts.days(db, centre, first, last)
        wanted = [day for day in days if weekday in ("", WEEKDAYS[day.weekday()])][-most:]
        known = [scripts.of_day(db, centre, day) for day in wanted]
    finally:
        db.close()
    return answer([one for one in known if one is not None], change, service=service, done=done)


def durations(scripts: Iterable[Script]) -> Mapping[str, Sequence[int]]:
    """How long each service took at a counter, milliseconds, all days together."""
    found: dict[str, list[int]] = {}
    for script in scripts:
        for service, takes_ms in services(script):
            found.setdefault(service, []).append(takes_ms)
    return found


def promised(day: ServiceDay) -> Mapping[str, int]:
    """The standard each ticket really had, seconds."""
    return {name: ticket.threshold_s for name, ticket in day.tickets.items() if ticket.threshold_s is not None}


def kept(day: ServiceDay, service: str = "", promises: Mapping[str, int] | None = None) -> Kept:
    """What a day that is over comes to, by the definition of the wait, each ticket against its own standard.

    `promises`: standards for tickets that have none here, as those who now come by appointment where the charter
    promises something only to those who do not.
    """
    groups: dict[int, list[Ticket]] = {}
    for ticket in day.tickets.values():
        limit = ticket.threshold_s if ticket.threshold_s is not None else (promises or {}).get(ticket.id)
        if limit is not None and service in ("", ticket.legs[0].service):
            groups.setdefault(limit, []).append(ticket)
    verdicts = [judge(waits(found), threshold_s=limit, share=None) for limit, found in groups.items()]
    return Kept(
        n=sum(verdict.n for verdict in verdicts),
        within=sum(verdict.within for verdict in verdicts),
        turned_away=day.turned_away,
    )


def waits(tickets: Iterable[Ticket]) -> Waits:
    """The waits of tickets whose day is over."""
    called: list[int] = []
    left: list[int] = []
    unserved = voided = no_show = 0
    for ticket in tickets:
        wait = ticket.wait()
        if ticket.status is Status.VOIDED:
            voided += 1
        elif wait is not None:
            called.append(wait.seconds)
            no_show += ticket.status is Status.NO_SHOW
        elif ticket.status is Status.LEFT:
            left.append(_gave_up(ticket))
        else:
            unserved += 1
    return Waits(called=_counted(called), left=_counted(left), unserved=unserved, voided=voided, no_show=no_show)


def _gave_up(ticket: Ticket) -> int:
    end: Instant = ticket.leg.ended or ticket.issued
    return elapsed(ticket.issued, end, not_before_ms=ticket.clock_start_ms).seconds


def _counted(seconds: Sequence[int]) -> list[int]:
    counts = [0] * (max(seconds, default=-1) + 1)
    for second in seconds:
        counts[second] += 1
    return counts


def together(found: Iterable[Kept]) -> Kept:
    known = list(found)
    return Kept(
        n=sum(one.n for one in known),
        within=sum(one.within for one in known),
        turned_away=sum(one.turned_away for one in known),
    )


def _range(others: Sequence[Sequence[Kept]], chance: random.Random, found: Kept) -> tuple[float | None, float | None]:
    """Between which shares the change comes out, drawing days and tries with replacement; `found` is inside."""
    if found.share is None:
        return None, None
    drawn = (together(chance.choice(chance.choice(others)) for _ in others) for _ in range(DRAWS))
    shares = sorted(one.share for one in drawn if one.share is not None)
    low, high = shares[len(shares) * LOW // 100], shares[min(len(shares) - 1, len(shares) * HIGH // 100)]
    return min(low, found.share), max(high, found.share)


# --- in words ----------------------------------------------------------------------------------------

ASSUMED: Mapping[str, tuple[str, ...]] = {
    "it": (
        "Le stesse persone arrivano alle stesse ore, salvo chi verrebbe su appuntamento.",
        "Ogni servizio dura quanto è durato; per chi non fu chiamato, quanto dura di solito quel giorno.",
        "Chi rinunciò rinuncia dopo la stessa attesa, se non è stato chiamato prima.",
        "Decidono le stesse regole della fila vera, con la Carta in vigore quel giorno.",
        "L'intervallo contiene otto risultati su dieci, estraendo a caso giorni e durate.",
    ),
    "en": (
        "The same people come at the same times, except those who would come by appointment.",
        "Each passage takes as long as it took; who was not called takes what their service usually took that day.",
        "Who gave up gives up after the same wait, unless called before.",
        "The rules of the real queue decide, with the charter in force on that day.",
        "The range holds eight results in ten, drawing days and durations at random.",
    ),
}


def told(found: Answer, change: Change, language: str) -> Iterator[str]:
    """The answer as lines of text, with what it assumes."""
    yield from sentences(found, change, language)
    yield ""
    yield from (f"- {sentence}" for sentence in ASSUMED["en" if language == "en" else "it"])


def sentences(found: Answer, change: Change, language: str) -> Iterator[str]:
    """The answer, sentence by sentence."""
    say = _ENGLISH if language == "en" else _ITALIAN
    if found.real.share is None or found.other.share is None or found.low is None or found.high is None:
        yield say["nothing"]
        return
    yield say["days"].format(days=len(found.days), first=found.days[0].label, last=found.days[-1].label)
    yield say["change"].format(change="; ".join(described(change, language)))
    yield finding(found, language)
    if found.other.turned_away != found.real.turned_away:
        yield say["turned_away"].format(real=found.real.turned_away, other=found.other.turned_away)
    yield say["reproduced" if found.recorded else "imported"].format(n=found.reproduced, days=found.recorded)


def finding(found: Answer, language: str) -> str:
    """The answer in one sentence, where there is one."""
    shares = {"real": found.real.share, "other": found.other.share, "low": found.low, "high": found.high}
    say = _ENGLISH if language == "en" else _ITALIAN
    return say["answer"].format(**{name: _hundred(share) for name, share in shares.items() if share is not None})


def described(change: Change, language: str) -> Iterator[str]:
    """What is otherwise, part by part."""
    say = _ENGLISH if language == "en" else _ITALIAN
    for shift in change.shifts:
        one = "_one" if abs(shift.by) == 1 else ""
        yield say[("more" if shift.by > 0 else "fewer") + one].format(n=abs(shift.by), hours=_clock(shift.hours))
    if change.rule:
        yield say[change.rule.discipline.value]
    for service, quota in change.quotas.items():
        yield say["no_quota" if quota is None else "quota"].format(service=service, n=quota)
    if change.booked:
        yield say["booked"].format(n=_hundred(float(change.booked)))
    if change.hours:
        yield say["hours"].format(hours=", ".join(map(_clock, change.hours)))


def _hundred(share: float) -> int:
    return round(share * 100)


def _clock(hours: Opening) -> str:
    return "–".join(f"{minute // 60}:{minute % 60:02d}" for minute in (hours.start, hours.end))


_ITALIAN = {
    "nothing": "In questi giorni nessun numero con uno standard: niente da confrontare.",
    "days": "Giorni rivissuti: {days}, dal {first:%d/%m/%Y} al {last:%d/%m/%Y}.",
    "change": "Che cosa cambia: {change}.",
    "answer": "Da {real} a circa {other} persone su 100 chiamate entro lo standard (fra {low} e {high}).",
    "turned_away": "Persone senza numero: da {real} a {other}.",
    "reproduced": "Con le impostazioni vere l'ordine delle chiamate torna identico in {n} giorni su {days}.",
    "imported": "Questi giorni vengono da un'importazione: quale sportello chiamò non si sa, ed è supposto.",
    "more": "{n} sportelli in più, {hours}",
    "more_one": "uno sportello in più, {hours}",
    "fewer": "{n} sportelli in meno, {hours}",
    "fewer_one": "uno sportello in meno, {hours}",
    "fifo": "si chiama in ordine di arrivo",
    "ratio": "in ordine di arrivo, al più una precedenza ogni tante",
    "earliest_due": "prima chi è più vicino al tempo promesso",
    "quota": "al più {n} numeri al giorno per {service}",
    "no_quota": "nessun limite di numeri per {service}",
    "booked": "{n} persone su 100 vengono su appuntamento",
    "hours": "orario {hours}",
}
_ENGLISH = {
    "nothing": "No number with a standard on these days: nothing to compare.",
    "days": "Days lived again: {days}, from {first:%Y-%m-%d} to {last:%Y-%m-%d}.",
    "change": "What changes: {change}.",
    "answer": "From {real} to about {other} people in 100 called within the standard (between {low} and {high}).",
    "turned_away": "People without a number: from {real} to {other}.",
    "reproduced": "With the real settings the order of calls comes out the same on {n} days of {days}.",
    "imported": "These days were imported: which counter called is not known, and is supposed.",
    "more": "{n} counters more, {hours}",
    "more_one": "one counter more, {hours}",
    "fewer": "{n} counters fewer, {hours}",
    "fewer_one": "one counter fewer, {hours}",
    "fifo": "in order of arrival",
    "ratio": "in order of arrival, at most one precedence in so many",
    "earliest_due": "nearest to the promised time first",
    "quota": "at most {n} numbers a day for {service}",
    "no_quota": "no limit of numbers for {service}",
    "booked": "{n} people in 100 come by appointment",
    "hours": "hours {hours}",
}
