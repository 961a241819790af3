"""The charter: what is promised, and the verdict on what was kept."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate

Text = Mapping[str, str]  # language code -> sentence; "it" is always there


class Provenance(StrEnum):
    """Who vouches for a figure or a text."""

    OFFICIAL = "official"  # in the act that adopted the charter
    DEMONSTRATIVE = "demonstrative"  # constructed: shown as *dimostrativo* wherever it appears


class Dimension(StrEnum):
    """The four dimensions of quality of CiVIT resolution 88/2010."""

    ACCESSIBILITY = "accessibility"
    TIMELINESS = "timeliness"
    TRANSPARENCY = "transparency"
    EFFECTIVENESS = "effectiveness"


class Indicator(StrEnum):
    """What is measured. All but the last come from the log; `manual` has its evidence by hand."""

    WAIT = "wait"  # clock start -> first call
    WAIT_START = "wait_start"  # clock start -> service begins
    SERVICE_TIME = "service_time"  # service begins -> ends
    OPEN_DAYS_SHARE = "open_days_share"  # working days with a desk open, of all working days
    MANUAL = "manual"


TIMED = (Indicator.WAIT, Indicator.WAIT_START, Indicator.SERVICE_TIME)  # seconds of a visit, against a threshold


class Period(StrEnum):
    """Over which time a standard is judged."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Channel(StrEnum):
    """How the visitor came into the queue."""

    WALK_IN = "walk_in"
    APPOINTMENT = "appointment"


class LegRule(StrEnum):
    """Which passage of a journey a standard speaks of."""

    FIRST = "first"
    ANY = "any"  # each passage by itself, for the service in whose queue it began
    SUM = "sum"  # all passages of a visit together, for the service asked for at the kiosk


class Mode(StrEnum):
    """How a service is reached; only the first three have a queue in the room."""

    WALK_IN = "walk_in"
    APPOINTMENT = "appointment"
    EVENT = "event"
    ONLINE = "online"
    OUT_OF_OFFICE = "out_of_office"


class Purpose(StrEnum):
    """What a service is for beside its own matter; the kiosk offers it under a name of its own."""

    WELCOME = "welcome"  # receives who does not know what to ask for
    APPOINTMENT = "appointment"  # receives who has an appointment and no code


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """The act that adopted a charter version."""

    kind: str
    number: str
    date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A macro-area: a family of services shown together."""

    code: str
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A service sheet (*scheda servizio*) of the charter."""

    code: str
    area: str
    title: Text
    label: Text  # the kiosk's words, at most 32 characters in Italian
    letter: str  # neutral queue letter; several services may share one
    what: Text  # what is offered
    who_for: Text
    how: Text
    bring: Text  # what the visitor needs to have along; may be empty
    modes: tuple[Mode, ...]
    lep: tuple[str, ...] = ()
    expected_minutes: int | None = None
    kiosk: bool = True
    sensitive: bool = False  # never named on paper, board or voice
    role: Purpose | None = None
    icon: str = ""  # a picture of the kiosk's, by name
    provenance: Provenance = Provenance.DEMONSTRATIVE
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """One promise. A timed one: `share` of the tickets within `threshold_s` whole seconds (inclusive)."""

    code: str
    dimension: Dimension
    title: Text
    indicator: Indicator
    formula: str
    programmed: str  # the programmed value in words, as printed in the charter
    period: Period = Period.YEAR
    threshold_s: int | None = None
    share: Decimal | None = None  # 0..1
    leg: LegRule = LegRule.FIRST
    channel: Channel | None = None  # None: any
    priority: bool | None = None  # None: both classes
    services: tuple[str, ...] = ()  # empty: every service
    areas: tuple[str, ...] = ()  # empty: every macro-area
    sites: tuple[str, ...] = ()  # empty: every site
    provenance: Provenance = Provenance.DEMONSTRATIVE
    note: str = ""
    page: str = ""  # where it stands in the printed charter


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A seat where the charter is delivered; a detached desk is a site of its own."""

    code: str
    name: str
    kind: str
    address: str
    services: tuple[str, ...]
    counters: int = 4
    hours: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # "mon" -> ("09:00-13:00", …)
    patron: str = ""  # "MM-DD" of the municipality's patron saint
    provenance: Provenance = Provenance.DEMONSTRATIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """One version of a *Carta dei servizi*, in force from `valid_from` up to and including `valid_to`."""

    code: str  # the charter: "como"
    version: str  # this version, unique inside the charter: "2026-1"
    title: str
    administration: str
    act: Act
    valid_from: date
    valid_to: date | None
    areas: tuple[Area, ...]
    sheets: tuple[Sheet, ...]
    standards: tuple[Standard, ...]
    sites: tuple[Site, ...]
    source: str = ""
    provenance: Provenance = Provenance.DEMONSTRATIVE

    @property
    def id(self) -> str:
        """What is stamped on a ticket."""
        return f"{self.code}/{self.version}"

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def sheet(self, service: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.code == service), None)

    def site(self, code: str) -> Site | None:
        return next((site for site in self.sites if site.code == code), None)


def overlap(one: Charter, other: Charter) -> bool:
    """Whether two versions claim the same day."""
    return (one.valid_to is None or other.valid_from <= one.valid_to) and (
        other.valid_to is None or one.valid_from <= other.valid_to
    )


def in_force(charters: Sequence[Charter], day: date) -> Charter | None:
    """The version in force on `day`."""
    return next((charter for charter in charters if charter.in_force(day)), None)


def candidates(
    charter: Charter, *, service: str, site: str, channel: Channel, priority: bool, indicator: Indicator
) -> Iterator[tuple[int, Standard]]:
    """The standards that speak of such a ticket, each with how specific it is (greater is more specific)."""
    sheet = charter.sheet(service)
    area = sheet.area if sheet else ""
    for standard in charter.standards:
        fits = (
            standard.indicator is indicator
            and (not standard.services or service in standard.services)
            and (not standard.areas or area in standard.areas)
            and (not standard.sites or site in standard.sites)
            and standard.channel in (None, channel)
            and standard.priority in (None, priority)
        )
        if fits:
            narrow = (
                standard.services,
                standard.sites,
                standard.areas,
                standard.channel,
                standard.priority is not None,
            )
            yield sum(weight for weight, part in zip((16, 8, 4, 2, 1), narrow, strict=True) if part), standard


def standard_for(
    charter: Charter,
    *,
    service: str,
    site: str,
    channel: Channel = Channel.WALK_IN,
    priority: bool = False,
    indicator: Indicator = Indicator.WAIT,
) -> Standard | None:
    """The promise that holds for such a ticket: the most specific one.

    A service weighs more than a site, a site more than a macro-area, then channel, then class.
    """
    found = list(
        candidates(charter, service=service, site=site, channel=channel, priority=priority, indicator=indicator)
    )
    return max(found, key=lambda pair: pair[0])[1] if found else None


class Outcome(StrEnum):
    """The verdict on a standard."""

    KEPT = "kept"  # RISPETTATO
    BROKEN = "broken"  # NON RISPETTATO
    NOT_ASSESSABLE = "not_assessable"  # NON VALUTABILE


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Everybody who took a number in a period, and what became of their wait.

    `called` and `left` count tickets by whole second of wait: index 0, 1, 2 … seconds. Nobody disappears:
    the other fields count those without a wait to rank.
    """

    called: Sequence[int] = ()  # waits up to the first call, no-shows included
    left: Sequence[int] = ()  # waits of those who gave up before the call
    unserved: int = 0  # never called when the day was closed
    waiting: int = 0  # day still open: not yet in the figures
    no_show: int = 0  # of the called
    voided: int = 0
    suspect: int = 0  # clock not to be trusted
    turned_away: int = 0  # no number: hours or quota were over
    unmeasured: int = 0  # nothing to measure: no service began, or its end was not recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One standard judged over one period. Whole seconds; percentiles by nearest rank over the called."""

    n: int  # valid tickets: called + unserved + those who left after the threshold
    within: int
    share: Decimal | None  # within / n, 4 decimals, rounded down; None without valid tickets
    p50: int | None
    p90: int | None
    longest: int | None
    outcome: Outcome
    waits: Waits


