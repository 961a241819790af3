"""Tables for a spreadsheet, the CSV that an Italian one opens, and archives that do not tell when they were made."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sportello.spreadsheet import lines, safe

MARK = "\ufeff"  # so that a spreadsheet reads UTF-8
STILL = (1980, 1, 1, 0, 0, 0)  # the earliest moment an archive can name
MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?")

Cell = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A named table, its heads first."""

    name: str
    rows: Sequence[Sequence[Cell]]


def csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a mark, semicolons, decimal commas: what an Italian spreadsheet opens right."""
    return (MARK + "".join(lines(map(_italian, rows), delimiter=";"))).encode()


def _italian(row: Sequence[Cell]) -> Sequence[object]:
    return [_written(cell) for cell in row]


def _written(cell: Cell) -> object:
    """A cell as text. A negative figure is no formula, and stays a figure."""
    if isinstance(cell, Decimal):
        return _Figure(f"{cell:.2f}".replace(".", ","))
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else cell


class _Figure:
    """A figure in its written form, which nobody takes for a text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text


def typed(cell: Cell) -> Any:
    """A cell as the makers take it; no text of it is a formula."""
    return safe(cell) if isinstance(cell, str) else cell


def still(archive: bytes, meta: str) -> bytes:
    """The archive without the moment it was made at."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == meta:
                content = MOMENT.sub(b"1980-01-01T00:00:00Z", content)
            target.writestr(*entry(name, content, packed=name != "mimetype"))
    return written.getvalue()


def entry(name: str, content: bytes, *, packed: bool = True) -> tuple[zipfile.ZipInfo, bytes]:
    """A file of an archive that does not tell when it was put there."""
    about = zipfile.ZipInfo(name, STILL)
    about.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    about.external_attr = 0o644 << 16
    return about, content
