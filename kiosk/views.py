"""The kiosk's pages: what is offered, one service, the visitor's number, a clerk called."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time
from functools import partial

import segno
from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from kiosk import expected, menu, words
from kiosk.expected import Miss
from kiosk.paper import Paper, answer, newest, paper, told
from kiosk.way import LOUDEST, USUAL, back, came_from, same_page, state, way
from kiosk.words import _
from sportello import web
from sportello.centre import Closed
from sportello.domain.boards import Choice, ahead, choices
from sportello.domain.charter import Area, Charter, Purpose, Text
from sportello.domain.commands import AnswerStaff, CallStaff, IssueTicket, Reprint
from sportello.domain.errors import Reason, Refused
from sportello.domain.estimates import likely_after_closing
from sportello.domain.events import TicketIssued
from sportello.domain.plan import lets_in, next_numbers, next_opening, sessions
from sportello.domain.tickets import Ticket
from sportello.i18n import DEFAULT, NAMES, direction, tag
from sportello.ledger.db import Broken
from sportello.ledger.devices import Face
from sportello.voice.letters import letter
from sportello.voice.numbers import words as in_words

LOG = logging.getLogger(__name__)
ACTOR = "kiosk"
HERE = "totem"  # the box's own kiosk, which nobody named
IDLE_S = 60  # without a touch, until the question
LISTENING_S = 120  # the same for who listens to the audio guide
ANSWER_S = 20  # to answer it
NUMBER_S = 30  # that a number stays on the screen
LONGER_S = 60  # the same where there is no paper: time to write it down or photograph it

blueprint = Blueprint(
    "kiosk", __name__, template_folder="templates", static_folder="static", static_url_path="/kiosk/static"
)
blueprint.record_once(expected.keep_tries)


@blueprint.context_processor
def _shared() -> dict[str, object]:
    """What every page of the kiosk needs."""
    centre, kept = web.centre(), state()
    return {
        "state": kept,
        "lang": kept.language,
        "tag": tag,
        "dir": direction,
        "languages": languages(),
        "autonym": NAMES,
        "centre": centre.day.plan.name,
        "clock": f"{centre.now().local():%-H:%M}",
        "demo": web.config().demo,
        "way": way,
        "in_language": lambda code: same_page(replace(kept, language=code)),
        "turned": lambda view: same_page(kept.with_view(view)),
        "heard_at": lambda step: same_page(kept.with_ear(step)),
        "usual_ear": USUAL,
        "loudest": LOUDEST,
        "here": words_here,
        "words": words,
        "called": where() in centre.day.helps,
        "path": request.path if request.method == "GET" else url_for("kiosk.start"),
        "command_id": web.new_command_id(),
        "idle_s": LISTENING_S if kept.ear else IDLE_S,
        "answer_s": ANSWER_S,
    }


@blueprint.after_request
def _leave_the_way_to_the_page(answer: Response) -> Response:
    """A form that a page sends itself (guard.js) is told where to go: a browser that followed it there would have the
    next page made twice.
    """
    if "X-Sent-By-Page" in request.headers and answer.location:
        answer.status_code = 201
    return answer


def where() -> str:
    """What the clerks call this kiosk."""
    device = web.screen(Face.KIOSK)
    return (device.name if device else "") or HERE


def languages() -> Sequence[str]:
    """The languages of this centre; Italian is always one, as a fresh start is in it."""
    planned = web.centre().day.plan.languages
    return planned if DEFAULT in planned else (DEFAULT, *planned)


def words_here(text: Text) -> str:
    """A text of the charter in the visitor's language."""
    return words.in_language(text, web.language())


# --- choosing --------------------------------------------------------------------------------------


def offered() -> tuple[Choice, ...]:
    return choices(web.centre().day, web.centre().now())


def reopens(choice: Choice) -> Markup | None:
    """When a closed service gives numbers again, in words; None where nobody knows."""
    day, now = web.centre().day, web.centre().now().local()
    after = _end_of(now) if choice.closed is Reason.QUOTA_FULL else _after(now)
    found = next_numbers(day.plan, choice.offer, after)
    return words.moment(found, now, web.language()) if found else None


