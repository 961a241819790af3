"""How much paper is left in a printer, as far as what was printed tells."""

from dataclasses import dataclass

from sportello.centre import Centre
from sportello.domain.printing import PrinterSetup
from sportello.ledger import printers

USUAL_MM = 120  # of a slip with its feed, until this roll has taught better
ENOUGH = 10  # slips that teach
LOW = 50  # slips left: time to bring a roll


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """`left` is about how many slips; None where nobody ever said when the roll was changed."""

    left: int | None
    used_mm: int
    changed_ms: int  # 0: nobody ever said
    suggested: bool  # paper ran out and is there again, and nobody said that the roll was changed

    @property
    def low(self) -> bool:
        return self.left is not None and self.left <= LOW


def meter(centre: Centre, setup: PrinterSetup) -> Meter:
    """The paper in a printer now."""
    with centre.reading() as db:
        roll = printers.roll(db, setup.name)
    heard = centre.stations.heard(setup.name, centre.now())
    slip_mm = roll.mm / roll.slips if roll.slips >= ENOUGH else USUAL_MM
    return Meter(
        left=max(0, int((setup.roll_mm - roll.mm) / slip_mm)) if roll.changed_ms else None,
        used_mm=roll.mm,
        changed_ms=roll.changed_ms,
        suggested=heard is not None and heard.refilled_ms > roll.changed_ms,
    )


def change_roll(centre: Centre, printer: str) -> bool:
    """A new roll is in a printer; whether there is such a printer."""
    if all(one.name != printer for one in centre.printers()):
        return False
    centre.write(lambda db: printers.change_roll(db, printer, centre.now().wall_ms))
    return True
