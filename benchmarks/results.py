"""What was measured, and the table that says it."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from statistics import median
from typing import Any

Samples = Sequence[Sequence[float]]  # one list a round


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the table. Where there is a floor, the goal speaks of the ratio to it."""

    what: str
    of: str  # p50, p95, median, bytes …
    ours: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    goal: float | None = None
    n: int

    @property
    def kept(self) -> bool | None:
        """Whether the goal was reached; None where none was set."""
        if self.goal is None:
            return None
        return (self.ours if self.ratio is None else self.ratio) <= self.goal

    def to_data(self) -> dict[str, Any]:
        return {**asdict(self), "kept": self.kept}


def percentile(samples: Sequence[float], share: float) -> float:
    """Nearest rank."""
    return sorted(samples)[max(0, ceil(len(samples) * share) - 1)]


def interleave(
    sides: Mapping[str, Callable[[], Sequence[float]]], rounds: int, say: Callable[[int], None]
) -> dict[str, list[Sequence[float]]]:
    """Measure each side in every round, in turning order: what the machine does meanwhile meets them all alike."""
    found: dict[str, list[Sequence[float]]] = {name: [] for name in sides}
    names = list(sides)
    for n in range(rounds):
        say(n)
        for name in names if n % 2 == 0 else reversed(names):
            found[name].append(sides[name]())
    return found


def beside(
    what: str, ours: Samples, floor: Samples, *, unit: str = "ms", goals: Mapping[str, float] | None = None
) -> list[Result]:
    """The p50 and p95 of both sides; the ratio is the median over the rounds of the ratio within each round."""
    found = []
    for of, share in (("p50", 0.5), ("p95", 0.95)):
        pairs = zip(ours, floor, strict=True)
        ratios = [percentile(one, share) / percentile(other, share) for one, other in pairs]
        found.append(
            Result(
                what=what,
                of=of,
                ours=percentile([x for one in ours for x in one], share),
                floor=percentile([x for one in floor for x in one], share),
                ratio=median(ratios),
                unit=unit,
                goal=(goals or {}).get(of),
                n=sum(map(len, ours)),
            )
        )
    return found


def say(text: str) -> None:
    """Progress, to the terminal's other channel."""
    print(f"  … {text}", file=sys.stderr, flush=True)


def table(results: Sequence[Result]) -> list[str]:
    form = "{:<58}{:>7}{:>11}{:>11}{:>8}{:>9}  {:<6}{:>7}"
    lines = [form.format("what", "", "ours", "floor", "ratio", "goal", "kept", "n")]
    for one in results:
        kept = {True: "yes", False: "NO", None: ""}[one.kept]
        goal = "" if one.goal is None else f"≤ {one.goal:g}" + ("×" if one.ratio is not None else "")
        lines.append(
            form.format(
                one.what,
                one.of,
                f"{_short(one.ours)} {one.unit}",
                "" if one.floor is None else f"{_short(one.floor)} {one.unit}",
                "" if one.ratio is None else f"{one.ratio:.2f}",
                goal,
                kept,
                f"{one.n:,}",
            )
        )
    return lines


def _short(value: float) -> str:
    return f"{value:,.2f}" if value < 10 else f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
