"""Tables as an XLSX workbook."""

import io
from collections.abc import Iterator, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from sportello.reports.workbooks import Sheet, still, typed

HEAD = Font(bold=True)
WIDEST = 60  # characters of a column


def xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook with one table on each sheet, heads in bold and held in sight."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        page.freeze_panes = "A2"
        for place, width in enumerate(_widths(sheet), start=1):
            page.column_dimensions[get_column_letter(place)].width = width
        for n, row in enumerate(sheet.rows):
            cells = [WriteOnlyCell(page, value=typed(cell)) for cell in row]
            for cell in cells:
                if n == 0:
                    cell.font = HEAD
                if isinstance(cell.value, date):
                    cell.number_format = "dd/mm/yyyy"
            page.append(cells)
    written = io.BytesIO()
    book.save(written)
    return still(written.getvalue(), "docProps/core.xml")


def _widths(sheet: Sheet) -> Iterator[int]:
    for place in range(len(sheet.rows[0])):
        longest = max(len(str(row[place])) for row in sheet.rows if place < len(row) and row[place] is not None)
        yield min(WIDEST, longest + 2)
