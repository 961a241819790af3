"""Every question asked of the ledger, each statement whole and visible, the same on SQLite and PostgreSQL."""

import json
from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain, groupby
from operator import itemgetter

from sportello.domain.charter import Channel, Charter, Indicator, LegRule, Waits
from sportello.domain.clock import Quality, local_time
from sportello.domain.codec import decode
from sportello.domain.days import evolve
from sportello.domain.events import Recorded
from sportello.domain.past import DAYS, VISITS, Past, Visit, kind_of, learn
from sportello.domain.plan import Plan
from sportello.domain.tickets import ServiceDay, Status
from sportello.ledger import log, measures, tallies
from sportello.ledger.db import Broken, Db, Row, row
from sportello.ledger.tallies import Level, Tally


def plan(db: Db, centre: str) -> Plan:
    """The plan in force."""
    found = row(
        db,
        "SELECT data FROM plan WHERE centre = :centre ORDER BY epoch DESC, seq DESC LIMIT 1",
        {"centre": centre},
    )
    if found is None:
        raise Broken(f"the ledger holds no plan for centre «{centre}»: check `code` in centre.toml")
    adopted: Plan = decode(Plan, json.loads(found["data"]))
    return adopted


def charters(db: Db, centre: str) -> tuple[Charter, ...]:
    """Every charter version ever adopted, oldest first."""
    found = db.rows("SELECT data FROM charter WHERE centre = :centre ORDER BY valid_from, id", {"centre": centre})
    return tuple(decode(Charter, json.loads(one["data"])) for one in found)


def service_day(db: Db, centre: str) -> tuple[ServiceDay, int]:
    """The latest service day as it stands, from its own events; and the wall time of the last event, in ms."""
    day = ServiceDay(plan=plan(db, centre), charters=charters(db, centre))
    for record in of_latest_day(db, centre):
        day = evolve(day, record.event, record.at)
    last = row(
        db,
        "SELECT wall_ms FROM event WHERE centre = :centre ORDER BY epoch DESC, seq DESC LIMIT 1",
        {"centre": centre},
    )
    return replace(day, plan=plan(db, centre), charters=charters(db, centre)), last["wall_ms"] if last else 0


def of_latest_day(db: Db, centre: str) -> Sequence[Recorded]:
    """The events since the latest day was opened, without imported history; before them the fence of a restore."""
    opened = row(
        db,
        "SELECT epoch, seq FROM service_day WHERE centre = :centre ORDER BY number DESC LIMIT 1",
        {"centre": centre},
    )
    epoch, seq = (opened["epoch"], opened["seq"]) if opened else (0, 0)
    found = db.rows(
        f"""SELECT {log.COLUMNS} FROM event
            WHERE centre = :centre AND kind NOT IN ('VisitImported', 'BlockImported', 'CharterPublished')
              AND ((epoch = :epoch AND seq >= :seq) OR epoch > :epoch OR (seq = 1 AND epoch <= :epoch))
            ORDER BY epoch, seq""",
        {"centre": centre, "epoch": epoch, "seq": seq},
    )
    return [log.read(one) for one in found]


# --- tickets of the past -----------------------------------------------------------------------------

TICKET = """SELECT id, day, number, service, priority, channel, language, charter, standard, threshold_s, source,
        demo, arrival_ms, clock_start_ms, called_ms, started_ms, ended_ms, status, counter, calls, reason, legs,
        wait_s, walk_s, service_s, journey_s, clock, quote_low_s, quote_high_s
    FROM ticket"""


def ticket(db: Db, centre: str, ticket: str) -> Row | None:
    """One ticket, of any day."""
    return row(db, f"{TICKET} WHERE centre = :centre AND id = :id", {"centre": centre, "id": ticket})


def known(db: Db, centre: str, keys: Iterable[str]) -> set[str]:
    """Those of these keys that a ticket or an imported visit already has."""
    asked = "SELECT 1 AS one FROM ticket WHERE centre = :centre AND id = :id"
    return {key for key in keys if db.rows(asked, {"centre": centre, "id": key})}


def has_service(db: Db, centre: str, service: str) -> bool:
    """Whether any ticket was ever given for a service."""
    asked = "SELECT 1 AS one FROM ticket WHERE centre = :centre AND service = :service LIMIT 1"
    return row(db, asked, {"centre": centre, "service": service}) is not None


