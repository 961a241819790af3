"""Services and tickets: take a number, look at it, act on it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from apiflask.exceptions import HTTPError

from sportello.api.clients import auth, blueprint, do, language
from sportello.api.shapes import ActIn, ServicesOut, TicketIn, TicketOut
from sportello.api.views import new_sheet, promise_view, range_view, shown, ticket_view
from sportello.domain import commands as c
from sportello.domain.boards import choices
from sportello.domain.clock import wall_ms
from sportello.domain.events import TicketIssued
from sportello.ledger.access import Role
from sportello.web import centre


@blueprint.get("/services")
@blueprint.auth_required(auth, roles=[Role.KIOSK.value])
@blueprint.output(ServicesOut)
def services() -> object:
    """The services of this centre, whether they give numbers now, and who waits."""
    now, tongue = centre().now(), language()
    return {
        "services": [
            {
                "code": one.offer.service,
                "title": one.sheet.title.get(tongue, one.sheet.title["it"]),
                "label": one.sheet.label.get(tongue, one.sheet.label["it"]),
                "area": one.sheet.area,
                "letter": one.offer.letter,
                "open": one.closed is None,
                "closed": one.closed.value if one.closed else None,
                "waiting": one.waiting,
                "estimate": range_view(one.estimate),
                "standard": promise_view(
                    centre().day.charter(now.local().date()), one.standard.code if one.standard else None
                ),
                "left": one.left,
            }
            for one in choices(centre().day, now)
        ]
    }


@blueprint.post("/tickets")
@blueprint.auth_required(auth, roles=[Role.KIOSK.value])
@blueprint.input(TicketIn, location="json", arg_name="body")
@blueprint.output(TicketOut, status_code=201)
def issue(body: Mapping[str, Any]) -> object:
    """Take a number; with `booked_at`, check in for an appointment."""
    common = {"service": body["service"], "language": body["language"], "priority": body["priority"]}
    booked = body["booked_at"]
    before = centre().place
    recorded = do(c.IssueTicket(**common) if booked is None else c.CheckIn(booked_ms=_moment(booked), **common))
    issued = next(one for one in recorded if isinstance(one.event, TicketIssued))
    ticket = centre().day.tickets.get(issued.event.ticket)
    if ticket is not None and (issued.epoch, issued.seq) > before:
        return shown(ticket, new_sheet())
    return ticket_view(issued.event.ticket)  # the same key again, or a day that ended meanwhile


def _moment(text: str) -> int:
    try:
        return wall_ms(datetime.fromisoformat(text))
    except ValueError:
        raise HTTPError(422, "booked_at is not an ISO 8601 time with offset") from None


@blueprint.get("/tickets/<ticket>")
@blueprint.auth_required(auth, roles=[Role.KIOSK.value])
@blueprint.output(TicketOut)
def one_ticket(ticket: str) -> object:
    """One ticket."""
    return ticket_view(ticket)


Act = Callable[[str, Mapping[str, Any]], c.Command]
ACTS: Mapping[str, tuple[str, Act]] = {
    "recall": ("Call the same ticket again.", lambda t, b: c.Recall(ticket=t, counter=b["counter"])),
    "start": ("Service begins.", lambda t, b: c.Start(ticket=t, counter=b["counter"])),
    "finish": ("Service ends.", lambda t, b: c.Finish(ticket=t, counter=b["counter"])),
    "no-show": ("Called, did not come.", lambda t, b: c.NoShow(ticket=t, counter=b["counter"])),
    "hold": ("Keeps the place while fetching something.", lambda t, b: c.Hold(ticket=t, counter=b["counter"])),
    "resume": ("A held visitor is back at `counter`.", lambda t, b: c.Resume(ticket=t, counter=b["counter"])),
    "requeue": ("Back in line, keeping the arrival.", lambda t, b: c.Requeue(ticket=t, counter=b["counter"])),
    "transfer": (
        "On to `service`, or to the counter `to_counter`; with `returns`, back to `counter` afterwards.",
        lambda t, b: c.Transfer(
            ticket=t,
            service=b["service"] or _service_of(t),
            to_counter=b["to_counter"],
            counter=b["counter"],
            returns=b["returns"],
        ),
    ),
    "leave": ("The visitor gives up.", lambda t, b: c.Leave(ticket=t, counter=b["counter"])),
    "void": (
        "A misprint, a test or a duplicate; `why` is required.",
        lambda t, b: c.Void(ticket=t, counter=b["counter"], why=b["why"]),
    ),
    "undo": (
        "Take back the last act of `counter`, within five seconds.",
        lambda t, b: c.Undo(ticket=t, counter=b["counter"] or ""),
    ),
    "reprint": ("One more sheet, marked COPIA.", lambda t, b: c.Reprint(ticket=t)),
}


def _service_of(ticket: str) -> str:
    found = centre().day.tickets.get(ticket)
    return found.service if found else ""


def _route(name: str, summary: str, act: Act) -> None:
    @blueprint.post(f"/tickets/<ticket>/{name}", endpoint=name)
    @blueprint.auth_required(auth, roles=[Role.CLERK.value])
    @blueprint.input(ActIn, location="json", arg_name="body")
    @blueprint.output(TicketOut)
    @blueprint.doc(summary=summary)
    def view(ticket: str, body: Mapping[str, Any]) -> object:
        do(act(ticket, body))
        return ticket_view(ticket)


for _name, (_summary, _act) in ACTS.items():
    _route(_name, _summary, _act)
