"""The yearly verification: what was programmed, what was achieved, by how much they differ, and why.

A value made of events, charters, the definition's version and what the administration wrote: the same of these give
the same bytes. Whoever reads it may be anybody, so small counts are not in it (`domain.publication`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from sportello.domain.charter import Charter, Dimension, Outcome, Provenance, Standard, Text, Verdict
from sportello.domain.clock import local_ms
from sportello.domain.coverage import Coverage
from sportello.domain.plan import Plan
from sportello.domain.publication import guarded, told
from sportello.domain.remarks import NONE, Remark, Remarks
from sportello.ledger import queries
from sportello.ledger.db import Db
from sportello.ledger.declared import Evidence, LepCheck, lep_checks
from sportello.ledger.notes import Note, notes
from sportello.reports.compliance import Compliance, Line, compliance

Declared = Mapping[tuple[str, str], tuple[Evidence, ...]]  # by charter version and standard


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured for one line, as it may be published. A count of 1 to 4 is None; `few`: too few in all."""

    n: int | None
    few: bool
    within: int | None
    share: Decimal | None
    p50: int | None
    p90: int | None
    longest: int | None
    unserved: int | None
    left: int | None
    no_show: int | None
    turned_away: int | None
    voided: int | None
    suspect: int | None
    waiting: int | None
    outcome: Outcome
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the form. `figures` None: not measured by numbers, or nobody came."""

    key: str
    service: str  # "" where the standard speaks of the whole centre
    title: Text  # of the service
    standard: Standard | None
    figures: Figures | None
    without: Figures | None  # the same without force majeure, where an act speaks of the period
    excused: int | None
    before: Line | None  # the same service and standard a year before
    remark: Remark
    evidence: tuple[Evidence, ...] = ()  # what was declared of a standard that numbers do not measure

    @property
    def outcome(self) -> Outcome:
        """As measured, else as declared for the last period; nothing was proved where nothing was declared."""
        if self.figures:
            return self.figures.outcome
        return self.evidence[-1].outcome if self.evidence else Outcome.NOT_ASSESSABLE

    @property
    def deviation(self) -> Decimal | None:
        """Achieved minus programmed, as a share; None where either is missing."""
        programmed = self.standard.share if self.standard else None
        achieved = self.figures.share if self.figures else None
        return None if programmed is None or achieved is None else achieved - programmed

    @property
    def demonstrative(self) -> bool:
        return self.standard is not None and self.standard.provenance is Provenance.DEMONSTRATIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The lines under one version of the charter, for the part of the period in which it was in force."""

    charter: Charter | None
    first: date
    last: date
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """One period of one site, whole."""

    centre: str
    site: str
    name: str
    administration: str
    address: str
    first: date
    last: date
    blocks: tuple[Block, ...]
    report: Compliance
    previous: Compliance
    outside: Mapping[str, int | None]
    remarks: Remarks
    lep: tuple[LepCheck, ...]  # of the year in which the period ends
    notes: tuple[Note, ...]  # what managers wrote beside the pictures
    plan: Plan

    @property
    def demonstrative(self) -> bool:
        """Whether any of it rests on constructed standards or a constructed charter."""
        charters = (block.charter for block in self.blocks if block.charter)
        rows = (row for block in self.blocks for row in block.rows)
        return any(one.provenance is Provenance.DEMONSTRATIVE for one in charters) or any(
            row.demonstrative for row in rows
        )

    def counted(self, outcome: Outcome) -> int:
        """How many standards have this outcome."""
        return sum(row.outcome is outcome for block in self.blocks for row in block.rows if row.standard)


def verification(
    db: Db, centre: str, *, first: date, last: date, remarks: Remarks, as_of_ms: int | None
) -> Verification:
    """The verification of the days `first` to `last`, with the chain of their events walked."""
    with db.snapshot():
        plan, charters = queries.plan(db, centre), queries.charters(db, centre)
        ask = partial(compliance, db, centre, charters=charters, site=plan.site)
        report = ask(first=first, last=last, check=True, as_of_ms=as_of_ms)
        previous = ask(first=year_before(first), last=year_before(last))
        declared = {(one.charter, one.standard.code): one.evidence for one in report.by_hand}
        lep, written = lep_checks(db, centre, last.year), notes(db, centre, first, last)
    return assembled(
        report,
        previous,
        charters=charters,
        plan=plan,
        centre=centre,
        remarks=remarks,
        declared=declared,
        lep=lep,
        notes=tuple(written),
    )


def due(last: date, now_ms: int) -> int | None:
    """Up to when a period ending on `last` should have been recorded: to its end once that is over, else to the last
    event. So a clock says nothing in it."""
    end_ms = local_ms(last + timedelta(days=1), 0)
    return end_ms if now_ms >= end_ms else None


