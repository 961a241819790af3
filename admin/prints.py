"""Slips of today that may not have come out, and a copy for who needs one."""

from collections.abc import Sequence

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.pages import ACTOR, blueprint, page
from admin.wording import PAPER
from sportello import web
from sportello.domain.clock import local_time
from sportello.domain.commands import Reprint
from sportello.domain.tickets import OUTCOMES, ServiceDay
from sportello.ledger import spool
from sportello.ledger.db import Db
from sportello.ledger.spool import Printing


def in_doubt(db: Db, day: ServiceDay) -> Sequence[Printing]:
    """The newest sheet of each of today's tickets, where it may not be in the visitor's hands."""
    todays = (one for one in spool.doubtful(db) if one.job.ticket in day.tickets)
    return [one for one in todays if (newest := spool.of_ticket(db, one.job.ticket)) and newest.job.id == one.job.id]


@blueprint.get("/prints")
@web.as_manager
def prints() -> ResponseReturnValue:
    day = web.centre().day
    with web.reading() as db:
        found = in_doubt(db, day)
    rows = [
        {
            "number": one.job.slip.number,
            "ticket": one.job.ticket,
            "at": local_time(one.job.slip.issued_ms),
            "printer": one.printer,
            "nth": one.job.copy,
            "state": PAPER[one.state],
            "detail": one.detail,
            "again": day.tickets[one.job.ticket].status not in OUTCOMES,
            "command_id": web.new_command_id(),
        }
        for one in found
    ]
    return page("prints", rows=rows)


@blueprint.post("/prints/again")
@web.as_manager
def print_again() -> ResponseReturnValue:
    web.do(Reprint(ticket=request.form.get("ticket", "")), actor=ACTOR)
    flash(_("La copia è in stampa."))
    return redirect(url_for("admin.prints"), 303)
