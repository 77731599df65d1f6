"""Who claims which number on every node: node ports, health check node ports, and ports that pods take on their host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from nodeportkit.auditing.arrays import true
from nodeportkit.kube.columns import objects
from nodeportkit.kube.endpoints.numbering import positions

if TYPE_CHECKING:
    from nodeportkit.auditing.ground import Ground

__all__ = ["host_ports", "node_port_claims"]

_CLAIM: Final = ["protocol", "number", "kind", "service", "port"]


def node_port_claims(ground: Ground) -> pd.DataFrame:
    """The numbers that services claim on every node.

    Returns
    -------
    DataFrame
        protocol, number, kind (`node port`, `health check`), service and port (positions; port -1 for health checks), in the
        order in which the services were made, as far as that is known.
    """
    ports = ground.ports.take(ground.exposed)
    claims = pd.DataFrame(
        {
            "protocol": ports["protocol"].fillna("TCP").to_numpy(dtype=object),
            "number": ports["node_port"].to_numpy(np.int64),
            "kind": "node port",
            "service": ground.service_of_port[ground.exposed],
            "port": ground.exposed,
        }
    )
    health = np.flatnonzero(ground.services["health_check_node_port"].notna().to_numpy())
    checks = pd.DataFrame(
        {
            "protocol": "TCP",
            "number": ground.services["health_check_node_port"].take(health).to_numpy(np.int64),
            "kind": "health check",
            "service": health,
            "port": -1,
        }
    )
    parts = [part for part in (claims, checks) if len(part)]
    found = pd.concat(parts, ignore_index=True) if parts else claims
    created = ground.services["created"].take(found["service"].to_numpy())
    order = found.assign(created=created.to_numpy()).sort_values(["created", "service", "port"], kind="stable").index
    return found.loc[order, _CLAIM].reset_index(drop=True)


def host_ports(ground: Ground) -> pd.DataFrame:
    """The ports that live pods take on their host: by hostPort, or because they share its network.

    Returns
    -------
    DataFrame
        protocol, number, pod (position), owner (`shop/DaemonSet/proxy`, of pods without one the pod), host_network; a row
        for each owner and port.
    """
    containers, pods = ground.cluster.containers, ground.pods
    at = positions(containers[["namespace", "pod"]], pods[["namespace", "name"]])
    live = np.zeros(len(pods) + 1, dtype=np.bool_)
    live[ground.live] = True
    on_host = np.append(true(pods["host_network"]), False)[at]
    number = containers["host_port"].mask(containers["host_port"].isna() & on_host, containers["container_port"])
    taken = live[at] & (at >= 0) & number.notna().to_numpy()
    at = at[taken]
    rows = pd.DataFrame(
        {
            "protocol": containers["protocol"][taken].fillna("TCP").to_numpy(dtype=object),
            "number": number[taken].to_numpy(np.int64),
            "pod": at,
            "owner": _owners(pods.take(at)),
            "host_network": on_host[taken],
        }
    )
    return rows.drop_duplicates(["protocol", "number", "owner"]).reset_index(drop=True)


def _owners(pods: pd.DataFrame) -> list[str]:
    columns = (objects(pods[name]) for name in ("namespace", "owner_kind", "owner_name", "name"))
    return [
        f"{namespace}/{kind}/{owner}" if owner else f"{namespace}/Pod/{name}"
        for namespace, kind, owner, name in zip(*columns, strict=True)
    ]
