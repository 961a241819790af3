"""Everything under /admin/: importing a page puts it on the blueprint."""

from admin import charter, figures, home, people, plan, prints, programs
from admin.pages import blueprint

__all__ = ["blueprint", "charter", "figures", "home", "people", "plan", "prints", "programs"]
