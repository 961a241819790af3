"""A file as a tree of values taken key by key: every fault is told at once, each with its place.

What kind of file it was does not matter here: `toml_tables`, `yaml_tables` and `charter_files` give the tree and say
where in the file each value stands.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

E = TypeVar("E", bound=StrEnum)

Path = tuple[str | int, ...]  # ("sheets", 3, "title", "it"); places in an array count from 0

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # safe in an address and in a file name
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")  # no form of file keeps them all


def N_(text: str) -> str:  # noqa: N802 - the name under which gettext's tools look for sentences to translate
    """Mark a sentence for the catalogues; it is translated where it is shown."""
    return text


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where a value stands: the line of a text, or the cell of a spreadsheet. Places are ordered as one reads."""

    page: int = 0  # which sheet of a workbook
    line: int = 0  # from 1; 0: not in the file
    column: int = 0  # of a spreadsheet, from 1
    sheet: str = ""  # the name of the sheet

    @property
    def letters(self) -> str:
        """The column as spreadsheets write it: A, B … Z, AA."""
        words, rest = "", self.column
        while rest:
            rest, letter = divmod(rest - 1, 26)
            words = chr(ord("A") + letter) + words
        return words

    def __str__(self) -> str:
        cell = f"{self.letters}{self.line or ''}"
        return f"{self.sheet}!{cell}" if self.sheet else cell


NOWHERE = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong: `place` in the file, `where` as a path of keys, `text` in Italian."""

    where: str
    text: str  # the sentence to translate, its values still as {names}
    place: Place = NOWHERE
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        return self.told(str)

    def told(self, translate: Callable[[str], str]) -> str:
        """The reason in the language of `translate`, a gettext function."""
        return translate(self.text).format_map(self.values)

    def __str__(self) -> str:
        return ": ".join(filter(None, (str(self.place), self.where, self.reason)))


class Faults(Exception):
    """Everything wrong with the file `name`, in the order in which one reads it."""

    def __init__(self, name: str, faults: Collection[Fault]) -> None:
        self.name = name
        self.faults = tuple(sorted(faults, key=lambda fault: fault.place))
        super().__init__("\n".join(f"{name}:{fault}" for fault in self.faults))


class Report:
    """What is wrong with one file so far."""

    def __init__(self, content: Mapping[str, object], places: Mapping[Path, Place], languages: Collection[str]) -> None:
        self.content = content
        self.places = places
        self.languages = languages
        self.faults: list[Fault] = []
        self.faulty: set[Path] = set()
        self.unread: set[Path] = set()  # values that are there and could not be understood

    def add(self, path: Path, text: str, /, **values: object) -> None:
        self.add_at(self.place(path), path, text, **values)

    def add_at(self, place: Place, path: Path, text: str, /, **values: object) -> None:
        """Something wrong at a place of its own, such as the head of a column."""
        fault = Fault(place=place, where=self.where(path), text=text, values=values)
        self.faults.append(fault)
        self.faulty |= {path[:length] for length in range(len(path) + 1)}

    def place(self, path: Path) -> Place:
        """The place of the key, or of the nearest table around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, NOWHERE)

    def where(self, path: Path) -> str:
        """The path as people read it: `sheets[A01].title.it`, an entry by its code or by its place from 1."""
        words = ""
        inside: object = self.content
        for step in path:
            inside = _inside(inside, step)
            if isinstance(step, str):
                words += f".{step}" if words else step
            else:
                words += f"[{_code(inside) or step + 1}]"
        return words


def _inside(content: object, step: str | int) -> object:
    if isinstance(content, dict):
        return content.get(step)
    return content[step] if isinstance(content, list) and isinstance(step, int) else None


def _code(entry: object) -> str:
    code = entry.get("code") if isinstance(entry, dict) else None
    return code if isinstance(code, str) else ""


