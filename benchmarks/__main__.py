"""The figures of a centre beside the floor under them, in one run: `python -m benchmarks [--quick] [names…]`."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks import board, centres, dashboard, issue, slips, start, taps, verification
from benchmarks.results import Result, say, table

OURS: Mapping[str, Callable[..., list[Result]]] = {
    "issue": issue.run,
    "board": board.run,
    "start": start.run,
    "dashboard": dashboard.run,
    "slips": slips.run,
    "taps": taps.run,
    "verification": verification.run,
}
# benchmarks with a table of their own, and how they are made short
OTHERS: Mapping[str, Sequence[str]] = {
    "figures": ("--rows", "20000", "--years", "3", "--import-rows", "20000", "--times", "3"),
    "disciplines": ("--days", "5"),
    "estimates": ("--days", "10"),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join((*OURS, *OTHERS))}; all otherwise")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, smaller pasts and fewer screens")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    asked = parser.parse_args()
    strange = set(asked.names) - OURS.keys() - OTHERS.keys()
    if strange:
        parser.error(f"not a benchmark: {', '.join(sorted(strange))}")
    names, began = asked.names or [*OURS, *OTHERS], time.monotonic()
    results = [result for name in OURS if name in names for result in _measured(name, quick=asked.quick)]
    if results:
        print("\n".join(table(results)))
        print(f"{centres.environment()}, {time.monotonic() - began:.0f} s")
    if asked.json:
        told = {"environment": centres.environment(), "results": [one.to_data() for one in results]}
        asked.json.write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
    return max((_other(name, quick=asked.quick) for name in OTHERS if name in names), default=0)


def _measured(name: str, *, quick: bool) -> list[Result]:
    say(name)
    with tempfile.TemporaryDirectory(prefix=f"bench-{name}-") as folder:
        return OURS[name](Path(folder), quick=quick)


def _other(name: str, *, quick: bool) -> int:
    module = f"benchmarks.{name}"
    if find_spec(module) is None:
        return 0
    print(f"\n{name}", flush=True)
    return subprocess.run([sys.executable, "-m", module, *(OTHERS[name] if quick else ())]).returncode


if __name__ == "__main__":
    sys.exit(main())
