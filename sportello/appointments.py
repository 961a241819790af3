"""The list of a day's appointments as another system gives it: checked whole, kept whole."""

import csv
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO

from sportello.domain.clock import local_ms
from sportello.i18n import N_
from sportello.ledger.appointments import Appointment
from sportello.visits import DELIMITERS, encoding_of

COLUMNS = ("code", "service", "time")
CODE = re.compile(r"[A-Z0-9]{4,16}")
TAX_CODE = re.compile(r"[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]")
TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")

BAD_CODE = N_("il codice «{detail}» non va: da 4 a 16 cifre o lettere senza accento")
PERSONAL = N_("il codice sembra un codice fiscale: qui non deve stare")
TWICE = N_("il codice «{detail}» c'è già in questa giornata")
UNKNOWN = N_("il servizio «{detail}» non è fra quelli del centro")
BAD_TIME = N_("«{detail}» non è un'ora come 10:30")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One appointment as it was written; `number` counts from 1."""

    number: int
    code: str
    service: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a line: an Italian sentence with a place for `detail`."""

    number: int
    text: str
    detail: str = ""


class Faults(Exception):
    """A list that cannot be taken: everything wrong in it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{one.number}: {one.text.format(detail=one.detail)}" for one in self.faults))


def lines(raw: bytes) -> tuple[Line, ...]:
    """The rows of a CSV with the columns code, service and time; none where a column is missing or it is no CSV."""
    text = raw.decode(encoding_of(BytesIO(raw)), errors="replace")
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    rows = csv.DictReader(StringIO(text), delimiter=delimiter, skipinitialspace=True)
    try:
        if not set(COLUMNS) <= set(rows.fieldnames or ()):
            return ()
        return tuple(
            Line(number=n, **{name: row[name] or "" for name in COLUMNS}) for n, row in enumerate(rows, start=2)
        )
    except csv.Error:  # a quotation mark that nobody closed
        return ()


def plain(code: str) -> str:
    """A code as it is kept: capitals and digits, whatever was typed between them."""
    return re.sub(r"[\s.-]", "", code).upper()


def of_day(day: date, lines: Iterable[Line], services: Collection[str]) -> tuple[Appointment, ...]:
    """The appointments of a day; `Faults` with everything that is wrong with the lines."""
    found: dict[str, Appointment] = {}
    faults: list[Fault] = []
    for line in lines:
        code, time = plain(line.code), TIME.fullmatch(line.time.strip())
        fault = _fault(line, code, found, services)
        if fault or time is None:
            faults.append(fault or Fault(number=line.number, text=BAD_TIME, detail=line.time))
            continue
        minute = int(time[1]) * 60 + int(time[2])
        service = line.service.strip()
        found[code] = Appointment(code=code, day=day, service=service, booked_ms=local_ms(day, minute))
    if faults:
        raise Faults(faults)
    return tuple(found.values())


def _fault(line: Line, code: str, known: Collection[str], services: Collection[str]) -> Fault | None:
    if TAX_CODE.fullmatch(code):
        return Fault(number=line.number, text=PERSONAL)  # not repeated: it would stand in a log
    if not CODE.fullmatch(code):
        return Fault(number=line.number, text=BAD_CODE, detail=line.code)
    if code in known:
        return Fault(number=line.number, text=TWICE, detail=code)
    if line.service.strip() not in services:
        return Fault(number=line.number, text=UNKNOWN, detail=line.service)
    return None
