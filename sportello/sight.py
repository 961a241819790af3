"""How far a board can be read: sizes of its letters against the angles that eyes need."""

from math import hypot, radians, tan

CAPITAL = 0.692  # height of a capital letter of Titillium Web, in em
CALLED = radians(0.7)  # the called number, also for low vision
LAST = radians(20 / 60)  # the last calls
MM_PER_INCH = 25.4


def reach_m(diagonal_in: float, width: int, height: int) -> float:
    """From how many metres the called number and the last calls can be read, in half metres.

    `width` and `height` are the screen's, in any unit. The shares are those of the board's style sheet.
    """
    scale = diagonal_in * MM_PER_INCH / hypot(width, height)
    wide, high = width * scale, height * scale
    if wide >= high:
        called, last = 0.264 * high, 0.126 * high
    else:
        called, last = 0.36 * wide, min(0.068 * high, 0.17 * wide)
    metres = min(called * CAPITAL / tan(CALLED), last * CAPITAL / tan(LAST)) / 1000
    return int(metres * 2 + 0.1) / 2  # five hundredths of a metre are nobody's step
