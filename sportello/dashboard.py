"""Which declared standard is broken, since when, at what hours, how late the late are: what managers look at.

Everything judged comes from the report on the standards (`compliance`); what the tallies do not keep comes from the
tickets of the days shown. Pure reading: a question about the ledger has one answer.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from sportello.domain.charter import Charter, LegRule, Standard, Text, Waits, judge
from sportello.domain.errors import Reason, Refused
from sportello.domain.statistics import (
    Assurance,
    Point,
    Status,
    Stretch,
    below_since,
    status,
    weeks,
    wilson,
    xmr,
)
from sportello.ledger import moments, notes, queries
from sportello.ledger.db import Db
from sportello.ledger.moments import Chosen, Moment
from sportello.ledger.notes import Note
from sportello.ledger.queries import By, Cell
from sportello.reports import compliance
from sportello.reports.compliance import Compliance, Line

FEW = 5  # tickets: a cell with fewer is not shown, somebody could be recognised in it
SHORT_S = 300
MEMORY_DAYS = 365  # how far back «since when» looks from the end of the period
BARS = 36
WORST_FIRST = (Status.BROKEN, Status.WATCH, Status.KEPT, Status.TOO_FEW, None)
SAME_WAY = 0.5  # of the breaches of the worst hour: neighbours with as many are named together with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A line of the report with how sure its share is. Shares in per cent."""

    line: Line
    status: Status | None
    low: float
    high: float

    @property
    def percent(self) -> float:
        verdict = self.line.verdict
        return 100 * verdict.within / verdict.n if verdict.n else 0.0

    @property
    def leg(self) -> LegRule | None:
        return self.line.standard.leg if self.line.standard else None

    @property
    def target(self) -> float:
        standard = self.line.standard
        return float(standard.share * 100) if standard and standard.share is not None else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HourCell:
    """The tickets that arrived in an hour of a day of the week. `p90` in seconds, of the called."""

    weekday: int
    hour: int
    n: int
    within: int
    p90: int | None

    @property
    def shown(self) -> bool:
        return self.n >= FEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The hours of arrival, on a day of the week or on any, at which most of the breaches are."""

    weekday: int | None
    since: int
    until: int  # the hour at which they end


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """One part of a visit: how many are known, median and nine tenths, seconds."""

    n: int
    p50: int | None
    p90: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """How visitors of one language fared; "" stands for those of which there are too few each."""

    language: str
    n: int
    within: int
    left: int
    p90: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The called who waited from `start` to `end` minutes, the second excluded."""

    start: float
    end: float
    n: int
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """Everything about one service: the one asked for, or the one farthest from its target."""

    standing: Standing
    points: tuple[Point, ...]
    stretches: tuple[Stretch, ...]
    since: date | None  # from when every week misses the target
    hours: tuple[HourCell, ...]
    worst: Worst | None
    bars: tuple[Bar, ...]
    beyond_s: int | None  # half of those called late were called at least so long after the limit
    unserved: int
    times: Mapping[str, Times]
    short: tuple[int, int]  # visits whose time at the counter is known, and those under five minutes
    languages: tuple[Spoken, ...]
    notes: tuple[Note, ...]

    @property
    def standard(self) -> Standard:
        standard = self.standing.line.standard
        assert standard is not None
        return standard

    @property
    def assurance(self) -> Assurance | None:
        last = self.stretches[-1].limits if self.stretches else None
        return last.assurance(self.standing.target) if last else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """The standings, the worst first, and the service to look at more closely."""

    chosen: Chosen
    report: Compliance
    standings: tuple[Standing, ...]
    focus: Focus | None

    def count(self, found: Status) -> int:
        return sum(one.status is found for one in self.standings)


def dashboard(db: Db, centre: str, chosen: Chosen, *, charters: Sequence[Charter], site: str) -> Dashboard:
    """What the ledger says of the tickets chosen; `Refused` for a service that nothing knows."""
    if chosen.service and not any(charter.sheet(chosen.service) for charter in charters):
        raise Refused(Reason.UNKNOWN_SERVICE, chosen.service)
    with db.snapshot():
        report = compliance.compliance(
            db,
            centre,
            charters=charters,
            site=site,
            first=chosen.first,
            last=chosen.last,
            language=chosen.language,
            wanted=wanted(chosen),
        )
        lines = [line for line in report.lines if line.service]
        standings = tuple(sorted((_standing(line) for line in lines), key=_order))
        looked_at = _looked_at(standings, chosen.service)
        focus = _focus(db, centre, chosen, looked_at, charters, site) if looked_at else None
    return Dashboard(chosen=chosen, report=report, standings=standings, focus=focus)


def wanted(chosen: Chosen) -> Callable[[Cell], bool] | None:
    """Whether a cell is of the services, class and channel chosen; None where all are."""
    if not chosen.services and chosen.priority is None and chosen.channel is None:
        return None
    return lambda cell: (
        (not chosen.services or cell.service in chosen.services)
        and chosen.priority in (None, cell.priority)
        and chosen.channel in (None, cell.channel)
    )


