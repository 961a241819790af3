"""One number followed on a telephone: who is before it, how long it may take, where to go."""

from dataclasses import dataclass
from enum import StrEnum

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from sportello import web, words
from sportello.domain.boards import ahead
from sportello.domain.tickets import Status, Ticket
from sportello.i18n import direction, locale, tag
from sportello.opinions import Opinions, scores

blueprint = Blueprint("phone", __name__, url_prefix="/t", template_folder="templates", static_folder="static")


class Stage(StrEnum):
    """Where a visit stands, as far as its owner needs to know."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    ABSENT = "absent"
    OVER = "over"


STAGES = {
    Status.WAITING: Stage.WAITING,
    Status.CALLED: Stage.CALLED,
    Status.SERVING: Stage.SERVING,
    Status.HELD: Stage.HELD,
    Status.NO_SHOW: Stage.ABSENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What the page shows. `place`: where to go, once called; `call` tells one call from the next."""

    stage: Stage
    number: str
    before: str
    likely: str
    place: str
    room: str
    call: int
    ask: bool  # how it went


def live(ticket: str) -> Ticket:
    """The ticket behind an address, until its day is over; 404 afterwards, and for any other."""
    day, today = web.centre().day, web.centre().now().local().date()
    found = day.tickets.get(ticket) if day.label == today else None
    return found or abort(404)


def now(ticket: Ticket) -> Now:
    day = web.centre().day
    stage = STAGES.get(ticket.status, Stage.OVER)
    place = day.plan.place(ticket.counter or "")
    waits = stage is Stage.WAITING
    return Now(
        stage=stage,
        number=ticket.code,
        before=words.ahead(ahead(day, ticket), _) if waits else "",
        likely=words.estimate(*ticket.quote_s, _) if waits and ticket.quote_s else "",
        place=place.name if place else ticket.counter or "",
        room=place.room if place else "",
        call=ticket.calls,
        ask=stage is Stage.OVER and opinions().wanted(day.plan, ticket),
    )


def opinions() -> Opinions:
    found: Opinions = current_app.extensions["opinions"]
    return found


@blueprint.get("/<ticket>")
def page(ticket: str) -> ResponseReturnValue:
    return _told("page", live(ticket))


@blueprint.get("/<ticket>/now")
def fragment(ticket: str) -> ResponseReturnValue:
    """The part of the page that changes."""
    return _told("now", live(ticket))


def _told(template: str, ticket: Ticket) -> str:
    language = ticket.language
    with force_locale(locale(language)):
        return render_template(
            f"phone/{template}.html",
            now=now(ticket),
            ticket=ticket.id,
            scores=scores(_),
            centre=web.centre().day.plan.name,
            demo=web.config().demo,
            lang=tag(language),
            dir=direction(language),
        )


@blueprint.post("/<ticket>/opinion")
def opinion(ticket: str) -> ResponseReturnValue:
    """How it went, once: a count of the service and the day, and of nobody."""
    found = live(ticket)
    score = request.form.get("score", 0, type=int)
    if now(found).ask and 1 <= score <= 5:
        web.centre().write(opinions().given(found, web.centre().day, score))
    return redirect(url_for("phone.page", ticket=ticket), 303)
