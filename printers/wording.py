"""The sentences on the slip, each from one fact."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent

from sportello.domain.slips import Slip
from sportello.i18n import Say, locale

CENTRES = ZoneInfo("Europe/Rome")


def title(service: Mapping[str, str], language: str) -> str:
    """The service in the words of the kiosk, in Italian where nobody has translated them."""
    return service.get(language) or service["it"]


def standard(slip: Slip, language: str, _: Say) -> str | None:
    """What the charter promises for this service; None where it promises no time."""
    if slip.standard_s is None:
        return None
    minutes = format_decimal(Decimal(slip.standard_s) / 60, "#,##0.#", locale=locale(language))
    sentence = _("Il nostro impegno: entro %(minutes)s minuti") % {"minutes": minutes}
    if slip.standard_share is not None:
        share = format_percent(Decimal(slip.standard_share), locale=locale(language), decimal_quantization=False)
        sentence = _("Il nostro impegno: entro %(minutes)s minuti nel %(share)s dei casi") % {
            "minutes": minutes,
            "share": share,
        }
    constructed = _("(dato dimostrativo)")
    return f"{sentence} {constructed}" if slip.demonstrative else sentence


def issued(slip: Slip, language: str, _: Say) -> str:
    """Day and time on the centre's clock."""
    when = datetime.fromtimestamp(slip.issued_ms / 1000, UTC).astimezone(CENTRES)
    return _("%(date)s, ore %(time)s") % {
        "date": format_date(when, "long", locale=locale(language)),
        "time": format_time(when, "HH:mm", locale=locale(language)),
    }


def phone(_: Say) -> str:
    return _("Segua la fila sul telefono:")


def code(slip: Slip, _: Say) -> str:
    """Eight characters that tell this slip from every other with the same number."""
    return _("Codice: %(code)s") % {"code": slip.ticket[-8:].upper()}
