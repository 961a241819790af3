"""What paper and telephone both tell a visitor."""

from sportello.i18n import Say

STEP_S = 300  # a wait is told in steps of five minutes: more would promise what nobody knows


def ahead(count: int, _: Say) -> str:
    return _("Persone prima di Lei: %(count)s") % {"count": count or _("nessuna")}


def estimate(shortest_s: int, longest_s: int, _: Say) -> str:
    """The likely wait, the shortest rounded down and the longest up."""
    low, high = shortest_s // STEP_S * 5, max(1, -(-longest_s // STEP_S)) * 5
    if low == 0:
        return _("Attesa stimata: meno di %(minutes)s minuti") % {"minutes": high}
    if low == high:
        return _("Attesa stimata: circa %(minutes)s minuti") % {"minutes": high}
    return _("Attesa stimata: da %(low)s a %(high)s minuti") % {"low": low, "high": high}
