"""The pictures of the dashboard in words: each has a sentence that is its finding, a subtitle, and its table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from sportello import web
from sportello.charter_words import INDICATORS, WEEK
from sportello.dashboard import FEW, Dashboard, Focus, Spoken, Standing, Worst
from sportello.domain.charter import Indicator
from sportello.domain.statistics import SMALL_WEEK, Assurance, Rule, Signal, Status, Stretch
from sportello.i18n import N_, NAMES, translator
from sportello.pictures import specs
from sportello.pictures.specs import STATUS_WORDS
from sportello.reports.rendering import minutes

DAYS = tuple(WEEK.values())
ONE_DAY: Mapping[int, str] = {
    0: N_("il lunedì"), 1: N_("il martedì"), 2: N_("il mercoledì"), 3: N_("il giovedì"), 4: N_("il venerdì"),
    5: N_("il sabato"), 6: N_("la domenica"),
}  # fmt: skip
SHAPES: Mapping[Status, str] = {Status.KEPT: "●", Status.WATCH: "◆", Status.BROKEN: "▼", Status.TOO_FEW: "◇"}
RULES: Mapping[Rule, str] = {
    Rule.BEYOND: N_("fuori dai limiti"),
    Rule.RUN: N_("sette di fila dalla stessa parte della media"),
    Rule.TREND: N_("sette di fila in salita o in discesa"),
    Rule.OUTER: N_("due su tre vicino a un limite"),
}
ASSURANCE: Mapping[Assurance, str] = {
    Assurance.SURE: N_("di norma rispettato"),
    Assurance.CANNOT: N_("non ce la può fare così com'è: serve un cambiamento"),
    Assurance.NOW_AND_THEN: N_("a volte sì, a volte no"),
}
PARTS: Mapping[str, str] = {
    "wait": N_("attesa fino alla prima chiamata"),
    "walk": N_("dalla chiamata all'inizio"),
    "service": N_("allo sportello"),
    "journey": N_("tutta la visita, dal numero alla fine"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table; `href` leads to the tickets behind it."""

    cells: Sequence[object]
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture: its finding, what it was made from, how it is drawn, and the table behind it."""

    name: str
    title: str
    subtitle: str
    spec: specs.Spec
    heads: Sequence[str]
    rows: Sequence[Row] = field(default=())

    def table(self) -> Iterator[Sequence[object]]:
        """Heads and rows, for a file."""
        yield self.heads
        for row in self.rows:
            yield row.cells


def figures(found: Dashboard, links: Mapping[str, str]) -> Mapping[str, Figure]:
    """The pictures of a dashboard by name, without empty ones. `links`: what was asked, for addresses."""
    made: list[Figure] = []
    judged = [one for one in found.standings if one.status and shown(one, found)]
    if judged:
        made.append(which(judged, found))
    focus = found.focus
    if focus:
        made.append(since_when(focus))
        if any(cell.shown for cell in focus.hours):
            made.append(at_what_hours(focus, found, links))
        if focus.bars:
            made.append(how_late(focus, found))
    return {one.name: one for one in made}


def shown(one: Standing, found: Dashboard) -> bool:
    """Whether a standing may be shown: of one language, only where enough people used it."""
    return not found.chosen.language or one.line.verdict.n >= FEW


# --- sentences ---------------------------------------------------------------------------------------


def hundred(percent: float) -> int:
    """Per cent as people in a hundred; never rounded up to a target that was missed."""
    return int(percent)


def title_of(one: Standing) -> str:
    title = one.line.title.get(web.language(), one.line.title["it"])
    if one.line.indicator is Indicator.WAIT:
        return f"{one.line.service} {title}"
    return ", ".join((f"{one.line.service} {title}", _(INDICATORS[one.line.indicator])))


def within(threshold_s: int | None) -> str:
    """A threshold in words: 15 minutes; 12:30 where it is no whole number of them."""
    seconds = threshold_s or 0
    return str(_("%(n)s minuti", n=seconds // 60 if seconds % 60 == 0 else minutes(seconds)))


def day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def period(found: Dashboard) -> str:
    return str(_("Dal %(first)s al %(last)s", first=day(found.chosen.first), last=day(found.chosen.last)))


def when(worst: Worst | None) -> str:
    """The hours at which most of the breaches are, as a part of a sentence."""
    if worst is None:
        return ""
    hours = {"since": worst.since, "until": worst.until}
    if worst.weekday is None:
        return str(_("soprattutto fra le %(since)s e le %(until)s", **hours))
    return str(_("soprattutto %(day)s fra le %(since)s e le %(until)s", day=_(ONE_DAY[worst.weekday]), **hours))


def headline(found: Dashboard, place: str) -> Sequence[str]:
    """What a manager must know in five seconds: which standard, where, since when, at what hours."""
    focus = found.focus
    if focus is None:
        return [_("Nessun numero con uno standard a tempo in questo periodo.")]
    one, standard = focus.standing, focus.standard
    facts = {
        "service": title_of(one),
        "place": place,
        "n": hundred(one.percent),
        "limit": within(standard.threshold_s),
        "target": _number(one.target),
    }
    said = [
        {
            Status.BROKEN: _("%(service)s, %(place)s: standard non rispettato.", **facts),
            Status.WATCH: _("%(service)s, %(place)s: da tenere d'occhio.", **facts),
            Status.KEPT: _("%(service)s, %(place)s: standard rispettato.", **facts),
            Status.TOO_FEW: _("%(service)s, %(place)s: i dati non bastano per dirlo.", **facts),
        }[one.status or Status.TOO_FEW],
        _("%(n)s persone su 100 chiamate entro %(limit)s; l'obiettivo è %(target)s.", **facts),
    ]
    return [*said, *_since(focus)]


def _since(focus: Focus) -> Iterator[str]:
    if focus.since and focus.points and focus.since == focus.points[0].first:
        yield _("Sotto l'obiettivo da almeno il %(day)s.", day=day(focus.since))
    elif focus.since:
        yield _("Sotto l'obiettivo senza interruzione dal %(day)s.", day=day(focus.since))
    elif focus.points:
        yield _("Nell'ultima settimana l'obiettivo è raggiunto.")
    if focus.worst:
        yield _("Chi aspetta troppo arriva %(when)s.", when=when(focus.worst))


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".").replace(".", "," if web.language() == "it" else ".")


# --- the pictures ------------------------------------------------------------------------------------


def which(judged: Sequence[Standing], found: Dashboard) -> Figure:
    """Who breaks the standard?"""
    broken, watched = found.count(Status.BROKEN), found.count(Status.WATCH)
    if broken:
        title = _("Standard non rispettati: %(n)s su %(all)s; il più lontano è %(service)s.",
                  n=broken, all=len(judged), service=title_of(judged[0]))  # fmt: skip
    elif watched:
        title = _(
            "Nessuno standard è certamente mancato; da tenere d'occhio %(n)s su %(all)s.", n=watched, all=len(judged)
        )
    else:
        title = _("Nessuno standard è mancato, dove i dati bastano.")
    total = sum(one.line.verdict.n for one in judged)
    return Figure(
        name="which",
        title=title,
        subtitle=_(
            "%(period)s, n = %(n)s numeri validi. La barra è l'intervallo di confidenza al 95 %% (Wilson), "
            "il trattino l'obiettivo: cerchio, tutto l'intervallo lo raggiunge; triangolo, tutto sotto; "
            "rombo, può essere il caso; croce, meno di 30 numeri.",
            period=period(found),
            n=total,
        ),
        spec=specs.intervals(
            [
                specs.Interval(
                    name=_short(title_of(one)),
                    percent=one.percent,
                    low=one.low,
                    high=one.high,
                    target=one.target,
                    status=one.status or Status.TOO_FEW,
                )
                for one in judged
            ],
            translator(web.language()),
        ),
        heads=(
            _("servizio"),
            _("standard"),
            _("Carta"),
            _("stato"),
            _("numeri validi"),
            _("entro lo standard (%)"),
            _("da (%)"),
            _("a (%)"),
            _("obiettivo (%)"),
        ),
        rows=[
            Row(
                cells=(
                    title_of(one),
                    one.line.standard.code if one.line.standard else "",
                    one.line.charter,
                    _(STATUS_WORDS[one.status or Status.TOO_FEW]),
                    one.line.verdict.n,
                    _number(one.percent),
                    _number(one.low),
                    _number(one.high),
                    _number(one.target),
                )
            )
            for one in judged
        ],
    )


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29].rstrip()}…"


def since_when(focus: Focus) -> Figure:
    """Since when? Is it real?"""
    signals = {signal.at: signal for stretch in focus.stretches for signal in stretch.signals}
    of_point = {at: stretch for stretch in focus.stretches for at in range(stretch.start, stretch.end)}
    numbers = {note.day: str(n) for n, note in enumerate(focus.notes, start=1)}
    weeks = [
        specs.Week(
            first=point.first,
            percent=point.percent,
            better=signals[at].better if at in signals else None,
            mean=_limit(of_point[at], "mean"),
            lower=_limit(of_point[at], "lower"),
            upper=_limit(of_point[at], "upper"),
        )
        for at, point in enumerate(focus.points)
    ]
    say = translator(web.language())
    return Figure(
        name="since",
        title=_trend(focus, signals),
        subtitle=_(
            "%(service)s, quota entro lo standard per settimana, dal %(first)s al %(last)s; una settimana con meno di "
            "%(small)s numeri si legge con la seguente. Carta XmR: media e limiti naturali dalle prime 26 settimane, "
            "quattro regole; si colora solo ciò che il caso non spiega.",
            service=title_of(focus.standing),
            first=day(focus.points[0].first) if focus.points else "–",
            last=day(focus.points[-1].last) if focus.points else "–",
            small=SMALL_WEEK,
        ),
        spec=specs.individuals(weeks, focus.standing.target, numbers, say),
        heads=(
            _("dal"),
            _("al"),
            _("numeri validi"),
            _("entro lo standard"),
            _("quota (%)"),
            _("media (%)"),
            _("limite inferiore (%)"),
            _("limite superiore (%)"),
            _("segnale"),
        ),
        rows=[
            Row(
                cells=(
                    day(point.first),
                    day(point.last),
                    point.n,
                    point.within,
                    _number(point.percent),
                    *("" if value is None else _number(value) for value in (week.mean, week.lower, week.upper)),
                    _signal(signals.get(at)),
                )
            )
            for at, (point, week) in enumerate(zip(focus.points, weeks, strict=True))
        ],
    )


def _limit(stretch: Stretch, name: str) -> float | None:
    return getattr(stretch.limits, name) if stretch.limits else None


def _signal(signal: Signal | None) -> str:
    if signal is None:
        return ""
    way = _("miglioramento") if signal.better else _("peggioramento")
    return f"{way}: " + ", ".join(_(RULES[rule]) for rule in Rule if rule in signal.rules)


def _trend(focus: Focus, signals: Mapping[int, Signal]) -> str:
    """The finding of the weeks: a signal at their end, and whether the target is in reach."""
    assurance = focus.assurance
    if assurance is None:
        return str(_("Le settimane sono ancora poche per distinguere un segnale dal caso."))
    last = len(focus.points) - 1
    newest = signals.get(last)
    if newest is None:
        change = _("Nessun cambiamento vero nelle ultime settimane")
    else:
        start = last
        while start - 1 in signals and signals[start - 1].better == newest.better:
            start -= 1
        since = day(focus.points[start].first)
        change = (
            _("Miglioramento dal %(day)s", day=since) if newest.better else _("Peggioramento dal %(day)s", day=since)
        )
    return str(
        _(
            "%(change)s. L'obiettivo, con il lavoro di oggi: %(assurance)s.",
            change=change,
            assurance=_(ASSURANCE[assurance]),
        )
    )


def at_what_hours(focus: Focus, found: Dashboard, links: Mapping[str, str]) -> Figure:
    """At what hours?"""
    limit_s = focus.standard.threshold_s or 0
    seen = [cell for cell in focus.hours if cell.shown]
    hidden = len(focus.hours) - len(seen)
    top = max((cell for cell in seen if cell.p90 is not None), key=lambda cell: cell.p90 or 0, default=None)
    if top is None or (top.p90 or 0) <= limit_s:
        title = _("A nessuna ora nove persone su dieci aspettano più dello standard.")
    else:
        title = _("L'attesa più lunga è %(day)s fra le %(since)s e le %(until)s: "
                  "nove persone su dieci entro %(time)s minuti.",
                  day=_(ONE_DAY[top.weekday]), since=top.hour, until=top.hour + 1, time=_ceil(top.p90))  # fmt: skip
    links_of: dict[str, Any] = {key: value for key, value in links.items() if key in ("from", "to") and value}
    return Figure(
        name="hours",
        title=title,
        subtitle=_(
            "%(service)s, %(period)s, n = %(n)s. Minuti entro cui è chiamato chi arriva in quell'ora, nove volte su "
            "dieci (P90, rango più vicino); bordo rosso oltre lo standard. Celle con meno di %(few)s numeri nascoste: "
            "%(hidden)s.",
            service=title_of(focus.standing),
            period=period(found),
            n=sum(cell.n for cell in focus.hours),
            few=FEW,
            hidden=hidden,
        ),
        spec=specs.heat(
            [
                specs.Hour(weekday=cell.weekday, hour=cell.hour, minutes=None if cell.p90 is None else cell.p90 / 60)
                for cell in seen
            ],
            limit_s / 60,
            [_(name) for name in DAYS],
            translator(web.language()),
        ),
        heads=(_("giorno"), _("ora di arrivo"), _("numeri validi"), _("entro lo standard"), _("P90")),
        rows=[
            Row(
                cells=(_(DAYS[cell.weekday]), f"{cell.hour}–{cell.hour + 1}", cell.n, cell.within, minutes(cell.p90)),
                # a language and a number are never shown together
                href=""
                if found.chosen.language
                else url_for(
                    "admin.cell", service=focus.standing.line.service, weekday=cell.weekday, hour=cell.hour, **links_of
                ),
            )
            for cell in seen
        ],
    )


def _ceil(seconds: int | None) -> int:
    return -(-(seconds or 0) // 60)


def how_late(focus: Focus, found: Dashboard) -> Figure:
    """How late are the late?"""
    late = sum(bar.n for bar in focus.bars if bar.late)
    called = sum(bar.n for bar in focus.bars)
    limit = within(focus.standard.threshold_s)
    if focus.beyond_s is None:
        title = _("Tutte le persone chiamate lo sono state entro %(limit)s.", limit=limit)
    else:
        title = _("%(late)s persone chiamate su %(called)s oltre %(limit)s: "
                  "la metà di loro almeno %(more)s minuti dopo.",
                  late=late, called=called, limit=limit, more=max(1, focus.beyond_s // 60))  # fmt: skip
    return Figure(
        name="late",
        title=title,
        subtitle=_(
            "%(service)s, %(period)s. Attese dei chiamati; mai chiamati, e perciò fuori dal disegno ma contati come "
            "non rispettati: %(unserved)s. Un picco subito prima della linea chiede di guardare come si chiama.",
            service=title_of(focus.standing),
            period=period(found),
            unserved=focus.unserved,
        ),
        spec=specs.histogram(
            [specs.Bar(start=bar.start, end=bar.end, n=bar.n, late=bar.late) for bar in focus.bars],
            (focus.standard.threshold_s or 0) / 60,
            translator(web.language()),
        ),
        heads=(_("oltre (minuti)"), _("fino a (minuti)"), _("persone"), _("esito")),
        rows=[
            Row(
                cells=(
                    _number(bar.start),
                    _number(bar.end),
                    bar.n,
                    _("oltre lo standard") if bar.late else _("entro lo standard"),
                )
            )
            for bar in focus.bars
        ],
    )


def language_name(one: Spoken) -> str:
    """A language by its own name; those of which there are few stand together."""
    return NAMES.get(one.language, one.language) if one.language else _("altre lingue, poche persone ciascuna")
