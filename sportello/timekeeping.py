"""Reading the box's clocks; the only place that does."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sportello.domain.clock import Instant, wall_ms

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


def demo_clock(start: datetime, speed: float) -> Clock:
    """A clock for demonstrations: it starts at `start` and runs `speed` times as fast as the real one."""
    began, first = time.monotonic_ns(), wall_ms(start)
    boot = f"demo-{began}"

    def now() -> Instant:
        passed = int((time.monotonic_ns() - began) / 1_000_000 * speed)
        return Instant(wall_ms=first + passed, mono_ms=passed, boot=boot)

    return now
