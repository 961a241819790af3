"""Ways that only go out: a file, and CUPS for a printer nothing else reaches."""

import os
import subprocess
import time

from printers.links.base import Broken, code_of, given

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
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOCTTY
            self._number = os.open(path, flags, 0o640)
        except OSError as fault:
            raise Broken(code_of(fault), path) from fault

    def write(self, data: bytes, wait_s: float) -> int:
        """A device may have no room for a while; a file always has."""
        return given(self._number, data, wait_s)

    def finish(self) -> None:
        """What was written is there."""

    def close(self) -> None:
        if self._number >= 0:
            os.close(self._number)
        self._number = -1

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
