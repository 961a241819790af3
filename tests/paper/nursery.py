"""Bears print workers for their parent to kill: one for each line it is told. Run with: SOCKET FOLDER."""

import os
import signal
import sys
import threading
from pathlib import Path

from printers import fonts, worker
from sportello.local import LocalSpool


def bear(socket: Path, folder: Path) -> None:
    """A process like «sportello print», at once: what it needs is loaded already."""
    worker.run(LocalSpool(socket), threading.Event(), folder=folder)
    os._exit(0)


def main() -> None:
    socket, folder = Path(sys.argv[1]), Path(sys.argv[2])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    fonts.check()
    for _ in sys.stdin:
        born = os.fork()
        if born == 0:
            bear(socket, folder)
        print(born, flush=True)  # noqa: T201 - the parent wants to know whom to kill


if __name__ == "__main__":
    main()
