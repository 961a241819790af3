"""Figures, days and outcomes as they are written in Italian, on paper and on public pages."""

from datetime import date
from decimal import Decimal

from sportello.domain.charter import Dimension
from sportello.domain.clock import local_time
from sportello.domain.publication import SMALL
from sportello.ledger.walk import Fault

NOTHING = "–"
HIDDEN = f"meno di {SMALL}"

DIMENSIONS = {
    Dimension.ACCESSIBILITY: "Accessibilità",
    Dimension.TIMELINESS: "Tempestività",
    Dimension.TRANSPARENCY: "Trasparenza",
    Dimension.EFFECTIVENESS: "Efficacia",
}


def whole(n: int | None) -> str:
    """A count with points between thousands; a hidden one in words."""
    return HIDDEN if n is None else f"{n:,}".replace(",", ".")


def percent(share: Decimal | None) -> str:
    """A share of 1 with two decimals."""
    return NOTHING if share is None else f"{decimal(share * 100)} %"


def points(deviation: Decimal | None) -> str:
    """A difference of shares, with its sign."""
    if deviation is None:
        return NOTHING
    sign = "+" if deviation > 0 else "−" if deviation < 0 else ""
    return f"{sign}{decimal(abs(deviation) * 100)} punti"


def decimal(value: Decimal) -> str:
    """Two decimals after a comma."""
    return f"{value:.2f}".replace(".", ",")


def lasting(seconds: int | None) -> str:
    """Whole seconds as 12:05, minutes and seconds."""
    return NOTHING if seconds is None else f"{seconds // 60}:{seconds % 60:02d}"


def on(day: date | None) -> str:
    return NOTHING if day is None else f"{day:%d/%m/%Y}"


def at(wall_ms: int) -> str:
    """A moment as people in the room read it."""
    return f"{local_time(wall_ms):%d/%m/%Y %H:%M:%S}"


def first_bad(fault: Fault) -> str:
    return f"primo evento alterato: epoca {fault.epoch}, numero {fault.seq} ({fault.kind})"