def tickets(db: Db, centre: str, first: date, last: date) -> Iterator[Row]:
    """Every ticket of the days `first` to `last`, in order of arrival.

    Asked day by day: a year is never held in memory, and no question stays open while somebody reads slowly.
    """
    days = db.rows(tallies.DAYS, {"centre": centre, "first": first.isoformat(), "last": last.isoformat()})
    for day in days:
        yield from db.rows(
            f"{TICKET} WHERE centre = :centre AND day = :day ORDER BY arrival_ms, id",
            {"centre": centre, "day": day["day"]},
        )


# --- what the last days teach ------------------------------------------------------------------------

LAST_DAYS = """SELECT day, count(*) AS n FROM ticket WHERE centre = :centre AND day < :before
    GROUP BY day ORDER BY day DESC LIMIT :days"""

LEARNT = """SELECT service, priority, channel, clock_start_ms, threshold_s, called_ms, ended_ms, wait_s, status, clock,
        quote_low_s, quote_high_s
    FROM ticket WHERE centre = :centre AND day = :day AND status <> 'voided' ORDER BY clock_start_ms, id"""

VISIT = itemgetter("service", "priority", "channel", "clock_start_ms", "threshold_s", "called_ms", "ended_ms", "wait_s",
                   "status", "clock", "quote_low_s", "quote_high_s")  # fmt: skip


def past(db: Db, centre: str, plan: Plan, *, before: date | None) -> Past:
    """What the last open days before a day teach about waits; before None are all."""
    asked = {"centre": centre, "before": before.isoformat() if before else "9999-12-31", "days": DAYS}
    days: list[str] = []
    visits = 0
    for found in db.rows(LAST_DAYS, asked):
        visits += found["n"]
        if days and visits > VISITS:
            break
        days.insert(0, found["day"])
    return learn((visit for day in days for visit in _visits(db, centre, day)), plan)


def _visits(db: Db, centre: str, day: str) -> Iterator[Visit]:
    label = date.fromisoformat(day)
    for found in db.rows(LEARNT, {"centre": centre, "day": day}):
        service, priority, channel, start_ms, threshold_s, called_ms, ended_ms, wait_s, status, clock, low, high = (
            VISIT(found)
        )
        yield Visit(
            label,
            service,
            kind_of(priority=bool(priority), booked=channel == Channel.APPOINTMENT),
            start_ms,
            threshold_s,
            called_ms,
            ended_ms,
            None if clock == Quality.SUSPECT else wait_s,
            status == Status.NO_SHOW,
            None if low is None else (low, high),
        )


# --- how long people waited --------------------------------------------------------------------------


