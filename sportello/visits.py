"""The log of the system in use before: its rows read as visits, or rejected with the reason."""

import codecs
import csv
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import TextIOWrapper
from itertools import chain
from typing import BinaryIO, NoReturn, TextIO
from zoneinfo import ZoneInfo

from sportello.domain.clock import local_time, wall_ms
from sportello.domain.commands import Visit
from sportello.domain.tickets import Status
from sportello.i18n import N_
from sportello.ledger.db import Broken

FIELDS = ("arrival", "called", "start", "end", "service", "outcome", "priority", "number")
NEEDED = ("arrival", "called", "service")
LONGEST_MS = 24 * 3600 * 1000
SERVICE_LENGTH = 40
NUMBER_LENGTH = 16
TOLD = 300  # characters of a header that are shown
DELIMITERS = (";", ",", "\t", "|")
NOTHING = frozenset({"", "-", "null", "\\n", "n/a"})

ITALIAN = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})[ ,T]+(?:ore +)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?"
)

WORDS: Mapping[Status, tuple[str, ...]] = {
    Status.FINISHED: ("served", "finished", "completed", "done", "servito", "servita", "concluso", "conclusa", "evaso",
                      "evasa", "erogato"),
    Status.NO_SHOW: ("no show", "noshow", "absent", "assente", "non presentato", "non presentata"),
    Status.LEFT: ("left", "abandoned", "cancelled", "canceled", "rinuncia", "rinunciato", "abbandono", "abbandonato"),
    Status.VOIDED: ("void", "voided", "test", "annullato", "annullata", "prova"),
    Status.UNSERVED: ("unserved", "not served", "non servito", "non servita", "non chiamato", "non chiamata"),
}  # fmt: skip
OUTCOMES: Mapping[str, Status] = {word: status for status, words in WORDS.items() for word in words}
PRIORITY: Mapping[str, bool] = {
    **dict.fromkeys(("1", "true", "yes", "y", "x", "sì", "si", "s", "precedenza", "priority"), True),
    **dict.fromkeys(("0", "false", "no", "n", "", "ordinario", "ordinary", "normale"), False),
}

NOT_A_TIME = N_("«{detail}» non è una data con ora, come 2026-03-02 09:15:00 o 02/03/2026 09:15")
NO_SUCH_TIME = N_("«{detail}» non esiste: quella notte l'ora è andata avanti")
NO_ARRIVAL = N_("manca l'ora di arrivo")
FUTURE = N_("l'arrivo è nel futuro")
DISORDER = N_("gli orari non sono in ordine: arrivo, chiamata, inizio, fine")
TOO_LONG = N_("fra l'arrivo e la fine passano più di 24 ore")
NO_SERVICE = N_("manca il servizio")
UNKNOWN_SERVICE = N_("il servizio «{detail}» non è fra quelli del centro")
UNKNOWN_OUTCOME = N_("l'esito «{detail}» non è fra quelli conosciuti")
UNKNOWN_CLASS = N_("la precedenza «{detail}» non è né sì né no")
NEVER_CALLED = N_("l'esito dice che è stato chiamato, ma manca l'ora di chiamata")
WAS_CALLED = N_("l'esito dice che non è stato servito, ma c'è l'ora di chiamata")
LEFT_WHEN = N_("l'esito è una rinuncia, ma non si sa quando: manca l'ora di fine")
LONG_NUMBER = N_("il numero «{detail}» è più lungo di 16 caratteri")
LONG_SERVICE = N_("il codice del servizio è più lungo di 40 caratteri")
OTHER_WIDTH = N_("la riga ha {detail} colonne, l'intestazione un altro numero")

Columns = Mapping[str, str]  # one of FIELDS -> the file's own name for it


