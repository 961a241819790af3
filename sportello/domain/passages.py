"""The passages of a visit: what a wait is, once a ticket has been sent on.

A passage is one stay in the queues that ends with a call. Who is sent on uncalled is still in the same passage.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from sportello.domain.clock import Elapsed, Instant, Quality, elapsed
from sportello.domain.tickets import Leg, Status, Ticket


class Ending(StrEnum):
    """How a passage ended, beside the outcomes of tickets."""

    MOVED = "moved"  # sent on after a call: another passage followed


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One stay in the queues. `wait` runs to the first call, or to the moment the visitor gave up."""

    n: int  # 1, 2, 3 … within the visit
    service: str  # in whose queue it began
    status: Status | Ending
    counter: str | None
    queued: Instant
    called: Instant | None
    started: Instant | None
    ended: Instant | None
    wait: Elapsed | None
    start: Elapsed | None  # from the queue to the beginning of service
    served: Elapsed | None  # from the beginning of service to its end


def passages(ticket: Ticket) -> Iterator[Passage]:
    """A ticket's passages, the first one first; its clock starts where the ticket's does."""
    runs = list(_runs(ticket.legs))
    for n, run in enumerate(runs, start=1):
        last = run[-1]
        status = ticket.status if n == len(runs) or ticket.status is Status.VOIDED else Ending.MOVED
        queued = ticket.issued if n == 1 else run[0].queued
        not_before = ticket.clock_start_ms if n == 1 else None
        gave_up = last.ended if status is Status.LEFT else None
        yield Passage(
            n=n,
            service=run[0].service,
            status=status,
            counter=last.counter,
            queued=queued,
            called=last.called,
            started=last.started,
            ended=last.ended,
            wait=_span(queued, last.called or gave_up, not_before),
            start=_span(queued, last.started, not_before),
            served=_span(last.started, last.ended, None),
        )


def _runs(legs: Sequence[Leg]) -> Iterator[Sequence[Leg]]:
    """The legs cut after each one that was called and did not end the visit."""
    begins = 0
    for place, (leg, _) in enumerate(pairwise(legs), start=1):
        if leg.called:
            yield legs[begins:place]
            begins = place
    yield legs[begins:]


def _span(start: Instant | None, end: Instant | None, not_before_ms: int | None) -> Elapsed | None:
    return elapsed(start, end, not_before_ms=not_before_ms) if start and end else None


def seconds(span: Elapsed | None) -> int | None:
    """Whole seconds of a span that can be relied upon; None where an end is missing or the clock was suspect."""
    return None if span is None or span.quality is Quality.SUSPECT else span.seconds
