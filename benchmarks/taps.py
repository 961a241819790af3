"""From the tap to the cut paper beside the paper's own way, and whether a printer that hangs is felt on the pages."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks import centres
from benchmarks.connections import Connection, latencies
from benchmarks.results import Result, Samples, beside, interleave, percentile, say
from printers.machine import DOTS_MM, EVERYTHING, Machine
from sportello import config
from sportello.domain.printing import Capability
from sportello.ledger import printers
from sportello.ledger.sqlite import connect
from sportello.local import Caller, ok, socket_path
from tests.paper.emulator import Emulator
from tests.paper.torture import ALL

SPEED_MM_S = 200.0  # of the usual printer at a kiosk
NUMBER_MS = 300
LANGUAGES: Mapping[str, float] = {"it": 1500, "ar": 2000}  # alone, and with Italian below; ms until the cut, p95
SERVICE = "A01"
PATIENCE_S = 30.0
LOOK_S = 0.002
MEMORY_MB = 120.0
SEEN_S = {"by its news": 1.0, "when asked": 5.0}
GONE_S = 10.0
FELT = {"a hung printer": {"p50": 1.1}}  # times as long for a number as where nothing is printed


def run(folder: Path, *, quick: bool) -> list[Result]:
    return [
        *_until_cut(folder / "cut", 10 if quick else 60),
        *_until_seen(folder, 2 if quick else 6),
        *_beside_a_hung_one(folder, quick=quick),
    ]


# --- from the tap to the cut -------------------------------------------------------------------------


def _until_cut(folder: Path, taps: int) -> list[Result]:
    with Emulator(mm_s=SPEED_MM_S) as paper, centres.ours(_centre(folder, paper), prints=True) as ours:
        _taps(ours, paper, "it", 2)  # the first slips load the fonts
        results = []
        for language, goal in LANGUAGES.items():
            say(f"{taps} slips, {language}")
            seen, cut, moved = _taps(ours, paper, language, taps)
            what = language if language == "it" else f"{language} + it"
            results += _shares(f"tap → number, while it is printed, {what}", seen, p95=NUMBER_MS)
            results += _shares(f"tap → cut at {SPEED_MM_S:.0f} mm/s, {what}", cut, floor=moved, p95=goal)
        return [*results, _memory(ours)]


def _taps(ours: centres.Ours, paper: Emulator, language: str, times: int) -> tuple[list[float], ...]:
    """Milliseconds until the number is told, until its slip is cut, and for which the paper moved."""
    seen, cut, moved = list[float](), list[float](), list[float]()
    with Connection(ours.port) as connection:
        for _ in range(times):
            out, asked = len(paper.sheets), ours.post("/tickets", {"service": SERVICE, "language": language})
            began = time.perf_counter()
            connection.ask(asked)
            seen.append((time.perf_counter() - began) * 1000)
            _await(lambda nth=out: len(paper.sheets) > nth)  # type: ignore[misc]
            cut.append((time.perf_counter() - began) * 1000)
            moved.append(paper.sheets[-1].height / DOTS_MM / SPEED_MM_S * 1000)
            time.sleep(0.2)  # until the station has heard the proof
    return seen, cut, moved


def _await(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > ends:
            raise centres.Failed("the printer did not come to it")
        time.sleep(LOOK_S)


def _shares(
    what: str, ours: Sequence[float], *, floor: Sequence[float] | None = None, p95: float | None = None
) -> list[Result]:
    """p50 and p95 with what limits them; the goal is one of milliseconds."""
    return [
        Result(
            what=what,
            of=of,
            ours=percentile(ours, share),
            unit="ms",
            floor=percentile(floor, share) if floor else None,
            goal=p95 if of == "p95" else None,
            n=len(ours),
        )
        for of, share in (("p50", 0.5), ("p95", 0.95))
    ]


def _memory(ours: centres.Ours) -> Result:
    worker, *_ = centres.children(ours.served.process.pid)
    size = centres.memory(centres.print_worker(worker))["rss"]
    return Result(what="memory of the print worker, after", of="RSS", ours=size, unit="MB", goal=MEMORY_MB, n=1)


# --- from a fault to the centre's knowing it -----------------------------------------------------------


def _until_seen(folder: Path, times: int) -> list[Result]:
    """A cover opened, the paper ended, the power gone: seconds until the centre says so of an idle printer."""
    results = []
    for how, can in (("by its news", EVERYTHING), ("when asked", EVERYTHING - {Capability.ASB})):
        with Emulator(Machine(can=can), mm_s=SPEED_MM_S, off_s=0.5) as paper:
            settings = _centre(folder / f"seen-{len(can)}", paper)
            with centres.ours(settings, prints=True) as ours, _told(settings) as code:
                _taps(ours, paper, "it", 1)  # from the first slip on it tells its news
                for fault, goal in (("cover_open", SEEN_S[how]), ("paper_out", SEEN_S[how]), ("refused", GONE_S)):
                    say(f"{fault}, seen {how}")
                    seen = [_until(paper, code, fault) for _ in range(times)]
                    results.append(_seen(f"{fault}, seen {how}", seen, goal))
    return results


def _seen(what: str, seconds: Sequence[float], goal: float) -> Result:
    return Result(what=what, of="max", ours=max(seconds), unit="s", goal=goal, n=len(seconds))


@contextmanager
def _told(settings: Path) -> Iterator[Callable[[], str]]:
    """The fault of the only printer as the centre knows it."""
    caller = Caller(socket_path(config.read(settings)))
    try:
        yield lambda: str(ok(caller({"do": "printing"}))["printers"][0]["code"])
    finally:
        caller.close()


def _until(paper: Emulator, code: Callable[[], str], fault: str) -> float:
    """Seconds from the fault to the centre's knowing it; well again afterwards."""
    _await(lambda: not code())
    began = time.monotonic()
    if fault == "refused":
        paper.cut_power(2 * GONE_S)
        _await(lambda: code() != "")
        took = time.monotonic() - began
        paper.cut_power(0)
        return took
    if fault == "cover_open":
        paper.machine.cover_open = True
    else:
        paper.end_paper()
    _await(lambda: code() == fault)
    took = time.monotonic() - began
    paper.refill()
    return took


