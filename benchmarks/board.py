"""From the clerk's call to every screen in the room, and how other requests fare meanwhile, beside the floor."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks import centres
from benchmarks.connections import Connection, request
from benchmarks.results import Result, beside, percentile, say

SCREENS = (1, 10, 100, 500)
QUICK = (1, 10, 100)
WITHIN = 2.0  # times the floor, p95
CALLS = 30
PROBE_AFTER_S = 0.002  # when a call is on its way to the screens
SPREAD_S = 0.00015  # a screen: later and later probes meet every part of a broadcast
HEALTH = request("GET", "/healthz")
MANY = 100  # screens, for what a room notices
SEEN_MS = 50
VOICE_MS = 600
CHIME_MS = 480  # rung by each screen as soon as it sees a call; then the voice begins, if it is there
PACE_S = 0.6  # of a clerk in a great hurry: the next voices are made meanwhile


@dataclass(frozen=True, slots=True)
class Side:
    """A server under test."""

    port: int
    call: Callable[[], bytes]
    before: Callable[[], None]  # what must be there before calls are made


@dataclass(slots=True)
class Rounds:
    """Milliseconds, one list a round."""

    seen: list[list[float]] = field(default_factory=list)  # each call on each screen
    last: list[list[float]] = field(default_factory=list)  # each call on the last screen that showed it
    other: list[list[float]] = field(default_factory=list)  # another request meanwhile


def run(folder: Path, *, quick: bool) -> list[Result]:
    settings = centres.found(folder / "centre")
    results: list[Result] = []
    with centres.ours(settings) as ours, centres.floor(settings) as floor:
        sides = {"ours": _ours(ours), "floor": _floor(floor)}
        for screens in QUICK if quick else SCREENS:
            results += _beside(sides, screens, rounds=2 if quick else 4)
        results += _noticed(sides["ours"])
    return results


def _ours(ours: centres.Ours) -> Side:
    with Connection(ours.port) as connection:
        connection.ask(ours.post(f"/counters/{centres.COUNTER}/open"))

    def wait_in_line() -> None:
        with Connection(ours.port) as connection:
            for _ in range(CALLS):
                connection.ask(ours.ticket())

    return Side(ours.port, partial(ours.post, f"/counters/{centres.COUNTER}/call-next"), wait_in_line)


def watched(ours: centres.Ours, screens: int) -> None:
    """Calls before this many screens, for what they leave in memory; the screens stay until asked to go."""
    _round(_ours(ours), screens, Rounds())


def _floor(floor: centres.Served) -> Side:
    return Side(floor.port, partial(request, "POST", "/api/v1/call", body=b"{}"), lambda: None)


def _beside(sides: dict[str, Side], screens: int, rounds: int) -> list[Result]:
    found = {name: Rounds() for name in sides}
    for n in range(rounds):
        say(f"board, {screens} screens: round {n + 1} of {rounds}")
        for name in sides if n % 2 == 0 else reversed(sides):
            _round(sides[name], screens, found[name])
    ours, floor = found["ours"], found["floor"]
    what = f"call → seen, {screens} screen{'s' if screens > 1 else ''}"
    return [
        *beside(what, ours.seen, floor.seen, goals={"p95": WITHIN}),
        *beside(f"{what}, the last one", ours.last, floor.last)[1:],
        *beside(f"HTTP meanwhile, {screens}", ours.other, floor.other)[:1],
    ]


def _round(side: Side, screens: int, rounds: Rounds) -> None:
    """Screens connect, calls are made, screens leave: the side that rests has none and costs nothing."""
    side.before()
    began: list[float] = []
    other: list[float] = []
    with _watching(side.port, screens) as seen, Connection(side.port) as clerk, Connection(side.port) as kiosk:
        for connection in (clerk, kiosk):
            connection.ask(HEALTH)
        for n in range(CALLS):
            wanted = side.call()
            began.append(time.monotonic())
            clerk.send(wanted)
            time.sleep(PROBE_AFTER_S + screens * SPREAD_S * n / CALLS)
            asked = time.monotonic()
            kiosk.ask(HEALTH)
            other.append((time.monotonic() - asked) * 1000)
            clerk.receive()
            time.sleep(0.05 + screens * 0.0008)
    each = _delays(began, seen, screens)
    rounds.seen.append([delay for delays in each for delay in delays])
    rounds.last.append([max(delays) for delays in each])
    rounds.other.append(other)


def _noticed(side: Side) -> list[Result]:
    """What people in the room notice: how soon a call is on a screen, and how soon its voice begins."""
    say(f"board, {MANY} screens and the voice")
    side.before()
    began: list[float] = []
    at_hand: list[float] = []
    with _watching(side.port, MANY) as seen, Connection(side.port) as clerk, Connection(side.port) as display:
        for _ in range(CALLS):
            began.append(time.monotonic())
            number = json.loads(clerk.ask(side.call()).body)["number"]
            display.ask(request("GET", f"/voice/call/it/{number}/{centres.COUNTER}.wav"))
            at_hand.append((time.monotonic() - began[-1]) * 1000)
            time.sleep(PACE_S)
    each = _delays(began, seen, MANY)
    shown = [delay for delays in each for delay in delays]
    begins = [max(delay + CHIME_MS, ready) for delays, ready in zip(each, at_hand, strict=True) for delay in delays]
    return [
        _p95(f"call → seen, {MANY} screens", shown, SEEN_MS),
        _p95("call → voice at hand", at_hand, None),
        _p95(f"call → voice begins, {MANY} screens", begins, VOICE_MS),
    ]


def _p95(what: str, samples: list[float], goal: float | None) -> Result:
    return Result(what=what, of="p95", ours=percentile(samples, 0.95), unit="ms", goal=goal, n=len(samples))


def _delays(began: list[float], seen: dict[int, list[float]], screens: int) -> list[list[float]]:
    """Each call's milliseconds to each screen."""
    first = min(seen)
    found = []
    for n, start in enumerate(began, start=first):
        times = seen.get(n, [])
        if len(times) != screens:
            raise centres.Failed(f"call {n} was seen by {len(times)} of {screens} screens")
        found.append([(at - start) * 1000 for at in times])
    return found


@contextmanager
def _watching(port: int, screens: int) -> Iterator[dict[int, list[float]]]:
    """Screens in a process of their own; what they saw is there when the block has ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.screens", str(port), str(screens)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    if process.stdout.readline() != "connected\n":
        raise centres.Failed("the screens did not connect")
    seen: dict[int, list[float]] = {}
    yield seen
    told, _ = process.communicate(str(CALLS))
    seen.update({int(n): times for n, times in json.loads(told).items()})
