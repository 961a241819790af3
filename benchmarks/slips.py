"""What a slip costs before its first byte goes out: processor time, bytes and paper, in every language and width."""

import time
from pathlib import Path
from statistics import median

from benchmarks.results import Result, percentile, say
from printers import encode, fonts, layout, slip
from printers.machine import DOTS_MM
from sportello.i18n import NAMES, translator
from tests.paper.golden import PAGE, SERVICE
from tests.paper.samples import a_slip

PEOPLE = 5  # the number and the people before it differ from slip to slip, the sentences do not
DRAWN_MS = 80.0
FIRST_MS = 150.0
KB = {576: 50.0, 384: 40.0}


def run(folder: Path, *, quick: bool) -> list[Result]:
    rounds = 4 if quick else 20
    found = []
    for width in KB:
        first, again, sizes, lengths = [], [], [], []
        for language in NAMES:
            say(f"slips, {width} dots, {language}")
            cold, warm, size, mm = _language(language, width, rounds)
            first.append(cold)
            again += warm
            sizes.append(size / 1000)
            lengths.append(mm)
        what = f"a slip {width} dots wide, {len(NAMES)} languages"
        found += [
            Result(what=f"{what}: drawn and packed", of="p50", ours=median(again), unit="ms CPU", n=len(again)),
            _result(f"{what}: drawn and packed", "p95", percentile(again, 0.95), "ms CPU", DRAWN_MS, len(again)),
            _result(f"{what}: the first in a language", "max", max(first), "ms CPU", FIRST_MS, len(first)),
            _result(f"{what}: sent", "max", max(sizes), "kB", KB[width], len(sizes)),
            Result(what=f"{what}: paper", of="max", ours=max(lengths), unit="mm", n=len(lengths)),
        ]
    return found


def _result(what: str, of: str, ours: float, unit: str, goal: float, n: int) -> Result:
    return Result(what=what, of=of, ours=ours, unit=unit, goal=goal, n=n)


def _language(language: str, width: int, rounds: int) -> tuple[float, list[float], int, int]:
    """CPU of the first slip with nothing kept, then of others, ms; the longest in bytes; its paper, mm."""
    for kept in (fonts.face, fonts._owner, fonts._owns, layout._length):
        kept.cache_clear()
    spent, size, mm = [], 0, 0
    for n in range(rounds + 1):
        facts = {"number": f"A{42 + n:03}", "ahead": n % PEOPLE, "demonstrative": False}  # a real centre's figures
        made = a_slip(language=language, service=SERVICE, page=PAGE, **facts)
        began = time.process_time()
        picture = slip.draw(made, width=width, translator=translator)
        data = encode.job(picture)
        spent.append((time.process_time() - began) * 1000)
        size, mm = max(size, len(data)), max(mm, picture.height // DOTS_MM)
    return spent[0], spent[1:], size, mm
