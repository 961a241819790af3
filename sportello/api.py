"""The JSON API, `/api/v1`. Described by its own OpenAPI document; docs/api.md shows each call."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from apiflask import APIBlueprint, APIFlask, HTTPTokenAuth, Schema
from apiflask.exceptions import HTTPError
from apiflask.fields import Boolean, Date, Dict, Integer, List, Nested, String
from apiflask.validators import Length, OneOf
from flask import Flask, Request, Response, current_app, jsonify, request, stream_with_context
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from werkzeug.exceptions import HTTPException

from sportello import history
from sportello.centre import Closed
from sportello.compliance import compliance, to_data
from sportello.domain import commands as c
from sportello.domain.boards import Range, ahead, choices, estimate
from sportello.domain.charter import Charter, Outcome
from sportello.domain.clock import local_time, wall_ms
from sportello.domain.errors import Reason, Refused
from sportello.domain.events import TicketCalled, TicketIssued
from sportello.domain.slips import JobState
from sportello.domain.tickets import Ticket
from sportello.i18n import NAMES, WHYS, sentence, translator
from sportello.ledger import access, queries, spool
from sportello.ledger.access import Role, Token
from sportello.openapi import answered, describe
from sportello.web import centre, reading

PREFIX = "/api/v1"
BY = ("service", "month", "day", "class", "channel", "charter", "hour")
UNREADABLE = "the body is not JSON"
ABSENT = {Reason.UNKNOWN_TICKET, Reason.UNKNOWN_COUNTER}

blueprint = APIBlueprint("api", __name__, url_prefix=PREFIX, tag="Sportello")
auth = HTTPTokenAuth("Bearer", description="A token made by «sportello token create».")


# --- who asks ------------------------------------------------------------------------------------


@auth.verify_token  # type: ignore[untyped-decorator]
def verify(token: str) -> Token | None:
    return centre().token(access.digest(token))


@auth.get_user_roles  # type: ignore[untyped-decorator]
def roles(token: Token) -> list[str]:
    """A manager may do what a clerk may, a clerk what a kiosk may."""
    ladder = [Role.KIOSK, Role.CLERK, Role.MANAGER]
    return [role.value for role in ladder[: ladder.index(token.role) + 1]]


def asked() -> bool:
    """Whether a program asks, not a browser page."""
    return request.path.startswith("/api/") or request.path in ("/healthz", "/readyz")


def language() -> str:
    return request.accept_languages.best_match(list(NAMES), "it") or "it"


def do(command: c.Command) -> Any:
    """Hand a command to the centre under the client's `Idempotency-Key`; the same key again happens once."""
    token = auth.current_user
    assert isinstance(token, Token)
    key = request.headers.get("Idempotency-Key") or uuid4().hex
    if not 1 <= len(key) <= 200:
        raise HTTPError(400, "Idempotency-Key: 1 to 200 characters")
    return centre().handle(command, actor=f"api:{token.name}", command_id=f"{token.name}:{key}")


# --- problems (RFC 9457) -------------------------------------------------------------------------


def _problem(status: int, title: str, **more: object) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, **more}
    answer = jsonify(body)
    answer.status_code = status
    answer.mimetype = "application/problem+json"
    return answer


def problem(refused: Refused) -> Response:
    """A refusal: 409 with its code; 404 where the address itself names what is not there."""
    text = sentence(refused, language())
    kind = f"urn:sportello:refused:{refused.code}"
    named = refused.detail in (request.view_args or {}).values()
    status = 404 if refused.reason in ABSENT and named else 409
    return _problem(status, refused.code, type=kind, detail=text, code=refused.code, about=refused.detail)


def invalid(fault: HTTPError) -> Response:
    """What the framework refuses: a field missing or wrong, no token, no right."""
    answer = _problem(fault.status_code, fault.message or "", **({"errors": fault.detail} if fault.detail else {}))
    answer.headers.extend(fault.headers or {})
    return answer


def http_problem(fault: HTTPException) -> Response:
    told = UNREADABLE if fault.code == 400 else fault.description
    return _problem(fault.code or 500, fault.name, detail=told)


def unavailable(fault: Exception) -> Response:
    return _problem(503, "unavailable", detail="the ledger cannot be written now; see the log of the service")


def unexpected() -> Response:
    return _problem(500, "unexpected fault", detail="it is in the log of the service; nothing was recorded")


# --- shapes --------------------------------------------------------------------------------------


class Seconds(Schema):
    low_s = Integer()
    high_s = Integer()


class Promise(Schema):
    code = String()
    threshold_s = Integer(allow_none=True)
    share = String(allow_none=True, metadata={"description": "0..1, decimal"})
    demonstrative = Boolean()


