"""Numbers, times and refusals in the words of a visitor. Every figure is an island of its own in right-to-left text."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from babel.dates import format_date, get_day_names
from flask_babel import get_translations
from flask_babel import gettext as _gettext
from markupsafe import Markup, escape

from sportello.domain.charter import Standard, Text
from sportello.domain.clock import local_time
from sportello.domain.errors import Reason
from sportello.domain.estimates import Range
from sportello.domain.plan import WEEKDAYS, Opening, Plan
from sportello.i18n import DEFAULT, N_, locale

REFUSALS: Mapping[Reason, str] = {
    Reason.UNKNOWN_SERVICE: N_("Questo servizio qui non c'è."),
    Reason.UNKNOWN_TICKET: N_("Questo numero oggi non c'è."),
    Reason.CLOSED: N_("Ora non si danno numeri per questo servizio."),
    Reason.QUOTA_FULL: N_("I numeri di oggi sono finiti."),
    Reason.ISSUING_STOPPED: N_("Ora il totem non dà numeri."),
    Reason.NO_CHARTER: N_("Oggi il totem non dà numeri."),
    Reason.BAD_TIME: N_("Il Suo appuntamento non è di oggi."),
    Reason.NOTHING_TO_PRINT: N_("Il Suo numero è già stato chiamato."),
}
UNCLEAR = N_("Qualcosa non è riuscito. Ricominci.")


def bdi(figure: object) -> Markup:
    """A figure set apart; words that have their figures set apart already stay as they are."""
    return figure if isinstance(figure, Markup) else Markup("<bdi>{}</bdi>").format(figure)


def _(sentence: str, **values: object) -> Markup:
    """A sentence with its figures set apart."""
    said = Markup(_gettext(sentence))
    return said % {name: bdi(value) for name, value in values.items()} if values else said


def ngettext(one: str, many: str, count: int) -> Markup:
    """The same, in the plural form that a count asks for."""
    return Markup(get_translations().ungettext(one, many, count)) % {"num": bdi(count)}


def in_language(text: Text, language: str) -> str:
    """A text of the charter in the visitor's language, in Italian where it was not translated; may be empty."""
    return text.get(language) or text.get(DEFAULT, "")


def refusal(reason: Reason) -> Markup:
    return escape(_gettext(REFUSALS.get(reason, UNCLEAR)))


def people(waiting: int) -> Markup:
    if not waiting:
        return _("Nessuno in attesa")
    return ngettext("%(num)s persona in attesa", "%(num)s persone in attesa", waiting)


def people_before(ahead: int) -> Markup:
    if not ahead:
        return _("È il prossimo della fila")
    return ngettext("%(num)s persona prima di Lei", "%(num)s persone prima di Lei", ahead)


def estimate(likely: Range) -> Markup:
    """A likely wait in rounded minutes."""
    low, high = likely[0] // 60, likely[1] // 60
    if not low:
        return _("meno di %(minutes)s minuti", minutes=high)
    if low == high:
        return _("circa %(minutes)s minuti", minutes=high)
    return _("circa %(minutes)s minuti", minutes=f"{low}–{high}")


def promise(standard: Standard | None) -> Markup | None:
    """The declared wait in plain words; nothing where none with a time is declared."""
    if standard is None or standard.threshold_s is None or standard.share is None:
        return None
    return _(
        "%(share)s persone su 100 chiamate entro %(minutes)s minuti.",
        share=f"{standard.share * 100:.0f}",
        minutes=standard.threshold_s // 60,
    )


def moment(when: datetime, now: datetime, language: str) -> Markup:
    """A time to come: today, tomorrow, or a date."""
    time = time_of(when.hour * 60 + when.minute)
    if when.date() == now.date():
        return _("oggi alle %(time)s", time=time)
    if when.date() == now.date() + timedelta(days=1):
        return _("domani alle %(time)s", time=time)
    date = format_date(when.date(), "full", locale=locale(language))
    return _("%(date)s alle %(time)s", date=date, time=time)


def booked(booked_ms: int, now: datetime, language: str) -> Markup:
    """When an appointment is."""
    when = moment(local_time(booked_ms), now, language)
    return _("Il Suo appuntamento è %(moment)s.", moment=when)


def why_not(closed: Reason, reopens: Markup | None) -> Markup:
    """Why a service gives no number now, and what that means for the visitor."""
    if closed is Reason.ISSUING_STOPPED:
        return _("Ora il totem non dà numeri.")
    if closed is Reason.QUOTA_FULL:
        return _("I numeri di oggi sono finiti.")
    if reopens is not None:
        return _("Ora è chiuso. Riapre %(moment)s.", moment=reopens)
    return _("Ora è chiuso.")


def week(plan: Plan, language: str) -> list[tuple[str, str]]:
    """The opening hours, day by day."""
    names = get_day_names("wide", locale=locale(language))
    return [
        (names[place].capitalize(), " · ".join(map(_hours, plan.hours[day])))
        for place, day in enumerate(WEEKDAYS)
        if plan.hours.get(day)
    ]


def _hours(opening: Opening) -> str:
    return f"{time_of(opening.start)}–{time_of(opening.end)}"


def time_of(minute: int) -> str:
    """A minute of the day as a time: 13:00."""
    return f"{minute // 60}:{minute % 60:02d}"
