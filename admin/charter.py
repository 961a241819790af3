"""The charter in force, its versions, and the adoption of a new one from a TOML file."""

import base64
import binascii
import hashlib
from collections.abc import Mapping

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.pages import ACTOR, blueprint, page
from sportello import charters as files
from sportello import web
from sportello.charter_words import DIMENSIONS, FIELDS, INDICATORS, MODES, PARTS, PERIODS, PROVENANCES
from sportello.domain.charter import Charter, in_force
from sportello.domain.commands import PublishCharter
from sportello.tables import Faults

LONGEST_NAME = 80


def _adopted() -> tuple[Charter, ...]:
    """Every version, the newest first."""
    return tuple(sorted(web.centre().day.charters, key=lambda one: one.valid_from, reverse=True))


def _current() -> Charter | None:
    return in_force(_adopted(), web.centre().now().local().date())


@blueprint.get("/charter")
@web.as_manager
def charters() -> ResponseReturnValue:
    return page("charters", charters=_adopted(), current=_current())


@blueprint.get("/charter/<code>/<version>")
@web.as_manager
def charter(code: str, version: str) -> ResponseReturnValue:
    found = next((one for one in _adopted() if (one.code, one.version) == (code, version)), None)
    if found is None:
        abort(404)
    return page(
        "charter",
        charter=found,
        current=_current(),
        dimensions=DIMENSIONS,
        indicators=INDICATORS,
        periods=PERIODS,
        modes=MODES,
        provenances=PROVENANCES,
    )


# --- adoption --------------------------------------------------------------------------------------


@blueprint.get("/charter/new")
@web.as_manager
def new_charter() -> ResponseReturnValue:
    return page("charter_new", faults=(), name="", problem="")


@blueprint.post("/charter/check")
@web.as_manager
def check_charter() -> ResponseReturnValue:
    """Everything wrong with the file, or what it would change."""
    sent = request.files.get("file")
    raw, name = (sent.read(), (sent.filename or "")[-LONGEST_NAME:]) if sent else (b"", "")
    if not raw:
        return page("charter_new", 400, faults=(), name="", problem=_("Scelga il file della Carta."))
    try:
        new = files.read(raw, name, _adopted())
    except Faults as wrong:
        return _faulty(wrong)
    return _preview(new, raw, name)


def _faulty(wrong: Faults) -> ResponseReturnValue:
    faults = [(fault.place.line, fault.where, fault.told(_)) for fault in wrong.faults]
    return page("charter_new", 422, faults=faults, name=wrong.name, problem="")


def _preview(new: Charter, raw: bytes, name: str) -> ResponseReturnValue:
    old = next((one for one in _adopted() if one.code == new.code and one.valid_from < new.valid_from), None)
    return page(
        "charter_preview",
        new=new,
        old=old,
        differences=files.differences(old, new) if old else (),
        ends=next((one for one in _adopted() if one.valid_to is None and one.valid_from < new.valid_from), None),
        missing=_missing(new),
        parts=PARTS,
        fields=FIELDS,
        told=told,
        file=base64.b64encode(raw).decode(),
        name=name,
        digest=hashlib.sha256(raw).hexdigest(),
    )


def _missing(new: Charter) -> list[str]:
    """Services of the plan that the new version does not have."""
    return [offer.service for offer in web.centre().day.plan.offers if new.sheet(offer.service) is None]


def told(value: object) -> str:
    """A value of the charter in words."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return str(_("sì") if value else _("no"))
    if isinstance(value, Mapping):
        if "it" in value:
            return str(value.get(web.language(), value["it"]))
        return "; ".join(f"{key}: {told(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(told, value))
    return str(value)


@blueprint.post("/charter/adopt")
@web.as_manager
def adopt_charter() -> ResponseReturnValue:
    """The file that was looked at, read and checked once more, becomes a version for ever."""
    try:
        raw = base64.b64decode(request.form.get("file", ""), validate=True)
        new = files.read(raw, request.form.get("name", "")[-LONGEST_NAME:], _adopted())
    except binascii.Error:
        abort(400)
    except Faults as wrong:
        return _faulty(wrong)
    web.do(PublishCharter(charter=new), actor=ACTOR)
    flash(_("La versione %(id)s è adottata.", id=new.id))
    return redirect(url_for("admin.charters"), 303)
