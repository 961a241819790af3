"""How days begin and end: forgotten close-outs, wrong clocks, restarts, and the nights the hour changes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sportello.domain import commands as c
from sportello.domain import events as e
from sportello.domain.clock import Quality
from sportello.domain.disciplines import age_s
from sportello.domain.errors import Reason
from sportello.domain.plan import Discipline, NextRule, Offer
from sportello.domain.queueing import behind, refusal
from sportello.domain.tickets import OUTCOMES, Status
from tests.domain.room import CHARTER, PLAN, TUESDAY, Room, moment

FIFO = replace(PLAN, rule=NextRule(discipline=Discipline.FIFO))
ALWAYS = replace(FIFO, always_open=True)
WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def room() -> Room:
    return Room(FIFO, 9, 5)


def kinds(happened: tuple[e.Event, ...]) -> list[str]:
    return [type(event).__name__ for event in happened]


def until(room: Room, hour: int, minute: int = 0, day: date = WEDNESDAY) -> None:
    room.forward((moment(hour, minute, day) - room.at.wall_ms) / 1000)


# --- the close-out -----------------------------------------------------------------------------------


def test_the_close_out_gives_everybody_an_outcome(room: Room) -> None:
    waiting, at_desk, aside, sent_on = (room.take() for _ in range(4))
    for ticket, counter in ((aside, "1"), (sent_on, "2"), (at_desk, "1")):
        room.do(c.CallTicket(ticket=ticket, counter=counter, why="prova"))
        if ticket == aside:
            room.do(c.Hold(ticket=ticket))
    room.do(c.Transfer(ticket=sent_on, service="slow"))
    room.do(c.CloseDay())
    assert [room.ticket(name).status for name in (waiting, at_desk, aside, sent_on)] == [
        Status.UNSERVED,
        Status.FINISHED,
        Status.UNSERVED,
        Status.UNSERVED,
    ]
    assert room.ticket(at_desk).leg.ended is None  # nobody knows when
    assert room.day.queue == {}
    assert room.day.counters == {}


def test_after_the_close_out_nothing_begins_again_by_itself(room: Room) -> None:
    room.take()
    room.do(c.CloseDay())
    assert refusal(room.day, "quick", c.Occasion(at=room.at, actor="", name="")) is Reason.CLOSED
    assert room.refused(c.CallNext(counter="1")) is Reason.DAY_CLOSED
    room.do(c.OpenCounter(counter="1"))
    assert not room.day.open


def test_a_day_closed_too_soon_goes_on_with_its_numbers(room: Room) -> None:
    first = room.take()
    room.do(c.CloseDay())
    room.do(c.OpenDay())
    room.do(c.Requeue(ticket=first))
    second = room.take()
    assert room.ticket(second).number == 2
    assert [room.call(), room.call()] == [first, second]
    assert room.day.number == 1


def test_who_was_sent_by_name_is_still_expected_there_after_a_close_out_by_mistake(room: Room) -> None:
    ticket = room.take("slow")
    room.do(c.Transfer(ticket=ticket, service="slow", to_counter="2"))
    room.do(c.CloseDay())
    room.do(c.OpenDay())
    room.do(c.Requeue(ticket=ticket))
    assert room.call("1") is None
    assert room.call("2") == ticket


# --- the next day ------------------------------------------------------------------------------------


def test_the_first_number_of_a_day_closes_the_one_before_and_begins_at_one(room: Room) -> None:
    left = room.take()
    until(room, 9)
    happened = room.do(c.IssueTicket(service="quick"))
    assert kinds(happened) == ["TicketUnserved", "DayClosed", "DayOpened", "TicketIssued"]
    assert room.day.label == WEDNESDAY
    assert [ticket.number for ticket in room.day.tickets.values()] == [1]
    assert left not in room.day.tickets


def test_nobody_of_yesterday_is_called_today(room: Room) -> None:
    room.take()
    until(room, 8, 50)
    assert kinds(room.do(c.CallNext(counter="1")))[:3] == ["TicketUnserved", "DayClosed", "DayOpened"]
    assert room.day.in_hand("1") is None


def test_a_desk_opened_before_the_doors_stays_open_when_the_day_turns(room: Room) -> None:
    room.take()
    until(room, 8, 15)
    room.do(c.OpenCounter(counter="1", clerk="anna"))
    until(room, 9)
    room.take()
    assert room.day.counter("1").clerk == "anna"


def test_who_is_finished_the_morning_after_has_no_service_time(room: Room) -> None:
    ticket = room.take()
    room.call()
    room.do(c.Start(ticket=ticket))
    until(room, 8, 50)
    assert room.do(c.Finish(ticket=ticket)) == (e.TicketFinished(ticket=ticket, counter="1", at_close=True),)


def test_midnight_takes_nobody_out_of_the_line() -> None:
    room = Room(ALWAYS, 23, 50)
    first = room.take()
    until(room, 0, 10)
    second = room.take()
    assert room.day.label == TUESDAY
    assert [room.call(), room.call()] == [first, second]
    room.do(c.Finish(ticket=second))
    assert room.ticket(room.take()).number == 1
    assert room.day.label == WEDNESDAY


# --- clocks ------------------------------------------------------------------------------------------


def test_a_clock_set_right_in_the_middle_of_a_morning_ends_no_day() -> None:
    room = Room(ALWAYS, 9)  # the box believes it is yesterday
    first = room.take()
    room.forward(600)
    room.step(21 * 3600)
    second = room.take()
    assert [room.ticket(name).code for name in (first, second)] == ["A001", "A002"]
    assert room.call() == first
    waited = room.ticket(first).wait()
    assert waited is not None
    assert (waited.seconds, waited.quality) == (600, Quality.EXACT)


@pytest.mark.parametrize("trusted", [True, False])
def test_a_clock_that_goes_back_begins_no_earlier_day(trusted: bool) -> None:
    room = Room(ALWAYS, 9)
    room.take()
    room.step(-3 * 86_400, trusted=trusted)
    assert room.ticket(room.take()).number == 2
    room.do(c.CloseDay())
    room.take()
    assert (room.day.label, room.day.number) == (TUESDAY, 1)


def test_a_doubted_clock_ends_no_day(room: Room) -> None:
    room.take()
    until(room, 9)
    room.step(0, trusted=False)
    assert not behind(room.day, c.Occasion(at=room.at, actor="", name=""))
    assert room.ticket(room.take()).number == 2


def test_a_clock_set_back_never_reorders_a_line(room: Room) -> None:
    first = room.take()
    room.forward(300)
    room.step(-37 * 60)
    second = room.take()
    room.forward(60)
    assert [room.call(), room.call()] == [first, second]
    waited = room.ticket(first).wait()
    assert waited is not None
    assert waited.seconds == 360


def test_after_a_restart_with_a_good_clock_waits_go_on(room: Room) -> None:
    ticket = room.take()
    room.forward(100)
    room.restart(60)
    room.forward(40)
    room.call()
    waited = room.ticket(ticket).wait()
    assert waited is not None
    assert (waited.seconds, waited.quality) == (200, Quality.ANCHORED)


def test_after_a_restart_with_a_dead_clock_who_was_there_comes_first() -> None:
    room = Room(ALWAYS, 9, 5)
    first, second = room.take("slow"), room.take("quick")
    room.restart(wall=moment(8) - 90_000_000, trusted=False)
    room.forward(300)
    third = room.take("quick")
    room.forward(30)
    assert age_s(room.ticket(first), room.at) >= 330
    assert [room.call() for _ in range(3)] == [first, second, third]
    waited = room.ticket(first).wait()
    assert waited is not None
    assert waited.quality is Quality.SUSPECT


def test_a_dead_clock_keeps_nobody_with_an_appointment_waiting() -> None:
    room = Room(ALWAYS, 9, 5)
    booked = room.check_in(moment(9, 30))
    room.restart(wall=moment(8) - 90_000_000, trusted=False)
    assert room.call() == booked


def test_an_act_of_before_a_restart_is_not_taken_back_on_a_dead_clock() -> None:
    room = Room(ALWAYS, 9, 5)
    ticket = room.take()
    room.call()
    room.restart(wall=moment(8) - 90_000_000, trusted=False)
    assert room.refused(c.Undo(ticket=ticket, counter="1")) is Reason.TOO_LATE_TO_UNDO


@pytest.mark.parametrize(
    ("night", "hour"),
    [(date(2027, 3, 28), 1), (date(2026, 10, 25), 1)],  # 2:00 becomes 3:00; 3:00 becomes 2:00
)
def test_a_wait_over_the_change_of_the_hour_is_the_time_that_passed(night: date, hour: int) -> None:
    room = Room(ALWAYS)
    room.at = replace(room.at, wall_ms=moment(hour, 50, night))
    first = room.take()
    room.forward(1200)
    second = room.take()
    room.forward(3600)
    assert [room.call("1"), room.call("2")] == [first, second]
    waits = [room.ticket(name).wait() for name in (first, second)]
    assert [wait.seconds for wait in waits if wait] == [4800, 3600]


def test_after_a_change_of_the_hour_a_wait_over_a_restart_is_right_as_well() -> None:
    room = Room(ALWAYS)
    room.at = replace(room.at, wall_ms=moment(1, 50, date(2026, 10, 25)))
    ticket = room.take()
    room.restart(3600)
    room.call()
    waited = room.ticket(ticket).wait()
    assert waited is not None
    assert waited.seconds == 3600


# --- restores, plans, charters ------------------------------------------------------------------------


def test_after_a_restore_numbers_go_on_beyond_the_fence_until_its_day_is_over(room: Room) -> None:
    room.take()
    room.day = replace(room.day, fence=500, fence_until=TUESDAY)
    codes = [room.ticket(room.take(service)).code for service in ("quick", "slow", "quick")]
    assert codes == ["A501", "B501", "A502"]
    until(room, 9)
    assert room.ticket(room.take()).code == "A001"


def test_a_letter_that_a_later_plan_brings_is_fenced_too(room: Room) -> None:
    room.take()
    room.day = replace(room.day, fence=500, fence_until=TUESDAY)
    offers = (Offer(service="quick", letter="F"), *FIFO.offers[1:])
    room.do(c.AdoptPlan(plan=replace(FIFO, offers=offers)))
    assert room.ticket(room.take()).code == "F501"


def test_a_counter_taken_out_of_the_plan_holds_nobody(room: Room) -> None:
    room.do(c.OpenCounter(counter="2"))
    ticket = room.take()
    room.do(c.Transfer(ticket=ticket, service="quick", to_counter="2"))
    room.do(c.AdoptPlan(plan=replace(FIFO, places=FIFO.places[:1])))
    room.forward(601)
    assert room.call("1") == ticket


def test_a_new_charter_ends_the_one_before_and_never_touches_days_already_lived(room: Room) -> None:
    room.take()
    room.day = replace(room.day, charters=(replace(CHARTER, valid_to=None),))
    new = replace(CHARTER, version="2", valid_from=TUESDAY)
    assert room.refused(c.PublishCharter(charter=new)) is Reason.CHARTER_OVERLAP
    room.do(c.PublishCharter(charter=replace(new, valid_from=WEDNESDAY)))
    assert [one.valid_to for one in room.day.charters] == [TUESDAY, CHARTER.valid_to]
    again = replace(new, valid_from=WEDNESDAY)
    assert room.refused(c.PublishCharter(charter=again)) is Reason.CHARTER_OVERLAP


def test_a_day_keeps_the_version_it_began_with(room: Room) -> None:
    before = room.ticket(room.take())
    room.day = replace(room.day, charters=(replace(CHARTER, valid_to=None),))
    room.do(c.PublishCharter(charter=replace(CHARTER, version="2", valid_from=WEDNESDAY)))
    until(room, 9)
    after = room.ticket(room.take())
    assert (before.charter, after.charter) == ("prova/1", "prova/2")


def test_everybody_of_days_nobody_closed_has_an_outcome(room: Room) -> None:
    for n in range(4):
        until(room, 9, 10, TUESDAY + timedelta(days=n))
        room.take()
        room.call()
        room.take()
    closed = sum(isinstance(event, (e.TicketUnserved, e.TicketFinished)) for event, _ in room.log)
    assert closed == 6
    assert sum(one.status not in OUTCOMES for one in room.day.tickets.values()) == 2
