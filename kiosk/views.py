"""The kiosk's pages: what is offered, one service, the visitor's number."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from functools import partial
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from kiosk import menu, words
from kiosk.paper import Paper, paper
from sportello import web
from sportello.centre import Closed
from sportello.domain.boards import Choice, ahead, choices, estimate
from sportello.domain.charter import Area, Charter
from sportello.domain.commands import IssueTicket, Reprint
from sportello.domain.errors import Reason, Refused
from sportello.domain.events import TicketIssued
from sportello.domain.plan import next_numbers, next_opening, sessions
from sportello.domain.tickets import Ticket
from sportello.i18n import DEFAULT, NAMES, sentence
from sportello.ledger import spool
from sportello.ledger.db import Broken

LOG = logging.getLogger(__name__)
ACTOR = "kiosk"
IDLE_S = 60  # without a touch, until the question
ANSWER_S = 20  # to answer it
NUMBER_S = 20  # that a number stays on the screen
LONGER_S = 45  # the same where there is no paper: time to write it down or photograph it

blueprint = Blueprint(
    "kiosk", __name__, template_folder="templates", static_folder="static", static_url_path="/kiosk/static"
)


@blueprint.context_processor
def _shared() -> dict[str, object]:
    """What every page of the kiosk needs."""
    centre = web.centre()
    return {
        "lang": web.language(),
        "languages": NAMES,
        "centre": centre.day.plan.name,
        "clock": f"{centre.now().local():%-H:%M}",
        "demo": web.config().demo,
        "way": way,
        "same_page_in": same_page_in,
        "turned": turned,
        "here": words_here,
        "words": words,
        "command_id": web.new_command_id(),
        "idle_s": IDLE_S,
        "answer_s": ANSWER_S,
    }


def way(endpoint: str, **values: Any) -> str:
    """The address of a page in the visitor's language, which stands in the address and nowhere else."""
    return url_for(f"kiosk.{endpoint}", **values, **_kept(web.language()))


def same_page_in(language: str) -> str:
    """The address of this page in another language; of the start after a form was sent."""
    if request.method != "GET" or not request.endpoint:
        return url_for("kiosk.start", **_kept(language))
    page: Mapping[str, Any] = {"page": request.args["page"]} if "page" in request.args else {}
    return url_for(request.endpoint, **(request.view_args or {}), **page, **_kept(language))


def turned(page: int) -> str:
    """The address of another screenful of this list."""
    return url_for(request.endpoint or "kiosk.start", **(request.view_args or {}), page=page, **_kept(web.language()))


def _kept(language: str) -> Mapping[str, Any]:
    """The language in an address; Italian needs no word."""
    return {} if language == DEFAULT else {"lang": language}


def words_here(text: Mapping[str, str]) -> str:
    """A text of the charter in the visitor's language."""
    return words.in_language(text, web.language())


# --- choosing --------------------------------------------------------------------------------------


def offered() -> tuple[Choice, ...]:
    return choices(web.centre().day, web.centre().now())


def reopens(choice: Choice) -> str:
    """When a closed service gives numbers again, in words; empty where nobody knows."""
    day, now = web.centre().day, web.centre().now().local()
    found = next_numbers(day.plan, choice.offer, _after(now))
    return words.moment(found, now, web.language()) if found else ""


def _after(now: datetime) -> datetime:
    """From when to look for the next opening: not before tomorrow once the day was closed by hand."""
    day = web.centre().day
    closed_today = not day.open and day.label == now.date()
    return datetime.combine(now.date(), time.max, now.tzinfo) if closed_today else now


def status(choice: Choice) -> str:
    """The line under a service's name."""
    if choice.closed is not None:
        return words.why_not(choice.closed, reopens(choice))
    if choice.estimate is not None:
        return f"{words.people(choice.waiting)} · {words.estimate(choice.estimate)}"
    return words.people(choice.waiting)


@blueprint.get("/")
@web.at_kiosk
def start() -> ResponseReturnValue:
    found = offered()
    if not found:
        return render_template("kiosk/stop.html", text=_("Oggi il totem non dà numeri. Chieda a un operatore."))
    if all(choice.closed is Reason.CLOSED for choice in found):
        return _closed()
    areas = menu.areas(_charter(), found)
    if len(areas) > 1:
        return render_template("kiosk/areas.html", areas=areas, until=_until(), examples=partial(_examples, found))
    return _services(found)


