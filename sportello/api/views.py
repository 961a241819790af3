"""Tickets, counters and standards as JSON values."""

from collections.abc import Mapping
from typing import Any

from sportello.domain.boards import ahead
from sportello.domain.charter import Charter
from sportello.domain.clock import local_time
from sportello.domain.errors import Reason, Refused
from sportello.domain.estimates import Range
from sportello.domain.slips import JobState
from sportello.domain.tickets import Ticket
from sportello.ledger import queries, spool
from sportello.web import centre, reading

Sheet = Mapping[str, object] | None


def range_view(found: Range | None) -> Mapping[str, int] | None:
    return None if found is None else {"low_s": found[0], "high_s": found[1]}


def promise_view(charter: Charter | None, code: str | None) -> Mapping[str, object] | None:
    standard = next((one for one in charter.standards if one.code == code), None) if charter else None
    if standard is None:
        return None
    return {
        "code": standard.code,
        "threshold_s": standard.threshold_s,
        "share": None if standard.share is None else str(standard.share),
        "demonstrative": standard.provenance.value == "demonstrative",
    }


def _iso(wall_ms: int | None) -> str | None:
    return None if wall_ms is None else local_time(wall_ms).isoformat(timespec="milliseconds")


def sheet_view(ticket: str) -> Sheet:
    with reading() as db:
        found = spool.of_ticket(db, ticket)
    return {"state": found.state.value, "copy": found.job.copy, "printer": found.printer} if found else None


def new_sheet() -> Sheet:
    """What `sheet_view` reads of a ticket that was issued this moment."""
    printer = centre().printer
    return None if printer is None else {"state": JobState.QUEUED.value, "copy": 0, "printer": printer}


def _charter(wanted: str | None) -> Charter | None:
    return next((one for one in centre().day.charters if one.id == wanted), None)


def shown(ticket: Ticket, sheet: Sheet) -> dict[str, object]:
    """A ticket of today, and its newest sheet."""
    day = centre().day
    first, last = ticket.legs[0], ticket.legs[-1]
    wait = ticket.wait()
    return {
        "id": ticket.id,
        "number": ticket.code,
        "letter": ticket.letter,
        "service": ticket.service,
        "status": ticket.status.value,
        "language": ticket.language,
        "priority": ticket.priority,
        "channel": ticket.channel.value,
        "charter": ticket.charter,
        "standard": promise_view(_charter(ticket.charter), ticket.standard),
        "issued_at": _iso(ticket.issued.wall_ms),
        "called_at": _iso(first.called.wall_ms if first.called else None),
        "started_at": _iso(first.started.wall_ms if first.started else None),
        "ended_at": _iso(last.ended.wall_ms if last.ended else None),
        "wait_s": wait.seconds if wait else None,
        "counter": ticket.counter,
        "calls": ticket.calls,
        "ahead": ahead(day, ticket) if ticket.first_call() is None else 0,
        "estimate": range_view(ticket.quote_s),
        "print": sheet,
    }


def past(found: Any) -> dict[str, object]:
    """A ticket of another day."""
    low = found["quote_low_s"]
    same = ("id", "number", "service", "status", "language", "channel", "charter", "wait_s", "counter", "calls")
    return {
        **{name: found[name] for name in same},
        "letter": found["number"][:1],
        "priority": bool(found["priority"]),
        "standard": promise_view(_charter(found["charter"]), found["standard"]),
        "issued_at": _iso(found["arrival_ms"]),
        "called_at": _iso(found["called_ms"]),
        "started_at": _iso(found["started_ms"]),
        "ended_at": _iso(found["ended_ms"]),
        "ahead": None,
        "estimate": None if low is None else {"low_s": low, "high_s": found["quote_high_s"]},
        "print": None,
    }


def ticket_view(ticket: str) -> dict[str, object]:
    """A ticket by its id, of today or of the past."""
    today = centre().day.tickets.get(ticket)
    if today is not None:
        return shown(today, sheet_view(ticket))
    with reading() as db:
        found = queries.ticket(db, centre().code, ticket)
    if found is None:
        raise Refused(Reason.UNKNOWN_TICKET, ticket)
    return past(found)
