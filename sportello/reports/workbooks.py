"""Spreadsheets in the three forms people open: XLSX, ODS, and the CSV of an Italian spreadsheet.

The same rows make the same bytes: what the makers write of this moment is taken out again.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from odfdo import Cell as OdsCell
from odfdo import Document, Table
from odfdo import Row as OdsRow
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from sportello.spreadsheet import lines, safe

MARK = "\ufeff"  # so that a spreadsheet reads UTF-8
STILL = (1980, 1, 1, 0, 0, 0)  # the earliest moment an archive can name
MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?")
HEAD = Font(bold=True)
WIDEST = 60  # characters of a column

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


def xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook with one table on each sheet, heads in bold and held in sight."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        page.freeze_panes = "A2"
        for place, width in enumerate(_widths(sheet), start=1):
            page.column_dimensions[get_column_letter(place)].width = width
        for n, row in enumerate(sheet.rows):
            cells = [WriteOnlyCell(page, value=_typed(cell)) for cell in row]
            for cell in cells:
                if n == 0:
                    cell.font = HEAD
                if isinstance(cell.value, date):
                    cell.number_format = "dd/mm/yyyy"
            page.append(cells)
    written = io.BytesIO()
    book.save(written)
    return _still(written.getvalue(), "docProps/core.xml")


def _widths(sheet: Sheet) -> Iterator[int]:
    for place in range(len(sheet.rows[0])):
        longest = max(len(str(row[place])) for row in sheet.rows if place < len(row) and row[place] is not None)
        yield min(WIDEST, longest + 2)


def ods(sheets: Sequence[Sheet]) -> bytes:
    """The same tables as LibreOffice keeps them."""
    document = Document("spreadsheet")
    document.body.clear()
    for sheet in sheets:
        table = Table(sheet.name)
        for row in sheet.rows:
            cells = OdsRow()
            for cell in row:
                cells.append_cell(OdsCell(_typed(cell)), clone=False)
            table.append_row(cells, clone=False)
        document.body.append(table)
    written = io.BytesIO()
    document.save(written)
    return _still(written.getvalue(), "meta.xml")


def _typed(cell: Cell) -> Any:
    """A cell as the makers take it; no text of it is a formula."""
    return safe(cell) if isinstance(cell, str) else cell


def _still(archive: bytes, meta: str) -> bytes:
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
