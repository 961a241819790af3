"""Two versions of a charter side by side, as lines for a terminal."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from sportello.charters import Change, Difference, differences
from sportello.domain.charter import Charter

SIGNS = {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~"}
ONE_LINE = 60  # characters of both values together; longer ones stand under each other


def lines(old: Charter, new: Charter) -> Iterator[str]:
    """What changes from `old` to `new`: + added, - removed, ~ changed; no line when nothing does."""
    for part, found in groupby(differences(old, new), key=lambda one: one.part):
        yield f"{part}:"
        for one in found:
            yield from _changed(one) if one.change is Change.CHANGED else _entry(one, old, new)


def _entry(one: Difference, old: Charter, new: Charter) -> Iterator[str]:
    """An entry that is there in one version alone, with its name."""
    holder = old if one.change is Change.REMOVED else new
    entry = next(entry for entry in getattr(holder, one.part) if entry.code == one.code)
    name = entry.name if one.part == "sites" else entry.title["it"]
    yield f"  {SIGNS[one.change]} {one.code}  {name}"


def _changed(one: Difference) -> Iterator[str]:
    whose = "" if one.part == "charter" else f"{one.code} "
    for field, old, new in _values(one.field, one.old, one.new):
        before, after = _text(old), _text(new)
        if isinstance(old, list) and isinstance(new, list):
            yield f"  ~ {whose}{field}: {_members(old, new)}"
        elif len(before) + len(after) <= ONE_LINE:
            yield f"  ~ {whose}{field}: {before} → {after}"
        else:
            yield from (f"  ~ {whose}{field}:", f"      - {before}", f"      + {after}")


def _values(field: str, old: object, new: object) -> Iterator[tuple[str, object, object]]:
    """The values that differ: of a table key by key, such as the languages of a text."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted(old.keys() | new.keys()):
            if old.get(key) != new.get(key):
                yield from _values(f"{field}.{key}", old.get(key), new.get(key))
    else:
        yield field, old, new


def _members(old: list[object], new: list[object]) -> str:
    """What went out of a list and came into it."""
    gone = [f"-{one}" for one in old if one not in new]
    come = [f"+{one}" for one in new if one not in old]
    return " ".join(gone + come) or f"order: {_text(new)}"


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "–" if value is None or value == "" else str(value)