ENOUGH = 30  # fewer valid tickets than this decide nothing
COVERED = Decimal("0.95")  # share of open hours that must have been recorded


def judge(waits: Waits, *, threshold_s: int | None, share: Decimal | None, coverage: Decimal | None = None) -> Verdict:
    """Judge waits against "`share` of the tickets called within `threshold_s`", threshold inclusive.

    Unserved tickets are breaches. Who left before the call counts as a breach after waiting longer than
    the threshold, and is outside the figure otherwise. Without a threshold the outcome is not assessable.
    """
    limit = threshold_s if threshold_s is not None else len(waits.left)
    reached = list(accumulate(waits.called))  # how many waited at most so many seconds
    n = (reached[-1] if reached else 0) + waits.unserved + sum(waits.left[limit + 1 :])
    within = reached[min(limit, len(reached) - 1)] if reached and threshold_s is not None else 0
    p50, p90, longest = _ranked(reached, (50, 90, 100))
    return Verdict(
        n=n,
        within=within,
        share=(Decimal(within * 10_000 // n) / 10_000) if n and threshold_s is not None else None,
        p50=p50,
        p90=p90,
        longest=longest,
        outcome=outcome(n, within, threshold_s=threshold_s, share=share, coverage=coverage),
        waits=waits,
    )


def outcome(
    n: int, within: int, *, threshold_s: int | None, share: Decimal | None, coverage: Decimal | None
) -> Outcome:
    """The verdict itself, in exact arithmetic: no rounding decides it."""
    covered = coverage is None or coverage >= COVERED
    if threshold_s is None or share is None or n < ENOUGH or not covered:
        return Outcome.NOT_ASSESSABLE
    return Outcome.KEPT if within >= share * n else Outcome.BROKEN


def percentiles(counts: Sequence[int], ranks: Sequence[int]) -> tuple[int | None, ...]:
    """Nearest-rank percentiles (1..100) of a histogram by whole second; None when it is empty.

    Only the called are ranked: nobody knows how long those never called would have waited.
    """
    return _ranked(list(accumulate(counts)), ranks)


def _ranked(reached: Sequence[int], ranks: Sequence[int]) -> tuple[int | None, ...]:
    """Percentiles from how many waited at most 0, 1, 2 … seconds."""
    total = reached[-1] if reached else 0
    if not total:
        return (None,) * len(ranks)
    return tuple(bisect_left(reached, -(-total * rank // 100)) for rank in ranks)  # ceil(total * rank / 100)


def kept_at(waits: Waits, share: Decimal) -> int | None:
    """The lowest threshold, in whole seconds, at which `share` of these waits would have been kept; None: at none.

    A higher threshold never keeps less: more of the called are within it, and fewer of those who left count.
    """
    longest = max(len(waits.called), len(waits.left))
    reached = list(accumulate(waits.called)) or [0]
    left = list(accumulate(waits.left)) or [0]

    def keeps(limit: int) -> bool:
        beyond = left[-1] - left[min(limit, len(left) - 1)]
        return _at(reached, limit) >= share * (reached[-1] + waits.unserved + beyond)

    if not keeps(longest) or not reached[-1]:
        return None
    return bisect_left(range(longest + 1), True, key=keeps)


def _at(reached: Sequence[int], second: int) -> int:
    return reached[min(second, len(reached) - 1)]
