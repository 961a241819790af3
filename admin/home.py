"""Today at a glance; opening and closing the day; stopping and resuming the numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.pages import ACTOR, blueprint, page
from sportello import __version__, paper, spooling, web
from sportello.domain.commands import CloseDay, OpenDay, ResumeIssuing, StopIssuing
from sportello.domain.tickets import IN_HAND, OUTCOMES, ServiceDay, Status
from sportello.ledger import sqlite


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """How many people, numbers and counters, now."""

    given: int
    waiting: int
    held: int
    in_hand: int
    done: int
    turned_away: int
    counters_open: int

    @property
    def in_queue(self) -> int:
        """Who would be unserved if the day were closed now."""
        return self.waiting + self.held


def today(day: ServiceDay) -> Today:
    """The figures of the current day; of the last one while none is open."""
    statuses = [ticket.status for ticket in day.tickets.values()]
    return Today(
        given=len(statuses),
        waiting=statuses.count(Status.WAITING),
        held=statuses.count(Status.HELD),
        in_hand=sum(status in IN_HAND for status in statuses),
        done=sum(status in OUTCOMES for status in statuses),
        turned_away=day.turned_away,
        counters_open=sum(counter.open for counter in day.counters.values()),
    )


def titles() -> Mapping[str, str]:
    """The services offered here by code, in the language of the page."""
    day, language = web.centre().day, web.language()
    charter = day.charter(web.centre().now().local().date()) or day.charter()
    sheets = [(offer.service, charter.sheet(offer.service) if charter else None) for offer in day.plan.offers]
    return {code: sheet.title.get(language, sheet.title["it"]) if sheet else code for code, sheet in sheets}


@blueprint.get("/")
@web.as_manager
def home() -> ResponseReturnValue:
    centre = web.centre()
    epoch, seq = centre.place
    doubtful = len(spooling.in_doubt(centre))
    return page(
        "home",
        day=centre.day,
        today=today(centre.day),
        titles=titles(),
        doubtful=doubtful,
        low=[(setup.name, one.left) for setup in centre.printers() if (one := paper.meter(centre, setup)).low],
        epoch=epoch,
        seq=seq,
        sqlite=sqlite.VERSION,
        version=__version__,
    )


@blueprint.get("/day")
@web.as_manager
def day() -> ResponseReturnValue:
    """Asks once more before the day is opened or closed."""
    return page("day", day=web.centre().day, today=today(web.centre().day))


@blueprint.post("/day/open")
@web.as_manager
def open_day() -> ResponseReturnValue:
    web.do(OpenDay(), actor=ACTOR)
    flash(_("La giornata è aperta."))
    return redirect(url_for("admin.home"), 303)


@blueprint.post("/day/close")
@web.as_manager
def close_day() -> ResponseReturnValue:
    web.do(CloseDay(), actor=ACTOR)
    flash(_("La giornata è chiusa."))
    return redirect(url_for("admin.home"), 303)


@blueprint.post("/issuing/stop")
@web.as_manager
def stop_issuing() -> ResponseReturnValue:
    web.do(StopIssuing(service=request.form.get("service", ""), why=request.form.get("why", "")), actor=ACTOR)
    flash(_("I numeri sono sospesi. Chi è in coda continua ad aspettare, e il tempo si conta."))
    return redirect(url_for("admin.home"), 303)


@blueprint.post("/issuing/resume")
@web.as_manager
def resume_issuing() -> ResponseReturnValue:
    web.do(ResumeIssuing(service=request.form.get("service", "")), actor=ACTOR)
    flash(_("Si danno di nuovo i numeri."))
    return redirect(url_for("admin.home"), 303)
