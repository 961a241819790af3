"""The log: append, read on from where one left off, find a command again, and prove that nothing was changed."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sportello.domain.clock import Instant, local_ms
from sportello.domain.events import Event, Recorded, from_data, to_data
from sportello.ledger.db import Db, Row, cells, row

COLUMNS = "centre, epoch, seq, day, wall_ms, mono_ms, boot, trusted, actor, command_id, kind, data, hash"
INSERT = f"""INSERT INTO event ({COLUMNS}) VALUES (:centre, :epoch, :seq, :day, :wall_ms, :mono_ms, :boot,
    :trusted, :actor, :command_id, :kind, :data, :hash)"""
NAMES = tuple(name for name in COLUMNS.split(", ") if name != "hash")  # what the hash covers, in this order
COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_text = json.encoder.encode_basestring  # a string as COMPACT writes it
LONG, MOST_WALKERS = 50_000, 4  # events worth a process more; processes at most
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


def chain(
    previous: str,
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
    """SHA-256 of the hash before and the event's columns in their fixed order, as compact JSON.

    The JSON is written column by column, in a third of the encoder's time: a year is half a million events.
    """
    return hashlib.sha256(
        f"{previous}\n"
        f"[{_text(centre)},{epoch:d},{seq:d},{'null' if day is None else _text(day)},{wall_ms:d},{mono_ms:d},"
        f"{_text(boot)},{trusted:d},{_text(actor)},{_text(command_id)},{_text(kind)},{_text(data)}]".encode()
    ).hexdigest()


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
        previous = columns["hash"] = chain(previous, **columns)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first event that is not what was written, and why."""

    epoch: int
    seq: int
    kind: str
    why: str


def verify(db: Db, centre: str) -> Iterator[Fault | int]:
    """Walk the chain: yields how many events are good so far, now and then, and the first bad one, if any."""
    found = db.stream(f"SELECT {COLUMNS} FROM event WHERE centre = :centre ORDER BY epoch, seq", {"centre": centre})
    yield from _walk(found, "", (0, 0))


def _walk(rows: Iterable[Row], previous: str, expected: tuple[int, int]) -> Iterator[Fault | int]:
    """Walk a stretch of the chain that follows the hash and the place before it."""
    good, (epoch, seq) = 0, expected
    for found in rows:
        *hashed, told = cells(found)
        _, its_epoch, its_seq, *_ = hashed
        if (its_seq != seq + 1 or its_epoch != epoch) and (its_epoch <= epoch or its_seq != 1):
            yield _fault(found, f"an event is missing after {epoch}/{seq}")
            return
        if told != _hash(previous, hashed):
            yield _fault(found, "its content or its link to the event before was changed")
            return
        previous, epoch, seq, good = told, its_epoch, its_seq, good + 1
        if good % 10_000 == 0:
            yield good
    yield good


def _hash(previous: str, hashed: Sequence[Any]) -> str:
    """The hash that a row should have; empty where a column is not even of its kind."""
    try:
        return chain(previous, *hashed)
    except (TypeError, ValueError):
        return ""


STANDING = """SELECT epoch, seq AS first, seq AS last FROM plan WHERE centre = :centre AND wall_ms < :until_ms
    UNION SELECT epoch, seq, seq FROM charter WHERE centre = :centre
    UNION SELECT epoch, seq, seq FROM force_majeure WHERE centre = :centre
        AND first_day <= :last AND last_day >= :first
    ORDER BY 1, 2"""

STRETCH = """SELECT epoch, min(seq) AS first, max(seq) AS last FROM event
    WHERE centre = :centre AND day BETWEEN :first AND :last GROUP BY epoch ORDER BY epoch"""


def fault(db: Db, centre: str, first: date, last: date) -> Fault | None:
    """The first event that is not what was written, of all that figures on the days `first` to `last` rest upon.

    Walks from the first event of these days to the last one; plans, charters and acts before them are each checked
    against the event before theirs.
    """
    with looking(db, centre, first, last) as found:
        return found()


@contextmanager
def looking(db: Db, centre: str, first: date, last: date) -> Iterator[Callable[[], Fault | None]]:
    """Begin to look for that event while something else is done; called, what this gives tells it.

    Long stretches of a file are walked by processes beside ours from now on, the others when the answer is wanted.
    """
    values = {"centre": centre, "first": first.isoformat(), "last": last.isoformat()}
    stretches = {
        (one["epoch"], one["first"], one["last"])
        for one in db.rows(STANDING, {**values, "until_ms": local_ms(last + timedelta(days=1), 0)})
    }
    stretches |= {(one["epoch"], one["first"], one["last"]) for one in db.rows(STRETCH, values)}
    parts = [part for stretch in sorted(stretches) for part in _parts(db, centre, *stretch)]
    try:
        yield lambda: next((bad for part in parts if (bad := part.found(db, centre))), None)
    finally:
        for part in parts:
            part.give_up()


@dataclass(frozen=True, slots=True)
class _Part:
    """Some events of one epoch; `walker` None: they are walked here."""

    epoch: int
    first: int
    last: int
    walker: "subprocess.Popen[str] | None" = None

    def found(self, db: Db, centre: str) -> Fault | None:
        """The first bad one. What a walker could not say is looked at here."""
        said = self.walker.communicate()[0] if self.walker else ""
        if self.walker is None or self.walker.returncode != 0:
            return walk(db, centre, self.epoch, self.first, self.last)
        told = json.loads(said)
        return Fault(**told) if told else None

    def give_up(self) -> None:
        """Nobody waits for the answer any more."""
        if self.walker and self.walker.returncode is None:
            self.walker.kill()
            self.walker.communicate()


def _parts(db: Db, centre: str, epoch: int, first: int, last: int) -> Sequence[_Part]:
    """A stretch of one epoch, a long one of a file with walkers on their way."""
    walkers = min(os.cpu_count() or 1, MOST_WALKERS)
    if db.path is None or walkers == 1 or last - first < LONG:
        return [_Part(epoch, first, last)]
    ends = [first + (last + 1 - first) * n // walkers for n in range(walkers + 1)]
    return [
        _Part(epoch, since, until - 1, _walker(db.path, centre, epoch, since, until - 1))
        for since, until in pairwise(ends)
    ]


def _walker(path: Path, centre: str, epoch: int, first: int, last: int) -> "subprocess.Popen[str]":
    words = [sys.executable, "-m", "sportello.ledger.walk", str(path), centre, str(epoch), str(first), str(last)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def walk(db: Db, centre: str, epoch: int, first: int, last: int) -> Fault | None:
    """The first bad event from `first` to `last` of an epoch, each checked against the one before it."""
    before = row(
        db,
        """SELECT epoch, seq, hash FROM event WHERE centre = :centre
           AND (epoch < :epoch OR (epoch = :epoch AND seq < :first)) ORDER BY epoch DESC, seq DESC LIMIT 1""",
        {"centre": centre, "epoch": epoch, "first": first},
    )
    found = db.stream(
        f"""SELECT {COLUMNS} FROM event
            WHERE centre = :centre AND epoch = :epoch AND seq BETWEEN :first AND :last ORDER BY seq""",
        {"centre": centre, "epoch": epoch, "first": first, "last": last},
    )
    place = (before["epoch"], before["seq"]) if before else (0, 0)
    walked = _walk(found, before["hash"] if before else "", place)
    return next((one for one in walked if isinstance(one, Fault)), None)


def _fault(found: Row, why: str) -> Fault:
    return Fault(epoch=found["epoch"], seq=found["seq"], kind=found["kind"], why=why)