class ServiceOut(Schema):
    code = String()
    title = String()
    label = String()
    area = String()
    letter = String()
    open = Boolean()
    closed = String(allow_none=True, metadata={"description": "why no number is given now: a refusal code"})
    waiting = Integer()
    estimate = Nested(Seconds, allow_none=True)
    standard = Nested(Promise, allow_none=True)
    left = Integer(allow_none=True, metadata={"description": "numbers left today, where there is a quota"})


class ServicesOut(Schema):
    services = List(Nested(ServiceOut))


class TicketIn(Schema):
    service = String(required=True, validate=Length(1, 40))
    priority = Boolean(load_default=False)
    language = String(load_default="it", validate=OneOf(list(NAMES)))
    booked_at = String(
        load_default=None, allow_none=True, metadata={"description": "appointment, ISO 8601 with offset: check-in"}
    )


class TicketOut(Schema):
    id = String()
    number = String()
    letter = String()
    service = String()
    status = String()
    language = String()
    priority = Boolean()
    channel = String()
    charter = String(allow_none=True)
    standard = Nested(Promise, allow_none=True)
    issued_at = String()
    called_at = String(allow_none=True)
    started_at = String(allow_none=True)
    ended_at = String(allow_none=True)
    wait_s = Integer(allow_none=True, metadata={"description": "clock start to first call, whole seconds"})
    counter = String(allow_none=True)
    calls = Integer()
    ahead = Integer(allow_none=True)
    estimate = Nested(Seconds, allow_none=True)
    print = Dict(allow_none=True, metadata={"description": "the newest sheet: state, copy, printer"})


class CalledOut(TicketOut):
    reason = Dict(metadata={"description": "code, text, slack_s, note: why this one"})


class ActIn(Schema):
    counter = String(load_default=None, allow_none=True, validate=Length(max=20))
    why = String(load_default="", validate=Length(max=300), metadata={"description": "void: the reason"})
    service = String(load_default=None, allow_none=True, metadata={"description": "transfer: to which service"})
    to_counter = String(load_default=None, allow_none=True, metadata={"description": "transfer: to which counter"})


class CounterIn(Schema):
    clerk = String(load_default="", validate=Length(max=40), metadata={"description": "open: a pseudonym"})
    in_hand = String(load_default=None, allow_none=True, metadata={"description": "call-next: the ticket seen there"})
    ticket = String(load_default=None, allow_none=True, metadata={"description": "call: which ticket"})
    why = String(load_default="", validate=Length(max=300), metadata={"description": "call: the reason"})


class CounterOut(Schema):
    counter = String()
    open = Boolean()
    ticket = Nested(TicketOut, allow_none=True)


class DayOut(Schema):
    day = String(allow_none=True)
    open = Boolean()


class CallOut(Schema):
    n = Integer(metadata={"description": "counts the calls of the day: 1, 2, 3 …"})
    number = String()
    counter = String()
    place = String(metadata={"description": "the counter's name on screen"})
    again = Boolean(metadata={"description": "a recall"})
    at_ms = Integer()


class QueueOut(Schema):
    letter = String()
    waiting = Integer()
    longest_s = Integer(metadata={"description": "the longest wait so far, whole seconds"})


class BoardOut(Schema):
    epoch = Integer()
    seq = Integer(metadata={"description": "the last event this state contains"})
    version = String(metadata={"description": "of the program: when it changes, a screen reloads its page"})
    centre = String()
    day = String(allow_none=True)
    open = Boolean()
    now_ms = Integer()
    calls = List(Nested(CallOut), metadata={"description": "newest first"})
    queues = List(Nested(QueueOut))


class PeriodIn(Schema):
    first = Date(required=True, data_key="from")
    last = Date(required=True, data_key="to")


class KeptOut(Schema):
    service = String()
    title = Dict(metadata={"description": "the service's name, by language"})
    standard = Dict(allow_none=True, metadata={"description": "code, threshold_s, share, programmed, demonstrative"})
    charter = String(allow_none=True)
    group = String(metadata={"description": "the service, month, day … that `by` asked for"})
    n = Integer(metadata={"description": "valid tickets"})
    within = Integer()
    share = String(allow_none=True, metadata={"description": "within / n, 0..1, decimal, rounded down"})
    p50 = Integer(allow_none=True, metadata={"description": "whole seconds, nearest rank"})
    p90 = Integer(allow_none=True)
    max = Integer(allow_none=True)
    unserved = Integer()
    left = Integer()
    no_show = Integer()
    voided = Integer()
    suspect = Integer()
    turned_away = Integer()
    waiting = Integer()
    outcome = String(validate=OneOf([outcome.value for outcome in Outcome]))


class FiguresOut(Schema):
    first = Date(data_key="from")
    last = Date(data_key="to")
    by = String(validate=OneOf(BY))
    log = Dict(metadata={"description": "where the log ended: epoch, seq, hash"})
    definition = Dict(metadata={"description": "how it is measured, sentence by sentence, by language"})
    outside = Dict(metadata={"description": "how many people are outside the figures, and why"})
    rows = List(Nested(KeptOut))


