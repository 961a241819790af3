"""What the kiosk offers: macro-areas first where there are many services, and who helps those who do not choose."""

from collections.abc import Sequence

from sportello.domain.boards import Choice
from sportello.domain.charter import Area, Charter, Mode, Purpose

FEW = 6  # services that fit on the first screen: no macro-areas then


def listed(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """The services to choose from: first those for which one simply comes, then those by appointment."""
    rows = [choice for choice in choices if choice.sheet.role is None]
    return tuple(sorted(rows, key=lambda choice: Mode.WALK_IN not in choice.sheet.modes))


def areas(charter: Charter, rows: Sequence[Choice]) -> tuple[Area, ...]:
    """The macro-areas with something to choose; none where the services fit on the first screen."""
    if len(rows) <= FEW:
        return ()
    found = {choice.sheet.area for choice in rows}
    return tuple(area for area in charter.areas if area.code in found)


def purpose(choices: Sequence[Choice], wanted: Purpose) -> Choice | None:
    """The service that is here for this purpose."""
    return next((choice for choice in choices if choice.sheet.role is wanted), None)
