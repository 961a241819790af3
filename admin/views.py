"""Everything under /admin/: importing a page puts it on the blueprint."""

from admin import (
    appointments,
    by_hand,
    charter,
    charter_drafts,
    devices,
    figures,
    force_majeure,
    home,
    lep,
    opinions,
    people,
    plan,
    prints,
    programs,
    radar,
    whatif,
)
from admin.pages import blueprint

__all__ = [
    "appointments",
    "blueprint",
    "by_hand",
    "charter",
    "charter_drafts",
    "devices",
    "figures",
    "force_majeure",
    "home",
    "lep",
    "opinions",
    "people",
    "plan",
    "prints",
    "programs",
    "radar",
    "whatif",
]
