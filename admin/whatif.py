"""*E se…?*: recorded days lived again with other settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin import figures as files
from admin import periods
from admin.dashboard import PATIENT_S, recall, studio
from admin.findings import Figure, Row
from admin.home import titles
from admin.pages import blueprint, page
from admin.replays import TooLong, apart
from admin.wording import DISCIPLINES
from sportello import web, whatif
from sportello.charter_words import WEEK
from sportello.domain.changes import Change, Shift
from sportello.domain.plan import Discipline, NextRule, Opening, opening
from sportello.i18n import N_, translator
from sportello.pictures import specs

DAYS = 12  # of the period, the last: what is answered while somebody waits
FIELDS = ("from", "to", "weekday", "service", "by", "start", "end", "rule", "quota_service", "quota", "booked", "hours")
NOTHING = N_("Dica che cosa deve cambiare: sportelli, regola, numeri al giorno, appuntamenti od orario.")
BAD_HOURS = N_("Scriva le ore come 09:00 e 11:00, la prima prima della seconda.")
BAD_NUMBER = N_("Scriva un numero intero.")
BAD_SHARE = N_("Scriva una percentuale da 0 a 100.")
NO_DAYS = N_("In questo periodo non c'è un giorno registrato.")
TOO_LONG = N_("La risposta richiede troppo tempo: scelga un periodo più breve.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks: which days, whom to judge, and what changes."""

    first: date
    last: date
    weekday: str
    service: str
    change: Change


def _today() -> date:
    return web.centre().now().local().date()


@blueprint.get("/what-if")
@web.as_manager
def what_if() -> ResponseReturnValue:
    chosen = {name: request.args.get(name, "") for name in FIELDS}
    rules = [(one.value, _(name)) for one, (name, _about) in DISCIPLINES.items()]
    week = [(day, _(name)) for day, name in WEEK.items()]
    frame: dict[str, Any] = {"chosen": chosen, "titles": titles(), "week": week, "rules": rules, "most": DAYS}
    if not any(request.args.get(name) for name in FIELDS):
        span = periods.presets(_today())["ultimi 12 mesi"]
        chosen |= {"from": span.first.isoformat(), "to": span.last.isoformat()}
        return page("whatif", answer=None, problem="", **frame)
    try:
        asked = _asked(chosen)
        answer = _answer(asked)
    except ValueError as fault:
        return page("whatif", 400, answer=None, problem=_(str(fault)), **frame)
    except TooLong:
        return page("whatif", 503, answer=None, problem=_(TOO_LONG), **frame)
    language = web.language()
    figure = _figure(answer, asked.change, language)
    return page(
        "whatif",
        answer=answer,
        sentences=list(whatif.sentences(answer, asked.change, language)),
        assumed=whatif.ASSUMED[language],
        figure=figure,
        asked={name: value for name, value in chosen.items() if value},
        svg=studio().svg(figure.spec, within_s=PATIENT_S) if figure else None,
        problem="",
        **frame,
    )


@blueprint.get("/what-if.csv")
@web.as_manager
def what_if_csv() -> ResponseReturnValue:
    """The days behind an answer, for an Italian spreadsheet."""
    try:
        asked = _asked({name: request.args.get(name, "") for name in FIELDS})
        figure = _figure(_answer(asked), asked.change, web.language())
    except (ValueError, TooLong):
        abort(400)
    if figure is None:
        abort(404)
    return files.attachment(files.semicolons(figure.table()), f"e-se-{asked.first:%Y%m%d}-{asked.last:%Y%m%d}.csv")


def _answer(asked: Asked) -> whatif.Answer:
    """The same question is asked of the days once, until something happens."""
    config = web.config()
    answer = recall().get(
        ("what_if", web.centre().head, repr(asked)),
        lambda: apart(
            whatif.of_database,
            config.database,
            config.code,
            asked.first,
            asked.last,
            asked.change,
            weekday=asked.weekday,
            service=asked.service,
            most=DAYS,
        ),
    )
    if not answer.days:
        raise ValueError(NO_DAYS)
    return answer


def _figure(answer: whatif.Answer, change: Change, language: str) -> Figure | None:
    """The share as it was and as it would be, day by day behind it; None where there is nothing to compare."""
    spec = _drawn(answer, change, language)
    if spec is None:
        return None
    finding = whatif.finding(answer, language)
    return Figure(
        name="outlook",
        title=finding,
        subtitle=_(
            "n = %(n)s numeri con uno standard. La barra è l'intervallo di otto risultati su dieci.", n=answer.real.n
        ),
        spec=spec,
        heads=[_("giorno"), _("numeri con uno standard"), _("entro lo standard"), _("numeri con il cambiamento"),
               _("entro lo standard con il cambiamento")],
        rows=[
            Row(cells=(f"{one.label:%d/%m/%Y}", one.real.n, one.real.within, one.other.n, one.other.within),
                href=url_for("admin.one_day", date=one.label.isoformat()))
            for one in answer.days
        ],
    )  # fmt: skip


def _drawn(answer: whatif.Answer, change: Change, language: str) -> specs.Spec | None:
    if answer.real.share is None or answer.other.share is None or answer.low is None or answer.high is None:
        return None
    was, other = 100 * answer.real.share, 100 * answer.other.share
    rows = [
        specs.Outlook(name=_("com'è stato"), percent=was, low=was, high=was),
        specs.Outlook(
            name="; ".join(whatif.described(change, language)),
            percent=other,
            low=100 * answer.low,
            high=100 * answer.high,
        ),
    ]
    return specs.outlook(rows, None, translator(language))


# --- the form ----------------------------------------------------------------------------------------


def _asked(chosen: Mapping[str, str]) -> Asked:
    """The form read; ValueError with an Italian sentence about the first thing that is wrong."""
    span = periods.asked(chosen["from"], chosen["to"], _today())
    change = Change(
        shifts=_shifts(chosen),
        rule=NextRule(discipline=Discipline(chosen["rule"])) if chosen["rule"] in set(Discipline) else None,
        quotas={chosen["quota_service"]: _number(chosen["quota"])} if chosen["quota_service"] else {},
        booked=_share(chosen["booked"]),
        hours=_sessions(chosen["hours"]),
    )
    if change == Change():
        raise ValueError(NOTHING)
    weekday = chosen["weekday"] if chosen["weekday"] in WEEK else ""
    return Asked(first=span.first, last=span.last, weekday=weekday, service=chosen["service"], change=change)


def _shifts(chosen: Mapping[str, str]) -> tuple[Shift, ...]:
    by = _number(chosen["by"]) if chosen["by"] else 0
    return (Shift(by=by, hours=_opening(f"{chosen['start']}-{chosen['end']}")),) if by else ()


def _sessions(text: str) -> tuple[Opening, ...] | None:
    return tuple(map(_opening, text.replace(",", " ").split())) or None


def _opening(text: str) -> Opening:
    try:
        return opening(text.replace("–", "-"))
    except ValueError:
        raise ValueError(BAD_HOURS) from None


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(BAD_NUMBER) from None


def _share(text: str) -> Decimal:
    """A percentage typed, as a share of 1."""
    try:
        share = Decimal(text.replace(",", ".") or "0") / 100
    except InvalidOperation:
        raise ValueError(BAD_SHARE) from None
    if not 0 <= share <= 1:
        raise ValueError(BAD_SHARE)
    return share
