"""When something happened, and how sure we are."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")


class Quality(StrEnum):
    """How far a measured duration can be relied upon."""

    EXACT = "exact"  # both ends in one boot: difference of monotonic readings
    ANCHORED = "anchored"  # across a restart, both wall clocks synchronised
    SUSPECT = "suspect"  # across a restart without a clock to trust: never published


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """A reading of the box's clocks.

    `wall_ms`: UTC milliseconds as believed; `mono_ms`: CLOCK_BOOTTIME in milliseconds, comparable only
    inside one `boot`; `trusted`: the wall clock was synchronised.
    """

    wall_ms: int
    mono_ms: int
    boot: str
    trusted: bool = True

    def local(self) -> datetime:
        """The instant as people in the room read it (Europe/Rome)."""
        return local_time(self.wall_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Elapsed:
    """A duration in whole seconds, never negative, with its quality."""

    seconds: int
    quality: Quality


def elapsed(start: Instant, end: Instant, *, not_before_ms: int | None = None) -> Elapsed:
    """Time from `start` to `end`; the count begins at `not_before_ms` (wall) when that is later than `start`.

    Whole seconds, rounded down. Inside one boot the wall clock is not consulted, so a step of NTP
    or a change of hour cannot lengthen or shorten a wait.
    """
    grace_ms = max(0, (not_before_ms or start.wall_ms) - start.wall_ms)
    if start.boot == end.boot:
        return Elapsed(seconds=max(0, end.mono_ms - start.mono_ms - grace_ms) // 1000, quality=Quality.EXACT)
    wall_ms = end.wall_ms - start.wall_ms
    trusted = start.trusted and end.trusted and wall_ms >= 0
    quality = Quality.ANCHORED if trusted else Quality.SUSPECT
    return Elapsed(seconds=max(0, wall_ms - grace_ms) // 1000, quality=quality)


def local_time(wall_ms: int) -> datetime:
    """UTC milliseconds as a Europe/Rome datetime."""
    return datetime.fromtimestamp(wall_ms / 1000, tz=UTC).astimezone(ROME)


def wall_ms(moment: datetime) -> int:
    """An aware datetime as UTC milliseconds."""
    if moment.tzinfo is None:
        raise ValueError("a datetime without a time zone has no place on the clock")
    return round(moment.timestamp() * 1000)


def local_ms(day: date, minutes: int) -> int:
    """Minutes after local midnight of `day`, as UTC milliseconds (right on the nights the hour changes)."""
    later, minute = divmod(minutes, 24 * 60)
    on = day + timedelta(days=later)
    return wall_ms(datetime(on.year, on.month, on.day, minute // 60, minute % 60, tzinfo=ROME))