class By(StrEnum):
    """How a report divides what it counts, beside service and standard."""

    SERVICE = "service"
    MONTH = "month"
    DAY = "day"
    CLASS = "class"  # ordinary or priority
    CHANNEL = "channel"
    CHARTER = "charter"
    HOUR = "hour"  # of arrival, local time


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Tickets that one standard speaks of, within one group of a report."""

    service: str
    priority: bool
    channel: Channel
    charter: str  # id of the version in force at issue, "" where there was none
    group: str


TURNED_AWAY = """SELECT turned_away.day AS day, service, turned_away.wall_ms AS wall_ms,
        coalesce(charter.id, '') AS charter
    FROM turned_away LEFT JOIN charter ON charter.centre = turned_away.centre
        AND charter.valid_from <= turned_away.day
        AND (charter.valid_to IS NULL OR turned_away.day <= charter.valid_to)
    WHERE turned_away.centre = :centre AND turned_away.day BETWEEN :first AND :last
        AND (:service = '' OR service = :service)"""

RAW = "raw"  # beside the levels of the tallies: counted from the tickets


def waits(
    db: Db,
    centre: str,
    first: date,
    last: date,
    *,
    by: By = By.SERVICE,
    service: str = "",
    language: str = "",
    indicator: Indicator = Indicator.WAIT,
    leg: LegRule = LegRule.FIRST,
    excused: bool = False,
    services: Collection[str] = (),
) -> Mapping[Cell, Waits]:
    """What became of every wait of the days `first` to `last`, exactly; "" is every service, or every language.

    Months and days that are over are read from their tallies, the others counted from their tickets; so are single
    languages, every other indicator and passage than the wait to the first call, and (`excused`) those alone that an
    act of force majeure touches. Of these `services` name those wanted, none all.
    """
    with db.snapshot():
        if (indicator, leg) == (Indicator.WAIT, LegRule.FIRST) and not excused:
            return _gathered(_tallies(db, centre, first, last, by, service, language), by)
        counted = measures.counted(
            db,
            centre,
            first,
            last,
            indicator=indicator,
            leg=leg,
            part=by.value if by in (By.DAY, By.MONTH, By.HOUR) else "",
            services=(service,) if service else services,
            language=language,
            excused=excused,
        )
        counts_away = indicator is Indicator.WAIT and not excused and not language
        away = _turned_away(db, centre, first, last, by, service) if counts_away else ()
        return _gathered(chain(counted, away), by)


def _gathered(found: Iterable[Tally], by: By) -> Mapping[Cell, Waits]:
    places: dict[tuple[str, int, str, str, str], dict[str, list[Tally]]] = {}
    for tally in found:
        place = (tally.service, tally.priority, tally.channel, tally.charter, _group(tally, by))
        places.setdefault(place, {}).setdefault(tally.kind, []).append(tally)
    return {_cell(*place): _waits(kinds) for place, kinds in places.items()}


def _tallies(db: Db, centre: str, first: date, last: date, by: By, service: str, language: str) -> Iterator[Tally]:
    days = first.isoformat(), last.isoformat()
    if by is By.HOUR:
        yield from tallies.counted(db, centre, *days, service, language=language, statement=tallies.HOURLY)
    elif language:
        yield from tallies.counted(db, centre, *days, service, language=language)
    else:
        for level, begins, ends in _spans(db, centre, first, last, whole_months=by is not By.DAY):
            if level == RAW:
                yield from tallies.counted(db, centre, begins, ends, service)
            else:
                yield from tallies.kept(db, centre, Level(level), begins, ends, service)
    if not language:  # who got no number was not asked for one
        yield from _turned_away(db, centre, first, last, by, service)


def _first_day(db: Db, centre: str) -> str:
    """The first day with tickets; a day that never comes when there is none."""
    found = db.rows("SELECT min(day) AS day FROM ticket WHERE centre = :centre", {"centre": centre})
    return found[0]["day"] or "9999-12-31"


def last_day(db: Db, centre: str) -> date | None:
    """The last day with tickets, imported ones too."""
    found = db.rows("SELECT max(day) AS day FROM ticket WHERE centre = :centre", {"centre": centre})[0]["day"]
    return date.fromisoformat(found) if found else None


def _last_day(db: Db, centre: str) -> str:
    found = db.rows("SELECT max(day) AS day FROM ticket WHERE centre = :centre", {"centre": centre})
    return found[0]["day"] or "0001-01-01"


def _spans(db: Db, centre: str, first: date, last: date, *, whole_months: bool) -> Iterator[tuple[str, str, str]]:
    """How to read the days `first` to `last`: (level or RAW, first period, last period), in order."""
    start, end = first.isoformat(), last.isoformat()
    months = tallies.marked(db, centre, Level.MONTH, start[:7], end[:7]) if whole_months else set()
    inner = {month for month in months if f"{month}-01" >= start and _month_end(month) <= end}
    days = tallies.marked(db, centre, Level.DAY, start, end)
    lived = _days(max(start, _first_day(db, centre)), min(end, _last_day(db, centre)))
    periods = dict.fromkeys(_period(day, inner, days) for day in lived)
    for level, run in groupby(periods, key=lambda period: period[0]):
        names = [name for _, name in run]
        yield level, names[0], names[-1]


def _period(day: str, months: set[str], days: set[str]) -> tuple[str, str]:
    """Where a day's tickets are counted: in its month's tally, in its own, or nowhere yet."""
    if day[:7] in months:
        return Level.MONTH, day[:7]
    return (Level.DAY, day) if day in days else (RAW, day)


def _days(first: str, last: str) -> Iterator[str]:
    if first > last:
        return
    begins = date.fromisoformat(first)
    for n in range((date.fromisoformat(last) - begins).days + 1):
        yield (begins + timedelta(days=n)).isoformat()


def _month_end(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{month}-{monthrange(year, number)[1]:02d}"


def _turned_away(db: Db, centre: str, first: date, last: date, by: By, service: str) -> Iterator[Tally]:
    """Those who got no number: nobody asked their class, so they count with ordinary visitors without appointment."""
    values = {"centre": centre, "first": first.isoformat(), "last": last.isoformat(), "service": service}
    for one in db.rows(TURNED_AWAY, values):
        yield Tally(
            period=f"{local_time(one['wall_ms']).hour:02d}" if by is By.HOUR else one["day"],
            service=one["service"],
            priority=0,
            channel=Channel.WALK_IN.value,
            charter=one["charter"],
            kind="turned_away",
            n=1,
            lanes=0,
        )


# --- how the waits that were told were kept ------------------------------------------------------------

KEPT = """CASE WHEN status = 'voided' THEN 'voided'
    WHEN clock = 'suspect' THEN 'suspect'
    WHEN called_ms IS NULL AND status NOT IN ('left', 'unserved') THEN 'waiting'
    WHEN quote_low_s IS NULL THEN 'untold'
    WHEN called_ms IS NULL AND status = 'unserved' THEN 'above'
    WHEN wait_s > quote_high_s THEN 'above'
    WHEN called_ms IS NULL THEN 'left'
    WHEN wait_s < quote_low_s THEN 'below'
    ELSE 'inside' END"""

PARTS: Mapping[By, str] = {
    By.SERVICE: "service",
    By.MONTH: "day",
    By.DAY: "day",
    By.CLASS: "priority",
    By.CHANNEL: "channel",
    By.CHARTER: "coalesce(charter, '')",
    By.HOUR: "hour",
}

QUOTED: Mapping[By, str] = {
    by: f"""SELECT service, {part} AS part, {KEPT} AS kept, count(*) AS n FROM ticket
    WHERE centre = :centre AND day BETWEEN :first AND :last AND source = ''
        AND (:service = '' OR service = :service)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
    for by, part in PARTS.items()
}


