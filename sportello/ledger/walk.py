"""The walk along the chain: the proof that nothing was changed, or the first event that was.

`python -m sportello.ledger.walk FILE CENTRE EPOCH FIRST LAST` walks a stretch in a process of its own and writes the
first bad event as JSON, or null. The log only grows, so a stretch is the same for every reader.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from sportello.domain.clock import local_ms
from sportello.ledger import log, sqlite
from sportello.ledger.db import Db, Row, cells, row

LONG, MOST_WALKERS = 50_000, 4  # events worth a process more; processes at most
STRIDE = 10_000  # events between two words on how far the walk is

Step = tuple[int, int, str, str]  # epoch, seq, what is told of the event, its hash


class Place(NamedTuple):
    """Where a walk stands: after this event."""

    epoch: int
    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first event that is not what was written, and why."""

    epoch: int
    seq: int
    kind: str
    why: str


STANDING = """SELECT epoch, seq AS first, seq AS last FROM plan WHERE centre = :centre AND wall_ms < :until_ms
    UNION SELECT epoch, seq, seq FROM charter WHERE centre = :centre
    UNION SELECT epoch, seq, seq FROM force_majeure WHERE centre = :centre
        AND first_day <= :last AND last_day >= :first
    ORDER BY 1, 2"""

OF_DAYS = """SELECT epoch, min(seq) AS first, max(seq) AS last FROM event
    WHERE centre = :centre AND day BETWEEN :first AND :last GROUP BY epoch ORDER BY epoch"""

EPOCHS = """SELECT epoch, min(seq) AS first, max(seq) AS last FROM event
    WHERE centre = :centre GROUP BY epoch ORDER BY epoch"""

BEFORE = """SELECT epoch, seq, hash FROM event WHERE centre = :centre
    AND (epoch < :epoch OR (epoch = :epoch AND seq < :first)) ORDER BY epoch DESC, seq DESC LIMIT 1"""

STRETCH = "WHERE centre = :centre AND epoch = :epoch AND seq BETWEEN :first AND :last"

ONE_BY_ONE = f"SELECT {log.COLUMNS} FROM event {STRETCH} ORDER BY seq"

# The same JSON, written by SQLite in half the time. A hash that fits proves the text, whoever wrote it. Columns not of
# their kind are left to the other way, which judges: JSON would not always tell them from those that are.
AT_ONCE = f"""SELECT epoch, seq, json_array({", ".join(log.NAMES)}) AS told, hash FROM event {STRETCH}
    AND typeof(day) IN ('text', 'null')
    AND {" AND ".join(f"typeof({name}) = 'integer'" for name in ("wall_ms", "mono_ms", "trusted"))}
    AND {" AND ".join(f"typeof({name}) = 'text'" for name in ("centre", "boot", "actor", "command_id", "kind", "data"))}
    ORDER BY seq"""


def verify(db: Db, centre: str) -> Iterator[Fault | int]:
    """Walk the whole chain: yields how many events are good so far, now and then, and the first bad one, if any."""
    good = 0
    for stretch in db.rows(EPOCHS, {"centre": centre}):
        before = good
        for step in _walk(db, centre, stretch["epoch"], stretch["first"], stretch["last"]):
            if isinstance(step, Fault):
                yield step
                return
            good = before + step
            yield good
    yield good


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
    stretches |= {(one["epoch"], one["first"], one["last"]) for one in db.rows(OF_DAYS, values)}
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
            return first_bad(db, centre, self.epoch, self.first, self.last)
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
    words = [sys.executable, "-m", __name__, str(path), centre, str(epoch), str(first), str(last)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def first_bad(db: Db, centre: str, epoch: int, first: int, last: int) -> Fault | None:
    """The first bad event from `first` to `last` of an epoch, each checked against the one before it."""
    return next((one for one in _walk(db, centre, epoch, first, last) if isinstance(one, Fault)), None)


def _walk(db: Db, centre: str, epoch: int, first: int, last: int) -> Iterator[Fault | int]:
    """How many events of a stretch are good so far, now and then and at its end, or the first bad one."""
    values = {"centre": centre, "epoch": epoch, "first": first, "last": last}
    before = row(db, BEFORE, values)
    at, good = Place(before["epoch"], before["seq"], before["hash"]) if before else Place(0, 0, ""), 0
    if db.path is not None:
        at, good, _ = yield from _follow(db.stream(AT_ONCE, values), at, good)
    left = {**values, "first": first + good}
    at, good, why = yield from _follow(map(_told, db.stream(ONE_BY_ONE, left)), at, good)
    if why:
        left["first"] = first + good
        bad = db.rows(f"SELECT seq, kind FROM event {STRETCH} ORDER BY seq LIMIT 1", left)[0]
        yield Fault(epoch=epoch, seq=bad["seq"], kind=bad["kind"], why=why)
    else:
        yield good


def _follow(steps: Iterable[Step], at: Place, good: int) -> Generator[int, None, tuple[Place, int, str]]:
    """Walk on from `at`, up to the first step that is not good; where that led, and why it went no further."""
    epoch, seq, previous = at
    why = ""
    for its_epoch, its_seq, told, its_hash in steps:
        if (its_seq != seq + 1 or its_epoch != epoch) and (its_epoch <= epoch or its_seq != 1):
            why = f"an event is missing after {epoch}/{seq}"
            break
        if its_hash != log.chain(previous, told):
            why = "its content or its link to the event before was changed"
            break
        epoch, seq, previous, good = its_epoch, its_seq, its_hash, good + 1
        if good % STRIDE == 0:
            yield good
    return Place(epoch, seq, previous), good, why


def _told(found: Row) -> Step:
    """A row as a step; with nothing told, which has no hash, where a column is not even of its kind."""
    *columns, its_hash = cells(found)
    try:
        told = log.told(*columns)
    except (TypeError, ValueError):
        told = ""
    return columns[1], columns[2], told, its_hash


def main(path: str, centre: str, epoch: str, first: str, last: str) -> None:
    with closing(sqlite.connect(Path(path))) as db:
        bad = first_bad(db, centre, int(epoch), int(first), int(last))
    sys.stdout.write(json.dumps(bad and asdict(bad)))


if __name__ == "__main__":
    main(*sys.argv[1:])
