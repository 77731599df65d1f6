"""What a cluster exposes, and what is wrong with it: one check a module in `checks/`, each over the whole cluster at once."""

from nodeportkit.auditing.checks import all_checks
from nodeportkit.auditing.running import audit, not_looked_at

__all__ = ["all_checks", "audit", "not_looked_at"]
