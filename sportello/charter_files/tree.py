"""A charter as the tree of values its files hold: what `sportello.charters` reads, the other way round."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from decimal import Decimal
from enum import Enum
from typing import Any

from sportello.domain.charter import Charter, Standard

Tree = dict[str, Any]  # texts, flags, whole numbers, decimals, days, and lists and tables of them


def tree(charter: Charter) -> Tree:
    """The charter as its file says it; what is as it would be without being written is left out."""
    top = _plain(charter)
    top["act"] = {key: value for key, value in top.get("act", {}).items() if value is not None}
    top["standards"] = [_standard(entry) for entry in charter.standards]
    top["sites"] = [_plain(entry) for entry in charter.sites]
    return top


def _standard(standard: Standard) -> Tree:
    found = _plain(standard)
    seconds = found.pop("threshold_s", None)
    if seconds is not None:
        found["threshold_minutes"] = minutes(seconds)
    return found


def minutes(seconds: int) -> int | Decimal:
    """Whole seconds in minutes, as charters are written."""
    return seconds // 60 if seconds % 60 == 0 else Decimal(seconds) / 60


def figure(value: Decimal) -> str:
    """A decimal with its figures, and with one at least: 90.0 is no whole number."""
    return f"{value:f}" if value % 1 else f"{value:.1f}"


def _plain(entry: Any) -> Tree:
    found = {}
    for field in fields(entry):
        value = _value(getattr(entry, field.name))
        if value is None or (value == _value(field.default) and field.default is not MISSING):
            continue
        if value in ({}, [], {"it": ""}):
            continue
        found[field.name] = value
    return found


def _value(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    return _plain(value) if hasattr(value, "__dataclass_fields__") else value
