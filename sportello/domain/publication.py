"""What may be told to everybody: counts so small that they might be of somebody stay inside."""

from collections.abc import Hashable, Iterable, Mapping, MutableMapping
from typing import TypeVar

SMALL = 5  # fewer people than this are not told in public; nobody at all is nobody's secret
K = TypeVar("K", bound=Hashable)
R = TypeVar("R", bound=Hashable)
C = TypeVar("C", bound=Hashable)


def told(n: int) -> int | None:
    """A count as it may be published: None where it is of 1 to 4 people."""
    return n if n == 0 or n >= SMALL else None


def guarded(counts: Mapping[K, int]) -> Mapping[K, int | None]:
    """Counts that stand beside their total, as they may be published.

    Where the total would give away what is hidden (fewer than SMALL in all the hidden cells together, or one hidden
    cell alone), the smallest cells that are not, are hidden too.
    """
    shown = {key: told(n) for key, n in counts.items()}
    _cover(counts, shown, counts)
    return shown


def guarded_table(counts: Mapping[tuple[R, C], int]) -> Mapping[tuple[R, C], int | None]:
    """The same for a table that stands beside the totals of its rows and of its columns."""
    shown = {cell: told(n) for cell, n in counts.items()}
    lines = [[cell for cell in counts if cell[place] == key] for place in (0, 1) for key in _keys(counts, place)]
    covered = True
    while covered:  # what one line hides, another may give away
        covered = False
        for line in lines:
            covered |= _cover(counts, shown, line)
    return shown


def _keys(counts: Mapping[tuple[R, C], int], place: int) -> Iterable[Hashable]:
    return dict.fromkeys(cell[place] for cell in counts)


def _cover(counts: Mapping[K, int], shown: MutableMapping[K, int | None], line: Iterable[K]) -> bool:
    """Hide more of a line while its total would give away what is hidden; whether anything was."""
    cells = list(line)
    hidden = [counts[key] for key in cells if shown[key] is None]
    others = sorted((key for key in cells if shown[key]), key=lambda key: counts[key])
    covered = False
    while hidden and others and (len(hidden) == 1 or sum(hidden) < SMALL):
        smallest = others.pop(0)
        shown[smallest], covered = None, True
        hidden.append(counts[smallest])
    return covered
