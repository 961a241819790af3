"""The plan of a centre: services, counters, opening hours, quotas and who is next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from sportello.domain.charter import Charter, Mode, Site
from sportello.domain.clock import local_ms

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Discipline(StrEnum):
    """The rule that says who is next (see `disciplines`)."""

    FIFO = "fifo"
    RATIO = "ratio"
    EARLIEST_DUE = "earliest_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRule:
    """A discipline with its settings.

    `priority_every`: at most one priority call in so many while ordinary visitors wait; with 1 there is no such limit,
    and no bound to an ordinary wait.
    `guard`: a ticket that has waited this many times its standard goes before all but a priority turn.
    `default_s`: the standard assumed where the charter declares none.
    """

    discipline: Discipline = Discipline.EARLIEST_DUE
    priority_every: int = 3
    guard: int = 3
    default_s: int = 20 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A session of opening hours, in minutes after local midnight."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A service of the charter as this centre gives numbers for it."""

    service: str
    letter: str
    quota: int | None = None  # numbers a day
    window: Opening | None = None  # numbers are given only between these minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A counter as planned."""

    code: str
    name: str
    services: tuple[str, ...] = ()  # empty: every service
    room: str = ""  # where it stands: "Piano 1"; empty where the centre has one room


NOTICE = 40
LANGUAGES = ("it", "it-facile", "en", "ro", "sq", "ar", "fr", "zh", "uk")  # of a kiosk nobody has set


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is in force at one site."""

    site: str
    name: str
    offers: tuple[Offer, ...]
    places: tuple[Place, ...]
    hours: Mapping[str, tuple[Opening, ...]]
    closures: Mapping[str, str] = field(default_factory=dict)  # "2026-12-24" -> reason
    patron: str = ""  # "MM-DD"
    early_min: int = 0  # numbers are given this long before opening; the wait begins at opening
    last_number_min: int = 30  # numbers stop this long before a session ends
    always_open: bool = False
    rule: NextRule = field(default_factory=NextRule)
    languages: tuple[str, ...] = LANGUAGES  # a visitor may choose from, in the order shown
    notice: str = ""  # one line on the board, at most NOTICE characters
    second_voice: bool = True  # a call is spoken again in the visitor's language
    feedback: bool = False  # visitors are asked how it went: counts only

    @property
    def rooms(self) -> tuple[str, ...]:
        """The rooms of this centre, in the order of its counters."""
        return tuple(dict.fromkeys(place.room for place in self.places if place.room))

    def offer(self, service: str) -> Offer | None:
        return next((offer for offer in self.offers if offer.service == service), None)

    def place(self, counter: str) -> Place | None:
        return next((place for place in self.places if place.code == counter), None)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (anonymous algorithm, Nature 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


FIXED_HOLIDAYS = ("01-01", "01-06", "04-25", "05-01", "06-02", "08-15", "11-01", "12-08", "12-25", "12-26")


def holiday(day: date, patron: str = "") -> bool:
    """Italian public holidays; Saint Francis again from 2026 (L. 151/2025)."""
    mark = f"{day:%m-%d}"
    return (
        mark in FIXED_HOLIDAYS
        or mark == patron
        or (mark == "10-04" and day.year >= 2026)
        or day in (easter(day.year), easter(day.year) + timedelta(days=1))
    )


def sessions(plan: Plan, day: date) -> tuple[Opening, ...]:
    """The opening sessions of a day, in order; none when the centre is closed."""
    if plan.always_open:
        return (Opening(start=0, end=24 * 60),)
    if plan.closures.get(day.isoformat()) is not None or holiday(day, plan.patron):
        return ()
    return plan.hours.get(WEEKDAYS[day.weekday()], ())


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def is_open(plan: Plan, moment: datetime) -> bool:
    """Whether the doors are open at this local time."""
    return any(opening.start <= _minute(moment) < opening.end for opening in sessions(plan, moment.date()))


def gives_numbers(plan: Plan, offer: Offer, moment: datetime) -> bool:
    """Whether a number for this service may be given at this local time."""
    if plan.always_open:
        return True
    minute = _minute(moment)
    inside = offer.window is None or offer.window.start <= minute < offer.window.end
    return inside and any(
        opening.start - plan.early_min <= minute < opening.end - plan.last_number_min
        for opening in sessions(plan, moment.date())
    )


def lets_in(plan: Plan, moment: datetime) -> bool:
    """Whether somebody who is expected may come in at this local time: until the doors close."""
    minute = _minute(moment)
    return any(opening.start - plan.early_min <= minute < opening.end for opening in sessions(plan, moment.date()))


def session_start_ms(plan: Plan, moment: datetime, issued_ms: int) -> int:
    """From when a wait counts: the number's issue, or the opening when it was given before the doors opened."""
    if is_open(plan, moment):
        return issued_ms
    minute = _minute(moment)
    for opening in sessions(plan, moment.date()):
        if opening.start - plan.early_min <= minute < opening.start:
            return local_ms(moment.date(), opening.start)
    return issued_ms


