"""CSV that a spreadsheet reads as text: nothing in it may be taken for a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Line:
    """What `csv` writes to: it gives each line back."""

    def write(self, line: str) -> str:
        return line


def safe(cell: object) -> object:
    """A text that a spreadsheet would calculate gets an apostrophe before it; None is an empty cell."""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell


def lines(rows: Iterable[Sequence[object]], delimiter: str = ",") -> Iterator[str]:
    """Each row as a line of RFC 4180, made when it is asked for. Italian spreadsheets want semicolons."""
    writer = csv.writer(_Line(), delimiter=delimiter)
    for cells in rows:
        yield str(writer.writerow([safe(cell) for cell in cells]))
