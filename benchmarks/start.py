"""From the start of the program to the first number, and the memory of a centre that a hundred screens watch."""

import time
from pathlib import Path
from statistics import median

from benchmarks import board, centres
from benchmarks.connections import Connection
from benchmarks.results import Result, say

FIRST_TICKET_S = 3.0
MEMORY_MB = 150.0
SCREENS = 100


def run(folder: Path, *, quick: bool) -> list[Result]:
    settings = centres.found(folder / "centre")
    starts = 3 if quick else 9
    taken = []
    for n in range(starts):
        say(f"start {n + 1} of {starts}")
        taken.append(_first_ticket(settings))
    first = Result(
        what="start of the process → first number",
        of="median",
        ours=median(taken),
        unit="s",
        goal=FIRST_TICKET_S,
        n=starts,
    )
    return [first, *_memory(settings)]


def _first_ticket(settings: Path) -> float:
    """Seconds. The token is made before, and does not count."""
    token = centres.sportello("token", "create", "--config", settings, "--role", "kiosk", "--name", "start")
    began = time.monotonic()
    with centres.serve(settings, prints=True) as served, Connection(served.port) as connection:
        connection.ask(centres.Ours(served, (f"Authorization: Bearer {token}",), ("A01",)).ticket())
        return time.monotonic() - began


def _memory(settings: Path) -> list[Result]:
    say(f"memory, {SCREENS} screens")
    with centres.ours(settings, prints=True) as ours:
        board.watched(ours, SCREENS)
        master = ours.served.process.pid
        worker, *_ = centres.children(master)
        printing = centres.print_worker(worker)
        parts = {"the centre": worker, "gunicorn's master": master, "the print worker": printing}
        sizes = {name: centres.memory(process) for name, process in parts.items()}
    return [
        Result(
            what=f"memory of {name}, {SCREENS} screens",
            of=of.upper(),
            ours=size[of],
            unit="MB",
            goal=MEMORY_MB if (name, of) == ("the centre", "rss") else None,
            n=1,
        )
        for name, size in sizes.items()
        for of in ("rss", "pss")
    ]
