"""Promises verified by hand: what was programmed, and what an office declares with its evidence."""

from datetime import date, datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.pages import ACTOR, blueprint, page
from admin.periods import year_of
from admin.wording import OUTCOMES
from sportello import web
from sportello.charter_words import DIMENSIONS
from sportello.domain.charter import Outcome
from sportello.domain.commands import DeclareEvidence
from sportello.domain.errors import Refused
from sportello.i18n import sentence
from sportello.reports.by_hand import by_hand


@blueprint.get("/by-hand", endpoint="by_hand")
@web.as_manager
def show() -> ResponseReturnValue:
    return _shown(year_of(request.args.get("year", ""), web.centre().now().local().date()))


def _shown(year: int, status: int = 200, **texts: object) -> ResponseReturnValue:
    centre, first, last = web.centre(), date(year, 1, 1), date(year, 12, 31)
    with web.reading() as db:
        found = by_hand(db, centre.code, centre.day.charters, first, last)
    return page(
        "by_hand", status, promises=found, year=year, first=first, last=last, outcomes=OUTCOMES, dimensions=DIMENSIONS,
        today=centre.now().local().date(), **texts,
    )  # fmt: skip


@blueprint.post("/by-hand")
@web.as_manager
def declare_evidence() -> ResponseReturnValue:
    """Keep a declaration, or say what is wrong with it and keep what was typed."""
    asked = request.form
    year = year_of(asked.get("year", ""), web.centre().now().local().date())
    charter, _at, standard = asked.get("promise", "").partition(" ")
    try:
        command = DeclareEvidence(
            charter=charter,
            standard=standard,
            first=_day(asked.get("first", "")),
            last=_day(asked.get("last", "")),
            value=asked.get("value", "")[:LONGEST],
            outcome=Outcome(asked.get("outcome", "")),
            document=asked.get("document", "")[:LONGEST],
            dated=_day(asked.get("dated", "")),
            office=asked.get("office", "")[:LONGEST],
        )
    except ValueError:
        return _shown(year, 400, problem=_("Scriva i giorni e scelga l'esito."), asked=asked)
    try:
        web.do(command, actor=ACTOR)
    except Refused as fault:
        return _shown(year, 409, problem=sentence(fault, web.language()), asked=asked)
    flash(_("Registrato: ogni resoconto lo mostra come dichiarato, non come misurato."))
    return redirect(url_for("admin.by_hand", year=year), 303)


LONGEST = 200


def _day(written: str) -> date:
    """A day as a browser sends it, or as Italians write it."""
    form = "%d/%m/%Y" if "/" in written else "%Y-%m-%d"
    return datetime.strptime(written, form).date()  # noqa: DTZ007 - a day has no time zone
