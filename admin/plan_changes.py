"""What a new plan would change, in words, before it is adopted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from admin.plan_form import hours, typed_from
from admin.wording import DISCIPLINES
from sportello.charter_words import WEEK
from sportello.domain.plan import WEEKDAYS, NextRule, Offer, Place, Plan
from sportello.i18n import NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One thing as it is and as it would be; "" where it is not there."""

    what: str
    was: str
    becomes: str


def changes(before: Plan, after: Plan, titles: Mapping[str, str]) -> Sequence[Changed]:
    """Everything that differs, in the order of the form."""
    pairs = (*_whole(before, after), *_counters(before, after, titles), *_services(before, after, titles))
    return [Changed(what=what, was=was, becomes=becomes) for what, was, becomes in pairs if was != becomes]


def _whole(before: Plan, after: Plan) -> Iterator[tuple[str, str, str]]:
    """Name, calendar and rule, told with the form's own words."""
    was, becomes = typed_from(before), typed_from(after)
    labels = {
        "name": _("Nome del centro"),
        **{f"hours_{day}": _(WEEK[day]).capitalize() for day in WEEKDAYS},
        "closures": _("Chiusure"),
        "patron": _("Festa del patrono"),
        "early_min": _("Numeri prima dell'apertura (minuti)"),
        "last_number_min": _("Ultimo numero prima della chiusura (minuti)"),
    }
    for field, label in labels.items():
        closed = _("chiuso") if field.startswith("hours_") else ""
        yield label, was[field] or closed, becomes[field] or closed
    yield _("Sempre aperto"), _yes(before.always_open), _yes(after.always_open)
    yield _("Avviso sul tabellone"), before.notice, after.notice
    yield _("Lingue"), _languages(before), _languages(after)
    yield _("Chiamate anche nella lingua di chi aspetta"), _yes(before.second_voice), _yes(after.second_voice)
    yield _("Domanda su come è andata"), _yes(before.feedback), _yes(after.feedback)
    yield _("Chi si chiama prima"), _discipline(before.rule), _discipline(after.rule)
    yield _("Una precedenza al massimo ogni"), str(before.rule.priority_every), str(after.rule.priority_every)
    yield _("Passa avanti chi ha aspettato, in volte"), str(before.rule.guard), str(after.rule.guard)
    yield _("Minuti promessi dove la Carta non dice"), was["default_min"], becomes["default_min"]


def _yes(flag: bool) -> str:
    return str(_("sì") if flag else _("no"))


def _languages(plan: Plan) -> str:
    return ", ".join(NAMES[code] for code in plan.languages)


def _discipline(rule: NextRule) -> str:
    return str(_(DISCIPLINES[rule.discipline][0]))


def _counters(before: Plan, after: Plan, titles: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    was = {place.code: _counter(place, titles) for place in before.places}
    becomes = {place.code: _counter(place, titles) for place in after.places}
    for code in dict.fromkeys((*was, *becomes)):
        yield _("Sportello %(code)s", code=code), was.get(code, ""), becomes.get(code, "")


def _counter(place: Place, titles: Mapping[str, str]) -> str:
    served = ", ".join(titles.get(service, service) for service in place.services) or _("tutti i servizi")
    name = f"{place.name} ({place.room})" if place.room else place.name
    return f"{name}: {served}"


def _services(before: Plan, after: Plan, titles: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    was = {offer.service: _service(offer) for offer in before.offers}
    becomes = {offer.service: _service(offer) for offer in after.offers}
    for code in dict.fromkeys((*was, *becomes)):
        yield titles.get(code, code), was.get(code, ""), becomes.get(code, "")


def _service(offer: Offer) -> str:
    quota = _("%(quota)d numeri al giorno", quota=offer.quota) if offer.quota else _("numeri senza limite")
    window = _("numeri dalle %(hours)s", hours=hours(offer.window)) if offer.window else ""
    return ", ".join(filter(None, (_("lettera %(letter)s", letter=offer.letter), quota, window)))
