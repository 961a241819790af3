"""Everything under /admin/: importing a page puts it on the blueprint."""

from admin import (
    appointments,
    cells,
    charter,
    dashboard,
    devices,
    figures,
    force_majeure,
    home,
    opinions,
    people,
    plan,
    printer_wizard,
    printers,
    prints,
    programs,
    radar,
    whatif,
)
from admin.pages import blueprint

__all__ = [
    "appointments",
    "blueprint",
    "cells",
    "charter",
    "dashboard",
    "devices",
    "figures",
    "force_majeure",
    "home",
    "opinions",
    "people",
    "plan",
    "printer_wizard",
    "printers",
    "prints",
    "programs",
    "radar",
    "whatif",
]
