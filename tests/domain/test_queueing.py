"""What a centre decides, act by act: the numbers, the hands of the counters, and what can be taken back."""

from dataclasses import replace

import pytest

from sportello.domain import commands as c
from sportello.domain import events as e
from sportello.domain.charter import Channel
from sportello.domain.disciplines import Why
from sportello.domain.errors import Reason, Refused
from sportello.domain.plan import Discipline, NextRule, Opening
from sportello.domain.tickets import IN_HAND, Status
from tests.domain.room import CHARTER, PLAN, Room, moment

FIFO = replace(PLAN, rule=NextRule(discipline=Discipline.FIFO))


@pytest.fixture
def room() -> Room:
    return Room(FIFO, 9, 5)


# --- numbers -----------------------------------------------------------------------------------------


def test_services_that_share_a_letter_share_one_series_of_numbers(room: Room) -> None:
    codes = [room.ticket(room.take(service)).code for service in ("slow", "quick", "firm", "slow")]
    assert codes == ["B001", "A001", "B002", "B003"]


def test_a_ticket_carries_the_promise_of_its_service_channel_and_class(room: Room) -> None:
    walk_in, booked = room.ticket(room.take("slow")), room.ticket(room.check_in(moment(9, 20)))
    priority = room.ticket(room.take("quick", priority=True))
    assert [(one.standard, one.threshold_s) for one in (walk_in, booked, priority)] == [
        ("SLOW", 1200),
        ("SLOW-APP", 300),
        ("QUICK-PRIO", 360),
    ]
    assert booked.channel is Channel.APPOINTMENT


def test_a_number_before_the_doors_open_waits_from_the_opening() -> None:
    room = Room(FIFO, 8, 40)
    early = room.take()
    room.forward(25 * 60)
    room.call()
    waited = room.ticket(early).wait()
    assert waited is not None
    assert waited.seconds == 5 * 60


def test_early_numbers_are_called_in_the_order_they_were_taken() -> None:
    room = Room(FIFO, 8, 40)
    names = []
    for service in ("slow", "quick", "firm", "quick"):
        names.append(room.take(service))
        room.forward(20)
    room.forward(25 * 60)
    assert [room.call() for _ in names] == names


@pytest.mark.parametrize(("hour", "minute"), [(8, 29), (12, 30), (14, 0)])
def test_outside_the_hours_nobody_gets_a_number_and_everybody_is_counted(hour: int, minute: int) -> None:
    room = Room(FIFO, hour, minute)
    assert room.do(c.IssueTicket(service="quick")) == (e.VisitorTurnedAway(service="quick", why=Reason.CLOSED),)
    assert room.day.turned_away == 1


def test_a_quota_is_full_for_walk_ins_and_not_for_who_is_expected() -> None:
    offers = (*PLAN.offers[:1], replace(PLAN.offers[1], quota=2), PLAN.offers[2])
    room = Room(replace(FIFO, offers=offers), 9, 5)
    room.take("slow")
    room.take("slow")
    assert room.do(c.IssueTicket(service="slow")) == (e.VisitorTurnedAway(service="slow", why=Reason.QUOTA_FULL),)
    assert room.ticket(room.check_in(moment(9, 30))).code == "B003"
    assert room.ticket(room.take("firm")).code == "B004"


def test_a_window_closes_to_walk_ins_and_not_to_who_is_expected() -> None:
    offers = (*PLAN.offers[:1], replace(PLAN.offers[1], window=Opening(start=8 * 60, end=10 * 60)), PLAN.offers[2])
    room = Room(replace(FIFO, offers=offers), 12, 40)
    assert room.do(c.IssueTicket(service="slow")) == (e.VisitorTurnedAway(service="slow", why=Reason.CLOSED),)
    assert room.ticket(room.check_in(moment(12, 45))).number == 1


def test_nobody_is_let_in_after_the_doors_close_even_when_expected() -> None:
    room = Room(FIFO, 13, 0)
    happened = room.do(c.CheckIn(service="slow", booked_ms=moment(12, 55)))
    assert happened == (e.VisitorTurnedAway(service="slow", why=Reason.CLOSED),)


def test_an_appointment_on_another_day_is_a_mistake(room: Room) -> None:
    assert room.refused(c.CheckIn(service="slow", booked_ms=room.at.wall_ms + 13 * 3600_000)) is Reason.BAD_TIME