class Table:
    """One table of the file. Each key is asked for by its type; `end()` reports the keys nobody asked for.

    A faulty value is reported and replaced by an empty one of the right type, so that reading goes on.
    """

    def __init__(self, content: Mapping[str, object], path: Path, report: Report) -> None:
        self.content = content
        self.path = path
        self.report = report
        self.asked: set[str] = set()

    def fault(self, key: str, text: str, /, **values: object) -> None:
        self.report.add((*self.path, key) if key else self.path, text, **values)

    def has(self, key: str) -> bool:
        """Whether something is written there, understood or not."""
        return key in self.content or (*self.path, key) in self.report.unread

    def end(self) -> None:
        for key in self.content:
            if key not in self.asked:
                self.fault(key, N_("chiave sconosciuta"))

    def _value(self, key: str, types: tuple[type, ...], wanted: str, needed: bool) -> object:
        """The value when its type is exactly one of `types` (a boolean is no number here), else None."""
        self.asked.add(key)
        if (*self.path, key) in self.report.unread:
            return None
        if key not in self.content:
            if needed:
                self.fault(key, N_("manca"))
            return None
        value = self.content[key]
        if type(value) in types:
            return value
        self.fault(key, wanted, key=key)
        return None

    def text(self, key: str, *, needed: bool = True) -> str:
        """A text; one that is needed must say something."""
        value = self._value(key, (str,), N_("deve essere un testo tra virgolette"), needed)
        if not isinstance(value, str):
            return ""
        if needed and not value.strip():
            self.fault(key, N_("è vuoto"))
        elif CONTROL.search(value):
            self.fault(key, N_("contiene un carattere che non si può stampare"))
        return value

    def code(self, key: str) -> str:
        """A text that can stand in an address."""
        value = self.text(key)
        if value.strip() and not CODE.fullmatch(value):
            self.fault(key, N_("un codice ha solo lettere senza accento, cifre, punto, trattino e trattino basso"))
        return value

    def texts(self, key: str, *, needed: bool = True) -> dict[str, str]:
        """A text in several languages: `key.it = "…"`, `key.en = "…"`. Italian is always there."""
        value = self._value(key, (dict,), N_('si scrive una lingua per volta: {key}.it = "…"'), needed)
        if not isinstance(value, dict):
            return {"it": ""}
        inner = Table(value, (*self.path, key), self.report)
        found = {"it": inner.text("it", needed=needed)}
        for language in value:
            if language not in self.report.languages:
                inner.asked.add(language)
                known = ", ".join(self.report.languages)
                inner.fault(language, N_("non è una lingua conosciuta: {known}"), known=known)
            elif language != "it":
                found[language] = inner.text(language, needed=needed)
        return found

    def flag(self, key: str) -> bool | None:
        """True, false, or None when it is not there."""
        value = self._value(key, (bool,), N_("deve essere true o false"), False)
        return value if isinstance(value, bool) else None

    def whole(self, key: str) -> int | None:
        """A whole number from 1, or None when it is not there."""
        value = self._value(key, (int,), N_("deve essere un numero intero"), False)
        if isinstance(value, int) and value < 1:
            self.fault(key, N_("deve essere maggiore di zero"))
            return None
        return value if isinstance(value, int) else None

    def number(self, key: str) -> Decimal | None:
        """A number exactly as written, or None when it is not there."""
        value = self._value(key, (int, Decimal), N_("deve essere un numero"), False)
        number = Decimal(value) if isinstance(value, int | Decimal) else None
        if number is None or number.is_finite():
            return number
        self.fault(key, N_("deve essere un numero"))
        return None

    def day(self, key: str, *, needed: bool = True) -> date | None:
        value = self._value(key, (date,), N_("deve essere una data senza virgolette: 2026-01-31"), needed)
        return value if isinstance(value, date) else None

    def choice(self, key: str, kind: type[E], *, needed: bool = True) -> E | None:
        value = self.text(key, needed=needed)
        if value in tuple(kind):
            return kind(value)
        if value.strip():
            self.fault(key, N_("deve essere uno di: {choices}"), choices=", ".join(kind))
        return None

    def choices(self, key: str, kind: type[E]) -> tuple[E, ...]:
        """A list of at least one of the words of `kind`."""
        words = self.among(key, tuple(kind), N_("{code} non è uno di: {choices}"), choices=", ".join(kind))
        if self.content.get(key, None) in (None, []):
            self.fault(key, N_("manca"))
        return tuple(kind(word) for word in words if word in tuple(kind))

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts, without repetitions."""
        value = self._value(key, (list,), N_("deve essere un elenco di testi"), False)
        return tuple(self._items(key, value)) if isinstance(value, list) else ()

    def _items(self, key: str, values: list[object]) -> Iterator[str]:
        for place, item in enumerate(values):
            path = (*self.path, key, place)
            if not isinstance(item, str) or not item.strip():
                self.report.add(path, N_("deve essere un testo tra virgolette"))
            elif item in values[:place]:
                self.report.add(path, N_("{item} è già nell'elenco"), item=item)
            else:
                yield item

    def among(self, key: str, known: Collection[str], unknown: str, **values: object) -> tuple[str, ...]:
        """A list of codes of which each must be known; `unknown` is what to say of one that is not."""
        codes = self.words(key)
        written = self.content.get(key)
        for code in codes:
            if code not in known and isinstance(written, list):
                self.report.add((*self.path, key, written.index(code)), unknown, code=code, **values)
        return codes

    def table(self, key: str, *, needed: bool = True) -> "Table":
        value = self._value(key, (dict,), N_("deve essere una tabella: [{key}]"), needed)
        return Table(value if isinstance(value, dict) else {}, (*self.path, key), self.report)

    def tables(self, key: str, *, needed: bool = True) -> Iterator["Table"]:
        """The entries of an array of tables; each is asked for its unknown keys once it has been taken."""
        value = self._value(key, (list,), N_("si scrive una voce per volta: [[{key}]]"), needed)
        for place, entry in enumerate(value if isinstance(value, list) else ()):
            if not isinstance(entry, dict):
                self.report.add((*self.path, key, place), N_("si scrive una voce per volta: [[{key}]]"), key=key)
                continue
            taken = Table(entry, (*self.path, key, place), self.report)
            yield taken
            taken.end()
