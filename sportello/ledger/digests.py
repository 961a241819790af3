"""The seal of a period's figures: a hash over exactly the events that they are a function of.

The hash of a day is SHA-256 over the hashes of its ticket events, in order. Kept with a closed day's tallies, so that a
year costs 365 rows; made again from the log for days that are not closed.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sportello.domain.charter import Charter
from sportello.domain.clock import local_ms
from sportello.domain.codec import encode
from sportello.ledger import tallies
from sportello.ledger.db import Db, cells
from sportello.ledger.log import COMPACT

FACTS = {
    "turned_away": """SELECT day, service, why, wall_ms FROM turned_away
        WHERE centre = :centre AND day BETWEEN :first AND :last ORDER BY epoch, seq""",
    "service_day": """SELECT label, opened_ms, desk_ms FROM service_day
        WHERE centre = :centre AND label BETWEEN :first AND :last ORDER BY number""",
    "force_majeure": """SELECT record, since_ms, until_ms, service, act, why, withdrawn FROM force_majeure
        WHERE centre = :centre AND first_day <= :last AND last_day >= :first ORDER BY epoch, seq""",
    "silence": """SELECT since_ms, until_ms FROM silence
        WHERE centre = :centre AND until_ms > :since_ms AND since_ms < :until_ms ORDER BY epoch, seq""",
    "plan": """SELECT wall_ms, data FROM plan WHERE centre = :centre AND wall_ms < :until_ms ORDER BY epoch, seq""",
}


def data_hash(db: Db, centre: str, charters: Sequence[Charter], first: date, last: date, *, stamp: str) -> str:
    """SHA-256 over the days' hashes and over everything else that bears on the figures of `first` to `last`.

    `stamp` says what is made of them: definition, site. Whoever turns up in the log later changes nothing here.
    """
    seal = hashlib.sha256(f"{stamp} {centre} {first} {last}\n".encode())
    for charter in sorted(charters, key=lambda one: one.id):
        if charter.valid_from <= last and (charter.valid_to is None or charter.valid_to >= first):
            seal.update(f"charter {charter.id} {hashlib.sha256(_json(charter).encode()).hexdigest()}\n".encode())
    values = {
        "centre": centre,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "since_ms": local_ms(first, 0),
        "until_ms": local_ms(last + timedelta(days=1), 0),
    }
    for name, asked in FACTS.items():
        for found in db.rows(asked, values):
            seal.update(f"{name} {COMPACT(list(cells(found)))}\n".encode())
    for day, digest in days(db, centre, first, last):
        seal.update(f"day {day} {digest}\n".encode())
    return seal.hexdigest()


def days(db: Db, centre: str, first: date, last: date) -> Iterator[tuple[str, str]]:
    """Each day with ticket events, and the hash over them; what is not kept is made again."""
    kept = tallies.digests(db, centre, first.isoformat(), last.isoformat())
    bounds = db.rows("SELECT min(day) AS first, max(day) AS last FROM event WHERE centre = :centre", {"centre": centre})
    begins, ends = bounds[0]["first"], bounds[0]["last"]
    if begins is None:
        return
    day, end = max(first, date.fromisoformat(begins)), min(last, date.fromisoformat(ends))
    while day <= end:
        digest = kept.get(day.isoformat()) or tallies.digest(db, centre, day.isoformat())
        if digest != tallies.NOTHING:
            yield day.isoformat(), digest
        day += timedelta(days=1)


def _json(charter: Charter) -> str:
    return json.dumps(encode(charter), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