class FiguresIn(PeriodIn):
    service = String(load_default=None, allow_none=True)
    by = String(load_default="service", validate=OneOf(BY))


# --- views ---------------------------------------------------------------------------------------


def _range(found: Range | None) -> Mapping[str, int] | None:
    return None if found is None else {"low_s": found[0], "high_s": found[1]}


def _promise(charter: Charter | None, code: str | None) -> Mapping[str, object] | None:
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


Sheet = Mapping[str, object] | None


def _sheet(ticket: str) -> Sheet:
    with reading() as db:
        found = spool.of_ticket(db, ticket)
    return {"state": found.state.value, "copy": found.job.copy, "printer": found.printer} if found else None


def _new_sheet() -> Sheet:
    """What `_sheet` reads of a ticket that was issued this moment."""
    printer = centre().printer
    return None if printer is None else {"state": JobState.QUEUED.value, "copy": 0, "printer": printer}


def _charter(wanted: str | None) -> Charter | None:
    return next((one for one in centre().day.charters if one.id == wanted), None)


def shown(ticket: Ticket, sheet: Sheet) -> dict[str, object]:
    """A ticket of today, and its newest sheet."""
    day, now = centre().day, centre().now()
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
        "standard": _promise(_charter(ticket.charter), ticket.standard),
        "issued_at": _iso(ticket.issued.wall_ms),
        "called_at": _iso(first.called.wall_ms if first.called else None),
        "started_at": _iso(first.started.wall_ms if first.started else None),
        "ended_at": _iso(last.ended.wall_ms if last.ended else None),
        "wait_s": wait.seconds if wait else None,
        "counter": ticket.counter,
        "calls": ticket.calls,
        "ahead": ahead(day, ticket) if ticket.first_call() is None else 0,
        "estimate": _range(estimate(day, ticket.service, now)),
        "print": sheet,
    }


def past(found: Any) -> dict[str, object]:
    """A ticket of another day."""
    same = ("id", "number", "service", "status", "language", "channel", "charter", "wait_s", "counter", "calls")
    return {
        **{name: found[name] for name in same},
        "letter": found["number"][:1],
        "priority": bool(found["priority"]),
        "standard": _promise(_charter(found["charter"]), found["standard"]),
        "issued_at": _iso(found["arrival_ms"]),
        "called_at": _iso(found["called_ms"]),
        "started_at": _iso(found["started_ms"]),
        "ended_at": _iso(found["ended_ms"]),
        "ahead": None,
        "estimate": None,
        "print": None,
    }


