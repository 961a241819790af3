"""One entry of a draft as a form: what is typed is read as the cells of a spreadsheet are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from sportello.charter_files.cells import Cell, Unreadable, cell, value
from sportello.charter_files.columns import AREAS, CHARTER, SHEETS, STANDARDS, Column, Kind, Layout
from sportello.charter_files.tree import Tree
from sportello.i18n import STAFF

Typed = MultiDict[str, str]
LAYOUTS: Mapping[str, Layout] = {"charter": CHARTER, "areas": AREAS, "sheets": SHEETS, "standards": STANDARDS}
LONG = ("what", "who_for", "how", "bring", "formula", "note", "source")  # texts that want more than a line
SCOPE = ("services", "areas", "sites")  # codes that are ticked
HIDDEN = ("hours",)  # what the form does not show and leaves as it was


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One input: a column, in one language where it has several."""

    name: str
    label: str
    column: Column
    language: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        return (*self.column.path, self.language) if self.language else self.column.path

    @property
    def long(self) -> bool:
        return self.column.path[0] in LONG


def fields(part: str, entry: Tree) -> Iterator[Field]:
    """The inputs of an entry: Italian and English, and each other language that the entry already speaks."""
    for column in LAYOUTS[part].columns:
        if column.path[0] in HIDDEN:
            continue
        name = ".".join(column.path)
        if column.kind is not Kind.TEXTS:
            yield Field(name=name, label=column.head, column=column)
            continue
        spoken = dict.fromkeys([*STAFF, *entry.get(column.path[0], {})])
        for language in spoken:
            label = column.head if language == "it" else f"{column.head} [{language}]"
            yield Field(name=f"{name}.{language}", label=label, column=column, language=language)


def typed_from(part: str, entry: Tree) -> Typed:
    """An entry as it would be typed."""
    typed = Typed()
    for field in fields(part, entry):
        found = _at(entry, field.path)
        if found is None:
            continue
        if field.column.kind is Kind.CHOICES:
            words = {meant: word for word, meant in field.column.choices.items()}
            typed.setlist(field.name, [words[one] for one in found])
        elif field.name in SCOPE:
            typed.setlist(field.name, list(found))
        else:
            typed[field.name] = _said(cell(found, field.column), field.column)
    return typed


def _said(shown: Cell, column: Column) -> str:
    """As Italians type it."""
    if column.kind is Kind.SHARE:
        return f"{shown * 100:f}".rstrip("0").rstrip(".").replace(".", ",")  # type: ignore[operator]
    if column.kind is Kind.DAY:
        return f"{shown:%d/%m/%Y}"
    if column.kind is Kind.NUMBER:
        return str(shown).replace(".", ",")
    return str(shown)


def _at(entry: Tree, path: tuple[str, ...]) -> Any:
    found: Any = entry
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def read(part: str, typed: Typed, before: Tree) -> tuple[Tree, Mapping[str, str]]:
    """The entry that was typed, and what cannot be understood, by field. What the form does not show stays."""
    entry = {key: dict(value) if isinstance(value, dict) else value for key, value in before.items()}
    faults: dict[str, str] = {}
    for field in fields(part, before):
        try:
            _put(entry, field.path, _value(typed, field))
        except Unreadable as wrong:
            faults[field.name] = _(wrong.text).format_map(wrong.values)
    return entry, faults


def _value(typed: Typed, field: Field) -> Any:
    """What a field says; None when it is left empty."""
    if field.column.kind is Kind.CHOICES or field.name in SCOPE:
        words = [word for word in typed.getlist(field.name) if word]
        return (words if field.name in SCOPE else value("; ".join(words), field.column)) if words else None
    text = typed.get(field.name, "").replace("\r\n", "\n").strip()
    if not text:
        return None
    if field.column.kind is Kind.SHARE and not text.endswith("%"):
        text = f"{text} %"  # the form says per cent beside the field
    return value(text, field.column)


def _put(entry: Tree, path: tuple[str, ...], found: Any) -> None:
    *keys, last = path
    inner = entry
    for key in keys:
        if found is None and key not in inner:
            return
        inner = inner.setdefault(key, {})
    if found is None:
        inner.pop(last, None)
    else:
        inner[last] = found
