"""What a cluster exposes, and what is wrong with it: one check a module in `checks/`, each over the whole cluster at once."""

from nodeportkit.auditing.changes import compare_exposure
from nodeportkit.auditing.checks import all_checks
from nodeportkit.auditing.port_map import node_port_map, node_port_usage
from nodeportkit.auditing.production import production_numbers
from nodeportkit.auditing.running import audit, not_looked_at

__all__ = [
    "all_checks",
    "audit",
    "compare_exposure",
    "node_port_map",
    "node_port_usage",
    "not_looked_at",
    "production_numbers",
]
