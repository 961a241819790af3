"""Everything that happened on one day, for a lawyer: the reply to a *diffida* (D.Lgs. 198/2009).

From the log alone, in full: nothing is left out for being rare, as the reader was there. Nobody is named: visitors have
numbers, and what would tell who worked is told by its hash alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sportello.domain.charter import Channel, Charter, Standard, Verdict, in_force, standard_for
from sportello.domain.coverage import Span
from sportello.domain.errors import Reason, Refused
from sportello.domain.events import Recorded
from sportello.domain.plan import Plan
from sportello.ledger import evidence as happenings
from sportello.ledger import queries
from sportello.ledger.db import Db, Row
from sportello.ledger.evidence import Evidence
from sportello.ledger.log import COLUMNS
from sportello.ledger.recording import recording
from sportello.reports.compliance import Compliance, compliance, title_of

Place = tuple[int, int]  # epoch and number of an event


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An event as the log holds it, with the hash before it: SHA-256 of both gives its own. `columns` None: it tells
    who worked, or a clerk's own words; its hash still ties what is before it to what comes after."""

    place: Place
    previous: str
    hash: str
    columns: Mapping[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One day of one site, whole, or as far as it bears on one service."""

    happened: Evidence
    links: tuple[Link, ...]
    tickets: tuple[Row, ...]
    report: Compliance
    plan: Plan
    hours: tuple[Span, ...]  # in which the doors were to be open
    charter: Charter | None
    charters: tuple[Charter, ...]

    @property
    def day(self) -> date:
        return self.happened.day

    @property
    def service(self) -> str:
        return self.happened.service

    @property
    def title(self) -> str:
        """The service's name in words; all services where none was asked."""
        return title_of(self.service, self.charter, self.charters)["it"] if self.service else "tutti i servizi"

    @property
    def standards(self) -> Sequence[Standard]:
        """The promises on the wait that held that day for this service, or for any that had a number."""
        found = {
            standard.code: standard
            for service in ([self.service] if self.service else sorted({one["service"] for one in self.tickets}))
            for channel in Channel
            for priority in (False, True)
            if (standard := self._promise(service, channel, priority=priority))
        }
        return tuple(found.values())

    def _promise(self, service: str, channel: Channel, *, priority: bool) -> Standard | None:
        if self.charter is None:
            return None
        return standard_for(self.charter, service=service, site=self.plan.site, channel=channel, priority=priority)

    @property
    def figures(self) -> Iterator[tuple[str, Standard | None, Verdict]]:
        for line in self.report.lines:
            yield line.service, line.standard, line.verdict


def dossier(db: Db, centre: str, day: date, service: str = "") -> Dossier:
    """The day, with its chain walked. `Refused` when nothing knows the service."""
    with db.snapshot():
        charters, plan = queries.charters(db, centre), queries.plan(db, centre)
        if service and not any(one.sheet(service) for one in charters) and not queries.has_service(db, centre, service):
            raise Refused(Reason.UNKNOWN_SERVICE, service)
        happened = happenings.evidence(db, centre, day, service)
        report = compliance(
            db,
            centre,
            charters=charters,
            site=plan.site,
            first=day,
            last=day,
            service=service or None,
        )
        hours = recording(db, centre, day, day).opened
        links = tuple(_links(db, happened))
        tickets = tuple(_tickets(db, happened))
    return Dossier(
        happened=happened,
        links=links,
        tickets=tickets,
        report=report,
        plan=plan,
        hours=hours,
        charter=in_force(charters, day),
        charters=charters,
    )


def _tickets(db: Db, happened: Evidence) -> Iterator[Row]:
    """The numbers that these events speak of, in order of arrival."""
    spoken_of = {_subject(one) for one in happened.events}
    for one in queries.tickets(db, happened.centre, happened.day, happened.day):
        if one["id"] in spoken_of:
            yield one


def _subject(recorded: Recorded) -> str:
    return str(getattr(recorded.event, "ticket", "") or getattr(recorded.event, "key", ""))


def _links(db: Db, happened: Evidence) -> Iterator[Link]:
    """Every event of the dossier as a link of the chain."""
    told = {(one.epoch, one.seq): one for one in happened.events}
    for epoch in sorted({place[0] for place in told}):
        seqs = [seq for one, seq in told if one == epoch]
        values = {"centre": happened.centre, "epoch": epoch, "first": min(seqs) - 1, "last": max(seqs)}
        previous = ""
        for found in db.rows(
            f"""SELECT {COLUMNS} FROM event WHERE centre = :centre
                AND ((epoch = :epoch AND seq BETWEEN :first AND :last) OR (epoch < :epoch AND :first = 0))
                ORDER BY epoch, seq""",
            values,
        ):
            place = (found["epoch"], found["seq"])
            if place in told and place[0] == epoch:
                yield _link(found, previous, told[place])
            previous = found["hash"]


def _link(found: Row, previous: str, recorded: Recorded) -> Link:
    event = recorded.event
    closed = hasattr(event, "clerk") or bool(getattr(event, "note", ""))
    columns = {name: found[name] for name in COLUMNS.split(", ") if name != "hash"}
    place = (found["epoch"], found["seq"])
    return Link(place=place, previous=previous, hash=found["hash"], columns=None if closed else columns)