# --- a printer that hangs ----------------------------------------------------------------------------


def _beside_a_hung_one(folder: Path, *, quick: bool) -> list[Result]:
    """Numbers taken while a printer has stopped in the middle of a slip, and where nothing is printed."""
    with ExitStack() as stack:
        hung = stack.enter_context(Emulator(stall_after=6000, mute=True))
        healthy = stack.enter_context(Emulator(mm_s=SPEED_MM_S))
        sides: dict[str, Callable[[], Sequence[float]]] = {
            "a hung printer": _side(stack, _centre(folder / "hung", hung), prints=True),
            "a printer at work": _side(stack, _centre(folder / "healthy", healthy), prints=True),
            "no paper": _side(stack, _centre(folder / "none", hung), prints=False),
        }
        rounds = 2 if quick else 8
        found = interleave(sides, rounds, lambda n: say(f"beside a hung printer: round {n + 1} of {rounds}"))
    none: Samples = found.pop("no paper")
    return [
        result
        for name, ours in found.items()
        for result in beside(f"issue beside {name} / no paper", ours, none, goals=FELT.get(name))
    ]


def _side(stack: ExitStack, settings: Path, *, prints: bool) -> Callable[[], Sequence[float]]:
    served = stack.enter_context(centres.ours(settings, prints=prints))

    def take() -> list[float]:
        served.serve_all()
        return latencies(served.port, served.ticket, 60)

    return take


def _centre(folder: Path, paper: Emulator) -> Path:
    """A new centre whose only printer this is, already probed; its settings."""
    settings = centres.found(folder)
    settings.write_text(settings.read_text(encoding="utf-8").replace('"virtual:"', f'"{paper.uri}"'), encoding="utf-8")
    (setup,) = config.read(settings).printers
    capabilities = frozenset() if paper.mute else ALL
    with closing(connect(config.read(settings).database, write=True)) as db, db.transaction():
        printers.keep_printer(db, replace(setup, capabilities=capabilities), round(time.time() * 1000))
    return settings
