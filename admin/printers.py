"""The printers: how each of them is, what it can prove, and how much paper is left."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.pages import blueprint, page
from admin.wording import EVIDENCE, fault
from sportello import paper, web
from sportello.domain.clock import local_time
from sportello.domain.printing import Capability, PrinterSetup, PrinterStatus, Role
from sportello.stations import Heard


def condition(heard: Heard | None) -> str:
    """How a printer is, in the plainest words that are true."""
    if heard is None:
        return str(_("non se ne sa ancora nulla"))
    status = heard.status
    if status.code:
        return str(_(fault(status.code)))
    if status.paper is False:
        return str(_("carta finita"))
    if status.cover_closed is False:
        return str(_("coperchio aperto"))
    if status.online is False or status.error:
        return str(_("fuori linea"))
    if status.near_end:
        return str(_("pronta, la carta sta per finire"))
    if status.ticket_waiting:
        return str(_("pronta, un biglietto aspetta all'uscita"))
    return str(_("pronta")) if status.ready else str(_("non dice come sta"))


def best_evidence(setup: PrinterSetup) -> str:
    """The highest that a printer was seen to give."""
    ladder = (
        (Capability.COUNTERS, 4),
        (Capability.PROCESS_ID, 3),
        (Capability.FENCE, 2),
        (Capability.STATUS, 1),
    )
    return EVIDENCE[next((level for able, level in ladder if able in setup.capabilities), 0)]


@blueprint.get("/printers")
@web.as_manager
def printers() -> ResponseReturnValue:
    centre = web.centre()
    at = centre.now()
    rows = []
    for setup in centre.printers():
        heard = centre.stations.heard(setup.name, at)
        rows.append(
            {
                "setup": setup,
                "backup": setup.role is Role.BACKUP,
                "condition": condition(heard),
                "well": (heard.status if heard else PrinterStatus()).ready,
                "since": local_time(heard.since_ms) if heard else None,
                "evidence": best_evidence(setup),
                "probed": bool(setup.capabilities),
                "paper": paper.meter(centre, setup),
                "command_id": web.new_command_id(),
            }
        )
    return page("printers", rows=rows)


@blueprint.post("/printers/roll")
@web.as_manager
def roll_changed() -> ResponseReturnValue:
    """A new roll was put in."""
    if not paper.change_roll(web.centre(), request.form.get("printer", "")):
        abort(404)
    flash(_("Segnato: rotolo nuovo."))
    return redirect(url_for("admin.printers"), 303)
