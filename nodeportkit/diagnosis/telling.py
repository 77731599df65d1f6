"""Words and commands that several causes share."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from nodeportkit.diagnosis.case import Case
from nodeportkit.standings.facts import Facts
from nodeportkit.standings.wording import listed

__all__ = ["change", "curl", "free_node_port", "from_the_node", "labels", "patch", "right_way", "some_of"]


def labels(told: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    """Labels as kubectl prints them."""
    return ",".join(f"{key}={value}" for key, value in dict(told).items())


def patch(case: Case, spec: Mapping[str, Any]) -> str:
    """The command that changes fields of the service's spec."""
    return case.command("patch service", case.name, "-p", json.dumps({"spec": spec}))


def change(case: Case, port: Facts, field: str, value: object) -> str:
    """The command that changes a field of one of its ports."""
    operation = {"op": "replace", "path": f"/spec/ports/{port.ports.index[0]}/{field}", "value": value}
    return case.command("patch service", case.name, "--type", "json", "-p", json.dumps([operation]))


def curl(address: str, port: int) -> str:
    """The command that tries an address."""
    host = f"[{address}]" if ":" in address else address
    return shlex.join(["curl", "-m", "5", f"http://{host}:{port}/"])


def right_way(case: Case) -> str:
    """The command that dials the node port on a node's address; "" where either is not known."""
    numbers = sorted(case.node_ports)
    nodes = [case.node] if case.node else [case.node_named(name) for name in case.entry_nodes[:1]]
    addresses = [
        ip for node in nodes if node for ip in node["internal_ips"] or () if case.dial.family in (None, _family(ip))
    ]
    return (
        curl(addresses[0], case.dial.port if case.dial.port in numbers else numbers[0]) if numbers and addresses else ""
    )


def from_the_node(node: str, address: str, port: int) -> str:
    """The command that tries an address from a node itself: `kubectl debug node` runs on its network."""
    words = ["kubectl", "debug", f"node/{node}", "-it", "--image=curlimages/curl", "--"]
    return f"{shlex.join(words)} {curl(address, port)}"


def free_node_port(case: Case, taken: int) -> int | None:
    """A number of the range that no service and no pod has, the next above `taken` first."""
    low, _, high = case.cluster.proxy.node_port_range.partition("-")
    services, ports, containers = case.cluster.services, case.cluster.ports, case.cluster.containers
    used = {
        int(number)
        for column in (
            ports["node_port"],
            services["health_check_node_port"],
            containers["host_port"],
            containers["container_port"],
        )
        for number in column.dropna()
    }
    first, last = int(low), int(high or low)
    return next(
        (
            number
            for number in [*range(taken + 1, last + 1), *range(first, taken)]
            if first <= number and number not in used
        ),
        None,
    )


def some_of(names: Sequence[Any], *, most: int = 3) -> str:
    """The first few names, the rest counted."""
    return listed([str(name) for name in names if not pd.isna(name)], most=most)


def _family(ip: str) -> str:
    return "IPv6" if ":" in ip else "IPv4"
