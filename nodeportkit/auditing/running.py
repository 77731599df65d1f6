"""audit: every check over a whole cluster, what was silenced left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from nodeportkit.auditing.check import Check, findings_frame
from nodeportkit.auditing.checks import all_checks
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.scene import Scene, Settings
from nodeportkit.auditing.silence import Silence
from nodeportkit.frames import STRING
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.progress import tracked

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["audit", "not_looked_at", "scene_of"]

_COMMANDS: Final = {
    "nodes": "kubectl get nodes -o json",
    "services": "kubectl get services -A -o json",
    "ports": "kubectl get services -A -o json",
    "pods": "kubectl get pods -A -o json",
    "containers": "kubectl get pods -A -o json",
    "specs": "kubectl get pods -A -o json",
    "endpoints": "kubectl get endpointslices -A -o json",
    "workloads": "kubectl get deployments,replicasets,daemonsets,statefulsets -A -o json",
    "policies": "kubectl get networkpolicies -A -o json",
    "backends": "kubectl get ingresses -A -o json",
    "events": "kubectl get events -A -o json",
}


def audit(
    cluster: Cluster,
    *,
    ignore: Iterable[str] = (),
    namespaces: Iterable[str] | None = None,
    node_port_range: str | None = None,
    ephemeral_ports: str | None = None,
) -> pd.DataFrame:
    """What is wrong, or worth knowing, about what a cluster exposes.

    What the objects cannot show is never a finding: `not_looked_at` tells which checks had nothing to look at. A service
    with the annotation `nodeportkit.io/ignore: single-endpoint,type-node-port` (or `all`) is left alone by these checks.

    Parameters
    ----------
    cluster
        The cluster.
    ignore
        What is not to be told: ids of checks (`single-endpoint`), each for one namespace or object if that stands behind an
        `@` (`single-endpoint@shop`, `host-network@kube-system/cni`, `*@test`).
    namespaces
        Only findings about objects of these namespaces, and about those that are in none.
    node_port_range
        The API server's range of node ports, where it is known; without it, that of `cluster.proxy`.
    ephemeral_ports
        The nodes' range of ephemeral ports, as `sysctl net.ipv4.ip_local_port_range` prints it; without it, that of
        `cluster.host`. Where neither tells it, Linux' default is assumed, and what follows from it is a hint.

    Returns
    -------
    DataFrame
        A row for each finding, the worst first:

        - check: the id of the check
        - severity: `error` (connections fail), `warning` (some do, or may), `note`
        - certainty: `fact` (the objects prove it), `hint` (they point to it), `advice` (it works, but see why)
        - object, field: what it is about, `Service shop/web` and `spec.ports[0].nodePort`
        - message: what is so, in words
        - fix: a command that mends it; "" where none is known or none is needed
        - namespace, service: of the object; "" for none

    Raises
    ------
    NodePortKitError
        If there is no check of an id that is to be ignored, or a range is none.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> cluster = Cluster(
    ...     services={"namespace": ["shop"], "name": ["web"], "type": ["NodePort"], "selector": [{"app": "web"}]},
    ...     ports={"namespace": ["shop"], "service": ["web"], "port": [80], "node_port": [30080], "protocol": ["TCP"]},
    ...     pods={"namespace": ["shop"], "name": ["web-0"], "ready": [True], "labels": [{"app": "shop"}]},
    ... )
    >>> found = audit(cluster)
    >>> print(found[found["severity"] == "error"][["check", "certainty", "object"]].to_string(index=False))
                      check certainty           object
    selector-matches-nothing      fact Service shop/web
    """
    checks = all_checks()
    silence = Silence(ignore, namespaces, cluster.services, checks)
    scene = scene_of(cluster, node_port_range, ephemeral_ports)
    return findings_frame(
        (name, check, finding)
        for name, check in tracked(checks.items(), "Auditing", "checks", total=len(checks))
        if name not in silence.everywhere and not _missing(check, cluster)
        for finding in _found(check, scene)
        if not silence.silenced(name, finding)
    )


def scene_of(cluster: Cluster, node_port_range: str | None = None, ephemeral_ports: str | None = None) -> Scene:
    """What checks and numbers look at; parameters as for `audit`."""
    told = cluster.proxy.node_port_range
    given = node_port_range is not None or told != ProxyConfig().node_port_range
    return Scene(cluster, Settings(node_port_range or told, given, ephemeral_ports or cluster.host.ephemeral_ports))


def not_looked_at(cluster: Cluster) -> pd.DataFrame:
    """The checks that had nothing to look at, because nobody listed what they need.

    Returns
    -------
    DataFrame
        check, title, missing (the frames that it needs), command (what to paste or save besides).

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> not_looked_at(Cluster()).set_index("check").loc["policy-selects-nothing", ["missing", "command"]].tolist()
    ['policies, pods', 'kubectl get networkpolicies -A -o json; kubectl get pods -A -o json']
    """
    rows: list[tuple[str, str, str, str]] = []
    for name, check in all_checks().items():
        if missing := _missing(check, cluster):
            commands = dict.fromkeys(_COMMANDS[frame] for frame in missing)
            rows.append((name, check.title, ", ".join(missing), "; ".join(commands)))
    return pd.DataFrame(rows, columns=["check", "title", "missing", "command"], dtype=STRING)


def _missing(check: Check, cluster: Cluster) -> list[str]:
    """The frames that a check needs and nobody listed. Those of parts are listed with what they are part of."""
    listed = cluster.collected | {
        part for part, whole in (("ports", "services"), ("containers", "pods")) if whole in cluster.collected
    }
    return [frame for frame in check.needs if frame not in listed]


def _found(check: Check, scene: Scene) -> Iterator[Finding]:
    with np.errstate(divide="ignore", invalid="ignore"):
        yield from check.look(scene)