def test_without_a_charter_in_force_the_kiosk_says_so_before_and_after_the_tap() -> None:
    room = Room(FIFO, 9, 5)
    room.day = replace(room.day, charters=(replace(CHARTER, valid_to=CHARTER.valid_from),))
    happened = room.do(c.IssueTicket(service="quick"))
    assert happened == (e.VisitorTurnedAway(service="quick", why=Reason.NO_CHARTER),)
    assert not room.day.open


def test_a_stop_of_one_service_leaves_the_others_open_and_ends_when_resumed(room: Room) -> None:
    room.do(c.StopIssuing(service="quick", why="guasto"))
    assert room.do(c.IssueTicket(service="quick"))[0] == e.VisitorTurnedAway(
        service="quick", why=Reason.ISSUING_STOPPED
    )
    room.take("slow")
    room.do(c.ResumeIssuing(service="quick"))
    room.take("quick")


def test_a_stop_made_before_the_day_opens_holds_from_the_first_visitor(room: Room) -> None:
    room.do(c.StopIssuing(why="sala piena"))
    happened = room.do(c.IssueTicket(service="quick"))
    assert happened == (e.VisitorTurnedAway(service="quick", why=Reason.ISSUING_STOPPED),)


# --- calls -------------------------------------------------------------------------------------------


def test_two_counters_that_saw_the_same_line_call_two_tickets(room: Room) -> None:
    first, second = room.take(), room.take()
    room.do(c.OpenCounter(counter="1"))
    assert room.decide(c.CallNext(counter="1"))[-1].ticket == first  # type: ignore[union-attr]
    assert (room.call("1"), room.call("2")) == (first, second)
    why = c.CallTicket(counter="2", ticket=first, why="lo conosco")
    assert room.refused(why) is Reason.ALREADY_CALLED


def test_calling_the_next_finishes_who_was_in_hand(room: Room) -> None:
    first, second = room.take(), room.take()
    room.call()
    room.forward(60)
    assert room.call() == second
    assert room.ticket(first).status is Status.FINISHED


def test_with_nobody_waiting_a_call_only_finishes(room: Room) -> None:
    only = room.take()
    room.call()
    assert room.call() is None
    assert room.ticket(only).status is Status.FINISHED


def test_a_call_from_a_stale_desk_is_refused(room: Room) -> None:
    room.take()
    room.take()
    first = room.call()
    assert room.refused(c.CallNext(counter="1", in_hand="")) is Reason.HAND_CHANGED
    assert room.refused(c.CallNext(counter="1", in_hand=first)) is None


def test_a_counter_with_its_own_services_calls_nobody_else(room: Room) -> None:
    room.take("quick")
    slow = room.take("slow")
    assert room.call("3") == slow
    assert room.call("3") is None


def test_a_call_out_of_turn_needs_a_reason_and_keeps_it(room: Room) -> None:
    room.take()
    second = room.take()
    assert room.refused(c.CallTicket(counter="1", ticket=second, why="  ")) is Reason.REASON_REQUIRED
    called = room.do(c.CallTicket(counter="1", ticket=second, why="è già stato qui"))[-1]
    assert isinstance(called, e.TicketCalled)
    assert (called.reason, called.note) == (Why.CHOSEN, "è già stato qui")


def test_who_comes_late_to_a_call_keeps_the_first_call(room: Room) -> None:
    ticket = room.take()
    room.forward(300)
    room.call()
    room.do(c.NoShow(ticket=ticket))
    room.forward(600)
    room.do(c.Requeue(ticket=ticket))
    room.forward(60)
    assert room.call() == ticket
    waited = room.ticket(ticket).wait()
    assert waited is not None
    assert waited.seconds == 300
    assert room.ticket(ticket).calls == 2


def test_a_requeued_visitor_keeps_the_arrival(room: Room) -> None:
    first = room.take()
    room.forward(60)
    room.take()
    room.call()
    room.do(c.Requeue(ticket=first))
    assert room.call() == first


def test_an_appointment_waits_for_its_time_even_alone(room: Room) -> None:
    booked = room.check_in(moment(9, 30))
    assert room.call() is None
    room.forward(24 * 60)
    assert room.call() is None
    room.forward(60)
    assert room.call() == booked


