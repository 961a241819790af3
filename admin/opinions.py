"""How visitors said it went: counts by service, and too few are not shown."""

from collections.abc import Mapping
from datetime import timedelta

from flask import request
from flask.typing import ResponseReturnValue

from admin.home import titles
from admin.pages import blueprint, page
from sportello import web
from sportello.i18n import translator
from sportello.ledger.opinions import counts
from sportello.opinions import scores

FEW = 5  # answers about a service: fewer could be recognised
LONGEST_DAYS = 366


@blueprint.get("/opinions")
@web.as_manager
def opinions() -> ResponseReturnValue:
    days = min(max(request.args.get("days", 30, type=int), 1), LONGEST_DAYS)
    today = web.centre().now().local().date()
    first = today - timedelta(days=days - 1)
    with web.reading() as db:
        found = counts(db, first, today)
    shown = {service: said for service, said in found.items() if sum(said.values()) >= FEW}
    return page(
        "opinions",
        first=first,
        last=today,
        days=days,
        found=shown,
        averages={service: _average(said) for service, said in shown.items()},
        hidden=len(found) - len(shown),
        few=FEW,
        titles=titles(),
        scores=scores(translator(web.language())),
        asking=web.centre().day.plan.feedback,
    )


def _average(said: Mapping[int, int]) -> float:
    return sum(score * n for score, n in said.items()) / sum(said.values())
