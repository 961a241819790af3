"""Intervals, limits and signals against figures that others published, and each rule against a series made for it."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.domain.statistics import (
    Assurance,
    Limits,
    Point,
    Rule,
    Status,
    below_since,
    limits,
    signals,
    status,
    weeks,
    wilson,
    xmr,
)

# Newcombe, Statistics in Medicine 17 (1998), table I, method 3
PUBLISHED = {
    (81, 263): (0.2553, 0.3662),
    (15, 148): (0.0624, 0.1605),
    (0, 20): (0.0, 0.1611),
    (1, 29): (0.0061, 0.1718),
}


@pytest.mark.parametrize("case", PUBLISHED)
def test_the_interval_is_the_published_one(case: tuple[int, int]) -> None:
    assert wilson(*case) == pytest.approx(PUBLISHED[case], abs=0.00005)


@given(st.integers(1, 5000), st.data())
def test_an_interval_holds_its_share_and_mirrors(n: int, data: st.DataObject) -> None:
    within = data.draw(st.integers(0, n))
    low, high = wilson(within, n)
    assert 0 <= low <= within / n <= high <= 1
    assert wilson(n - within, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@pytest.mark.parametrize(
    ("within", "n", "target", "expected"),
    [
        (96, 100, "0.90", Status.KEPT),  # from 90.2 %
        (95, 100, "0.90", Status.WATCH),  # from 88.8 %
        (980, 1000, "0.90", Status.KEPT),
        (80, 100, "0.90", Status.BROKEN),
        (88, 100, "0.90", Status.WATCH),  # one figure under the target decides nothing
        (29, 29, "0.90", Status.TOO_FEW),
        (50, 50, "1", Status.KEPT),
        (49, 50, "1", Status.BROKEN),
        (50, 50, None, None),
    ],
)
def test_a_status_needs_the_whole_interval(within: int, n: int, target: str | None, expected: Status | None) -> None:
    assert status(within, n, Decimal(target) if target else None) is expected


# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: flow rate of ten batches
FLOW = (49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1)


def test_the_natural_limits_are_the_published_ones() -> None:
    found = limits(FLOW)
    assert found.mean == pytest.approx(50.81)
    assert found.moving_range == pytest.approx(1.8778, abs=0.0001)
    assert (found.lower, found.upper) == pytest.approx((45.8159, 55.8041), abs=0.002)


def test_limits_stay_where_shares_can_be() -> None:
    found = limits([99, 80, 99, 80, 99])
    assert found.upper == 100
    assert limits([1, 20, 1, 20]).lower == 0


AGAINST = Limits(mean=70, lower=40, upper=100, moving_range=11.28)


def marked(values: list[float]) -> dict[int, set[Rule]]:
    return {signal.at: set(signal.rules) for signal in signals(values, AGAINST)}


def test_a_point_beyond_a_limit_is_a_signal_and_one_on_it_is_not() -> None:
    assert marked([75, 39, 75]) == {1: {Rule.BEYOND}}
    assert marked([75, 40, 75]) == {}


def test_seven_on_one_side_are_a_signal_and_six_are_not() -> None:
    assert marked([75, 76, 75, 76, 75, 76]) == {}
    assert marked([75, 76, 75, 76, 75, 76, 75]) == {key: {Rule.RUN} for key in range(7)}
    assert marked([75, 76, 75, 70, 75, 76, 75, 76]) == {}  # on the mean is on neither side


def test_seven_falling_are_a_signal_and_six_are_not() -> None:
    assert marked([76, 74, 72, 71, 69, 68]) == {}
    found = signals([76, 74, 72, 71, 69, 68, 66], AGAINST)
    assert [(one.at, one.better) for one in found] == [(at, False) for at in range(7)]
    assert all(one.rules == {Rule.TREND} for one in found)


def test_two_of_three_near_a_limit_are_a_signal_and_on_two_sides_are_not() -> None:
    assert marked([72, 48, 72, 49, 72]) == {1: {Rule.OUTER}, 3: {Rule.OUTER}}
    assert marked([72, 48, 91, 72]) == {}
    assert marked([72, 48, 72, 72, 49]) == {}


def test_a_series_too_short_has_no_limits_and_a_restart_begins_a_baseline() -> None:
    assert xmr([70.0] * 11)[0].limits is None
    series = [70.0, 72.0] * 10 + [90.0, 92.0] * 10
    whole = xmr(series)
    assert any(signal.better for signal in whole[0].signals)
    first, second = xmr(series, [20])
    assert (first.end, second.start) == (20, 20)
    assert first.limits is not None
    assert second.limits is not None
    assert (first.limits.mean, second.limits.mean) == (71, 91)
    assert first.signals == second.signals == ()


def test_limits_come_from_the_first_points_alone() -> None:
    found = xmr([70.0, 72.0] * 13 + [10.0] * 9)[0]
    assert found.limits is not None
    assert found.limits.mean == 71


@pytest.mark.parametrize(("target", "word"), [(40, "sure"), (100.1, "cannot"), (90, "now_and_then")])
def test_the_limits_say_whether_the_target_is_in_reach(target: float, word: str) -> None:
    assert AGAINST.assurance(target) is Assurance(word)


MONDAY = date(2026, 3, 2)


def days(*counts: int) -> list[Point]:
    """Monday to Friday after Monday to Friday."""
    found = []
    for n, count in enumerate(counts):
        day = MONDAY + timedelta(days=n // 5 * 7 + n % 5)
        found.append(Point(first=day, last=day, n=count, within=count // 2))
    return found


def test_weeks_begin_on_monday_and_small_ones_join_the_next() -> None:
    found = weeks(days(*[10] * 5, *[1] * 5, *[10] * 5))
    assert [(one.first, one.n) for one in found] == [(MONDAY, 50), (MONDAY + timedelta(days=7), 55)]
    assert found[1].last == MONDAY + timedelta(days=18)


def test_a_last_small_week_joins_the_one_before() -> None:
    assert [one.n for one in weeks(days(*[10] * 5, 3, 3))] == [56]
    assert [one.n for one in weeks(days(3))] == [3]


@given(st.lists(st.integers(0, 60), max_size=80))
def test_weeks_lose_nobody(counts: list[int]) -> None:
    given_days = days(*counts)
    found = weeks(given_days)
    assert sum(one.n for one in found) == sum(counts)
    assert all(one.n >= 20 for one in found) or len(found) == 1
    assert all(before.last < after.first for before, after in itertools.pairwise(found))


def test_since_when_is_the_start_of_the_last_unbroken_fall() -> None:
    points = [Point(first=MONDAY, last=MONDAY, n=100, within=within) for within in (80, 95, 89, 70, 88)]
    assert below_since(points, Decimal("0.90")) == 2
    assert below_since(points[:2], Decimal("0.90")) is None
    assert below_since([], Decimal("0.90")) is None
