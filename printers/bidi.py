"""Where letters stand on a line that mixes writing to the right and to the left.

What a slip needs of the Unicode bidirectional algorithm: words, figures and what stands between them. A range of
figures keeps its order in every language: 10–15 is read from the left, as on the screens.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from unicodedata import bidirectional

LEFT, RIGHT, FIGURE, BETWEEN = "L", "R", "F", "?"
_KINDS = {"L": LEFT, "R": RIGHT, "AL": RIGHT, "EN": FIGURE, "AN": FIGURE}
_FIGURES = re.compile(r"\d+(?:[.,:/–-]\d+)*%?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Neighbouring letters written in one direction."""

    text: str
    rtl: bool


def stretches(line: str, *, rtl: bool) -> list[Stretch]:
    """The line cut where the direction changes, in the order in which the pieces stand from left to right."""
    levels = _levels(_kinds(line), rtl=rtl)
    cut = [("".join(letter for letter, _ in run), level) for level, run in _neighbours(line, levels)]
    for depth in range(2, 0, -1):
        cut = _turned(cut, depth)
    return [Stretch(text=text, rtl=level % 2 == 1) for text, level in cut]


def _kinds(line: str) -> list[str]:
    kinds = [_KINDS.get(bidirectional(letter), BETWEEN) for letter in line]
    for at, letter in enumerate(line):
        if at and bidirectional(letter) == "NSM":
            kinds[at] = kinds[at - 1]
    for figures in _FIGURES.finditer(line):
        kinds[figures.start() : figures.end()] = FIGURE * len(figures.group())
    return kinds


def _levels(kinds: list[str], *, rtl: bool) -> list[int]:
    """Even is written to the right, odd to the left; a higher level stands inside a lower one."""
    base = RIGHT if rtl else LEFT
    word, heard = base, []  # the direction of the last word before each place
    for kind in kinds:
        word = kind if kind in (LEFT, RIGHT) else word
        heard.append(LEFT if kind == FIGURE and word == LEFT else kind)
    sides = list(_joined(heard, base))
    up = 1 if rtl else 0
    return [up + (side == (LEFT if rtl else RIGHT)) if side != FIGURE else 2 for side in sides]


def _joined(kinds: list[str], base: str) -> Iterator[str]:
    """What stands between two words of one direction goes with them, otherwise with the line."""
    before = base
    for kind, run in groupby(enumerate(kinds), key=lambda place: place[1]):
        places = [at for at, _ in run]
        if kind == BETWEEN:
            after = kinds[places[-1] + 1] if places[-1] + 1 < len(kinds) else base
            sides = {RIGHT if side == FIGURE else side for side in (before, after)}
            kind = sides.pop() if len(sides) == 1 else base
        else:
            before = kind
        yield from kind * len(places)


def _neighbours(line: str, levels: list[int]) -> Iterator[tuple[int, Iterator[tuple[str, int]]]]:
    yield from groupby(zip(line, levels, strict=True), key=lambda place: place[1])


def _turned(cut: list[tuple[str, int]], depth: int) -> list[tuple[str, int]]:
    """Every stretch of pieces at this depth or deeper, turned round."""
    turned: list[tuple[str, int]] = []
    for deep, run in groupby(cut, key=lambda piece: piece[1] >= depth):
        pieces = list(run)
        turned += reversed(pieces) if deep else pieces
    return turned
