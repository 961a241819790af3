"""The pages of the clerk's desk. Each act is one command; its answer is the desk as it is after it."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from counter.acts import ACTS
from counter.clerks import pseudonym
from counter.desk import Desk, desk, seats, timer_s, undo_ms, version
from counter.lines import label, lines
from sportello import web
from sportello.domain.clock import Instant
from sportello.domain.commands import CloseCounter, Command, OpenCounter
from sportello.domain.errors import Refused
from sportello.domain.plan import Place, business_day
from sportello.domain.tickets import ServiceDay, Status, Ticket
from sportello.i18n import DEFAULT, NAMES, STAFF_NAMES, WHYS, sentence

blueprint = Blueprint(
    "counter",
    __name__,
    url_prefix="/counter",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)
TRANSFERABLE = (Status.WAITING, Status.CALLED, Status.SERVING, Status.HELD)
VOIDABLE = (Status.WAITING, Status.CALLED, Status.HELD, Status.NO_SHOW)


@blueprint.url_defaults
def keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """Every address of the desk keeps the language it was asked in."""
    if not endpoint.endswith(".static") and web.language() != DEFAULT:
        values.setdefault("lang", web.language())


# --- which counter -------------------------------------------------------------------------------


@blueprint.get("/")
@web.as_clerk
def choose() -> ResponseReturnValue:
    found = seats(web.centre().day, _clerk())
    return _page("choose", seats=found, command_id=web.new_command_id())


@blueprint.post("/<code>/open")
@web.as_clerk
def open_counter(code: str) -> ResponseReturnValue:
    return _done(_place(code), OpenCounter(counter=code, clerk=_clerk()))


@blueprint.post("/<code>/close")
@web.as_clerk
def close_counter(code: str) -> ResponseReturnValue:
    return _done(_place(code), CloseCounter(counter=code), then=url_for("counter.choose"))


# --- the console ---------------------------------------------------------------------------------


@blueprint.get("/<code>/")
@web.as_clerk
def console(code: str) -> ResponseReturnValue:
    return _console(_place(code))


@blueprint.get("/<code>/now")
@web.as_clerk
def now(code: str) -> ResponseReturnValue:
    """The moving part of a console; 204 while it is what the console has `seen` already."""
    place = _place(code)
    at, shown = web.centre().now(), _desk(place)
    if request.args.get("seen") == version(shown, web.language()):
        return _stamped(make_response("", 204), shown, at)
    return _moving(place)


@blueprint.post("/<code>/<act>")
@web.as_clerk
def perform(code: str, act: str) -> ResponseReturnValue:
    """One act of the clerk who sits at this counter."""
    place = _place(code)
    asked = ACTS.get(act)
    if asked is None:
        abort(404)
    if not _desk(place).mine:
        return _answer(place, _("A questo sportello Lei non risulta: lo apra, o lo riprenda."))
    return _done(place, asked(code, request.values))


def _done(place: Place, command: Command, then: str | None = None) -> ResponseReturnValue:
    """Do it; a refusal is told on the desk, which shows what is true now."""
    try:
        web.do(command, actor=f"counter:{place.code}")
    except Refused as fault:
        return _answer(place, sentence(fault, web.language()))
    if _in_part():
        return _moving(place)
    return redirect(then or url_for("counter.console", code=place.code), 303)


def _answer(place: Place, problem: str) -> ResponseReturnValue:
    answer = _moving(place, problem) if _in_part() else _console(place, problem)
    answer.status_code = 409
    return answer


def _console(place: Place, problem: str = "") -> Response:
    shown = _desk(place)
    return _stamped(_page("console", desk=shown, problem=problem, **_words(shown)), shown, web.centre().now())


def _moving(place: Place, problem: str = "") -> Response:
    shown = _desk(place)
    page = render_template("counter/now.html", lang=web.language(), desk=shown, problem=problem, **_words(shown))
    return _stamped(make_response(page), shown, web.centre().now())


def _words(shown: Desk) -> dict[str, Any]:
    """What the moving part needs besides the desk itself."""
    day, at = web.centre().day, web.centre().now()
    return {
        "whys": WHYS,
        "names": NAMES,
        "new_id": web.new_command_id,
        "version": version(shown, web.language()),
        "timer_s": timer_s(day, shown.code, at),
        "undo_ms": undo_ms(day, shown.code, at),
    }


def _stamped(response: Response, shown: Desk, at: Instant) -> Response:
    """The readings a console goes on counting from."""
    day = web.centre().day
    response.headers["X-Desk-Version"] = version(shown, web.language())
    response.headers["X-Timer-Seconds"] = str(timer_s(day, shown.code, at))
    response.headers["X-Undo-Milliseconds"] = str(undo_ms(day, shown.code, at))
    return response


# --- sheets: what needs one more question --------------------------------------------------------


@blueprint.get("/<code>/numbers")
@web.as_clerk
def numbers(code: str) -> ResponseReturnValue:
    """Who waits, is held or did not come, to choose from."""
    place, sought = _place(code), request.args.get("q", "")[:40]
    found = lines(web.centre().day, code, web.centre().now(), web.language(), sought)
    held = web.centre().day.in_hand(code)
    in_hand = held.id if held else ""
    return _sheet("numbers", place, found=found, sought=sought, names=NAMES, busy=bool(held), in_hand=in_hand)


@blueprint.get("/<code>/transfer/<ticket>")
@web.as_clerk
def transfer(code: str, ticket: str) -> ResponseReturnValue:
    place, moved = _place(code), _ticket(ticket, TRANSFERABLE)
    day = web.centre().day
    services = [(offer.service, offer.letter, label(day, offer.service, web.language())) for offer in day.plan.offers]
    return _sheet("transfer", place, ticket=moved, services=services, seats=seats(day, _clerk()))


@blueprint.get("/<code>/void/<ticket>")
@web.as_clerk
def void(code: str, ticket: str) -> ResponseReturnValue:
    return _sheet("void", _place(code), ticket=_ticket(ticket, VOIDABLE))


@blueprint.get("/<code>/fault")
@web.as_clerk
def fault(code: str) -> ResponseReturnValue:
    """Stop giving numbers, or go on."""
    place, day = _place(code), web.centre().day
    services = [(offer.service, label(day, offer.service, web.language())) for offer in day.plan.offers]
    return _sheet("fault", place, services=services, stopped=day.stopped)


def _sheet(template: str, place: Place, **texts: Any) -> Response:
    return _page(template, place=place, command_id=web.new_command_id(), **texts)


# --- what they share -----------------------------------------------------------------------------


def _page(template: str, **texts: Any) -> Response:
    """A whole page, or its content alone where a console shows it inside itself."""
    layout = "counter/part.html" if _in_part() else "counter/page.html"
    texts = {"names": NAMES, "languages": STAFF_NAMES, "demo": web.config().demo, "clerk": current_user.id, **texts}
    return make_response(render_template(f"counter/{template}.html", lang=web.language(), layout=layout, **texts))


def _in_part() -> bool:
    return request.headers.get("X-Part") == "1"


def _place(code: str) -> Place:
    place = web.centre().day.plan.place(code)
    if place is None:
        abort(404)
    return place


def _ticket(ticket: str, statuses: tuple[Status, ...]) -> Ticket:
    """A ticket that can still be asked about; 404 once it is somewhere else."""
    day: ServiceDay = web.centre().day
    found = day.tickets.get(ticket)
    if found is None or found.status not in statuses:
        abort(404)
    return found


def _clerk() -> str:
    day = business_day(web.centre().now().local())
    return pseudonym(current_user.id, day, current_app.config["SECRET_KEY"])


def _desk(place: Place) -> Desk:
    return desk(web.centre().day, place, _clerk(), web.centre().now(), web.language())
