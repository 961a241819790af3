"""Which tickets an address asks for: a period, and a service, macro-area, class, channel or language."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from flask import abort, request

from admin import periods
from admin.periods import Span
from sportello import dashboard, web
from sportello.dashboard import FEW
from sportello.domain.charter import Channel
from sportello.i18n import NAMES
from sportello.ledger.moments import Chosen
from sportello.reports.compliance import Compliance

FILTERS = ("from", "to", "service", "by", "area", "class", "channel", "language")
CLASSES: Mapping[str, bool] = {"ordinary": False, "priority": True}


def today() -> date:
    return web.centre().now().local().date()


def asked_span() -> Span:
    """The period of the address; ValueError with an Italian sentence for one that is none."""
    return periods.asked(request.args.get("from", ""), request.args.get("to", ""), today())


def asked() -> dict[str, str]:
    """The filters as they stand in the address, "" where they do not."""
    return {name: request.args.get(name, "") for name in FILTERS}


def areas() -> Mapping[str, str]:
    """The macro-areas by code, in the language of the page."""
    titles = dashboard.area_titles(web.centre().day.charters)
    return {code: title.get(web.language(), title["it"]) for code, title in titles.items()}


def chosen(span: Span) -> Chosen:
    """The tickets asked for; 400 for a filter that is none."""
    given = asked()
    offered = (("area", areas()), ("class", CLASSES), ("channel", set(Channel)), ("language", NAMES))
    if any(given[name] and given[name] not in known for name, known in offered):
        abort(400)
    area, channel = given["area"], given["channel"]
    return Chosen(
        first=span.first,
        last=span.last,
        service=given["service"],
        services=dashboard.area_services(web.centre().day.charters, area) if area else frozenset(),
        priority=CLASSES.get(given["class"]),
        channel=Channel(channel) if channel else None,
        language=given["language"],
    )


def guarded(report: Compliance, chosen: Chosen) -> Compliance:
    """A report on one language without the lines in which somebody could be recognised."""
    if not chosen.language:
        return report
    return replace(report, lines=tuple(line for line in report.lines if line.verdict.n >= FEW))
