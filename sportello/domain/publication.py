"""What may be told to everybody: counts so small that they might be of somebody stay inside."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

SMALL = 5  # fewer people than this are not told in public; nobody at all is nobody's secret
K = TypeVar("K", bound=Hashable)


def told(n: int) -> int | None:
    """A count as it may be published: None where it is of 1 to 4 people."""
    return n if n == 0 or n >= SMALL else None


def guarded(counts: Mapping[K, int]) -> Mapping[K, int | None]:
    """Counts that stand beside their total, as they may be published.

    Where the total would give away what is hidden (fewer than SMALL in all the hidden cells together, or one hidden
    cell alone), the smallest cells that are not, are hidden too.
    """
    shown = {key: told(n) for key, n in counts.items()}
    hidden = [counts[key] for key, n in shown.items() if n is None]
    others = sorted((key for key, n in shown.items() if n), key=lambda key: counts[key])
    while hidden and others and (len(hidden) == 1 or sum(hidden) < SMALL):
        smallest = others.pop(0)
        shown[smallest] = None
        hidden.append(counts[smallest])
    return shown
