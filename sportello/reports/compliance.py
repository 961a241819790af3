"""How each declared standard was kept: the charter's promises against the ledger's waits."""

from calendar import monthrange
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import zip_longest

from sportello.domain.charter import (
    COVERED,
    TIMED,
    Charter,
    Indicator,
    LegRule,
    Outcome,
    Provenance,
    Standard,
    Text,
    Verdict,
    Waits,
    judge,
    standard_for,
)
from sportello.domain.coverage import Coverage, Gap
from sportello.domain.errors import Reason, Refused
from sportello.ledger import acts, digests, log, queries, tallies, walk
from sportello.ledger.acts import Act
from sportello.ledger.db import Db
from sportello.ledger.log import Head
from sportello.ledger.queries import By, Cell
from sportello.ledger.recording import Recording, recording
from sportello.ledger.walk import Fault
from sportello.reports.by_hand import ByHand, by_hand
from sportello.reports.definition import VERSION

Measure = tuple[Indicator, LegRule]
USUAL: Measure = (Indicator.WAIT, LegRule.FIRST)  # what is measured of every ticket, promised or not


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One standard for one service, in one group of the report. `standard` None: nothing timed was promised."""

    service: str  # "" where the standard speaks of the whole centre
    title: Text
    charter: str  # id of the version in force, "" where there was none
    standard: Standard | None
    group: str
    verdict: Verdict
    coverage: Coverage
    excused: int = 0  # tickets that an act of force majeure touches: in `verdict`, not in `without`
    without: Verdict | None = None  # the same without force majeure; None where no act speaks of the period

    @property
    def indicator(self) -> Indicator:
        return self.standard.indicator if self.standard else Indicator.WAIT

    @property
    def demonstrative(self) -> bool:
        return self.standard is not None and self.standard.provenance is Provenance.DEMONSTRATIVE

    @property
    def left(self) -> int:
        """Everybody who gave up before the call."""
        return sum(self.verdict.waits.left)

    @property
    def left_within(self) -> int:
        """Who gave up before the threshold: outside the figure."""
        limit = self.standard.threshold_s if self.standard else None
        return self.left if limit is None else sum(self.verdict.waits.left[: limit + 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """A report on the days `first` to `last`, and what it was made from.

    `fault`: the first event of the period that is not what was written. A report made with `check` looks for it, and
    then decides nothing: every outcome is not assessable.
    """

    first: date
    last: date
    by: By
    lines: tuple[Line, ...]
    log: Head  # where the log ended
    data_hash: str  # SHA-256 over the events that the figures are a function of
    coverage: Coverage
    missing: tuple[Gap, ...]  # when the box recorded nothing though the doors were open
    acts: tuple[Act, ...] = ()  # of force majeure, those withdrawn too
    by_hand: tuple[ByHand, ...] = ()  # promises that no ticket can prove; none where only some tickets are asked for
    checked: bool = False
    fault: Fault | None = None
    version: int = VERSION  # of the definition

    def outside(self) -> Mapping[str, int]:
        """How many people are outside the figures of the wait, by the names of OUTSIDE."""
        lines = [line for line in self.lines if line.indicator is Indicator.WAIT]
        waits = [line.verdict.waits for line in lines]
        return {
            "voided": sum(one.voided for one in waits),
            "suspect": sum(one.suspect for one in waits),
            "left_within": sum(line.left_within for line in lines),
            "waiting": sum(one.waiting for one in waits),
            "turned_away": sum(one.turned_away for one in waits),
        }


def compliance(
    db: Db,
    centre: str,
    *,
    charters: Sequence[Charter],
    site: str,
    first: date,
    last: date,
    by: str = By.SERVICE,
    service: str | None = None,
    language: str = "",
    check: bool = False,
    as_of_ms: int | None = None,
    wanted: Callable[[Cell], bool] | None = None,
) -> Compliance:
    """Every standard that the tickets of a period were issued under, judged.

    `by`: a word of `By`, ValueError otherwise; `service`: that one alone, `Refused` when nothing knows it; `language`:
    that one alone. `check` walks the chain of the period's events first; `as_of_ms`: open hours up to then should be
    in the log; `wanted`: only these cells. Two charter versions in the period give two lines: a change of the charter
    never rewrites the past.
    """
    division, asked = By(by), service or ""
    if asked and not any(charter.sheet(asked) for charter in charters) and not queries.has_service(db, centre, asked):
        raise Refused(Reason.UNKNOWN_SERVICE, asked)
    with db.snapshot(), _looking(db, centre, first, last, check) as bad:
        box = recording(db, centre, first, last, as_of_ms=as_of_ms)
        told = acts.acts(db, centre, first, last)
        bench = _Bench(charters, site, first, last, division, box)
        lines: list[Line] = []
        for measure in _measures(charters):
            waits = _only(wanted, _asked(db, centre, bench, measure, asked, language))
            excused = None
            if any(act.withdrawn is None for act in told):
                excused = _only(wanted, _asked(db, centre, bench, measure, asked, language, excused=True))
            lines += bench.lines(measure, waits, excused)
        everything = not asked and not language and wanted is None
        if everything:
            lines += bench.open_days()
        report = Compliance(
            first=first,
            last=last,
            by=division,
            lines=tuple(lines),
            log=log.head(db, centre),
            data_hash=digests.data_hash(db, centre, charters, first, last, stamp=f"sportello {VERSION} {site}"),
            coverage=box.coverage(first, last),
            missing=box.gaps(first, last),
            acts=tuple(told),
            by_hand=by_hand(db, centre, charters, first, last) if everything else (),
        )
        return _checked(report, bad()) if check else report


def _looking(
    db: Db, centre: str, first: date, last: date, check: bool
) -> AbstractContextManager[Callable[[], Fault | None]]:
    """The walk along the chain, on its way while the figures are counted."""
    return walk.looking(db, centre, first, last) if check else nullcontext(lambda: None)


def _measures(charters: Sequence[Charter]) -> Sequence[Measure]:
    """The wait to the first call, and what else some standard is on."""
    promised = {(one.indicator, one.leg) for charter in charters for one in charter.standards if one.indicator in TIMED}
    return [USUAL, *sorted(promised - {USUAL}, key=lambda measure: (list(TIMED).index(measure[0]), measure[1]))]


def _asked(
    db: Db, centre: str, bench: "_Bench", measure: Measure, service: str, language: str, *, excused: bool = False
) -> Mapping[Cell, Waits]:
    indicator, leg = measure
    return queries.waits(
        db,
        centre,
        bench.first,
        bench.last,
        by=bench.by,
        service=service,
        language=language,
        indicator=indicator,
        leg=leg,
        excused=excused,
        services=() if measure == USUAL else bench.spoken_of(measure),
    )


def _only(wanted: Callable[[Cell], bool] | None, found: Mapping[Cell, Waits]) -> Mapping[Cell, Waits]:
    return found if wanted is None else {cell: waits for cell, waits in found.items() if wanted(cell)}


def _checked(report: Compliance, fault: Fault | None) -> Compliance:
    """A report on a log that was altered decides nothing, and says which event is the first bad one."""
    if fault is None:
        return replace(report, checked=True)
    undecided = tuple(
        replace(line, verdict=_undecided(line.verdict), without=line.without and _undecided(line.without))
        for line in report.lines
    )
    return replace(report, checked=True, fault=fault, lines=undecided, by_hand=())


def _undecided(verdict: Verdict) -> Verdict:
    return replace(verdict, outcome=Outcome.NOT_ASSESSABLE)


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every line of one report is judged by."""

    charters: Sequence[Charter]
    site: str
    first: date
    last: date
    by: By
    box: Recording
    covered: dict[str, Coverage] = field(default_factory=dict)  # by group, worked out once
    promised: dict[tuple[object, ...], Standard | None] = field(default_factory=dict)  # to each kind of ticket

    def lines(
        self, measure: Measure, waits: Mapping[Cell, Waits], excused: Mapping[Cell, Waits] | None
    ) -> Iterator[Line]:
        """One line for each service, charter version, standard and group that has tickets."""
        found: dict[tuple[str, str, str, str], list[Cell]] = {}
        for cell in waits:
            standard = self.promise(cell, measure[0])
            if (measure == USUAL and standard is None) or (standard and standard.leg is measure[1]):
                key = (cell.service, cell.charter, standard.code if standard else "", cell.group)
                found.setdefault(key, []).append(cell)
        for _, cells in sorted(found.items()):
            yield self._line(cells, measure[0], waits, excused)

    def spoken_of(self, measure: Measure) -> Collection[str]:
        """The services that some standard on a measure may speak of; none where one speaks of all."""
        found: set[str] = set()
        for charter in self.charters:
            for standard in charter.standards:
                if (standard.indicator, standard.leg) == measure:
                    area = {sheet.code for sheet in charter.sheets if sheet.area in standard.areas}
                    if not (standard.services or standard.areas):
                        return ()
                    found |= set(standard.services) or area
        return found

    def promise(self, cell: Cell, indicator: Indicator) -> Standard | None:
        """The standard that held for these tickets when they were issued."""
        key = (cell.charter, cell.service, cell.channel, cell.priority, indicator)
        if key not in self.promised:
            self.promised[key] = promise(self.version(cell.charter), cell, self.site, indicator)
        return self.promised[key]

    def version(self, charter: str) -> Charter | None:
        return next((one for one in self.charters if one.id == charter), None)

    def _line(
        self,
        cells: Sequence[Cell],
        indicator: Indicator,
        waits: Mapping[Cell, Waits],
        excused: Mapping[Cell, Waits] | None,
    ) -> Line:
        one = cells[0]
        standard, covered = self.promise(one, indicator), self._coverage(one.group)
        everybody = together([waits[cell] for cell in cells])
        touched = together([excused[cell] for cell in cells if cell in excused]) if excused else Waits()
        return Line(
            service=one.service,
            title=title_of(one.service, self.version(one.charter), self.charters),
            charter=one.charter,
            standard=standard,
            group=one.group,
            verdict=_verdict(everybody, standard, covered),
            coverage=covered,
            excused=everybody_of(touched),
            without=None if excused is None else _verdict(minus(everybody, touched), standard, covered),
        )

    def open_days(self) -> Iterator[Line]:
        """Standards on the days with a desk open, each for the part of the period in which its version was in force."""
        for charter in self.charters:
            for standard in charter.standards:
                here = not standard.sites or self.site in standard.sites
                if here and standard.indicator is Indicator.OPEN_DAYS_SHARE:
                    yield from self._open_days(charter, standard)

    def _open_days(self, charter: Charter, standard: Standard) -> Iterator[Line]:
        for group, (since, until) in self._groups():
            first, last = max(since, charter.valid_from), min(until, charter.valid_to or until)
            days, opened = self.box.desk_days(first, last) if first <= last else (0, 0)
            if not days:
                continue
            covered = self.box.coverage(first, last)
            yield Line(
                service="",
                title=standard.title,
                charter=charter.id,
                standard=standard,
                group=group,
                verdict=_of_days(days, opened, standard.share, covered),
                coverage=covered,
            )

    def _groups(self) -> Iterator[tuple[str, tuple[date, date]]]:
        """The groups of the report that are times, with their first and last day; else the whole period."""
        if self.by not in (By.MONTH, By.DAY):
            yield "", (self.first, self.last)
            return
        names = (str(self.first + timedelta(days=n)) for n in range((self.last - self.first).days + 1))
        for name in dict.fromkeys(name[:7] if self.by is By.MONTH else name for name in names):
            yield name, self._span(name)

    def _span(self, group: str) -> tuple[date, date]:
        """The days of a group, inside the period."""
        if self.by is By.DAY:
            return date.fromisoformat(group), date.fromisoformat(group)
        if self.by is not By.MONTH:
            return self.first, self.last
        begins = date.fromisoformat(f"{group}-01")
        return max(self.first, begins), min(self.last, begins.replace(day=monthrange(begins.year, begins.month)[1]))

    def _coverage(self, group: str) -> Coverage:
        if group not in self.covered:
            self.covered[group] = self.box.coverage(*self._span(group))
        return self.covered[group]