class _Odd(Exception):
    """A row that cannot be a visit: the reason, and what it mentions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that was not taken. `reason` is an Italian sentence with a place for `detail`."""

    line: int  # of the file, the header being line 1
    reason: str
    detail: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a row is read with.

    `services`: codes that are taken, None takes any; `zone`: of times without an offset; `now_ms`: nobody
    arrived after it; `source`: whose log it is.
    """

    services: Collection[str] | None
    zone: ZoneInfo
    now_ms: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A log opened: the names of its columns, and what each row is, in order."""

    heads: tuple[str, ...]
    found: Iterator[Visit | Rejected]
    text: TextIO  # kept at hand: it would close the file when the last row was read


# --- the file --------------------------------------------------------------------------------------


def encoding_of(file: BinaryIO) -> str:
    """UTF-8 or UTF-16 where the bytes are that, Windows-1252 otherwise. Leaves the file at its beginning."""
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if len(start) == 4 and 0 in start[:2]:
        return "utf-16-le" if start[1] == 0 else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        file.seek(0)
    return "utf-8-sig"


def read(file: BinaryIO, name: str, columns: Columns, terms: Terms, encoding: str | None = None) -> Rows:
    """Open a CSV with a header; `Broken` when it is not one. Rows are read as they are asked for."""
    text = TextIOWrapper(file, encoding=encoding or encoding_of(file), errors="replace", newline="")
    header = text.readline()
    delimiter = max(DELIMITERS, key=header.count)
    rows = csv.reader(chain((header,), text), delimiter=delimiter)
    heads = tuple(head.strip() for head in next(rows, []))
    places = {field: _places(column, heads, name) for field, column in columns.items()}
    return Rows(heads=heads, found=_found(rows, heads, places, terms, name), text=text)


def _places(column: str, heads: Sequence[str], name: str) -> tuple[int, ...]:
    """Where a column is; "date+time" is two of them, read as one."""
    parts = (column,) if column in heads else tuple(part.strip() for part in column.split("+"))
    for part in parts:
        if heads.count(part) != 1:
            there = "is there more than once" if part in heads else _strange(heads)
            raise Broken(f"{name}: the column «{part}» {there}")
    return tuple(heads.index(part) for part in parts)


def _strange(heads: Sequence[str]) -> str:
    """That a column is none of these; a file that is no table at all must not fill the terminal."""
    told = "".join(letter if letter.isprintable() else " " for letter in ", ".join(heads))
    if not told:
        return "is not there: the file begins without the names of its columns"
    return f"is not one of: {told if len(told) <= TOLD else f'{told[:TOLD]}…'}"


def _found(
    rows: Iterator[list[str]], heads: Sequence[str], places: Mapping[str, Sequence[int]], terms: Terms, name: str
) -> Iterator[Visit | Rejected]:
    seen: dict[bytes, int] = {}
    line = 2
    try:
        for cells in rows:
            if cells:
                yield _visit(line, cells, len(heads), places, terms, seen)
            line = rows.line_num + 1  # type: ignore[attr-defined]
    except csv.Error as fault:
        raise Broken(f"{name}, line {line}: {fault}. Is there a quotation mark that is never closed?") from fault


# --- a row -----------------------------------------------------------------------------------------


def _visit(
    line: int,
    cells: Sequence[str],
    width: int,
    places: Mapping[str, Sequence[int]],
    terms: Terms,
    seen: dict[bytes, int],
) -> Visit | Rejected:
    try:
        if len(cells) != width:
            _odd(OTHER_WIDTH, str(len(cells)))
        return _read({field: _cell(cells, found) for field, found in places.items()}, terms, seen)
    except _Odd as odd:
        reason, detail = odd.args
        return Rejected(line=line, reason=reason, detail=detail, cells=tuple(cells))


def _cell(cells: Sequence[str], places: Sequence[int]) -> str:
    text = " ".join(cells[place] for place in places).strip() if len(places) > 1 else cells[places[0]].strip()
    return "" if text.casefold() in NOTHING else text


