"""The six reasons against node ports in production, each as a number for one cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nodeportkit.auditing.arrays import Floats, first_of
from nodeportkit.auditing.running import scene_of
from nodeportkit.frames import STRING
from nodeportkit.kube.columns import objects

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene
    from nodeportkit.cluster import Cluster
    from nodeportkit.kube.endpoints.numbering import Positions

__all__ = ["production_numbers"]


def production_numbers(cluster: Cluster, *, node_port_range: str | None = None) -> pd.DataFrame:
    """The reasons against node ports in production, each as a number for this cluster.

    Shares count the service ports that have a node port and send connections somewhere, with connections that enter at every
    node alike that is not known to be down.

    Parameters
    ----------
    cluster
        The cluster.
    node_port_range
        The API server's range of node ports; without it, that of `cluster.proxy`.

    Returns
    -------
    DataFrame
        A row for each reason: reason (`limited range`, `uneven load`, `open ports`, `ports to manage`, `node failure`,
        `extra hop`), measure (what is counted), value (missing where what was shown does not tell), unit (`share`, `times`,
        `ports`), meaning (in words, of this cluster).

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> cluster = Cluster(
    ...     nodes={
    ...         "name": ["node-1", "node-2"],
    ...         "internal_ips": [["192.168.1.2"], ["192.168.1.3"]],
    ...         "ready": [True, True],
    ...     },
    ...     services={
    ...         "namespace": ["shop"],
    ...         "name": ["web"],
    ...         "type": ["NodePort"],
    ...         "selector": [{"app": "web"}],
    ...         "external_traffic_policy": ["Cluster"],
    ...     },
    ...     ports={
    ...         "namespace": ["shop"],
    ...         "service": ["web"],
    ...         "protocol": ["TCP"],
    ...         "port": [80],
    ...         "target_port": ["8080"],
    ...         "node_port": [30080],
    ...     },
    ...     pods={
    ...         "namespace": ["shop"],
    ...         "name": ["web-0"],
    ...         "ips": [["10.1.0.4"]],
    ...         "node": ["node-1"],
    ...         "ready": [True],
    ...         "terminating": [False],
    ...         "labels": [{"app": "web"}],
    ...     },
    ... )
    >>> production_numbers(cluster)[["reason", "value", "unit"]]
                reason     value   unit
    0    limited range  0.000361  share
    1      uneven load       1.0  times
    2       open ports       2.0  ports
    3  ports to manage       1.0  ports
    4     node failure       1.0  share
    5        extra hop       0.5  share
    """
    scene = scene_of(cluster, node_port_range)
    ports = scene.exposed
    known = ports[scene.reach.known[ports]]
    rows = [
        ("limited range", "part of the range in use, TCP", *_range(scene)),
        ("uneven load", "largest share of a pod against the mean", *_uneven(scene, known)),
        ("open ports", "addresses of nodes times ports open on them", *_open(scene)),
        ("ports to manage", "ports open on each node", *_per_node(scene)),
        ("node failure", "connections lost when the busiest node goes", *_failure(scene, known)),
        ("extra hop", "connections that go on to another node", *_extra(scene, known)),
    ]
    frame = pd.DataFrame(rows, columns=["reason", "measure", "value", "unit", "meaning"], dtype=object)
    return frame.astype({"value": "Float64"} | dict.fromkeys(("reason", "measure", "unit", "meaning"), STRING))


def _range(scene: Scene) -> tuple[float, str, str]:
    size = sum(map(len, scene.bands))
    first, last = (scene.bands.static or scene.bands.dynamic)[0], scene.bands.dynamic[-1]
    used = scene.claims.loc[scene.claims["protocol"].eq("TCP") & scene.claims["number"].between(first, last), "number"]
    return (
        used.nunique() / size,
        "share",
        f"{used.nunique():,} of {size:,} numbers are given away; when all are, no service gets one.",
    )


def _uneven(scene: Scene, ports: Positions) -> tuple[Any, str, str]:
    times = scene.reach.largest[ports] * scene.reach.eligible[ports]
    if not len(times):
        return _unknown("times")
    worst = int(np.argmax(times))
    name = scene.label(int(scene.service_of_port[ports[worst]]))
    told = (
        f"A pod of {name} gets {times[worst]:.1f} times the mean of its pods."
        if times[worst] > 1.001
        else "No pod gets more than its part."
    )
    return float(times[worst]), "times", told


def _open(scene: Scene) -> tuple[Any, str, str]:
    columns = (objects(scene.nodes[name]) for name in ("internal_ips", "external_ips"))
    known = {ip for column in columns for ips in column if isinstance(ips, list) for ip in ips}
    if not known:
        return _unknown("ports")
    count = len(_numbers(scene))
    served = [ip for ip in known if scene.serves_node_ports(ip)]
    return (
        float(len(served) * count),
        "ports",
        f"{len(served):,} addresses of nodes, {count:,} ports open on each: so many doors to watch.",
    )


def _per_node(scene: Scene) -> tuple[float, str, str]:
    count = len(_numbers(scene))
    return (
        float(count),
        "ports",
        f"Firewalls and clients have to know {count:,} numbers, the same on each of {len(scene.nodes):,} nodes.",
    )


def _failure(scene: Scene, ports: Positions) -> tuple[Any, str, str]:
    """What enters at a node, and what enters elsewhere and is sent to its pods; the mean of all service ports of which it is known."""
    reach, entry = scene.reach, scene.reach.entry
    untold = reach.at[np.isnan(reach.same_node)]  # an endpoint of theirs stands on a node that nobody named
    ports = ports[~np.isin(ports, untold)]
    if not len(ports) or not len(entry):
        return _unknown("share")
    chosen = np.isin(reach.at, ports) & (reach.node >= 0)
    elsewhere = _by_node(reach.node[chosen], (reach.share - reach.same_node)[chosen], len(entry)) / len(ports)
    lost = _answering(scene, ports, len(entry)) * entry / len(ports) + elsewhere
    worst = int(np.argmax(lost))
    name = objects(scene.nodes["name"])[worst]
    return (
        float(lost[worst]),
        "share",
        f"Without {name}, so much of all connections fails until clients know: those that enter there, and those sent to its pods.",
    )


def _answering(scene: Scene, ports: Positions, nodes: int) -> Floats:
    """On how many of the service ports each node answers."""
    reach = scene.reach
    local = scene.services["external_traffic_policy"].eq("Local").fillna(False).to_numpy(dtype=bool)
    of_local = local[scene.service_of_port[ports]]
    rows = np.isin(reach.at, ports[of_local]) & (reach.share > 0)
    pairs = np.unique(reach.at[rows] * (nodes + 1) + reach.node[rows])
    local_too = np.bincount(pairs % (nodes + 1), minlength=nodes)[:nodes]
    return local_too.astype(np.float64) + float((~of_local).sum())


def _by_node(node: Positions, values: Floats, nodes: int) -> Floats:
    return np.bincount(node, weights=values, minlength=nodes).astype(np.float64)


def _extra(scene: Scene, ports: Positions) -> tuple[Any, str, str]:
    cross = scene.reach.cross_node[ports]
    cross = cross[~np.isnan(cross)]
    if not len(cross):
        return _unknown("share")
    services = len(first_of(scene.service_of_port[ports]))
    return (
        float(cross.mean()),
        "share",
        f"The mean over {services:,} services; such connections lose the client's address too.",
    )


def _numbers(scene: Scene) -> pd.DataFrame:
    return scene.claims.drop_duplicates(["protocol", "number"])


def _unknown(unit: str) -> tuple[Any, str, str]:
    return pd.NA, unit, "What was shown does not tell: add `kubectl get nodes,services,pods -A -o json`."
