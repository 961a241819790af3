"""Numbers and times in the words of a visitor."""

from datetime import datetime, timedelta

from babel.dates import format_date, get_day_names
from flask_babel import gettext, ngettext

from sportello.domain.boards import Range
from sportello.domain.charter import Standard, Text
from sportello.domain.errors import Reason
from sportello.domain.plan import WEEKDAYS, Opening, Plan
from sportello.i18n import DEFAULT, locale


def _(sentence: str, **values: object) -> str:
    return str(gettext(sentence, **values))


def in_language(text: Text, language: str) -> str:
    """A text of the charter in the visitor's language, in Italian where it was not translated; may be empty."""
    return text.get(language) or text.get(DEFAULT, "")


def people(waiting: int) -> str:
    if not waiting:
        return _("Nessuno in attesa")
    return str(ngettext("%(num)d persona in attesa", "%(num)d persone in attesa", waiting))


def people_before(ahead: int) -> str:
    return str(ngettext("%(num)d persona prima di Lei", "%(num)d persone prima di Lei", ahead))


def estimate(likely: Range) -> str:
    """A likely wait in rounded minutes."""
    low, high = likely[0] // 60, likely[1] // 60
    if not low:
        return _("meno di %(minutes)d minuti", minutes=high)
    if low == high:
        return _("circa %(minutes)d minuti", minutes=high)
    return _("circa %(low)d–%(high)d minuti", low=low, high=high)


def promise(standard: Standard | None) -> str:
    """The declared wait in plain words; nothing where none with a time is declared."""
    if standard is None or standard.threshold_s is None or standard.share is None:
        return ""
    return _(
        "%(share)s persone su 100 chiamate entro %(minutes)d minuti",
        share=f"{standard.share * 100:.0f}",
        minutes=standard.threshold_s // 60,
    )


def moment(when: datetime, now: datetime, language: str) -> str:
    """A time to come: today, tomorrow, or a date."""
    time = time_of(when.hour * 60 + when.minute)
    if when.date() == now.date():
        return _("oggi alle %(time)s", time=time)
    if when.date() == now.date() + timedelta(days=1):
        return _("domani alle %(time)s", time=time)
    return _("%(date)s alle %(time)s", date=format_date(when.date(), "EEEE d MMMM", locale=locale(language)), time=time)


def why_not(closed: Reason, reopens: str) -> str:
    """Why a service gives no number now, and what that means for the visitor."""
    if closed is Reason.QUOTA_FULL:
        return _("I numeri di oggi sono finiti. Chieda quando tornare.")
    if closed is Reason.ISSUING_STOPPED:
        return _("I numeri sono sospesi. Chieda a un operatore.")
    if reopens:
        return _("Ora è chiuso. Riapre %(moment)s.", moment=reopens)
    return _("Ora è chiuso. Chieda a un operatore.")


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
