"""How the standards were kept, and every ticket of a period."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from apiflask.exceptions import HTTPError
from flask import Response, stream_with_context

from sportello import accuracy, history
from sportello.api.clients import auth, blueprint
from sportello.api.openapi import answered
from sportello.api.shapes import AccuracyOut, FiguresIn, FiguresOut, PeriodIn
from sportello.ledger.access import Role
from sportello.reports.compliance import compliance
from sportello.reports.rendering import to_data
from sportello.web import centre, reading


@blueprint.get("/compliance")
@blueprint.auth_required(auth, roles=[Role.MANAGER.value])
@blueprint.input(FiguresIn, location="query", arg_name="asked_for")
@blueprint.doc(responses=answered(FiguresOut))
def figures(asked_for: Mapping[str, Any]) -> object:
    """How each declared standard was kept, with the definition of the figures."""
    day = centre().day
    _ordered(asked_for)
    with reading() as db:
        found = compliance(
            db,
            centre().code,
            charters=day.charters,
            site=day.plan.site,
            first=asked_for["first"],
            last=asked_for["last"],
            by=asked_for["by"],
            service=asked_for["service"],
        )
    return to_data(found)


@blueprint.get("/accuracy")
@blueprint.auth_required(auth, roles=[Role.MANAGER.value])
@blueprint.input(FiguresIn, location="query", arg_name="asked_for")
@blueprint.doc(responses=answered(AccuracyOut))
def accuracy_of_quotes(asked_for: Mapping[str, Any]) -> object:
    """How often the wait told with a number was kept, with the definition of the figures."""
    first, last = _ordered(asked_for)
    with reading() as db:
        found = accuracy.accuracy(
            db,
            centre().code,
            charters=centre().day.charters,
            first=first,
            last=last,
            by=asked_for["by"],
            service=asked_for["service"],
        )
    return accuracy.to_data(found)


def _ordered(asked_for: Mapping[str, Any]) -> tuple[date, date]:
    first, last = asked_for["first"], asked_for["last"]
    if first > last:
        raise HTTPError(422, "`from` is after `to`")
    return first, last


@blueprint.get("/tickets.csv")
@blueprint.auth_required(auth, roles=[Role.MANAGER.value])
@blueprint.input(PeriodIn, location="query", arg_name="asked_for")
@blueprint.doc(responses=answered(None, "text/csv"))
def tickets_csv(asked_for: Mapping[str, Any]) -> Response:
    """Every ticket of the days `from`–`to`, one a line."""
    first, last = _ordered(asked_for)

    def lines() -> Iterator[str]:
        with reading() as db:
            yield from history.csv_lines(db, centre().code, first, last)

    name = f"tickets-{first:%Y%m%d}-{last:%Y%m%d}.csv"
    return Response(
        stream_with_context(lines()),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )
