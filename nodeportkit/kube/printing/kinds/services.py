"""Services."""

from datetime import datetime

from nodeportkit.cells import NONE, UNKNOWN, Port, format_labels, format_ports
from nodeportkit.kube.printing.fields import age, items, name, number, strings, text, texts
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The service's name.", format="name"),
    Column("Type", "How it can be reached: ClusterIP, NodePort, LoadBalancer or ExternalName."),
    Column("Cluster-IP", "Its first address inside the cluster; None for a headless service."),
    Column("External-IP", "Addresses that lead to it from outside, or the name that an ExternalName stands for."),
    Column("Port(s)", "Each port, its node port if it has one, and its protocol."),
    Column("Age", "Time since it was created."),
    Column("Selector", "The labels of the pods behind it.", wide=True),
)


def cells(service: Object, now: datetime) -> list[str | int]:
    """Print a service; what the API server would fill in (type, protocol) counts as filled in."""
    cluster_ips = texts(service, "spec", "clusterIPs") or [text(service, "spec", "clusterIP")]
    ports = [
        Port(number(port, "port"), number(port, "nodePort") or None, text(port, "protocol") or "TCP")
        for port in items(service, "spec", "ports")
    ]
    kind = text(service, "spec", "type") or "ClusterIP"
    return [
        name(service),
        kind,
        cluster_ips[0] or NONE,
        _external_ip(service, kind),
        format_ports(ports),
        age(service, now),
        format_labels(strings(service, "spec", "selector")),
    ]


def _external_ip(service: Object, kind: str) -> str:
    external = texts(service, "spec", "externalIPs")
    if kind in ("ClusterIP", "NodePort"):
        return ",".join(external) or NONE
    if kind == "LoadBalancer":
        ingress = items(service, "status", "loadBalancer", "ingress")
        given = {text(point, "ip") or text(point, "hostname") for point in ingress} - {""}
        return ",".join([*sorted(given), *external]) or "<pending>"
    return text(service, "spec", "externalName") if kind == "ExternalName" else UNKNOWN


PRINTER = KindPrinter("Service", COLUMNS, cells)
