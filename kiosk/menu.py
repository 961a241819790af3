"""What the kiosk offers: macro-areas first where there are many services, and pages that never scroll."""

from collections.abc import Sequence
from dataclasses import dataclass

from sportello.domain.boards import Choice
from sportello.domain.charter import Area, Charter

FEW = 6  # services that fit on the first screen: no macro-areas then
ROOM = 8  # rows on one screen, on the smallest kiosk: 15.6 inches, landscape


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One screenful of services; `number` counts from 1."""

    choices: Sequence[Choice]
    number: int
    count: int

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.count else None

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None


def areas(charter: Charter, choices: Sequence[Choice]) -> tuple[Area, ...]:
    """The macro-areas with something to choose; none where the services fit on the first screen."""
    if len(choices) <= FEW:
        return ()
    found = {choice.sheet.area for choice in choices}
    return tuple(area for area in charter.areas if area.code in found)


def leaf(choices: Sequence[Choice], wanted: int) -> Leaf:
    """The screenful asked for, or the nearest one; screens of a list are filled evenly."""
    count = max(1, -(-len(choices) // ROOM))
    size = -(-len(choices) // count)
    number = min(max(1, wanted), count)
    return Leaf(choices=choices[(number - 1) * size : number * size], number=number, count=count)
