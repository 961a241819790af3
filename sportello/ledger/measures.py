"""What standards on other things than the wait to the first call need: counted from the tickets and their passages."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby, product
from operator import itemgetter

from sportello.domain.charter import TIMED, Indicator, LegRule
from sportello.ledger import tallies
from sportello.ledger.db import Db, Row
from sportello.ledger.tallies import Tally

# What became of a passage, and the seconds that count, for each indicator. Who was called and never began to be served
# has no second indicator to be judged by, and is counted as unmeasured.
KINDS: Mapping[Indicator, str] = {
    Indicator.WAIT: """CASE WHEN status = 'voided' THEN 'voided'
        WHEN clock = 'suspect' THEN 'suspect'
        WHEN called_ms IS NOT NULL THEN 'called'
        WHEN status IN ('left', 'unserved') THEN status
        ELSE 'waiting' END""",
    Indicator.WAIT_START: """CASE WHEN status = 'voided' THEN 'voided'
        WHEN clock = 'suspect' THEN 'suspect'
        WHEN start_s IS NOT NULL THEN 'called'
        WHEN started_ms IS NOT NULL THEN 'suspect'
        WHEN called_ms IS NULL AND status IN ('left', 'unserved') THEN status
        WHEN status IN ('finished', 'no_show', 'left', 'unserved', 'moved') THEN 'unmeasured'
        ELSE 'waiting' END""",
    Indicator.SERVICE_TIME: """CASE WHEN status = 'voided' THEN 'voided'
        WHEN status IN ('waiting', 'called', 'serving', 'held') THEN 'waiting'
        WHEN served_s IS NOT NULL THEN 'called'
        WHEN started_ms IS NOT NULL AND ended_ms IS NOT NULL THEN 'suspect'
        ELSE 'unmeasured' END""",
}
SECONDS: Mapping[Indicator, str] = {
    Indicator.WAIT: "wait_s",
    Indicator.WAIT_START: "coalesce(start_s, wait_s)",
    Indicator.SERVICE_TIME: "served_s",
}

FIRST = """SELECT id AS ticket, 1 AS n, day, hour, service, priority, channel, coalesce(charter, '') AS charter,
        CASE WHEN status = 'voided' OR passages = 1 THEN status ELSE 'moved' END AS status, passages,
        called_ms, started_ms, ended_ms, wait_s, start_s, served_s, clock
    FROM ticket
    WHERE centre = :centre AND day BETWEEN :first AND :last AND (:language = '' OR language = :language)"""

LATER = """SELECT ticket, n, day, hour, service, priority, channel, coalesce(charter, '') AS charter, status,
        0 AS passages, called_ms, started_ms, ended_ms, wait_s, start_s, served_s, clock
    FROM passage
    WHERE centre = :centre AND day BETWEEN :first AND :last AND (:language = '' OR language = :language)"""

# those whose wait, or (for the other indicators) whose stay, an act of force majeure touches
EXCUSED = """IN (SELECT excused.id FROM force_majeure JOIN ticket AS excused
        ON excused.centre = force_majeure.centre
        AND excused.day BETWEEN force_majeure.first_day AND force_majeure.last_day
        AND (force_majeure.service = '' OR force_majeure.service = excused.service)
        AND excused.clock_start_ms < force_majeure.until_ms
        AND coalesce({until}, force_majeure.until_ms) > force_majeure.since_ms
    WHERE force_majeure.centre = :centre AND force_majeure.withdrawn IS NULL
        AND excused.day BETWEEN :first AND :last)"""


def _of(indicator: Indicator, leg: LegRule, *, excused: bool) -> tuple[str, str]:
    """The passages asked for: those counted by the database, and those of visits of several to be summed here."""
    wait = (indicator, leg) == (Indicator.WAIT, LegRule.FIRST)
    only = EXCUSED.format(until="excused.called_ms, excused.ended_ms" if wait else "excused.ended_ms")
    first = f"{FIRST} AND id {only}" if excused else FIRST
    later = f"{LATER} AND ticket {only}" if excused else LATER
    whole = {
        LegRule.FIRST: first,
        LegRule.ANY: f"{first} UNION ALL {later}",
        LegRule.SUM: f"{first} AND passages = 1",
    }
    return whole[leg], f"{first} AND passages > 1 UNION ALL {later}"


PARTS = {"day": "day", "month": "substr(day, 1, 7)", "hour": "hour", "": "substr(day, 1, 0)"}

COUNTED = {
    (indicator, leg, excused, part): f"""SELECT {PARTS[part]} AS period, service, priority, channel, charter,
        {KINDS[indicator]} AS kind, coalesce({SECONDS[indicator]}, 0) AS wait_s, count(*) AS n,
        sum(CASE WHEN status = 'no_show' THEN 1 ELSE 0 END) AS no_show
    FROM ({_of(indicator, leg, excused=excused)[0]}) AS passages
    WHERE (:services = '' OR :services LIKE '%|' || service || '|%')
    GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7"""
    for indicator, leg, excused, part in product(TIMED, LegRule, (False, True), PARTS)
}

SEVERAL = {
    (indicator, excused): f"""SELECT ticket, n, day, hour, service, priority, channel, charter, status,
        {KINDS[indicator]} AS kind, coalesce({SECONDS[indicator]}, 0) AS wait_s
    FROM ({_of(indicator, LegRule.SUM, excused=excused)[1]}) AS passages
    ORDER BY ticket, n"""
    for indicator, excused in product(TIMED, (False, True))
}

# what a visit of several passages is, from what they are: the first of these that one of them is
GRAVEST = ("voided", "suspect", "waiting", "unserved", "left", "called", "unmeasured")
PLACE = itemgetter("period", "service", "priority", "channel", "charter", "kind", "wait_s")


def counted(
    db: Db,
    centre: str,
    first: date,
    last: date,
    *,
    indicator: Indicator,
    leg: LegRule,
    part: str = "",
    services: Collection[str] = (),
    language: str = "",
    excused: bool = False,
) -> Iterator[Tally]:
    """Tallies of one indicator on the first passage, on any, or on their sum, divided by a `part` of PARTS.

    No `services` are all, and "" every language; `excused`: those alone that an act of force majeure touches.
    """
    values = {"centre": centre, "first": first.isoformat(), "last": last.isoformat(), "language": language}
    asked = COUNTED[indicator, leg, excused, part]
    yield from tallies.gathered(db.rows(asked, {**values, "services": _listed(services)}))
    if leg is LegRule.SUM:
        visits = groupby(db.rows(SEVERAL[indicator, excused], values), itemgetter("ticket"))
        summed = [_summed(list(passages), part) for _, passages in visits]
        wanted = sorted((one for one in summed if not services or one["service"] in services), key=PLACE)
        yield from tallies.gathered(_alike(list(same)) for _, same in groupby(wanted, key=PLACE))


def _listed(services: Collection[str]) -> str:
    """Codes as one text, to be looked for in it; "" for every service."""
    return f"|{'|'.join(sorted(services))}|" if services else ""


def _alike(visits: Sequence[Row]) -> Row:
    """Visits of one place and one second as a row that counts them."""
    return {**visits[0], "n": len(visits), "no_show": sum(one["no_show"] for one in visits)}


def _summed(passages: Sequence[Row], part: str) -> Row:
    """A visit's passages as one: its seconds are theirs together, its service the one asked for first."""
    first, kinds = passages[0], [one["kind"] for one in passages]
    kind = next(kind for kind in GRAVEST if kind in kinds)
    return {
        "period": _period(first, part),
        "service": first["service"],
        "priority": first["priority"],
        "channel": first["channel"],
        "charter": first["charter"],
        "kind": kind,
        "wait_s": _total(passages, kind),
        "n": 1,
        "no_show": int(any(one["status"] == "no_show" for one in passages)),
    }


def _period(passage: Row, part: str) -> object:
    match part:
        case "hour":
            return passage["hour"]
        case "day":
            return passage["day"]
        case "month":
            return passage["day"][:7]
    return ""


def _total(passages: Iterable[Row], kind: str) -> int:
    counts = ("called", "left") if kind in ("called", "left") else ()
    return sum(one["wait_s"] for one in passages if one["kind"] in counts)
