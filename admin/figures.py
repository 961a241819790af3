"""How each declared standard was kept, for a spreadsheet: the figures of the dashboard as files."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from flask import Response, abort, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin import filters
from admin.pages import blueprint
from admin.periods import Span
from admin.wording import GROUPS, OUTCOMES
from sportello import accuracy, web
from sportello.accuracy import Accuracy
from sportello.dashboard import wanted
from sportello.history import csv_lines
from sportello.i18n import N_
from sportello.ledger.queries import By
from sportello.reports.compliance import Compliance, Line, compliance
from sportello.spreadsheet import lines

MARK = "\ufeff"  # so that a spreadsheet reads UTF-8


def report(span: Span) -> Compliance:
    """The report the address asks for."""
    centre, by = web.centre(), request.args.get("by") or By.SERVICE
    if by not in set(By):
        abort(400)
    chosen = filters.chosen(span)
    with web.reading() as db:
        found = compliance(
            db,
            centre.code,
            charters=centre.day.charters,
            site=centre.day.plan.site,
            first=span.first,
            last=span.last,
            by=by,
            service=chosen.service or None,
            language=chosen.language,
            wanted=wanted(chosen),
        )
    return filters.guarded(found, chosen)


def quotes(span: Span) -> Accuracy:
    """How the waits that were told were kept, for the same address."""
    centre = web.centre()
    with web.reading() as db:
        return accuracy.accuracy(
            db,
            centre.code,
            charters=centre.day.charters,
            first=span.first,
            last=span.last,
            by=request.args.get("by") or By.SERVICE,
            service=request.args.get("service") or None,
        )


def group(line: Line | accuracy.Line) -> str:
    """A group of the report in words; months, days, hours and versions speak for themselves."""
    return str(_(GROUPS[line.group])) if line.group in GROUPS else line.group


def percent(share: Decimal | None) -> str:
    """A share of 1 as a percentage with two decimals, as written in Italian; "" when there is none."""
    return "" if share is None else f"{share * 100:.2f}".replace(".", ",")


# --- for spreadsheets --------------------------------------------------------------------------------


@blueprint.get("/compliance.csv")
@web.as_manager
def figures_csv() -> ResponseReturnValue:
    """The same figures; semicolons and decimal commas, as Italian spreadsheets read them."""
    try:
        span = filters.asked_span()
    except ValueError:
        abort(400)
    return attachment(semicolons(_cells(report(span))), f"conformita-{span.first:%Y%m%d}-{span.last:%Y%m%d}.csv")


def _cells(found: Compliance) -> Iterator[Sequence[object]]:
    yield [str(_(head)) for head in HEADS]
    for line in found.lines:
        yield _row(found, line)


HEADS = (
    N_("dal"),
    N_("al"),
    N_("servizio"),
    N_("titolo"),
    N_("gruppo"),
    N_("Carta"),
    N_("standard"),
    N_("valore programmato"),
    N_("provenienza"),
    N_("soglia (s)"),
    N_("obiettivo (%)"),
    N_("esito"),
    N_("numeri validi"),
    N_("entro la soglia"),
    N_("entro la soglia (%)"),
    N_("P50 (s)"),
    N_("P90 (s)"),
    N_("massimo (s)"),
    N_("non serviti"),
    N_("rinunce"),
    N_("non presentati"),
    N_("annullati"),
    N_("orologio non affidabile"),
    N_("non accolti"),
    N_("ancora in attesa"),
)


def _row(report: Compliance, line: Line) -> Sequence[object]:
    verdict, waits, standard = line.verdict, line.verdict.waits, line.standard
    provenance = "" if standard is None else _("dimostrativo") if line.demonstrative else _("ufficiale")
    return (
        f"{report.first:%d/%m/%Y}",
        f"{report.last:%d/%m/%Y}",
        line.service,
        line.title.get(web.language(), line.title["it"]),
        "" if report.by is By.SERVICE else group(line),
        line.charter,
        standard.code if standard else "",
        standard.programmed if standard else "",
        provenance,
        standard.threshold_s if standard else "",
        percent(standard.share) if standard else "",
        str(_(OUTCOMES[verdict.outcome][1])),
        verdict.n,
        verdict.within if standard else "",
        percent(verdict.share),
        verdict.p50,
        verdict.p90,
        verdict.longest,
        waits.unserved,
        line.left,
        waits.no_show,
        waits.voided,
        waits.suspect,
        waits.turned_away,
        waits.waiting,
    )


@blueprint.get("/accuracy.csv")
@web.as_manager
def accuracy_csv() -> ResponseReturnValue:
    """How the waits that were told were kept, for an Italian spreadsheet."""
    try:
        span = filters.asked_span()
    except ValueError:
        abort(400)
    if (request.args.get("by") or By.SERVICE) not in set(By):
        abort(400)
    rows = _quoted(quotes(span))
    return attachment(semicolons(rows), f"attese-comunicate-{span.first:%Y%m%d}-{span.last:%Y%m%d}.csv")


def _quoted(report: Accuracy) -> Iterator[Sequence[object]]:
    yield [str(_(head)) for head in QUOTE_HEADS]
    for line in report.lines:
        yield (
            f"{report.first:%d/%m/%Y}",
            f"{report.last:%d/%m/%Y}",
            line.service,
            line.title.get(web.language(), line.title["it"]),
            "" if report.by is By.SERVICE else group(line),
            line.n,
            line.inside,
            percent(line.share),
            line.below,
            line.above,
            line.untold,
        )


QUOTE_HEADS = (
    N_("dal"),
    N_("al"),
    N_("servizio"),
    N_("titolo"),
    N_("gruppo"),
    N_("attese comunicate"),
    N_("dentro l'intervallo"),
    N_("dentro l'intervallo (%)"),
    N_("più brevi"),
    N_("più lunghe"),
    N_("senza attesa comunicata"),
)


def semicolons(rows: Iterator[Sequence[object]]) -> Iterator[str]:
    yield MARK
    yield from lines(rows, delimiter=";")


@blueprint.get("/tickets.csv")
@web.as_manager
def tickets_csv() -> ResponseReturnValue:
    """Every number of the period, one a line, in the format of the API: for analysis and open data."""
    try:
        span = filters.asked_span()
    except ValueError:
        abort(400)

    def told() -> Iterator[str]:
        with web.reading() as db:
            yield from csv_lines(db, web.centre().code, span.first, span.last)

    return attachment(told(), f"tickets-{span.first:%Y%m%d}-{span.last:%Y%m%d}.csv")


def attachment(text: Iterator[str], name: str) -> Response:
    """A file to save, sent while it is made."""
    headers = {"Content-Disposition": f"attachment; filename={name}", "Cache-Control": "no-store"}
    return Response(stream_with_context(text), mimetype="text/csv", headers=headers)
