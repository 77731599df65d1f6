"""Endpoint slices."""

from datetime import datetime

from nodeportkit.cells import format_list
from nodeportkit.kube.printing.fields import age, items, name, text, texts
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The slice's name.", format="name"),
    Column("AddressType", "What its addresses are: IPv4, IPv6 or FQDN."),
    Column("Ports", "Up to three ports, and how many more there are."),
    Column("Endpoints", "Up to three addresses, ready or not, and how many more there are."),
    Column("Age", "Time since it was created."),
)

_UNSET = "<unset>"


def cells(endpoint_slice: Object, now: datetime) -> list[str | int]:
    """Print an endpoint slice."""
    ports = [text(port, "port") or text(port, "name") or "*" for port in items(endpoint_slice, "ports")]
    addresses = [a for endpoint in items(endpoint_slice, "endpoints") for a in texts(endpoint, "addresses")]
    return [
        name(endpoint_slice),
        text(endpoint_slice, "addressType"),
        format_list(ports, most=3, missing=_UNSET),
        format_list(addresses, most=3, missing=_UNSET),
        age(endpoint_slice, now),
    ]


PRINTER = KindPrinter("EndpointSlice", COLUMNS, cells, groups=("discovery.k8s.io",))