def ticket_view(ticket: str) -> dict[str, object]:
    """A ticket by its id, of today or of the past."""
    today = centre().day.tickets.get(ticket)
    if today is not None:
        return shown(today, _sheet(ticket))
    with reading() as db:
        found = queries.ticket(db, centre().code, ticket)
    if found is None:
        raise Refused(Reason.UNKNOWN_TICKET, ticket)
    return past(found)


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
                "estimate": _range(one.estimate),
                "standard": _promise(
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
        return shown(ticket, _new_sheet())
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
        "On to `service`, or to the counter `to_counter`: a new leg of the same journey.",
        lambda t, b: c.Transfer(
            ticket=t, service=b["service"] or _service_of(t), to_counter=b["to_counter"], counter=b["counter"]
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


def _counter_view(code: str) -> dict[str, object]:
    counter, held = centre().day.counter(code), centre().day.in_hand(code)
    return {"counter": code, "open": counter.open, "ticket": shown(held, _sheet(held.id)) if held else None}


@blueprint.post("/counters/<counter>/open")
@blueprint.auth_required(auth, roles=[Role.CLERK.value])
@blueprint.input(CounterIn, location="json", arg_name="body")
@blueprint.output(CounterOut)
def counter_open(counter: str, body: Mapping[str, Any]) -> object:
    """Open a counter."""
    do(c.OpenCounter(counter=counter, clerk=body["clerk"]))
    return _counter_view(counter)


@blueprint.post("/counters/<counter>/close")
@blueprint.auth_required(auth, roles=[Role.CLERK.value])
@blueprint.output(CounterOut)
def counter_close(counter: str) -> object:
    """Close a counter that has nobody in hand."""
    do(c.CloseCounter(counter=counter))
    return _counter_view(counter)


def _called(recorded: Any) -> ResponseReturnValue | dict[str, object]:
    called = next((one.event for one in recorded if isinstance(one.event, TicketCalled)), None)
    if called is None:
        return Response(status=204)
    reason = {
        "code": called.reason,
        "text": translator(language())(WHYS[called.reason]),
        "slack_s": called.slack_s,
        "note": called.note,
    }
    return {**ticket_view(called.ticket), "counter": called.counter, "reason": reason}


@blueprint.post("/counters/<counter>/call-next")
@blueprint.auth_required(auth, roles=[Role.CLERK.value])
@blueprint.input(CounterIn, location="json", arg_name="body")
@blueprint.output(CalledOut)
@blueprint.doc(responses={204: "Nobody waits."})
def call_next(counter: str, body: Mapping[str, Any]) -> object:
    """Call the next ticket; whoever is in hand is finished. With `in_hand`, refused if that is not who is there."""
    return _called(do(c.CallNext(counter=counter, in_hand=body["in_hand"])))


@blueprint.post("/counters/<counter>/call")
@blueprint.auth_required(auth, roles=[Role.CLERK.value])
@blueprint.input(CounterIn, location="json", arg_name="body")
@blueprint.output(CalledOut)
def call(counter: str, body: Mapping[str, Any]) -> object:
    """Call a given `ticket`, out of turn; `why` is required and kept."""
    return _called(
        do(c.CallTicket(counter=counter, ticket=body["ticket"] or "", why=body["why"], in_hand=body["in_hand"]))
    )


def _day_view() -> dict[str, object]:
    day = centre().day
    return {"day": day.label.isoformat() if day.label else None, "open": day.open}


@blueprint.post("/day/open")
@blueprint.auth_required(auth, roles=[Role.MANAGER.value])
@blueprint.output(DayOut)
def day_open() -> object:
    """Open the service day; it also opens by itself with the first number inside the hours."""
    do(c.OpenDay())
    return _day_view()


@blueprint.post("/day/close")
@blueprint.auth_required(auth, roles=[Role.MANAGER.value])
@blueprint.output(DayOut)
def day_close() -> object:
    """Close-out: who still waits becomes *unserved*, a counted outcome."""
    do(c.CloseDay())
    return _day_view()


@blueprint.get("/board")
@blueprint.auth_required(auth, roles=[Role.KIOSK.value])
@blueprint.doc(responses=answered(BoardOut))
def board() -> object:
    """What the waiting room sees, whole, with the `seq` it stands at."""
    return current_app.extensions["live"].state()


@blueprint.get("/compliance")
@blueprint.auth_required(auth, roles=[Role.MANAGER.value])
@blueprint.input(FiguresIn, location="query", arg_name="asked_for")
@blueprint.doc(responses=answered(FiguresOut))
def figures(asked_for: Mapping[str, Any]) -> object:
    """How each declared standard was kept, with the definition of the figures."""
    day = centre().day
    _ordered(asked_for)
    with reading() as db:
        found = compliance(
            db,
            centre().code,
            charters=day.charters,
            site=day.plan.site,
            first=asked_for["first"],
            last=asked_for["last"],
            by=asked_for["by"],
            service=asked_for["service"],
        )
    return to_data(found)


def _ordered(asked_for: Mapping[str, Any]) -> tuple[date, date]:
    first, last = asked_for["first"], asked_for["last"]
    if first > last:
        raise HTTPError(422, "`from` is after `to`")
    return first, last


@blueprint.get("/tickets.csv")
@blueprint.auth_required(auth, roles=[Role.MANAGER.value])
@blueprint.input(PeriodIn, location="query", arg_name="asked_for")
@blueprint.doc(responses=answered(None, "text/csv"))
def tickets_csv(asked_for: Mapping[str, Any]) -> Response:
    """Every ticket of the days `from`–`to`, one a line."""
    first, last = _ordered(asked_for)

    def lines() -> Iterator[str]:
        with reading() as db:
            yield from history.csv_lines(db, centre().code, first, last)

    name = f"tickets-{first:%Y%m%d}-{last:%Y%m%d}.csv"
    return Response(
        stream_with_context(lines()),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


# --- health --------------------------------------------------------------------------------------


def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


def readyz() -> ResponseReturnValue:
    """Commands can be recorded: the writer answers, and what it wrote can be read."""
    here = centre()
    try:
        place = here.write(lambda db: here.place)
    except Closed as fault:
        return unavailable(fault)
    return jsonify(status="ready", epoch=place[0], seq=place[1])


class Sessions(SecureCookieSessionInterface):
    """Sessions for the pages alone: programs bring a token with each request, and no cookie."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return None if request.path.startswith(f"{PREFIX}/") else super().open_session(app, request)


def mount(app: APIFlask, csrf: CSRFProtect) -> None:
    """Put the API into the application. Tokens, not cookies, open it: no CSRF token is asked."""
    csrf.exempt(blueprint)
    app.session_interface = Sessions()
    describe(app)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # what matters most stands first
    app.register_blueprint(blueprint)
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)
    app.error_processor(invalid)