def _end_of(now: datetime) -> datetime:
    return datetime.combine(now.date(), time.max, now.tzinfo)


def _after(now: datetime) -> datetime:
    """From when to look for the next opening: not before tomorrow once the day was closed by hand."""
    day = web.centre().day
    closed_today = not day.open and day.label == now.date()
    return _end_of(now) if closed_today else now


def status(choice: Choice) -> Sequence[Markup]:
    """The facts under a service's name."""
    if choice.closed is not None:
        return [words.why_not(choice.closed, reopens(choice))]
    likely = [words.estimate(choice.estimate)] if choice.estimate is not None else []
    return [*likely, words.people(choice.waiting)]


@blueprint.get("/")
@web.at_kiosk
def start() -> ResponseReturnValue:
    found = offered()
    if not found:
        return _no_numbers(_("Oggi il totem non dà numeri."))
    for reason, page in WHOLE_CENTRE.items():
        if all(choice.closed is reason for choice in found):
            return page(found)
    rows = menu.listed(found)
    areas = menu.areas(_charter(), rows)
    if len(areas) > 1:
        return render_template("kiosk/areas.html", areas=areas, until=_until(), examples=partial(_examples, rows))
    return _services(rows)


def _until() -> str:
    """When the doors close next today; empty where the centre is always open."""
    plan, now = web.centre().day.plan, web.centre().now().local()
    minute = now.hour * 60 + now.minute
    ends = [] if plan.always_open else [one.end for one in sessions(plan, now.date()) if minute < one.end]
    return words.time_of(min(ends)) if ends else ""


def _examples(rows: Sequence[Choice], area: Area) -> str:
    """The first services of a macro-area, so that its name need not explain itself."""
    labels = [words_here(choice.sheet.label) for choice in rows if choice.sheet.area == area.code]
    return ", ".join(labels[:3]) + (", …" if len(labels) > 3 else "")


@blueprint.get("/area/<code>")
@web.at_kiosk
def area(code: str) -> ResponseReturnValue:
    found = offered()
    rows = [choice for choice in menu.listed(found) if choice.sheet.area == code]
    if not rows:
        return redirect(way("start"))
    title = next(words_here(area.title) for area in _charter().areas if area.code == code)
    return _services(rows, title=title)


def _services(rows: Sequence[Choice], title: str = "") -> str:
    return render_template("kiosk/services.html", rows=rows, title=title, status=status, until=_until())


def _charter() -> Charter:
    day, now = web.centre().day, web.centre().now()
    charter = day.charter(now.local().date()) or day.charter()
    assert charter is not None, "services are offered from a charter only"
    return charter


@blueprint.get("/service/<code>")
@web.at_kiosk
def service(code: str) -> ResponseReturnValue:
    found = offered()
    choice = next((choice for choice in found if choice.offer.service == code), None)
    if choice is None:
        return redirect(way("start"))
    if choice.sheet.role is Purpose.WELCOME:
        return redirect(way("unsure"))
    among = len(menu.areas(_charter(), menu.listed(found))) > 1 and choice.sheet.role is None
    return _service(choice, way("area", code=choice.sheet.area) if among else way("start"))


def _service(choice: Choice, before: str, template: str = "kiosk/service.html") -> str:
    day, now = web.centre().day, web.centre().now()
    late = choice.closed is None and likely_after_closing(day, choice.offer.service, now)
    return render_template(template, choice=choice, status=status, before=before, late=_until() if late else "")


@blueprint.get("/unsure")
@web.at_kiosk
def unsure() -> ResponseReturnValue:
    """For who does not know what to choose: a number for the clerk who listens, or a clerk called here."""
    choice = menu.purpose(offered(), Purpose.WELCOME)
    if choice is None or choice.closed is not None:
        return _halt(_("Un operatore La aiuta a scegliere."))
    return _service(choice, way("start"), "kiosk/unsure.html")


