"""Who is next, and why. One pure function per discipline; docs/disciplines.md holds the comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sportello.domain.clock import Instant, elapsed
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


def age_s(ticket: Ticket, now: Instant) -> int:
    """Seconds since the clock of this visit started, whatever happened since."""
    return elapsed(ticket.issued, now, not_before_ms=ticket.clock_start_ms).seconds


def slack_s(ticket: Ticket, now: Instant, rule: NextRule) -> int:
    """Seconds left before the standard declared for this ticket is missed."""
    return (ticket.threshold_s or rule.default_s) - age_s(ticket, now)


def priority_due(waiting: Sequence[Ticket], calls: Sequence[str], rule: NextRule) -> bool:
    """Whether a priority ticket may go now: at most one in every `priority_every` calls while others wait."""
    if not any(ticket.priority for ticket in waiting):
        return False
    if all(ticket.priority for ticket in waiting):
        return True
    recent = calls[-(rule.priority_every - 1) :] if rule.priority_every > 1 else ()
    return Why.PRIORITY_TURN not in recent


def by_arrival(ticket: Ticket) -> tuple[int, str, int]:
    """Order of arrival; an appointment arrives at its time. Number breaks ties."""
    return (ticket.clock_start_ms, ticket.letter, ticket.number)


def fifo(waiting: Sequence[Ticket], now: Instant, calls: Sequence[str], rule: NextRule) -> Choice:
    """First come, first served."""
    first = min(waiting, key=by_arrival)
    return Choice(ticket=first, why=Why.FIRST_IN_LINE, slack_s=slack_s(first, now, rule))


def ratio(waiting: Sequence[Ticket], now: Instant, calls: Sequence[str], rule: NextRule) -> Choice:
    """First come, first served in each class; at most one priority call in every `priority_every`."""
    turn = priority_due(waiting, calls, rule)
    first = min((ticket for ticket in waiting if ticket.priority is turn), key=by_arrival)
    why = Why.PRIORITY_TURN if turn else Why.FIRST_IN_LINE
    return Choice(ticket=first, why=why, slack_s=slack_s(first, now, rule))


def earliest_due(waiting: Sequence[Ticket], now: Instant, calls: Sequence[str], rule: NextRule) -> Choice:
    """The ticket whose declared standard is nearest to being missed, among those it can still be kept for.

    Who has waited `guard` times their standard goes first, in order of arrival, every second call at most
    while others can still be served in time: nobody starves and the promise is kept to as many as possible.
    """
    turn = priority_due(waiting, calls, rule)
    pool = [ticket for ticket in waiting if ticket.priority is turn]
    slack = {ticket.id: slack_s(ticket, now, rule) for ticket in pool}
    in_time = [ticket for ticket in pool if slack[ticket.id] >= 0]
    long = [
        ticket
        for ticket in pool
        if slack[ticket.id] <= -(rule.guard - 1) * (ticket.threshold_s or rule.default_s)
    ]
    if long and (not in_time or not calls or calls[-1] != Why.WAITED_LONG):
        first, why = min(long, key=by_arrival), Why.PRIORITY_TURN if turn else Why.WAITED_LONG
    else:
        first = min(in_time or pool, key=lambda ticket: (slack[ticket.id], by_arrival(ticket)))
        why = Why.PRIORITY_TURN if turn else Why.LEAST_SLACK
    return Choice(ticket=first, why=why, slack_s=slack[first.id])


DISCIPLINES = {Discipline.FIFO: fifo, Discipline.RATIO: ratio, Discipline.EARLIEST_DUE: earliest_due}


def choose(waiting: Sequence[Ticket], now: Instant, calls: Sequence[str], rule: NextRule) -> Choice | None:
    """Who is next among those who may be called now; None when nobody may."""
    eligible = [ticket for ticket in waiting if ticket.eligible_ms <= now.wall_ms or ticket.booked_ms is None]
    return DISCIPLINES[rule.discipline](eligible, now, calls, rule) if eligible else None
