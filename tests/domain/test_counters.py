"""What a clerk may do beside calling: take somebody in, pause, send a visitor on and have them back, go and help."""

import pytest

from sportello.domain import commands as c
from sportello.domain import events as e
from sportello.domain.errors import Reason
from sportello.domain.tickets import Status
from tests.domain.room import Room


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_clerk_takes_somebody_in_who_has_no_number_and_no_paper_comes_out(room: Room) -> None:
    room.take("quick")
    (issued,) = (one for one in room.do(c.WalkIn(counter="1", service="slow")) if isinstance(one, e.TicketIssued))
    assert issued.paper is False
    assert room.ticket(issued.ticket).status is Status.WAITING
    assert room.ticket(issued.ticket).code == "B001"


def test_who_is_taken_in_at_once_is_called_and_who_was_in_hand_is_finished(room: Room) -> None:
    first = room.take("quick")
    room.call("1")
    happened = room.do(c.WalkIn(counter="1", service="slow", at_once=True, in_hand=first))
    assert [type(one).__name__ for one in happened] == ["TicketIssued", "TicketFinished", "TicketCalled"]
    held = room.day.in_hand("1")
    assert held is not None
    assert held.code == "B001"
    assert room.day.announcements[-1].code == "B001"


def test_who_is_taken_in_at_once_finishes_nobody_the_clerk_did_not_see(room: Room) -> None:
    room.take("quick")
    room.call("1")
    assert room.refused(c.WalkIn(counter="1", service="slow", at_once=True, in_hand="")) is Reason.HAND_CHANGED


def test_a_clerk_may_let_somebody_in_after_the_last_numbers_but_not_after_closing() -> None:
    late, closed = Room(hour=12, minute=45), Room(hour=13, minute=5)
    assert isinstance(late.do(c.WalkIn(counter="1", service="slow"))[-1], e.TicketIssued)
    assert isinstance(closed.do(c.WalkIn(counter="1", service="slow"))[-1], e.VisitorTurnedAway)


def test_a_counter_that_pauses_goes_on_with_its_next_call(room: Room) -> None:
    room.take("quick")
    room.do(c.OpenCounter(counter="1", clerk="x"))
    room.do(c.PauseCounter(counter="1"))
    assert room.day.counter("1").paused
    assert room.do(c.PauseCounter(counter="1")) == ()
    assert room.call("1") is not None
    assert not room.day.counter("1").paused


def test_nobody_pauses_with_a_visitor_in_hand(room: Room) -> None:
    room.take("quick")
    room.call("1")
    assert room.refused(c.PauseCounter(counter="1")) is Reason.COUNTER_BUSY


def test_a_pause_ends_when_asked_and_with_the_day(room: Room) -> None:
    room.take("quick")
    room.do(c.OpenCounter(counter="1"))
    room.do(c.PauseCounter(counter="1"))
    room.do(c.ResumeCounter(counter="1"))
    assert not room.day.counter("1").paused
    room.do(c.PauseCounter(counter="1"))
    room.do(c.CloseCounter(counter="1"))
    assert not room.day.counter("1").paused


def test_a_visitor_sent_on_to_come_back_returns_to_the_counter_and_the_service_that_sent_them(room: Room) -> None:
    ticket = room.take("slow")
    room.call("1")
    room.do(c.Transfer(ticket=ticket, service="firm", counter="1", returns=True))
    assert room.call("2") == ticket
    room.do(c.Finish(ticket=ticket, counter="2"))
    back = room.ticket(ticket)
    assert (back.status, back.service, back.leg.counter) == (Status.WAITING, "slow", "1")
    assert room.call("2") is None
    assert room.call("1") == ticket
    room.do(c.Finish(ticket=ticket, counter="1"))
    assert room.ticket(ticket).status is Status.FINISHED


def test_calling_the_next_sends_a_visitor_back_too_and_an_undo_takes_both_back(room: Room) -> None:
    ticket = room.take("slow")
    room.call("1")
    room.do(c.Transfer(ticket=ticket, service="firm", counter="1", returns=True))
    room.call("2")
    room.forward(60)
    other = room.take("quick")
    room.forward(10)
    assert room.call("2") == other
    assert room.ticket(ticket).leg.counter == "1"
    room.forward(1)
    room.do(c.Undo(ticket=other, counter="2"))
    held = room.day.in_hand("2")
    assert held is not None
    assert held.id == ticket
    assert room.ticket(other).status is Status.WAITING


def test_a_clerk_wanted_at_a_kiosk_is_wanted_once_until_somebody_goes(room: Room) -> None:
    room.take("quick")
    assert room.do(c.CallStaff(where="totem")) == (e.StaffCalled(where="totem"),)
    assert room.do(c.CallStaff(where="totem")) == ()
    assert set(room.day.helps) == {"totem"}
    room.do(c.AnswerStaff(where="totem", counter="2"))
    assert not room.day.helps
    assert room.do(c.AnswerStaff(where="totem")) == ()


def test_a_call_says_in_which_language_to_repeat_it(room: Room) -> None:
    room.do(c.IssueTicket(service="quick", language="ar"))
    room.call("1")
    assert room.day.announcements[-1].language == "ar"
