"""`kubectl describe service` -> services, ports, and the first endpoints of each port.

The endpoints are those that are ready, at most three a port and ` + N more...` (formatEndpointSlices in
staging/src/k8s.io/kubectl/pkg/describe/describe.go). Until 1.6 there was no TargetPort, until 1.19 no IPs, until 1.30
the endpoints came from the Endpoints object and there was no Internal Traffic Policy.
"""

from __future__ import annotations

import re
from typing import Any, Final

from nodeportkit.cells import NONE, Addresses, Port, parse_addresses, parse_endpoint, parse_ports
from nodeportkit.errors import ReadError
from nodeportkit.sources.describe.description import Description
from nodeportkit.sources.describe.layout import Entry
from nodeportkit.sources.describe.rows import Rows, labels_of, listed, whole_number
from nodeportkit.sources.objects.kinds.services import ignored_checks

__all__ = ["KINDS", "kind_of", "tell"]

KINDS: Final = ("services",)
_TYPES: Final = frozenset({"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"})
_IGNORE: Final = "nodeportkit.io/ignore:"
_UNNAMED: Final = frozenset({"<unset>", "<unnamed>"})
_INGRESS: Final = re.compile(r"([^\s()]+)(?: \((\w+)\))?")
_MOST_ENDPOINTS: Final = 300_000  # two families of the 150,000 pods that Kubernetes is made for
_MISPRINTED: Final = re.compile(r"%!d\(string=(.*)\)")  # how 1.8 to 1.13 printed named target ports


def kind_of(tree: Entry) -> str | None:
    """Whether these are the labels of a service."""
    return "services" if tree.get("Session Affinity") is not None or tree.text("Type") in _TYPES else None


def tell(description: Description, rows: Rows) -> None:
    """Add what the description says of a service."""
    tree = description.tree
    key = {"namespace": description.namespace or rows.namespace, "service": description.name}
    rows.add("services", _service(tree, rows) | {"namespace": key["namespace"], "name": description.name})
    blocks = _port_blocks(tree)
    read = [_port(block, rows) for block in blocks]
    whole = tree.get("Session Affinity") is not None  # it stands below the ports: else the end was cut off
    for port in read:
        if port:
            rows.add("ports", key | port)
    if all(read) and whole:
        rows.cover("ports", key)
    _endpoints(key, list(zip(blocks, read, strict=True)), whole, rows)


def _service(tree: Entry, rows: Rows) -> dict[str, Any]:
    kind = tree.text("Type")
    # Some labels are printed only where there is a value. What is missing is known to be none if a label that stands
    # below was printed, by a version that knows them all: external IPs since 1.2, policies since 1.7.
    below = tree.get("Port") is not None or tree.get("Session Affinity") is not None
    has_external_ips = below and "<unnamed>" not in (tree.text("Port") or "")
    external = kind in ("NodePort", "LoadBalancer") or tree.get("External IPs") is not None
    below = tree.get("External Traffic Policy" if external else "Session Affinity") is not None
    has_policies = below and (tree.get("TargetPort") is not None or tree.get("IP Families") is not None)
    row: dict[str, Any] = {
        "type": kind or None,
        "cluster_ips": _cluster_ips(tree),
        "selector": labels_of(tree.get("Selector"), rows),
        "session_affinity": tree.text("Session Affinity") or None,
        "internal_traffic_policy": tree.text("Internal Traffic Policy") or None,
        "external_traffic_policy": tree.text("External Traffic Policy") or ("" if has_policies else None),
        "traffic_distribution": tree.text("Traffic Distribution") or None,
        "ip_family_policy": tree.text("IP Family Policy") or None,
        "labels": labels_of(tree.get("Labels"), rows),
        "external_name": tree.text("External Name") or ("" if has_external_ips else None),
        "external_ips": _maybe_listed(tree, "External IPs", has_external_ips),
        "load_balancer_source_ranges": _maybe_listed(tree, "LoadBalancer Source Ranges", has_policies),
        "ip_families": _maybe_listed(tree, "IP Families", known=False),
        "ignored_checks": _ignored_checks(tree.get("Annotations")),
    }
    health = tree.get("HealthCheck NodePort")
    row["health_check_node_port"] = rows.read(health, whole_number) if health else 0 if has_policies else None
    return row | _load_balancer(tree, rows)


def _ignored_checks(annotations: Entry | None) -> list[str] | None:
    """The checks that our own annotation asks to be left out; it is short enough to stand on one line."""
    if annotations is None:
        return None
    return next((ignored_checks(v.removeprefix(_IGNORE)) for v in annotations.values if v.startswith(_IGNORE)), [])


def _maybe_listed(tree: Entry, label: str, known: bool) -> list[str] | None:
    text = tree.text(label)
    return ([] if known else None) if text is None else listed(text)


