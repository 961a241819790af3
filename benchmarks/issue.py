"""Taking a number through the API beside the floor, with years of tickets behind it and with none."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks import centres, past
from benchmarks.connections import latencies, request
from benchmarks.results import Result, beside, interleave, say

PAST = (0, 100_000, 1_000_000)
QUICK = (0, 100_000)
WITHIN = 2.0  # times the floor, p50
GROWTH = 1.1  # times a centre without a past, p50
AT_ONCE = 32


def run(folder: Path, *, quick: bool) -> list[Result]:
    sizes = QUICK if quick else PAST
    with ExitStack() as stack:
        sides = {f"{size:,} past tickets": _ours(stack, folder / f"past-{size}", size) for size in sizes}
        sides["floor"] = _floor(stack, folder / "past-0" / "centre.toml")
        alone = _measure(sides, rounds=4 if quick else 12, times=60, at_once=1)
        together = _measure(sides, rounds=2 if quick else 6, times=160, at_once=AT_ONCE)
    return [*_results("1 at a time", alone), *_results(f"{AT_ONCE} at once", together)]


Side = Callable[[int, int], list[float]]  # so many requests, so many at once
Rounds = dict[str, list[Sequence[float]]]


def _ours(stack: ExitStack, folder: Path, size: int) -> Side:
    settings = centres.found(folder)
    past.fill(settings, size)
    served = stack.enter_context(centres.ours(settings))

    def take(times: int, at_once: int) -> list[float]:
        served.serve_all()
        return latencies(served.port, served.ticket, times, at_once=at_once)

    return take


def _floor(stack: ExitStack, settings: Path) -> Side:
    served = stack.enter_context(centres.floor(settings))
    asked = partial(request, "POST", "/api/v1/tickets", body=b'{"service": "A01"}')
    return lambda times, at_once: latencies(served.port, asked, times, at_once=at_once)


def _measure(sides: dict[str, Side], *, rounds: int, times: int, at_once: int) -> Rounds:
    ready = {name: partial(side, times, at_once) for name, side in sides.items()}
    return interleave(ready, rounds, lambda n: say(f"issue, {at_once} at once: round {n + 1} of {rounds}"))


def _results(how: str, found: Rounds) -> list[Result]:
    floor, none = found.pop("floor"), found["0 past tickets"]
    results: list[Result] = []
    for name, ours in found.items():
        results += beside(f"issue, {how}, {name}", ours, floor, goals={"p50": WITHIN})
    for name, ours in list(found.items())[1:]:
        results += beside(f"issue, {how}, {name} / none", ours, none, goals={"p50": GROWTH})[:1]
    return results
