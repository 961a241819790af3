"""Yearly verifications: what is being written, and what was published, each version with its files as they were.

Kept beside the log, not in it: texts change until they are published, and files can be made again from the log. What
was published once is never changed: another version follows it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sportello.domain.codec import decode, encode
from sportello.domain.remarks import Remarks
from sportello.ledger.db import Db, Row, row
from sportello.ledger.log import COMPACT

ABOUT = """SELECT first_day, last_day, version, role, act, data, data_hash, published_ms FROM publication"""
PERIOD = "centre = :centre AND first_day = :first AND last_day = :last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A version that was published. `role`: of whoever published it, never a name; `act`: the one that approved it."""

    first: date
    last: date
    version: int
    role: str
    act: str
    remarks: Remarks
    data_hash: str
    published_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A published file and its SHA-256."""

    name: str
    sha256: str


def keep_draft(db: Db, centre: str, first: date, last: date, remarks: Remarks, *, now_ms: int) -> None:
    """What is written so far, instead of what was before."""
    db.run(
        """INSERT INTO verification_draft (centre, first_day, last_day, data, changed_ms)
           VALUES (:centre, :first, :last, :data, :now_ms)
           ON CONFLICT (centre, first_day, last_day) DO UPDATE SET data = excluded.data,
               changed_ms = excluded.changed_ms""",
        {**_period(centre, first, last), "data": COMPACT(encode(remarks)), "now_ms": now_ms},
    )


def draft(db: Db, centre: str, first: date, last: date) -> Remarks | None:
    """What is being written on these days; None where nobody began."""
    found = row(db, f"SELECT data FROM verification_draft WHERE {PERIOD}", _period(centre, first, last))
    return _remarks(found["data"]) if found else None


def drafts(db: Db, centre: str) -> Sequence[tuple[date, date]]:
    """The periods on which somebody is writing, the newest first."""
    found = db.rows(
        "SELECT first_day, last_day FROM verification_draft WHERE centre = :centre ORDER BY last_day DESC, first_day",
        {"centre": centre},
    )
    return tuple((date.fromisoformat(one["first_day"]), date.fromisoformat(one["last_day"])) for one in found)


def written(db: Db, centre: str, first: date, last: date) -> Remarks:
    """What stands in the verification of these days: the draft, else what was published last, else nothing."""
    begun = draft(db, centre, first, last)
    if begun is not None:
        return begun
    published = publications(db, centre, first, last)
    return published[0].remarks if published else Remarks()


def publish(
    db: Db, centre: str, first: date, last: date, *, role: str, act: str, remarks: Remarks, data_hash: str,
    files: Mapping[str, tuple[str, bytes]], now_ms: int,
) -> int:  # fmt: skip
    """Keep a new version with its files (name -> SHA-256 and content), end the draft; which version it is.

    Inside the caller's transaction.
    """
    period = _period(centre, first, last)
    version = db.rows(f"SELECT count(*) AS n FROM publication WHERE {PERIOD}", period)[0]["n"] + 1
    db.run(
        """INSERT INTO publication (centre, first_day, last_day, version, role, act, data, data_hash, published_ms)
           VALUES (:centre, :first, :last, :version, :role, :act, :data, :data_hash, :now_ms)""",
        {**period, "version": version, "role": role, "act": act, "data": COMPACT(encode(remarks)),
         "data_hash": data_hash, "now_ms": now_ms},
    )  # fmt: skip
    db.many(
        """INSERT INTO publication_file (centre, first_day, last_day, version, name, sha256, content)
           VALUES (:centre, :first, :last, :version, :name, :sha256, :content)""",
        [
            {**period, "version": version, "name": name, "sha256": sha256, "content": content}
            for name, (sha256, content) in files.items()
        ],
    )
    db.run(f"DELETE FROM verification_draft WHERE {PERIOD}", period)
    return int(version)


def publications(db: Db, centre: str, first: date | None = None, last: date | None = None) -> Sequence[Publication]:
    """What was published, of these days or of all; the newest period first, of each the newest version first."""
    found = db.rows(
        f"""{ABOUT} WHERE centre = :centre AND (:first = '' OR (first_day = :first AND last_day = :last))
            ORDER BY last_day DESC, first_day DESC, version DESC""",
        {
            "centre": centre,
            "first": first.isoformat() if first else "",
            "last": last.isoformat() if last else "",
        },
    )
    return tuple(map(_publication, found))


def files(db: Db, centre: str, published: Publication) -> Sequence[File]:
    """The files of a version, by name."""
    found = db.rows(
        f"SELECT name, sha256 FROM publication_file WHERE {PERIOD} AND version = :version ORDER BY name",
        {**_period(centre, published.first, published.last), "version": published.version},
    )
    return tuple(File(name=one["name"], sha256=one["sha256"]) for one in found)


def content(db: Db, centre: str, published: Publication, name: str) -> bytes | None:
    """A published file, byte for byte; None where there is none of this name."""
    found = row(
        db,
        f"SELECT content FROM publication_file WHERE {PERIOD} AND version = :version AND name = :name",
        {**_period(centre, published.first, published.last), "version": published.version, "name": name},
    )
    return bytes(found["content"]) if found else None


def _period(centre: str, first: date, last: date) -> dict[str, str]:
    return {"centre": centre, "first": first.isoformat(), "last": last.isoformat()}


def _remarks(text: str) -> Remarks:
    found: Remarks = decode(Remarks, json.loads(text))
    return found


def _publication(found: Row) -> Publication:
    return Publication(
        first=date.fromisoformat(found["first_day"]),
        last=date.fromisoformat(found["last_day"]),
        version=found["version"],
        role=found["role"],
        act=found["act"],
        remarks=_remarks(found["data"]),
        data_hash=found["data_hash"],
        published_ms=found["published_ms"],
    )
