"""A charter as one CSV file: its tables under each other, each begun by a line with its name alone."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO

from sportello.charter_files.book import Page
from sportello.charter_files.cells import Cell, empty, folded
from sportello.charter_files.columns import COMMENT, INSTRUCTIONS, LAYOUTS
from sportello.spreadsheet import FORMULA, lines
from sportello.tables import N_, Fault, Faults, Place

MARK = "\ufeff"  # so that a spreadsheet reads UTF-8
NAMES = {folded(layout.name): layout.name for layout in LAYOUTS}


def pages(raw: bytes, name: str) -> list[Page]:
    """The tables of a CSV file with semicolons, commas or tabs, in UTF-8 or as Windows writes it."""
    text = _text(raw, name)
    found: list[tuple[str, list[Sequence[Cell]], list[int]]] = []
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    end = 0
    try:
        for row in reader:
            line, end = end + 1, reader.line_num
            cells = [_bare(one) for one in row]
            if (table := _opens(cells)) is not None:
                found.append((table, [], []))
            elif found:
                found[-1][1].append(cells)
                found[-1][2].append(line)
            elif not _silent(cells):
                raise _fault(name, line, N_("prima viene una riga con il nome della tabella, per esempio: Carta"))
    except csv.Error as wrong:
        raise _fault(name, reader.line_num, N_("il file non è un CSV: {detail}"), detail=str(wrong)) from wrong
    return [Page(name=table, rows=rows, lines=numbers) for table, rows, numbers in found]


def _fault(name: str, line: int, text: str, **values: object) -> Faults:
    return Faults(name, [Fault(place=Place(line=line), where="", text=text, values=values)])


def _text(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as wrong:
        raise _fault(name, raw.count(b"\n", 0, wrong.start) + 1, N_("il testo non è in UTF-8")) from wrong


def _delimiter(text: str) -> str:
    """The sign that the heads of the tables are divided by."""
    return max(";,\t", key=lambda sign: sum(line.count(sign) for line in text.splitlines()[:3]))


def _opens(cells: Sequence[str]) -> str | None:
    """The table that a line begins, when it holds a name and nothing else."""
    said = [one for one in cells if not empty(one)]
    return NAMES.get(folded(said[0])) if len(said) == 1 and said[0] == cells[0] else None


def _silent(cells: Sequence[str]) -> bool:
    return all(map(empty, cells)) or cells[0].lstrip().startswith(COMMENT)


def _bare(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from calculating it."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA) else cell


def written(book: Iterator[Page]) -> bytes:
    """As Italian spreadsheets open it: semicolons, decimal commas, days as 31/01/2026."""
    return (MARK + "".join(lines(_rows(book), delimiter=";"))).encode()


def _rows(book: Iterator[Page]) -> Iterator[Sequence[Cell]]:
    for page in book:
        if page.name == INSTRUCTIONS:
            yield from ((f"{COMMENT} {row[0]}", *row[1:]) for row in page.rows)
        else:
            yield (page.name,)
            yield from ([_said(cell) for cell in row] for row in page.rows)
            yield ()


def _said(cell: Cell) -> Cell:
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", ",")
    if isinstance(cell, str) and cell.startswith("'") and cell.lstrip("'").startswith(FORMULA):
        return f"'{cell}"  # its own apostrophe, which reading would take away
    return cell
