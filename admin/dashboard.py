"""The managers' dashboard: which declared standard is broken, since when, at what hours, for whom, what would help."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, cast

from flask import abort, current_app, flash, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin import figures as files
from admin import filters, findings, periods
from admin.home import titles
from admin.pages import blueprint, page
from admin.periods import Span
from admin.recall import Recall
from admin.wording import BY, OUTCOMES
from sportello import accuracy, dashboard, web
from sportello.charter_words import WEEK
from sportello.dashboard import Dashboard
from sportello.domain.charter import Outcome
from sportello.domain.statistics import Status
from sportello.i18n import N_, NAMES
from sportello.ledger import notes as ledger
from sportello.ledger.notes import LONGEST, Note
from sportello.ledger.queries import By
from sportello.pictures.specs import STATUS_WORDS
from sportello.pictures.studio import Studio
from sportello.reports.compliance import Compliance
from sportello.reports.definition import OUTSIDE, definition
from sportello.reports.rendering import minutes

AT_ONCE_S = 0.6  # that a page waits for its pictures; later ones are fetched when it stands
PATIENT_S = 10.0  # that a picture fetched later waits
NO_TEXT = N_("Scriva che cosa è successo.")


def studio() -> Studio:
    return cast(Studio, current_app.extensions["studio"])


@blueprint.record
def _with_memory(state: BlueprintSetupState) -> None:
    state.app.extensions["recall"] = Recall()


def recall() -> Recall:
    return cast(Recall, current_app.extensions["recall"])


@blueprint.get("/compliance")
@web.as_manager
def figures() -> ResponseReturnValue:
    studio().wake()
    asked = filters.asked()
    frame: dict[str, Any] = {
        "presets": periods.presets(filters.today()),
        "by_names": BY,
        "titles": titles(),
        "areas": filters.areas(),
        "outcomes": OUTCOMES,
        "languages": {code: NAMES[code] for code in web.centre().day.plan.languages if code in NAMES},
    }
    try:
        span = filters.asked_span()
    except ValueError as fault:
        return page("dashboard", 400, found=None, problem=_(str(fault)), chosen=asked, **frame)
    found = _dashboard(span)
    report = _report(found, span)
    asked |= {"from": span.first.isoformat(), "to": span.last.isoformat(), "by": report.by.value}
    patient = bool(request.args.get("wait"))
    drawn = findings.figures(found, asked)
    svgs = studio().svgs({name: one.spec for name, one in drawn.items()}, within_s=PATIENT_S if patient else AT_ONCE_S)
    return page(
        "dashboard",
        found=found,
        focus=found.focus,
        span=span,
        last_day=min(span.last, filters.today()),
        problem="",
        chosen=asked,
        asked={name: value for name, value in asked.items() if value},
        figures=drawn,
        svgs=svgs,
        later=not patient and len(svgs) < len(drawn),
        headline=findings.headline(found, web.centre().day.plan.name),
        **_tiles(found),
        **_words(found),
        **_table(report, span),
        **frame,
    )


def _dashboard(span: Span) -> Dashboard:
    centre, chosen = web.centre(), filters.chosen(span)
    charters, site = centre.day.charters, centre.day.plan.site

    def counted() -> Dashboard:
        with web.reading() as db:
            return dashboard.dashboard(db, centre.code, chosen, charters=charters, site=site)

    return recall().get((centre.head, chosen), counted)


def _report(found: Dashboard, span: Span) -> Compliance:
    """The table of the standards as it is to be divided."""
    by = request.args.get("by") or By.SERVICE
    if by != By.SERVICE:
        return recall().get(("report", web.centre().head, found.chosen, by), lambda: files.report(span))
    service = found.chosen.service
    if not service:
        return filters.guarded(found.report, found.chosen)
    own = tuple(line for line in found.report.lines if line.service == service)
    return filters.guarded(replace(found.report, lines=own, by_hand=()), found.chosen)


def _tiles(found: Dashboard) -> dict[str, Any]:
    """The states at the top: how many standards, and which; too few numbers only where there is such a standard."""
    tiles = []
    for state in (Status.BROKEN, Status.WATCH, Status.KEPT, Status.TOO_FEW):
        own = [one for one in found.standings if one.status is state and findings.shown(one, found)]
        if own or state is not Status.TOO_FEW:
            tiles.append((state, findings.SHAPES[state], STATUS_WORDS[state], own))
    return {"tiles": tiles, "judged": sum(one.status is not None for one in found.standings)}


def _words(found: Dashboard) -> dict[str, Any]:
    """What the template says things with."""
    focus = found.focus
    n, short = focus.short if focus else (0, 0)
    whatif = _what_if(found) if focus else ""
    return {
        "title_of": findings.title_of,
        "hundred": findings.hundred,
        "language_name": findings.language_name,
        "parts": findings.PARTS,
        "status_words": STATUS_WORDS,
        "shapes": findings.SHAPES,
        "short_n": n,
        "short": short,
        "short_minutes": dashboard.SHORT_S // 60,
        "few": dashboard.FEW,
        "what_if": whatif,
        "longest": LONGEST,
    }


def _what_if(found: Dashboard) -> str:
    """Where one counter more is tried, at the hours that hold most of the breaches."""
    assert found.focus is not None
    values: dict[str, Any] = {"from": found.chosen.first.isoformat(), "to": found.chosen.last.isoformat(), "by": 1,
                              "service": found.focus.standing.line.service}  # fmt: skip
    worst = found.focus.worst
    if worst is None:
        return ""
    if worst.weekday is not None:
        values["weekday"] = list(WEEK)[worst.weekday]
    return url_for("admin.what_if", start=f"{worst.since:02d}:00", end=f"{min(worst.until, 23):02d}:00", **values)


def _table(report: Compliance, span: Span) -> dict[str, Any]:
    """The whole table of the standards, and the waits that were told."""
    return {
        "report": report,
        "counts": {one: sum(line.verdict.outcome is one for line in report.lines) for one in Outcome},
        "definition": definition()[web.language()],
        "outside": [(OUTSIDE[name][web.language()], n) for name, n in report.outside().items()],
        "group": files.group,
        "minutes": minutes,
        "percent": files.percent,
        "quotes": recall().get(
            (web.centre().head, span, report.by, request.args.get("service")), lambda: files.quotes(span)
        ),
        "quotes_definition": accuracy.definition()[web.language()],
        "quotes_outside": accuracy.OUTSIDE,
    }


@blueprint.get("/compliance/<name>.csv")
@web.as_manager
def picture_csv(name: str) -> ResponseReturnValue:
    """The rows of one picture, for an Italian spreadsheet."""
    try:
        span = filters.asked_span()
    except ValueError:
        abort(400)
    asked = filters.asked()
    found = _dashboard(span)
    figure = findings.figures(found, asked).get(name)
    if figure is None:
        abort(404)
    return files.attachment(files.semicolons(figure.table()), f"{name}-{span.first:%Y%m%d}-{span.last:%Y%m%d}.csv")


# --- notes beside the weeks --------------------------------------------------------------------------


@blueprint.post("/compliance/notes")
@web.as_manager
def add_note() -> ResponseReturnValue:
    """A cause, on its day; or that from this day the service works in another way."""
    form, centre = request.form, web.centre()
    text = " ".join(form.get("text", "").split())[:LONGEST]
    try:
        day = date.fromisoformat(form.get("day", ""))
    except ValueError:
        flash(_(periods.BAD_DAY), "error")
        return _back()
    if not text:
        flash(_(NO_TEXT), "error")
        return _back()
    if not 8 <= len(form.get("command_id", "")) <= 64:
        abort(400)
    note = Note(id=form["command_id"], day=day, service=form.get("service", ""), text=text, restart="restart" in form)
    centre.write(partial(ledger.keep, centre=centre.code, note=note, now_ms=centre.now().wall_ms))
    recall().clear()
    flash(_("La nota è sul grafico, e andrà nella verifica annuale."))
    return _back()


@blueprint.post("/compliance/notes/<note>/remove")
@web.as_manager
def remove_note(note: str) -> ResponseReturnValue:
    centre = web.centre()
    centre.write(partial(ledger.remove, centre=centre.code, note=note))
    recall().clear()
    flash(_("La nota è stata tolta."))
    return _back()


def _back() -> ResponseReturnValue:
    """The dashboard as it was asked for: the form carries its filters."""
    asked: dict[str, Any] = {
        name: request.form[f"asked_{name}"] for name in filters.FILTERS if request.form.get(f"asked_{name}")
    }
    return redirect(url_for("admin.figures", **asked, _anchor="since"), 303)
