"""How far a board can be read: sizes of its letters against the angles that eyes need."""

from dataclasses import dataclass
from math import hypot, radians, tan

CAPITAL = 0.692  # height of a capital letter of Titillium Web, in em
CALLED = radians(0.7)  # the called number, also for low vision
LAST = radians(20 / 60)  # the last calls
TEXT = radians(22 / 60)  # where to go, and who waits
NEARER = 5 / 8  # of the distance: from where it is enough to read who waits, since slip and telephone say it too
MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """The least sizes of a board's letters, as font sizes in millimetres."""

    called: float
    place: float
    last: float
    queues: float


def letters(distance_m: float) -> Letters:
    """The letters that can be read from this far."""
    return Letters(
        called=_size_mm(CALLED, distance_m),
        place=_size_mm(TEXT, distance_m),
        last=_size_mm(LAST, distance_m),
        queues=_size_mm(TEXT, distance_m * NEARER),
    )


def _size_mm(angle: float, distance_m: float) -> float:
    """The font size whose capitals fill this angle."""
    return round(distance_m * 1000 * tan(angle) / CAPITAL, 2)


def reach_m(diagonal_in: float, width: int, height: int) -> float:
    """From how many metres the called number, its counter and four last calls can be read, in half metres.

    `width` and `height` are the screen's, in any unit. The shares are those the board can always give; set to be read
    from farther away, it shows fewer last calls, then smaller letters.
    """
    scale = diagonal_in * MM_PER_INCH / hypot(width, height)
    wide, high = width * scale, height * scale
    if wide >= high:
        called, last = 0.264 * high, 0.126 * high
    else:
        called, last = 0.36 * wide, min(0.068 * high, 0.17 * wide)
    metres = min(called * CAPITAL / tan(CALLED), last * CAPITAL / tan(LAST)) / 1000
    return int(metres * 2 + 0.1) / 2  # five hundredths of a metre are nobody's step
