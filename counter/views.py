"""The pages of the clerk's desk. Each act is one command; its answer is the desk as it is after it."""

from typing import Any, cast

from flask import Blueprint, Response, abort, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from counter.acts import ACTS
from counter.clerks import pseudonym
from counter.desk import ABSENT_CALLS, ABSENT_S, Desk, desk, seats, timer_s, too_soon, undo_ms, version
from counter.lines import label, lines
from counter.windows import Windows
from sportello import spooling, web
from sportello.domain.clock import Instant
from sportello.domain.commands import CloseCounter, Command, OpenCounter, WalkIn
from sportello.domain.errors import Refused
from sportello.domain.events import TicketIssued
from sportello.domain.plan import Place, business_day
from sportello.domain.tickets import ServiceDay, Status, Ticket
from sportello.i18n import DEFAULT, NAMES, STAFF_NAMES, WHYS, direction, sentence, tag

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
ENTRANCES = ("choose", "open_counter", "console")  # what gives a window its number, and so carries none
ALREADY_GIVEN = (Status.WAITING, Status.CALLED, Status.SERVING)


@blueprint.record_once
def _prepare(state: Any) -> None:
    state.app.extensions["counter_windows"] = Windows()


@blueprint.url_defaults
def keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """Every address of the desk keeps the language it was asked in, and the window it was drawn for."""
    name = endpoint.removeprefix("counter.")
    if name == "static":
        return
    if web.language() != DEFAULT:
        values.setdefault("lang", web.language())
    if name != endpoint and name not in ENTRANCES and _window():
        values.setdefault("window", _window())


# --- which counter -------------------------------------------------------------------------------


@blueprint.get("/")
@web.as_clerk
def choose() -> ResponseReturnValue:
    found = seats(web.centre().day, _clerk())
    return _page("choose", seats=found, command_id=web.new_command_id())


@blueprint.post("/<code>/open")
@web.as_clerk
def open_counter(code: str) -> ResponseReturnValue:
    """Sit down, take the seat of who sits there, or bring one's own desk into this window."""
    return _done(_place(code), OpenCounter(counter=code, clerk=_clerk()), enter=True)


@blueprint.post("/<code>/close")
@web.as_clerk
def close_counter(code: str) -> ResponseReturnValue:
    place = _place(code)
    return _barred(place) or _done(place, CloseCounter(counter=code), then=url_for("counter.choose"))


# --- the console ---------------------------------------------------------------------------------


@blueprint.get("/<code>/")
@web.as_clerk
def console(code: str) -> ResponseReturnValue:
    place = _place(code)
    if _desk(place).mine:
        _enter(place)
    return _console(place)


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
    if act == "no-show" and too_soon(web.centre().day, code, web.centre().now()):
        return _barred(place) or _answer(place, _too_soon())
    return _barred(place) or _done(place, asked(code, request.values))


def _too_soon() -> str:
    told: str = _(
        "«Non c'è» si può dire dopo %(calls)s chiamate, o dopo %(s)s secondi.", calls=ABSENT_CALLS, s=ABSENT_S
    )
    return told


def _barred(place: Place) -> Response | None:
    """Why this window cannot act here: another clerk sits there, or a newer window holds the desk."""
    shown = _desk(place)
    if not shown.mine:
        return _answer(place, _("A questo sportello Lei non risulta: lo apra, o lo riprenda."))
    if shown.displaced:
        return _answer(place, _("Qui non si può: lo sportello è aperto in un'altra finestra."))
    return None


def _done(place: Place, command: Command, then: str = "", *, enter: bool = False) -> ResponseReturnValue:
    """Do it; a refusal is told on the desk, which shows what is true now. A number without paper is shown big."""
    try:
        recorded = web.do(command, actor=f"counter:{place.code}")
    except Refused as fault:
        return _answer(place, sentence(fault, web.language()))
    if isinstance(command, WalkIn) and not command.at_once:
        issued = next(one.event for one in recorded if isinstance(one.event, TicketIssued))
        return redirect(url_for("counter.given", code=place.code, ticket=issued.ticket), 303)
    if not _in_part():
        return redirect(then or url_for("counter.console", code=place.code), 303)
    if enter:
        _enter(place)
    return _moving(place)