def test_a_late_appointment_stands_in_line_from_its_check_in(room: Room) -> None:
    walk_in = room.take("slow")
    room.forward(60)
    late = room.check_in(moment(8, 50))
    assert [room.call(), room.call()] == [walk_in, late]


# --- passages ----------------------------------------------------------------------------------------


def test_a_transfer_begins_a_passage_and_the_journey_goes_on(room: Room) -> None:
    ticket = room.take("quick")
    room.forward(120)
    room.call()
    room.do(c.Start(ticket=ticket))
    room.forward(300)
    room.do(c.Transfer(ticket=ticket, service="slow"))
    moved = room.ticket(ticket)
    assert [leg.service for leg in moved.legs] == ["quick", "slow"]
    assert moved.legs[0].ended == room.at
    assert moved.status is Status.WAITING
    assert room.day.in_hand("1") is None
    room.forward(60)
    assert room.call("3") == ticket
    waited = room.ticket(ticket).wait()
    assert waited is not None
    assert waited.seconds == 120


def test_who_is_moved_while_waiting_waits_until_the_first_call_anywhere(room: Room) -> None:
    ticket = room.take("quick")
    room.forward(300)
    room.do(c.Transfer(ticket=ticket, service="slow"))
    room.forward(200)
    room.call("3")
    waited = room.ticket(ticket).wait()
    assert waited is not None
    assert waited.seconds == 500


def test_who_is_sent_to_a_counter_by_name_is_called_there(room: Room) -> None:
    for counter in ("1", "2"):
        room.do(c.OpenCounter(counter=counter))
    ticket = room.take("quick")
    room.do(c.Transfer(ticket=ticket, service="quick", to_counter="3"))
    room.do(c.OpenCounter(counter="3"))
    room.forward(3600)
    assert room.call("1") is None
    assert room.call("3") == ticket  # although it does not take that service by itself


def test_who_is_sent_to_a_counter_where_nobody_sits_is_not_left_there(room: Room) -> None:
    ticket = room.take("slow")
    room.do(c.Transfer(ticket=ticket, service="slow", to_counter="2"))
    assert room.call("1") is None
    room.forward(20 * 60 + 1)
    assert room.call("1") == ticket


def test_who_was_called_by_name_and_put_back_stands_in_the_common_line(room: Room) -> None:
    ticket = room.take("slow")
    room.do(c.OpenCounter(counter="2"))
    room.do(c.Transfer(ticket=ticket, service="slow", to_counter="2"))
    room.call("2")
    room.do(c.Requeue(ticket=ticket))
    assert room.call("1") == ticket


def test_a_held_visitor_is_nobodys_and_comes_back_at_any_counter(room: Room) -> None:
    ticket = room.take()
    room.call("1")
    room.do(c.Hold(ticket=ticket))
    assert room.day.in_hand("1") is None
    room.do(c.CloseCounter(counter="1"))
    room.do(c.Resume(ticket=ticket, counter="1"))
    assert room.day.counter("1").open
    assert room.day.in_hand("1") == room.ticket(ticket)


def test_only_the_counter_that_has_the_visitor_may_act(room: Room) -> None:
    ticket = room.take()
    room.call("1")
    for act in (c.Start, c.Finish, c.NoShow, c.Hold, c.Recall, c.Requeue, c.Leave):
        assert room.refused(act(ticket=ticket, counter="2")) is Reason.ELSEWHERE


def test_who_left_or_was_voided_is_out_of_the_line(room: Room) -> None:
    gone, wrong, stays = room.take(), room.take(), room.take()
    room.do(c.Leave(ticket=gone))
    assert room.refused(c.Void(ticket=wrong, why="")) is Reason.REASON_REQUIRED
    room.do(c.Void(ticket=wrong, why="prova"))
    assert room.call() == stays


def test_a_priority_given_later_brings_its_own_promise(room: Room) -> None:
    ticket = room.take("quick")
    room.do(c.GivePriority(ticket=ticket))
    assert (room.ticket(ticket).priority, room.ticket(ticket).threshold_s) == (True, 360)
    assert room.do(c.GivePriority(ticket=ticket)) == ()


# --- undo --------------------------------------------------------------------------------------------


