"""The yearly verification in four steps: the year, what is missing, what the administration says of it, publication."""

from datetime import date
from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.pages import blueprint, page
from admin.wording import OUTCOMES
from sportello import web
from sportello.domain.charter import Indicator, Outcome
from sportello.domain.clock import local_time
from sportello.domain.remarks import LONGEST, Remark, Remarks
from sportello.i18n import N_
from sportello.ledger import publications
from sportello.ledger.queries import By
from sportello.reports import verification as verifying
from sportello.reports.compliance import Compliance, compliance
from sportello.reports.italian import percent
from sportello.reports.sums import digest
from sportello.reports.transparency import ARCHIVE, Approval, folder
from sportello.reports.verification import Row, Verification
from sportello.reports.verification_files import MAKERS
from sportello.reports.verification_words import achieved, named, nobody_came

STEPS = {
    "verifications": N_("Anno"),
    "gaps": N_("Che cosa manca"),
    "remarks": N_("Cause e azioni"),
    "publication": N_("Pubblicazione"),
}
TEXTS = ("accessibility", "remedies", "note", "contact", "ipa")
ABOUT_A_LINE = ("cause", "action", "note")
KINDS = {"pdf": "application/pdf", "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8"}
LONGEST_ROLE = 200


def _span(year: int) -> tuple[date, date]:
    if not 2000 <= year <= 2100:
        abort(404)
    return date(year, 1, 1), date(year, 12, 31)


def _verified(year: int) -> Verification:
    """The year as it stands, with what is written of it."""
    centre, (first, last) = web.centre(), _span(year)
    due = verifying.due(last, centre.now().wall_ms)
    with web.reading() as db:
        remarks = publications.written(db, centre.code, first, last)
        return verifying.verification(db, centre.code, first=first, last=last, remarks=remarks, as_of_ms=due)


def _frame(year: int, step: str) -> dict[str, Any]:
    return {"year": year, "step": step, "steps": STEPS, "outcomes": OUTCOMES, "named": named, "percent": percent}


# --- 1: the year -------------------------------------------------------------------------------------


@blueprint.get("/verification")
@web.as_manager
def verifications() -> ResponseReturnValue:
    """Which year; what is being written, and what was published."""
    centre = web.centre()
    if "year" in request.args:
        return redirect(url_for("admin.gaps", year=_year(request.args["year"])), 303)
    with web.reading() as db:
        published = publications.publications(db, centre.code)
        files = {(one.last.year, one.version): publications.files(db, centre.code, one) for one in published}
        drafts = [last.year for _first, last in publications.drafts(db, centre.code)]
    today = centre.now().local().date()
    return page(
        "verifications",
        published=published,
        files=files,
        drafts=drafts,
        years=range(today.year, today.year - 10, -1),
        archive=ARCHIVE,
        local=local_time,
        **_frame(today.year - 1, "verifications"),
    )


def _year(asked: str) -> int:
    return int(asked) if asked.isdecimal() and len(asked) == 4 else abort(400)


# --- 2: what is missing ------------------------------------------------------------------------------


@blueprint.get("/verification/<int:year>")
@web.as_manager
def gaps(year: int) -> ResponseReturnValue:
    """What stands between this year and a verification that anybody may rely on."""
    found = _verified(year)
    rows = [row for block in found.blocks for row in block.rows]
    return page(
        "verification_gaps",
        found=found,
        over=web.centre().now().local().date() > found.last,
        by_hand=[row for row in rows if _by_hand(row) and not row.evidence],
        few=[row for row in rows if row.figures and row.standard and row.outcome is Outcome.NOT_ASSESSABLE],
        nobody=[row for row in rows if nobody_came(row)],
        undeclared=[row for row in rows if row.standard is None],
        untold=[row for row in rows if row.outcome is Outcome.BROKEN and not (row.remark.cause and row.remark.action)],
        local=local_time,
        **_frame(year, "gaps"),
    )


def _by_hand(row: Row) -> bool:
    return row.standard is not None and row.standard.indicator is Indicator.MANUAL


# --- 3: causes and actions ---------------------------------------------------------------------------


@blueprint.get("/verification/<int:year>/remarks")
@web.as_manager
def remarks(year: int) -> ResponseReturnValue:
    found = _verified(year)
    rows = [(block, row) for block in found.blocks for row in block.rows if row.standard]
    return page(
        "verification_remarks",
        found=found,
        broken=[one for one in rows if one[1].outcome is Outcome.BROKEN],
        others=[one for one in rows if one[1].outcome is not Outcome.BROKEN],
        achieved=achieved,
        longest=LONGEST,
        **_frame(year, "remarks"),
    )