def _cluster_ips(tree: Entry) -> list[str] | None:
    """`IPs` where they are shown; the first `IP` else: until 1.20 a second one was the address asked of the balancer."""
    several, one = tree.text("IPs"), tree.text("IP")
    ips = listed(several or "") or listed(one or "")
    return ips if ips or one is not None or several is not None else None


def _load_balancer(tree: Entry, rows: Rows) -> dict[str, Any]:
    entry = tree.get("LoadBalancer Ingress")
    if entry is None:
        below = tree.get("Port") is not None or tree.get("Session Affinity") is not None
        known: list[str] | None = [] if below else None
        return {"load_balancer_ips": known, "load_balancer_ip_modes": known}
    found = rows.read(entry, _ingress)
    if found is None:
        return {}
    # Since 1.31 the mode stands behind each address that has one.
    modes = [mode for _, mode in found]
    shown = any(modes) or tree.get("Internal Traffic Policy") is not None
    return {"load_balancer_ips": [ip for ip, _ in found], "load_balancer_ip_modes": modes if shown else None}


def _ingress(text: str) -> list[tuple[str, str]]:
    matches = [_INGRESS.fullmatch(item.strip()) for item in text.split(",")]
    if not all(matches):
        raise ReadError(f"{text!r} is no list of addresses", hint="kubectl prints 198.51.100.6 (VIP), lb.example.test.")
    return [(match[1], match[2] or "") for match in matches if match]


def _port_blocks(tree: Entry) -> list[dict[str, Entry]]:
    """The entries of each port: from one `Port` to the next, each label once."""
    blocks: list[dict[str, Entry]] = []
    for entry in tree.children:
        if entry.label == "Port":
            blocks.append({"Port": entry})
        elif blocks and entry.label in ("TargetPort", "AppProtocol", "NodePort", "Endpoints"):
            blocks[-1].setdefault(entry.label, entry)
    return blocks


def _port(block: dict[str, Entry], rows: Rows) -> dict[str, Any] | None:
    named = rows.read(block["Port"], _named_port)
    if named is None:
        return None
    name, port = named
    target, node_port = block.get("TargetPort"), block.get("NodePort")
    row: dict[str, Any] = {
        "port_name": "" if name in _UNNAMED else name or None,
        "protocol": port.protocol,
        "port": port.port,
        "target_port": rows.read(target, _target_port),
        # It stands before the endpoints: if they are shown, it is known that there is none.
        "node_port": 0 if "Endpoints" in block else None,
    }
    if node_port is not None:
        found = rows.read(node_port, _named_port)
        row["node_port"] = found[1].port if found else None
    if "AppProtocol" in block:
        row["app_protocol"] = block["AppProtocol"].value or None
    return row


def _named_port(text: str) -> tuple[str, Port]:
    """Name and port of `http  80/TCP`, a name of "" where only the port stands."""
    words = text.split()
    ports = parse_ports(words[-1]) if words and len(words) < 3 else []
    if len(ports) != 1 or ports[0].node_port is not None:
        raise ReadError(f"{text!r} is no port", hint="kubectl prints a name and a port: http  80/TCP.")
    return words[0] if len(words) == 2 else "", ports[0]


def _target_port(text: str) -> str:
    port, slash, protocol = text.rpartition("/")
    misprinted = _MISPRINTED.fullmatch(port)
    if not slash or not protocol or not port or " " in text:
        raise ReadError(f"{text!r} is no target port", hint="kubectl prints http/TCP or 8080/TCP.")
    return misprinted[1] if misprinted else port


def _endpoints(
    key: dict[str, str], blocks: list[tuple[dict[str, Entry], dict[str, Any] | None]], whole: bool, rows: Rows
) -> None:
    """Add the endpoints listed; those that were only counted have no address."""
    found: list[dict[str, Any]] = []
    detail, complete = 2, whole and bool(blocks)
    for block, port in blocks:
        shown = rows.read(block.get("Endpoints"), _addresses)
        if shown is None or port is None:
            complete = False
            continue
        if shown.more != 0:
            detail = 1
        same = key | {"port_name": port["port_name"], "protocol": port["protocol"], "ready": True, "derived": False}
        for text in shown.shown:
            read = rows.read(block["Endpoints"], parse_endpoint, text)
            if read:
                found.append(same | {"address": read[0], "port": read[1]})
            else:
                complete = False
        found.extend([same | {"address": None, "port": None}] * (shown.more or 0))
    if complete:
        rows.cover("endpoints", key, detail)
    for row in found:
        rows.add("endpoints", row, detail if complete else 1)


def _addresses(text: str) -> Addresses:
    addresses = parse_addresses(text or NONE)
    if (addresses.more or 0) > _MOST_ENDPOINTS:
        raise ReadError(f"{addresses.more} more endpoints", hint=f"No cluster has more than {_MOST_ENDPOINTS}.")
    return addresses
