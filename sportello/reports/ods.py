"""Tables as LibreOffice keeps them."""

import io
from collections.abc import Sequence

from odfdo import Cell, Document, Row, Table

from sportello.reports.workbooks import Sheet, still, typed


def ods(sheets: Sequence[Sheet]) -> bytes:
    """A workbook with one table on each sheet."""
    document = Document("spreadsheet")
    document.body.clear()
    for sheet in sheets:
        table = Table(sheet.name)
        for row in sheet.rows:
            cells = Row()
            for cell in row:
                cells.append_cell(Cell(typed(cell)), clone=False)
            table.append_row(cells, clone=False)
        document.body.append(table)
    written = io.BytesIO()
    document.save(written)
    return still(written.getvalue(), "meta.xml")
