"""A charter as an XLSX workbook."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell as Written
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import InvalidFileException

from sportello.charter_files.book import Page
from sportello.charter_files.cells import Cell, Wrong
from sportello.tables import N_, Fault, Faults

UNPACKED = 64 * 1024 * 1024  # bytes a workbook may become; far more than any charter
WIDTH = 28  # characters
NO_RESULT = N_("c'è una formula senza risultato: apra il file, lo salvi e riprovi, oppure scriva il valore")
NOT_XLSX = N_("il file non è un foglio di calcolo che si possa leggere")


def checked(raw: bytes, name: str) -> bytes:
    """The packed file, if it unpacks to a size that a charter can have."""
    try:
        with ZipFile(BytesIO(raw)) as packed:
            small = sum(one.file_size for one in packed.infolist()) <= UNPACKED
    except (BadZipFile, NotImplementedError) as wrong:
        raise unreadable(name) from wrong
    if not small:
        raise unreadable(name)
    return raw


def unreadable(name: str) -> Faults:
    return Faults(name, [Fault(where="", text=NOT_XLSX)])


def pages(raw: bytes, name: str) -> list[Page]:
    """The sheets of the workbook: the results of formulas, and a fault where one has none."""
    try:
        results = load_workbook(BytesIO(checked(raw, name)), read_only=True, data_only=True)
        formulas = load_workbook(BytesIO(raw), read_only=True)
        return [Page(name=sheet.title, rows=list(_rows(sheet, formulas[sheet.title]))) for sheet in results.worksheets]
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, SyntaxError, OSError) as wrong:
        raise unreadable(name) from wrong


def _rows(results: Any, formulas: Any) -> Iterator[list[Cell]]:
    for sheet in (results, formulas):
        sheet.reset_dimensions()  # what a file claims of its size may be wrong
    for row, asked in zip(results.iter_rows(), formulas.iter_rows(), strict=True):
        yield [_cell(one, formula) for one, formula in zip(row, asked, strict=True)]


def _cell(one: Any, formula: Any) -> Cell:
    if formula.data_type == "f" and one.value is None:
        return Wrong(NO_RESULT)
    if one.data_type == "e":
        return Wrong(N_("c'è una formula sbagliata"))
    found: Cell = one.value
    return found


def written(book: Iterable[Page]) -> bytes:
    """The sheets with a head that stays in sight; texts stay texts, whatever they begin with."""
    workbook = Workbook(write_only=True)
    for page in book:
        sheet = workbook.create_sheet(page.name)
        sheet.freeze_panes = "B2"
        for n in range(1, max(map(len, page.rows)) + 1):
            sheet.column_dimensions[Written(sheet, row=1, column=n).column_letter].width = WIDTH
        for row, cells in enumerate(page.rows):
            sheet.append([_written(sheet, one, head=row == 0) for one in cells])
    kept = BytesIO()
    workbook.save(kept)
    return kept.getvalue()


def _written(sheet: Any, value: Any, *, head: bool) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # even after an equals sign
        cell.number_format = "@"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if head:
        cell.font = Font(bold=True)
    return cell
