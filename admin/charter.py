"""The charter: its versions and drafts, files to take away, and a new draft from a file."""

from datetime import date

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.charter_drafts import begin
from admin.pages import blueprint, page
from sportello import charter_files as files
from sportello import web
from sportello.charter_files import MEDIA, SHEETS, Form, Linked
from sportello.charter_files.tree import tree
from sportello.charter_words import DIMENSIONS, INDICATORS, MODES, PERIODS, PROVENANCES
from sportello.domain.charter import Charter, in_force
from sportello.drafts import opened, written
from sportello.ledger import drafts
from sportello.tables import Faults

LONGEST_NAME = 80


def _adopted() -> tuple[Charter, ...]:
    """Every version, the newest first."""
    return tuple(sorted(web.centre().day.charters, key=lambda one: one.valid_from, reverse=True))


def _current() -> Charter | None:
    return in_force(_adopted(), _today())


def _today() -> date:
    return web.centre().now().local().date()


@blueprint.get("/charter")
@web.as_manager
def charters() -> ResponseReturnValue:
    with web.reading() as db:
        kept = [(one, opened(one.content)) for one in drafts.drafts(db)]
    return page("charters", charters=_adopted(), current=_current(), drafts=kept, today=_today(), sheets=SHEETS)


@blueprint.get("/charter/<code>/<version>")
@web.as_manager
def charter(code: str, version: str) -> ResponseReturnValue:
    return page(
        "charter",
        charter=_version(code, version),
        current=_current(),
        dimensions=DIMENSIONS,
        indicators=INDICATORS,
        periods=PERIODS,
        modes=MODES,
        provenances=PROVENANCES,
        forms=(*Form, *Linked),
    )


def _version(code: str, version: str) -> Charter:
    found = next((one for one in _adopted() if (one.code, one.version) == (code, version)), None)
    if found is None:
        abort(404)
    return found


# --- files to take away ----------------------------------------------------------------------------


@blueprint.get("/charter/<code>/<version>.<form>")
@web.as_manager
def charter_file(code: str, version: str, form: str) -> ResponseReturnValue:
    """A version as a file, or as linked data."""
    found = _version(code, version)
    if form in tuple(Linked):
        return _attachment(files.linked(found, Linked(form)), f"{code}-{version}", Linked(form))
    if form not in tuple(Form):
        abort(404)
    return _attachment(files.written(found, Form(form)), f"{code}-{version}", Form(form))


@blueprint.get("/charter/template.<form>")
@web.as_manager
def charter_template(form: str) -> ResponseReturnValue:
    """An empty spreadsheet, with an example and what each column wants."""
    if form not in SHEETS:
        abort(404)
    return _attachment(files.template(Form(form)), "carta-modello", Form(form))


def _attachment(raw: bytes, name: str, form: Form | Linked) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}.{form}", "Cache-Control": "no-store"}
    return Response(raw, mimetype=MEDIA[form], headers=headers)


# --- a draft from a file -----------------------------------------------------------------------------


@blueprint.get("/charter/new")
@web.as_manager
def new_charter() -> ResponseReturnValue:
    return page("charter_new", faults=(), name="", problem="", sheets=SHEETS)


@blueprint.post("/charter/check")
@web.as_manager
def check_charter() -> ResponseReturnValue:
    """Everything wrong with the file, or the draft that begins from it."""
    sent = request.files.get("file")
    raw, name = (sent.read(), (sent.filename or "")[-LONGEST_NAME:]) if sent else (b"", "")
    if not raw:
        return page("charter_new", 400, faults=(), name="", problem=_("Scelga il file della Carta."), sheets=SHEETS)
    try:
        new = files.read(raw, name)
    except Faults as wrong:
        faults = [(fault.place, fault.where, fault.told(_)) for fault in wrong.faults]
        return page("charter_new", 422, faults=faults, name=wrong.name, problem="", sheets=SHEETS)
    return begin(written(tree(new)))
