"""How each declared standard was kept: the charter's promises against the ledger's waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sportello.domain.charter import (
    Charter,
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
from sportello.domain.errors import Reason, Refused
from sportello.ledger import log, queries, tallies
from sportello.ledger.db import Db
from sportello.ledger.queries import By, Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One standard for one service, in one group of the report. `standard` None: nothing timed was promised."""

    service: str
    title: Text
    charter: str  # id of the version in force, "" where there was none
    standard: Standard | None
    group: str
    verdict: Verdict

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
    """A report on the days `first` to `last`, and where the log it was made from ended."""

    first: date
    last: date
    by: By
    lines: tuple[Line, ...]
    log: log.Head

    def outside(self) -> Mapping[str, int]:
        """How many people are outside the figures, by the names of OUTSIDE."""
        waits = [line.verdict.waits for line in self.lines]
        return {
            "voided": sum(one.voided for one in waits),
            "suspect": sum(one.suspect for one in waits),
            "left_within": sum(line.left_within for line in self.lines),
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
) -> Compliance:
    """Every standard that the tickets of a period were issued under, judged.

    `by`: a word of `By`, ValueError otherwise; `service`: that one alone, `Refused` when nothing knows it.
    Two charter versions in the period give two lines: a change of the charter never rewrites the past.
    """
    division = By(by)
    with db.snapshot():
        waits = queries.waits(db, centre, first, last, by=division, service=service or "")
        end = log.head(db, centre)
    if service and not waits and not any(charter.sheet(service) for charter in charters):
        raise Refused(Reason.UNKNOWN_SERVICE, service)
    return Compliance(first=first, last=last, by=division, lines=judged(waits, charters, site), log=end)


def judged(waits: Mapping[Cell, Waits], charters: Sequence[Charter], site: str) -> tuple[Line, ...]:
    """These waits as lines: one for each service, charter version, standard and group."""
    versions = {charter.id: charter for charter in charters}
    found: dict[tuple[str, str, str, str], list[Cell]] = {}
    for cell in waits:
        standard = promise(versions.get(cell.charter), cell, site)
        key = (cell.service, cell.charter, standard.code if standard else "", cell.group)
        found.setdefault(key, []).append(cell)
    return tuple(_line(cells, waits, versions, charters, site) for _, cells in sorted(found.items()))


def promise(charter: Charter | None, cell: Cell, site: str) -> Standard | None:
    """The standard on the wait that held for these tickets when they were issued."""
    if charter is None:
        return None
    return standard_for(charter, service=cell.service, site=site, channel=cell.channel, priority=cell.priority)


def _line(
    cells: Sequence[Cell],
    waits: Mapping[Cell, Waits],
    versions: Mapping[str, Charter],
    charters: Sequence[Charter],
    site: str,
) -> Line:
    one = cells[0]
    standard = promise(versions.get(one.charter), one, site)
    return Line(
        service=one.service,
        title=title_of(one.service, versions.get(one.charter), charters),
        charter=one.charter,
        standard=standard,
        group=one.group,
        verdict=_verdict(together([waits[cell] for cell in cells]), standard),
    )


def _verdict(waits: Waits, standard: Standard | None) -> Verdict:
    """The verdict; a standard on other passages than the first is shown with the first's waits, and not judged."""
    verdict = judge(
        waits,
        threshold_s=standard.threshold_s if standard else None,
        share=standard.share if standard else None,
    )
    measured = standard is None or standard.leg is LegRule.FIRST
    return verdict if measured else replace(verdict, outcome=Outcome.NOT_ASSESSABLE)


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
    )
