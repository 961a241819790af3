"""A charter being written: begun from a version or a file, changed entry by entry, read through as often as wanted."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sportello.charter_files import toml_file
from sportello.charter_files.tree import Tree, tree
from sportello.charters import read_through
from sportello.domain.charter import Charter
from sportello.i18n import NAMES
from sportello.tables import Fault
from sportello.toml_tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A draft as it reads now. What is wrong in `charter` stands as an empty value, and in `faults`."""

    tree: Tree
    charter: Charter
    faults: tuple[Fault, ...]

    def told(self, part: str, code: str) -> tuple[Fault, ...]:
        """What is wrong with one entry, such as a standard."""
        return tuple(one for one in self.faults if one.where.startswith(f"{part}[{code}]"))


def opened(content: str, adopted: Sequence[Charter] = (), lived: date | None = None) -> Opened:
    """The draft, with everything that keeps it from being adopted. `lived`: the last day with tickets."""
    charter, faults = read_through(table(content.encode(), "bozza", NAMES), adopted, lived)
    return Opened(tree=tomllib.loads(content, parse_float=Decimal), charter=charter, faults=faults)


def written(content: Tree) -> str:
    return toml_file.written(content).decode()


def begun_from(charter: Charter, others: Sequence[Charter], today: date) -> str:
    """A draft of the version after `charter`: a name none of the `others` has, no act yet, from the next year on."""
    found = tree(charter)
    year = max(today.year, charter.valid_from.year) + 1
    found |= {"version": _free(charter.code, year, others), "valid_from": date(year, 1, 1)}
    found["act"] = {"kind": charter.act.kind, "number": ""}
    found.pop("valid_to", None)
    return written(found)


def _free(code: str, year: int, others: Sequence[Charter]) -> str:
    taken = {one.version for one in others if one.code == code}
    return next(name for n in count(1) if (name := f"{year}-{n}") not in taken)


def replaced(content: Tree, part: str, code: str, entry: Mapping[str, Any]) -> Tree:
    """The tree with one entry of `part` written anew, or added at the end where there is none of that code."""
    entries = list(content.get(part, []))
    place = next((n for n, one in enumerate(entries) if one.get("code") == code), len(entries))
    entries[place : place + 1] = [dict(entry)]
    return content | {part: entries}


def removed(content: Tree, part: str, code: str) -> Tree:
    return content | {part: [one for one in content.get(part, []) if one.get("code") != code]}


def entry_of(content: Tree, part: str, code: str) -> Tree | None:
    return next((one for one in content.get(part, []) if one.get("code") == code), None)
