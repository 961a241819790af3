"""Reading the box's clocks; the only place that does."""

import time
from collections.abc import Callable
from pathlib import Path

from sportello.domain.clock import Instant

Clock = Callable[[], Instant]

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
EARLIEST_MS = 1_767_225_600_000  # 2026-01-01: a wall clock before this has lost its battery


def system_clock() -> Clock:
    """The real clocks. A wall clock from before this program existed is not to be trusted."""
    boot = BOOT_ID.read_text(encoding="ascii").strip()

    def now() -> Instant:
        wall = time.time_ns() // 1_000_000
        return Instant(
            wall_ms=wall,
            mono_ms=time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000,
            boot=boot,
            trusted=wall >= EARLIEST_MS,
        )

    return now


class DemoClock:
    """A clock for demonstrations: from now on it runs `speed` times as fast as the real one, and may leap ahead."""

    def __init__(self, *, speed: float) -> None:
        self._speed = speed
        self._began = time.monotonic_ns()
        self._first = time.time_ns() // 1_000_000
        self._leapt = 0
        self._boot = f"demo-{self._began}"

    def __call__(self) -> Instant:
        passed = int((time.monotonic_ns() - self._began) / 1_000_000 * self._speed) + self._leapt
        return Instant(wall_ms=self._first + passed, mono_ms=passed, boot=self._boot)

    def leap(self, to_ms: int) -> None:
        """Go to a wall time; never back."""
        self._leapt += max(0, to_ms - self().wall_ms)
