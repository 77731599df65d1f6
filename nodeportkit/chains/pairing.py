"""Service ports joined with their endpoints: no nodes yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["join", "links"]

_SERVICE: Final = ["namespace", "service"]
_NAMED: Final = [*_SERVICE, "port_name", "protocol"]
_PORT: Final = [*_NAMED, "node_port", "port", "target_port"]
# The columns of the endpoint's side, as endpoints call them and as links do.
_END: Final = {"pod": "pod", "address": "pod_ip", "node": "pod_node", "port": "pod_port"} | {
    name: name for name in ("ready", "serving", "terminating", "zone", "hints", "derived")
}


def links(cluster: Cluster) -> pd.DataFrame:
    """Every service port with each of its endpoints, for the whole cluster; nodes are not multiplied.

    Parameters
    ----------
    cluster
        The cluster.

    Returns
    -------
    DataFrame
        A row for each service port and endpoint; a service port without endpoints has one row, with the endpoint's side
        missing. Columns: namespace, service, port_name, protocol, node_port, port, target_port of the service port; pod,
        pod_ip, pod_node, pod_port, ready, serving, terminating, zone, hints, derived of the endpoint (see
        `nodeportkit.frames`). Where the ports' names were not shown and an endpoint may be meant for several of them, it
        stands with each, its number missing.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> cluster = Cluster(
    ...     services={"namespace": ["shop"] * 2, "name": ["web", "api"], "selector": [{"app": "web"}, {"app": "api"}]},
    ...     ports={
    ...         "namespace": ["shop"] * 2,
    ...         "service": ["web", "api"],
    ...         "port": [80, 81],
    ...         "target_port": ["8080", "81"],
    ...     },
    ...     pods={"namespace": ["shop"], "name": ["web-0"], "ips": [["10.1.0.4"]], "labels": [{"app": "web"}]},
    ... )
    >>> links(cluster)[["service", "port", "target_port", "pod", "pod_ip", "pod_port"]]
      service  port target_port    pod    pod_ip  pod_port
    0     web    80        8080  web-0  10.1.0.4      8080
    1     api    81          81   <NA>      <NA>      <NA>
    """
    return join(cluster.ports, cluster.endpoints)[[*_PORT, *_END.values()]]


def join(ports: pd.DataFrame, endpoints: pd.DataFrame) -> pd.DataFrame:
    """The links between these ports and endpoints, with three columns more.

    Parameters
    ----------
    ports, endpoints
        Frames of these schemas, or rows of them.

    Returns
    -------
    DataFrame
        The columns of `links`, and `at` (the position of the service port in `ports`), `linked` (False for the row of a port
        without endpoints), `vague` (the endpoint may be meant for another port of the service).
    """
    ends = endpoints[_serving_a_port(endpoints) & ~_repeated(endpoints)]
    plain = _pairs_by_name(ports, ends)
    fitting = _pairs_by_fit(ports, ends)
    pairs = pd.concat([plain, fitting]).sort_values(["at", "end"], kind="stable") if len(fitting) else plain
    at = pairs["at"].to_numpy(np.int64)
    bare = np.setdiff1d(np.arange(len(ports)), at)
    rows = np.concatenate([at, bare])
    order = np.argsort(rows, kind="stable")
    found = ports[_PORT].take(rows).reset_index(drop=True)
    behind = ends[list(_END)].rename(columns=_END).take(pairs["end"].to_numpy(np.int64)).reset_index(drop=True)
    vague = pairs["vague"].to_numpy(dtype=bool)
    behind["pod_port"] = behind["pod_port"].mask(vague)
    behind = behind.reindex(range(len(rows))).astype(behind.dtypes)
    behind["hints"] = behind["hints"].where(behind["hints"].notna(), pd.NA)
    found = pd.concat([found, behind], axis="columns")
    found["at"], found["linked"] = rows, np.arange(len(rows)) < len(at)
    found["vague"] = np.append(vague, np.zeros(len(bare), dtype=bool))
    return found.take(order).reset_index(drop=True)


def _serving_a_port(endpoints: pd.DataFrame) -> pd.Series[bool]:
    """All but those that a source stated to have no port: kube-proxy passes them over (pkg/proxy/endpointslicecache.go)."""
    portless = endpoints["port"].isna() & endpoints["port_name"].notna() & endpoints["address"].notna()
    return ~portless | endpoints["derived"].fillna(False).astype(bool)


def _repeated(endpoints: pd.DataFrame) -> pd.Series[bool]:
    """Those that stand in another slice too: an address and port counts once, and ready if any says so."""
    repeated = pd.Series(False, index=endpoints.index)
    stated = endpoints[
        ~endpoints["derived"].fillna(False).to_numpy(dtype=bool) & endpoints["address"].notna().to_numpy()
    ]
    identity = stated[[*_NAMED, "address", "port"]]
    if identity.duplicated().any():
        ready_first = stated["ready"].eq(True).fillna(False).sort_values(ascending=False, kind="stable").index
        repeated.loc[ready_first] = identity.loc[ready_first].duplicated()
    return repeated


def _pairs_by_name(ports: pd.DataFrame, ends: pd.DataFrame) -> pd.DataFrame:
    """Positions of service ports and of the endpoints that have their name and protocol."""
    left = ports[_NAMED].assign(at=np.arange(len(ports))).dropna()
    right = ends[_NAMED].assign(end=np.arange(len(ends))).dropna()
    return left.merge(right, on=_NAMED)[["at", "end"]].assign(vague=False)


def _pairs_by_fit(ports: pd.DataFrame, ends: pd.DataFrame) -> pd.DataFrame:
    """The same where name or protocol of one side was not shown: nothing shown of the two contradicts."""
    columns = [*_NAMED, "port", "address", "pod"]
    left = ports[[*_NAMED, "target_port"]].assign(at=np.arange(len(ports)))
    right = ends[columns].assign(end=np.arange(len(ends)))
    dim = pd.concat([part.loc[part[_NAMED].isna().any(axis="columns"), _SERVICE] for part in (left, right)])
    dim = dim.dropna().drop_duplicates()
    if dim.empty:
        return pd.DataFrame({"at": [], "end": [], "vague": []})
    pairs = left.merge(dim, on=_SERVICE).merge(right, on=_SERVICE, suffixes=("", "_end"))
    pairs = pairs[pairs[["port_name", "protocol", "port_name_end", "protocol_end"]].isna().any(axis="columns")]
    target = pd.to_numeric(pairs["target_port"], errors="coerce")
    fits = (
        _alike(pairs["port_name"], pairs["port_name_end"])
        & _alike(pairs["protocol"], pairs["protocol_end"])
        & _alike(target, pairs["port"])
    )
    pairs = pairs[fits]
    pairs = pairs.assign(vague=pairs.duplicated("end", keep=False))
    # The same pod, told once for each port that it was not told apart by.
    once = ["at", "address", "pod", "port"]
    again = pairs.assign(port=pairs["port"].mask(pairs["vague"])).duplicated(once)
    counted = pairs["address"].isna() & pairs["pod"].isna() & ~pairs["vague"]
    return pairs.loc[~again | counted, ["at", "end", "vague"]]


def _alike(one: pd.Series, other: pd.Series) -> pd.Series[bool]:
    return one.isna() | other.isna() | one.eq(other).fillna(False).astype(bool)