def quotes(
    db: Db, centre: str, first: date, last: date, *, by: By = By.SERVICE, service: str = ""
) -> Mapping[tuple[str, str], Mapping[str, int]]:
    """By service and group: how many numbers of these days were called inside the range they were told, or not.

    Numbers given here only: a visit from another system was told nothing.
    """
    values = {"centre": centre, "first": first.isoformat(), "last": last.isoformat(), "service": service}
    found: dict[tuple[str, str], dict[str, int]] = {}
    for one in db.rows(QUOTED[by], values):
        counts = found.setdefault((one["service"], _part(one["part"], by)), {})
        counts[one["kept"]] = counts.get(one["kept"], 0) + one["n"]
    return found


def _part(part: str | int, by: By) -> str:
    """The name of the group a row belongs to."""
    match by:
        case By.MONTH:
            return str(part)[:7]
        case By.CLASS:
            return "priority" if part else "ordinary"
        case By.HOUR:
            return f"{part:02d}"
        case _:
            return str(part)


def _cell(service: str, priority: int, channel: str, charter: str, group: str) -> Cell:
    return Cell(service=service, priority=bool(priority), channel=Channel(channel), charter=charter, group=group)


def _group(tally: Tally, by: By) -> str:
    """The name of the group a tally belongs to."""
    match by:
        case By.SERVICE:
            return tally.service
        case By.MONTH:
            return tally.period[:7]
        case By.DAY:
            return tally.period
        case By.CLASS:
            return "priority" if tally.priority else "ordinary"
        case By.CHANNEL:
            return tally.channel
        case By.CHARTER:
            return tally.charter
        case By.HOUR:
            return f"{int(tally.period):02d}"


def _waits(kinds: Mapping[str, Sequence[Tally]]) -> Waits:
    n = {kind: sum(tally.n for tally in found) for kind, found in kinds.items()}
    return Waits(
        called=tallies.total(kinds.get("called", ())),
        left=tallies.total(kinds.get("left", ())),
        unserved=n.get("unserved", 0),
        waiting=n.get("waiting", 0),
        no_show=n.get("no_show", 0),
        voided=n.get("voided", 0),
        suspect=n.get("suspect", 0),
        turned_away=n.get("turned_away", 0),
        unmeasured=n.get("unmeasured", 0),
    )
