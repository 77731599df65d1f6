"""One printed value <-> one Python value, as kubectl prints it.

Each `parse_...` reads one cell and each `format_...` writes one; both raise `ReadError` with the text that was wrong. The
`..._column` functions (and `ages`) read a whole column and look at each different text once: a column of 150,000 cells
has few different ages. Their `bad` argument collects what could not be read instead of raising.
"""

from nodeportkit.cells.ages import INVALID, RepeatedAge, ages, format_age, parse_age, parse_repeated_age
from nodeportkit.cells.columns import NONE, UNKNOWN, column, own
from nodeportkit.cells.counts import (
    Restarts,
    format_restarts,
    parse_ready,
    parse_restarts,
    ready_column,
    restarts_column,
)
from nodeportkit.cells.labels import (
    NodeStatus,
    format_labels,
    labels_column,
    parse_labels,
    parse_map,
    parse_node_status,
    parse_roles,
)
from nodeportkit.cells.lists import (
    Addresses,
    Port,
    format_endpoint,
    format_list,
    format_ports,
    parse_addresses,
    parse_endpoint,
    parse_port_numbers,
    parse_ports,
)

__all__ = [
    "INVALID",
    "NONE",
    "UNKNOWN",
    "Addresses",
    "NodeStatus",
    "Port",
    "RepeatedAge",
    "Restarts",
    "ages",
    "column",
    "format_age",
    "format_endpoint",
    "format_labels",
    "format_list",
    "format_ports",
    "format_restarts",
    "labels_column",
    "own",
    "parse_addresses",
    "parse_age",
    "parse_endpoint",
    "parse_labels",
    "parse_map",
    "parse_node_status",
    "parse_port_numbers",
    "parse_ports",
    "parse_ready",
    "parse_repeated_age",
    "parse_restarts",
    "parse_roles",
    "ready_column",
    "restarts_column",
]
