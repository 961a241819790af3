"""A centre that many tap at once and that is killed again and again. Run with: FOLDER ROUNDS SEED.

Prints `round command_id number` for every command whose answer came. A child writes; its parent, which has no
threads, kills it with SIGKILL at a moment nobody chose.
"""

import os
import random
import signal
import sys
import time
from itertools import count
from pathlib import Path
from threading import Thread

from sportello.centre import Centre
from sportello.domain.commands import CallNext, IssueTicket
from sportello.domain.events import TicketIssued
from sportello.timekeeping import system_clock
from tests.ledger.lived import CODE
from tests.paper.jobs import TOTEM

THREADS = 6


def tap(centre: Centre, name: str) -> None:
    """Take numbers, and call now and then, for ever; say what was answered, after it was."""
    for n in count():
        answered = centre.handle(IssueTicket(service="A01"), actor=name, command_id=f"{name}-{n}")
        issued = answered[-1].event
        assert isinstance(issued, TicketIssued)
        os.write(1, f"{name}-{n} {issued.number}\n".encode())
        if n % 5 == 0:
            centre.handle(CallNext(counter="1"), actor=name, command_id=f"{name}-{n}-call")


def live(folder: Path, name: str, opened: int) -> None:
    centre = Centre(folder / "centre.db", CODE, system_clock(), printers=(TOTEM,))
    os.write(1, b"open\n")
    os.write(opened, b".")
    threads = [Thread(target=tap, args=(centre, f"{name}-{n}"), daemon=True) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main(folder: Path, rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    for n in range(rounds):
        ready, opened = os.pipe()
        child = os.fork()
        if child == 0:
            live(folder, f"round{n}", opened)
            os._exit(1)  # a tapping centre ends by being killed only
        os.close(opened)
        os.read(ready, 1)  # empty where the centre could not be opened again
        os.close(ready)
        time.sleep(chance.uniform(0, 0.25))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(f"round {n} ended by itself: {status}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
