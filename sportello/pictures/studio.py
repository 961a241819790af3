"""Who asks the drawing process: waits no longer than allowed, keeps what was drawn, starts the process again."""

import hashlib
import json
import logging
import sys
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from pathlib import Path
from threading import Event, Lock
from typing import Any

from sportello.companion import Companion

LOG = logging.getLogger(__name__)
FONTS = Path(__file__).parents[1] / "static" / "vendor" / "fonts" / "ttf"
EASEL = (sys.executable, "-m", "sportello.pictures.easel", str(FONTS))
START_S = 15.0  # on a slow disk
DRAW_S = 5.0  # for one picture, or it is stuck
AGAIN_S = 10.0  # a process that fell over is not started again before this
KEPT = 200  # pictures, about 20 kB each

Spec = Mapping[str, Any]


class Studio:
    """One process that draws for everybody, started when it is first needed. Safe to use from many threads.

    Who asks waits as long as they say and then does without: a page shows its table. The drawing goes on, for the next.
    """

    def __init__(self, command: Sequence[str] = EASEL) -> None:
        self._command = command
        self._hand = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
        self._lock = Lock()
        self._easel: Companion | None = None  # the hand's alone
        self._not_before = 0.0
        self._closed = Event()
        self._drawn: OrderedDict[str, str] = OrderedDict()
        self._coming: dict[str, Future[str | None]] = {}

    def wake(self) -> None:
        """Have the process started while figures are still being counted."""
        self._hand.submit(self._ready)

    def svgs(self, specs: Mapping[str, Spec], *, within_s: float) -> Mapping[str, str]:
        """Those of the pictures that are there in `within_s` seconds, by their names."""
        deadline = time.monotonic() + within_s
        coming = {name: self._ordered(spec) for name, spec in specs.items()}
        found = {name: _waited(future, deadline) for name, future in coming.items()}
        return {name: svg for name, svg in found.items() if svg}

    def svg(self, spec: Spec, *, within_s: float = START_S + DRAW_S) -> str | None:
        """The picture, or None where it cannot be drawn in `within_s` seconds."""
        return self.svgs({"": spec}, within_s=within_s).get("")

    def close(self) -> None:
        """Let the process go; whoever still waits for it gets nothing."""
        self._closed.set()
        self._hand.shutdown(wait=False, cancel_futures=True)
        if easel := self._easel:
            easel.kill()
        self._hand.shutdown(wait=True)
        self._stop()

    def _ordered(self, spec: Spec) -> "Future[str | None]":
        """A picture that is there, that is being made, or that is begun now."""
        key = hashlib.sha256(json.dumps(spec, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        with self._lock:
            if svg := self._drawn.get(key):
                self._drawn.move_to_end(key)
                there: Future[str | None] = Future()
                there.set_result(svg)
                return there
            if key not in self._coming:
                self._coming[key] = self._hand.submit(self._draw, key, spec)
            return self._coming[key]

    def _draw(self, key: str, spec: Spec) -> str | None:
        """In the hand's thread."""
        svg = None
        try:
            svg = self._asked(spec)
        finally:
            with self._lock:
                self._coming.pop(key, None)
                if svg:
                    self._drawn[key] = svg
                while len(self._drawn) > KEPT:
                    self._drawn.popitem(last=False)
        return svg

    def _asked(self, spec: Spec) -> str | None:
        easel = self._ready()
        if easel is None:
            return None
        try:
            return easel.ask(spec, time.monotonic() + DRAW_S)[1].decode() or None
        except (OSError, ValueError) as fault:  # TimeoutError is an OSError
            self._fell_over(fault)
            return None

    def _ready(self) -> Companion | None:
        """The process, started where there was none or where it ended for want of work."""
        if self._easel is not None and self._easel.running:
            return self._easel
        self._stop()
        if self._closed.is_set() or time.monotonic() < self._not_before:
            return None
        try:
            self._easel = Companion(self._command)
            if self._closed.is_set():  # meanwhile: nobody would end it
                self._easel.kill()
            self._easel.line(time.monotonic() + START_S)
        except (OSError, ValueError) as fault:
            self._fell_over(fault)
        return self._easel

    def _fell_over(self, fault: Exception) -> None:
        if not self._closed.is_set():
            LOG.warning("the drawing process was stopped: %s", fault)
        self._stop()
        self._not_before = time.monotonic() + AGAIN_S

    def _stop(self) -> None:
        easel, self._easel = self._easel, None
        if easel:
            easel.stop()


def _waited(future: "Future[str | None]", deadline: float) -> str | None:
    try:
        return future.result(max(0.0, deadline - time.monotonic()))
    except (NotInTime, CancelledError):
        return None
