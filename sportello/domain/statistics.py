"""Chance and signal: how sure a share is (Wilson), and whether a series really changed (XmR).

A status never rests on one point: it rests on an interval. A change is named only where one of four rules sees it.
Wilson's interval is that of Newcombe (1998), method 3; the limits of an individuals chart are those of Shewhart and
Wheeler (mean ± 2.66 × mean moving range); the four rules are those of the NHS's «Making Data Count».
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from math import sqrt
from statistics import fmean

from sportello.domain.charter import ENOUGH

Z95 = 1.959963984540054  # of the normal distribution, two-sided 95 %
SMALL_WEEK = 20  # a week with fewer tickets is read together with the next
BASELINE = 26  # points that the limits are made from
FEWEST = 12  # fewer points than this have no limits worth drawing
TO_LIMITS = 2.66  # 3 / 1.128: mean moving range to natural limits
ROW = 7  # so many points in a row are no chance


class Status(StrEnum):
    """How a share stands to its target, its own uncertainty considered."""

    KEPT = "kept"  # ● the whole interval reaches the target
    BROKEN = "broken"  # ▼ the whole interval misses it
    WATCH = "watch"  # ◆ chance could explain either
    TOO_FEW = "too_few"  # fewer than 30 tickets


def wilson(within: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The interval of a proportion `within`/`n`, from 0 to 1; everything is possible where n is 0."""
    if not n:
        return 0.0, 1.0
    p, square = within / n, z * z
    middle = (p + square / (2 * n)) / (1 + square / n)
    half = z * sqrt(p * (1 - p) / n + square / (4 * n * n)) / (1 + square / n)
    return (max(0.0, middle - half) if within else 0.0), (min(1.0, middle + half) if within < n else 1.0)


def status(within: int, n: int, target: Decimal | None) -> Status | None:
    """The status of a share against its target; None where nothing was promised."""
    if target is None:
        return None
    if n < ENOUGH:
        return Status.TOO_FEW
    low, high = wilson(within, n)
    if low >= float(target) or (within == n and target == 1):
        return Status.KEPT
    return Status.BROKEN if high < float(target) else Status.WATCH


# --- weeks -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The tickets of the days `first` to `last`: how many count, how many were called within the threshold."""

    first: date
    last: date
    n: int
    within: int

    @property
    def percent(self) -> float:
        return 100 * self.within / self.n if self.n else 0.0

    def joined(self, other: "Point") -> "Point":
        return Point(
            first=min(self.first, other.first),
            last=max(self.last, other.last),
            n=self.n + other.n,
            within=self.within + other.within,
        )


def weeks(days: Sequence[Point]) -> tuple[Point, ...]:
    """Days, in order, as weeks from Monday; a week with too few tickets is read together with the next.

    A last week with too few joins the one before it. Nothing is dropped: the points add up to the days.
    """
    found: list[Point] = []
    for day in days:
        monday = day.first - timedelta(days=day.first.weekday())
        same = found and found[-1].last >= monday
        open_still = found and found[-1].n < SMALL_WEEK
        if same or open_still:
            found[-1] = found[-1].joined(day)
        else:
            found.append(day)
    if len(found) > 1 and found[-1].n < SMALL_WEEK:
        found[-2:] = [found[-2].joined(found[-1])]
    return tuple(found)


# --- the individuals chart ---------------------------------------------------------------------------


class Rule(StrEnum):
    """What makes a point a signal."""

    BEYOND = "beyond"  # outside the natural limits
    RUN = "run"  # one of seven in a row on one side of the mean
    TREND = "trend"  # one of seven in a row rising, or falling
    OUTER = "outer"  # one of two among three beyond two thirds of the way to a limit


