"""Whether the slip after one that was broken off is right dot by dot, wherever that happened."""

import argparse
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

from benchmarks.disciplines import progress
from printers.base import PrinterError
from printers.commands import NEWS_ON
from sportello.domain.printing import Capability
from tests.paper.emulator import Emulator
from tests.paper.printing import ALL, ASKED, DATA, HEADS, MM, device, ends_with, mark, put, wait_for_sheets

KINDS = {"clears its buffer": ALL, "is filled up with zeros": ASKED, "was never probed": frozenset[Capability]()}
AT_ONCE = 8  # they mostly wait
MM_S = 2000.0
GOODBYES = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=53, metavar="BYTES")
    parser.add_argument("--first", type=int, default=1, metavar="BYTE")
    asked = parser.parse_args()
    points = points_of(asked.first, asked.every)
    wrong = 0
    for kind, capabilities in KINDS.items():
        spoilt = _spoilt(points, partial(right_after, capabilities=capabilities))
        print(f"printer that {kind}: broken off at {len(points)} of {len(DATA)} bytes, next slip spoilt: {spoilt}")
        wrong += len(spoilt)
    lost = GOODBYES - goodbyes(GOODBYES)
    print(f"{GOODBYES} slips with a goodbye right after the last byte, news unread: {lost} lost")
    sys.exit(wrong + lost > 0)


def points_of(first: int, every: int) -> list[int]:
    """Every so many bytes, and each byte in the head of a raster: there the next command would be taken for a size."""
    heads = {head + byte for head in HEADS for byte in range(1, 9)}
    return sorted({*range(first, len(DATA), every), *(point for point in heads if point >= first)})


def _spoilt(points: list[int], right: Callable[[int], bool]) -> list[int]:
    """The points after which the next slip is not as it was meant."""
    spoilt = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for n, (point, well) in enumerate(zip(points, pool.map(right, points), strict=True), start=1):
            progress(n * 60 // len(points), 60)
            spoilt += [] if well else [point]
    return spoilt


def right_after(cut_at: int, capabilities: frozenset[Capability]) -> bool:
    """Break a slip off at this byte of it, print another; whether that one is right."""
    with Emulator(mm_s=MM_S) as paper:
        printer = device(paper.uri, capabilities)
        known = mark(printer.ready("T1"))
        paper.reset_after = paper.taken + len(NEWS_ON) + cut_at
        with suppress(PrinterError):
            printer.send(DATA, "T1", known, lambda _: None)
            printer.confirm(known, MM, lambda _: None)
        try:
            put(printer, ticket="T2")
        except PrinterError:
            return False
        finally:
            printer.close()
        return ends_with(paper.sheets[-1])


def goodbyes(slips: int) -> int:
    """Slips that come out whole though the line is closed at once; printed at a hurried printer's speed."""
    paper = Emulator(mm_s=MM_S, chatters=True)
    with paper:
        printer = device(paper.uri, ASKED)
        for n in range(slips):
            known = mark(printer.ready(f"T{n}"))
            printer.send(DATA, f"T{n}", known, lambda _: None)
            printer.close()
        wait_for_sheets(paper, slips, patience_s=60)
        return sum(map(ends_with, paper.sheets))


if __name__ == "__main__":
    main()
