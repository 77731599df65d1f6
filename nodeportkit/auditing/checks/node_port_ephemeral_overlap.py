"""node-port-ephemeral-overlap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import port_text
from nodeportkit.errors import NodePortKitError
from nodeportkit.kube.columns import objects

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]

# net.ipv4.ip_local_port_range of Linux (Documentation/networking/ip-sysctl.rst).
_LINUX: Final = range(32768, 61000)


def _look(scene: Scene) -> Iterator[Finding]:
    yield from _ephemeral(scene)
    claims = scene.claims
    claimed = {
        (protocol, number): scene.label(service)
        for protocol, number, service in zip(claims["protocol"], claims["number"], claims["service"], strict=True)
    }
    namespaces = objects(scene.pods["namespace"])
    for row in scene.host_ports.itertuples(index=False):
        number, protocol, pod = int(str(row.number)), str(row.protocol), int(str(row.pod))
        if number not in scene.bands.static and number not in scene.bands.dynamic:
            continue
        by = claimed.get((protocol, number))
        how = "port on its host's network" if row.host_network else "hostPort"
        what = (
            f"it is the node port of service {by} too: on that node, one of them does not answer"
            if by
            else "it is of the range of node ports: a service that gets the number will not be reached on that node"
        )
        yield Finding(
            f"Pod {namespaces[pod]}/{scene.pod_names[pod]}",
            "spec.containers[].ports[].hostPort",
            f"{port_text(number, protocol)} is a {how} of {row.owner}, and {what}.",
            namespace=str(namespaces[pod]),
            severity="error" if by else None,
        )


def _ephemeral(scene: Scene) -> Iterator[Finding]:
    told = scene.settings.ephemeral_ports
    used = _LINUX if told is None else _range(told)
    both = [part for part in (scene.bands.static, scene.bands.dynamic) if len(part)]
    shared = [(max(part[0], used[0]), min(part[-1], used[-1])) for part in both]
    shared = [(low, high) for low, high in shared if low <= high]
    if shared:
        low, high = shared[0][0], shared[-1][1]
        whose = "Linux' default range of ephemeral ports" if told is None else "the nodes' ephemeral ports"
        yield Finding(
            "Cluster",
            "--service-node-port-range",
            f"Node ports {low}-{high} are {whose} too ({used[0]}-{used[-1]}): a program on a node may hold the number "
            "for a connection of its own, and answers there are lost now and then.",
            "sysctl -w net.ipv4.ip_local_reserved_ports=" + f"{low}-{high}",
            certainty="hint" if told is None else None,
        )


def _range(text: str) -> range:
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if len(numbers) != 2 or not 0 < numbers[0] <= numbers[1] < 65536:
        hint = "Give what `sysctl net.ipv4.ip_local_port_range` prints: 32768 60999."
        raise NodePortKitError(f"{text!r} is no range of ports", hint=hint)
    return range(numbers[0], numbers[1] + 1)


CHECK = Check(
    title="Numbers that others on the node take",
    about=(
        "A node port that a hostPort, a program on the host's network or an ephemeral port meets is refused now and then. The "
        "nodes' own range of ephemeral ports is in no object: without it, Linux' default is assumed, and that is a hint."
    ),
    certainty="fact",
    severity="warning",
    needs=("services",),
    look=_look,
)