def _by_day(db: Db, centre: str, chosen: Chosen) -> Mapping[Cell, Waits]:
    """The waits to the first call by day."""
    fits = wanted(chosen)
    found = queries.waits(
        db, centre, chosen.first, chosen.last, by=By.DAY, service=chosen.service, language=chosen.language
    )
    return {cell: waits for cell, waits in found.items() if fits is None or fits(cell)}


def _standing(line: Line) -> Standing:
    verdict, standard = line.verdict, line.standard
    low, high = wilson(verdict.within, verdict.n)
    target = standard.share if standard and standard.threshold_s is not None else None
    return Standing(line=line, status=status(verdict.within, verdict.n, target), low=100 * low, high=100 * high)


def _order(one: Standing) -> tuple[int, float, str]:
    return WORST_FIRST.index(one.status), one.percent - one.target, one.line.service


def _looked_at(standings: Sequence[Standing], service: str) -> Standing | None:
    """The standing of a service, with its newest charter; without one, the worst of all."""
    waits = [one for one in standings if one.status and (one.line.indicator, one.leg) == compliance.USUAL]
    own = [one for one in waits if service in ("", one.line.service)]
    newest = max((one.line.charter for one in own), default="") if service else None
    return next((one for one in own if newest in (None, one.line.charter)), None)


# --- one service -------------------------------------------------------------------------------------


