"""A charter as the sheets of a workbook, one row an entry, and back: what CSV, XLSX and ODS share."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sportello.charter_files.cells import Cell, Unreadable, cell, empty, folded, value
from sportello.charter_files.columns import COMMENT, INSTRUCTIONS, LAYOUTS, Column, Kind, Layout
from sportello.charter_files.tree import Tree
from sportello.tables import N_, Path, Place, Report, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One sheet as it stands in a file. `lines`: the number of each row, where they are not 1, 2, 3 …"""

    name: str
    rows: Sequence[Sequence[Cell]]
    lines: Sequence[int] = ()

    def line(self, row: int) -> int:
        return self.lines[row] if self.lines else row + 1


# --- reading ---------------------------------------------------------------------------------------

LANGUAGE = re.compile(r"(.+?)\s*[\[(]\s*([\w-]+)\s*[\])]")


def table(pages: Sequence[Page], languages: Collection[str]) -> Table:
    """The sheets as a table to be taken key by key. What a cell says wrong is in its report already."""
    reading = _Reading(languages)
    for number, page in enumerate(pages):
        layout = next((one for one in LAYOUTS if folded(one.name) == folded(page.name)), None)
        if layout is not None:
            _Sheet(reading, layout, page, number).read()
        elif folded(page.name) != folded(INSTRUCTIONS) and any(_written(row) for row in page.rows):
            reading.strange(page, number)
    reading.missing_sheets()
    return Table(reading.content, (), reading.report)


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    languages: Collection[str]
    content: Tree = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    report: Report = field(init=False)

    def __post_init__(self) -> None:
        self.report = Report(self.content, self.places, self.languages)

    def fault(self, path: Path, place: Place, text: str, /, **values: object) -> None:
        """Something wrong at a cell; the value it would have given counts as told."""
        self.report.add_at(place, path, text, **values)

    def strange(self, page: Page, number: int) -> None:
        known = ", ".join(layout.name for layout in LAYOUTS)
        text = N_("non è un foglio della Carta, che ha: {known}. Quello che nessuno deve leggere sta in «Istruzioni»")
        self.fault((), Place(page=number, sheet=page.name), text, known=known)

    def missing_sheets(self) -> None:
        for layout in LAYOUTS:
            if layout.name not in self.seen:
                self.fault((), Place(), N_("manca il foglio {name}"), name=layout.name)
                keys = [layout.key] if layout.key else [column.path[0] for column in layout.columns]
                self.report.unread |= {(key,) for key in keys}


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet being read into the tree."""

    reading: _Reading
    layout: Layout
    page: Page
    number: int

    def place(self, row: int, column: int) -> Place:
        return Place(page=self.number, line=self.page.line(row), column=column + 1, sheet=self.page.name)

    def read(self) -> None:
        if self.layout.name in self.reading.seen:
            self.reading.fault((), self.place(0, 0), N_("c'è già un foglio {name}"), name=self.layout.name)
            return
        self.reading.seen.add(self.layout.name)
        rows = [n for n, row in enumerate(self.page.rows) if _written(row)]
        if self.layout.upright:
            self._upright(rows)
        else:
            self._entries(rows)

    def _upright(self, rows: Sequence[int]) -> None:
        """A value a row: what it is, then what it says."""
        found: dict[Column, int] = {}
        self.reading.content["act"] = {}  # an act of which nothing is known is still an act
        for row in rows:
            head, *cells = self.page.rows[row]
            column = self._named(str(head or ""))[0]
            if folded(str(head)) == "campo":
                continue
            if column is None or column in found:
                text = N_("campo sconosciuto: {name}") if column is None else N_("il campo {name} è scritto due volte")
                self.reading.fault((), self.place(row, 0), text, name=head)
                continue
            found[column] = row
            self.reading.places[column.path] = self.place(row, 1)
            if cells and not empty(cells[0]):
                self._put(self.reading.content, (), column, column.path, cells[0], self.place(row, 1))
            self._beyond(row, 2)

    def _beyond(self, row: int, first: int) -> None:
        for n, spare in enumerate(self.page.rows[row][first:], first):
            if not empty(spare):
                self.reading.fault((), self.place(row, n), N_("un valore in una colonna senza titolo"))

    def _entries(self, rows: Sequence[int]) -> None:
        if not rows:
            self.reading.content[self.layout.key] = []
            self.reading.report.unread.add((self.layout.key,))
            self.reading.fault((self.layout.key,), self.place(0, 0), N_("il foglio {name} è vuoto"),
                               name=self.layout.name)  # fmt: skip
            return
        heads = self._heads(rows[0])
        entries: list[Tree] = []
        self.reading.content[self.layout.key] = entries
        self.reading.places[(self.layout.key,)] = self.place(rows[0], 0)
        for row in rows[1:]:
            path = (self.layout.key, len(entries))
            entries.append({})
            self._entry(row, path, heads, entries[-1])

    def _heads(self, row: int) -> dict[int, tuple[Column, str]]:
        """The column and the language at each place of the head."""
        heads: dict[int, tuple[Column, str]] = {}
        for n, head in enumerate(self.page.rows[row]):
            if empty(head):
                continue
            column, language = self._named(str(head))
            if column is None:
                self.reading.fault((), self.place(row, n), N_("colonna sconosciuta: {name}"), name=head)
            elif language and language not in self.reading.languages:
                self.reading.fault((), self.place(row, n), N_("lingua sconosciuta: {name}"), name=head)
            elif (column, language) in heads.values():
                self.reading.fault((), self.place(row, n), N_("la colonna {name} c'è già"), name=head)
            else:
                heads[n] = (column, language)
                continue
            heads[n] = (STRANGE, "")
        return heads

    def _named(self, head: str) -> tuple[Column | None, str]:
        """The column of that name, in Italian or as the other files call it, and its language."""
        found = LANGUAGE.fullmatch(head.strip())
        for column in self.layout.columns:
            names = {folded(column.head), folded(".".join(column.path))}
            if folded(head) in names:
                return column, "it" if column.kind is Kind.TEXTS else ""
            if column.kind is Kind.TEXTS and found and folded(found[1]) in names:
                return column, found[2]
        return None, ""

    def _entry(self, row: int, path: Path, heads: dict[int, tuple[Column, str]], entry: Tree) -> None:
        self.reading.places[path] = self.place(row, 0)
        for n, (column, language) in heads.items():
            if column is not STRANGE:
                where = (*path, *column.path, *([language] if language else []))
                self.reading.places[where] = self.place(row, n)
                self.reading.places.setdefault((*path, *column.path), self.place(row, n))
        for n, written in enumerate(self.page.rows[row]):
            if empty(written):
                continue
            if n not in heads:
                self.reading.fault((), self.place(row, n), N_("un valore in una colonna senza titolo"))
                continue
            column, language = heads[n]
            if column is not STRANGE:
                keys = (*column.path, language) if language else column.path
                self._put(entry, path, column, keys, written, self.place(row, n))

    def _put(self, entry: Tree, path: Path, column: Column, keys: Sequence[str], written: Cell, place: Place) -> None:
        """Write what a cell says at its keys; what it does not say counts as told."""
        inner: Any = entry
        for key in keys[:-1]:
            inner = inner.setdefault(key, {})
        try:
            inner[keys[-1]] = value(written, column)
        except Unreadable as wrong:
            self.reading.report.unread.add((*path, *keys))
            self.reading.fault((*path, *keys), place, wrong.text, **wrong.values)


STRANGE = Column(head="", path=(), kind=Kind.TEXT, choices={}, note="", example="")


def _written(row: Sequence[Cell]) -> bool:
    """Whether a row says something, and to us."""
    first = next((one for one in row if not empty(one)), None)
    return first is not None and not (isinstance(row[0], str) and row[0].lstrip().startswith(COMMENT))


# --- writing ---------------------------------------------------------------------------------------


def pages(tree: Tree, languages: Collection[str]) -> Iterator[Page]:
    """The tree as sheets, a column for each language that is used somewhere in it."""
    for layout in LAYOUTS:
        if layout.upright:
            rows = [(column.head, _at(tree, column, column.path)) for column in layout.columns]
            yield Page(name=layout.name, rows=[("campo", "valore"), *rows])
        else:
            yield _entries(layout, tree.get(layout.key, []), languages)


def _entries(layout: Layout, entries: Sequence[Tree], languages: Collection[str]) -> Page:
    heads = list(_used(layout, entries, languages))
    names = [f"{column.head} [{language}]" if language not in ("", "it") else column.head for column, language in heads]
    rows = [[_at(entry, column, (*column.path, *filter(None, [language]))) for column, language in heads]
            for entry in entries]  # fmt: skip
    return Page(name=layout.name, rows=[names, *rows])


def _used(layout: Layout, entries: Sequence[Tree], languages: Collection[str]) -> Iterator[tuple[Column, str]]:
    for column in layout.columns:
        if column.kind is not Kind.TEXTS:
            yield column, ""
            continue
        there = {language for entry in entries for language in entry.get(column.path[0], {})}
        yield from ((column, language) for language in languages if language == "it" or language in there)


def _at(tree: Tree, column: Column, keys: Sequence[str]) -> Cell:
    found: Any = tree
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return None if found is None else cell(found, column)


# --- the empty workbook ----------------------------------------------------------------------------


def template() -> Iterator[Page]:
    """Empty sheets with their heads, an example that is not read, and what each column wants."""
    for layout in LAYOUTS:
        columns = layout.columns
        if layout.upright:
            yield Page(name=layout.name, rows=[("campo", "valore"), *((one.head, None) for one in columns)])
            continue
        example = [one.example for one in columns]
        rows = [[one.head for one in columns], [f"{COMMENT} {example[0]}", *example[1:]]]
        yield Page(name=layout.name, rows=rows)
    yield Page(name=INSTRUCTIONS, rows=list(_instructions()))


def _instructions() -> Iterator[Sequence[Cell]]:
    yield (f"Le righe che cominciano con {COMMENT} sono esempi e non si leggono. I titoli delle colonne non si "
           "cambiano; per un'altra lingua si aggiunge una colonna, per esempio «titolo [en]».",)  # fmt: skip
    yield ("foglio", "colonna", "serve", "che cosa si scrive", "parole ammesse", "esempio")
    for layout in LAYOUTS:
        for one in layout.columns:
            yield (layout.name, one.head, "sì" if one.needed else "", one.note, "; ".join(one.choices), one.example)