def promise(charter: Charter | None, cell: Cell, site: str, indicator: Indicator = Indicator.WAIT) -> Standard | None:
    """The standard on an indicator that held for these tickets when they were issued."""
    if charter is None:
        return None
    return standard_for(
        charter, service=cell.service, site=site, channel=cell.channel, priority=cell.priority, indicator=indicator
    )


def _verdict(waits: Waits, standard: Standard | None, covered: Coverage) -> Verdict:
    return judge(
        waits,
        threshold_s=standard.threshold_s if standard else None,
        share=standard.share if standard else None,
        coverage=covered.share,
    )


def _of_days(days: int, opened: int, share: Decimal | None, covered: Coverage) -> Verdict:
    """A verdict on working days. A day that was not recorded looks like one on which nobody received."""
    known = covered.share is None or covered.share >= COVERED
    kept = Outcome.KEPT if share is not None and opened >= share * days else Outcome.BROKEN
    return Verdict(
        n=days,
        within=opened,
        share=Decimal(opened * 10_000 // days) / 10_000,
        p50=None,
        p90=None,
        longest=None,
        outcome=kept if known and share is not None else Outcome.NOT_ASSESSABLE,
        waits=Waits(),
    )


def title_of(service: str, charter: Charter | None, charters: Sequence[Charter]) -> Text:
    """The service's name in the version in force, else in the newest that knows it, else its code."""
    sheets = (version.sheet(service) for version in (charter, *reversed(charters)) if version)
    titles = (sheet.title for sheet in sheets if sheet)
    return next(titles, {"it": service})


def together(found: Sequence[Waits]) -> Waits:
    """Several groups of tickets as one."""
    if len(found) == 1:
        return found[0]
    return Waits(
        called=tallies.added(one.called for one in found),
        left=tallies.added(one.left for one in found),
        unserved=sum(one.unserved for one in found),
        waiting=sum(one.waiting for one in found),
        no_show=sum(one.no_show for one in found),
        voided=sum(one.voided for one in found),
        suspect=sum(one.suspect for one in found),
        turned_away=sum(one.turned_away for one in found),
        unmeasured=sum(one.unmeasured for one in found),
    )


def everybody_of(waits: Waits) -> int:
    """How many tickets there are in a group."""
    others = waits.unserved + waits.waiting + waits.voided + waits.suspect + waits.unmeasured
    return sum(waits.called) + sum(waits.left) + others


def minus(waits: Waits, some: Waits) -> Waits:
    """A group of tickets without some of them."""
    return Waits(
        called=_fewer(waits.called, some.called),
        left=_fewer(waits.left, some.left),
        unserved=waits.unserved - some.unserved,
        waiting=waits.waiting - some.waiting,
        no_show=waits.no_show - some.no_show,
        voided=waits.voided - some.voided,
        suspect=waits.suspect - some.suspect,
        turned_away=waits.turned_away,
        unmeasured=waits.unmeasured - some.unmeasured,
    )


def _fewer(counts: Sequence[int], some: Sequence[int]) -> Sequence[int]:
    return [n - less for n, less in zip_longest(counts, some, fillvalue=0)]
