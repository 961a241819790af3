"""The wait that is told: from the days before, with the counters open now, or not at all."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from benchmarks import estimates as replayed
from sportello.charters import examples, read
from sportello.domain import commands as c
from sportello.domain import events as e
from sportello.domain.clock import local_ms
from sportello.domain.days import fold
from sportello.domain.estimates import STEP_S, estimate, likely_after_closing, shortest, together, useful
from sportello.domain.past import AIM, HIGHEST, LEVEL, LOWEST, NEVER_S, Kind, Past, Visit, learn, queue_ahead
from sportello.domain.plan import Discipline, NextRule
from tests.domain.room import PLAN, TUESDAY, Room

DAYS = [TUESDAY - timedelta(days=n) for n in range(1, 41)]


def visit(
    day: date, wait_s: int | None = 420, *, service: str = "quick", minute: int = 9 * 60, **more: object
) -> Visit:
    """Somebody alone in the room on a day of the past."""
    start = local_ms(day, minute)
    called = None if wait_s is None else start + wait_s * 1000
    made = Visit(
        day=day,
        service=service,
        kind=Kind.ORDINARY,
        start_ms=start,
        threshold_s=600,
        called_ms=called,
        ended_ms=None if called is None else called + 600_000,
        wait_s=wait_s,
    )
    return made._replace(**more)  # type: ignore[arg-type]


PAST = learn([visit(day) for day in reversed(DAYS)], PLAN)


@pytest.fixture
def room() -> Room:
    """A morning with one counter open, after forty days on which one visitor waited seven minutes."""
    made = Room()
    made.day = replace(made.day, past=PAST)
    made.do(c.OpenCounter(counter="1", clerk="x"))
    return made


def told(room: Room, service: str = "quick", **more: bool) -> tuple[int, int] | None:
    return estimate(room.day, service, room.at, **more)


# --- what is told ----------------------------------------------------------------------------------


def test_the_range_is_that_of_the_similar_visits_in_steps_of_five_minutes(room: Room) -> None:
    assert told(room) == (300, 600)


def test_a_number_is_given_with_the_range_of_its_moment_and_keeps_it(room: Room) -> None:
    ticket = room.take()
    (issued,) = [event for event, _ in room.log if isinstance(event, e.TicketIssued)]
    assert room.ticket(ticket).quote_s == issued.quote_s == (300, 600)
    room.do(c.PauseCounter(counter="1"))
    room.forward(900)
    assert told(room) is None
    assert room.ticket(ticket).quote_s == (300, 600)


@pytest.mark.parametrize("command", [c.PauseCounter(counter="1"), c.CloseCounter(counter="1")])
def test_nothing_is_told_where_no_counter_takes_the_service(room: Room, command: c.Command) -> None:
    room.do(command)
    room.do(c.OpenCounter(counter="3", clerk="y"))  # takes other services
    assert told(room) is None


def test_nothing_is_told_by_a_clock_that_is_not_trusted(room: Room) -> None:
    room.step(0, trusted=False)
    assert told(room) is None


def test_nothing_is_told_from_too_few_visits(room: Room) -> None:
    room.day = replace(room.day, past=learn([visit(day) for day in DAYS[:23]], PLAN))
    assert told(room) is None
    room.day = replace(room.day, past=learn([visit(day) for day in DAYS[:24]], PLAN))
    assert told(room) == (300, 600)


def test_a_new_service_is_compared_with_those_of_the_same_standard(room: Room) -> None:
    past = [visit(day, service="another") for day in DAYS]
    room.day = replace(room.day, past=learn(past, PLAN))
    assert told(room) == (300, 600)
    assert told(room, "slow") is None


def test_precedence_is_compared_with_precedence_only(room: Room) -> None:
    assert told(room, priority=True) is None
    past = [*(visit(day) for day in DAYS), *(visit(day, 30, kind=Kind.PRIORITY, threshold_s=360) for day in DAYS)]
    room.day = replace(room.day, past=learn(sorted(past), PLAN))
    assert (told(room), told(room, priority=True)) == ((300, 600), (0, 300))


def test_nothing_is_told_that_reaches_far_beyond_closing(room: Room) -> None:
    past = [visit(day, wait_s, minute=9 * 60) for day, wait_s in zip(DAYS, [3000] * 40, strict=True)]
    room.day = replace(room.day, past=learn(past, PLAN))
    assert told(room) == (3000, 3300)
    room.forward(3.4 * 3600)  # 12:24; the doors close at 13:00
    assert told(room) == (3000, 3300)
    room.forward(900)
    assert told(room) is None


def test_longer_queues_and_fewer_counters_mean_more_work_ahead() -> None:
    chance = random.Random(1)
    charter = read(examples()["como"], "como")
    found = list(replayed.replay(charter, "cpi-como", 0.9, days=2, before=12, seed=chance.randint(1, 9)))
    quoted = [one for one in found if one.quote]
    short = [one.wait_s or 0 for one in quoted if one.quote == (0, STEP_S)]
    long = [one.wait_s or 0 for one in quoted if one.quote and one.quote[0] >= 2 * STEP_S]
    assert short
    assert long
    assert sum(short) / len(short) < STEP_S < sum(long) / len(long)


# --- the parts -------------------------------------------------------------------------------------


def test_the_shortest_range_holds_enough_and_few_wait_longer() -> None:
    waits = [60.0] * 10 + [400.0] * 70 + [700.0] * 10 + [2000.0] * 10
    assert shortest(waits, 0.70) == (300, 900)  # a fifth would have waited longer than ten minutes
    assert shortest(waits, 0.85) == (0, 900)
    assert shortest([float(NEVER_S)] * 60 + [10.0] * 40, 0.75) is None


@pytest.mark.parametrize(
    ("found", "kept"), [((0, 3000), True), ((0, 3300), False), ((600, 4200), True), ((3600, 7500), False)]
)
def test_a_range_too_wide_to_be_of_use_is_not_told(found: tuple[int, int], kept: bool) -> None:
    assert (useful(found) == found) is kept


def test_a_letter_tells_a_range_only_when_each_of_its_services_does() -> None:
    assert together([(0, 300), (300, 900)]) == (0, 900)
    assert together([(0, 300), None]) is None
    assert together([]) is None


def test_who_is_ahead_is_counted_in_the_order_of_the_discipline() -> None:
    waiting = [(1000, False, 60.0), (9000, False, 60.0), (1000, True, 60.0)]
    due, rule = 5000, NextRule()
    assert queue_ahead(waiting, due, Kind.ORDINARY, rule) == 120
    assert queue_ahead(waiting, due, Kind.PRIORITY, rule) == 120  # one before it, and an ordinary turn
    assert queue_ahead(waiting[:2], due, Kind.PRIORITY, rule) == 0
    assert queue_ahead(waiting, due, Kind.PRIORITY, NextRule(discipline=Discipline.FIFO)) == 120


def test_the_misses_of_the_last_days_move_how_much_a_range_holds() -> None:
    def level(wait_s: int, quotes: int = 60) -> float:
        past = [visit(DAYS[n % 40], wait_s, quote_s=(300, 600) if n < quotes else None) for n in range(80)]
        return learn(sorted(past, key=lambda one: one.start_ms), PLAN).level("quick")

    assert level(420) == LOWEST < LEVEL < AIM
    assert level(900) == HIGHEST
    assert level(900, quotes=40) == LEVEL  # too few to judge by


def test_who_was_never_called_is_no_short_wait_and_who_gave_up_is_none() -> None:
    never = learn([visit(day, None) for day in DAYS], PLAN)
    assert {wait for pool in never.pools.values() for _, wait in pool} == {NEVER_S}
    left = learn([visit(day, None)._replace(ended_ms=local_ms(day, 600)) for day in DAYS], PLAN)
    assert left.pools == {}


def test_a_doubtful_clock_teaches_nothing() -> None:
    assert learn([visit(day)._replace(wait_s=None) for day in DAYS], PLAN).pools == {}


def test_the_past_goes_on_with_the_next_day(room: Room) -> None:
    happened = (e.DayClosed(label=TUESDAY), e.DayOpened(number=2, label=TUESDAY + timedelta(days=1), charter="x"))
    assert fold(room.day, happened, room.at).past is PAST


# --- before closing --------------------------------------------------------------------------------


def test_a_number_unlikely_before_closing_is_foreseen(room: Room) -> None:
    assert not likely_after_closing(room.day, "quick", room.at)
    room.forward(3.95 * 3600)  # 12:57, and five minutes are the least
    assert likely_after_closing(room.day, "quick", room.at)


def test_without_a_range_the_plain_work_ahead_decides() -> None:
    room = Room(hour=12)
    for _ in range(7):
        room.take()
    assert not likely_after_closing(room.day, "quick", room.at)  # two counters are planned for it
    room.do(c.OpenCounter(counter="1", clerk="x"))
    assert room.day.past == Past()
    assert likely_after_closing(room.day, "quick", room.at)  # seven quarters of an hour at the only one


# --- replayed --------------------------------------------------------------------------------------


def test_a_range_covers_what_it_says_on_replayed_days() -> None:
    """The benchmark, short: a busy centre, each number quoted as it is issued."""
    charter = read(examples()["como"], "como")
    found = list(replayed.replay(charter, "cpi-como", 0.95, days=12, before=18, seed=5))
    whole = replayed.score(found)
    longer = replayed.score(found, lambda one: None if one.quote == replayed.SMALLEST else one.quote)
    assert whole.quoted >= 400
    assert 0.75 <= whole.coverage <= 0.87, whole
    assert 0.70 <= longer.coverage <= 0.85, longer  # no short waits to help
    assert whole.above / whole.quoted <= 0.17
