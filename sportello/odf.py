"""Tables as LibreOffice keeps them (ODS)."""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from odfdo import Cell, Document, Row, Table

DAY = "giorno"  # without it LibreOffice shows a time of day beside each date
STYLES = (
    '<number:date-style style:name="gma" number:language="it" number:country="IT">'
    '<number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>'
    '<number:text>/</number:text><number:year number:style="long"/></number:date-style>',
    f'<style:style style:name="{DAY}" style:family="table-cell" style:data-style-name="gma"/>',
)


def workbook(sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]]) -> bytes:
    """A workbook with one named table on each sheet. Cells are None, texts, numbers or dates; texts stay texts."""
    document = Document("spreadsheet")
    document.body.clear()
    for style in STYLES:
        document.insert_style(style, automatic=True)
    for name, rows in sheets:
        table = Table(name)
        for cells in rows:
            row = Row()
            for cell in cells:
                row.append_cell(_cell(cell), clone=False)
            table.append_row(row, clone=False)
        document.body.append(table)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _cell(value: Any) -> Cell:
    if value is None:
        return Cell()
    return Cell(value, style=DAY) if type(value) is date else Cell(value)
