"""The checklist of essential levels (LEP) of D.M. 4/2018: what the centre delivers in a year, with its evidence."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.pages import ACTOR, blueprint, page
from admin.periods import year_of
from admin.wording import DELIVERED, RECIPIENTS
from sportello import web
from sportello.domain.commands import DeclareLep, LabelLep
from sportello.domain.errors import Refused
from sportello.domain.lep import DECREE, Delivered
from sportello.i18n import sentence
from sportello.ledger.declared import TARGET, LepCheck, delivering, lep_checks

LONGEST = 200


@blueprint.get("/lep", endpoint="lep")
@web.as_manager
def show() -> ResponseReturnValue:
    return _shown(_year(request.args.get("year", "")))


def _year(asked: str) -> int:
    return year_of(asked, web.centre().now().local().date())


def _shown(year: int, status: int = 200, **texts: object) -> ResponseReturnValue:
    with web.reading() as db:
        checks, share = lep_checks(db, web.centre().code, year), delivering(db, year)
    counts = {delivered: sum(one.delivered is delivered for one in checks) for delivered in (*Delivered, None)}
    return page(
        "lep", status, checks=checks, counts=counts, share=share, target=TARGET, year=year, decree=DECREE,
        delivered=DELIVERED, recipients=RECIPIENTS, today=web.centre().now().local().date(), **texts,
    )  # fmt: skip


@blueprint.post("/lep")
@web.as_manager
def declare_leps() -> ResponseReturnValue:
    """Declare what changed in the list; the first thing refused is told, and what was typed stays."""
    year, name = _year(request.form.get("year", "")), request.form.get("command_id", "")
    with web.reading() as db:
        checks = lep_checks(db, web.centre().code, year)
    changed = [command for check in checks for command in _changes(check, year)]
    for place, command in enumerate(changed):
        try:
            web.centre().handle(command, actor=ACTOR, command_id=f"{name}-{place}"[-64:])
        except Refused as fault:
            problem = f"{command.lep}: {sentence(fault, web.language())}"
            return _shown(year, 409, problem=problem, asked=request.form)
    flash(_("L'elenco è aggiornato: %(n)d cambiamenti.", n=len(changed)))
    return redirect(url_for("admin.lep", year=year), 303)


def _changes(check: LepCheck, year: int) -> list[DeclareLep | LabelLep]:
    """What the form says otherwise than the list."""
    code = check.lep.code
    letter = request.form.get(f"letter_{code}", "").strip()[:8]
    asked = request.form.get(f"delivered_{code}", "")
    evidence, office = (request.form.get(f"{name}_{code}", "").strip()[:LONGEST] for name in ("evidence", "office"))
    found: list[DeclareLep | LabelLep] = []
    if letter and letter != check.lep.letter:
        found.append(LabelLep(lep=code, letter=letter))
    if asked in tuple(Delivered) and (asked, evidence, office) != (check.delivered, check.evidence, check.office):
        delivered = Delivered(asked)
        found.append(DeclareLep(lep=code, year=year, delivered=delivered, evidence=evidence, office=office))
    return found