@blueprint.post("/verification/<int:year>/remarks")
@web.as_manager
def keep_remarks(year: int) -> ResponseReturnValue:
    """Keep the draft; go on where that was asked."""
    centre, (first, last) = web.centre(), _span(year)
    written = _written()
    now_ms = centre.now().wall_ms
    centre.write(lambda db: publications.keep_draft(db, centre.code, first, last, written, now_ms=now_ms))
    if "go-on" in request.form:
        return redirect(url_for("admin.publication", year=year), 303)
    flash(_("La bozza è salvata."))
    return redirect(url_for("admin.remarks", year=year), 303)


def _written() -> Remarks:
    """The texts of the form; lines on which nobody wrote anything are left out."""
    lines = {
        key: Remark(**{name: _text(f"{name}-{place}") for name in ABOUT_A_LINE})
        for place, key in enumerate(request.form.getlist("key"))
    }
    kept = {key: one for key, one in lines.items() if one != Remark()}
    return Remarks(lines=kept, **{name: _text(name) for name in TEXTS})


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()[:LONGEST]


# --- 4: publication ----------------------------------------------------------------------------------


@blueprint.get("/verification/<int:year>/publication")
@web.as_manager
def publication(year: int) -> ResponseReturnValue:
    return _publication(year)


def _publication(year: int, status: int = 200, problem: str = "") -> ResponseReturnValue:
    centre, (first, last) = web.centre(), _span(year)
    with web.reading() as db:
        before = publications.publications(db, centre.code, first, last)
    return page(
        "verification_publication",
        status,
        found=_verified(year),
        over=centre.now().local().date() > last,
        version=len(before) + 1,
        previews=[name for name in MAKERS if not name.endswith(".css")],
        asked=request.form,
        problem=problem,
        **_frame(year, "publication"),
    )


@blueprint.get("/verification/<int:year>/preview/<name>")
@web.as_manager
def preview(year: int, name: str) -> ResponseReturnValue:
    """A file as it would be published now."""
    if name not in MAKERS:
        abort(404)
    kind = KINDS.get(name.rpartition(".")[2], "application/octet-stream")
    content = MAKERS[name](_verified(year))
    headers = {"Cache-Control": "no-store", "Content-Disposition": f"inline; filename={name}"}
    return Response(content, content_type=kind, headers=headers)


@blueprint.post("/verification/<int:year>/publication")
@web.as_manager
def publish(year: int) -> ResponseReturnValue:
    """Make every file, keep them as a version of their own, and show them to everybody."""
    role, act = _text("role")[:LONGEST_ROLE], _text("act")[:LONGEST_ROLE]
    if not (role and act):
        return _publication(year, 400, _("Scriva chi risponde della pubblicazione (il ruolo) e l'atto."))
    centre, (first, last) = web.centre(), _span(year)
    found = _verified(year)
    if found.report.fault:
        return _publication(year, 409, _("Il registro è stato alterato: finché non è ristabilito non si pubblica."))
    now_ms, version = centre.now().wall_ms, _version()
    approval = Approval(role=role, act=act, version=version, published_ms=now_ms)
    made = folder(found, _monthly(year), approval)
    kept = publications.Publication(
        first=first,
        last=last,
        version=version,
        role=role,
        act=act,
        remarks=found.remarks,
        data_hash=found.report.data_hash,
        published_ms=now_ms,
    )
    files = {name: (digest(content), content) for name, content in made.items()}
    if not centre.write(lambda db: publications.publish(db, centre.code, kept, files)):
        return _publication(year, 409, _("Questa versione è già pubblicata. Guardi qui sotto e ripeta, se serve."))
    flash(_("La verifica del %(year)s è pubblicata (versione %(version)s).", year=year, version=version))
    return redirect(url_for("admin.verifications"), 303)


def _version() -> int:
    """The version the form was about: a form sent twice publishes once."""
    asked = request.form.get("version", "")
    return int(asked) if asked.isdecimal() and len(asked) < 5 else abort(400)


def _monthly(year: int) -> Compliance:
    centre, (first, last) = web.centre(), _span(year)
    plan, charters = centre.day.plan, centre.day.charters
    due = verifying.due(last, centre.now().wall_ms)
    with web.reading() as db:
        return compliance(
            db,
            centre.code,
            charters=charters,
            site=plan.site,
            first=first,
            last=last,
            by=By.MONTH,
            as_of_ms=due,
        )