@blueprint.get("/languages")
@web.at_kiosk
def every_language() -> ResponseReturnValue:
    kept = state()
    there = {code: back(replace(kept, language=code)) for code in languages()}
    return render_template("kiosk/languages.html", there=there, before=back())


@blueprint.get("/measure")
@web.at_kiosk
def measure() -> ResponseReturnValue:
    """Where a technician tells this screen how large a millimetre is, once."""
    return render_template("kiosk/measure.html")


# --- no numbers now ----------------------------------------------------------------------------------


def _halt(title: Markup, *told: Markup, **more: object) -> str:
    """Why there is no number, and everything that can be done instead."""
    plan, now = web.centre().day.plan, web.centre().now().local()
    return render_template("kiosk/halt.html", title=title, told=told, expected=lets_in(plan, now), **more)


def _no_numbers(title: Markup, *told: Markup, **more: object) -> str:
    return _halt(title, *told, kind="start halt", **more)


def _closed(found: Sequence[Choice]) -> str:
    """The doors are closed: the hours, and when they open again."""
    plan, now = web.centre().day.plan, web.centre().now().local()
    opens = next_opening(plan, _after(now))
    told = [_("Riapre %(moment)s.", moment=words.moment(opens, now, web.language()))] if opens else []
    return _no_numbers(_("Ora non si danno numeri."), *told, week=words.week(plan, web.language()))


def _full(found: Sequence[Choice]) -> str:
    """Every number of today was given."""
    plan, now = web.centre().day.plan, web.centre().now().local()
    again = [next_numbers(plan, choice.offer, _end_of(now)) for choice in found]
    soonest = min((when for when in again if when), default=None)
    told = [_("Altri numeri: %(moment)s.", moment=words.moment(soonest, now, web.language()))] if soonest else []
    return _no_numbers(_("I numeri di oggi sono finiti."), *told)


def _stopped(found: Sequence[Choice]) -> str:
    """An outage: the clerks know."""
    return _no_numbers(_("Ora il totem non dà numeri."), _("Gli operatori lo sanno già."))


WHOLE_CENTRE: dict[Reason, Callable[[Sequence[Choice]], str]] = {
    Reason.CLOSED: _closed,
    Reason.QUOTA_FULL: _full,
    Reason.ISSUING_STOPPED: _stopped,
}


# --- the number ------------------------------------------------------------------------------------


@blueprint.post("/take")
@web.at_kiosk
def take() -> ResponseReturnValue:
    """Give a number. The same form sent twice gives the same one."""
    command = IssueTicket(
        service=request.form.get("service", ""),
        language=web.language(),
        priority=request.form.get("priority") == "1",
    )
    issued = web.do(command, actor=ACTOR)
    ticket = next(record.event.ticket for record in issued if isinstance(record.event, TicketIssued))
    return redirect(way("number", ticket=ticket), 303)


@blueprint.get("/number/<ticket>")
@web.at_kiosk
def number(ticket: str) -> ResponseReturnValue:
    found = web.centre().day.tickets.get(ticket)
    if found is None:
        return redirect(way("start"))
    return _number(found)


def _number(ticket: Ticket) -> str:
    day, now = web.centre().day, web.centre().now().local()
    sheet, language = _charter().sheet(ticket.service), web.language()
    printing, phone = newest(ticket.id), web.phone_address(ticket.id)
    printed = paper(printing)
    longer = bool(state().ear) or printed not in (Paper.COMING, Paper.OUT)
    return render_template(
        "kiosk/number.html",
        ticket=ticket,
        spelled=f"{letter(ticket.letter, language)}, {in_words(ticket.number, language)}",
        service=words_here(sheet.label) if sheet else "",
        booked=words.booked(ticket.booked_ms, now, language) if ticket.booked_ms else None,
        ahead=ahead(day, ticket),
        likely=ticket.quote_s,
        **told(printing),
        phone=segno.make(phone, error="m").svg_data_uri(border=2, light="#fff") if phone else "",
        stays_s=LISTENING_S if state().ear else LONGER_S if longer else NUMBER_S,
        longer_s=LONGER_S,
        answer_id=web.new_command_id(),
    )


