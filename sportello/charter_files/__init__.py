"""A charter as a file: TOML, YAML, CSV, XLSX or ODS, each read whole with all its faults, and each written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from importlib import import_module
from pathlib import PurePath
from typing import Any

from sportello import rdf, toml_tables, yaml_tables
from sportello.charter_files import book, cpsv, toml_file, yaml_file
from sportello.charter_files.tree import Tree, tree
from sportello.charters import charter_of
from sportello.domain.charter import Charter
from sportello.i18n import NAMES
from sportello.tables import N_, Fault, Faults, Table


class Form(StrEnum):
    """How a charter is written, named as its files end."""

    TOML = "toml"
    YAML = "yaml"
    CSV = "csv"
    XLSX = "xlsx"
    ODS = "ods"


class Linked(StrEnum):
    """How a charter is written as linked data, to be read by catalogues and not by us."""

    TURTLE = "ttl"
    JSON_LD = "jsonld"


SHEETS = (Form.CSV, Form.XLSX, Form.ODS)  # for those who write in a spreadsheet
MEDIA: Mapping[Form | Linked, str] = {
    Form.TOML: "application/toml",
    Form.YAML: "application/yaml",
    Form.CSV: "text/csv",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    Linked.TURTLE: "text/turtle",
    Linked.JSON_LD: "application/ld+json",
}


def _sheets(form: Form) -> Any:
    """The module for a form of `SHEETS`, loaded when it is wanted: the libraries behind two of them take their time."""
    return import_module(f"sportello.charter_files.{form}_file")


def form_of(name: str) -> Form | None:
    """The form that a file name ends in."""
    ending = PurePath(name).suffix.lower().removeprefix(".")
    return Form("yaml" if ending == "yml" else ending) if ending in (*Form, "yml") else None


def read(raw: bytes, name: str, adopted: Sequence[Charter] = ()) -> Charter:
    """The charter in a file of any form, or `Faults` with everything wrong in it. `adopted`: as for `charters.read`."""
    return charter_of(_table(raw, name), name, adopted)


def _table(raw: bytes, name: str) -> Table:
    form = form_of(name)
    if form is None:
        text = N_("il nome del file deve finire in {endings}")
        raise Faults(name, [Fault(where="", text=text, values={"endings": ", ".join(f".{one}" for one in Form)})])
    if form is Form.TOML:
        return toml_tables.table(raw, name, NAMES)
    if form is Form.YAML:
        return yaml_tables.table(raw, name, NAMES)
    return book.table(_sheets(form).pages(raw, name), NAMES)


def _as_sheets(form: Form, pages: Iterable[book.Page]) -> bytes:
    content: bytes = _sheets(form).written(pages)
    return content


_WRITTEN: Mapping[Form, Callable[[Tree], bytes]] = {
    Form.TOML: toml_file.written,
    Form.YAML: yaml_file.written,
}


def written(charter: Charter, form: Form) -> bytes:
    """The charter as a file; reading it gives the same charter."""
    found = tree(charter)
    return _as_sheets(form, book.pages(found, NAMES)) if form in SHEETS else _WRITTEN[form](found)


BASE = "urn:sportello:carta"  # names of things, where the administration has given no address of its own


def linked(charter: Charter, form: Linked, base: str = BASE) -> bytes:
    """The charter as linked data (CPSV-AP_IT); things have names that begin with `base`."""
    things = cpsv.things(charter, base)
    return rdf.turtle(things) if form is Linked.TURTLE else rdf.json_ld(things)


def template(form: Form) -> bytes:
    """An empty workbook with the right heads, an example row that is not read, and what each column wants."""
    return _as_sheets(form, book.template())
