"""The log: append, read on from where one left off, find a command again."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sportello.domain.clock import Instant
from sportello.domain.events import Event, Recorded, from_data, to_data
from sportello.ledger.db import Db, Row, row

COLUMNS = "centre, epoch, seq, day, wall_ms, mono_ms, boot, trusted, actor, command_id, kind, data, hash"
INSERT = f"""INSERT INTO event ({COLUMNS}) VALUES (:centre, :epoch, :seq, :day, :wall_ms, :mono_ms, :boot,
    :trusted, :actor, :command_id, :kind, :data, :hash)"""
NAMES = tuple(name for name in COLUMNS.split(", ") if name != "hash")  # what the hash covers, in this order
COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_text = json.encoder.encode_basestring  # a string as COMPACT writes it
KEEP_COMMANDS_MS = 3 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a log ends."""

    centre: str
    epoch: int
    seq: int
    hash: str


def head(db: Db, centre: str) -> Head:
    """The end of the log; epoch 0 and an empty hash before the first event."""
    last = row(
        db,
        "SELECT epoch, seq, hash FROM event WHERE centre = :centre ORDER BY epoch DESC, seq DESC LIMIT 1",
        {"centre": centre},
    )
    if last is None:
        return Head(centre=centre, epoch=0, seq=0, hash="")
    return Head(centre=centre, epoch=last["epoch"], seq=last["seq"], hash=last["hash"])


def told(
    centre: str,
    epoch: int,
    seq: int,
    day: str | None,
    wall_ms: int,
    mono_ms: int,
    boot: str,
    trusted: int,
    actor: str,
    command_id: str,
    kind: str,
    data: str,
) -> str:
    """The event's columns in their fixed order, as compact JSON.

    Written column by column, in a third of the encoder's time: a year is half a million events.
    """
    return (
        f"[{_text(centre)},{epoch:d},{seq:d},{'null' if day is None else _text(day)},{wall_ms:d},{mono_ms:d},"
        f"{_text(boot)},{trusted:d},{_text(actor)},{_text(command_id)},{_text(kind)},{_text(data)}]"
    )


def chain(previous: str, told: str) -> str:
    """SHA-256 of the hash before and of what is told of an event."""
    return hashlib.sha256(f"{previous}\n{told}".encode()).hexdigest()


def append(
    db: Db,
    end: Head,
    happened: Sequence[tuple[Event, date | None]],
    *,
    at: Instant,
    actor: str,
    command_id: str,
) -> tuple[list[Recorded], Head]:
    """Add events, each with the service day it belongs to, after `end`. Inside the caller's transaction."""
    recorded, rows, previous = [], [], end.hash
    for place, (event, day) in enumerate(happened, start=end.seq + 1):
        columns: dict[str, Any] = {
            "centre": end.centre,
            "epoch": end.epoch,
            "seq": place,
            "day": day.isoformat() if day else None,
            "wall_ms": at.wall_ms,
            "mono_ms": at.mono_ms,
            "boot": at.boot,
            "trusted": int(at.trusted),
            "actor": actor,
            "command_id": command_id,
            "kind": type(event).__name__,
            "data": COMPACT(to_data(event)),
        }
        previous = columns["hash"] = chain(previous, told(**columns))
        rows.append(columns)
        recorded.append(
            Recorded(
                centre=end.centre,
                epoch=end.epoch,
                seq=place,
                at=at,
                day=day,
                actor=actor,
                command_id=command_id,
                event=event,
                hash=previous,
            )
        )
    db.many(INSERT, rows)
    return recorded, Head(centre=end.centre, epoch=end.epoch, seq=end.seq + len(rows), hash=previous)


def read(found: Row) -> Recorded:
    """A row of the log as the event it records."""
    return Recorded(
        centre=found["centre"],
        epoch=found["epoch"],
        seq=found["seq"],
        at=Instant(
            wall_ms=found["wall_ms"],
            mono_ms=found["mono_ms"],
            boot=found["boot"],
            trusted=bool(found["trusted"]),
        ),
        day=date.fromisoformat(found["day"]) if found["day"] else None,
        actor=found["actor"],
        command_id=found["command_id"],
        event=from_data(found["kind"], json.loads(found["data"])),
        hash=found["hash"],
    )


def since(db: Db, centre: str, epoch: int = 0, seq: int = 0) -> Iterator[Recorded]:
    """The events after (`epoch`, `seq`), in order."""
    found = db.stream(
        f"""SELECT {COLUMNS} FROM event
            WHERE centre = :centre AND (epoch > :epoch OR (epoch = :epoch AND seq > :seq))
            ORDER BY epoch, seq""",
        {"centre": centre, "epoch": epoch, "seq": seq},
    )
    return map(read, found)


def of_day(db: Db, centre: str, day: date) -> Iterator[Recorded]:
    """Everything from the first opening of a service day up to the opening of the next, in order."""
    opened = "SELECT epoch, seq FROM service_day WHERE centre = :centre"
    first = row(db, f"{opened} AND label = :day ORDER BY number LIMIT 1", {"centre": centre, "day": day.isoformat()})
    if first is None:
        return iter(())
    after = row(db, f"{opened} AND label > :day ORDER BY label LIMIT 1", {"centre": centre, "day": day.isoformat()})
    end = (after["epoch"], after["seq"]) if after else (first["epoch"], 0)
    found = db.stream(
        f"""SELECT {COLUMNS} FROM event
            WHERE centre = :centre AND (epoch > :epoch OR (epoch = :epoch AND seq >= :seq))
                AND (:last = 0 OR epoch < :until OR (epoch = :until AND seq < :last))
            ORDER BY epoch, seq""",
        {"centre": centre, "epoch": first["epoch"], "seq": first["seq"], "until": end[0], "last": end[1]},
    )
    return map(read, found)


def remember(db: Db, fingerprint: str, recorded: Sequence[Recorded]) -> None:
    """Keep which events a command gave, so that the same one sent again happens once."""
    first, last = recorded[0], recorded[-1]
    db.run(
        """INSERT INTO command (centre, id, fingerprint, epoch, first_seq, last_seq, wall_ms)
           VALUES (:centre, :id, :fingerprint, :epoch, :first, :last, :wall_ms)""",
        {
            "centre": first.centre,
            "id": first.command_id,
            "fingerprint": fingerprint,
            "epoch": first.epoch,
            "first": first.seq,
            "last": last.seq,
            "wall_ms": first.at.wall_ms,
        },
    )


def by_command(db: Db, centre: str, command_id: str) -> tuple[str, list[Recorded]] | None:
    """Fingerprint and events of a command seen before."""
    found = row(
        db,
        """SELECT fingerprint, epoch, first_seq, last_seq FROM command
           WHERE centre = :centre AND id = :id""",
        {"centre": centre, "id": command_id},
    )
    if found is None:
        return None
    events = db.rows(
        f"""SELECT {COLUMNS} FROM event
            WHERE centre = :centre AND epoch = :epoch AND seq BETWEEN :first AND :last ORDER BY seq""",
        {
            "centre": centre,
            "epoch": found["epoch"],
            "first": found["first_seq"],
            "last": found["last_seq"],
        },
    )
    return found["fingerprint"], [read(event) for event in events]


def forget_commands(db: Db, centre: str, now_ms: int) -> None:
    """Command ids are kept for three days: nobody's browser retries longer."""
    db.run(
        "DELETE FROM command WHERE centre = :centre AND wall_ms < :before",
        {"centre": centre, "before": now_ms - KEEP_COMMANDS_MS},
    )