def _until() -> str:
    """When numbers end today; empty where the centre is always open."""
    plan, now = web.centre().day.plan, web.centre().now().local()
    ends = [] if plan.always_open else [opening.end for opening in sessions(plan, now.date())]
    return words.time_of(max(ends)) if ends else ""


def _examples(found: Sequence[Choice], area: Area) -> str:
    """The first services of a macro-area, so that its name need not explain itself."""
    labels = [words_here(choice.sheet.label) for choice in found if choice.sheet.area == area.code]
    return ", ".join(labels[:3]) + (", …" if len(labels) > 3 else "")


@blueprint.get("/area/<code>")
@web.at_kiosk
def area(code: str) -> ResponseReturnValue:
    found = [choice for choice in offered() if choice.sheet.area == code]
    if not found:
        return redirect(way("start"))
    title = next(words_here(area.title) for area in _charter().areas if area.code == code)
    return _services(found, title=title)


def _services(found: Sequence[Choice], title: str = "") -> str:
    wanted = request.args.get("page", 1, type=int)
    return render_template(
        "kiosk/services.html", leaf=menu.leaf(found, wanted), title=title, status=status, until=_until()
    )


def _charter() -> Charter:
    day, now = web.centre().day, web.centre().now()
    charter = day.charter(now.local().date()) or day.charter()
    assert charter is not None, "services are offered from a charter only"
    return charter


def _closed() -> str:
    """The doors are closed: the hours, and when they open again."""
    plan, now = web.centre().day.plan, web.centre().now().local()
    opens = next_opening(plan, _after(now))
    return render_template(
        "kiosk/closed.html",
        opens=words.moment(opens, now, web.language()) if opens else "",
        week=words.week(plan, web.language()),
    )


@blueprint.get("/service/<code>")
@web.at_kiosk
def service(code: str) -> ResponseReturnValue:
    found = offered()
    choice = next((choice for choice in found if choice.offer.service == code), None)
    if choice is None:
        return redirect(way("start"))
    back = way("area", code=choice.sheet.area) if len(menu.areas(_charter(), found)) > 1 else way("start")
    return render_template("kiosk/service.html", choice=choice, status=status(choice), back=back)


@blueprint.get("/measure")
@web.at_kiosk
def measure() -> ResponseReturnValue:
    """Where a technician tells this screen how large a millimetre is, once."""
    return render_template("kiosk/measure.html")


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
    day, now = web.centre().day, web.centre().now()
    sheet = _charter().sheet(ticket.service)
    where = _paper(ticket.id)
    return render_template(
        "kiosk/number.html",
        ticket=ticket,
        service=words_here(sheet.label) if sheet else "",
        ahead=ahead(day, ticket),
        likely=estimate(day, ticket.service, now),
        paper=where,
        stays_s=LONGER_S if where in (Paper.FAILED, Paper.NONE) else NUMBER_S,
        longer_s=LONGER_S,
    )


def _paper(ticket: str) -> Paper:
    with web.reading() as db:
        return paper(spool.of_ticket(db, ticket))


@blueprint.get("/number/<ticket>/paper.json")
@web.at_kiosk
def paper_json(ticket: str) -> ResponseReturnValue:
    """How far the newest sheet of a ticket has come: coming, out, failed or none."""
    return jsonify(paper=_paper(ticket).value)


@blueprint.post("/number/<ticket>/reprint")
@web.at_kiosk
def reprint(ticket: str) -> ResponseReturnValue:
    web.do(Reprint(ticket=ticket), actor=ACTOR)
    return redirect(way("number", ticket=ticket), 303)


# --- what may go wrong -------------------------------------------------------------------------------


@blueprint.errorhandler(Refused)
def refused(fault: Refused) -> ResponseReturnValue:
    """No number: why, and what to do, on a page that leads back to the start."""
    return render_template("kiosk/stop.html", text=sentence(fault, web.language())), 409


@blueprint.errorhandler(Broken)
@blueprint.errorhandler(Closed)
def away(fault: Exception) -> ResponseReturnValue:
    LOG.error("%s", fault)
    return render_template("kiosk/stop.html", text=_("Il totem riparte tra un momento. Chieda a un operatore.")), 503


@blueprint.errorhandler(HTTPException)
def unclear(fault: HTTPException) -> ResponseReturnValue:
    """A request that is not ours to answer, at a screen where somebody stands."""
    if fault.code == 403:
        return web.fault_page(403)
    text = _("Qualcosa non è riuscito. Ricominci, o chieda a un operatore.")
    return render_template("kiosk/stop.html", text=text), fault.code or 500
