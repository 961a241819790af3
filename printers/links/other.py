"""Ways that only go out: a file, and CUPS for a printer nothing else reaches."""

import subprocess
import time
from pathlib import Path

from printers.links.base import Broken, code_of

LP_S = 5.0


class Mute:
    """Bytes out, and never a word back."""

    def read(self, wait_s: float) -> bytes:
        time.sleep(max(wait_s, 0.0))
        return b""

    def pending(self) -> int:
        return 0

    def begin(self, label: str) -> None:
        """Nothing to note."""


class File(Mute):
    """Every job after the other at the end of a file, or into a device that cannot answer."""

    def __init__(self, path: str) -> None:
        try:
            self._file = Path(path).open("ab", buffering=0)  # noqa: SIM115 - open for as long as the printer is ours
        except OSError as fault:
            raise Broken(code_of(fault), path) from fault

    def write(self, data: bytes, wait_s: float) -> int:
        try:
            return self._file.write(data)
        except OSError as fault:
            raise Broken(code_of(fault), str(fault)) from fault

    def finish(self) -> None:
        """What was written is there."""

    def close(self) -> None:
        self._file.close()

    abort = close


class Cups(Mute):
    """A raw queue of CUPS. That CUPS calls a job completed proves nothing, so nothing is claimed for it."""

    def __init__(self, queue: str, lp: str = "lp") -> None:
        self._queue, self._lp = queue, lp
        self._job = bytearray()

    def write(self, data: bytes, wait_s: float) -> int:
        self._job += data
        return len(data)

    def finish(self) -> None:
        """Hand the job to CUPS."""
        job, self._job = bytes(self._job), bytearray()
        if not job:
            return
        command = [self._lp, "-d", self._queue, "-o", "raw", "-s"]
        try:
            ended = subprocess.run(command, input=job, capture_output=True, timeout=LP_S)
        except FileNotFoundError as fault:
            raise Broken("not_found", "lp: install cups-client") from fault
        except subprocess.TimeoutExpired as fault:
            raise Broken("no_progress", "lp") from fault
        if ended.returncode:
            raise Broken("refused", ended.stderr.decode(errors="replace").strip())

    def close(self) -> None:
        self._job.clear()

    abort = close
