"""Tables as an ODS workbook, the same bytes each time."""

from collections.abc import Sequence

from sportello.odf import workbook
from sportello.reports.workbooks import Sheet, still, typed


def ods(sheets: Sequence[Sheet]) -> bytes:
    """A workbook with one table on each sheet."""
    tables = ((sheet.name, [list(map(typed, row)) for row in sheet.rows]) for sheet in sheets)
    return still(workbook(tables), "meta.xml")
