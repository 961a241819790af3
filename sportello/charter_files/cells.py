"""Cells of a spreadsheet as values of a charter, and back. What Italian offices type is understood."""

import csv
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from io import StringIO

from sportello.charter_files.columns import Column, Kind
from sportello.tables import N_


@dataclass(frozen=True, slots=True)
class Wrong:
    """A cell that holds something no charter can: `text` says what."""

    text: str


Cell = Wrong | str | bool | int | float | Decimal | date | datetime | time | None


class Unreadable(Exception):
    """A cell says something else than its column wants. `text`: a sentence in Italian, with {names} of `values`."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text)
        self.text, self.values = text, values


def folded(word: str) -> str:
    """A word as one compares it: without capitals, accents, and needless spaces."""
    plain = unicodedata.normalize("NFKD", word.replace("’", "'"))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).casefold().split())


def empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


# --- reading ---------------------------------------------------------------------------------------


def value(cell: Cell, column: Column) -> object:
    """What a cell that is not empty says; `Unreadable` when it does not say what the column wants."""
    if isinstance(cell, Wrong):
        raise Unreadable(cell.text)
    match column.kind:
        case Kind.CHOICE:
            return _choice(_text(cell), column.choices)
        case Kind.CHOICES:
            return [_choice(word, column.choices) for word in _words(_text(cell))]
    return READ[column.kind](cell)


def _text(cell: Cell) -> str:
    """A number a spreadsheet made of a text such as «12» is that text again; what it changed is not guessed."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        raise Unreadable(N_("il foglio di calcolo ne ha fatto un vero/falso: formatti la cella come testo"))
    if isinstance(cell, int | float | Decimal) and cell == int(cell):
        return str(int(cell))
    if isinstance(cell, int | float | Decimal):
        raise Unreadable(N_("il foglio di calcolo ne ha fatto un numero: formatti la cella come testo"))
    raise Unreadable(N_("il foglio di calcolo ne ha fatto una data: formatti la cella come testo"))


def _words(text: str) -> list[str]:
    """The parts between semicolons or line ends; one that holds such a sign stands between quotation marks."""
    rows = csv.reader(StringIO(text), delimiter=";", skipinitialspace=True)
    return [word.strip() for row in rows for word in row if word.strip()]


def _codes(cell: Cell) -> list[str]:
    return _words(_text(cell))


def _choice(word: str, choices: Mapping[str, object]) -> object:
    """One of the words, or the value itself as the other files write it."""
    for known, meant in choices.items():
        if folded(word) in (folded(known), folded(str(meant))):
            return meant
    raise Unreadable(N_("«{word}» non è uno di: {choices}"), word=word, choices=", ".join(choices))


DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def _day(cell: Cell) -> date:
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return cell
    try:
        text = _text(cell).strip()
        found = DAY.fullmatch(text)
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except (ValueError, Unreadable):
        raise Unreadable(N_("«{cell}» non è una data come 31/01/2026"), cell=cell) from None


def _feast(cell: Cell) -> str:
    """«31/08», or the day that a spreadsheet made of it, as 08-31."""
    if isinstance(cell, date):
        return f"{cell:%m-%d}"
    found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-]\d{4})?", _text(cell).strip())
    if found is None:
        raise Unreadable(N_("«{cell}» non è giorno e mese, come 31/08"), cell=cell)
    return f"{int(found[2]):02}-{int(found[1]):02}"


def _number(cell: Cell) -> Decimal:
    """2,5 as Italians write it, or 2.5; with both signs the last one is the decimal one."""
    if isinstance(cell, str):
        text = cell.strip().replace("\u00a0", "").replace(" ", "")
        if "," in text:
            text = text.replace(".", "").replace(",", ".") if text.rfind(",") > text.rfind(".") else "?"
    elif isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        text = "?"
    else:
        text = str(cell)
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or not re.fullmatch(r"[-+\d.eE]+", text):
        raise Unreadable(N_("«{cell}» non è un numero"), cell=cell)
    return found


def _plain_number(cell: Cell) -> int | Decimal:
    found = _number(cell)
    return int(found) if found == int(found) else found


def _whole(cell: Cell) -> int:
    found = _number(cell)
    if found != int(found):
        raise Unreadable(N_("«{cell}» non è un numero intero"), cell=cell)
    return int(found)


def _share(cell: Cell) -> Decimal:
    """«90 %» and 0,9 are the same; a cell shown as a percentage holds 0.9."""
    text = cell.strip() if isinstance(cell, str) else ""
    return _number(text.removesuffix("%").strip()) / 100 if text.endswith("%") else _number(cell)


YES, NO = ("si", "s", "vero", "true", "x", "1"), ("no", "n", "falso", "false", "0")


def _flag(cell: Cell) -> bool:
    word = folded(str(cell))
    if word not in YES + NO:
        raise Unreadable(N_("«{cell}» non è sì o no"), cell=cell)
    return word in YES


READ: Mapping[Kind, Callable[[Cell], object]] = {
    Kind.TEXT: _text,
    Kind.TEXTS: _text,
    Kind.WORDS: _codes,
    Kind.DAY: _day,
    Kind.FEAST: _feast,
    Kind.WHOLE: _whole,
    Kind.NUMBER: _plain_number,
    Kind.SHARE: _share,
    Kind.FLAG: _flag,
}


# --- writing ---------------------------------------------------------------------------------------


def cell(found: object, column: Column) -> Cell:
    """A value as its cell says it."""
    match column.kind:
        case Kind.CHOICE:
            return _word(found, column.choices)
        case Kind.CHOICES if isinstance(found, list):
            return _joined([_word(one, column.choices) for one in found])
        case Kind.WORDS if isinstance(found, list):
            return _joined(found)
        case Kind.FLAG:
            return "sì" if found else "no"
        case Kind.FEAST:
            return "/".join(reversed(str(found).split("-")))
    return found if isinstance(found, str | int | Decimal | date) else str(found)


def _word(found: object, choices: Mapping[str, object]) -> str:
    return next(word for word, meant in choices.items() if meant == found)


def _joined(words: Sequence[str]) -> str:
    line = StringIO()
    csv.writer(line, delimiter=";", lineterminator="").writerow(words)
    return line.getvalue() if '"' in line.getvalue() else "; ".join(words)