def _answer(place: Place, problem: str) -> Response:
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
        "spoken": _spoken,
        "window": _window(),
        "absent_s": ABSENT_S,
        "absent_calls": ABSENT_CALLS,
        "too_soon": _too_soon(),
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
    return _sheet("numbers", place, found=found, sought=sought, busy=bool(held), in_hand=in_hand, window=_window())


@blueprint.get("/<code>/transfer/<ticket>")
@web.as_clerk
def transfer(code: str, ticket: str) -> ResponseReturnValue:
    place, moved = _place(code), _ticket(ticket, TRANSFERABLE)
    day = web.centre().day
    return _sheet("transfer", place, ticket=moved, services=_services(), seats=seats(day, _clerk()))


@blueprint.get("/<code>/walk-in")
@web.as_clerk
def walk_in(code: str) -> ResponseReturnValue:
    """Take in somebody who has no number."""
    held = web.centre().day.in_hand(code)
    return _sheet("walk_in", _place(code), services=_services(), names=NAMES, hand=held)


@blueprint.get("/<code>/given/<ticket>")
@web.as_clerk
def given(code: str, ticket: str) -> ResponseReturnValue:
    """The number of somebody taken in without paper, to be said or written down."""
    found = _ticket(ticket, ALREADY_GIVEN)
    service = label(web.centre().day, found.service, web.language())
    return _sheet("given", _place(code), ticket=found, service=service)


@blueprint.get("/<code>/keys")
@web.as_clerk
def keys(code: str) -> ResponseReturnValue:
    """Which key does what; the browser keeps what the clerk changes."""
    return _sheet("keys", _place(code))


def _services() -> list[tuple[str, str, str]]:
    """Code, letter and name of every service that gives numbers here."""
    day = web.centre().day
    return [(offer.service, offer.letter, label(day, offer.service, web.language())) for offer in day.plan.offers]


@blueprint.get("/<code>/void/<ticket>")
@web.as_clerk
def void(code: str, ticket: str) -> ResponseReturnValue:
    return _sheet("void", _place(code), ticket=_ticket(ticket, VOIDABLE))


@blueprint.get("/<code>/fault")
@web.as_clerk
def fault(code: str) -> ResponseReturnValue:
    """Stop giving numbers, or go on."""
    place, day = _place(code), web.centre().day
    services = [(service, name) for service, letter, name in _services()]
    return _sheet("fault", place, services=services, stopped=day.stopped)


def _sheet(template: str, place: Place, **texts: Any) -> Response:
    page = _page(template, place=place, spoken=_spoken, command_id=web.new_command_id(), **texts)
    page.headers["X-Sheet"] = template
    return page


# --- what they share -----------------------------------------------------------------------------


def _page(template: str, **texts: Any) -> Response:
    """A whole page, or its content alone where a console shows it inside itself."""
    layout = "counter/part.html" if _in_part() else "counter/page.html"
    texts = {"languages": STAFF_NAMES, "demo": web.config().demo, "clerk": current_user.id, **texts}
    return make_response(render_template(f"counter/{template}.html", lang=web.language(), layout=layout, **texts))


def _in_part() -> bool:
    return request.headers.get("X-Part") == "1"


def _spoken(language: str) -> dict[str, str]:
    """A visitor's language by its own name, as it is written."""
    return {"name": NAMES.get(language, language), "lang": tag(language), "dir": direction(language)}


def _windows() -> Windows:
    return cast(Windows, current_app.extensions["counter_windows"])


def _enter(place: Place) -> None:
    """From now on this window holds the desk."""
    g.window = _windows().opened(place.code, web.centre().now().wall_ms)


def _window() -> int:
    """The number of the window that asks, or 0: a script says it in a header, a plain form in its address."""
    if "window" not in g:
        said = request.headers.get("X-Window") or request.values.get("window", "")
        g.window = int(said) if said.isascii() and said.isdigit() and len(said) < 16 else 0
    return cast(int, g.window)


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
    at = web.centre().now()
    holding = _windows().holds(place.code, _window(), at.wall_ms)
    unprinted = tuple(one.job.slip.number for one in spooling.in_doubt(web.centre()))
    return desk(web.centre().day, place, _clerk(), at, web.language(), holding=holding, unprinted=unprinted)
