"""Force majeure: acts that excuse waits, recorded and taken back. No figure is ever without them silently."""

from datetime import date, datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.home import titles
from admin.pages import ACTOR, blueprint, page
from sportello import web
from sportello.domain.clock import ROME, local_time, wall_ms
from sportello.domain.commands import RecordForceMajeure, WithdrawForceMajeure
from sportello.domain.errors import Refused
from sportello.i18n import sentence
from sportello.ledger.acts import acts

EVER = (date(1970, 1, 1), date(9999, 12, 30))


@blueprint.get("/force-majeure")
@web.as_manager
def force_majeure() -> ResponseReturnValue:
    return _shown()


def _shown(status: int = 200, **texts: object) -> ResponseReturnValue:
    centre = web.centre()
    with web.reading() as db:
        recorded = tuple(reversed(acts(db, centre.code, *EVER)))
    names = titles()
    return page(
        "force_majeure", status, acts=recorded, titles=names, offers=centre.day.plan.offers, local=local_time, **texts
    )


@blueprint.post("/force-majeure")
@web.as_manager
def record_force_majeure() -> ResponseReturnValue:
    """Record an act, or say what is wrong and keep what was typed."""
    asked = request.form
    try:
        since_ms, until_ms = _moment(asked.get("since", "")), _moment(asked.get("until", ""))
    except ValueError:
        return _shown(400, problem=_("Scriva giorno e ora dell'inizio e della fine."), asked=asked)
    command = RecordForceMajeure(
        since_ms=since_ms,
        until_ms=until_ms,
        act=asked.get("act", ""),
        why=asked.get("why", ""),
        service=asked.get("service", ""),
    )
    try:
        web.do(command, actor=ACTOR)
    except Refused as fault:
        return _shown(409, problem=sentence(fault, web.language()), asked=asked)
    flash(_("Registrato. I conti lo mostrano accanto: niente ne è uscito."))
    return redirect(url_for("admin.force_majeure"), 303)


@blueprint.post("/force-majeure/<record>/withdraw")
@web.as_manager
def withdraw_force_majeure(record: str) -> ResponseReturnValue:
    try:
        web.do(WithdrawForceMajeure(record=record, why=request.form.get("why", "")), actor=ACTOR)
    except Refused as fault:
        return _shown(409, problem=sentence(fault, web.language()))
    flash(_("Ritirato. Nel registro restano l'uno e l'altro."))
    return redirect(url_for("admin.force_majeure"), 303)


def _moment(written: str) -> int:
    """A local date and time, as a browser sends it, as UTC milliseconds."""
    return wall_ms(datetime.fromisoformat(written).replace(tzinfo=ROME))