class Assurance(StrEnum):
    """What the limits say of the target, whatever one week says."""

    SURE = "sure"  # kept as a rule
    CANNOT = "cannot"  # out of reach as the service works now
    NOW_AND_THEN = "now_and_then"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The voice of the process: mean and natural limits, cut where the values cannot go (0 to 100)."""

    mean: float
    lower: float
    upper: float
    moving_range: float

    def assurance(self, target: float) -> Assurance:
        if self.lower >= target:
            return Assurance.SURE
        return Assurance.CANNOT if self.upper < target else Assurance.NOW_AND_THEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A point that chance does not explain, and why."""

    at: int
    better: bool
    rules: frozenset[Rule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Points `start` to `end` (excluded), read against limits of their own; None where they are too few."""

    start: int
    end: int
    limits: Limits | None
    signals: tuple[Signal, ...] = field(default=())


def limits(values: Sequence[float], floor: float = 0.0, ceiling: float = 100.0) -> Limits:
    """Natural limits of an individuals chart: mean ± 2.66 × the mean of the moving ranges. Two values at least."""
    mean = fmean(values)
    moving = fmean(abs(after - before) for before, after in itertools.pairwise(values))
    return Limits(
        mean=mean,
        lower=max(floor, mean - TO_LIMITS * moving),
        upper=min(ceiling, mean + TO_LIMITS * moving),
        moving_range=moving,
    )


def xmr(values: Sequence[float], restarts: Sequence[int] = ()) -> tuple[Stretch, ...]:
    """A series with its limits and signals; a new baseline begins at each of `restarts` (indexes)."""
    cuts = sorted({0, *(at for at in restarts if 0 < at < len(values))})
    ends = [*cuts[1:], len(values)]
    return tuple(_stretch(values, start, end) for start, end in zip(cuts, ends, strict=True) if end > start)


def _stretch(values: Sequence[float], start: int, end: int) -> Stretch:
    own = values[start:end]
    if len(own) < FEWEST:
        return Stretch(start=start, end=end, limits=None)
    found = limits(own[:BASELINE])
    return Stretch(start=start, end=end, limits=found, signals=signals(own, found, start))


def signals(values: Sequence[float], against: Limits, start: int = 0) -> tuple[Signal, ...]:
    """The points that one of the four rules marks; `start` is the index of the first value in its series."""
    marks: dict[tuple[int, bool], set[Rule]] = {}
    for rule, at, better in _marked(values, against):
        marks.setdefault((at, better), set()).add(rule)
    return tuple(
        Signal(at=start + at, better=better, rules=frozenset(rules)) for (at, better), rules in sorted(marks.items())
    )


def _marked(values: Sequence[float], against: Limits) -> Iterator[tuple[Rule, int, bool]]:
    for at, value in enumerate(values):
        if not against.lower <= value <= against.upper:
            yield Rule.BEYOND, at, value > against.mean
    sides = [(value > against.mean) - (value < against.mean) for value in values]
    steps = [(after > before) - (after < before) for before, after in itertools.pairwise(values)]
    for first, last, side in _runs(sides, ROW):
        yield from ((Rule.RUN, at, side > 0) for at in range(first, last + 1))
    for first, last, way in _runs(steps, ROW - 1):
        yield from ((Rule.TREND, at, way > 0) for at in range(first, last + 2))
    for at, better in _outer(values, against):
        yield Rule.OUTER, at, better


def _runs(signs: Sequence[int], least: int) -> Iterator[tuple[int, int, int]]:
    """Where the same sign, not 0, stands at least so often in a row: first, last, sign."""
    first = 0
    for at in range(1, len(signs) + 1):
        if at == len(signs) or signs[at] != signs[first]:
            if signs[first] and at - first >= least:
                yield first, at - 1, signs[first]
            first = at


def _outer(values: Sequence[float], against: Limits) -> Iterator[tuple[int, bool]]:
    """The points in an outer third of which three neighbours hold two on the same side."""
    far = TO_LIMITS * against.moving_range * 2 / 3
    high, low = against.mean + far, against.mean - far
    for better in (True, False):
        out = [value > high if better else value < low for value in values]
        near = {
            at for first in range(len(out) - 2) if sum(out[first : first + 3]) >= 2 for at in range(first, first + 3)
        }
        yield from ((at, better) for at in sorted(near) if out[at])


def below_since(points: Sequence[Point], target: Decimal) -> int | None:
    """The first of the last points that all miss the target, without a break; None when the last one reaches it."""
    first = None
    for at in range(len(points) - 1, -1, -1):
        if points[at].within >= target * points[at].n:
            break
        first = at
    return first
