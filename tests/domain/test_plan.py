"""Opening hours, holidays and the plan a charter gives a new centre."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from sportello.charters import examples, read
from sportello.domain.clock import ROME, wall_ms
from sportello.domain.plan import (
    Opening,
    easter,
    gives_numbers,
    holiday,
    is_open,
    lets_in,
    next_numbers,
    next_opening,
    opening,
    plan_for,
    session_start_ms,
    sessions,
)
from tests.domain.room import CHARTER, HOURS, PLAN, TUESDAY

TWICE = replace(PLAN, hours={"tue": (*HOURS, Opening(start=15 * 60, end=17 * 60))})
QUICK = PLAN.offers[0]


def at(hour: int, minute: int = 0, day: date = TUESDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ROME)


@pytest.mark.parametrize(
    ("year", "sunday"),
    [(1961, (4, 2)), (2000, (4, 23)), (2008, (3, 23)), (2026, (4, 5)), (2027, (3, 28)), (2038, (4, 25))],
)
def test_easter_falls_where_the_almanac_says(year: int, sunday: tuple[int, int]) -> None:
    assert easter(year) == date(year, *sunday)


def test_public_holidays_and_the_patron_close_the_centre() -> None:
    closed = [date(2026, 1, 6), date(2026, 4, 6), date(2026, 6, 2), date(2026, 10, 4), date(2026, 12, 8)]
    assert all(holiday(day) for day in closed)
    assert not holiday(date(2025, 10, 4))  # Saint Francis is a holiday again from 2026
    assert holiday(date(2026, 8, 31), patron="08-31")
    assert not holiday(date(2026, 8, 31))


def test_a_closure_with_its_reason_closes_the_day() -> None:
    shut = replace(PLAN, closures={TUESDAY.isoformat(): "sciopero"})
    assert sessions(shut, TUESDAY) == ()
    assert not is_open(shut, at(10))
    assert sessions(PLAN, TUESDAY) == HOURS


def test_the_doors_are_open_from_the_first_minute_to_before_the_last() -> None:
    assert [is_open(TWICE, at(*time)) for time in ((8, 59), (9, 0), (12, 59), (13, 0), (15, 0), (17, 0))] == [
        False,
        True,
        True,
        False,
        True,
        False,
    ]


def test_numbers_begin_early_and_end_before_the_doors_close() -> None:
    times = ((8, 29), (8, 30), (12, 29), (12, 30), (14, 30), (16, 30))
    assert [gives_numbers(TWICE, QUICK, at(*time)) for time in times] == [False, True, True, False, True, False]


def test_a_window_narrows_the_numbers_of_one_service() -> None:
    morning = replace(QUICK, window=Opening(start=8 * 60, end=10 * 60))
    assert [gives_numbers(PLAN, morning, at(*time)) for time in ((8, 10), (8, 40), (9, 59), (10, 0))] == [
        False,
        True,
        True,
        False,
    ]


def test_who_is_expected_comes_in_until_the_doors_close() -> None:
    assert [lets_in(PLAN, at(*time)) for time in ((8, 29), (8, 30), (12, 59), (13, 0))] == [False, True, True, False]


def test_a_wait_counts_from_the_opening_only_for_who_came_before_it() -> None:
    nine, three = wall_ms(at(9)), wall_ms(at(15))
    assert session_start_ms(TWICE, at(8, 45), wall_ms(at(8, 45))) == nine
    assert session_start_ms(TWICE, at(9, 5), wall_ms(at(9, 5))) == wall_ms(at(9, 5))
    assert session_start_ms(TWICE, at(14, 45), wall_ms(at(14, 45))) == three


def test_a_number_given_while_the_doors_are_open_counts_at_once_however_early_the_next_session_begins() -> None:
    eager = replace(TWICE, early_min=180)
    assert session_start_ms(eager, at(12, 40), wall_ms(at(12, 40))) == wall_ms(at(12, 40))


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (at(7), at(9)),
        (at(9), at(9, day=date(2026, 11, 25))),
        (at(18, day=date(2026, 12, 4)), at(9, day=date(2026, 12, 7))),  # over a week-end
        (at(18, day=date(2026, 12, 7)), at(9, day=date(2026, 12, 9))),  # over the Immaculate Conception
        (at(18, day=date(2027, 3, 26)), at(9, day=date(2027, 3, 30))),  # over Easter Monday and the change of the hour
    ],
)
def test_the_next_opening_is_the_next_time_the_doors_open(now: datetime, opens: datetime) -> None:
    assert next_opening(PLAN, now) == opens


def test_a_centre_that_never_opens_has_no_next_opening() -> None:
    assert next_opening(replace(PLAN, hours={}), at(9)) is None


def test_the_next_numbers_are_those_of_the_services_own_window() -> None:
    late = replace(QUICK, window=Opening(start=11 * 60, end=12 * 60))
    assert next_numbers(PLAN, QUICK, at(7)) == at(8, 30)
    assert next_numbers(PLAN, late, at(9)) == at(11)
    assert next_numbers(PLAN, late, at(11, 30)) == at(11, day=date(2026, 11, 25))


@pytest.mark.parametrize("text", ["9-13", "13:00-09:00", "09:00", "09:00-24:01", "nove-tredici", ""])
def test_an_opening_written_wrong_is_told_as_it_was_written(text: str) -> None:
    with pytest.raises(ValueError, match="«"):
        opening(text)


def test_an_opening_may_last_until_midnight() -> None:
    assert opening("09:00-24:00") == Opening(start=540, end=1440)


def test_a_centre_that_is_always_open_gives_numbers_on_a_holiday_at_night() -> None:
    always = replace(PLAN, always_open=True)
    christmas = at(3, day=date(2026, 12, 25))
    assert is_open(always, christmas)
    assert gives_numbers(always, QUICK, christmas)
    assert lets_in(always, christmas)


def test_a_new_centre_offers_what_its_charter_gives_numbers_for() -> None:
    charter = read(examples()["como"], "como")
    site = charter.site("cpi-como")
    assert site is not None
    plan = plan_for(charter, site)
    assert {offer.service for offer in plan.offers} <= set(site.services)
    assert [place.code for place in plan.places] == [str(n) for n in range(1, site.counters + 1)]
    assert plan.patron == "08-31"


def test_a_service_reached_only_online_has_no_numbers() -> None:
    online = replace(CHARTER.sheets[0], modes=())
    charter = replace(CHARTER, sheets=(online, *CHARTER.sheets[1:]))
    assert [offer.service for offer in plan_for(charter, charter.sites[0]).offers] == ["slow", "firm"]