@blueprint.get("/number/<ticket>/paper.json")
@web.at_kiosk
def paper_json(ticket: str) -> ResponseReturnValue:
    """How far the newest sheet of a ticket has come: `paper` is a word of `Paper`, `copy` its number, `elsewhere` the
    printer it comes out of where that is not the usual one."""
    return jsonify(told(newest(ticket)))


@blueprint.post("/number/<ticket>/paper")
@web.at_kiosk
def paper_seen(ticket: str) -> ResponseReturnValue:
    """Whether the sheet came out, in the visitor's own word; if it did not, one more is printed."""
    copy = request.form.get("copy", type=int, default=0)
    answer(ticket, copy=copy, out=request.form.get("out") == "yes", actor=ACTOR)
    return redirect(way("number", ticket=ticket), 303)


@blueprint.post("/number/<ticket>/reprint")
@web.at_kiosk
def reprint(ticket: str) -> ResponseReturnValue:
    web.do(Reprint(ticket=ticket), actor=ACTOR)
    return redirect(way("number", ticket=ticket), 303)


# --- who is expected -----------------------------------------------------------------------------------


@blueprint.get("/appointment")
@web.at_kiosk
def appointment() -> ResponseReturnValue:
    """Where a code is typed or read. Why the last one gave no number, if one was."""
    return _appointment(request.args.get("miss", ""))


def _appointment(miss: str) -> str:
    found = offered()
    instead = menu.purpose(found, Purpose.APPOINTMENT) or menu.purpose(found, Purpose.WELCOME)
    takes = instead is not None and instead.closed is None
    return render_template("kiosk/appointment.html", miss=miss, instead=instead if takes else None)


@blueprint.post("/appointment")
@web.at_kiosk
def check_in() -> ResponseReturnValue:
    """Give the number of an appointment. The same code again gives the same number."""
    kiosk, language = request.remote_addr or "", web.language()
    found = expected.check_in(request.form.get("code", ""), kiosk=kiosk, language=language, actor=ACTOR)
    if found.ticket:
        return redirect(way("number", ticket=found.ticket), 303)
    if found.miss is Miss.OTHER_DAY and found.appointment is not None:
        when = words.booked(found.appointment.booked_ms, web.centre().now().local(), language)
        return _halt(words.refusal(Reason.BAD_TIME), when)
    return redirect(way("appointment", miss=(found.miss or Miss.UNKNOWN).value), 303)


# --- a clerk called ------------------------------------------------------------------------------------


@blueprint.post("/staff")
@web.at_kiosk
def call_staff() -> ResponseReturnValue:
    """A clerk is wanted here; asked for twice, one comes."""
    web.do(CallStaff(where=where()), actor=ACTOR)
    return redirect(way("staff", back=came_from()), 303)


@blueprint.get("/staff")
@web.at_kiosk
def staff() -> ResponseReturnValue:
    return render_template("kiosk/staff.html", before=back(), came_from=came_from())


@blueprint.post("/staff/settled")
@web.at_kiosk
def settled() -> ResponseReturnValue:
    """Who called does not need a clerk any more."""
    web.do(AnswerStaff(where=where()), actor=ACTOR)
    return redirect(back(), 303)


# --- what may go wrong -------------------------------------------------------------------------------


@blueprint.errorhandler(Refused)
def refused(fault: Refused) -> ResponseReturnValue:
    """No number: why, and what to do, on a page that leads back to the start."""
    return _halt(words.refusal(fault.reason)), 409


@blueprint.errorhandler(Broken)
@blueprint.errorhandler(Closed)
def away(fault: Exception) -> ResponseReturnValue:
    LOG.error("%s", fault)
    return _halt(_("Il totem riparte tra un momento.")), 503


@blueprint.errorhandler(HTTPException)
def unclear(fault: HTTPException) -> ResponseReturnValue:
    """A request that is not ours to answer, at a screen where somebody stands."""
    if fault.code == 403:
        return web.fault_page(403)
    return _halt(words.refusal(Reason.COMMAND_REUSED)), fault.code or 500
