"""A charter as an ODS workbook, as LibreOffice keeps it."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from lxml.etree import LxmlError
from odfdo import Document, Element, Table

from sportello.charter_files.book import Page
from sportello.charter_files.cells import Cell, empty
from sportello.charter_files.xlsx_file import checked, unreadable
from sportello.odf import workbook
from sportello.tables import Faults

MOST = 2000  # repetitions of a cell or row that says something: a charter has fewer rows


def pages(raw: bytes, name: str) -> list[Page]:
    try:
        tables = Document(BytesIO(checked(raw, name))).body.tables
        return [Page(name=table.name or "", rows=_rows(table)) for table in tables]
    except Faults:
        raise
    except (LxmlError, BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError) as wrong:
        raise unreadable(name) from wrong


def _rows(table: Table) -> list[list[Cell]]:
    """Every row up to the last that says something; empty ones stand for themselves without being unrolled."""
    rows: list[list[Cell]] = []
    waiting = 0
    for row in table.get_elements("descendant::table:table-row"):
        cells = list(_cells(row))
        times = row.get_attribute_integer("table:number-rows-repeated") or 1
        if not cells:
            waiting += times
            continue
        rows += [[] for _ in range(min(waiting, MOST))]
        rows += [cells] * min(times, MOST)
        waiting = 0
    return rows


def _cells(row: Element) -> Iterator[Cell]:
    """The cells up to the last that says something."""
    waiting = 0
    for cell in row.get_elements("table:table-cell|table:covered-table-cell"):
        times = cell.get_attribute_integer("table:number-columns-repeated") or 1
        value = _value(cell)
        if empty(value):
            waiting += times
            continue
        yield from [None] * min(waiting, MOST)
        yield from [value] * min(times, MOST)
        waiting = 0


def _value(cell: Any) -> Cell:
    if cell.get_attribute("office:value-type") in (None, "string"):
        said = cell.get_attribute("office:string-value")
        return str(said) if said is not None else "\n".join(one.inner_text for one in cell.paragraphs)
    found: Cell = cell.value
    return found


def written(book: Iterable[Page]) -> bytes:
    return workbook((page.name, page.rows) for page in book)