def year_before(day: date) -> date:
    """The same day a year before; 28 February before a leap day."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def assembled(
    report: Compliance,
    previous: Compliance,
    *,
    charters: Sequence[Charter],
    plan: Plan,
    centre: str,
    remarks: Remarks,
    declared: Declared,
    lep: tuple[LepCheck, ...],
    notes: tuple[Note, ...],
) -> Verification:
    """The parts as one value."""
    blocks = tuple(_blocks(report, previous, charters, plan, remarks, declared))
    newest = next((block.charter for block in reversed(blocks) if block.charter), None)
    site = newest.site(plan.site) if newest else None
    return Verification(
        centre=centre,
        site=plan.site,
        name=plan.name,
        administration=newest.administration if newest else "",
        address=site.address if site else "",
        first=report.first,
        last=report.last,
        blocks=blocks,
        report=report,
        previous=previous,
        outside=guarded(report.outside()),
        remarks=remarks,
        lep=lep,
        notes=notes,
        plan=plan,
    )


def _blocks(
    report: Compliance,
    previous: Compliance,
    charters: Sequence[Charter],
    plan: Plan,
    remarks: Remarks,
    declared: Declared,
) -> Iterator[Block]:
    """One for each version in force in the period, in order; numbers issued under none come last."""
    for charter in sorted(charters, key=lambda one: one.valid_from):
        first = max(report.first, charter.valid_from)
        last = min(report.last, charter.valid_to or report.last)
        if first <= last:
            measured = _measured(report, previous, charter.id, remarks)
            rows = [*measured, *_unmeasured(report, charter, plan, remarks, declared)]
            places = {standard.code: place for place, standard in enumerate(charter.standards)}
            ordered = sorted(rows, key=lambda row: _place(row, places))
            yield Block(charter=charter, first=first, last=last, rows=tuple(ordered))
    stray = tuple(_measured(report, previous, "", remarks))
    if stray:
        yield Block(charter=None, first=report.first, last=report.last, rows=stray)


def _place(row: Row, places: Mapping[str, int]) -> tuple[int, int, str]:
    """By dimension, then as the charter has them; what nothing was promised for comes last."""
    if row.standard is None:
        return len(Dimension), 0, row.service
    return list(Dimension).index(row.standard.dimension), places.get(row.standard.code, 0), row.service


def _measured(report: Compliance, previous: Compliance, charter: str, remarks: Remarks) -> Iterator[Row]:
    for line in report.lines:
        if line.charter == charter:
            key = key_of(charter, line.service, line.standard)
            yield Row(
                key=key,
                service=line.service,
                title=line.title,
                standard=line.standard,
                figures=figures(line.verdict, line.left, line.coverage),
                without=figures(line.without, sum(line.without.waits.left), line.coverage) if line.without else None,
                excused=told(line.excused),
                before=_before(previous, line),
                remark=remarks.lines.get(key, NONE),
            )


def _unmeasured(
    report: Compliance, charter: Charter, plan: Plan, remarks: Remarks, declared: Declared
) -> Iterator[Row]:
    """Standards of this site on which no number says anything: found by hand, or nobody came."""
    seen = {line.standard.code for line in report.lines if line.charter == charter.id and line.standard}
    for standard in charter.standards:
        if standard.code not in seen and (not standard.sites or plan.site in standard.sites):
            only = standard.services[0] if len(standard.services) == 1 else ""
            sheet, key = charter.sheet(only), key_of(charter.id, only, standard)
            yield Row(
                key=key,
                service=only,
                title=sheet.title if sheet else standard.title,
                standard=standard,
                figures=None,
                without=None,
                excused=0,
                before=None,
                remark=remarks.lines.get(key, NONE),
                evidence=declared.get((charter.id, standard.code), ()),
            )


def key_of(charter: str, service: str, standard: Standard | None) -> str:
    """How remarks find their line."""
    return f"{charter}|{service}|{standard.code if standard else ''}"


def _before(previous: Compliance, line: Line) -> Line | None:
    """The newest line of a year before on the same service and standard."""
    found = [
        one
        for one in previous.lines
        if one.service == line.service
        and (one.standard.code if one.standard else "") == (line.standard.code if line.standard else "")
    ]
    return found[-1] if found else None


def figures(verdict: Verdict, left: int, coverage: Coverage) -> Figures:
    """A verdict as it may be published."""
    waits, few = verdict.waits, told(verdict.n) is None
    return Figures(
        n=told(verdict.n),
        few=few,
        within=None if few else verdict.within,
        share=None if few else verdict.share,
        p50=None if few else verdict.p50,
        p90=None if few else verdict.p90,
        longest=None if few else verdict.longest,
        unserved=told(waits.unserved),
        left=told(left),
        no_show=told(waits.no_show),
        turned_away=told(waits.turned_away),
        voided=told(waits.voided),
        suspect=told(waits.suspect),
        waiting=told(waits.waiting),
        outcome=verdict.outcome,
        coverage=coverage,
    )
