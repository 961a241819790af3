"""Who is next, and the bound within which an overdue visitor is called."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.disciplines import kept, measure
from sportello.charters import examples, read
from sportello.domain import commands as c
from sportello.domain.charter import Channel, Charter
from sportello.domain.clock import Instant
from sportello.domain.disciplines import Why, choose, slack_s
from sportello.domain.plan import Discipline, NextRule
from sportello.domain.tickets import Leg, Ticket
from tests.domain.room import PLAN, Room

NOW = Instant(wall_ms=1_800_000_000_000, mono_ms=100_000_000, boot="b")
FIFO, RATIO, DUE = (NextRule(discipline=one) for one in Discipline)


def ticket(place: int, age_min: float, promise_min: int | None = 20, *, priority: bool = False) -> Ticket:
    """Who has waited `age_min` for something promised within `promise_min`."""
    ms = round(age_min * 60_000)
    issued = replace(NOW, wall_ms=NOW.wall_ms - ms, mono_ms=NOW.mono_ms - ms)
    return Ticket(
        id=f"t{place}",
        letter="A",
        number=place,
        issued=issued,
        clock_start_ms=issued.wall_ms,
        language="it",
        priority=priority,
        channel=Channel.WALK_IN,
        charter="prova/1",
        standard=None,
        threshold_s=None if promise_min is None else promise_min * 60,
        legs=(Leg(service="s", queued=issued),),
        place=place,
    )


def called(waiting: Sequence[Ticket], rule: NextRule, calls: Sequence[str] = ()) -> tuple[int, Why]:
    choice = choose(waiting, NOW, calls, rule)
    assert choice is not None
    return choice.ticket.place, choice.why


def order(waiting: Sequence[Ticket], rule: NextRule) -> list[int]:
    """The whole line, called at one instant by one counter."""
    left, calls, places = list(waiting), list[str](), []
    while (choice := choose(left, NOW, calls, rule)) is not None:
        left.remove(choice.ticket)
        calls.append(choice.why)
        places.append(choice.ticket.place)
    return places


def test_nobody_is_next_in_an_empty_line() -> None:
    assert choose([], NOW, (), DUE) is None


def test_first_come_first_served_whatever_the_promise_and_the_class() -> None:
    line = [ticket(1, 9, 10), ticket(2, 30), ticket(3, 12, priority=True)]
    assert order(line, FIFO) == [2, 3, 1]


def test_a_ratio_gives_priority_one_call_in_three_while_others_wait() -> None:
    ordinary = [ticket(n, 50 - n) for n in range(5)]
    priority = [ticket(n, 20 - n, priority=True) for n in range(5, 9)]
    assert order([*ordinary, *priority], RATIO) == [5, 0, 1, 6, 2, 3, 7, 4, 8]


def test_the_nearest_promise_goes_first() -> None:
    line = [ticket(1, 12, 30), ticket(2, 5, 10), ticket(3, 8, 20)]
    assert order(line, DUE) == [2, 3, 1]


def test_the_second_of_the_promise_is_still_in_time() -> None:
    just = ticket(1, 10, 10)
    assert slack_s(just, NOW, DUE) == 0
    assert called([just, ticket(2, 12, 20)], DUE) == (1, Why.LEAST_SLACK)


def test_who_can_still_be_called_in_time_goes_before_who_cannot() -> None:
    assert called([ticket(1, 25), ticket(2, 3)], DUE) == (2, Why.LEAST_SLACK)


def test_who_waited_three_times_the_promise_goes_before_all_but_a_priority_turn() -> None:
    line = [ticket(1, 60), ticket(2, 19), ticket(3, 1, priority=True)]
    assert called(line, DUE) == (3, Why.PRIORITY_TURN)
    assert called(line, DUE, [Why.PRIORITY_TURN]) == (1, Why.WAITED_LONG)


def test_without_anybody_in_time_the_longest_wait_goes_first() -> None:
    assert order([ticket(1, 25), ticket(2, 31, 30), ticket(3, 28)], DUE) == [2, 3, 1]


def test_a_service_without_a_standard_has_the_one_of_the_plan() -> None:
    assert called([ticket(1, 10, None), ticket(2, 5, 10)], replace(DUE, default_s=12 * 60)) == (1, Why.LEAST_SLACK)


def test_a_promise_of_no_wait_at_all_is_a_promise() -> None:
    assert slack_s(ticket(1, 1, 0), NOW, DUE) == -60


def test_of_two_alike_the_earlier_number_goes_first() -> None:
    for rule in (FIFO, RATIO, DUE):
        assert called([ticket(7, 5), ticket(3, 5)], rule)[0] == 3


@pytest.mark.parametrize("rule", [FIFO, RATIO, DUE])
def test_an_appointment_is_not_called_before_its_time(rule: NextRule) -> None:
    booked = replace(ticket(1, 30), booked_ms=NOW.wall_ms + 1000)
    assert choose([booked], NOW, (), rule) is None
    assert choose([replace(booked, booked_ms=NOW.wall_ms)], NOW, (), rule) is not None


def test_a_precedence_is_not_called_twice_running_by_one_counter_among_many() -> None:
    line = [ticket(1, 5), ticket(2, 1, priority=True)]
    others = [Why.LEAST_SLACK] * 2
    choice = choose(line, NOW, others, DUE, own=[Why.PRIORITY_TURN])
    assert choice is not None
    assert choice.ticket.place == 1


def test_a_call_out_of_turn_uses_up_nobodys_turn() -> None:
    room = Room(replace(PLAN, rule=RATIO), 9, 5)
    for n in range(6):
        room.take(priority=n > 2)
        room.forward(1)
    priority = [room.ticket(room.call() or "").priority]
    room.do(c.CallTicket(ticket=room.take(), counter="1", why="prova"))
    priority += [room.ticket(room.call() or "").priority for _ in range(3)]
    assert priority == [True, False, False, True]


# --- the bound ---------------------------------------------------------------------------------------

PEOPLE = st.tuples(st.integers(0, 200), st.sampled_from((10, 15, 20, 30)), st.booleans())


@settings(deadline=None, max_examples=200)
@given(
    line=st.lists(PEOPLE, min_size=1, max_size=25),
    comers=st.lists(PEOPLE, max_size=60),
    every=st.integers(2, 5),
    guard=st.integers(1, 4),
    data=st.data(),
)
def test_an_overdue_visitor_is_called_within_the_bound_whoever_comes(
    line: list[tuple[int, int, bool]],
    comers: list[tuple[int, int, bool]],
    every: int,
    guard: int,
    data: st.DataObject,
) -> None:
    """Each call lets a later visitor in; m were there before: ceil((m + 1) * N / (N - 1)) calls at most."""
    rule = replace(DUE, priority_every=every, guard=guard)
    waiting = [ticket(n, age, promise, priority=first) for n, (age, promise, first) in enumerate(line)]
    overdue = [one for one in waiting if slack_s(one, NOW, rule) < 0 and _age(one) >= guard * (one.threshold_s or 0)]
    if not overdue:
        return
    who = data.draw(st.sampled_from(overdue))
    before = sum((_age(one), -one.place) > (_age(who), -who.place) for one in waiting)
    bound = ceil((before + 1) * every / (every - 1))
    youngest = _age(who) / 60
    later = [
        ticket(100 + n, min(age, youngest), promise, priority=first) for n, (age, promise, first) in enumerate(comers)
    ]
    calls: list[str] = data.draw(st.lists(st.sampled_from((Why.LEAST_SLACK, Why.PRIORITY_TURN)), max_size=6))
    spaced = [why if n % every == 0 else Why.LEAST_SLACK for n, why in enumerate(calls)]
    for n in range(1, bound + 1):
        choice = choose(waiting, NOW, spaced, rule)
        assert choice is not None
        spaced.append(choice.why)
        waiting.remove(choice.ticket)
        if choice.ticket is who:
            return
        waiting += later[n - 1 : n]
    pytest.fail(f"not called within {bound} calls")


def _age(one: Ticket) -> int:
    return (NOW.mono_ms - one.issued.mono_ms) // 1000


# --- the simulation ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def como() -> Charter:
    return read(examples()["como"], "como")


@pytest.mark.parametrize(("load", "better"), [(0.8, 0.12), (1.05, 0.12)])
def test_the_nearest_promise_keeps_more_promises_and_starves_nobody(como: Charter, load: float, better: float) -> None:
    """The margins are half of what two hundred mornings give; the mornings are always the same ones."""
    found = {rule.discipline: measure(como, load, rule, days=8, seed=1) for rule in (FIFO, RATIO, DUE)}
    due, fifo, ratio = (found[one] for one in (Discipline.EARLIEST_DUE, Discipline.FIFO, Discipline.RATIO))
    assert kept(due) > kept(fifo) + better
    assert kept(due) > kept(ratio) + better * 0.7
    worst = [max(one.wait_s / one.promise_s for one in some) for some in (due, ratio)]
    assert worst[0] <= worst[1] * 1.15
    never = [sum(one.turn is None for one in some) for some in (due, fifo)]
    assert never[0] <= never[1] * 1.1 + 5
    priority = [one for one in due if one.priority]
    assert kept(priority) > 0.9
