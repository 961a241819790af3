"""The past, in and out: the log of the system in use before comes in as visits, every ticket goes out as CSV."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, islice
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sportello import spreadsheet, visits
from sportello.domain.clock import local_time
from sportello.domain.commands import ImportVisits, Visit
from sportello.i18n import Say
from sportello.ledger import queries
from sportello.ledger.db import Broken, Db
from sportello.timekeeping import system_clock
from sportello.visits import Rejected, Terms

BLOCK = 1000  # visits that share a command: the writer is busy with one for some 0.1 s
SOURCE = "import"

Send = Callable[[ImportVisits, str], object]  # does a command under an id
Known = Callable[[Collection[str]], Collection[str]]  # which of these keys the ledger holds


# --- in --------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Summary:
    """What became of a file's rows."""

    taken: int = 0
    known: int = 0  # there already, from an import before
    rejected: int = 0
    rejects: Path | None = None  # the file of the rejected rows
    days: dict[date, int] = field(default_factory=dict)  # service day -> visits, taken now or before


def mapping(text: str) -> visits.Columns:
    """Read "arrival=Arrivo,called=Chiamata,…": which of the file's columns is what; `Broken` says what is missing."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    columns = {name.strip(): column.strip() for name, _, column in pairs}
    odd = [name for name in columns if name not in visits.FIELDS or not columns[name]]
    missing = [name for name in visits.NEEDED if name not in columns]
    if odd or missing:
        wrong = f"«{odd[0]}» is not understood" if odd else f"«{missing[0]}» is missing"
        raise Broken(f"--map: {wrong}; write name=column for {', '.join(visits.FIELDS)}")
    return columns


def bring_in(
    path: Path,
    columns: visits.Columns,
    *,
    timezone: str,
    services: Collection[str] | None,
    known: Known,
    send: Send,
    progress: Callable[[int], object] = lambda read: None,
    say: Say = str,
    source: str = SOURCE,
    encoding: str | None = None,
    now_ms: int | None = None,
) -> Summary:
    """Import a CSV through `send`, block by block; what the ledger already knows is left out.

    `services` None takes any code; `progress` is told how many more bytes were read; rejected rows go to a
    file beside this one, with their reasons in the words of `say`. Stopped half-way, it is simply begun again.
    """
    summary = Summary()
    terms = Terms(services=services, zone=_zone(timezone), now_ms=now_ms or system_clock()().wall_ms, source=source)
    with path.open("rb") as file, ExitStack() as open_files:
        rows = visits.read(file, path.name, columns, terms, encoding)
        rejects = _Rejects(path.with_name(f"{path.stem}.rejected.csv"), rows.heads, say, open_files)
        at = 0
        while block := list(islice(rows.found, BLOCK)):
            rejects.add([row for row in block if isinstance(row, Rejected)], summary)
            _take([row for row in block if isinstance(row, Visit)], source, known, send, summary)
            at, before = file.tell(), at
            progress(at - before)
    _end(source, send, summary)
    return summary


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Broken(f"«{name}» is not a time zone: write one like Europe/Rome") from None


def _take(block: Sequence[Visit], source: str, known: Known, send: Send, summary: Summary) -> None:
    """Send the visits of a block that are new."""
    there = set(known([visit.key for visit in block]))
    new = tuple(visit for visit in block if visit.key not in there)
    for visit in block:
        summary.days[visit.day] = summary.days.get(visit.day, 0) + 1
    if new:
        send(ImportVisits(source=source, visits=new), _name(source, [visit.key for visit in new]))
    summary.taken += len(new)
    summary.known += len(block) - len(new)


def _end(source: str, send: Send, summary: Summary) -> None:
    """End the import, a month at a time: making a month's tallies takes the writer a moment."""
    for month, run in groupby(sorted(summary.days), key=lambda day: (day.year, day.month)):
        days = tuple(run)
        total = sum(summary.days[day] for day in days)
        ending = ImportVisits(source=source, visits=(), closing=True, days=days, total=total)
        send(ending, _name(source, ["end", *map(str, month), *map(str, days), str(total)]))


def _name(source: str, parts: Iterable[str]) -> str:
    """The id of a command that the same rows give again."""
    return f"import-{hashlib.sha256(' '.join((source, *parts)).encode()).hexdigest()[:32]}"


class _Rejects:
    """The file of the rejected rows: made with the first of them, and none left over from a run before."""

    def __init__(self, path: Path, heads: Sequence[str], say: Say, files: ExitStack) -> None:
        self._path, self._heads, self._say, self._files = path, heads, say, files
        self._file: TextIO | None = None
        path.unlink(missing_ok=True)

    def add(self, rejected: Sequence[Rejected], summary: Summary) -> None:
        if rejected and self._file is None:
            self._file = self._files.enter_context(self._path.open("w", encoding="utf-8-sig", newline=""))
            self._file.writelines(spreadsheet.lines([("line", "reason", *self._heads)]))
            summary.rejects = self._path
        if self._file is not None:
            self._file.writelines(
                spreadsheet.lines(
                    (row.line, self._say(row.reason).format(detail=row.detail), *row.cells) for row in rejected
                )
            )
        summary.rejected += len(rejected)


# --- out -------------------------------------------------------------------------------------------

COLUMNS = ("ticket_id", "service", "arrival_ts", "called_ts", "start_ts", "end_ts", "outcome", "day", "number",
           "priority", "channel", "charter", "standard", "threshold_s", "wait_s", "walk_s", "service_s", "journey_s",
           "clock", "calls", "legs", "reason", "source", "demo")  # fmt: skip
SAME = COLUMNS[COLUMNS.index("day") :]


def csv_lines(db: Db, centre: str, first: date, last: date) -> Iterator[str]:
    """Every ticket of the days `first` to `last`, a line each after the names of the columns.

    Times are ISO 8601 with the offset of Rome; neither the visitor's language nor the counter is told.
    """
    return spreadsheet.lines(_rows(db, centre, first, last))


def _rows(db: Db, centre: str, first: date, last: date) -> Iterator[Sequence[object]]:
    yield COLUMNS
    for found in queries.tickets(db, centre, first, last):
        yield (
            found["id"],
            found["service"],
            _iso(found["arrival_ms"]),
            _iso(found["called_ms"]),
            _iso(found["started_ms"]),
            _iso(found["ended_ms"]),
            found["status"],
            *(found[name] for name in SAME),
        )


def _iso(ms: int | None) -> str | None:
    return None if ms is None else local_time(ms).isoformat(timespec="milliseconds")
