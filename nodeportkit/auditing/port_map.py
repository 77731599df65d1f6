"""The map of node ports: which numbers are used, by whom, which are claimed twice, and how many are free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from nodeportkit.auditing.arrays import Mask
from nodeportkit.auditing.running import scene_of
from nodeportkit.frames import STRING

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene
    from nodeportkit.cluster import Cluster

__all__ = ["node_port_map", "node_port_usage"]

_PROTOCOLS: Final = ("TCP", "UDP", "SCTP")


def node_port_map(cluster: Cluster, *, node_port_range: str | None = None) -> pd.DataFrame:
    """Which number is claimed by whom on every node.

    Parameters
    ----------
    cluster
        The cluster.
    node_port_range
        The API server's range of node ports; without it, that of `cluster.proxy`.

    Returns
    -------
    DataFrame
        A row for each claim, in the order of numbers:

        - protocol, node_port: the number; each protocol has its own
        - band: `static` (for numbers that somebody chooses), `dynamic` (handed out first), `outside` the range
        - kind: `node port`, `hidden` (of a LoadBalancer service), `health check`, `host port` (of a pod, on its node only)
        - namespace, service: who claims it; of a host port, the namespace and name of the workload
        - port_name, port: of the service's port; missing for the last two kinds
        - clash: whether somebody else claims it too; the host port of a pod clashes with services only

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> cluster = Cluster(
    ...     services={"namespace": ["shop"] * 2, "name": ["web", "dns"], "type": ["NodePort", "LoadBalancer"]},
    ...     ports={
    ...         "namespace": ["shop"] * 2,
    ...         "service": ["web", "dns"],
    ...         "protocol": ["TCP", "UDP"],
    ...         "port": [80, 53],
    ...         "node_port": [30080, 30953],
    ...     },
    ... )
    >>> node_port_map(cluster)[["protocol", "node_port", "band", "kind", "service", "clash"]]
      protocol  node_port     band       kind service  clash
    0      TCP      30080   static  node port     web  False
    1      UDP      30953  dynamic     hidden     dns  False
    """
    scene = scene_of(cluster, node_port_range)
    claims = _claims(scene)
    clash = claims.duplicated(["protocol", "number"], keep=False).to_numpy()
    hosts = scene.host_ports
    owner = hosts["owner"].astype(STRING).str.split("/", n=1, expand=True).reindex(columns=[0, 1])
    taken = pd.DataFrame(
        {
            "protocol": hosts["protocol"],
            "number": hosts["number"],
            "kind": "host port",
            "namespace": owner[0],
            "service": owner[1],
        }
    )
    both = pd.concat([frame for frame in (claims, taken) if len(frame)] or [claims], ignore_index=True)
    claimed = pd.MultiIndex.from_frame(claims[["protocol", "number"]])
    by_pods = pd.MultiIndex.from_frame(taken[["protocol", "number"]])
    here = pd.MultiIndex.from_frame(both[["protocol", "number"]])
    is_pod = both["kind"].eq("host port").to_numpy()
    clashes = np.where(is_pod, here.isin(claimed), np.append(clash, np.zeros(len(taken), bool)) | here.isin(by_pods))
    band = _bands(scene, both["number"].to_numpy())
    inside = ~is_pod | (band != "outside")
    columns: dict[str, Any] = {
        "protocol": both["protocol"].astype(STRING),
        "node_port": both["number"].astype("Int64"),
        "band": pd.array(band, dtype=STRING),
        "kind": both["kind"].astype(STRING),
        "namespace": both["namespace"].astype(STRING),
        "service": both["service"].astype(STRING),
        "port_name": both["port_name"].astype(STRING),
        "port": both["port"].astype("Int64"),
        "clash": clashes.astype(bool),
    }
    found = pd.DataFrame(columns)[inside]
    ordered: pd.DataFrame = found.sort_values(["node_port", "protocol", "kind"], kind="stable").reset_index(drop=True)
    return ordered


def node_port_usage(cluster: Cluster, *, node_port_range: str | None = None) -> pd.DataFrame:
    """How much of the range of node ports is used.

    Parameters
    ----------
    cluster, node_port_range
        As for `node_port_map`.

    Returns
    -------
    DataFrame
        A row for each protocol and band: protocol, band, first, last (its numbers), size, used, free, and share (of it that
        is used). Health check node ports count as TCP; host ports do not count.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> ports = {"namespace": ["shop"], "service": ["web"], "protocol": ["TCP"], "port": [80], "node_port": [30080]}
    >>> cluster = Cluster(services={"namespace": ["shop"], "name": ["web"], "type": ["NodePort"]}, ports=ports)
    >>> node_port_usage(cluster)[["protocol", "band", "size", "used", "free"]].head(2)
      protocol     band  size  used  free
    0      TCP   static    86     1    85
    1      TCP  dynamic  2682     0  2682
    """
    scene = scene_of(cluster, node_port_range)
    claims = scene.claims.drop_duplicates(["protocol", "number"])
    band = _bands(scene, claims["number"].to_numpy())
    rows = []
    for protocol in _PROTOCOLS:
        for name, numbers in zip(("static", "dynamic"), scene.bands, strict=True):
            used = int((claims["protocol"].eq(protocol).to_numpy() & (band == name)).sum())
            size = len(numbers)
            ends = (numbers[0], numbers[-1]) if size else (None, None)
            rows.append((protocol, name, *ends, size, used, size - used, used / size if size else 0.0))
    columns = ["protocol", "band", "first", "last", "size", "used", "free", "share"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"protocol": STRING, "band": STRING, "first": "Int64", "last": "Int64"})


def _claims(scene: Scene) -> pd.DataFrame:
    """The claims of services, with the names of service and port."""
    claims = scene.claims
    services = scene.services.take(claims["service"].to_numpy())
    at = claims["port"].to_numpy()
    ports = scene.ports[["port_name", "port"]].reindex(at)
    hidden = services["type"].eq("LoadBalancer").fillna(False).to_numpy(dtype=bool) & (at >= 0)
    return pd.DataFrame(
        {
            "protocol": claims["protocol"],
            "number": claims["number"],
            "kind": np.where(hidden, "hidden", claims["kind"]),
            "namespace": services["namespace"].to_numpy(),
            "service": services["name"].to_numpy(),
            "port_name": ports["port_name"].to_numpy(),
            "port": ports["port"].array,
        }
    )


def _bands(scene: Scene, numbers: Any) -> Any:
    """The band of each number."""
    static, dynamic = (_within(numbers, band) for band in scene.bands)
    return np.select([static, dynamic], ["static", "dynamic"], "outside")


def _within(numbers: Any, band: range) -> Mask:
    found: Mask = (numbers >= band.start) & (numbers < band.stop)
    return found