def _read(cells: Mapping[str, str], terms: Terms, seen: dict[bytes, int]) -> Visit:
    arrival = _moment(cells["arrival"], terms.zone)
    called = _moment(cells["called"], terms.zone)
    started = _moment(cells.get("start", ""), terms.zone)
    ended = _moment(cells.get("end", ""), terms.zone)
    if arrival is None:
        _odd(NO_ARRIVAL)
    _in_order(arrival, called, started, ended, terms.now_ms)
    service, number = _service(cells["service"], terms.services), cells.get("number", "")
    if len(number) > NUMBER_LENGTH:
        _odd(LONG_NUMBER, number)
    return Visit(
        key=_key(seen, terms.source, service, arrival, called, started, ended, number),
        service=service,
        day=local_time(arrival).date(),
        arrival_ms=arrival,
        called_ms=called,
        started_ms=started,
        ended_ms=ended,
        outcome=_outcome(cells.get("outcome", ""), called, ended),
        priority=_priority(cells.get("priority", "")),
        number=number,
    )


def _odd(reason: str, detail: str = "") -> NoReturn:
    raise _Odd(reason, detail)


def _moment(text: str, zone: ZoneInfo) -> int | None:
    """A date with its time as UTC milliseconds; None for an empty cell.

    An hour that was there twice, on the night the clocks go back, is taken as the first of the two.
    """
    if not text:
        return None
    try:
        moment = _italian(text) or datetime.fromisoformat(text)
    except ValueError:
        _odd(NOT_A_TIME, text)
    if len(text) <= len("2026-03-02"):
        _odd(NOT_A_TIME, text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
        if _skipped(moment):
            _odd(NO_SUCH_TIME, text)
    return wall_ms(moment)


def _italian(text: str) -> datetime | None:
    """02/03/2026 09:15[:30], also with points or dashes; ValueError when there is no such day."""
    found = ITALIAN.fullmatch(text)
    if found is None:
        return None
    day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - its zone is added by who asked


def _skipped(moment: datetime) -> bool:
    """Whether a local time does not exist: the clocks jumped over it."""
    before, after = moment.utcoffset(), moment.replace(fold=1).utcoffset()
    return before != after and (before or timedelta()) < (after or timedelta())


def _in_order(arrival: int, called: int | None, started: int | None, ended: int | None, now_ms: int) -> None:
    if arrival > now_ms:
        _odd(FUTURE)
    known = [moment for moment in (arrival, called, started, ended) if moment is not None]
    if known != sorted(known):
        _odd(DISORDER)
    if known[-1] - arrival > LONGEST_MS:
        _odd(TOO_LONG)


def _service(text: str, services: Collection[str] | None) -> str:
    if not text:
        _odd(NO_SERVICE)
    if len(text) > SERVICE_LENGTH:
        _odd(LONG_SERVICE)
    if services is not None and text not in services:
        _odd(UNKNOWN_SERVICE, text)
    return text


def _outcome(text: str, called: int | None, ended: int | None) -> str:
    """What became of the visit, in our words; without a word, who was called was served."""
    derived = Status.UNSERVED if called is None else Status.FINISHED
    status = OUTCOMES.get(" ".join(re.split(r"[\s_-]+", text.casefold()))) if text else derived
    if status is None:
        _odd(UNKNOWN_OUTCOME, text)
    if called is None and status in (Status.FINISHED, Status.NO_SHOW):
        _odd(NEVER_CALLED)
    if called is not None and status is Status.UNSERVED:
        _odd(WAS_CALLED)
    if called is None and status is Status.LEFT and ended is None:
        _odd(LEFT_WHEN)
    return status.value


def _priority(text: str) -> bool:
    found = PRIORITY.get(text.casefold())
    if found is None:
        _odd(UNKNOWN_CLASS, text)
    return found


def _key(seen: dict[bytes, int], *parts: object) -> str:
    """A name the same row always gets; rows that are alike in everything are told apart by their order."""
    whole = "\x1f".join(map(str, parts))
    digest = hashlib.sha256(whole.encode())
    times = seen[digest.digest()[:12]] = seen.get(digest.digest()[:12], 0) + 1
    if times > 1:
        digest = hashlib.sha256(f"{whole}\x1f{times}".encode())
    return digest.hexdigest()[:26]
