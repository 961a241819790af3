"""A charter as a TOML text, in the style of the examples."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sportello.charter_files.tree import Tree, figure

BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


def written(tree: Tree) -> bytes:
    """The tree as TOML: plain values first, then tables, then entries one by one."""
    return "\n".join(_lines(tree)).encode() + b"\n"


def _lines(tree: Tree) -> Iterator[str]:
    yield from _pairs({key: value for key, value in tree.items() if not _is_table(value) and not _is_entries(value)})
    for key, value in tree.items():
        if _is_table(value):
            yield from ("", f"[{_key(key)}]", *_pairs(value))
    for key, value in tree.items():
        if _is_entries(value):
            for entry in value:
                yield from ("", f"[[{_key(key)}]]", *_pairs(entry))


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_entries(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _pairs(table: Mapping[str, object], before: str = "") -> Iterator[str]:
    """`key = value`, and `key.it = "…"` for what a table inside holds."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _pairs(value, f"{before}{_key(key)}.")
        else:
            yield f"{before}{_key(key)} = {_value(value)}"


def _key(key: str) -> str:
    return key if key and BARE.issuperset(key) else json.dumps(key, ensure_ascii=False)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Decimal):
        return figure(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_value, value))}]"
    return value.isoformat() if isinstance(value, date) else str(value)