def next_opening(plan: Plan, moment: datetime) -> datetime | None:
    """When the doors open next, within sixty days."""
    for ahead in range(60):
        day = moment.date() + timedelta(days=ahead)
        for opening in sessions(plan, day):
            if ahead or opening.start > _minute(moment):
                midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=ahead)
                return midnight.replace(hour=opening.start // 60, minute=opening.start % 60)
    return None


def next_numbers(plan: Plan, offer: Offer, moment: datetime) -> datetime | None:
    """When numbers for this service are next given, within sixty days."""
    for ahead in range(60):
        day = moment.date() + timedelta(days=ahead)
        for minute in _numbers_from(plan, offer, day):
            if ahead or minute > _minute(moment):
                return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=moment.tzinfo)
    return None


def _numbers_from(plan: Plan, offer: Offer, day: date) -> Iterator[int]:
    """The minutes of a day at which numbers for a service begin to be given."""
    for opening in sessions(plan, day):
        start, end = opening.start - plan.early_min, opening.end - plan.last_number_min
        if offer.window:
            start, end = max(start, offer.window.start), min(end, offer.window.end)
        if start < end:
            yield max(0, start)


def business_day(moment: datetime) -> date:
    """The service day a local time belongs to."""
    return moment.date()


DEFAULT_HOURS: Mapping[str, tuple[str, ...]] = {
    "mon": ("09:00-13:00",),
    "tue": ("09:00-13:00", "15:00-17:00"),
    "wed": ("09:00-13:00",),
    "thu": ("09:00-13:00", "15:00-17:00"),
    "fri": ("09:00-13:00",),
}


def opening(text: str) -> Opening:
    """Read "09:00-13:00"; ValueError with the text otherwise."""
    try:
        start, end = (
            int(hours) * 60 + int(minutes) for hours, minutes in (part.split(":") for part in text.split("-"))
        )
    except ValueError:
        raise ValueError(f"«{text}» is not an opening like 09:00-13:00") from None
    if not 0 <= start < end <= 24 * 60:
        raise ValueError(f"«{text}»: an opening ends after it starts, within one day")
    return Opening(start=start, end=end)


def plan_for(charter: Charter, site: Site, *, always_open: bool = False) -> Plan:
    """The plan a new centre starts from: the site's services, counters and hours as its charter has them."""
    in_room = {Mode.WALK_IN, Mode.APPOINTMENT, Mode.EVENT}
    offers = tuple(
        Offer(service=sheet.code, letter=sheet.letter)
        for sheet in charter.sheets
        if sheet.kiosk and sheet.code in site.services and in_room & set(sheet.modes)
    )
    places = tuple(Place(code=str(n), name=f"Sportello {n}") for n in range(1, site.counters + 1))
    hours = {day: tuple(map(opening, texts)) for day, texts in (site.hours or DEFAULT_HOURS).items()}
    return Plan(
        site=site.code,
        name=site.name,
        offers=offers,
        places=places,
        hours=hours,
        patron=site.patron,
        always_open=always_open,
    )
