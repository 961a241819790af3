"""Everything under /admin/: importing a page puts it on the blueprint."""

from admin import (
    appointments,
    charter,
    devices,
    evidence,
    figures,
    force_majeure,
    home,
    opinions,
    people,
    plan,
    prints,
    programs,
    radar,
    verification,
    whatif,
)
from admin.pages import blueprint

__all__ = [
    "appointments",
    "blueprint",
    "charter",
    "devices",
    "evidence",
    "figures",
    "force_majeure",
    "home",
    "opinions",
    "people",
    "plan",
    "prints",
    "programs",
    "radar",
    "verification",
    "whatif",
]
