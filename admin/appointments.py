"""The list of those who are expected: sent by the booking system, or brought as a file."""

from datetime import date
from functools import partial

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.pages import blueprint, page
from sportello import web
from sportello.appointments import Faults, lines, of_day
from sportello.ledger import appointments as ledger


@blueprint.get("/appointments")
@web.as_manager
def appointments() -> ResponseReturnValue:
    return _appointments()


def _appointments(status: int = 200, **texts: object) -> ResponseReturnValue:
    with web.reading() as db:
        expected = ledger.days(db, _today())
    plan = web.centre().day.plan
    return page("appointments", status, expected=expected, today=_today(), offers=plan.offers, **texts)


def _today() -> date:
    return web.centre().now().local().date()


@blueprint.post("/appointments")
@web.as_manager
def bring_appointments() -> ResponseReturnValue:
    """Take a day's list in whole, or say everything that is wrong with it."""
    sent = request.files.get("file")
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        return _appointments(400, problem=_("Scelga il giorno."))
    if day < _today():
        return _appointments(400, problem=_("Quel giorno è passato."), day=day)
    found = lines(sent.read()) if sent else ()
    if not found:
        return _appointments(400, problem=_("Il file non ha le colonne code, service e time, o è vuoto."), day=day)
    try:
        expected = of_day(day, found, {offer.service for offer in web.centre().day.plan.offers})
    except Faults as wrong:
        told = [(fault.number, _(fault.text).format(detail=fault.detail)) for fault in wrong.faults]
        return _appointments(400, faults=told, day=day)
    web.centre().write(partial(ledger.keep_day, day=day, expected=expected, today=_today()))
    flash(_("Appuntamenti del giorno: %(count)s.", count=len(expected)))
    return redirect(url_for("admin.appointments"), 303)
