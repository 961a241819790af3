"""Who is next, and why. One pure function per discipline; docs/disciplines.md holds the comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sportello.domain.clock import Instant, Quality, elapsed
from sportello.domain.plan import Discipline, NextRule
from sportello.domain.tickets import Ticket


class Why(StrEnum):
    """The reason kept on a call, in a word."""

    FIRST_IN_LINE = "first_in_line"
    PRIORITY_TURN = "priority_turn"
    LEAST_SLACK = "least_slack"
    WAITED_LONG = "waited_long"  # the guard: nobody starves
    CHOSEN = "chosen"  # by the clerk, who said why


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    ticket: Ticket
    why: Why
    slack_s: int  # seconds left to its declared standard; negative when it is already missed


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Who may be called now, and what was called before."""

    waiting: Sequence[Ticket]  # never empty
    now: Instant
    rule: NextRule
    calls: Sequence[str]  # why the centre's last calls were made, newest last; without those a clerk chose
    own: Sequence[str]  # the same for the counter that calls


def age_s(ticket: Ticket, now: Instant) -> int:
    """Seconds since the clock of this visit started, whatever happened since.

    After a restart without a clock to trust it is at least the time since the restart: the ticket was there before.
    """
    since = elapsed(ticket.issued, now, not_before_ms=ticket.clock_start_ms)
    return since.seconds if since.quality is not Quality.SUSPECT else max(since.seconds, now.mono_ms // 1000)


def promise_s(ticket: Ticket, rule: NextRule) -> int:
    """Seconds within which this ticket is to be called."""
    return rule.default_s if ticket.threshold_s is None else ticket.threshold_s


def slack_s(ticket: Ticket, now: Instant, rule: NextRule) -> int:
    """Seconds left before the standard declared for this ticket is missed."""
    return promise_s(ticket, rule) - age_s(ticket, now)


def due(ticket: Ticket, now: Instant) -> bool:
    """Whether it may be called: an appointment not before its time, by either of the box's clocks."""
    if ticket.booked_ms is None or ticket.booked_ms <= now.wall_ms:
        return True
    here = elapsed(ticket.issued, now)
    if here.quality is Quality.SUSPECT:
        return True  # nobody is kept waiting for a clock that cannot be read
    return here.quality is Quality.EXACT and here.seconds * 1000 >= ticket.booked_ms - ticket.issued.wall_ms


def by_arrival(ticket: Ticket) -> tuple[int, int]:
    """Order of arrival for a list; an appointment arrives at its time. Who calls goes by `longest()`."""
    return (ticket.clock_start_ms, ticket.place)


def longest(waiting: Sequence[Ticket], now: Instant) -> Ticket:
    """Who has waited longest; of equals, who took a number first.

    Ages come from the monotonic clock, so a step of the wall clock never reorders a queue.
    """
    return max(waiting, key=lambda ticket: (age_s(ticket, now), -ticket.place))


def priority_due(line: Line) -> bool:
    """Whether a priority ticket may go now: at most one in every `priority_every` calls while others wait.

    So many of the centre's calls, and of the counter's: a counter of its own services is not left with priorities.
    """
    if not any(ticket.priority for ticket in line.waiting):
        return False
    if all(ticket.priority for ticket in line.waiting):
        return True
    back = line.rule.priority_every - 1
    return back < 1 or (Why.PRIORITY_TURN not in line.calls[-back:] and Why.PRIORITY_TURN not in line.own[-back:])


def chosen(line: Line, ticket: Ticket, why: Why) -> Choice:
    return Choice(ticket=ticket, why=why, slack_s=slack_s(ticket, line.now, line.rule))


def fifo(line: Line) -> Choice:
    """First come, first served."""
    return chosen(line, longest(line.waiting, line.now), Why.FIRST_IN_LINE)


def ratio(line: Line) -> Choice:
    """First come, first served in each class; at most one priority call in every `priority_every`."""
    turn = priority_due(line)
    same = [ticket for ticket in line.waiting if ticket.priority is turn]
    return chosen(line, longest(same, line.now), Why.PRIORITY_TURN if turn else Why.FIRST_IN_LINE)


def waited_long(tickets: Sequence[Ticket], now: Instant, rule: NextRule) -> list[Ticket]:
    """Whose standard is missed, and who have waited at least `guard` times as long as it promised."""
    return [
        ticket
        for ticket in tickets
        if (age := age_s(ticket, now)) > (promise := promise_s(ticket, rule)) and age >= promise * rule.guard
    ]


def earliest_due(line: Line) -> Choice:
    """The ticket whose declared standard is nearest to being missed, among those it can still be kept for.

    Who has waited `guard` times their standard goes before all these, longest wait first, whatever their class; a
    priority turn comes before both. docs/disciplines.md proves within how many calls such a ticket is called.
    """
    turn = priority_due(line)
    same = [ticket for ticket in line.waiting if ticket.priority is turn]
    long = waited_long(same if turn else line.waiting, line.now, line.rule)
    slack = {ticket.id: slack_s(ticket, line.now, line.rule) for ticket in same}
    in_time = [ticket for ticket in same if slack[ticket.id] >= 0]
    if in_time and not long:
        first = min(in_time, key=lambda ticket: (slack[ticket.id], ticket.place))
    else:
        first = longest(long or same, line.now)
    return chosen(line, first, Why.PRIORITY_TURN if turn else Why.WAITED_LONG if long else Why.LEAST_SLACK)


DISCIPLINES = {Discipline.FIFO: fifo, Discipline.RATIO: ratio, Discipline.EARLIEST_DUE: earliest_due}


def choose(
    waiting: Sequence[Ticket],
    now: Instant,
    calls: Sequence[str],
    rule: NextRule,
    own: Sequence[str] | None = None,
) -> Choice | None:
    """Who is next among those who may be called now; None when nobody may.

    `calls`: why the centre's last calls were made, newest last, without those a clerk chose; `own`: the same for the
    counter that calls (the centre's where it is not told).
    """
    eligible = [ticket for ticket in waiting if due(ticket, now)]
    if not eligible:
        return None
    line = Line(waiting=eligible, now=now, rule=rule, calls=calls, own=calls if own is None else own)
    return DISCIPLINES[rule.discipline](line)
