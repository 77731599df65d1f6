"""Ingresses."""

from datetime import datetime

from nodeportkit.cells import NONE
from nodeportkit.kube.printing.fields import age, items, name, text
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The ingress's name.", format="name"),
    Column("Class", "The class of controllers that serve it."),
    Column("Hosts", "Up to three hosts, and how many more rules there are; * for any host."),
    Column("Address", "Where it can be reached."),
    Column("Ports", "80, and 443 where it has certificates."),
    Column("Age", "Time since it was created."),
)

_MOST = 3


def cells(ingress: Object, now: datetime) -> list[str | int]:
    """Print an ingress."""
    points = items(ingress, "status", "loadBalancer", "ingress")
    addresses = {text(point, "ip") or text(point, "hostname") for point in points} - {""}
    return [
        name(ingress),
        text(ingress, "spec", "ingressClassName") or NONE,
        _hosts([text(rule, "host") for rule in items(ingress, "spec", "rules")]),
        ",".join(sorted(addresses)),
        "80, 443" if items(ingress, "spec", "tls") else "80",
        age(ingress, now),
    ]


def _hosts(hosts: list[str]) -> str:
    """Print the hosts of the rules, "" for one without; any rule behind the third host counts as more."""
    shown = [position for position, host in enumerate(hosts) if host][:_MOST]
    if not shown:
        return "*"
    more = len(shown) == _MOST and shown[-1] < len(hosts) - 1
    return ",".join(hosts[position] for position in shown) + (f" + {len(hosts) - _MOST} more..." if more else "")


PRINTER = KindPrinter("Ingress", COLUMNS, cells, groups=("networking.k8s.io",))
