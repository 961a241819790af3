"""The plan of the centre: hours, counters, services and who is next, changed in two steps."""

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from admin.pages import ACTOR, blueprint, page
from admin.plan_changes import changes
from admin.plan_form import Known, Typed, read, typed_from
from admin.wording import DISCIPLINES
from sportello import web
from sportello.charter_words import WEEK
from sportello.charters import LETTERS
from sportello.domain.charter import Sheet
from sportello.domain.codec import encode
from sportello.domain.commands import AdoptPlan
from sportello.domain.plan import NOTICE, Plan
from sportello.domain.tickets import ServiceDay
from sportello.i18n import NAMES

NOTHING: Mapping[str, str] = MappingProxyType({})
FRAME = ("csrf_token", "command_id", "lang", "step", "seen")  # fields that are not of the plan


def mark(plan: Plan) -> str:
    """A short mark of a plan, so that nobody overwrites what another adopted meanwhile."""
    return hashlib.sha256(json.dumps(encode(plan), sort_keys=True).encode()).hexdigest()[:16]


def sheets(day: ServiceDay) -> Mapping[str, Sheet | None]:
    """Every service that could be offered: those of the charter, then those of the plan it no longer has."""
    charter = day.charter(web.centre().now().local().date()) or day.charter()
    found: dict[str, Sheet | None] = {sheet.code: sheet for sheet in charter.sheets} if charter else {}
    return found | {offer.service: None for offer in day.plan.offers if offer.service not in found}


def names(found: Mapping[str, Sheet | None]) -> Mapping[str, str]:
    """Services by code, with their title in the language of the page."""
    language = web.language()
    titles = {code: sheet.title.get(language, sheet.title["it"]) if sheet else "" for code, sheet in found.items()}
    return {code: f"{code} {title}".strip() for code, title in titles.items()}


def _known(day: ServiceDay) -> Known:
    hands = {place.code: day.in_hand(place.code) for place in day.plan.places}
    busy = {code: ticket.code for code, ticket in hands.items() if ticket}
    return Known(services=tuple(sheets(day)), busy=busy)


@blueprint.get("/plan", endpoint="plan")
@web.as_manager
def show() -> ResponseReturnValue:
    return _form(typed_from(web.centre().day.plan))


def _form(
    typed: Typed, status: int = 200, *, faults: Mapping[str, str] = NOTHING, problem: str = "", rows: int = 0
) -> ResponseReturnValue:
    """The form with what was typed; one empty row more for a new counter when asked."""
    day = web.centre().day
    found = sheets(day)
    return page(
        "plan",
        status,
        typed=typed,
        faults=faults,
        problem=problem,
        seen=mark(day.plan),
        week=WEEK,
        disciplines=DISCIPLINES,
        letters=LETTERS,
        services=names(found),
        sheets=found,
        languages=NAMES,
        most=NOTICE,
        rows=len(typed.getlist("place_code")) + rows,
        site=day.plan.site,
    )


@blueprint.post("/plan")
@web.as_manager
def change_plan() -> ResponseReturnValue:
    """Another row, a look at what would change, a step back, or the adoption itself."""
    typed, step, day = Typed(request.form), request.form.get("step", "preview"), web.centre().day
    if step in ("back", "row"):
        return _form(typed, rows=int(step == "row"))
    if request.form.get("seen") != mark(day.plan):
        problem = _("Intanto un'altra persona ha cambiato la configurazione: controlli e prema di nuovo.")
        return _form(typed, 409, problem=problem)
    after, faults = read(typed, day.plan, _known(day))
    if faults:
        return _form(typed, 422, faults=faults, problem=_to_mend(len(faults)))
    return _adopt(after) if step == "adopt" else _preview(typed, day.plan, after)


def _to_mend(n: int) -> str:
    return str(ngettext("C'è %(num)d cosa da correggere.", "Ci sono %(num)d cose da correggere.", n))


def _preview(typed: Typed, before: Plan, after: Plan) -> ResponseReturnValue:
    found = changes(before, after, names(sheets(web.centre().day)))
    kept = [(name, value) for name, value in typed.items(multi=True) if name not in FRAME]
    return page("plan_preview", changes=found, kept=kept, seen=mark(before))


def _adopt(after: Plan) -> ResponseReturnValue:
    web.do(AdoptPlan(plan=after), actor=ACTOR)
    flash(_("La configurazione è in vigore da ora."))
    return redirect(url_for("admin.plan"), 303)
