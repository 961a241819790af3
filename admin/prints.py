"""Slips of today that may not have come out, and a copy for who needs one."""

from flask import abort, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.pages import ACTOR, blueprint, page
from admin.wording import EVIDENCE, PAPER, fault
from sportello import spooling, web
from sportello.domain.clock import local_time
from sportello.domain.commands import Reprint
from sportello.domain.slips import MAY, JobState
from sportello.domain.tickets import OUTCOMES
from sportello.ledger import spool


@blueprint.get("/prints")
@web.as_manager
def prints() -> ResponseReturnValue:
    day = web.centre().day
    found = spooling.in_doubt(web.centre())
    rows = [
        {
            "number": one.job.slip.number,
            "ticket": one.job.ticket,
            "at": local_time(one.job.slip.issued_ms),
            "printer": one.printer,
            "nth": one.job.copy,
            "state": PAPER[one.state],
            "job": one.job.id,
            "evidence": EVIDENCE[one.evidence],
            "detail": fault(one.detail),
            "seen": JobState.CONFIRMED in MAY[one.state],
            "again": day.tickets[one.job.ticket].status not in OUTCOMES,
            "command_id": web.new_command_id(),
        }
        for one in found
    ]
    return page("prints", rows=rows)


@blueprint.get("/prints.json")
@web.as_manager
def prints_json() -> ResponseReturnValue:
    """How many sheets are in doubt: every page of the managers' asks, so that none waits for somebody to look."""
    return jsonify(doubtful=len(spooling.in_doubt(web.centre())))


@blueprint.post("/prints/seen")
@web.as_manager
def print_seen() -> ResponseReturnValue:
    """The visitor has it: somebody saw it."""
    with web.reading() as db:
        found = spool.of_job(db, request.form.get("job", type=int, default=0))
    if found is None:
        abort(404)
    web.do(spooling.vouched(found, "staff"), actor=ACTOR)
    flash(_("Segnato: il biglietto è uscito."))
    return redirect(url_for("admin.prints"), 303)


@blueprint.post("/prints/again")
@web.as_manager
def print_again() -> ResponseReturnValue:
    web.do(Reprint(ticket=request.form.get("ticket", "")), actor=ACTOR)
    flash(_("La copia è in stampa."))
    return redirect(url_for("admin.prints"), 303)
