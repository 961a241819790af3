"""Evidence for one day: everything that happened, to hand to a lawyer."""

import io
import zipfile
from datetime import date
from typing import Any

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.home import titles
from admin.pages import blueprint, page
from sportello import web
from sportello.ledger.walk import Fault
from sportello.reports.evidence import Dossier, dossier
from sportello.reports.evidence_files import files
from sportello.reports.evidence_words import EVENTS, TICKETS, event_rows, printed
from sportello.reports.workbooks import entry

SHOWN = 500  # events on the page; the files hold them all


def _asked() -> Dossier:
    """The day the address asks for; ValueError where it is none."""
    day = date.fromisoformat(request.args.get("day", ""))
    with web.reading() as db:
        return dossier(db, web.centre().code, day, request.args.get("service", ""))


@blueprint.get("/evidence")
@web.as_manager
def evidence() -> ResponseReturnValue:
    chosen = {name: request.args.get(name, "") for name in ("day", "service")}
    frame: dict[str, Any] = {"chosen": chosen, "titles": titles()}
    if not chosen["day"]:
        return page("evidence", found=None, problem="", **frame)
    try:
        found = _asked()
    except ValueError:
        return page("evidence", 400, found=None, problem=_("Scriva il giorno come 31/12/2026."), **frame)
    events = list(event_rows(found))
    return page(
        "evidence",
        problem=_altered(found.happened.fault),
        found=found,
        texts=printed(found),
        events=events[:SHOWN],
        more=len(events) - SHOWN,
        heads=(TICKETS, EVENTS),
        **frame,
    )


def _altered(fault: Fault | None) -> str:
    if fault is None:
        return ""
    return str(
        _(
            "Il registro è stato alterato. Primo evento alterato: epoca %(epoch)s, numero %(seq)s (%(kind)s).",
            epoch=fault.epoch,
            seq=fault.seq,
            kind=fault.kind,
        )
    )


@blueprint.get("/evidence.zip")
@web.as_manager
def evidence_zip() -> ResponseReturnValue:
    """The day's files in one."""
    try:
        found = _asked()
    except ValueError:
        abort(400)
    name = "-".join(filter(None, ("prove", found.day.isoformat(), found.service)))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for file, content in files(found):
            archive.writestr(*entry(f"{name}/{file}", content))
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"', "Cache-Control": "no-store"}
    return Response(written.getvalue(), mimetype="application/zip", headers=headers)
