"""Durations that no clock can bend, and local times on the nights the hour changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.domain.clock import ROME, Elapsed, Instant, Quality, elapsed, local_ms, local_time, wall_ms

START = Instant(wall_ms=1_800_000_000_000, mono_ms=1_000_000, boot="a")
MS = st.integers(-(10**11), 10**11)


def later(ms: int, **changes: object) -> Instant:
    moved = replace(START, wall_ms=START.wall_ms + ms, mono_ms=START.mono_ms + ms)
    return replace(moved, **changes)  # type: ignore[arg-type]


def test_a_duration_is_whole_seconds_rounded_down() -> None:
    assert elapsed(START, later(2999)) == Elapsed(seconds=2, quality=Quality.EXACT)


@given(step=MS, passed=st.integers(0, 10**8))
def test_inside_one_boot_the_wall_clock_has_no_say(step: int, passed: int) -> None:
    end = later(passed, wall_ms=START.wall_ms + step)
    assert elapsed(START, end) == Elapsed(seconds=passed // 1000, quality=Quality.EXACT)


def test_the_count_begins_at_the_opening_when_that_is_later() -> None:
    opening = START.wall_ms + 60_000
    assert elapsed(START, later(90_000), not_before_ms=opening).seconds == 30
    assert elapsed(START, later(30_000), not_before_ms=opening).seconds == 0
    assert elapsed(START, later(90_000), not_before_ms=START.wall_ms - 60_000).seconds == 90


def test_across_a_restart_two_trusted_clocks_anchor_the_duration() -> None:
    end = later(90_500, boot="b", mono_ms=7)
    assert elapsed(START, end) == Elapsed(seconds=90, quality=Quality.ANCHORED)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (START, later(90_000, boot="b", mono_ms=7, trusted=False)),
        (replace(START, trusted=False), later(90_000, boot="b", mono_ms=7)),
        (START, later(-90_000, boot="b", mono_ms=7)),
    ],
)
def test_across_a_restart_without_a_clock_to_trust_a_duration_is_suspect(start: Instant, end: Instant) -> None:
    assert elapsed(start, end).quality is Quality.SUSPECT


@given(wall=MS, mono=st.integers(0, 10**9), boot=st.sampled_from("ab"), grace=st.one_of(st.none(), MS))
def test_no_duration_is_negative(wall: int, mono: int, boot: str, grace: int | None) -> None:
    end = Instant(wall_ms=START.wall_ms + wall, mono_ms=mono, boot=boot)
    begins = None if grace is None else START.wall_ms + grace
    assert elapsed(START, end, not_before_ms=begins).seconds >= 0


def test_people_in_the_room_read_rome_time() -> None:
    instant = replace(START, wall_ms=wall_ms(datetime(2026, 7, 1, 7, tzinfo=UTC)))
    assert f"{instant.local():%H:%M}" == "09:00"


def test_a_datetime_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        wall_ms(datetime(2026, 7, 1))  # noqa: DTZ001


def test_minutes_of_a_day_are_local_also_when_the_hour_has_changed() -> None:
    for day in (date(2027, 3, 27), date(2027, 3, 28), date(2026, 10, 24), date(2026, 10, 25)):
        assert f"{local_time(local_ms(day, 9 * 60)):%d %H:%M}" == f"{day:%d} 09:00"


def test_the_night_of_spring_has_one_hour_less_and_that_of_autumn_one_more() -> None:
    hours = [(local_ms(day, 24 * 60) - local_ms(day, 0)) / 3_600_000 for day in (date(2027, 3, 28), date(2026, 10, 25))]
    assert hours == [23, 25]


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(0, 24 * 60))
def test_a_minute_of_a_day_comes_back_as_it_was(day: date, minutes: int) -> None:
    """Except in the hour that the night of spring leaves out."""
    found = local_time(local_ms(day, minutes))
    expected = datetime(day.year, day.month, day.day, tzinfo=ROME) + timedelta(minutes=minutes)
    missing = expected.astimezone(UTC).astimezone(ROME).replace(tzinfo=None) != expected.replace(tzinfo=None)
    assert missing or found.replace(tzinfo=None) == expected.replace(tzinfo=None)
