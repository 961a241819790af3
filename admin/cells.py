"""From a figure to the tickets behind it: never who came, never who called."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin import figures as files
from admin import filters, findings
from admin.dashboard import AT_ONCE_S, PATIENT_S, studio
from admin.home import titles
from admin.pages import blueprint, page
from sportello import web
from sportello.domain.clock import local_time
from sportello.domain.tickets import Status
from sportello.i18n import N_, translator
from sportello.ledger import moments
from sportello.ledger.db import Row
from sportello.pictures import specs
from sportello.reports.rendering import minutes

MOST = 300  # tickets of a list
STATUSES = {
    Status.WAITING: N_("in attesa"),
    Status.CALLED: N_("chiamato"),
    Status.SERVING: N_("allo sportello"),
    Status.HELD: N_("sospeso"),
    Status.FINISHED: N_("servito"),
    Status.NO_SHOW: N_("non presentato"),
    Status.LEFT: N_("rinuncia"),
    Status.VOIDED: N_("annullato"),
    Status.UNSERVED: N_("mai chiamato"),
}


@blueprint.get("/compliance/cell")
@web.as_manager
def cell() -> ResponseReturnValue:
    """The tickets of a service, and of an hour and a day of the week where these are asked."""
    try:
        span = filters.asked_span()
    except ValueError:
        abort(400)
    weekday, hour = (request.args.get(name, -1, type=int) for name in ("weekday", "hour"))
    service = request.args.get("service", "")
    if weekday not in range(-1, 7) or hour not in range(-1, 24):
        abort(400)
    with web.reading() as db:
        found = moments.tickets(
            db,
            web.centre().code,
            span.first,
            span.last,
            service=service,
            weekday=None if weekday < 0 else weekday,
            hour=hour,
        )
        rows = list(islice(found, MOST + 1))
    where = [_(findings.ONE_DAY[weekday])] if weekday >= 0 else []
    where += [_("fra le %(since)s e le %(until)s", since=hour, until=hour + 1)] if hour >= 0 else []
    return page(
        "cell",
        rows=rows[:MOST],
        more=len(rows) > MOST,
        most=MOST,
        span=span,
        service=_named(service),
        code=service,
        where=", ".join(where),
        clock=_clock,
        minutes=minutes,
        statuses=STATUSES,
        problem="",
    )


@blueprint.get("/compliance/day/<date>")
@web.as_manager
def one_day(date: str) -> ResponseReturnValue:
    """What one day looked like: each number a line from its issue to its call."""
    label, service, rows = _asked(date)
    late = [one for one in rows if _late(one)]
    counted = [one for one in rows if one["status"] != Status.VOIDED and one["threshold_s"] is not None]
    spec = specs.strip([_strand(one) for one in rows if _drawn(one)], translator(web.language()))
    patient = bool(request.args.get("wait"))
    return page(
        "cell_day",
        rows=rows,
        day=label,
        service=_named(service),
        code=service,
        title=_("%(late)s numeri su %(all)s oltre lo standard o mai chiamati.", late=len(late), all=len(counted)),
        svg=studio().svg(spec, within_s=PATIENT_S if patient else AT_ONCE_S) if rows else None,
        later=bool(rows) and not patient,
        clock=_clock,
        minutes=minutes,
        statuses=STATUSES,
        problem="",
    )


@blueprint.get("/compliance/day/<date>.csv")
@web.as_manager
def one_day_csv(date: str) -> ResponseReturnValue:
    """The numbers of one day, for an Italian spreadsheet."""
    label, _service, rows = _asked(date)
    return files.attachment(files.semicolons(_lines(rows)), f"giorno-{label:%Y%m%d}.csv")


def _asked(text: str) -> tuple[date, str, Sequence[Row]]:
    """The day and the service that are asked for, and their numbers."""
    label, service = _day(text), request.args.get("service", "")
    with web.reading() as db:
        return label, service, list(moments.tickets(db, web.centre().code, label, label, service=service))


def _lines(rows: Sequence[Row]) -> Iterator[Sequence[object]]:
    """What the table of the page says; times of day, and seconds."""
    yield [_("Numero"), _("Servizio"), _("Rilasciato"), _("Chiamato"),
           *(f"{name} (s)" for name in (_("Attesa"), _("Standard"), _("Fino all'inizio"), _("Allo sportello"))),
           _("Chiamate"), _("Passaggi"), _("Esito")]  # fmt: skip
    for one in rows:
        outcome = STATUSES[one["status"]]
        yield (
            one["number"],
            one["service"],
            *(_clock(one[name]) if one[name] is not None else "" for name in ("arrival_ms", "called_ms")),
            *(one[name] for name in ("wait_s", "threshold_s", "walk_s", "service_s", "calls", "legs")),
            _(outcome),
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


def _named(service: str) -> str:
    return f"{service} {titles().get(service, '')}".strip()


def _clock(ms: int | None) -> str:
    """Local time of day; a dash where it never came."""
    return "–" if ms is None else f"{local_time(ms):%H:%M:%S}"


def _late(one: Row) -> bool:
    if one["threshold_s"] is None or one["status"] == Status.VOIDED:
        return False
    over = one["wait_s"] is not None and one["wait_s"] > one["threshold_s"]
    return bool(over or one["status"] == Status.UNSERVED)


def _drawn(one: Row) -> bool:
    return one["status"] != Status.VOIDED and (one["called_ms"] is not None or one["ended_ms"] is not None)


def _strand(one: Row) -> specs.Strand:
    end = one["called_ms"] if one["called_ms"] is not None else one["ended_ms"]
    return specs.Strand(since=_minute(one["clock_start_ms"]), to=_minute(end), late=_late(one))


def _minute(ms: int) -> float:
    moment = local_time(ms)
    return moment.hour * 60 + moment.minute + moment.second / 60