def test_an_undo_takes_back_a_call_and_the_finish_it_brought(room: Room) -> None:
    first, second = room.take(), room.take()
    room.call()
    before = room.day
    room.forward(60)
    room.call()
    room.forward(3)
    room.do(c.Undo(ticket=second, counter="1"))
    assert room.day.in_hand("1") == room.ticket(first)
    assert room.ticket(second).status is Status.WAITING
    assert room.ticket(second).first_call() is None
    assert room.day.calls == before.calls
    assert [one.ticket for one in room.day.announcements] == [first]


def test_an_undo_of_the_finish_takes_back_the_call_as_well(room: Room) -> None:
    first, second = room.take(), room.take()
    room.call()
    room.forward(60)
    room.call()
    room.do(c.Undo(ticket=first, counter="1"))
    assert room.day.in_hand("1") == room.ticket(first)
    assert room.ticket(second).status is Status.WAITING


def test_acts_of_one_instant_are_not_all_taken_back_together(room: Room) -> None:
    names = [room.take() for _ in range(4)]
    for _ in names:
        room.call()  # all in the same millisecond
    room.do(c.Undo(ticket=names[3], counter="1"))
    in_hand = [ticket.id for ticket in room.day.tickets.values() if ticket.status in IN_HAND]
    assert len(in_hand) == 1
    assert room.day.counter("1").ticket == in_hand[0]


def test_an_undo_comes_too_late_after_five_seconds_and_never_twice(room: Room) -> None:
    ticket = room.take()
    room.call()
    room.do(c.Start(ticket=ticket))
    room.forward(6)
    assert room.refused(c.Undo(ticket=ticket, counter="1")) is Reason.TOO_LATE_TO_UNDO
    room.do(c.Hold(ticket=ticket))
    room.do(c.Undo(ticket=ticket, counter="1"))
    assert room.ticket(ticket).status is Status.SERVING
    assert room.refused(c.Undo(ticket=ticket, counter="1")) is Reason.TOO_LATE_TO_UNDO


def test_an_undo_is_only_for_the_counter_that_acted_last(room: Room) -> None:
    ticket = room.take()
    room.call("1")
    room.do(c.Transfer(ticket=ticket, service="slow"))
    assert room.refused(c.Undo(ticket=ticket, counter="2")) is Reason.TOO_LATE_TO_UNDO
    room.call("2")
    assert room.refused(c.Undo(ticket=ticket, counter="1")) is Reason.TOO_LATE_TO_UNDO


def test_an_undo_never_puts_two_visitors_in_one_counters_hands(room: Room) -> None:
    first = room.take()
    room.take()
    room.call()
    room.do(c.NoShow(ticket=first))
    room.forward(1)
    room.call()
    assert room.refused(c.Undo(ticket=first, counter="1")) is Reason.COUNTER_BUSY


def test_an_undo_keeps_the_copies_and_a_precedence_given_since(room: Room) -> None:
    ticket = room.take()
    room.call()
    room.do(c.Hold(ticket=ticket))
    room.do(c.Reprint(ticket=ticket))
    room.do(c.GivePriority(ticket=ticket))
    room.do(c.Undo(ticket=ticket, counter="1"))
    undone = room.ticket(ticket)
    assert (undone.status, undone.copies, undone.priority, undone.threshold_s) == (Status.CALLED, 1, True, 360)
    assert room.do(c.Reprint(ticket=ticket)) == (e.CopyAsked(ticket=ticket, copy=2),)


def test_an_undo_at_a_counter_closed_since_opens_it_again(room: Room) -> None:
    ticket = room.take()
    room.call()
    room.do(c.Finish(ticket=ticket))
    room.do(c.CloseCounter(counter="1"))
    room.do(c.Undo(ticket=ticket, counter="1"))
    assert room.day.counter("1").open
    assert room.day.counter("1").ticket == ticket


def test_nothing_is_taken_back_on_a_day_that_is_closed(room: Room) -> None:
    ticket = room.take()
    room.call()
    room.do(c.CloseDay())
    assert room.refused(c.Undo(ticket=ticket, counter="1")) is Reason.DAY_CLOSED


def test_a_counter_with_somebody_in_hand_does_not_close(room: Room) -> None:
    room.take()
    room.call()
    assert room.refused(c.CloseCounter(counter="1")) is Reason.COUNTER_BUSY


def test_a_command_nobody_knows_is_our_mistake(room: Room) -> None:
    with pytest.raises(TypeError):
        room.do("call the next one")  # type: ignore[arg-type]
    with pytest.raises(Refused):
        room.do(c.Recall(ticket="nobody"))