def _focus(db: Db, centre: str, chosen: Chosen, standing: Standing, charters: Sequence[Charter], site: str) -> Focus:
    own = replace(chosen, service=standing.line.service)
    long_ago = replace(own, first=min(own.first, own.last - timedelta(days=MEMORY_DAYS - 1)))
    promises = Promises(charters, site)
    points = weeks(list(daily(_by_day(db, centre, long_ago), promises)))
    found = notes.notes(db, centre, long_ago.first, own.last, service=own.service)
    seen = moments.moments(db, centre, own)
    standard = standing.line.standard
    assert standard is not None
    assert standard.threshold_s is not None
    assert standard.share is not None
    since = below_since(points, standard.share)
    hours = tuple(by_hour(seen, promises))
    called = sorted(one.wait_s for one in seen if one.kind == "called")
    late = [wait - standard.threshold_s for wait in called if wait > standard.threshold_s]
    return Focus(
        standing=standing,
        points=points,
        stretches=xmr([one.percent for one in points], restarts(points, found)),
        since=None if since is None else points[since].first,
        hours=hours,
        worst=worst(hours),
        bars=tuple(bars(called, standard.threshold_s)),
        beyond_s=late[len(late) // 2] if late else None,
        unserved=standing.line.verdict.waits.unserved,
        times=times(seen),
        short=short(seen),
        languages=tuple(spoken(seen, promises)),
        notes=tuple(found),
    )


class Promises:
    """The standard that held for a ticket, asked once for each kind of ticket."""

    def __init__(self, charters: Sequence[Charter], site: str) -> None:
        self._versions = {charter.id: charter for charter in charters}
        self._site = site
        self._known: dict[tuple[str, str, int, str], int | None] = {}

    def limit(self, cell: Cell) -> int | None:
        """Seconds; None where nothing timed was promised."""
        key = (cell.service, cell.charter, int(cell.priority), cell.channel.value)
        if key not in self._known:
            standard = compliance.promise(self._versions.get(cell.charter), cell, self._site)
            self._known[key] = standard.threshold_s if standard else None
        return self._known[key]

    def counted(self, one: Moment) -> tuple[bool, bool]:
        """Whether a ticket counts, and whether it was called within its standard."""
        limit = self.limit(one.cell())
        if limit is None or one.kind in ("voided", "suspect", "waiting"):
            return False, False
        if one.kind == "called":
            return True, one.wait_s <= limit
        return one.kind == "unserved" or one.wait_s > limit, False


def daily(waits: Mapping[Cell, Waits], promises: Promises) -> Iterator[Point]:
    """Each day's tickets against their own standards, in order."""
    found: dict[str, tuple[int, int]] = {}
    for cell, one in waits.items():
        limit = promises.limit(cell)
        if limit is not None:
            verdict = judge(one, threshold_s=limit, share=None)
            n, within = found.get(cell.group, (0, 0))
            found[cell.group] = (n + verdict.n, within + verdict.within)
    for day, (n, within) in sorted(found.items()):
        if n:
            yield Point(first=date.fromisoformat(day), last=date.fromisoformat(day), n=n, within=within)


def restarts(points: Sequence[Point], found: Iterable[Note]) -> tuple[int, ...]:
    """Where a note begins a new baseline: the first point that begins on its day or later."""
    days = [note.day for note in found if note.restart]
    starts = (next((at for at, point in enumerate(points) if point.first >= day), 0) for day in days)
    return tuple(sorted({at for at in starts if at}))


def by_hour(seen: Iterable[Moment], promises: Promises) -> Iterator[HourCell]:
    """The tickets by day of the week and hour of arrival."""
    n: Counter[tuple[int, int]] = Counter()
    within: Counter[tuple[int, int]] = Counter()
    called: dict[tuple[int, int], list[int]] = {}
    weekdays: dict[str, int] = {}
    for one in seen:
        if one.day not in weekdays:
            weekdays[one.day] = date.fromisoformat(one.day).weekday()
        place = weekdays[one.day], one.hour
        counts, kept = promises.counted(one)
        n[place] += counts
        within[place] += kept
        if one.kind == "called":
            called.setdefault(place, []).append(one.wait_s)
    for place in sorted(n):
        yield HourCell(
            weekday=place[0], hour=place[1], n=n[place], within=within[place], p90=rank(called.get(place, ()), 90)
        )


def rank(values: Sequence[int], percent: int) -> int | None:
    """The nearest-rank percentile; None of nothing."""
    ordered = sorted(values)
    return ordered[ceil(len(ordered) * percent / 100) - 1] if ordered else None


def worst(cells: Sequence[HourCell]) -> Worst | None:
    """The hours that hold most of the breaches, and the day of the week when one stands out; None without breaches."""
    late = Counter({(cell.weekday, cell.hour): cell.n - cell.within for cell in cells if cell.shown})
    total = late.total()
    if not total:
        return None
    by_day: Counter[int] = Counter()
    for (weekday, _), n in late.items():
        by_day[weekday] += n
    weekday, most = by_day.most_common(1)[0]
    stands_out = len(by_day) > 1 and most > 1.5 * total / len(by_day)
    hours: Counter[int] = Counter()
    for (day, hour), n in late.items():
        hours[hour] += n if not stands_out or day == weekday else 0
    top = hours.most_common(1)[0][0]
    near = {hour for hour, n in hours.items() if n >= SAME_WAY * hours[top]}
    since = until = top
    while since - 1 in near:
        since -= 1
    while until + 1 in near:
        until += 1
    return Worst(weekday=weekday if stands_out else None, since=since, until=until + 1)


def bars(called: Sequence[int], limit_s: int) -> Iterator[Bar]:
    """The waits of the called in bars of equal width, one edge at the limit. `limit_s` itself is within."""
    if not called:
        return
    step_s = max(10, limit_s // 6)
    while max(called) / step_s > BARS:
        step_s *= 2
    step_s = limit_s if step_s > limit_s > 0 else step_s
    counts = Counter(max(0, wait - 1) // step_s for wait in called)
    for at in range(max(counts) + 1):
        yield Bar(start=at * step_s / 60, end=(at + 1) * step_s / 60, n=counts[at], late=at * step_s >= limit_s)


def times(seen: Sequence[Moment]) -> Mapping[str, Times]:
    """The other parts of a visit beside its wait: from call to start, at the counter, from the door to the end."""
    parts = {
        "wait": [one.wait_s for one in seen if one.kind == "called"],
        "walk": [one.walk_s for one in seen if one.walk_s is not None and one.kind == "called"],
        "service": [one.service_s for one in seen if one.service_s is not None and one.kind == "called"],
        "journey": [one.journey_s for one in seen if one.journey_s is not None and one.kind == "called"],
    }
    return {name: Times(n=len(found), p50=rank(found, 50), p90=rank(found, 90)) for name, found in parts.items()}


def short(seen: Iterable[Moment]) -> tuple[int, int]:
    """How many visits have a known time at the counter, and how many of these were a question at the door."""
    known = [one.service_s for one in seen if one.service_s is not None and one.kind == "called"]
    return len(known), sum(one < SHORT_S for one in known)


def spoken(seen: Iterable[Moment], promises: Promises) -> Iterator[Spoken]:
    """How visitors of each language fared; languages of which there are few stand together, or not at all.

    Only numbers given here: a visit from another system has no language.
    """
    found: dict[str, list[Moment]] = {}
    for one in seen:
        if one.source == "" and one.kind != "voided":
            found.setdefault(one.language, []).append(one)
    few = [language for language, own in found.items() if len(own) < FEW]
    if few and sum(len(found[language]) for language in few) < FEW:  # alone they could be reckoned from the total
        others = sorted((language for language in found if language not in few), key=lambda name: len(found[name]))
        few += others[:1]
    groups = {language: own for language, own in found.items() if language not in few}
    rest = [one for language in few for one in found[language]]
    if len(rest) >= FEW:
        groups[""] = rest
    for language, own in sorted(groups.items(), key=lambda pair: (not pair[0], -len(pair[1]))):
        yield _fared(language, own, promises)


def _fared(language: str, own: Sequence[Moment], promises: Promises) -> Spoken:
    counted = [promises.counted(one) for one in own]
    return Spoken(
        language=language,
        n=sum(counts for counts, _ in counted),
        within=sum(kept for _, kept in counted),
        left=sum(one.kind == "left" for one in own),
        p90=rank([one.wait_s for one in own if one.kind == "called"], 90),
    )


def area_services(charters: Iterable[Charter], area: str) -> frozenset[str]:
    """The services of a macro-area in any version of the charter."""
    return frozenset(sheet.code for charter in charters for sheet in charter.sheets if sheet.area == area)


def area_titles(charters: Iterable[Charter]) -> Mapping[str, Text]:
    """The macro-areas by code; the newest version names them."""
    return {area.code: area.title for charter in charters for area in charter.areas}
